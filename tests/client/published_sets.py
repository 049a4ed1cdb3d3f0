"""Published sets as a pipeline writes them, made by hand: small documents, their manifest, and where both lie."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from modelsync.client.reading.sets import DocumentSet, read_manifest
from tests.client.records import a_record, a_tombstone, an_event, prices

PUBLISHED_AT = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
TWO_HOURS_LATER = datetime(2026, 8, 8, 20, 42, tzinfo=UTC)
MANIFEST_PATH = "openrouter/manifest.json"


def models(count: int, *, state: str = "active") -> list[dict[str, Any]]:
    return [a_record(f"vendor/model-{number}", state=state) for number in range(count)]


def published(
    generation: int = 7, *, count: int = 10, schema: str = "1.0", at: datetime = PUBLISHED_AT, note: str | None = None
) -> dict[str, bytes]:
    """The objects of one generation by key: documents and manifest, below the models prefix."""
    documents: dict[str, dict[str, Any]] = {
        "current": {"models": models(count)},
        "curated": {"models": [], "buckets": {}, "autoTargets": {}},
        "deprecations": {"redirects": [], "tombstones": [], "aliasHistory": []},
        "changes": {"events": [an_event("added", "vendor/model-0", generation=generation)]},
    }
    return objects(documents, generation=generation, schema=schema, at=at, note=note)


def objects(
    documents: Mapping[str, Mapping[str, Any]],
    *,
    generation: int = 7,
    schema: str = "1.0",
    at: datetime = PUBLISHED_AT,
    note: str | None = None,
) -> dict[str, bytes]:
    bodies = {
        f"openrouter/sets/{generation}/{name}.json": encoded(
            {"schemaVersion": schema, "generation": generation, **document}
        )
        for name, document in documents.items()
    }
    entries = {
        key.rpartition("/")[2].removesuffix(".json"): {
            "key": key,
            "sha256": hashlib.sha256(body).hexdigest(),
            "bytes": len(body),
            "generation": generation,
        }
        for key, body in bodies.items()
    }
    manifest = {
        "schemaVersion": schema,
        "generation": generation,
        "generatedAt": at.isoformat().replace("+00:00", "Z"),
        "staleAfter": (at + timedelta(hours=12)).isoformat().replace("+00:00", "Z"),
        "documents": entries,
        "note": note,
    }
    return {**bodies, MANIFEST_PATH: encoded(manifest)}


def document_set(generation: int = 7, *, count: int = 10) -> DocumentSet:
    found = published(generation, count=count)
    manifest = read_manifest(found[MANIFEST_PATH])
    return DocumentSet(manifest, {name: found[entry.key] for name, entry in manifest.entries.items()})


def set_of(world: Mapping[str, Mapping[str, Any]]) -> DocumentSet:
    """The published set that says what these documents by name say; they all become of the manifest's generation."""
    at = datetime.fromisoformat(world["manifest"]["generatedAt"])
    generation = world["manifest"]["generation"]
    documents = {n: {**whole(doc), "generation": generation} for n, doc in world.items() if n != "manifest"}
    found = objects(documents, generation=generation, at=at)
    manifest = read_manifest(found[MANIFEST_PATH])
    return DocumentSet(manifest, {name: found[entry.key] for name, entry in manifest.entries.items()})


def whole(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same with every field in it that a published entry has; a world may state less."""
    whole = dict(document)
    if "models" in document:
        whole["models"] = [_record(each) for each in document["models"]]
    if "tombstones" in document:
        known = [(each, _record(each["lastKnown"])) for each in document["tombstones"]]
        whole["tombstones"] = [{**a_tombstone(last), **each, "lastKnown": last} for each, last in known]
    if "aliasHistory" in document:
        whole["aliasHistory"] = [{"since": "2026-08-02T00:00:00Z", **each} for each in document["aliasHistory"]]
    return whole


def _record(stated: Mapping[str, Any]) -> dict[str, Any]:
    usual = a_record(stated["id"], pricing=prices(None, None))
    nested = {name: {**usual[name], **stated.get(name, {})} for name in ("pricing", "detectionSource")}
    return {**usual, **stated, **nested}


def write_store(root: Path, found: Mapping[str, bytes]) -> Path:
    """The objects as a store's folder keeps them, below `models/`."""
    for key, body in found.items():
        path = root / "models" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return root


def encoded(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
