"""Many small GETs from one server: few at a time, at a steady rate, within a budget of time.

- No more attempts than the rate allows, retries included, however many run at once.
- The round ends within its budget: no attempt begins that might outlast it, and nobody waits longer than that.
- An address that fails has no answer, and its failure is told; the others go on.

What is asked for and in which order, the caller says; how one answer is got, `http`.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from modelsync.errors import FeedError
from modelsync.fetch.http import fetch
from modelsync.fetch.limits import FetchLimits

ROUND_LIMITS = FetchLimits(
    max_bytes=2_000_000,
    attempts=3,
    read_seconds=10,
    attempt_seconds=15,
    retry_after_seconds=20,
    backoff_ceiling_seconds=4,
)
"""Of each address: small answers, and a server that is busy is asked twice more."""


@dataclass(frozen=True, slots=True)
class Round:
    """How much of a server one round takes."""

    per_second: float = 2.0
    at_once: int = 4
    budget_seconds: float = 240.0


@dataclass(frozen=True, slots=True)
class Answers:
    """Bodies by what was asked for; why there is none of some; what the budget left unasked."""

    bodies: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    failures: Mapping[str, FeedError] = field(default_factory=dict)
    unasked: tuple[str, ...] = ()


class _BudgetSpentError(Exception):
    """The time of the round is over."""


class _Pacer:
    """Lets one attempt begin at a time, and none that might outlast the budget."""

    def __init__(
        self,
        round_: Round,
        limits: FetchLimits,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._interval, self._clock, self._sleep = 1 / round_.per_second, clock, sleep
        begin = clock()
        self._next = begin + self._interval  # another round may have ended just now
        self._last = begin + max(0.0, round_.budget_seconds - limits.attempt_seconds)
        self._lock = threading.Lock()

    def attempt(self) -> None:
        """Wait for the turn of one attempt."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            if turn > self._last:
                raise _BudgetSpentError
            self._next = turn + self._interval
        if turn > now:
            self._sleep(turn - now)

    def rest(self, seconds: float) -> None:
        """Wait between two attempts, if there is time for the second one."""
        if self._clock() + seconds > self._last:
            raise _BudgetSpentError
        self._sleep(seconds)


def fetch_round(
    addresses: Iterable[tuple[str, str]],
    *,
    headers: Callable[[str], Mapping[str, str]] = lambda _: {},
    round_: Round = Round(),
    limits: FetchLimits = ROUND_LIMITS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Answers:
    """Ask for each (name, address) in order; `headers` gives those for an address. No FeedError leaves it."""
    pacer = _Pacer(round_, limits, clock=clock, sleep=sleep)
    asked = list(addresses)

    def ask(url: str) -> bytes | FeedError | None:
        try:
            sent = headers(url)
            return fetch(url, headers=sent, limits=limits, sleep=pacer.rest, clock=clock, pace=pacer.attempt).body
        except FeedError as error:
            return error
        except _BudgetSpentError:
            return None

    with ThreadPoolExecutor(max_workers=round_.at_once, thread_name_prefix="round") as pool:
        found = list(pool.map(ask, (url for _, url in asked)))
    told = [(name, answer) for (name, _), answer in zip(asked, found, strict=True)]
    return Answers(
        bodies={name: answer for name, answer in told if isinstance(answer, bytes)},
        failures={name: answer for name, answer in told if isinstance(answer, FeedError)},
        unasked=tuple(name for name, answer in told if answer is None),
    )
