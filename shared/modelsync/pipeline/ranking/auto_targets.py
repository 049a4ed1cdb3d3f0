"""Which model stands in when a caller's own is gone: the targets of `auto`, by price tier and need.

A target never costs more than its tier, so that a fallback never moves anybody to a dearer class: the best curated
model of the tier, else what stands for the next cheaper one. For `free` only models that charge nothing will
do; there the search goes beyond the shortlist, because hardly any of them gets into it.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.capabilities import Need, ReasoningMode
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import PriceTier
from modelsync.pipeline.ranking.score import Scores

CHEAPEST_FIRST: Final = (PriceTier.FREE, PriceTier.BUDGET, PriceTier.STANDARD, PriceTier.PRO, PriceTier.PREMIUM)

RANKED_IN: Final[Mapping[Need, Bucket]] = {
    Need.ANY: Bucket.CHAT,
    Need.TOOLS: Bucket.CODING,
    Need.VISION: Bucket.VISION,
    Need.STRUCTURED_OUTPUT: Bucket.CHAT,
    Need.REASONING: Bucket.REASONING,
}
"""The bucket whose ranks decide which model serves a need best."""

SERVES: Final[Mapping[Need, Callable[[ModelInfo], bool]]] = {
    Need.ANY: lambda _: True,
    Need.TOOLS: lambda model: model.supports_tools is True,
    Need.VISION: lambda model: model.supports_vision is True,
    Need.STRUCTURED_OUTPUT: lambda model: model.structured_output is True,
    Need.REASONING: lambda model: model.reasoning is not ReasoningMode.NONE,
}


def auto_targets(
    models: Mapping[str, ModelInfo], scores: Scores, *, curated: Collection[str]
) -> dict[PriceTier, dict[Need, str | None]]:
    """Choose a target for every tier and need; None where nothing of that tier or cheaper serves it."""
    targets: dict[PriceTier, dict[Need, str | None]] = {tier: {} for tier in CHEAPEST_FIRST}
    for need, bucket in RANKED_IN.items():
        serving = [models[each.id] for each in scores.by_bucket[bucket] if each.id in models]
        serving = [model for model in serving if SERVES[need](model)]
        target: str | None = None
        for tier in CHEAPEST_FIRST:
            of_tier = [model.id for model in serving if model.price_tier is tier]
            chosen = [i for i in of_tier if i in curated] or (of_tier if tier is PriceTier.FREE else [])
            target = chosen[0] if chosen else target
            targets[tier][need] = target
    return targets
