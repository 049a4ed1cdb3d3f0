"""Points in time as documents and saved choices write them: RFC 3339 text with an offset.

The values of the client keep such text as it is, so that an answer which needs no time pays for no calendar; here it
becomes comparable. Every text has a `Z` or an offset: a time without one means another instant on every machine.
"""

from datetime import datetime

from modelsync.errors import UsageError


def instant(text: str) -> datetime:
    """The moment that a text names; raises UsageError for any other text.

    >>> instant("2026-08-08T18:42:00Z") == instant("2026-08-08T20:42:00+02:00")
    True
    """
    moment = _read(text)
    if moment is None:
        raise UsageError(f"time: expected one like 2026-08-08T18:42:00Z, found {text[:40]!a}; write it with its offset")
    return moment


def is_instant(value: object) -> bool:
    """Whether a value of a document is such a text."""
    return isinstance(value, str) and _read(value) is not None


def _read(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment
