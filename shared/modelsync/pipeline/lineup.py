"""One bucket's list in the making: who is in, who fits, and who would make room for whom.

Rules
- At most two of a family (`MAX_PER_FAMILY`); every release once.
- A newcomer takes the place of an incumbent only by a margin, so that small moves of prices and measurements do
  not change what people see; what it replaces is the last of its own family where that is full, else the last of all.
- Equal ranks are told apart by id, so that a list never depends on the order of the feed.

This room knows one bucket and one day; how many exchanges a day may see is `pipeline.curate`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from modelsync.catalog.buckets import MAX_PER_FAMILY

MARGIN: Final = 0.02
"""Rank by which a newcomer must beat the incumbent."""


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
    """The list of one bucket; `kept` are ids that stand whatever their rank, as long as their family allows it."""

    def __init__(self, candidates: Iterable[Candidate], *, kept: Sequence[str] = ()) -> None:
        self._by_id = {each.id: each for each in sorted(candidates, key=lambda each: each.order)}
        self._members: dict[str, Candidate] = {}
        self._families: Counter[str] = Counter()
        self._kept = frozenset(self.admit(kept))

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, model_id: str) -> bool:
        return model_id in self._members

    @property
    def members(self) -> tuple[Candidate, ...]:
        """Who is in, best first."""
        return tuple(sorted(self._members.values(), key=lambda each: each.order))

    @property
    def outsiders(self) -> tuple[Candidate, ...]:
        """Who is not in, best first."""
        return tuple(each for each in self._by_id.values() if each.id not in self._members)

    def admit(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Take in those of some ids that are candidates and fit, the best first; gives the ids taken."""
        known = sorted((self._by_id[i] for i in set(ids) if i in self._by_id), key=lambda each: each.order)
        taken = []
        for candidate in known:
            if candidate.id not in self._members and self.has_room_for(candidate):
                self._add(candidate)
                taken.append(candidate.id)
        return tuple(taken)

    def has_room_for(self, candidate: Candidate) -> bool:
        """Tell whether a candidate's family is not yet full."""
        return self._families[candidate.family] < MAX_PER_FAMILY

    def lengthen(self) -> Candidate | None:
        """Take in the best outsider that fits; None where there is none."""
        best = next((each for each in self.outsiders if self.has_room_for(each)), None)
        if best is not None:
            self._add(best)
        return best

    def shorten(self) -> Candidate | None:
        """Send away the last that is not kept; None where all are."""
        last = next(reversed(self._replaceable()), None)
        if last is not None:
            self._remove(last)
        return last

    def exchange_for(self, newcomer: Candidate) -> Exchange | None:
        """What taking in an outsider would mean; None where nobody may make room for it."""
        rivals = self._replaceable()
        if not self.has_room_for(newcomer):
            rivals = tuple(each for each in rivals if each.family == newcomer.family)
        return Exchange(newcomer, rivals[-1]) if rivals else None

    def best_exchange(self) -> Exchange | None:
        """The exchange that gains most, whether or not it gains enough; None where none gains anything."""
        best: Exchange | None = None
        last = min((each.rank for each in self._replaceable()), default=1.0)
        for newcomer in self.outsiders:
            if newcomer.rank - last <= (best.gain if best else 0.0):
                break
            exchange = self.exchange_for(newcomer)
            if exchange is not None and exchange.gain > (best.gain if best else 0.0):
                best = exchange
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
