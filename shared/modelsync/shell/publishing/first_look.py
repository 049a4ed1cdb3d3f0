"""Whether a slot was done before, told by the heartbeat alone and before anything heavy is imported.

Schedulers deliver at least once, and a function that is handed a slot again should be gone in a moment. The heartbeat
is read as plain JSON: what it does not tell for sure is not "done", and the run itself looks again (`runs`), at the
manifest as well. It finds what was read here in the store that it is given, so that looking first costs no request.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from modelsync.catalog import keys
from modelsync.shell.publishing.slots import Slot, done_before
from modelsync.shell.storage.json_object import JsonObject
from modelsync.shell.storage.object_store import JSON, Headers, NotModified, ObjectStore, StoredObject

REPEATED: Final = {"Repeated": 1}
"""What to count of a run whose slot was done before."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the first look found: whether the slot was done and which generation stood then, and the store to run on."""

    done: bool
    generation: int | None
    store: ObjectStore


def look(store: ObjectStore, *, source: str, prefix: str, slot: Slot) -> Look:
    """Read one source's heartbeat; raises StoreError where the store fails."""
    key = prefix + keys.document_key(source, keys.STATUS)
    heartbeat = store.get(key)
    seen = _Seen(store, key, heartbeat)
    if heartbeat is None:
        return Look(done=False, generation=None, store=seen)
    try:
        return _told(JsonObject.decode(heartbeat.body), slot, seen)
    except ValueError:
        return Look(done=False, generation=None, store=seen)


def repeated_summary(slot: Slot, *, at: datetime, generation: int | None, dry_run: bool) -> dict[str, Any]:
    """What is told of a run whose slot was done before: nothing happened, and of the catalog nothing was looked at."""
    return {
        "job": slot.job,
        "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "outcome": "unchanged",
        "dryRun": dry_run,
        "repeated": True,
        "generation": generation,
        "message": done_before(slot),
    }


def _told(heartbeat: JsonObject, slot: Slot, store: ObjectStore) -> Look:
    slots, success = heartbeat.child_or_none("slots"), heartbeat.child_or_none("lastSuccess")
    times = slots.moments(slot.job) if slots is not None and slot.job in slots.fields else []
    return Look(slot.at in times, success.number_or_none("generation") if success is not None else None, store)


class _Seen:
    """A store one object of which was read a moment ago: the first `get` of that one is answered by what was read.

    Whoever writes over it does so on the condition of its ETag, as with anything that was read a moment ago.
    """

    def __init__(self, store: ObjectStore, key: str, found: StoredObject | None) -> None:
        self._store = store
        self._seen = {key: found}

    def get(self, key: str) -> StoredObject | None:
        """The object at `key`, or None."""
        return self._seen.pop(key) if key in self._seen else self._store.get(key)

    def get_if_changed(self, key: str, etag: str) -> StoredObject | NotModified | None:
        """The object at `key`, NOT_MODIFIED where it still has `etag`, or None."""
        return self._store.get_if_changed(key, etag)

    def put(
        self,
        key: str,
        body: bytes,
        *,
        headers: Headers = JSON,
        if_absent: bool = False,
        if_match: str | None = None,
    ) -> str:
        """Write the object and return its ETag; from then on nothing was read before."""
        self._seen.clear()
        return self._store.put(key, body, headers=headers, if_absent=if_absent, if_match=if_match)

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """Keys that begin with `prefix`, in order."""
        return self._store.list(prefix)

    def delete(self, key: str) -> None:
        """Forget the object at `key`."""
        self._seen.clear()
        self._store.delete(key)
