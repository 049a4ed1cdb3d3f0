"""The event history: one file a month, a line an event, nothing ever taken out.

The history is an archive of `changes.json` and never runs ahead of it: it is written behind the manifest, and
what an interrupted run left out is added by the next one, because every event carries its generation, and a
generation is written whole. Folding all lines, with the generations that only `changes.json` has, in the order of
the generations gives the state of every id.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from pydantic import TypeAdapter, ValidationError

from modelsync.catalog.events import Event
from modelsync.catalog.keys import history_key, history_prefix
from modelsync.errors import CorruptDocumentError
from modelsync.shell.contention import until_first
from modelsync.shell.object_store import Headers, ObjectStore, StoredObject

CONTENT_TYPE: Final = "application/x-ndjson"

_EVENT: Final = TypeAdapter(Event)


def archive(store: ObjectStore, log: Sequence[Event], *, source: str, prefix: str) -> None:
    """Append the generations that the history does not hold yet, whoever else appends meanwhile.

    Only the two newest months of the log are looked at: an older one was completed long ago.
    """
    for month in sorted({_month(event) for event in log})[-2:]:
        key = prefix + history_key(source, month)
        events = [event for event in log if _month(event) == month]
        until_first(partial(_append_missing, store, key, events), what=key)


def read_history(store: ObjectStore, *, source: str, prefix: str) -> tuple[Event, ...]:
    """All events ever archived, oldest first."""
    return tuple(event for key in store.list(prefix + history_prefix(source)) for event in _events(store, key))


def whole_log(archived: Iterable[Event], recent: Iterable[Event]) -> tuple[Event, ...]:
    """The history with the generations that only `changes.json` has, in the order of the generations."""
    old = tuple(archived)
    known = {event.generation for event in old}
    return tuple(sorted((*old, *(e for e in recent if e.generation not in known)), key=lambda e: e.generation))


def _month(event: Event) -> str:
    return f"{event.at:%Y-%m}"


def _append_missing(store: ObjectStore, key: str, events: Iterable[Event]) -> None:
    """Append to one month; what it holds already is told by the very object that is written over."""
    stored = store.get(key)
    known = {event.generation for event in _parsed(stored)} if stored is not None else set[int]()
    lines = b"".join(_EVENT.dump_json(event) + b"\n" for event in events if event.generation not in known)
    if stored is None:
        store.put(key, lines, headers=Headers(CONTENT_TYPE), if_absent=True)
    elif lines:
        store.put(key, stored.body + lines, headers=Headers(CONTENT_TYPE), if_match=stored.etag)


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
