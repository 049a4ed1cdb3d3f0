"""The event history: one file a month, a line an event, nothing ever taken out.

`changes.json` holds the last 90 days; a month's file is written once, by the first publish after the month, from the
log as it stood then. A generation belongs to the month in which it, or one before it, was published: a run whose
clock is behind does not open a month again. Folding all lines, with the generations that only `changes.json` has, in
the order of the generations gives the state of every id.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import accumulate
from typing import Final

from pydantic import TypeAdapter, ValidationError

from modelsync.catalog.events import Event
from modelsync.catalog.keys import history_key, history_prefix
from modelsync.errors import CorruptDocumentError, PreconditionFailedError
from modelsync.shell.storage.contention import until_first
from modelsync.shell.storage.object_store import Headers, ObjectStore, StoredObject

HEADERS: Final = Headers("application/x-ndjson", cache_control="public, max-age=31536000, immutable")

_EVENT: Final = TypeAdapter(Event)


def archive(store: ObjectStore, log: Sequence[Event], *, source: str, prefix: str, until: str) -> None:
    """Write the months of a log that ended before the month `until`, as far as they are not kept yet."""
    months: dict[str, list[Event]] = {}
    for month, event in by_month(log):
        months.setdefault(month, []).append(event)
    for month in [month for month in months if month < until][-2:]:  # an older one was closed long ago
        key = prefix + history_key(source, month)
        until_first(partial(_close, store, key, months[month]), what=key)


def by_month(log: Sequence[Event]) -> Iterator[tuple[str, Event]]:
    """The events of a log, each with the month whose file keeps it."""
    return zip(accumulate((month_of(event.at) for event in log), max), log, strict=True)


def read_history(store: ObjectStore, *, source: str, prefix: str) -> tuple[Event, ...]:
    """All events ever archived, oldest first."""
    return tuple(event for key in store.list(prefix + history_prefix(source)) for event in _events(store, key))


def whole_log(archived: Iterable[Event], recent: Iterable[Event]) -> tuple[Event, ...]:
    """The history with the generations that only `changes.json` has, in the order of the generations."""
    old = tuple(archived)
    known = {event.generation for event in old}
    return tuple(sorted((*old, *(e for e in recent if e.generation not in known)), key=lambda e: e.generation))


def month_of(moment: datetime) -> str:
    """The month of a moment, as files are named and as months are compared."""
    return f"{moment:%Y-%m}"


def _close(store: ObjectStore, key: str, events: Sequence[Event]) -> None:
    """Write a month's file; where there is one already, add the generations that it lacks."""
    try:
        store.put(key, _lines(events), headers=HEADERS, if_absent=True)
    except PreconditionFailedError:
        _append_missing(store, key, events)


def _append_missing(store: ObjectStore, key: str, events: Iterable[Event]) -> None:
    """What a file holds already is told by the very object that is written over."""
    stored = store.get(key)
    known = {event.generation for event in _parsed(stored)} if stored is not None else set[int]()
    missing = _lines(event for event in events if event.generation not in known)
    if stored is not None and missing:
        store.put(key, stored.body + missing, headers=HEADERS, if_match=stored.etag)


def _lines(events: Iterable[Event]) -> bytes:
    return b"".join(_EVENT.dump_json(event) + b"\n" for event in events)


def _events(store: ObjectStore, key: str) -> tuple[Event, ...]:
    stored = store.get(key)
    return _parsed(stored) if stored is not None else ()


def _parsed(stored: StoredObject) -> tuple[Event, ...]:
    return tuple(_event(line, stored.key) for line in stored.body.splitlines())


def _event(line: bytes, key: str) -> Event:
    try:
        return _EVENT.validate_json(line)
    except ValidationError as error:
        raise CorruptDocumentError(key, f"a line is no event: {error.errors()[0]['msg']}") from error
