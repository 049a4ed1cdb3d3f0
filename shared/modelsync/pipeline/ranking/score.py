"""A rank for every model in every bucket it may stand in, with the four parts it is made of.

    rank = 0.45 quality + 0.25 reliability + 0.15 latency + 0.15 cost

The parts are published as they enter the sum: quality is the lower end of what is known (`ranking.quality`), so a
rank can be recomputed from its document to the last digit. Reliability and latency are what was observed
(`ranking.observed`), cost is what is listed (`ranking.cost`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.documents import Component, Components
from modelsync.catalog.figures import Measurements, Operations
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.overrides import QualityPin
from modelsync.pipeline.ranking.boards import Board, Standing, board_standings
from modelsync.pipeline.ranking.cost import cost_component
from modelsync.pipeline.ranking.eligibility import is_recommendable
from modelsync.pipeline.ranking.observed import latency_components, reliability_components
from modelsync.pipeline.ranking.prior import traits_of
from modelsync.pipeline.ranking.quality import BOARD_OF, bucket_standings, quality_component, quality_value

WEIGHTS: Final = (0.45, 0.25, 0.15, 0.15)
"""Of quality, reliability, latency and cost."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A model's rank in one bucket."""

    id: str
    rank: float
    quality: Standing
    reliability: Component
    latency: Component
    cost: Component

    @property
    def components(self) -> Components:
        """The published parts of the rank."""
        return Components(
            quality=quality_component(self.quality),
            reliability=self.reliability,
            latency=self.latency,
            cost=self.cost,
        )


@dataclass(frozen=True, slots=True)
class Scores:
    """The ranks in every bucket, best first; equal ranks in the order of their ids."""

    by_bucket: Mapping[Bucket, tuple[Scored, ...]]


def score_models(
    models: Sequence[ModelInfo],
    *,
    measurements: Mapping[str, Measurements],
    operations: Mapping[str, Operations],
    pins: Sequence[QualityPin],
    now: datetime,
) -> Scores:
    """Rank every model that can be recommended, in every bucket it may stand in."""
    listed = sorted((model for model in models if is_recommendable(model, now=now)), key=lambda model: model.id)
    traits = traits_of(listed)
    boards = {board: board_standings(board, _entrants(board, listed), measurements, traits=traits) for board in Board}
    reliability = reliability_components(listed, operations, now=now)
    latency = latency_components(listed, operations, now=now)
    cost = {model.id: cost_component(model) for model in listed}
    by_bucket: dict[Bucket, tuple[Scored, ...]] = {}
    for bucket in Bucket:
        entrants = [model for model in listed if bucket in model.buckets]
        standings = bucket_standings(bucket, entrants, boards[BOARD_OF[bucket]], pins=pins, today=now.date())
        scored = [
            _scored(i, standing, reliability=reliability[i], latency=latency[i], cost=cost[i])
            for i, standing in standings.items()
        ]
        by_bucket[bucket] = tuple(sorted(scored, key=lambda each: (-each.rank, each.id)))
    return Scores(by_bucket)


def rank_of(components: Components) -> float:
    """The weighted sum of the published parts, exact to six digits."""
    return _weighted(
        components.quality.value, components.reliability.value, components.latency.value, components.cost.value
    )


def _weighted(*values: float) -> float:
    return round(sum(weight * value for weight, value in zip(WEIGHTS, values, strict=True)), 6)


def _scored(model_id: str, quality: Standing, *, reliability: Component, latency: Component, cost: Component) -> Scored:
    rank = _weighted(quality_value(quality), reliability.value, latency.value, cost.value)
    return Scored(model_id, rank, quality, reliability, latency, cost)


def _entrants(board: Board, models: Iterable[ModelInfo]) -> tuple[ModelInfo, ...]:
    buckets = {bucket for bucket, its_board in BOARD_OF.items() if its_board is board}
    return tuple(model for model in models if not buckets.isdisjoint(model.buckets))
