"""Published sets that a reader refuses, bodies that are too long, and a set that shares a document with another."""

import gzip
import json
from collections.abc import Mapping
from typing import Any, Final

from tests.client.loopback import Exchange, Loopback, Oddity, body, status
from tests.client.published_sets import MANIFEST_PATH, encoded, objects
from tests.client.records import a_record


def published(
    generation: int = 7, *, count: int = 10, schema: str = "1.0", models: list[Any] | None = None, **gone: list[Any]
) -> dict[str, bytes]:
    """The objects of one generation by key: `count` models or just these, and what `deprecations` says of others."""
    documents: dict[str, dict[str, Any]] = {
        "current": {"models": [a_record(f"vendor/model-{n}") for n in range(count)] if models is None else models},
        "curated": {"models": [], "buckets": {}, "autoTargets": {}},
        "deprecations": {"redirects": [], "tombstones": [], "aliasHistory": [], **gone},
        "changes": {"events": [f"of generation {generation}"]},
    }
    return objects(documents, generation=generation, schema=schema)


CURRENT_PATH: Final = "openrouter/sets/8/current.json"
FORGED: Final = published(8)[CURRENT_PATH].replace(b"model-3", b"model-x")
"""As long as the real one, and right in all but one letter."""


def with_manifest(objects: Mapping[str, bytes], **changes: Any) -> dict[str, bytes]:
    """The same objects under a manifest of which some members say something else."""
    return {**objects, MANIFEST_PATH: encoded({**json.loads(objects[MANIFEST_PATH]), **changes})}


def with_current(objects: Mapping[str, bytes], **changes: Any) -> dict[str, bytes]:
    """The same objects under a manifest that says something else of `current`."""
    documents = json.loads(objects[MANIFEST_PATH])["documents"]
    return with_manifest(objects, documents={**documents, "current": {**documents["current"], **changes}})


def with_the_shortlist_of_seven() -> dict[str, bytes]:
    """Generation 8, of which the shortlist stands as generation 7 published it."""
    documents = {each: json.loads(published(each)[MANIFEST_PATH])["documents"] for each in (7, 8)}
    return with_manifest(published(8), documents={**documents[8], "curated": documents[7]["curated"]})


REFUSED: Final[Mapping[str, tuple[str, dict[str, bytes], dict[str, Oddity]]]] = {
    "other bytes than the manifest says": ("damaged", published(8), {CURRENT_PATH: body(FORGED)}),
    "a document that is missing": ("unavailable", published(8), {CURRENT_PATH: status(404)}),
    "a key that leads out of the catalog": ("damaged", with_current(published(8), key="../secret.json"), {}),
    "a key at another address": ("damaged", with_current(published(8), key="//example.org/current.json"), {}),
    "a document of another generation": ("damaged", with_current(published(8), generation=9), {}),
    "no list of documents": ("damaged", with_manifest(published(8), documents=None), {}),
    "an older generation": ("rolled_back_upstream", published(6), {}),
    "a newer schema": ("schema_too_new", published(8, schema="2.0"), {}),
    "fewer than half of the models": ("suspicious_feed", published(8, count=4), {}),
    "no model at all": ("suspicious_feed", published(8, count=0), {}),
    "an error page that says 200": ("damaged", published(8), {MANIFEST_PATH: body(b"<html>busy</html>")}),
    "bytes that are no text": ("damaged", published(8), {MANIFEST_PATH: body(b"\xff\xfe")}),
    "an error": ("unavailable", published(8), {MANIFEST_PATH: status(503)}),
}
"""What is published after a good generation 7 of ten models, by what is wrong with it: status, objects, oddities."""


def publish_refused(server: Loopback, name: str) -> str:
    """Have a server publish what is to be refused; the status that says so."""
    expected, objects, oddities = REFUSED[name]
    server.publish(objects)
    for key, oddity in oddities.items():
        server.misbehave(key, oddity)
    return expected


def bomb(exchange: Exchange) -> None:
    """Sixty-four megabytes in sixty-four kilobytes."""
    exchange.answer(200, gzip.compress(bytes(1 << 26)), Content_Encoding="gzip")
