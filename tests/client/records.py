"""Published records as a reader meets them: a test names only what it is about."""

import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from modelsync.client.catalog import Catalog, Model
from tests.timeline import Timeline

GENERATED_AT: Final = "2026-08-08T18:42:00Z"


def a_record(model_id: str = "acme/gamma", **changes: Any) -> dict[str, Any]:
    """An active, priced text model of everything; `changes` are published fields."""
    record: dict[str, Any] = {
        "id": model_id,
        "name": f"Acme: {model_id}",
        "canonicalSlug": model_id.partition(":")[0],
        "createdAt": "2026-01-01T00:00:00Z",
        "vendor": model_id.partition("/")[0],
        "family": model_id.partition(":")[0],
        "series": model_id.partition(":")[0],
        "variant": model_id.partition(":")[2] or None,
        "isRouter": False,
        "aliasTarget": None,
        "alias": model_id.partition("/")[2].replace(":", "-"),
        "maxContext": 200000,
        "maxOutput": 64000,
        "cost": "$1.00 / $4.00",
        "pricing": prices("1", "4"),
        "pricingStatus": "priced",
        "priceTier": "standard",
        "isFree": False,
        "pendingPricing": None,
        "inputModalities": ["image", "text"],
        "outputModalities": ["text"],
        "supportedParameters": ["max_tokens", "response_format", "structured_outputs", "temperature", "tools"],
        "provider": "openrouter",
        "buckets": ["chat"],
        "state": "active",
        "firstSeen": "2026-01-01T00:00:00Z",
        "missingSince": None,
        "expiresAt": None,
        "backends": {},
        **flags(),
    }
    return {**record, **changes}


def flags(source: str | None = "api", **changes: Any) -> dict[str, Any]:
    """The flags with the layer that decided them; everything true, but it neither paints nor must reason."""
    values = {
        "supportsVision": True,
        "supportsTools": True,
        "structuredOutput": True,
        "jsonMode": True,
        "isImageGen": False,
        "reasoning": "configurable",
        **changes,
    }
    return {**values, "detectionSource": {**dict.fromkeys(values, source), "isFree": "api"}}


def prices(prompt: str | None, completion: str | None, **more: Any) -> dict[str, Any]:
    """A `pricing` object in USD per million tokens; `more` are published fields."""
    legs = {"promptPerMillion": prompt, "completionPerMillion": completion}
    return {
        **{name: price for name, price in legs.items() if price is not None},
        "perUnit": {},
        "overrides": [],
        "raw": {},
        **more,
    }


def free(**changes: Any) -> dict[str, Any]:
    """The fields of a model that charges for nothing."""
    return {
        "pricing": prices("0", "0"),
        "pricingStatus": "free",
        "priceTier": "free",
        "isFree": True,
        "cost": "free",
        **changes,
    }


def a_model(model_id: str = "acme/gamma", **changes: Any) -> Model:
    return Model(model_id, a_record(model_id, **changes))


def a_tombstone(record: Mapping[str, Any], *, state: str = "deprecated") -> dict[str, Any]:
    return {
        "id": record["id"],
        "state": state,
        "cause": "missing from the feed",
        "replacement": None,
        "firstSeen": "2026-01-01T00:00:00Z",
        "missingSince": "2026-07-19T00:00:00Z",
        "deprecatedAt": "2026-08-02T00:00:00Z",
        "removedAt": None,
        "returnedAt": None,
        "lastKnown": dict(record),
    }


def an_event(kind: str = "added", model_id: str = "acme/gamma", **changes: Any) -> dict[str, Any]:
    """A change as the log has it, of generation 40 and of a week before the catalog; `changes` are its fields."""
    event: dict[str, Any] = {
        "at": "2026-08-01T18:42:00Z",
        "generation": 40,
        "kind": kind,
        "id": model_id,
        "field": None,
        "before": None,
        "after": None,
        "note": None,
    }
    return {**event, **changes}


def a_catalog(
    *records: Mapping[str, Any],
    tombstones: tuple[Mapping[str, Any], ...] = (),
    buckets: Mapping[str, tuple[str, ...]] | None = None,
    generation: int = 42,
    events: Iterable[Mapping[str, Any]] | None = None,
    redirects: Mapping[str, str] = {},
    **documents: Mapping[str, Any],
) -> Catalog:
    """A catalog of these models and of those that are gone; a log where there are events, and other `documents`.

    `buckets` are the ids of the shortlist, best first.
    """
    envelope = {"generation": generation, "generatedAt": GENERATED_AT}
    sent_on = [{"from": old, "to": new, "kind": "override"} for old, new in redirects.items()]
    log = {} if events is None else {"changes": {**envelope, "events": list(events)}}
    shortlist = {"models": [], "autoTargets": {}, "buckets": _buckets(buckets or {})}
    curated = {} if buckets is None else {"curated": {**envelope, **shortlist}}
    return Catalog.of(
        {
            "manifest": envelope,
            "current": {**envelope, "models": list(records)},
            "deprecations": {**envelope, "redirects": sent_on, "tombstones": list(tombstones), "aliasHistory": []},
            **log,
            **curated,
            **{name: {**envelope, **document} for name, document in documents.items()},
        }
    )


def _buckets(buckets: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {
        name: {"models": [{"id": model_id, "reason": f"Best for {name}."} for model_id in ids], "shortfallReason": None}
        for name, ids in buckets.items()
    }


@cache
def recorded_models(recorded_feeds: Path) -> Mapping[str, Model]:
    """The newest recorded list as a pipeline publishes it."""
    line = Timeline()
    body = gzip.decompress((recorded_feeds / "openrouter-20260808T1842Z.json.gz").read_bytes())
    line.read_body(body, at=datetime(2026, 8, 8, 18, 42, tzinfo=UTC))
    return {each.id: Model(each.id, json.loads(each.model_dump_json(by_alias=True))) for each in line.models.values()}
