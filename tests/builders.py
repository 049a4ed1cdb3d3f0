"""Values for tests of the core, so that a test names only what it is about.

    a_model("acme/one", prompt_usd_per_mtok="0.3", reasoning="configurable", days_old=30)

What follows from other fields (vendor, family, tier, buckets, cost text) is worked out as the pipeline does it, unless
it is given. The builders know no feed and no store; those have a world of their own (`tests.world`, `tests.timeline`).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.capabilities import DetectionSource, ReasoningMode
from modelsync.catalog.documents import Curated, Source
from modelsync.catalog.figures import ArenaResult, Figure, HostClaims, Measurements, Operations
from modelsync.catalog.lifecycle import LifecycleState
from modelsync.catalog.model_ids import family_key, parse_model_id, series_key
from modelsync.catalog.model_info import DetectionSources, ModelInfo, Pricing
from modelsync.catalog.pricing import PriceTier, PricingStatus, cost_text, decimal_text, price_tier
from modelsync.pipeline.ranking.eligibility import eligible_buckets
from modelsync.pipeline.ranking.shortlist import Shortlist

NOW: Final = datetime(2026, 8, 1, 6, tzinfo=UTC)
"""When tests of the ranking take place."""

Usd = str | int | float | None


def a_model(
    id: str = "acme/one",  # noqa: A002  named like the field that it sets
    *,
    prompt_usd_per_mtok: Usd = "1",
    completion_usd_per_mtok: Usd = "4",
    image_usd_per_mtok: Usd = None,
    days_old: float = 100,
    **fields: Any,
) -> ModelInfo:
    """A published record: an active text model with tools, listed 100 days ago at $1.00 / $4.00.

    A price that is None is unknown; `fields` are those of `ModelInfo` and win over everything else.
    """
    parts = parse_model_id(id)
    outputs: tuple[str, ...] = fields.get("output_modalities", ("text",))
    prompt, completion, image = map(_usd, (prompt_usd_per_mtok, completion_usd_per_mtok, image_usd_per_mtok))
    status = fields.get("pricing_status", _status(prompt, completion, image))
    free = status is PricingStatus.FREE
    values: dict[str, Any] = {
        "id": id,
        "name": id,
        "description": "",
        "canonical_slug": id.partition(":")[0],
        "created_at": NOW - timedelta(days=days_old),
        "vendor": parts.vendor,
        "family": family_key(parts),
        "series": series_key(parts),
        "variant": parts.variant,
        "is_router": parts.is_router,
        "alias_target": None,
        "alias": re.sub(r"[^a-z0-9]+", "-", id.lower()).strip("-"),
        "max_context": 131_072,
        "max_output": None,
        "cost": cost_text(status, prompt=prompt, completion=completion, other=None),
        "pricing": _pricing(prompt, completion, image),
        "pricing_status": status,
        "price_tier": _tier(prompt, free=free),
        "is_free": free,
        "pending_pricing": None,
        "supports_vision": False,
        "supports_tools": "text" in outputs,
        "structured_output": False,
        "json_mode": False,
        "is_image_gen": "image" in outputs,
        "reasoning": ReasoningMode.NONE,
        "detection_source": _SOURCES,
        "input_modalities": ("text",),
        "output_modalities": outputs,
        "supported_parameters": (),
        "provider": "openrouter",
        "state": LifecycleState.ACTIVE,
        "first_seen": NOW - timedelta(days=days_old),
        "missing_since": None,
        "expires_at": None,
        "backends": {},
    } | fields
    return ModelInfo(**{"buckets": _buckets(values, prompt)} | values)


def a_painter(id: str = "acme/brush", **fields: Any) -> ModelInfo:  # noqa: A002
    """A model that takes text and gives pictures, at $30 per million of their tokens."""
    prices: dict[str, Usd] = {"prompt_usd_per_mtok": 0, "completion_usd_per_mtok": 0, "image_usd_per_mtok": 30}
    return a_model(id, **{**prices, "output_modalities": ("image",), **fields})


def measured(
    intelligence: float | None = None,
    *,
    coding: float | None = None,
    agentic: float | None = None,
    code_elo: float | None = None,
    image_elo: float | None = None,
) -> Measurements:
    """What was measured of one model; None where it was not."""
    arenas = {"models/codecategories": code_elo, "models/image": image_elo}
    return Measurements(
        intelligence_index=intelligence,
        coding_index=coding,
        agentic_index=agentic,
        design_arena={
            name: ArenaResult(elo=elo, win_rate=None, rank=None) for name, elo in arenas.items() if elo is not None
        },
    )


def served(*, at: datetime = NOW, source: str = "probes", **figures: float) -> Operations:
    """What was observed of a model at one time; `endpoints` and `healthy` count its hosts."""
    endpoints, healthy = figures.pop("endpoints", None), figures.pop("healthy", None)
    seen: dict[str, Any] = {
        name: Figure(value=value, window="1d", fetched_at=at, source=source) for name, value in figures.items()
    }
    if endpoints is not None:
        seen["hosts"] = HostClaims(
            endpoints=int(endpoints),
            healthy=int(endpoints if healthy is None else healthy),
            offering_tools=int(endpoints),
            offering_structured_output=0,
            largest_context=None,
            smallest_context=None,
            cheapest_prompt_per_million=None,
            dearest_prompt_per_million=None,
            fetched_at=at,
        )
    return Operations(**seen)


def published_shortlist(shortlist: Shortlist, *, at: datetime = NOW) -> Curated:
    """The shortlist as the document that stands published."""
    source = Source(url="memory:feed", snapshot=None, sha256="0" * 64, fetched_at=at, model_count=0)
    return Curated(
        generation=1,
        generated_at=at,
        source=source,
        buckets=shortlist.buckets,
        models=shortlist.models,
        auto_targets=shortlist.auto_targets,
    )


_SOURCES: Final = DetectionSources(**dict.fromkeys(DetectionSources.model_fields, DetectionSource.API))


def _usd(amount: Usd) -> Decimal | None:
    return None if amount is None else Decimal(str(amount))


def _status(prompt: Decimal | None, completion: Decimal | None, image: Decimal | None) -> PricingStatus:
    if prompt is None or completion is None:
        return PricingStatus.UNKNOWN
    return PricingStatus.PRICED if prompt or completion or image else PricingStatus.FREE


def _tier(prompt: Decimal | None, *, free: bool) -> PriceTier | None:
    return None if prompt is None or (not prompt and not free) else price_tier(prompt)


def _pricing(prompt: Decimal | None, completion: Decimal | None, image: Decimal | None) -> Pricing:
    legs = {"prompt": prompt, "completion": completion, "image_output": image}
    known = {leg: usd for leg, usd in legs.items() if usd is not None}
    return Pricing(
        **{f"{leg}_per_million": decimal_text(usd) for leg, usd in known.items()},
        per_unit={},
        overrides=(),
        raw={leg: decimal_text(usd / 1_000_000) for leg, usd in known.items()},
    )


def _buckets(values: Mapping[str, Any], prompt: Decimal | None) -> tuple[Bucket, ...]:
    flags = (
        "supports_tools",
        "supports_vision",
        "is_image_gen",
        "name",
        "output_modalities",
        "pricing_status",
        "max_context",
    )
    return eligible_buckets(
        parse_model_id(values["id"]),
        prompt_usd_per_mtok=prompt,
        reasoning=ReasoningMode(values["reasoning"]),
        **{name: values[name] for name in flags},
    )
