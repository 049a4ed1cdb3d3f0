"""Every model's place on the boards that compare quality, measured or predicted, and how sure it is.

A board is made of published figures (yardsticks). On each, a measured model has a place between 0 and 1, its
percentile among the measured models that are no variants; a board's place is the weighted mean of those that are
there. Records of one release (`ranking.kinship`) lend each other their measurement; for everyone else there is a
prediction (`ranking.prior`). What a bucket makes of a board is `ranking.quality`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

from modelsync.catalog.figures import Measurements
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.ranking.kinship import is_base, release_key
from modelsync.pipeline.ranking.prior import Prior, Traits

MEASURED_DOUBT: Final = 0.02
KIN_DOUBT: Final = 0.04
ONE_SOURCE_DOUBT: Final = 0.10
PRIOR_DOUBT: Final = 0.17
"""By how much a place may be too high; that of a prediction is twice its mean error."""

ENOUGH_WEIGHT: Final = 0.5
"""Yardsticks of less weight together count as one weak source."""

PREDICTED_FROM: Final = "predicted from price, age, abilities and the nearest measured models of its vendor"


class Board(StrEnum):
    """What is compared."""

    CODING = "coding"
    THOUGHT = "thought"
    CHAT = "chat"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Yardstick:
    """One published figure, and how to find it."""

    name: str
    read: Callable[[Measurements], float | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """A model's place, 0 to 1, how far it may be too high, and who says so."""

    place: float
    doubt: float
    evidence: Literal["measured", "family", "prior"]
    source: str
    date: str | None = None

    def at(self, place: float) -> "Standing":
        """The same standing at another place."""
        return Standing(place, self.doubt, self.evidence, self.source, self.date)


_Reading = tuple[Yardstick, float, float]
"""A yardstick, its weight, and the place it gives."""


def _elo(category: str) -> Callable[[Measurements], float | None]:
    def read(measured: Measurements) -> float | None:
        result = measured.design_arena.get(category)
        return result.elo if result is not None else None

    return read


INTELLIGENCE: Final = Yardstick("Artificial Analysis intelligence index", lambda seen: seen.intelligence_index)
CODING: Final = Yardstick("Artificial Analysis coding index", lambda seen: seen.coding_index)
AGENTIC: Final = Yardstick("Artificial Analysis agentic index", lambda seen: seen.agentic_index)
ARENA_CODE: Final = Yardstick("Design Arena code", _elo("models/codecategories"))
ARENA_IMAGE: Final = Yardstick("Design Arena image", _elo("models/image"))

WEIGHTS: Final[Mapping[Board, tuple[tuple[Yardstick, float], ...]]] = {
    Board.CODING: ((CODING, 0.4), (AGENTIC, 0.2), (ARENA_CODE, 0.4)),
    Board.THOUGHT: ((INTELLIGENCE, 0.95), (ARENA_CODE, 0.05)),
    Board.CHAT: ((INTELLIGENCE, 0.8), (ARENA_CODE, 0.2)),
    Board.IMAGE: ((ARENA_IMAGE, 1.0),),
}
"""What counts how much; the mean is taken of those that are there. What people voted for says more of chat than of
thought; where the index is silent it speaks alone, as a weak source."""


def board_standings(
    board: Board,
    models: Collection[ModelInfo],
    measurements: Mapping[str, Measurements],
    *,
    traits: Mapping[str, Traits],
) -> dict[str, Standing]:
    """Place every model on a board, by id."""
    measured = _measured(board, models, measurements)
    known = {i: each.place for i, each in measured.items() if each.doubt <= MEASURED_DOUBT and is_base(i)}
    prior = Prior(traits, known)
    own = {i: _moderated(each, prior, traits[i]) for i, each in measured.items()}
    lenders = {release_key(i): i for i in sorted(own, reverse=True)}
    standings: dict[str, Standing] = {}
    for model in models:
        lender = lenders.get(release_key(model.id))
        if lender is None:
            standings[model.id] = Standing(prior.predict(traits[model.id]), PRIOR_DOUBT, "prior", PREDICTED_FROM)
        else:
            standings[model.id] = own.get(model.id) or _lent(own[lender], lender)
    return standings


def place_among(ladder: Sequence[float], value: float) -> float:
    """The share of a sorted, non-empty list that lies below a value, half of its equals included.

    >>> place_among([1.0, 2.0, 2.0, 3.0], 2.0)
    0.5
    """
    return (bisect_left(ladder, value) + bisect_right(ladder, value)) / (2 * len(ladder))


def _measured(
    board: Board, models: Collection[ModelInfo], measurements: Mapping[str, Measurements]
) -> dict[str, Standing]:
    seen = {model.id: measurements[model.id] for model in models if model.id in measurements}
    found: dict[str, list[_Reading]] = {}
    for yardstick, weight in WEIGHTS[board]:
        for model_id, place in _places(yardstick, seen).items():
            found.setdefault(model_id, []).append((yardstick, weight, place))
    return {i: _mean(readings) for i, readings in found.items()}


def _places(yardstick: Yardstick, seen: Mapping[str, Measurements]) -> dict[str, float]:
    values = {i: value for i, each in seen.items() if (value := yardstick.read(each)) is not None}
    ladder = sorted(value for i, value in values.items() if is_base(i)) or sorted(values.values())
    return {i: place_among(ladder, value) for i, value in values.items()}


def _mean(readings: Sequence[_Reading]) -> Standing:
    total = sum(weight for _, weight, _ in readings)
    return Standing(
        place=sum(weight * place for _, weight, place in readings) / total,
        doubt=MEASURED_DOUBT if total >= ENOUGH_WEIGHT else ONE_SOURCE_DOUBT,
        evidence="measured",
        source=", ".join(yardstick.name for yardstick, _, _ in readings),
    )


def _moderated(standing: Standing, prior: Prior, traits: Traits) -> Standing:
    """A weak source, averaged with the prediction.

    On the recorded list of 2026-08-08 the one misses the intelligence index by 0.093, the other by 0.060, their
    mean by 0.053.
    """
    if standing.doubt <= MEASURED_DOUBT:
        return standing
    place = (standing.place + prior.predict(traits)) / 2
    return replace(standing, place=place, source=f"{standing.source}, averaged with a prediction")


def _lent(standing: Standing, lender: str) -> Standing:
    doubt = max(standing.doubt, KIN_DOUBT)
    return replace(standing, doubt=doubt, evidence="family", source=f"{standing.source} of {lender}")
