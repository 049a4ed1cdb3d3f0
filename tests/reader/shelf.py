"""A small published catalog, made by hand, that has one of everything that `models` tells people of."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tests.client.published_sets import objects, write_store
from tests.client.records import a_record, a_tombstone, flags, free, prices

LARGE: Final = a_record(
    "acme/large",
    name="Acme: Large",
    alias="large",
    buckets=["coding", "chat"],
    createdAt="2026-06-30T18:11:23Z",
    cost="$2.00 / $10.00",
    pricing=prices("2", "10"),
    maxContext=1_000_000,
    backends={"anthropic": "large"},
)
SMALL: Final = a_record(
    "acme/small",
    name="Acme: Small",
    alias="small",
    buckets=["fast", "chat"],
    cost="$0.10 / $0.40",
    pricing=prices("0.1", "0.4"),
    priceTier="budget",
    maxContext=262_144,
    **flags(supportsVision=False, reasoning="none"),
)
SMALL_FREE: Final = a_record(
    "acme/small:free",
    name="Acme: Small (free)",
    alias="small-free",
    buckets=["chat"],
    maxContext=131_072,
    **flags(supportsVision=False, reasoning="none"),
    **free(),
)
GUESSED: Final = a_record(
    "zeta/view",
    name="Zeta: View",
    alias="view",
    buckets=["vision"],
    **flags("heuristic", supportsTools=None),
)
UNPRICED: Final = a_record(
    "zeta/haiku-1",
    name="Zeta: Haiku 1",
    alias="haiku-1",
    createdAt="2026-02-01T00:00:00Z",
    cost="?",
    pricing=prices(None, None),
    pricingStatus="unknown",
    priceTier=None,
)
ENDING: Final = a_record(
    "zeta/haiku-2",
    name="Zeta: Haiku 2",
    alias="haiku-2",
    createdAt="2026-03-01T00:00:00Z",
    expiresAt="2026-08-15T13:00:00Z",
)
ROUTER: Final = a_record(
    "openrouter/auto",
    name="Auto Router",
    alias="auto",
    isRouter=True,
    cost="varies",
    pricing=prices(None, None),
    pricingStatus="dynamic",
    priceTier=None,
    supportedParameters=[],
)
POINTER: Final = a_record("~acme/large-latest", name="Acme: Large Latest", alias="large-latest", vendor="acme")
BATCH: Final = a_record("acme/large:batch", name="Acme: Large (batch)", alias="large-batch")
STALE: Final = a_record(
    "zeta/away", name="Zeta: Away", alias="away", state="stale", missingSince="2026-08-05T00:00:00Z"
)
GONE: Final = a_record("acme/old", name="Acme: Old", alias="old")
GONE_FREE: Final = a_record("zeta/gift:free", name="Zeta: Gift (free)", alias="gift-free", **free())

MODELS: Final = (LARGE, SMALL, SMALL_FREE, GUESSED, UNPRICED, ENDING, ROUTER, POINTER, BATCH, STALE)


def documents(*models: Mapping[str, Any], changes: tuple[Mapping[str, Any], ...] = ()) -> dict[str, dict[str, Any]]:
    """The documents of a generation, `models` in the place of those above where any are given."""
    envelope = {"generatedAt": "2026-08-08T18:42:00Z"}
    return {
        "current": {**envelope, "models": list(models or MODELS)},
        "curated": {
            **envelope,
            "models": [LARGE, SMALL, SMALL_FREE, GUESSED],
            "buckets": {
                "coding": _bucket("acme/large"),
                "chat": _bucket("acme/small", "acme/large", "acme/small:free"),
                "vision": _bucket("zeta/view"),
            },
            "autoTargets": {
                "standard": {"any": "acme/small", "tools": "acme/small"},
                "free": {"any": "acme/small:free", "tools": "acme/small:free"},
            },
        },
        "deprecations": {
            **envelope,
            "redirects": [
                {
                    "from": "acme/old",
                    "to": "acme/small",
                    "kind": "override",
                    "since": "2026-08-02T00:00:00Z",
                    "confidence": "high",
                    "priceSafe": True,
                    "note": None,
                }
            ],
            "tombstones": [a_tombstone(GONE), a_tombstone(GONE_FREE)],
            "aliasHistory": [],
        },
        "changes": {**envelope, "begins": None, "events": list(changes or EVENTS)},
    }


def _event(kind: str, model_id: str, at: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": kind, "id": model_id, "at": at, "generation": 7, "before": None, "after": None, "field": None,
        "note": None, **more,
    }  # fmt: skip


EVENTS: Final = (
    _event("added", "zeta/haiku-2", "2026-08-01T06:00:00Z"),
    _event("deprecated", "acme/old", "2026-08-02T00:00:00Z"),
    _event(
        "price",
        "acme/large",
        "2026-08-07T06:00:00Z",
        before={"promptPerMillion": "1", "completionPerMillion": "5"},
        after={"promptPerMillion": "2", "completionPerMillion": "10"},
    ),
)


def _bucket(*ids: str) -> dict[str, Any]:
    entries = [
        {
            "id": each,
            "alias": each.partition("/")[2],
            "rank": 0.5,
            "reason": f"Good at it: {each}.",
            "components": {},
        }
        for each in ids
    ]
    return {"minimum": 1, "shortfall": 0, "shortfallReason": None, "models": entries}


def published(
    root: Path, *models: Mapping[str, Any], generation: int = 7, at: datetime | None = None, **more: Mapping[str, Any]
) -> Path:
    """The folder of a store in which the catalog stands published, just now or at a time; `more` are documents."""
    return write_store(root, published_objects(*models, generation=generation, at=at, **more))


def published_objects(
    *models: Mapping[str, Any], generation: int = 7, at: datetime | None = None, **more: Mapping[str, Any]
) -> dict[str, bytes]:
    """The same as objects by key, for a server."""
    found = {**documents(*models), **more}
    return objects(found, generation=generation, at=at or datetime.now(UTC).replace(microsecond=0))
