"""The event history: one file a month, a line an event, nothing ever taken out.

The history is an archive of `changes.json` and never runs ahead of it: it is written behind the manifest, and
what an interrupted run left out is added by the next one, because every event carries its generation. Folding
all lines, and then the events of `changes.json` of later generations, gives the state of every id.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from pydantic import TypeAdapter, ValidationError

from modelsync.catalog.events import Event
from modelsync.catalog.keys import history_key, history_prefix
from modelsync.errors import CorruptDocumentError
from modelsync.shell.contention import until_first
from modelsync.shell.object_store import ObjectStore

CONTENT_TYPE: Final = "application/x-ndjson"

_EVENT: Final = TypeAdapter(Event)


def archive(store: ObjectStore, log: Sequence[Event], *, source: str, prefix: str) -> None:
    """Append the events that the history does not hold yet, whoever else appends meanwhile."""

    def append_missing() -> None:
        known = _last_generation(store, store.list(prefix + history_prefix(source)))
        news = [event for event in log if event.generation > known]
        for month in sorted({_month(event) for event in news}):
            _append(store, prefix + history_key(source, month), [e for e in news if _month(e) == month])

    until_first(append_missing, what=history_prefix(source))


def read_history(store: ObjectStore, *, source: str, prefix: str) -> tuple[Event, ...]:
    """All events ever archived, oldest first."""
    return tuple(event for key in store.list(prefix + history_prefix(source)) for event in _events(store, key))


def whole_log(archived: Iterable[Event], recent: Iterable[Event]) -> tuple[Event, ...]:
    """The history with what `changes.json` has on top of it."""
    old = tuple(archived)
    known = old[-1].generation if old else 0
    return old + tuple(event for event in recent if event.generation > known)


def _month(event: Event) -> str:
    return f"{event.at:%Y-%m}"


def _append(store: ObjectStore, key: str, events: Iterable[Event]) -> None:
    lines = b"".join(_EVENT.dump_json(event) + b"\n" for event in events)
    stored = store.get(key)
    if stored is None:
        store.put(key, lines, content_type=CONTENT_TYPE, if_absent=True)
    else:
        store.put(key, stored.body + lines, content_type=CONTENT_TYPE, if_match=stored.etag)


def _last_generation(store: ObjectStore, files: Sequence[str]) -> int:
    stored = store.get(files[-1]) if files else None
    lines = stored.body.splitlines() if stored is not None else []
    return _event(lines[-1], files[-1]).generation if lines else 0


def _events(store: ObjectStore, key: str) -> tuple[Event, ...]:
    stored = store.get(key)
    return tuple(_event(line, key) for line in stored.body.splitlines()) if stored is not None else ()


def _event(line: bytes, key: str) -> Event:
    try:
        return _EVENT.validate_json(line)
    except ValidationError as error:
        raise CorruptDocumentError(key, f"a line is no event: {error.errors()[0]['msg']}") from error
