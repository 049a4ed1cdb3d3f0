"""How good a model is for the use of a bucket: the first part of its rank.

A bucket looks at the board that speaks for its use, among the models that may stand in it. What enters a rank is
(place - doubt) squared: squared, because with the fixed weights of a rank raw places let cheap models win (NDCG 0.46
against 0.89); minus the doubt, so that a guess never tops a bucket. Pins are people's scores from boards that
the feed does not carry: they hold for 60 days and then fade into what would stand without them.
"""

import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.documents import Component
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.overrides import QualityPin, glob_matcher
from modelsync.pipeline.ranking.boards import MEASURED_DOUBT, Board, Standing, place_among
from modelsync.pipeline.ranking.cost import comparable_usd
from modelsync.pipeline.ranking.kinship import is_base

BOARD_OF: Final[Mapping[Bucket, Board]] = {
    Bucket.CODING: Board.CODING,
    Bucket.REASONING: Board.THOUGHT,
    Bucket.CHAT: Board.CHAT,
    Bucket.FAST: Board.THOUGHT,
    Bucket.VISION: Board.THOUGHT,
    Bucket.IMAGE_GEN: Board.IMAGE,
}

ENOUGH_TO_COMPARE: Final = 10
"""Measured models that a bucket needs before places are counted among them; with fewer those of the board stand."""

CHEAPNESS: Final = 1 / 3
"""Share of cheapness in the quality of the fast and cheap: that is what people look for there."""

PIN_HOLDS_DAYS: Final = 60
PIN_HALVES_DAYS: Final = 60
"""A pin counts in full for the first, then half as much with every further of the second."""

NAMED_FROM: Final = 0.5
"""Weight from which on a pin is the evidence, and no longer what would stand without it."""


def bucket_standings(
    bucket: Bucket,
    models: Collection[ModelInfo],
    on_board: Mapping[str, Standing],
    *,
    pins: Iterable[QualityPin],
    today: date,
) -> dict[str, Standing]:
    """Place the models that may stand in a bucket among each other, by id; later pins win over earlier ones."""
    standings = _among_each_other({model.id: on_board[model.id] for model in models})
    if bucket is Bucket.FAST:
        standings = _with_cheapness(standings, models)
    fresh = dict(standings)
    for pin in pins:
        if pin.bucket is bucket:
            matches = glob_matcher([pin.id]).match
            fresh |= {i: _pinned(pin, standing, today=today) for i, standing in standings.items() if matches(i)}
    return fresh


def quality_value(standing: Standing) -> float:
    """What enters a rank: the lower end of what is known, squared; four digits."""
    sure = max(0.0, standing.place - standing.doubt)
    return round(sure * sure, 4)


def quality_component(standing: Standing) -> Component:
    """The same as it is published."""
    return Component(
        value=quality_value(standing), evidence=standing.evidence, source=standing.source, date=standing.date
    )


def pin_weight(pinned: date, *, today: date) -> float:
    """What a pin of a given day still counts, 1 to 0.

    It falls once a week, not once a day, so that a shortlist without other news is written seldom.

    >>> pin_weight(date(2026, 1, 1), today=date(2026, 3, 2))
    1.0
    """
    weeks = max(0, (today - pinned).days - PIN_HOLDS_DAYS) // 7
    return math.pow(0.5, 7 * weeks / PIN_HALVES_DAYS)


def _among_each_other(standings: Mapping[str, Standing]) -> dict[str, Standing]:
    measured = (each.place for i, each in standings.items() if each.evidence == "measured" and is_base(i))
    ladder = sorted(measured)
    if len(ladder) < ENOUGH_TO_COMPARE:
        return dict(standings)
    steps = [(0.0, 0.0), *((place, place_among(ladder, place)) for place in sorted(set(ladder))), (1.0, 1.0)]
    return {i: each.at(_on_the_line(steps, each.place)) for i, each in standings.items()}


def _on_the_line(steps: Sequence[tuple[float, float]], x: float) -> float:
    """Straight lines between the steps of a rising function from (0, 0) to (1, 1)."""
    at = max(1, bisect_left(steps, (x,)))
    (x0, y0), (x1, y1) = steps[at - 1], steps[at]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def _with_cheapness(standings: Mapping[str, Standing], models: Iterable[ModelInfo]) -> dict[str, Standing]:
    """Mix in each model's place among the prices; one without a price to compare counts as the dearest."""
    prices = {model.id: comparable_usd(model) for model in models}
    ladder = sorted(-float(price) for price in prices.values() if price is not None)
    mixed = {}
    for i, standing in standings.items():
        price = prices[i]
        cheapness = place_among(ladder, -float(price)) if price is not None else 0.0
        mixed[i] = replace(
            standing,
            place=(1 - CHEAPNESS) * standing.place + CHEAPNESS * cheapness,
            doubt=(1 - CHEAPNESS) * standing.doubt,
            source=f"{standing.source}; a third cheapness",
        )
    return mixed


def _pinned(pin: QualityPin, otherwise: Standing, *, today: date) -> Standing:
    """A pin mixed with what would stand without it; the one that weighs more gives its name."""
    weight = pin_weight(pin.date, today=today)
    mixed = replace(
        otherwise,
        place=weight * pin.score + (1 - weight) * otherwise.place,
        doubt=weight * MEASURED_DOUBT + (1 - weight) * otherwise.doubt,
    )
    if weight < NAMED_FROM:
        return mixed
    return replace(mixed, evidence="measured", source=pin.source, date=pin.date.isoformat())
