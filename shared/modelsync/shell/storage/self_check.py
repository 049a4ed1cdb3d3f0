"""Whether a store keeps the promises that two runs at once depend on: asked before the first publish into it.

Some S3-compatible stores ignore the condition of a write and answer that it was done. Nothing shows that until two
runs meet, and then one overwrites the other.

- Where objects may be deleted, a tiny one under a key of this check's own is written a few times, and deleted.
- Where they may not, it is `admin/self-check.json`: it stays, every check works over it, and no content is written
  twice. So what other checks do to it at the same time can be told from a fault, but for a deletion by somebody who
  may; therefore a fault has to be seen in several rounds before the store is blamed.
"""

import random as system_random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from modelsync.errors import PreconditionFailedError, StoreError
from modelsync.shell.storage.object_store import Headers, ObjectStore, StoredObject

LASTING_KEY: Final = "admin/self-check.json"
PASSING_KEY: Final = "admin/self-check-{number}.json"
ROUNDS: Final = 5
TRIES: Final = 40
LONGEST_WAIT_SECONDS: Final = 0.5

_HEADERS: Final = Headers(cache_control="private, no-store")
_NOBODYS_ETAG: Final = "00000000000000000000000000000000"

_OVERWRITES: Final = (
    "so two runs at once would overwrite each other; use a store that honours If-None-Match and If-Match"
)
_FORGETS: Final = "so a run would not see what the last one published; use a store that is consistent at once"
_NEVER_MATCHES: Final = (
    "so no run could publish a second time; try MODELSYNC_S3_PROFILE=ceph, which sends ETags without quotes, or use a "
    "store that honours If-Match"
)


def check_conditions(
    store: ObjectStore,
    *,
    prefix: str,
    sleep: Callable[[float], None] = time.sleep,
    random: Callable[[], float] = system_random.random,
) -> None:
    """Raise StoreError where the store does not honour conditions, or does not give back what was written.

    A deletion, four writes and three reads below `prefix` if all is well; on R2, where one object is written once a
    second, that takes some four seconds.
    """
    may_delete = _deletes(store, f"{prefix}{LASTING_KEY}")
    name = PASSING_KEY.format(number=uuid.uuid4().hex) if may_delete else LASTING_KEY
    check = _Check(store, f"{prefix}{name}", lambda: sleep(random() * LONGEST_WAIT_SECONDS))
    try:
        for _ in range(ROUNDS - 1):
            if check.fault() is None:
                return
            check.wait()
        fault = check.fault()
        if fault is not None:
            raise StoreError(f"store: a check of its promises on {check.key} failed: {fault}")
    finally:
        if may_delete:
            _deletes(store, check.key)


def _deletes(store: ObjectStore, key: str) -> bool:
    """Whether the object at `key`, if there was one, is gone: not every role may delete."""
    try:
        store.delete(key)
    except StoreError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Check:
    store: ObjectStore
    key: str
    wait: Callable[[], None]

    def fault(self) -> str | None:
        """What the store, or a deletion by somebody, did against a promise; None if all went well."""
        return self._fault_of_creating() or self._fault_of_replacing()

    def _fault_of_creating(self) -> str | None:
        self._writes(if_absent=True)
        if self._writes(if_absent=True):
            return f"it created an object where there was one, {_OVERWRITES}"
        return None

    def _fault_of_replacing(self) -> str | None:
        if self._writes(if_match=_NOBODYS_ETAG):
            return f"it replaced an object that was not the one to be replaced, {_OVERWRITES}"
        for _ in range(TRIES):
            standing = self.store.get(self.key)
            if standing is None:
                return f"it lost an object that it had taken, {_FORGETS}"
            try:
                etag = self._write(if_match=standing.etag)
            except PreconditionFailedError as lost:
                if lost.found == standing.etag:
                    return f"it did not replace an object by the ETag that it had given itself, {_NEVER_MATCHES}"
                self.wait()
            else:
                return self._fault_of_reading(etag, before=standing.etag)
        return f"it gave back another object than it had taken, {_FORGETS}"

    def _fault_of_reading(self, etag: str, *, before: str) -> str | None:
        """A third ETag is that of another check, which was here meanwhile."""
        found = self.store.get(self.key)
        if found is None or found.etag == before:
            return f"it gave back another object than it had taken, {_FORGETS}"
        again = self.store.get_if_changed(self.key, etag)
        if isinstance(again, StoredObject) and again.etag == etag:
            return f"it took an object that nobody had touched for changed, {_NEVER_MATCHES}"
        return None

    def _writes(self, *, if_absent: bool = False, if_match: str | None = None) -> bool:
        try:
            self._write(if_absent=if_absent, if_match=if_match)
        except PreconditionFailedError:
            return False
        return True

    def _write(self, *, if_absent: bool = False, if_match: str | None = None) -> str:
        body = f'{{"selfCheck":"{uuid.uuid4().hex}"}}\n'.encode()
        return self.store.put(self.key, body, headers=_HEADERS, if_absent=if_absent, if_match=if_match)
