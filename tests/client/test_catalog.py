"""The view of the published documents in memory: what it finds, what it refuses, and that it changes nothing."""

import copy
from typing import Any

import pytest

from modelsync.client.catalog import Catalog
from modelsync.client.freshness import Freshness
from modelsync.client.resolving.resolve import existence_of
from modelsync.errors import CorruptDocumentError
from tests.builders import a_model

AT = {"generation": 3, "generatedAt": "2026-08-01T06:00:00Z"}


def a_record(model_id: str, **fields: Any) -> dict[str, Any]:
    return {**a_model(model_id).model_dump(mode="json", by_alias=True), **fields}


def a_catalog(*records: dict[str, Any], **documents: Any) -> Catalog:
    return Catalog.of({"current": {**AT, "models": list(records)}, **documents})


def gone(*ids: str, **parts: Any) -> dict[str, Any]:
    """`deprecations` with tombstones of these ids."""
    stones = [{"id": i, "state": "removed", "cause": "left", "lastKnown": a_record(i)} for i in ids]
    return {**AT, "redirects": [], "tombstones": stones, "aliasHistory": [], **parts}


def test_an_id_is_found_in_any_case_and_spelled_as_listed() -> None:
    found = a_catalog(a_record("Acme/One")).model("aCME/oNE")
    assert found is not None
    assert found.id == "Acme/One"


def test_two_ids_that_differ_in_case_are_two_models() -> None:
    catalog = a_catalog(a_record("acme/one"), a_record("Acme/One"))
    assert [getattr(catalog.model(each), "id", None) for each in ("acme/one", "Acme/One")] == ["acme/one", "Acme/One"]


def test_a_model_that_came_back_is_no_tombstone() -> None:
    catalog = a_catalog(a_record("acme/one"), deprecations=gone("acme/one", "acme/two"))
    assert catalog.tombstone("acme/one") is None
    assert catalog.tombstone("ACME/two") is not None


def test_the_alias_of_a_model_that_is_gone_is_remembered() -> None:
    assert a_catalog(deprecations=gone("acme/two")).gone_with_alias("acme-two") == "acme/two"


def test_a_redirect_is_found_by_the_id_that_is_gone() -> None:
    redirect = {"from": "acme/two", "to": "auto", "kind": "auto"}
    found = a_catalog(deprecations=gone("acme/two", redirects=[redirect])).redirect("acme/two")
    assert found == ("acme/two", "auto", "auto")


def test_only_active_models_share_a_slug() -> None:
    catalog = a_catalog(
        a_record("acme/one", canonicalSlug="Acme/Slug"),
        a_record("acme/two", canonicalSlug="Acme/Slug", state="stale"),
    )
    assert [model.id for model in catalog.of_slug("acme/slug")] == ["acme/one"]


def test_the_generation_is_that_of_the_manifest() -> None:
    assert a_catalog(manifest={"generation": 9, "generatedAt": "2026-08-02T06:00:00Z"}).generation == 9


def test_without_a_manifest_the_newest_document_tells_the_generation() -> None:
    assert a_catalog(deprecations={**gone(), "generation": 5}).generation == 5


def test_the_first_of_every_bucket_come_before_the_second_of_any() -> None:
    buckets = {"chat": {"models": [{"id": "a/1"}, {"id": "a/2"}]}, "fast": {"models": [{"id": "b/1"}]}}
    catalog = a_catalog(curated={**AT, "models": [], "buckets": buckets, "autoTargets": {}})
    assert [catalog.place(each) for each in ("a/1", "b/1", "a/2", "c/1")] == [0, 1, 2, 3]


def test_a_name_pattern_makes_no_ability_sure() -> None:
    record = a_record("acme/one", supportsVision=True)
    record["detectionSource"]["supportsVision"] = "heuristic"
    found = a_catalog(record).model("acme/one")
    assert found is not None
    assert (found.abilities, found.sure_abilities) == (frozenset({"tools", "vision"}), frozenset({"tools"}))


@pytest.mark.parametrize(
    ("model_id", "freshness", "existence"),
    [
        ("acme/one", "fresh", "listed"),
        ("acme/one", "bundled", "listed"),
        ("acme/two", "fresh", "not listed"),
        ("acme/two", "stale", "not listed"),
        ("acme/two", "old", "unknown"),
        ("acme/two", "bundled", "unknown"),
    ],
)
def test_only_a_catalog_that_is_trusted_can_deny_a_model(model_id: str, freshness: str, existence: str) -> None:
    assert existence_of(a_catalog(a_record("acme/one")), model_id, Freshness(freshness)) == existence


def test_a_shortlist_alone_can_deny_nothing() -> None:
    catalog = Catalog.of({"curated": {**AT, "models": [a_record("acme/one")], "buckets": {}, "autoTargets": {}}})
    assert [existence_of(catalog, each) for each in ("acme/one", "acme/two")] == ["listed", "unknown"]


def test_looking_changes_no_document() -> None:
    documents = {"current": {**AT, "models": [a_record("acme/one")]}, "deprecations": gone("acme/two")}
    before = copy.deepcopy(documents)
    catalog = Catalog.of(documents)
    assert [catalog.model("ACME/one"), catalog.with_alias("x"), catalog.tombstone("acme/two"), catalog.place("y")]
    assert documents == before


@pytest.mark.parametrize(
    ("documents", "problem"),
    [
        ({}, "current.json: expected a list of models, found no such document"),
        ({"current": AT}, "current.json: expected 'models', found none"),
        ({"current": {**AT, "models": []}, "deprecations": AT}, "deprecations.json: expected 'redirects', found none"),
        ({"curated": {**AT, "models": []}}, "curated.json: expected 'buckets', found none"),
    ],
)
def test_documents_that_are_not_of_the_published_shape_are_refused(documents: dict[str, Any], problem: str) -> None:
    with pytest.raises(CorruptDocumentError, match=problem):
        Catalog.of(documents)


def test_a_document_that_the_set_lacks_is_empty() -> None:
    catalog = a_catalog(changes={**AT, "events": []})
    assert catalog.document("changes")["events"] == []
    assert catalog.document("signals") == {}
