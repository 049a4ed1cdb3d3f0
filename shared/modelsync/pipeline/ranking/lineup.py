"""One bucket's list in the making: who is in, who fits, and who would make room for whom.

Rules
- At most two of a family (`MAX_PER_FAMILY`).
- A newcomer takes the place of an incumbent only by a margin, so that small moves of prices and measurements do
  not change what people see. It replaces the last of its own family where that is full, else the last of all.
- Equal ranks are told apart by id, so that a list never depends on the order of the feed.

This room knows one bucket and one day; how many exchanges a day may see is `ranking.curate`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from modelsync.catalog.buckets import MAX_PER_FAMILY

MARGIN: Final = 0.02
"""Rank by which a newcomer must beat the incumbent.

Two months of recorded lists, curated daily without a limit of exchanges: entries that came back within 14 days of
leaving fell from 91 (no margin) to 23, all departures from 226 to 143, at a mean loss of 0.0006 in rank; from here
on, more margin spares little and loses more.
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may stand in the bucket."""

    id: str
    family: str
    rank: float

    @property
    def order(self) -> tuple[float, str]:
        """Sorts the best first."""
        return -self.rank, self.id


@dataclass(frozen=True, slots=True)
class Exchange:
    """A newcomer and the incumbent that it would replace."""

    newcomer: Candidate
    incumbent: Candidate

    @property
    def gain(self) -> float:
        """By how much the newcomer is better."""
        return self.newcomer.rank - self.incumbent.rank


class Lineup:
    """The list of one bucket; `kept` are ids that stand whatever their rank, as far as their families allow it."""

    def __init__(self, candidates: Iterable[Candidate], *, kept: Iterable[str] = ()) -> None:
        self._by_id = {each.id: each for each in sorted(candidates, key=lambda each: each.order)}
        self._members: dict[str, Candidate] = {}
        self._families: Counter[str] = Counter()
        self.admit(kept)
        self._kept = frozenset(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, model_id: str) -> bool:
        return model_id in self._members

    @property
    def members(self) -> tuple[Candidate, ...]:
        """Who is in, best first."""
        return tuple(sorted(self._members.values(), key=lambda each: each.order))

    def outsiders(self) -> Iterator[Candidate]:
        """Who is not in, best first."""
        return (each for each in self._by_id.values() if each.id not in self._members)

    def has_room_for(self, candidate: Candidate) -> bool:
        """Tell whether a candidate's family is not yet full."""
        return self._families[candidate.family] < MAX_PER_FAMILY

    def admit(self, ids: Iterable[str]) -> None:
        """Take in those of some ids that are candidates and fit, the best first."""
        known = (self._by_id[i] for i in set(ids) - self._members.keys() if i in self._by_id)
        for candidate in sorted(known, key=lambda each: each.order):
            if self.has_room_for(candidate):
                self._add(candidate)

    def lengthen(self) -> bool:
        """Take in the best outsider that fits; False where there is none."""
        best = next((each for each in self.outsiders() if self.has_room_for(each)), None)
        if best is not None:
            self._add(best)
        return best is not None

    def shorten(self) -> bool:
        """Send away the last that is not kept; False where all are."""
        replaceable = self._replaceable()
        if replaceable:
            self._remove(replaceable[-1])
        return bool(replaceable)

    def exchange_for(self, newcomer: Candidate) -> Exchange | None:
        """What taking in an outsider would mean; None where nobody may make room for it."""
        rivals = self._replaceable()
        if not self.has_room_for(newcomer):
            rivals = tuple(each for each in rivals if each.family == newcomer.family)
        return Exchange(newcomer, rivals[-1]) if rivals else None

    def best_exchange(self) -> Exchange | None:
        """The exchange that gains most, whether or not it gains enough; None where none gains anything."""
        best, most = None, 0.0
        last = min((each.rank for each in self._replaceable()), default=1.0)
        for newcomer in self.outsiders():
            if newcomer.rank - last <= most:
                break
            exchange = self.exchange_for(newcomer)
            if exchange is not None and exchange.gain > most:
                best, most = exchange, exchange.gain
        return best

    def swap(self, exchange: Exchange) -> None:
        """Carry out an exchange."""
        self._remove(exchange.incumbent)
        self._add(exchange.newcomer)

    def _replaceable(self) -> tuple[Candidate, ...]:
        return tuple(each for each in self.members if each.id not in self._kept)

    def _add(self, candidate: Candidate) -> None:
        self._members[candidate.id] = candidate
        self._families[candidate.family] += 1

    def _remove(self, candidate: Candidate) -> None:
        del self._members[candidate.id]
        self._families[candidate.family] -= 1
