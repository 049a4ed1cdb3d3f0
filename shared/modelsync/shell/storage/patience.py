"""How long to be patient with a server: how often one operation is tried, how long a try may take, how long to wait.

- `within` ends a try at its deadline wherever it hangs: in a name look-up, or in a body that comes byte by byte.
- `Patience` counts the tries of one operation and waits in between: jittered, growing, as long as the server asked.
- `Spacing` keeps writes of one key apart for servers that take only so many a second.

What is tried, and whether trying again can help, is the caller's business. Standard library only.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_REMEMBERED_KEYS = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often one operation may try; times in seconds."""

    tries: int = 5
    total_seconds: float = 60.0
    """No try begins, and no wait ends, later than this after the operation began."""
    attempt_seconds: float = 30.0
    """Longest try, from the name look-up to the last byte."""
    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    """Longest silence between two pieces of an answer."""
    backoff_seconds: float = 0.2
    """Upper bound of the first wait; it doubles with every try, up to `backoff_ceiling_seconds`."""
    backoff_ceiling_seconds: float = 5.0


DEFAULT_LIMITS = Limits()
HURRIED = Limits(tries=3, total_seconds=7.0, attempt_seconds=5.0, connect_seconds=2.0, read_seconds=4.0)
"""For doors behind which somebody waits: all of it within the ten seconds that such a function may run."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """The result of `call`, which runs on a thread of its own; TimeoutError where it takes longer.

    The time-outs of a socket begin anew with every byte, so a thread that can be left behind is what a deadline
    takes. What is left behind ends with its connection and keeps no process from ending.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:  # noqa: BLE001  raised again by the caller, on its own thread
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(timeout=seconds)


class Patience:
    """What is left of the tries and the time of one operation; `random` gives numbers in [0, 1)."""

    def __init__(
        self,
        limits: Limits,
        *,
        sleep: Callable[[float], None],
        random: Callable[[], float],
        clock: Callable[[], float],
    ) -> None:
        self.limits, self.tries = limits, 1
        self._sleep, self._random, self._clock = sleep, random, clock
        self._until = clock() + limits.total_seconds

    def waits(self, asked_seconds: float | None = None) -> bool:
        """Wait for the next try, at least for `asked_seconds`; False, and no wait, where there is none left."""
        ceiling = min(self.limits.backoff_ceiling_seconds, self.limits.backoff_seconds * 2.0 ** (self.tries - 1))
        wait_seconds = (asked_seconds or 0.0) + self._random() * ceiling
        if self.tries >= self.limits.tries or self._clock() + wait_seconds >= self._until:
            return False
        self.tries += 1
        self._sleep(wait_seconds)
        return True

    def for_another_question(self) -> "Patience":
        """As many tries as in the beginning, in what is left of the time."""
        anew = Patience(self.limits, sleep=self._sleep, random=self._random, clock=self._clock)
        anew._until = self._until
        return anew


class Spacing:
    """Keeps the writes of one key `seconds` apart, from the end of one to the beginning of the next; 0: no need."""

    def __init__(self, seconds: float, *, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self._seconds, self._sleep, self._clock = seconds, sleep, clock
        self._free_at: dict[str, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def of(self, key: str) -> Iterator[None]:
        """Wait for this key's turn, and count from the end of the block."""
        if not self._seconds:
            yield
            return
        with self._lock:
            now = self._clock()
            begins_at = max(now, self._free_at.get(key, now))
            self._reserve(key, begins_at)
        if begins_at > now:
            self._sleep(begins_at - now)
        try:
            yield
        finally:
            with self._lock:
                self._reserve(key, max(self._clock(), self._free_at.get(key, 0.0) - self._seconds))

    def _reserve(self, key: str, begins_at: float) -> None:
        self._free_at[key] = begins_at + self._seconds
        if len(self._free_at) > _REMEMBERED_KEYS:
            now = self._clock()
            self._free_at = {each: at for each, at in self._free_at.items() if at > now}
