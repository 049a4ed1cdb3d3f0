"""What a model is likely worth that nobody measured: a place between 0 and 1 among the measured ones.

Two parts: an estimate from what the list itself says (completion price, age, reasoning, tools, context), and
what the nearest two measured models of the same brand were better or worth less than their own estimate.
The weights are rounded means of least-squares fits to six recorded lists of 2026-06..08, for three boards, which
differed little; left out one at a time, a measured model is missed by 0.07 to 0.10 on average.

Age is counted back from the newest listed model, not from today: an unchanged list has unchanged predictions.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from modelsync.catalog.capabilities import ReasoningMode
from modelsync.catalog.model_info import ModelInfo

BASE: Final = 0.085
PER_PRICE_DECADE: Final = 0.15
NEWEST: Final = 0.50
REASONS: Final = 0.15
USES_TOOLS: Final = 0.02
PER_CONTEXT_DOUBLING: Final = 0.03

IMAGE_BASE: Final = 0.20
IMAGE_PER_PRICE_DECADE: Final = 0.25
IMAGE_NEWEST: Final = 0.40
"""For models that paint; a picture is not better for abilities in text. Ten measured models are few: they are missed
by 0.20 on average."""

FADING_DAYS: Final = 180.0
"""Days in which the advantage of being new falls to a third (1/e)."""

TYPICAL_CONTEXT: Final = 131_072
UNKNOWN_CONTEXT: Final = 32_768
LEAST_PRICE: Final = 0.02
"""USD per million tokens; below it, and where it is zero or unknown, a price tells nothing more."""

UNKNOWN_AGE_DAYS: Final = 1000.0

NEIGHBOURS: Final = 2
LOOKED_AT: Final = 6
"""Measured models of the brand on either side in time that are compared."""

DAYS_APART, DECADES_APART, OTHER_FAMILY = 120.0, 0.7, 0.4
"""What makes one step of distance: days between two listings, decades between their prices; another family adds."""

PULL_OF_ESTIMATE: Final = 0.2
"""Weight of the estimate against that of a neighbour at distance 0, which is 1."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What the prediction reads of a model; `listed_day` counts from the newest model's, downwards."""

    vendor: str
    family: str
    listed_day: float
    log_price: float
    estimate: float


@dataclass(frozen=True, slots=True)
class _Measured:
    traits: Traits
    surplus: float
    """Measured place minus the estimate."""


def traits_of(models: Iterable[ModelInfo]) -> dict[str, Traits]:
    """Read the traits of every model, by id."""
    listed = tuple(models)
    newest = max((model.created_at for model in listed if model.created_at is not None), default=None)
    return {model.id: _traits(model, newest) for model in listed}


class Prior:
    """Predictions for one board, from the places of the models that were measured on it."""

    def __init__(self, traits: Mapping[str, Traits], places: Mapping[str, float]) -> None:
        self._by_vendor: dict[str, list[_Measured]] = {}
        for model_id in sorted(places, key=lambda i: (traits[i].listed_day, i)):
            known = traits[model_id]
            measured = _Measured(known, places[model_id] - known.estimate)
            self._by_vendor.setdefault(known.vendor, []).append(measured)

    def predict(self, model: Traits) -> float:
        """The likely place of a model that is not among the measured ones; 0 to 1."""
        pull, weights = 0.0, PULL_OF_ESTIMATE
        for distance, surplus in self._nearest(model):
            weight = math.exp(-distance)
            pull += weight * surplus
            weights += weight
        return min(1.0, max(0.0, model.estimate + pull / weights))

    def _nearest(self, model: Traits) -> list[tuple[float, float]]:
        brand = self._by_vendor.get(model.vendor, [])
        at = bisect_left(brand, model.listed_day, key=lambda each: each.traits.listed_day)
        around = brand[max(0, at - LOOKED_AT) : at + LOOKED_AT]
        return sorted((_distance(model, each.traits), each.surplus) for each in around)[:NEIGHBOURS]


def _traits(model: ModelInfo, newest: datetime | None) -> Traits:
    log_price = math.log10(max(_telling_price(model), LEAST_PRICE))
    age = UNKNOWN_AGE_DAYS
    if newest is not None and model.created_at is not None:
        age = (newest - model.created_at).total_seconds() / 86_400
    youth = math.exp(-age / FADING_DAYS)
    if model.is_image_gen:
        estimate = IMAGE_BASE + IMAGE_PER_PRICE_DECADE * log_price + IMAGE_NEWEST * youth
    else:
        estimate = BASE + PER_PRICE_DECADE * log_price + NEWEST * youth + _abilities(model)
    return Traits(model.vendor, model.family, -age, log_price, estimate)


def _abilities(model: ModelInfo) -> float:
    return (
        REASONS * (model.reasoning is not ReasoningMode.NONE)
        + USES_TOOLS * (model.supports_tools is True)
        + PER_CONTEXT_DOUBLING * math.log2((model.max_context or UNKNOWN_CONTEXT) / TYPICAL_CONTEXT)
    )


def _telling_price(model: ModelInfo) -> float:
    """USD per million tokens of output; an image's tokens cost ten times those of a text of like worth."""
    pricing = model.pricing
    if model.is_image_gen:
        return _usd(pricing.image_output_per_million or pricing.image_token_per_million) / 10
    return max(_usd(pricing.completion_per_million), _usd(pricing.prompt_per_million))


def _usd(text: str | None) -> float:
    return float(text) if text is not None else 0.0


def _distance(one: Traits, other: Traits) -> float:
    return (
        abs(one.listed_day - other.listed_day) / DAYS_APART
        + abs(one.log_price - other.log_price) / DECADES_APART
        + (OTHER_FAMILY if one.family != other.family else 0.0)
    )
