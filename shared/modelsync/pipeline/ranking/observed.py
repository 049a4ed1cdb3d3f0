"""What observed figures count in a rank: reliability and latency, each the mean of its parts.

- A part lies between 0 and 1. Speed is logarithmic, for twice as fast is one step up, at any speed.
- A figure counts in full for a day; from then on it shrinks to the median of the catalogue, and is worth no more than
  that after a week.
- A model that nobody serves has no reliability at all: every part of it is 0.
- A missing part takes the median of the models that have it: never 0, for silence is no failure, and never 1. Where
  nobody has it, it is left out; where a component has no part at all, it is neutral, the same for all.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, median
from typing import Final

from modelsync.catalog.documents import Component
from modelsync.catalog.figures import Figure, Operations
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.observe import ENDPOINTS
from modelsync.pipeline.ranking.cost import logarithmic

NEUTRAL: Final = Component(value=0.5, evidence="neutral", source="no input yet", date=None)
"""A part of which nothing is known of any model."""

FULL_WEIGHT_FOR: Final = timedelta(days=1)
WORTHLESS_AFTER: Final = timedelta(days=7)

LEAST_UPTIME: Final = 0.95
"""A day's uptime at which a model earns nothing for it; a full day earns all."""

LATENCY_MS: Final = (30_000.0, 200.0)
THROUGHPUT_TPS: Final = (10.0, 200.0)
"""Worst and best time to the first token, and worst and best tokens per second; recorded endpoints: p10/p90 of
412/3,833 ms and 16/106 tokens per second. The first is wider than that, for models that paint take longer."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a component: its value before it aged, when it was seen, and who says so."""

    value: float
    fetched_at: datetime
    source: str


_Reading = Callable[[Operations, datetime], _Part | None]
_UNSEEN: Final = Operations()


def reliability_components(
    models: Collection[ModelInfo], operations: Mapping[str, Operations], *, now: datetime
) -> dict[str, Component]:
    """By id: uptime of a day, healthy endpoints, number of endpoints, tool calls that went well."""
    return _components(models, operations, (_uptime, _healthy, _endpoints, _tool_success), now=now)


def latency_components(
    models: Collection[ModelInfo], operations: Mapping[str, Operations], *, now: datetime
) -> dict[str, Component]:
    """By id: time to the first token, and tokens per second, or a place in the source's order that is fresher."""
    return _components(models, operations, (_latency, _throughput), now=now)


def _uptime(seen: Operations, _now: datetime) -> _Part | None:
    return _unserved(seen) or _scaled(seen.uptime_1d, lambda share: (share - LEAST_UPTIME) / (1 - LEAST_UPTIME))


def _healthy(seen: Operations, _now: datetime) -> _Part | None:
    hosts = seen.hosts
    if hosts is None or hosts.endpoints == 0:
        return _unserved(seen)
    return _Part(hosts.healthy / hosts.endpoints, hosts.fetched_at, ENDPOINTS)


def _endpoints(seen: Operations, _now: datetime) -> _Part | None:
    """Each further endpoint makes good half of what is left to be wished for: 1, 2, 3 are 0.5, 0.75, 0.875."""
    hosts = seen.hosts
    return None if hosts is None else _Part(1 - 0.5**hosts.endpoints, hosts.fetched_at, ENDPOINTS)


def _tool_success(seen: Operations, _now: datetime) -> _Part | None:
    return _unserved(seen) or _scaled(seen.tool_error_rate, lambda rate: 1 - rate)


def _unserved(seen: Operations) -> _Part | None:
    """What a model without a single endpoint gets for anything."""
    hosts = seen.hosts
    return _Part(0.0, hosts.fetched_at, ENDPOINTS) if hosts is not None and hosts.endpoints == 0 else None


def _latency(seen: Operations, now: datetime) -> _Part | None:
    told = _scaled(seen.latency_p50_ms, lambda ms: logarithmic(ms, worst=LATENCY_MS[0], best=LATENCY_MS[1]))
    return _fresher(told, _scaled(seen.latency_order, lambda place: place), now)


def _throughput(seen: Operations, now: datetime) -> _Part | None:
    scale = THROUGHPUT_TPS
    told = _scaled(seen.throughput_p50_tps, lambda tps: logarithmic(tps, worst=scale[0], best=scale[1]))
    return _fresher(told, _scaled(seen.throughput_order, lambda place: place), now)


def _fresher(told: _Part | None, placed: _Part | None, now: datetime) -> _Part | None:
    """The figure, or the place in an order where that counts for more by its age."""
    if told is None or placed is None:
        return told or placed
    return placed if weight(placed.fetched_at, now=now) > weight(told.fetched_at, now=now) else told


def _scaled(figure: Figure | None, scale: Callable[[float], float]) -> _Part | None:
    if figure is None:
        return None
    return _Part(min(1.0, max(0.0, scale(figure.value))), figure.fetched_at, figure.source)


def _components(
    models: Collection[ModelInfo],
    operations: Mapping[str, Operations],
    readings: Sequence[_Reading],
    *,
    now: datetime,
) -> dict[str, Component]:
    seen = {model.id: [reading(operations.get(model.id, _UNSEEN), now) for reading in readings] for model in models}
    columns = [[part.value for part in column if part is not None] for column in zip(*seen.values(), strict=True)]
    medians = [median(column) if column else None for column in columns]
    return {model_id: _component(parts, medians, now=now) for model_id, parts in seen.items()}


def _component(parts: Sequence[_Part | None], medians: Sequence[float | None], *, now: datetime) -> Component:
    pairs = zip(parts, medians, strict=True)
    values = [_aged(part, typical, now=now) for part, typical in pairs if typical is not None]
    if not values:
        return NEUTRAL
    value = round(fmean(values), 4)
    alive = [part for part in parts if part is not None and weight(part.fetched_at, now=now) > 0]
    if not alive:
        return Component(value=value, evidence="neutral", source="median of the observed models", date=None)
    newest = max(part.fetched_at for part in alive)
    sources = ", ".join(sorted({part.source for part in alive}))
    return Component(value=value, evidence="measured", source=sources, date=f"{newest:%Y-%m-%d}")


def _aged(part: _Part | None, typical: float, *, now: datetime) -> float:
    if part is None:
        return typical
    share = weight(part.fetched_at, now=now)
    return share * part.value + (1 - share) * typical


def weight(fetched_at: datetime, *, now: datetime) -> float:
    """What a figure is worth by its age: 1 within a day, 0 after a week, in equal steps between."""
    shrunk = (now - fetched_at - FULL_WEIGHT_FOR) / (WORTHLESS_AFTER - FULL_WEIGHT_FOR)
    return min(1.0, max(0.0, 1 - shrunk))
