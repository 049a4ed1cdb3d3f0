"""How good a model is for a use, how sure that is, and who says so.

Per board, the models that were measured get a place between 0 and 1 (percentile, ties at their middle) and all
others a predicted one (`pipeline.prior`). A bucket looks at the board that speaks for its use, among the models
that may stand in it. What a rank sees is (place - doubt) squared: squared, because with the fixed weights of
a rank raw places let cheap models win; minus the doubt, so that a guess never tops a bucket.

Records of one release (`pipeline.kinship`) lend each other their measurement. Pins are people's: they hold for
60 days and then fade into what would stand without them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.documents import Component, Measurements
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.kinship import release_key
from modelsync.pipeline.overrides import QualityPin, glob_matcher
from modelsync.pipeline.prior import Prior, Traits

MEASURED_DOUBT: Final = 0.02
KIN_DOUBT: Final = 0.04
ONE_SOURCE_DOUBT: Final = 0.10
PRIOR_DOUBT: Final = 0.17
"""Places by which a value may be too high; the prior's is twice its mean error."""

PIN_HOLDS_DAYS: Final = 60
PIN_HALVES_DAYS: Final = 60
"""A pin counts in full for the first, then half as much with every further of the second, in whole weeks."""

ENOUGH_TO_COMPARE: Final = 10
"""Measured models that a bucket needs before places are counted among them instead of on the whole board."""

PREDICTED_FROM: Final = "predicted from price, age, abilities and the nearest measured models of its vendor"
"""Source of a value that nobody measured."""


class Board(StrEnum):
    """What is compared: one place per model and board."""

    CODING = "coding"
    GENERAL = "general"
    IMAGE = "image"


BOARD_OF: Final[Mapping[Bucket, Board]] = {
    Bucket.CODING: Board.CODING,
    Bucket.REASONING: Board.GENERAL,
    Bucket.CHAT: Board.GENERAL,
    Bucket.FAST: Board.GENERAL,
    Bucket.VISION: Board.GENERAL,
    Bucket.IMAGE_GEN: Board.IMAGE,
}


@dataclass(frozen=True, slots=True)
class Yardstick:
    """One published figure and what it counts on its board."""

    name: str
    weight: float
    read: Callable[[Measurements], float | None]


def _arena(category: str) -> Callable[[Measurements], float | None]:
    def read(measured: Measurements) -> float | None:
        result = measured.design_arena.get(category)
        return result.elo if result is not None else None

    return read


INTELLIGENCE: Final = Yardstick("Artificial Analysis intelligence index", 1.0, lambda m: m.intelligence_index)
CODING: Final = Yardstick("Artificial Analysis coding index", 0.4, lambda m: m.coding_index)
AGENTIC: Final = Yardstick("Artificial Analysis agentic index", 0.2, lambda m: m.agentic_index)
ARENA_CODE: Final = Yardstick("Design Arena code", 0.4, _arena("models/codecategories"))
ARENA_IMAGE: Final = Yardstick("Design Arena image", 1.0, _arena("models/image"))

YARDSTICKS: Final[Mapping[Board, tuple[tuple[Yardstick, ...], ...]]] = {
    Board.CODING: ((CODING, AGENTIC, ARENA_CODE),),
    Board.GENERAL: ((INTELLIGENCE,), (ARENA_CODE,)),
    Board.IMAGE: ((ARENA_IMAGE,),),
}
"""Per board, groups of figures that are averaged; a later group speaks where the earlier ones are silent."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A model's place on a board or in a bucket, 0 to 1, and how far it may be too high."""

    place: float
    doubt: float
    evidence: Literal["measured", "family", "prior"]
    source: str
    date: str | None = None

    def component(self) -> Component:
        """The published part of a rank."""
        sure = max(0.0, self.place - self.doubt)
        return Component(value=round(sure * sure, 4), evidence=self.evidence, source=self.source, date=self.date)


def percentiles(values: Mapping[str, float]) -> dict[str, float]:
    """Place each value among all of them; equal values share the middle of their places.

    >>> percentiles({"a": 1.0, "b": 2.0})
    {'a': 0.25, 'b': 0.75}
    """
    ladder = sorted(values.values())
    return {key: place_among(ladder, value) for key, value in values.items()}


def place_among(ladder: Sequence[float], value: float) -> float:
    """The share of a sorted, non-empty list that lies below a value, half of its equals included."""
    return (bisect_left(ladder, value) + bisect_right(ladder, value)) / (2 * len(ladder))


def board_standings(
    board: Board, models: Collection[ModelInfo], measurements: Mapping[str, Measurements], *, traits: Mapping[str, Traits]
) -> dict[str, Standing]:
    """Place every model on a board, measured or not."""
    measured = _measured(board, models, measurements)
    plain = {model.id: measured[model.id] for model in models if model.variant is None and model.id in measured}
    prior = Prior(traits, {i: standing.place for i, standing in plain.items()})
    lenders = {release_key(i): i for i in sorted(measured, reverse=True)}
    standings: dict[str, Standing] = {}
    for model in models:
        lender = lenders.get(release_key(model.id))
        if model.id in measured:
            standings[model.id] = measured[model.id]
        elif lender is not None:
            standings[model.id] = _lent(measured[lender], lender)
        else:
            standings[model.id] = Standing(prior.predict(traits[model.id]), PRIOR_DOUBT, "prior", PREDICTED_FROM)
    return standings


def bucket_standings(
    bucket: Bucket, models: Collection[ModelInfo], on_board: Mapping[str, Standing], *, pins: Iterable[QualityPin], today: date
) -> dict[str, Standing]:
    """Place the models that may stand in a bucket among each other; later pins win over earlier ones."""
    ladder = sorted(
        on_board[model.id].place for model in models if model.variant is None and on_board[model.id].evidence == "measured"
    )
    standings = {model.id: on_board[model.id] for model in models}
    if len(ladder) >= ENOUGH_TO_COMPARE:
        standings = {i: replace(each, place=place_among(ladder, each.place)) for i, each in standings.items()}
    for pin in pins:
        if pin.bucket is bucket:
            matches = glob_matcher([pin.id]).match
            standings |= {i: _pinned(pin, on_board[i], today=today) for i in standings if matches(i)}
    return standings


def _measured(
    board: Board, models: Collection[ModelInfo], measurements: Mapping[str, Measurements]
) -> dict[str, Standing]:
    standings: dict[str, Standing] = {}
    for group in YARDSTICKS[board]:
        places = [_places(yardstick, models, measurements) for yardstick in group]
        for model in models:
            seen = [(each, place[model.id]) for each, place in zip(group, places, strict=True) if model.id in place]
            if seen and model.id not in standings:
                standings[model.id] = _mean_of(seen, first_choice=group is YARDSTICKS[board][0])
    return standings


def _places(
    yardstick: Yardstick, models: Collection[ModelInfo], measurements: Mapping[str, Measurements]
) -> dict[str, float]:
    """Places on one yardstick, counted among the models that are no variants."""
    values = {
        model.id: (value, model.variant is None)
        for model in models
        if model.id in measurements and (value := yardstick.read(measurements[model.id])) is not None
    }
    ladder = sorted(value for value, plain in values.values() if plain) or sorted(value for value, _ in values.values())
    return {i: place_among(ladder, value) for i, (value, _) in values.items()}


def _mean_of(seen: Sequence[tuple[Yardstick, float]], *, first_choice: bool) -> Standing:
    """The weighted mean of the figures that are there; less than half of the weight counts as a single source."""
    weight = sum(yardstick.weight for yardstick, _ in seen)
    return Standing(
        place=sum(yardstick.weight * place for yardstick, place in seen) / weight,
        doubt=MEASURED_DOUBT if first_choice and weight >= 0.5 else ONE_SOURCE_DOUBT,
        evidence="measured",
        source=", ".join(yardstick.name for yardstick, _ in seen),
    )


def _lent(lender: Standing, lender_id: str) -> Standing:
    doubt = max(lender.doubt, KIN_DOUBT)
    return replace(lender, doubt=doubt, evidence="family", source=f"{lender.source} of {lender_id}")


def _pinned(pin: QualityPin, otherwise: Standing, *, today: date) -> Standing:
    """A pin mixed with what would stand without it, by the weight that its age leaves it."""
    weight = pin_weight(today, pin.date)
    mixed = Standing(
        place=weight * pin.score + (1 - weight) * otherwise.place,
        doubt=weight * MEASURED_DOUBT + (1 - weight) * otherwise.doubt,
        evidence="measured",
        source=pin.source,
        date=pin.date.isoformat(),
    )
    return mixed if weight >= 0.5 else replace(mixed, evidence=otherwise.evidence, source=otherwise.source, date=None)


def pin_weight(today: date, pinned: date) -> float:
    """What a pin of a given day still counts, 1 to 0; whole weeks, so that a shortlist does not move every day."""
    weeks_over = max(0, (today - pinned).days - PIN_HOLDS_DAYS) // 7
    return float(0.5 ** (7 * weeks_over / PIN_HALVES_DAYS))
