"""How old a catalog is, in seconds and in words.

- fresh: at most 12 hours, two periods of the pipeline; stale: at most 7 days; old: above; bundled: what the package
  brought along, however old.
- A clock that stands before the catalog's own time makes it new, never of a negative age.

Knows no clock and no file: the present time is an argument.
"""

from datetime import UTC, datetime, timedelta

from modelsync.client.freshness import Freshness
from modelsync.errors import StoreError, UsageError

FRESH_FOR = timedelta(hours=12)
OLD_AFTER = timedelta(days=7)

_MOST_DIGITS = 6
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_IN_WORDS = (
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)
_COUNTED_FROM = 2


def freshness_of(age: timedelta, *, is_bundled: bool = False, old_after: timedelta = OLD_AFTER) -> Freshness:
    """The word for a catalog of that age."""
    if is_bundled:
        return Freshness.BUNDLED
    if age > old_after:
        return Freshness.OLD
    return Freshness.FRESH if age <= FRESH_FOR else Freshness.STALE


def age_of(since: datetime, *, now: datetime) -> timedelta:
    """Time passed since then; nothing where `now` is earlier, as it is on a machine whose clock is slow."""
    return max(now - since, timedelta(0))


def in_words(age: timedelta) -> str:
    """An age as people say it, rounded down to one unit.

    >>> in_words(timedelta(seconds=59)), in_words(timedelta(minutes=119)), in_words(timedelta(hours=49))
    ('just now', '1 hour', '2 days')
    """
    for unit, name in _IN_WORDS:
        if age >= unit:
            count = age // unit
            return f"{count} {name}{'s' if count >= _COUNTED_FROM else ''}"
    return "just now"


def duration(text: str) -> timedelta:
    """A length of time as options have it: `30m`, `12h`, `7d`; raises UsageError for anything else."""
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS and unit in _UNITS):
        raise UsageError(f"duration: found {text[:40]!a}, expected a number and m, h or d, such as 12h; mend it")
    return int(number) * _UNITS[unit]


def read_time(text: object, *, where: str) -> datetime:
    """A published time with its zone, as UTC; raises StoreError for anything else."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
        in_utc = at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
    except (ValueError, OverflowError):
        in_utc = None
    if in_utc is None:
        raise StoreError(f"{where}: found {str(text)[:40]!a}, expected a time with its zone; fetch it again")
    return in_utc


def time_text(at: datetime) -> str:
    """A time as documents write it, to the second.

    >>> time_text(datetime(2026, 8, 8, 18, 42, tzinfo=UTC))
    '2026-08-08T18:42:00Z'
    """
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
