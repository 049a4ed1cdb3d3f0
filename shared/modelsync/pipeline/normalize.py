"""One model's facts, its past and people's word become its published record.

The stage judges one model at a time and knows no other: aliases are assigned over the whole set before it,
ageing happens after it. A model that the feed lists is active; what it was before is only asked for the price
that was believed and for the day it was first seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.capabilities import DetectionSource
from modelsync.catalog.lifecycle import LifecycleState, is_placeholder
from modelsync.catalog.model_ids import IdParts, lineage
from modelsync.catalog.model_info import DetectionSources, ModelInfo, Pricing
from modelsync.catalog.pricing import PricingStatus, amount
from modelsync.pipeline.detect import DetectedFlags, Resolver
from modelsync.pipeline.enrich import carried_backends, carried_enrichment
from modelsync.pipeline.hold import believed_pricing
from modelsync.pipeline.price import cost_of, costs, published_pricing, status_of, tier_of
from modelsync.pipeline.ranking.eligibility import eligible_buckets
from modelsync.pipeline.telemetry.flags import keep_lowered
from modelsync.sources.facts import ModelFacts

FLAGS: Final = tuple(DetectionSources.model_fields)


@dataclass(frozen=True, slots=True)
class Normalizer:
    """What holds for every model of one refresh; `accept` takes jumped prices at an operator's word."""

    source: str
    resolver: Resolver
    backends: Mapping[str, Mapping[str, str]]
    now: datetime
    accept: bool

    def normalize(
        self, facts: ModelFacts, *, alias: str, previous: ModelInfo | None, first_seen: datetime
    ) -> ModelInfo:
        """Judge one model; `previous` is its last published record, whatever its state was."""
        parts = facts.parts
        family, series = lineage(parts)
        seen = self._seen_pricing(facts, previous)
        believed = believed_pricing(seen, previous, now=self.now, accept=self.accept)
        pricing = believed.pricing
        status = status_of(pricing, parts, output_modalities=facts.output_modalities)
        rising = believed.pending is not None and costs(believed.pending.pricing)
        detected = self.resolver.detect(facts, is_free=status is PricingStatus.FREE and not rising)
        flags = keep_lowered(detected, facts, previous=previous)
        is_free = flags.is_free.value
        backends, by_rule = carried_backends(self.backends.get(facts.id, {}), previous)
        return ModelInfo(
            id=facts.id,
            name=facts.name,
            description=facts.description,
            canonical_slug=facts.canonical_slug,
            created_at=facts.created_at,
            vendor=parts.vendor,
            family=family,
            series=series,
            variant=parts.variant,
            is_router=parts.is_router,
            alias_target=facts.alias_target,
            alias=alias,
            max_context=facts.max_context,
            max_output=facts.max_output,
            cost=cost_of(pricing, status),
            pricing=pricing,
            pricing_status=status,
            price_tier=tier_of(pricing, status, output_modalities=facts.output_modalities, is_free=is_free),
            is_free=is_free,
            pending_pricing=believed.pending,
            supports_vision=flags.supports_vision.value,
            supports_tools=flags.supports_tools.value,
            structured_output=flags.structured_output.value,
            json_mode=flags.json_mode.value,
            is_image_gen=flags.is_image_gen.value,
            reasoning=flags.reasoning.value,
            detection_source=_sources(flags),
            input_modalities=facts.input_modalities,
            output_modalities=facts.output_modalities,
            supported_parameters=facts.supported_parameters or (),
            provider=self.source,
            buckets=_buckets(facts, parts, flags, status=status, pricing=pricing),
            state=LifecycleState.ACTIVE,
            first_seen=first_seen,
            missing_since=None,
            expires_at=self._announced_end(facts),
            backends=backends,
            backends_by_rule=by_rule,
            knowledge_cutoff=facts.knowledge_cutoff,
            enrichment=carried_enrichment(previous, facts),
        )

    def _seen_pricing(self, facts: ModelFacts, previous: ModelInfo | None) -> Pricing:
        """Equal raw legs mean an equal price, and most prices are the ones of the last fetch."""
        if previous is not None and not facts.conditional_prices and not previous.pricing.overrides:
            known = previous.pricing
            return known if known.raw == facts.raw_prices else published_pricing(facts)
        return published_pricing(facts)

    def _announced_end(self, facts: ModelFacts) -> datetime | None:
        end = facts.expires_at
        return None if end is None or is_placeholder(end, now=self.now) else end


def _sources(flags: DetectedFlags) -> DetectionSources:
    return _detection_sources(tuple(getattr(flags, name).source for name in FLAGS))


@lru_cache(maxsize=256)
def _detection_sources(sources: tuple[DetectionSource | None, ...]) -> DetectionSources:
    """Remembered, because thousands of models share a handful of combinations."""
    return DetectionSources(**dict(zip(FLAGS, sources, strict=True)))


def _buckets(
    facts: ModelFacts, parts: IdParts, flags: DetectedFlags, *, status: PricingStatus, pricing: Pricing
) -> tuple[Bucket, ...]:
    prompt = pricing.prompt_per_million
    return eligible_buckets(
        parts,
        name=facts.name,
        output_modalities=facts.output_modalities,
        pricing_status=status,
        prompt_usd_per_mtok=None if prompt is None else amount(prompt),
        max_context=facts.max_context,
        supports_tools=flags.supports_tools.value,
        supports_vision=flags.supports_vision.value,
        is_image_gen=flags.is_image_gen.value,
        reasoning=flags.reasoning.value,
    )
