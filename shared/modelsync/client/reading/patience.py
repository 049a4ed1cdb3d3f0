"""When to ask again: an hour after the set was confirmed, and after a failure a minute, then longer.

- A time that lies in the future is a clock that was set back: it never makes a set fresh for ever, nor a wait endless.
- A server's Retry-After lengthens a wait, up to the longest.

Values only: the time and chance are arguments.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from modelsync.client.reading.cache import State
from modelsync.client.reading.guard import Status

SOFT_AGE = timedelta(hours=1)
"""A set that was confirmed within this time is not asked for again unless somebody insists."""

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=6))
JITTER = 0.25
"""Share of a wait by which it is drawn longer, so that clients that failed together do not return together."""

TELL_AGAIN_AFTER = timedelta(days=7)
_CLOCKS_DIFFER_BY = timedelta(minutes=5)
_LONGEST_WAIT = BACK_OFF[-1] * (1 + JITTER)


def is_due(state: State, *, now: datetime) -> bool:
    """Whether a refresh is in order: the last one is long ago, and no wait is under way."""
    if is_waiting(state, now=now):
        return False
    if state.failures or state.checked_at is None:
        return True
    return not state.checked_at - _CLOCKS_DIFFER_BY <= now < state.checked_at + SOFT_AGE


def is_waiting(state: State, *, now: datetime) -> bool:
    """Whether a failure is so recent that nothing is asked."""
    return state.retry_at is not None and now < state.retry_at <= now + _LONGEST_WAIT


def after_failure(
    state: State,
    *,
    status: Status,
    error: str | None,
    retry_after_seconds: float | None,
    now: datetime,
    chance: Callable[[], float],
) -> State:
    """The state once more has failed; what was confirmed before stays confirmed."""
    told_at = state.told_at
    if status is Status.TOO_NEW and (told_at is None or not told_at <= now < told_at + TELL_AGAIN_AFTER):
        told_at = now
    wait = BACK_OFF[min(state.failures, len(BACK_OFF) - 1)]
    asked = min(timedelta(seconds=retry_after_seconds or 0.0), BACK_OFF[-1])
    retry_at = now + max(wait, asked) * (1 + JITTER * chance())
    return state._replace(failures=state.failures + 1, retry_at=retry_at, status=status, error=error, told_at=told_at)
