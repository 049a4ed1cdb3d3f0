"""How the JavaScript reader opens a catalog, against a server on this machine."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.client.loopback import Loopback, Oddity, endless, loopback
from tests.client.published_sets import MANIFEST_PATH
from tests.client.records import a_record
from tests.examples.javascript import JavaScript
from tests.examples.published import (
    CURRENT_PATH,
    REFUSED,
    bomb,
    publish_refused,
    published,
    with_the_shortlist_of_seven,
)


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A server that has published generation 7 of ten models."""
    with loopback() as running:
        running.publish(published(7, count=10))
        yield running


def test_the_first_opening_fetches_the_manifest_and_what_it_reads_of_the_set(
    reader: JavaScript, server: Loopback
) -> None:
    opened = reader.ask({"open": server.url, "kept": {}})
    assert (opened["status"], opened["generation"], opened["error"]) == ("changed", 7, None)
    assert [each.path.rpartition("/")[2] for each in server.asked] == [
        "manifest.json",
        "current.json",
        "curated.json",
        "deprecations.json",
    ]


def test_an_unchanged_catalog_costs_one_request_with_the_etag_word_for_word(
    reader: JavaScript, server: Loopback
) -> None:
    kept = reader.ask({"open": server.url, "kept": {}})["kept"]
    server.asked.clear()
    opened = reader.ask({"open": server.url, "kept": kept})
    assert (opened["status"], opened["generation"], opened["kept"]) == ("unchanged", 7, kept)
    ((path, etag, _),) = server.asked
    assert path == "/models/openrouter/manifest.json"
    assert etag == f'W/"{hashlib.md5(published(7)[MANIFEST_PATH]).hexdigest()}--gzip;x=1"'


def test_a_changed_catalog_costs_only_what_changed(reader: JavaScript, server: Loopback) -> None:
    kept = reader.ask({"open": server.url, "kept": {}})["kept"]
    server.asked.clear()
    server.publish(with_the_shortlist_of_seven())
    assert reader.ask({"open": server.url, "kept": kept})["generation"] == 8
    assert [each.path.rpartition("/")[2] for each in server.asked] == [
        "manifest.json",
        "current.json",
        "deprecations.json",
    ]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_leaves_what_is_kept(reader: JavaScript, server: Loopback, name: str) -> None:
    kept = reader.ask({"open": server.url, "kept": {}})["kept"]
    expected = publish_refused(server, name)
    opened = reader.ask({"open": server.url, "kept": kept})
    assert (opened["status"], opened["generation"], opened["kept"]) == (expected, 7, kept)
    assert opened["error"]


@pytest.mark.parametrize("key", [MANIFEST_PATH, CURRENT_PATH], ids=["manifest", "current"])
@pytest.mark.parametrize("oddity", [endless, bomb])
def test_no_more_is_read_than_the_manifest_says(reader: JavaScript, server: Loopback, key: str, oddity: Oddity) -> None:
    kept = reader.ask({"open": server.url, "kept": {}})["kept"]
    server.publish(published(8))
    server.misbehave(key, oddity)
    opened = reader.ask({"open": server.url, "kept": kept})
    assert (opened["status"], opened["generation"], opened["kept"]) == ("damaged", 7, kept)
    most = 262144 if key == MANIFEST_PATH else len(published(8)[CURRENT_PATH])
    assert opened["error"] == f"{key}: found more than {most} bytes, expected no more"


LISTED = a_record("acme/one")
STONE = {
    "id": "acme/gone",
    "state": "removed",
    "cause": "missing",
    **dict.fromkeys(("firstSeen", "missingSince", "deprecatedAt", "removedAt"), "2026-08-01T00:00:00Z"),
    "lastKnown": a_record("acme/gone"),
}
REDIRECT = {"from": "acme/gone", "to": "acme/one", "kind": "override"}


def without(entry: dict[str, Any], name: str) -> dict[str, Any]:
    return {member: value for member, value in entry.items() if member != name}


@pytest.mark.parametrize(
    "odd",
    [
        {"models": [LISTED, without(a_record("acme/odd"), "pricing")]},
        {"models": [without(a_record("acme/odd"), "isRouter"), LISTED]},
        {"models": [LISTED, without(a_record("acme/odd"), "alias")]},
        {"models": [LISTED, a_record("acme/odd", backends=None)]},
        {"models": [LISTED, a_record("acme/odd", pricing={"perUnit": {}, "overrides": [None], "raw": {}})]},
        {"models": [LISTED, a_record("acme/odd", expiresAt="soon")]},
        {"models": [LISTED, a_record("acme/odd\u200b")]},
        {"models": [LISTED, a_record("acme/one", alias="odd", cost="$0")]},
        {"models": [LISTED, {}, None, 5, "acme/odd"]},
        {"tombstones": [STONE, without({**STONE, "id": "acme/odd"}, "lastKnown")]},
        {"redirects": [REDIRECT, {}]},
        {"redirects": [REDIRECT, {"from": "acme/odd"}]},
        {
            "aliasHistory": [
                {"oldAlias": "odd", "modelId": "acme/one", "since": "2026-08-01T00:00:00Z"},
                {"oldAlias": "odd"},
            ]
        },
    ],
    ids=[
        "no pricing",
        "no isRouter",
        "no alias",
        "no backends",
        "an odd override",
        "an odd time",
        "an unseen character",
        "an id that is there",
        "no records",
        "no lastKnown",
        "no redirect",
        "a redirect to nowhere",
        "half a move",
    ],
)
def test_an_entry_that_cannot_be_read_is_left_out(reader: JavaScript, server: Loopback, odd: dict[str, Any]) -> None:
    server.publish(published(7, **{"models": [LISTED], "tombstones": [STONE], "redirects": [REDIRECT], **odd}))
    assert reader.ask({"open": server.url, "kept": {}})["status"] == "changed"
    for text, model_id in (
        ("acme/one", "acme/one"),
        ("one", "acme/one"),
        ("acme/gone", "acme/one"),
        ("gone", "acme/one"),
    ):
        assert reader.ask({"text": text})["id"] == model_id
    assert reader.ask({"text": "acme/odd"})["id"] is None


@pytest.mark.parametrize(
    "bad",
    [{"models": [{}]}, {"models": {}}, {"tombstones": [{}]}, {"redirects": [{}]}, {"aliasHistory": None}],
    ids=["models", "no list", "tombstones", "redirects", "aliasHistory"],
)
def test_a_document_of_which_nothing_can_be_read_is_refused(
    reader: JavaScript, server: Loopback, bad: dict[str, Any]
) -> None:
    kept = reader.ask({"open": server.url, "kept": {}})["kept"]
    server.publish(published(8, **bad))
    opened = reader.ask({"open": server.url, "kept": kept})
    assert (opened["status"], opened["generation"], opened["kept"]) == ("damaged", 7, kept)


def test_of_two_models_with_one_alias_the_first_has_it(reader: JavaScript, server: Loopback) -> None:
    server.publish(published(7, models=[a_record("acme/one", alias="same"), a_record("acme/two", alias="same")]))
    reader.ask({"open": server.url, "kept": {}})
    assert reader.ask({"text": "same"})["id"] == "acme/one"


def test_half_of_the_models_are_enough(reader: JavaScript, server: Loopback) -> None:
    kept = reader.ask({"open": server.url, "kept": {}})["kept"]
    server.publish(published(8, count=5))
    assert reader.ask({"open": server.url, "kept": kept})["generation"] == 8


def test_where_nothing_is_kept_a_refusal_is_all_there_is(reader: JavaScript, server: Loopback) -> None:
    server.publish(published(8, schema="2.0"))
    opened = reader.ask({"open": server.url, "kept": {}})
    assert (opened["status"], opened["generation"], opened["kept"]) == ("schema_too_new", None, {})


def test_a_server_that_is_gone_leaves_what_is_kept(reader: JavaScript) -> None:
    with loopback() as server:
        server.publish(published(7, count=10))
        kept = reader.ask({"open": server.url, "kept": {}})["kept"]
    opened = reader.ask({"open": server.url, "kept": kept})
    assert (opened["status"], opened["generation"]) == ("unavailable", 7)


def test_a_cache_that_was_tampered_with_is_fetched_anew(reader: JavaScript, server: Loopback) -> None:
    kept = reader.ask({"open": server.url, "kept": {}})["kept"]
    server.asked.clear()
    broken = {key: text.replace("model-3", "model-x") for key, text in kept.items()}
    assert broken != kept
    opened = reader.ask({"open": server.url, "kept": broken})
    assert (opened["status"], opened["kept"], server.asked[0].if_none_match) == ("changed", kept, None)


def test_a_cache_that_is_full_costs_the_keeping_not_the_catalog(reader: JavaScript, server: Loopback) -> None:
    opened = reader.ask({"open": server.url, "kept": {}, "isFull": True})
    assert (opened["status"], opened["generation"], opened["error"]) == ("changed", 7, "the cache is full")
