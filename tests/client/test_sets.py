"""A generation's documents, held against their manifest."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.reading.sets import DocumentSet, read_manifest
from modelsync.errors import StoreError
from tests.client.published_sets import MANIFEST_PATH, document_set, models, objects, published

DIGEST = "0" * 64


def changed_manifest(**changes: Any) -> bytes:
    return json.dumps(json.loads(published()[MANIFEST_PATH]) | changes).encode()


def nested(depth: int) -> Any:
    """A list in a list, so many of them."""
    return [nested(depth - 1)] if depth else None


def entry(**changes: Any) -> dict[str, Any]:
    return {"key": "openrouter/sets/7/current.json", "sha256": DIGEST, "bytes": 5, "generation": 7} | changes


def test_a_set_has_the_documents_that_were_published() -> None:
    found = document_set(generation=7, count=3)
    assert list(found) == ["manifest", "current", "curated", "deprecations", "changes"]
    assert found.generation == 7
    assert [model["id"] for model in found["current"]["models"]] == [
        "vendor/model-0",
        "vendor/model-1",
        "vendor/model-2",
    ]


def test_only_active_models_are_counted_as_such() -> None:
    found = objects({"current": {"models": models(3) + models(2, state="stale")}})
    manifest = read_manifest(found[MANIFEST_PATH])
    assert DocumentSet(manifest, {"current": found["openrouter/sets/7/current.json"]}).active_count() == 3


def test_a_document_of_other_bytes_is_no_part_of_the_set() -> None:
    found = document_set()
    twisted = {**found.bodies, "current": bytes(found.bodies["current"]).replace(b"model-0", b"model-9")}
    with pytest.raises(StoreError, match="another SHA-256"):
        DocumentSet(found.manifest, twisted)


def test_a_document_that_is_missing_makes_no_set() -> None:
    found = document_set()
    with pytest.raises(StoreError, match="found no document"):
        DocumentSet(found.manifest, {"current": found.bodies["current"]})


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "no JSON object"),
        (b"<!doctype html><title>Sign in</title>", "no JSON object"),
        (b"[]", "no JSON object"),
        (b"\xff\xfe", "no JSON object"),
        (b"[" * 100_000, "nested deeper than 64"),
        (changed_manifest(note=nested(64)), "nested deeper than 64"),
        (changed_manifest(note=float("nan")), "no JSON object"),
        (changed_manifest(note=float("-inf")), "no JSON object"),
        (changed_manifest().replace(b"null", b"1e400"), "no JSON object"),
        (b"{}", "schemaVersion"),
        (changed_manifest(schemaVersion="x"), "schemaVersion"),
        (changed_manifest(generation="7"), "whole number"),
        (changed_manifest(generation=True), "whole number"),
        (changed_manifest(generation=-1), "whole number"),
        (
            changed_manifest(generation=2**53),
            "found '9007199254740992', expected a whole number from 0 to 9007199254740991",
        ),
        (changed_manifest(generation=10**4000), "found '10000000000000000000', expected a whole number"),
        (changed_manifest(documents={"current": entry(generation=2**53)}), "whole number"),
        (changed_manifest(generatedAt="yesterday"), "time with its zone"),
        (changed_manifest(documents=[]), "found no current"),
        (changed_manifest(documents={}), "found no current"),
        (changed_manifest(documents={"current": "x"}), "found no object"),
        (changed_manifest(documents={"current": entry(sha256="x")}), "no SHA-256"),
        (changed_manifest(documents={"current": entry(key=5)}), "no key"),
        (changed_manifest(documents={"current": entry(key="../../etc/passwd")}), "plain segments"),
        (changed_manifest(documents={"current": entry(bytes=2**40)}), "expected at most 33554432"),
    ],
)
def test_bytes_that_are_no_manifest_are_refused(body: bytes, complaint: str) -> None:
    with pytest.raises(StoreError, match=complaint):
        read_manifest(body)


def test_of_a_newer_schema_nothing_but_its_number_is_read() -> None:
    found = read_manifest(b'{"schemaVersion":"2.0","generation":{"era":2}}')
    assert (found.major, dict(found.entries)) == (2, {})


def test_a_newer_minor_with_fields_and_documents_of_its_own_is_read() -> None:
    found = read_manifest(changed_manifest(schemaVersion="1.9", somethingNew=[1]))
    assert (found.major, found.generation) == (1, 7)


@pytest.mark.parametrize(
    "current",
    [
        {"models": {}},
        {"models": [1]},
        {"models": [{"id": 5}]},
        {"models": [{}]},
        {},
        {"models": [], "generation": 6},
        {"models": [], "schemaVersion": "2.0"},
    ],
)
def test_a_current_that_is_no_list_of_this_generation_is_refused(current: dict[str, Any]) -> None:
    found = objects({"current": current})
    manifest = read_manifest(found[MANIFEST_PATH])
    documents = DocumentSet(manifest, {"current": found["openrouter/sets/7/current.json"]})
    with pytest.raises(StoreError, match="expected"):
        _ = documents["current"]


def test_the_greatest_generation_that_every_reader_can_count_is_read() -> None:
    assert read_manifest(changed_manifest(generation=2**53 - 1)).generation == 2**53 - 1


def test_what_a_document_nests_is_read_to_a_depth_and_no_further() -> None:
    assert read_manifest(changed_manifest(note=nested(63))).generation == 7


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), nested(64), nested(300)])
def test_a_document_is_no_part_of_a_set_where_not_every_reader_can_read_it(odd: Any) -> None:
    found = objects({"current": {"models": models(1), "odd": odd}})
    manifest = read_manifest(found[MANIFEST_PATH])
    documents = DocumentSet(manifest, {"current": found["openrouter/sets/7/current.json"]})
    with pytest.raises(StoreError, match=r"no JSON object|nested deeper than 64"):
        _ = documents["current"]


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(body: bytes) -> None:
    with pytest.raises(StoreError):
        read_manifest(body)
