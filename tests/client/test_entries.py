"""Entries that cannot be read are left out and told of; a document that is bad as a whole is refused."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from modelsync.client.opening import open_catalog
from modelsync.client.reading.bundle import decode, encode
from modelsync.client.reading.entries import sound
from modelsync.client.reading.loading import World
from modelsync.client.reading.sets import DocumentSet, read_manifest
from modelsync.errors import StoreError
from tests.client.loopback import loopback
from tests.client.published_sets import MANIFEST_PATH, objects, write_store
from tests.client.readers import Clock, reader
from tests.client.records import a_record, a_tombstone, an_event

GOOD: Final = a_record("acme/good")
ADVICE: Final = "ask who publishes it"


def without(record: Mapping[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != member}


def left(**document: Any) -> tuple[list[Any], tuple[str, ...]]:
    """Which models are left of a list, and what is told."""
    found = sound("current", document, where="here")
    return [each["id"] for each in found.document["models"]], found.left_out


OPTIONAL: Final = {"description", "provider", "firstSeen"}


@pytest.mark.parametrize("member", sorted(GOOD.keys() - OPTIONAL - {"id"}))
def test_a_record_that_lacks_what_is_read_is_left_out_alone(member: str) -> None:
    bad = without(a_record("acme/bad"), member)
    ids, told = left(models=[GOOD, bad, a_record("acme/other")])
    assert ids == ["acme/good", "acme/other"]
    [sentence] = told
    assert sentence.startswith("here: left out 1 of 3 models that cannot be read: [1] (acme/bad) " + member)
    assert sentence.endswith(f", found nothing; {ADVICE}")


@pytest.mark.parametrize("member", sorted(OPTIONAL & GOOD.keys()))
def test_what_a_record_may_lack_it_may_lack(member: str) -> None:
    assert left(models=[without(GOOD, member)]) == (["acme/good"], ())


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("alias", None),
        ("maxContext", "x"),
        ("maxContext", -1),
        ("maxContext", True),
        ("createdAt", 5),
        ("createdAt", "2026-08-08"),
        ("expiresAt", "soon"),
        ("state", []),
        ("variant", ["a"]),
        ("pricing", "x"),
        ("pricing", {"perUnit": {}, "overrides": []}),
        ("isRouter", None),
        ("inputModalities", [1]),
        ("detectionSource", {}),
        ("detectionSource", {"supportsTools": 1}),
        ("backends", {"anthropic": None}),
        ("id", ""),
        ("id", "acme/good\u200b"),
        ("id", "acme/\u202egood"),
        ("id", "acme/go od"),
        ("id", "acme/good\n"),
        ("id", 5),
        ("id", "a" * 201),
    ],
)
def test_a_record_that_has_something_else_there_is_left_out(member: str, value: Any) -> None:
    ids, [told] = left(models=[{**a_record("acme/bad"), member: value}, GOOD])
    assert ids == ["acme/good"]
    assert f"{member}: expected" in told
    assert told.isascii()
    assert told.isprintable()


def test_of_two_models_of_one_id_the_first_stays() -> None:
    found = sound("current", {"models": [GOOD, {**GOOD, "name": "second"}]}, where="here")
    assert found.document["models"] == [GOOD]
    assert found.left_out == (
        f"here: left out 1 of 2 models that cannot be read: [1] (acme/good) another model has this id; {ADVICE}",
    )


def test_words_and_members_of_a_newer_publisher_are_no_fault() -> None:
    newer = {**GOOD, "reasoning": "adaptive", "state": "paused", "pricingStatus": "auction", "smell": [1]}
    assert left(models=[newer]) == (["acme/good"], ())


@pytest.mark.parametrize(
    ("name", "member", "good", "bad"),
    [
        ("curated", "models", GOOD, {}),
        ("deprecations", "tombstones", a_tombstone(GOOD), without(a_tombstone(GOOD), "lastKnown")),
        ("deprecations", "tombstones", a_tombstone(GOOD), a_tombstone(without(GOOD, "alias"))),
        ("deprecations", "redirects", {"from": "a/b", "to": "auto", "kind": "auto"}, {}),
        ("deprecations", "aliasHistory", {"oldAlias": "b", "modelId": "a/b", "since": "2026-08-08T00:00:00Z"}, {}),
        ("changes", "events", an_event(), without(an_event(), "at")),
        ("changes", "events", an_event(), "of yesterday"),
    ],
)
def test_so_it_is_in_every_list(name: str, member: str, good: object, bad: object) -> None:
    found = sound(name, {member: [good, bad]}, where="here")
    assert found.document[member] == [good]
    assert len(found.left_out) == 1


@pytest.mark.parametrize(
    ("name", "document", "sentence"),
    [
        ("current", {}, "here: models: expected a list, found nothing"),
        ("current", {"models": {}}, "here: models: expected a list, found something else"),
        ("current", {"models": [{}]}, "here: models: [0] id: expected an id, found nothing, as of all others"),
        ("deprecations", {"redirects": None}, "here: redirects: expected a list, found something else"),
        ("changes", {"events": None}, "here: events: expected a list, found something else"),
        ("changes", {"generatedAt": None}, "here: generatedAt: expected a time with its zone, found something else"),
        ("curated", {"buckets": None}, "here: buckets: expected lists of models with an id, found something else"),
        ("curated", {"buckets": {"a": {"models": [{}]}}}, "here: buckets: expected lists of models with an id"),
        ("curated", {"autoTargets": {"free": {"any": 5}}}, "here: autoTargets: expected ids by tier and need"),
    ],
)
def test_a_document_that_is_bad_as_a_whole_is_refused(name: str, document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(StoreError) as refused:
        sound(name, document, where="here")
    assert str(refused.value).startswith(sentence)


def test_a_folder_with_one_bad_record_answers_for_all_others_and_says_so(tmp_path: Path) -> None:
    models = [GOOD, without(a_record("acme/bad"), "pricing")]
    store = write_store(tmp_path, objects({"current": {"models": models}}))
    opened = open_catalog(str(store), world=World(clock=Clock()))
    assert opened.resolve("good").id == "acme/good"
    assert [seen.id for seen in opened.search().items] == ["acme/good"]
    [told] = opened.loaded.advice
    assert "[1] (acme/bad) pricing: expected an object with perUnit, overrides and raw, found nothing" in told


def test_a_fetched_set_with_one_bad_record_is_taken_kept_and_told_of_once(tmp_path: Path) -> None:
    with loopback() as server:
        server.publish(objects({"current": {"models": [GOOD, without(a_record("acme/bad"), "isRouter")]}}))
        first = reader(server.url, tmp_path)
        assert "acme/bad" in first.load().advice[0]
        assert first.load().advice == ()
        again = reader(server.url, tmp_path).load()
    assert [each["id"] for each in again.documents["current"]["models"]] == ["acme/good"]


def test_a_set_of_which_something_was_left_out_is_kept_without_a_table_so_that_it_is_looked_at_again() -> None:
    bad = without(a_record("acme/bad"), "isRouter")
    kept = decode(encode(set_of(objects({"current": {"models": [GOOD, bad]}}))), where="here")
    assert kept.view() is None
    assert [each["id"] for each in kept["current"]["models"]] == ["acme/good"]
    assert len(kept.left_out) == 1


def set_of(found: Mapping[str, bytes]) -> DocumentSet:
    manifest = read_manifest(found[MANIFEST_PATH])
    return DocumentSet(manifest, {name: found[entry.key] for name, entry in manifest.entries.items()})


def test_a_fetched_set_without_a_good_record_does_not_replace_the_kept_one(tmp_path: Path) -> None:
    with loopback() as server:
        server.publish(objects({"current": {"models": [GOOD]}}, generation=7))
        reader(server.url, tmp_path).load()
        server.publish(objects({"current": {"models": [without(GOOD, "isRouter")]}}, generation=8))
        loader = reader(server.url, tmp_path)
        assert loader.refresh().status == "damaged"
        assert loader.load().generation == 7
