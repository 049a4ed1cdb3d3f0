"""What changed in the catalog, as it was published: since a generation, a day, or for a number of days.

The published log holds the last 90 days. A question that reaches further back is answered with what there is, and the
answer says so; so it does where no log was published, or where the catalog is older than the question. The words for
people are `change_words`'.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import Any, Final, Literal, NamedTuple

from modelsync.client.catalog import Catalog, Record
from modelsync.client.instants import instant
from modelsync.client.reading.ages import duration, time_text
from modelsync.errors import UsageError

KEPT_FOR: Final = timedelta(days=90)
"""How long the published log remembers."""

KINDS: Final = (
    "added",
    "stale",
    "deprecated",
    "removed",
    "reappeared",
    "renamed",
    "price",
    "price-news",
    "context",
    "capability",
    "expiry-announced",
    "expiry-moved",
    "expiry-withdrawn",
    "expiry-passed",
    "curated-in",
    "curated-out",
    "alias",
)
"""Every kind of the published log."""

_LONGEST_GENERATION: Final = 7
"""Digits; more are a day without its hyphens."""

Since = int | date | datetime | str | None
"""A generation, after which; a day, or a moment, from which; a text such as `7d`, `2026-08-01`; None: all there is."""

Gap = Literal["not_published", "begins_later", "catalog_is_older"]

GAPS: Final[Mapping[Gap, str]] = {
    "not_published": "no log of changes came with this catalog",
    "begins_later": "the published log begins on {begins}: what happened before is not in it",
    "catalog_is_older": "this catalog is older than that: refresh it",
}
"""Why an answer does not hold all that was asked for."""


class Change(NamedTuple):
    """One change of one model."""

    kind: str
    """One of `KINDS`, or one that a newer publisher added."""
    id: str
    before: Any
    """Its published value; a price is a map of legs."""
    after: Any
    at: str
    generation: int
    """The generation that first published it."""
    field: str | None = None
    """What changed, where the kind does not say it: a flag, a limit, a bucket."""
    note: str | None = None
    """A sentence of the publisher's."""


class Changes(NamedTuple):
    """The answer to what changed, oldest first, and what it cannot tell."""

    items: tuple[Change, ...]
    gap: Gap | None
    """None where it holds all that was asked for."""
    begins: str | None
    """From when on the log tells everything; None where there is none."""

    @property
    def sentence(self) -> str | None:
        """The gap, for people."""
        return None if self.gap is None else GAPS[self.gap].format(begins=str(self.begins)[:10])


def changes(
    catalog: Catalog,
    *,
    since: Since = None,
    only: Collection[str] = (),
    ids: Collection[str] = (),
    now: datetime | None = None,
) -> Changes:
    """The changes since then, of these kinds and of these models; no kinds, or no ids, means all.

    `now` is what a number of days is counted back from; None means the catalog's own time.
    Raises UsageError for a kind that is none, a time without its zone, or a text that names no time.
    """
    unknown = sorted(set(only) - set(KINDS))
    if unknown:
        raise UsageError(f"changes: found the kind {unknown[0][:40]!a}, expected of {', '.join(KINDS)}; mend it")
    document = catalog.document("changes")
    start = _start(since, now=now or instant(catalog.generated_at))
    wanted = {each.lower() for each in ids}
    newest_first = (change_of(event) for event in reversed(document.get("events", ())))
    # The log is written at its end, so that the first change which is too old ends the search.
    recent = takewhile(lambda change: _is_after(change, start), newest_first)
    found = [
        change for change in recent if (not only or change.kind in only) and (not wanted or change.id.lower() in wanted)
    ]
    begins = _begins(document)
    return Changes(
        tuple(reversed(found)),
        _gap(catalog, document, start, begins=begins),
        None if begins is None else time_text(begins),
    )


def change_of(event: Record) -> Change:
    """A published event."""
    return Change(
        kind=event["kind"],
        id=event["id"],
        before=event["before"],
        after=event["after"],
        at=event["at"],
        generation=event["generation"],
        field=event["field"],
        note=event["note"],
    )


def _start(since: Since, *, now: datetime) -> int | datetime | None:
    """A generation stays one; everything else becomes a moment."""
    if isinstance(since, str):
        return _read(since, now=now)
    if isinstance(since, datetime):
        if since.tzinfo is None:
            raise UsageError("since: found a time without its zone, expected one with it; say which it is")
        return since
    return _midnight(since) if isinstance(since, date) else since


def _read(text: str, *, now: datetime) -> int | datetime:
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_GENERATION:
        return int(text)
    readers: tuple[Callable[[str], datetime], ...] = (_day, instant, lambda length: now - duration(length))
    for reader in readers:
        try:
            return reader(text)
        except (ValueError, UsageError):
            continue
        except OverflowError:
            return datetime.min.replace(tzinfo=UTC)
    expected = "a generation, a day such as 2026-08-01, or a length of time such as 7d"
    raise UsageError(f"since: found {text[:40]!a}, expected {expected}; mend it")


def _day(text: str) -> datetime:
    return _midnight(date.fromisoformat(text))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _is_after(change: Change, start: int | datetime | None) -> bool:
    if start is None:
        return True
    return change.generation > start if isinstance(start, int) else instant(change.at) >= start


def _begins(document: Record) -> datetime | None:
    """The day from which on nothing is missing: all of the last 90 days, and further back where it reaches."""
    if "events" not in document:
        return None
    horizon = instant(document["generatedAt"]) - KEPT_FOR
    return min([horizon, *(instant(event["at"]) for event in document["events"][:1])])


def _gap(catalog: Catalog, document: Record, start: int | datetime | None, *, begins: datetime | None) -> Gap | None:
    if begins is None:
        return "not_published"
    if start is None:
        return None
    if isinstance(start, int):
        first = next((each["generation"] for each in document["events"]), catalog.generation + 1)
        if start > catalog.generation:
            return "catalog_is_older"
        return "begins_later" if start < first - 1 else None
    if start > instant(catalog.generated_at):
        return "catalog_is_older"
    is_whole = next((each["generation"] == 1 for each in document["events"]), False)
    return "begins_later" if start < begins and not is_whole else None
