"""A rank for every model in every bucket it may stand in, with the four parts it is made of.

    rank = 0.45 quality + 0.25 reliability + 0.15 latency + 0.15 cost

The parts are published as they enter the sum: quality is the lower end of what is known (`ranking.quality`), so a
rank can be recomputed from its document to the last digit. Reliability and latency are observed, not listed; where
nothing was observed of any model they are neutral, the same for all, and say so; where only this model lacks a
figure it takes the median of the others. Cost and speed are logarithmic: twice as dear is one step down, at any price.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean, median
from typing import Final

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.documents import Component, Components, Measurements
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.overrides import QualityPin
from modelsync.pipeline.ranking.boards import Board, Standing, board_standings
from modelsync.pipeline.ranking.cost import cost_component, logarithmic
from modelsync.pipeline.ranking.eligibility import is_recommendable
from modelsync.pipeline.ranking.prior import traits_of
from modelsync.pipeline.ranking.quality import BOARD_OF, bucket_standings, quality_component, quality_value

WEIGHTS: Final = (0.45, 0.25, 0.15, 0.15)
"""Of quality, reliability, latency and cost."""

NEUTRAL: Final = Component(value=0.5, evidence="neutral", source="no input yet", date=None)
"""A part of which nothing is known of any model."""

LEAST_UPTIME: Final = 0.95
"""A day's uptime at which a model earns nothing for it; a full day earns all."""

MOST_ENDPOINTS: Final = 4
"""Endpoints beyond which another one makes no difference."""

LATENCY_MS: Final = (10_000.0, 300.0)
THROUGHPUT_TPS: Final = (10.0, 200.0)
"""Worst and best time to the first token, and worst and best tokens per second; recorded endpoints: p10/p90 of
412/3,833 ms and 16/106 tokens per second."""


@dataclass(frozen=True, slots=True)
class Operations:
    """What was observed of one model; None where it was not.

    `uptime_1d`, `healthy_share` and `tool_error_rate` are shares (0 to 1), `endpoints` counts.
    """

    uptime_1d: float | None = None
    healthy_share: float | None = None
    endpoints: int | None = None
    tool_error_rate: float | None = None
    latency_p50_ms: float | None = None
    throughput_p50_tps: float | None = None


@dataclass(frozen=True, slots=True)
class OperationalSignals:
    """What was observed of all models, by id; empty until something is."""

    by_model: Mapping[str, Operations] = field(default_factory=dict)
    source: str = "observed"
    date: str | None = None
    """Day of the figures, YYYY-MM-DD."""


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


_UNSEEN: Final = Operations()
_Part = Callable[[Operations], float | None]


def score_models(
    models: Sequence[ModelInfo],
    *,
    measurements: Mapping[str, Measurements],
    signals: OperationalSignals,
    pins: Sequence[QualityPin],
    now: datetime,
) -> Scores:
    """Rank every model that can be recommended, in every bucket it may stand in."""
    listed = sorted((model for model in models if is_recommendable(model, now=now)), key=lambda model: model.id)
    traits = traits_of(listed)
    boards = {board: board_standings(board, _entrants(board, listed), measurements, traits=traits) for board in Board}
    reliability = _observed(listed, signals, RELIABILITY_PARTS)
    latency = _observed(listed, signals, LATENCY_PARTS)
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


def _uptime(seen: Operations) -> float | None:
    if seen.uptime_1d is None:
        return None
    return min(1.0, max(0.0, (seen.uptime_1d - LEAST_UPTIME) / (1 - LEAST_UPTIME)))


def _endpoints(seen: Operations) -> float | None:
    return None if seen.endpoints is None else min(seen.endpoints, MOST_ENDPOINTS) / MOST_ENDPOINTS


def _tool_success(seen: Operations) -> float | None:
    return None if seen.tool_error_rate is None else 1 - seen.tool_error_rate


def _scaled(value: float | None, scale: tuple[float, float]) -> float | None:
    return None if value is None else logarithmic(value, worst=scale[0], best=scale[1])


RELIABILITY_PARTS: Final[tuple[_Part, ...]] = (_uptime, lambda seen: seen.healthy_share, _endpoints, _tool_success)
LATENCY_PARTS: Final[tuple[_Part, ...]] = (
    lambda seen: _scaled(seen.latency_p50_ms, LATENCY_MS),
    lambda seen: _scaled(seen.throughput_p50_tps, THROUGHPUT_TPS),
)
"""What each component is the mean of."""


def _observed(
    models: Collection[ModelInfo], signals: OperationalSignals, parts: Sequence[_Part]
) -> dict[str, Component]:
    """The mean of the parts of each model; a missing part takes the median of the models that have it."""
    seen = {model.id: [part(signals.by_model.get(model.id, _UNSEEN)) for part in parts] for model in models}
    columns = [[value for value in column if value is not None] for column in zip(*seen.values(), strict=True)]
    medians = [median(column) if column else None for column in columns]
    return {i: _observed_component(values, medians, signals) for i, values in seen.items()}


def _observed_component(
    values: Sequence[float | None], medians: Sequence[float | None], signals: OperationalSignals
) -> Component:
    filled = [value if value is not None else typical for value, typical in zip(values, medians, strict=True)]
    known = [value for value in filled if value is not None]
    if not known:
        return NEUTRAL
    value = round(fmean(known), 4)
    if all(own is None for own in values):
        return Component(value=value, evidence="neutral", source="median of the observed models", date=signals.date)
    return Component(value=value, evidence="measured", source=signals.source, date=signals.date)
