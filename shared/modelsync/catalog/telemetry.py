"""What reports of outcomes add up to: how often a capability of a model failed, and how sure that is.

A reporter is a credential that the operator gave out; all clients that share one are one reporter. So that none of
them outshouts the others:

- a reporter counts for at most 200 requests a day of one model and capability;
- of 10 reporters or more the tenth with the highest rate of failures is dropped, and the tenth with the lowest;
- no reporter weighs more than a tenth of what is left, or two shares of an equal part where there are few of them.

That bounds a weight, and is no proof: of 5 reporters one may still weigh two fifths. Who judges therefore asks for the
tally once more `without_highest`, without some of those with the highest rates (`pipeline.telemetry.evidence`).

What remains may be fractions of requests. How sure a rate is, is Wilson's interval at z = 2.576 (99 %): unlike the
plain one it stays honest for few requests and rare failures. What follows from a tally decides
`pipeline.telemetry.downgrade`.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from modelsync.catalog.capabilities import Capability
from modelsync.catalog.reports import Failure, Outcomes

Z: Final = 2.576

WEEK, FOUR_WEEKS = timedelta(days=7), timedelta(days=28)
"""The windows: as many days, of which the last is over; a day that lasts is still being counted."""

MOST_A_DAY: Final = 200
TRIMMED_FROM: Final = 10
"""Reporters from which on the outermost tenths are dropped."""
TENTH: Final = 0.1


@dataclass(frozen=True, slots=True)
class Count:
    """What one client of a reporter counted on one day of one model and capability at one backend."""

    reporter: str
    day: date
    backend: str
    ok: int
    failed: int
    refused: int = 0
    """Of the failed ones, those that the router refused."""


Subject = tuple[str, Capability]
"""What is judged: a model's id and one of its capabilities."""

Observations = Mapping[Subject, Sequence[Count]]
"""Everything that was reported, by what it is about."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What could be read of the reports of the last week, or of four."""

    observations: Observations
    whole: bool = True
    """Whether that is everything that was kept: else silence proves nothing."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What the reports of a window add up to; requests are weights, and need not be whole."""

    first_day: date
    last_day: date
    requests: float = 0.0
    failed: float = 0.0
    refused: float = 0.0
    reporters: int = 0
    days: int = 0

    @property
    def rate(self) -> float:
        """Share of the requests that failed; 0 where there is none."""
        return self.failed / self.requests if self.requests else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true rate lies; (0, 1) where nothing is known."""
        return wilson_interval(self.failed, self.requests)


@dataclass(frozen=True, slots=True)
class _Weight:
    """One reporter's part of a tally."""

    reporter: str
    requests: float
    failed: float
    refused: float
    days: frozenset[date]

    @property
    def rate(self) -> float:
        return self.failed / self.requests

    def times(self, factor: float) -> "_Weight":
        return _Weight(self.reporter, self.requests * factor, self.failed * factor, self.refused * factor, self.days)


def count_of(outcomes: Outcomes, *, reporter: str, day: date) -> Count:
    """What one row of a report counts for."""
    failed = sum(outcomes.failures.values())
    refused = outcomes.failures.get(Failure.REFUSED_BY_ROUTER, 0)
    return Count(reporter, day, outcomes.backend, outcomes.ok, failed, refused)


def wilson_interval(failed: float, requests: float, *, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval of a rate.

    >>> [round(end, 4) for end in wilson_interval(18, 50)]
    [0.2113, 0.5415]
    """
    if requests <= 0:
        return 0.0, 1.0
    rate, z2 = failed / requests, z * z
    centre = rate + z2 / (2 * requests)
    reach = z * math.sqrt(max(rate * (1 - rate), 0.0) / requests + z2 / (4 * requests * requests))
    whole = 1 + z2 / requests
    return max(0.0, (centre - reach) / whole), min(1.0, (centre + reach) / whole)


def tally(
    counts: Iterable[Count],
    *,
    today: date,
    window: timedelta = WEEK,
    since: date | None = None,
    without_highest: int = 0,
) -> Tally:
    """Add up the days of a window, none of them before `since`; `today` is not over and does not count.

    `without_highest` leaves out so many more reporters with the highest rates, after the outermost tenths.
    """
    first = max(today - window, since or today - window)
    weights = _without_extremes(_weights(count for count in counts if first <= count.day < today))
    kept = _without_outsized(weights[: max(0, len(weights) - without_highest)])
    return Tally(
        first_day=first,
        last_day=today - timedelta(days=1),
        requests=math.fsum(each.requests for each in kept),
        failed=math.fsum(each.failed for each in kept),
        refused=math.fsum(each.refused for each in kept),
        reporters=len(kept),
        days=len(frozenset[date]().union(*(each.days for each in kept))),
    )


def _weights(counts: Iterable[Count]) -> list[_Weight]:
    """What each reporter counted, no day above its cap; in the order of rates, and of names where those are equal."""
    days: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0, 0])
    for count in counts:
        day = days[count.reporter, count.day]
        day[0] += count.ok + count.failed
        day[1] += count.failed
        day[2] += count.refused
    weights: dict[str, _Weight] = {}
    for (reporter, day_of), (requests, failed, refused) in sorted(days.items()):
        if requests:
            part = _Weight(reporter, requests, failed, refused, frozenset({day_of}))
            part = part.times(min(1.0, MOST_A_DAY / requests))
            weights[reporter] = _sum(weights[reporter], part) if reporter in weights else part
    return sorted(weights.values(), key=lambda each: (each.rate, each.reporter))


def _sum(one: _Weight, other: _Weight) -> _Weight:
    return _Weight(
        one.reporter,
        one.requests + other.requests,
        one.failed + other.failed,
        one.refused + other.refused,
        one.days | other.days,
    )


def _without_extremes(weights: list[_Weight]) -> list[_Weight]:
    """Without the outermost tenths, of weights in the order of their rates."""
    if len(weights) < TRIMMED_FROM:
        return weights
    dropped = len(weights) // 10
    return weights[dropped:-dropped]


def _without_outsized(weights: list[_Weight]) -> list[_Weight]:
    """With nobody above the largest share of what is left once nobody is above it."""
    most = _largest_weight([each.requests for each in weights])
    return [each.times(min(1.0, most / each.requests)) for each in weights]


def _largest_weight(requests: Sequence[float]) -> float:
    """The weight that is exactly the largest share, if all that weigh more are cut down to it."""
    if not requests:
        return 0.0
    share = max(TENTH, 2 / len(requests))
    falling, rest = sorted(requests, reverse=True), math.fsum(requests)
    for cut, largest in enumerate(falling):
        most = share * rest / (1 - share * cut) if share * cut < 1 else math.inf
        if largest <= most:
            return most
        rest -= largest
    return math.inf
