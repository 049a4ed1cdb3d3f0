"""Why a model stands in a bucket, or just missed it: one true sentence for people.

Sentences are made of what the rank is made of and of nothing else. A value that nobody measured is called a
prediction; shares are counted among the candidates of the bucket.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Final

from modelsync.catalog.buckets import CHANGES_PER_DAY, MAX_PER_FAMILY, Bucket
from modelsync.catalog.documents import NextUp
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.lineup import MARGIN, Candidate, Lineup
from modelsync.pipeline.score import Scored

NEXT_UP: Final = 3
"""Models named per bucket that just missed it."""

QUALITY_NAME: Final[Mapping[Bucket, str]] = {
    Bucket.CODING: "coding quality",
    Bucket.REASONING: "reasoning quality",
    Bucket.CHAT: "general quality",
    Bucket.FAST: "quality for little money",
    Bucket.VISION: "quality among models that see",
    Bucket.IMAGE_GEN: "image quality",
}


class Praise:
    """The sentences for one bucket, from the ranks of all its candidates."""

    def __init__(self, bucket: Bucket, candidates: Iterable[tuple[Scored, ModelInfo]]) -> None:
        self._quality = QUALITY_NAME[bucket]
        self._values: list[float] = []
        self._best_of: dict[str, list[tuple[float, str]]] = {}
        for scored, model in candidates:
            value = scored.components.quality.value
            self._values.append(value)
            if scored.components.quality.evidence == "measured":
                self._best_of.setdefault(model.family, []).append((-value, scored.id))
        self._values.sort()
        for of_family in self._best_of.values():
            of_family.sort()

    def of(self, scored: Scored, model: ModelInfo) -> str:
        """Say what speaks for a model that stands in the bucket."""
        quality = scored.components.quality
        below = bisect_left(self._values, quality.value)
        share = f"above {100 * below // len(self._values)} % of {len(self._values)} candidates"
        if quality.evidence == "prior":
            return f"Not measured yet; predicted {self._quality} {share}, {_at_cost(model)}."
        if quality.evidence == "family":
            return f"Same release as a measured model: {self._quality} {share}, {_at_cost(model)}."
        if below + 1 == len(self._values):
            return f"Highest measured {self._quality} of {len(self._values)} candidates, {_at_cost(model)}."
        relatives = self._best_of[model.family]
        if len(relatives) > 1 and relatives[0][1] == scored.id and relatives[0][0] < relatives[1][0]:
            return f"Highest measured {self._quality} of its family, {share}, {_at_cost(model)}."
        return f"Measured {self._quality} {share}, {_at_cost(model)}."


def next_up(lineup: Lineup) -> tuple[NextUp, ...]:
    """Name the best that are not in, each with what keeps it out."""
    return tuple(
        NextUp(id=each.id, rank=each.rank, reason=_obstacle(each, lineup)) for each in lineup.outsiders[:NEXT_UP]
    )


def _at_cost(model: ModelInfo) -> str:
    words = {"free": "free of charge", "?": "at a price not stated per token"}
    return words.get(model.cost, f"at {model.cost}")


def _obstacle(outsider: Candidate, lineup: Lineup) -> str:
    exchange = lineup.exchange_for(outsider)
    if exchange is None:
        return "People pinned the models whose place it could take."
    rival, gain = exchange.incumbent.id, exchange.gain
    if gain >= MARGIN:
        return f"Better than {rival} by {gain:.3f}; it waits, for only {CHANGES_PER_DAY} entries are exchanged a day."
    if gain > 0:
        return f"Better than {rival} by {gain:.3f}; a newcomer needs {MARGIN:.3f}."
    if not lineup.has_room_for(outsider):
        return f"Its family already has {MAX_PER_FAMILY} places, with models at least as good."
    return f"{-gain:.3f} behind {rival}, the last in the list."
