"""Why a model stands in a bucket, or just missed it: one true sentence for people.

Sentences are made of what the rank is made of and of nothing else. A value that nobody measured is called a
prediction; shares are counted among the candidates of the bucket.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final

from modelsync.catalog.buckets import CHANGES_PER_DAY, MAX_PER_FAMILY, Bucket
from modelsync.catalog.documents import NextUp
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.ranking.lineup import MARGIN, Candidate, Lineup
from modelsync.pipeline.ranking.quality import quality_value
from modelsync.pipeline.ranking.score import Scored

NEXT_UP: Final = 3
"""Models named per bucket that just missed it."""

WORTH_PERCENT: Final = 20
"""Candidates from which on a share is told in percent."""

LEVEL: Final = 0.0005
"""Ranks that differ by less look the same in three digits."""

WORDS: Final[Mapping[Bucket, tuple[str, str]]] = {
    Bucket.CODING: ("coding quality", "candidates"),
    Bucket.REASONING: ("reasoning quality", "candidates"),
    Bucket.CHAT: ("chat quality", "candidates"),
    Bucket.FAST: ("value for money", "models up to $1 per million prompt tokens"),
    Bucket.VISION: ("quality", "models that read images"),
    Bucket.IMAGE_GEN: ("image quality", "models that paint"),
}
"""What the quality of a bucket is called, and among whom it is counted."""


class Praise:
    """The sentences for one bucket, from the ranks of all its candidates."""

    def __init__(self, bucket: Bucket, candidates: Iterable[tuple[Scored, ModelInfo]]) -> None:
        self._quality, self._crowd = WORDS[bucket]
        self._values: list[float] = []
        self._measured_of: dict[str, list[float]] = {}
        for scored, model in candidates:
            value = quality_value(scored.quality)
            self._values.append(value)
            if scored.quality.evidence == "measured":
                self._measured_of.setdefault(model.family, []).append(value)
        self._values.sort()

    def of(self, scored: Scored, model: ModelInfo) -> str:
        """Say what speaks for a candidate."""
        claim = self._claim(quality_value(scored.quality), scored.quality.evidence, model.family)
        return f"{claim}, {_at_cost(model)}."

    def _claim(self, value: float, evidence: str, family: str) -> str:
        below = bisect_left(self._values, value)
        share = f"above {_share(below, len(self._values))} {self._crowd}"
        if evidence == "prior":
            return f"Not measured yet; {self._quality} predicted {share}"
        if evidence == "family":
            return f"Measured under its other name: {self._quality} {share}"
        if below + 1 == len(self._values):
            return f"Highest measured {self._quality} of {len(self._values)} {self._crowd}"
        if self._leads(value, family):
            return f"Highest measured {self._quality} of its family, {share}"
        return f"Measured {self._quality} {share}"

    def _leads(self, value: float, family: str) -> bool:
        """Tell whether a measured value is the one highest of several in its family."""
        rivals = self._measured_of[family]
        return len(rivals) > 1 and value == max(rivals) and rivals.count(value) == 1


def next_up(lineup: Lineup) -> tuple[NextUp, ...]:
    """Name the best that are not in, each with what keeps it out."""
    best = islice(lineup.outsiders(), NEXT_UP)
    return tuple(NextUp(id=each.id, rank=each.rank, reason=_obstacle(each, lineup)) for each in best)


def _share(below: int, total: int) -> str:
    return f"{100 * below // total} % of {total}" if total >= WORTH_PERCENT else f"{below} of {total}"


def _at_cost(model: ModelInfo) -> str:
    words = {"free": "free of charge", "?": "at a price that cannot be told in one number"}
    return words.get(model.cost, f"at {model.cost}")


def _obstacle(outsider: Candidate, lineup: Lineup) -> str:
    exchange = lineup.exchange_for(outsider)
    if exchange is None:
        return "People pinned the models whose place it could take."
    rival, gain = exchange.incumbent.id, exchange.gain
    if gain >= MARGIN:
        return f"Better than {rival} by {gain:.3f}; it waits, for a day sees {CHANGES_PER_DAY} exchanges at most."
    if abs(gain) < LEVEL:
        return f"Level with {rival}; a newcomer must be better by {MARGIN:.3f}."
    if gain > 0:
        return f"Better than {rival} by {gain:.3f}; a newcomer needs {MARGIN:.3f}."
    if not lineup.has_room_for(outsider):
        return f"Its family has its {MAX_PER_FAMILY} places already, the lower one {-gain:.3f} ahead of it."
    return f"{-gain:.3f} behind {rival}, the last in the list."
