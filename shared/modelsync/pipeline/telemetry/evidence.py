"""When clients' reports are enough to judge a flag by, and what they say then.

- Enough are 50 requests of 5 reporters on 3 days. Where a deployment has no such crowd, 100 requests on 3 days of
  the operator's own credential, the one that is called `operator`, are as good.
- A capability *crosses* when even the lower end of its rate of failures is a fifth: 18 of 50, 55 of 200. The others
  have to say so as well: without the two reporters with the highest rates the lower end is still a fifth, at 90 %
  (z = 1.645; at 99 % the 30 requests that are left of 18 of 50 would never be enough). So where it works for the
  others two reporters lower nothing, and of 10 or more not even two and the tenth that is dropped; one more than that
  may. The operator's own credential needs no others.
- It is *refused* when the router says so: 95 % of 20 requests of 3 reporters, unless one of all reporters gets through
  with more than half of two requests or more. That needs no more proof: three who agree are enough where nobody else
  reports.
- It is *well* when even the upper end is a tenth, of 200 requests: 9 of 200. Between a tenth and a fifth nothing moves.

What is done about it is `downgrade`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from modelsync.catalog.figures import Evidence
from modelsync.catalog.telemetry import WEEK, Count, Tally, tally, wilson_interval

ENOUGH_REQUESTS, ENOUGH_REPORTERS, ENOUGH_DAYS = 50, 5, 3
OPERATOR: Final = "operator"
"""The reporter that an operator trusts alone: a credential of that name."""
ENOUGH_OF_OPERATOR: Final = 100

CROSSED_FROM: Final = 0.20
LEFT_OUT: Final = 2
"""Reporters with the highest rates, without whom the others have to say the same."""
Z_OF_OTHERS: Final = 1.645
"""90 %, or 95 % of the one end that matters."""
WELL_UP_TO: Final = 0.10
WELL_REQUESTS: Final = 200

REFUSED_FROM: Final = 0.95
REFUSED_REQUESTS, REFUSED_REPORTERS = 20, 3
GETS_THROUGH_FROM: Final = 2
"""Requests of one reporter of which more than half were not refused."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A tally, whether it is enough, and what others say of it."""

    tally: Tally
    is_enough: bool
    others_agree: bool = True
    """Whether it fails too often for the others as well, without the reporters with the highest rates."""
    somebody_gets_through: bool = False
    """Whether the router does not refuse it to some reporter."""

    @property
    def crosses(self) -> bool:
        """Whether it fails too often to be believed."""
        return self.is_enough and self.tally.interval[0] >= CROSSED_FROM and self.others_agree

    @property
    def is_well(self) -> bool:
        """Whether it fails so seldom that it can be believed again."""
        return self.is_enough and self.tally.requests >= WELL_REQUESTS and self.tally.interval[1] <= WELL_UP_TO

    @property
    def could_be_refused(self) -> bool:
        """Whether there is enough to tell a refusal by."""
        return self.tally.requests >= REFUSED_REQUESTS and self.tally.reporters >= REFUSED_REPORTERS

    @property
    def is_refused(self) -> bool:
        """Whether the router refuses it as a rule."""
        refused = self.tally.refused >= REFUSED_FROM * self.tally.requests
        return self.could_be_refused and refused and not self.somebody_gets_through


def judged(counts: Sequence[Count], *, today: date, window: timedelta = WEEK, since: date | None = None) -> Judged:
    """Add up a window's reports of one capability of one model, those of the operator alone where that is better."""
    everybody = tally(counts, today=today, window=window, since=since)
    through = everybody.refused > 0 and _gets_through(counts, everybody)
    if (
        everybody.requests >= ENOUGH_REQUESTS
        and everybody.reporters >= ENOUGH_REPORTERS
        and everybody.days >= ENOUGH_DAYS
    ):
        agree = everybody.interval[0] >= CROSSED_FROM and _others_agree(counts, today=today, window=window, since=since)
        return Judged(everybody, is_enough=True, others_agree=agree, somebody_gets_through=through)
    own = tally((c for c in counts if c.reporter == OPERATOR), today=today, window=window, since=since)
    if own.requests >= ENOUGH_OF_OPERATOR and own.days >= ENOUGH_DAYS:
        return Judged(own, is_enough=True)
    return Judged(everybody, is_enough=False, somebody_gets_through=through)


def _others_agree(counts: Sequence[Count], *, today: date, window: timedelta, since: date | None) -> bool:
    others = tally(counts, today=today, window=window, since=since, without_highest=LEFT_OUT)
    return wilson_interval(others.failed, others.requests, z=Z_OF_OTHERS)[0] >= CROSSED_FROM


def _gets_through(counts: Sequence[Count], seen: Tally) -> bool:
    """Whether some reporter of the same days has it work: those count as well that a tally drops as extremes."""
    asked: dict[str, int] = defaultdict(int)
    refused: dict[str, int] = defaultdict(int)
    for count in counts:
        if seen.first_day <= count.day <= seen.last_day:
            asked[count.reporter] += count.ok + count.failed
            refused[count.reporter] += count.refused
    return any(n >= GETS_THROUGH_FROM and refused[who] < n / 2 for who, n in asked.items())


def evidence_of(seen: Tally, *, window: timedelta = WEEK) -> Evidence:
    """A tally as it is published."""
    lower, upper = seen.interval
    return Evidence(
        window=f"{window.days}d",
        last_day=seen.last_day,
        requests=round(seen.requests),
        reporters=seen.reporters,
        days=seen.days,
        rate=round(seen.rate, 4),
        interval=(round(lower, 4), round(upper, 4)),
    )


def sentence_of(evidence: Evidence) -> str:
    """Evidence in words.

    >>> a_day = date(2026, 8, 7)
    >>> sentence_of(
    ...     Evidence(window="7d", last_day=a_day, requests=50, reporters=5, days=3, rate=0.36, interval=(0.21, 0.54))
    ... )
    '0.36 of 50 requests failed (0.21 to 0.54 at 99 %), by 5 reporters on 3 days of the 7d up to 2026-08-07'
    """
    low, high = (f"{end:.2f}" for end in evidence.interval)
    return (
        f"{evidence.rate:.2f} of {evidence.requests:,} requests failed ({low} to {high} at 99 %), by "
        f"{evidence.reporters} reporters on {evidence.days} days of the {evidence.window} up to {evidence.last_day}"
    )
