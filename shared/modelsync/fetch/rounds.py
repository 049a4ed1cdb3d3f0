"""Many small GETs from one server: few at a time, at a steady rate, within a budget of time.

- No more attempts than the rate allows, retries included, however many run at once.
- A server that asks to be left alone is left alone by all of them; where that is longer than the round, it ends.
- The round ends within its budget: no attempt begins that might outlast it, and nobody waits longer than that.
- An address that fails has no answer, and its failure is told; the others go on. An answer is read where it arrives, so
  that no more bodies are held at a time than are asked for at once.

What is asked for and in which order, the caller says; how one answer is got, `http`.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from modelsync.errors import FeedError, FeedUnavailableError
from modelsync.fetch.addresses import shown_url
from modelsync.fetch.http import fetch
from modelsync.fetch.limits import FetchLimits

T = TypeVar("T")

ROUND_LIMITS = FetchLimits(
    max_bytes=500_000,
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
class Answers(Generic[T]):
    """What was read, by what was asked for; why there is nothing of some; what the budget left unasked."""

    read: Mapping[str, T] = field(default_factory=dict, repr=False)
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

    def busy(self, seconds: float) -> None:
        """Leave the server alone, all of them."""
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)

    def may_wait(self, seconds: float) -> bool:
        """Whether an attempt after so many seconds would end within the budget."""
        return self._clock() + seconds <= self._last


class _Paced:
    """One address's share of a pacer: it knows whether it was asked for at all."""

    def __init__(self, pacer: _Pacer) -> None:
        self._pacer, self.tries = pacer, 0
        self.busy, self.may_wait = pacer.busy, pacer.may_wait

    def attempt(self) -> None:
        """Wait for a turn."""
        self._pacer.attempt()
        self.tries += 1


def fetch_round(
    addresses: Iterable[tuple[str, str]],
    *,
    read: Callable[[str, bytes], T],
    headers: Callable[[str], Mapping[str, str]] = lambda _: {},
    round_: Round = Round(),
    limits: FetchLimits = ROUND_LIMITS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Answers[T]:
    """Ask for each (name, address) in order; no FeedError leaves it.

    `read` makes a value of a name's body, or raises a FeedError; `headers` gives those for an address.
    """
    pacer = _Pacer(round_, limits, clock=clock, sleep=sleep)
    asked = list(addresses)

    def ask(name: str, url: str) -> "_Told[T]":
        pace = _Paced(pacer)
        try:
            fetched = fetch(url, headers=headers(url), limits=limits, sleep=sleep, clock=clock, pace=pace)
            return _Told(read(name, fetched.body))
        except FeedError as error:
            return _Told(failure=error)
        except _BudgetSpentError:
            over = f"{shown_url(url)}: expected an answer, found none before the time of the round was over"
            return _Told(failure=FeedUnavailableError(over) if pace.tries else None)

    with ThreadPoolExecutor(max_workers=round_.at_once, thread_name_prefix="round") as pool:
        told = dict(zip((name for name, _ in asked), pool.map(lambda each: ask(*each), asked), strict=True))
    return Answers(
        read={name: each.value for name, each in told.items() if each.value is not None},
        failures={name: each.failure for name, each in told.items() if each.failure is not None},
        unasked=tuple(name for name, each in told.items() if each.value is None and each.failure is None),
    )


@dataclass(frozen=True, slots=True)
class _Told(Generic[T]):
    """What became of one address: a value, a failure, or neither where it was not asked for."""

    value: T | None = None
    failure: FeedError | None = None
