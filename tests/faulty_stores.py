"""Stores that watch, fail, or let somebody else in between: each wraps another one and keeps all its promises else."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, Final

from modelsync.errors import PreconditionFailedError, StoreError
from modelsync.shell.storage.object_store import NotModified, ObjectStore, StoredObject


class Passing:
    """A store that hands everything on; the others are made of it."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def before(self, verb: str, key: str) -> None:
        """What happens before an operation."""

    def get(self, key: str) -> StoredObject | None:
        self.before("get", key)
        return self._store.get(key)

    def get_if_changed(self, key: str, etag: str) -> StoredObject | NotModified | None:
        self.before("get", key)
        return self._store.get_if_changed(key, etag)

    def put(self, key: str, body: bytes, **conditions: Any) -> str:
        self.before("put", key)
        return self._store.put(key, body, **conditions)

    def list(self, prefix: str = "") -> tuple[str, ...]:
        self.before("list", prefix)
        return self._store.list(prefix)

    def delete(self, key: str) -> None:
        self.before("delete", key)
        self._store.delete(key)


class Watched(Passing):
    """Remembers the keys that were put, in order."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store)
        self.written: list[str] = []

    def put(self, key: str, body: bytes, **conditions: Any) -> str:
        etag = super().put(key, body, **conditions)
        self.written.append(key)
        return etag


class Counted(Passing):
    """Counts the requests by verb, as an object store bills them."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store)
        self.requests: Counter[str] = Counter()

    def before(self, verb: str, key: str) -> None:  # noqa: ARG002
        self.requests[verb] += 1


class Fault(Enum):
    """How an operation goes wrong; the first is all that a read can do."""

    NOT_DONE = "nothing is done"
    DONE_BUT_FAILED = "it is done, and reported as failed"
    DONE_BUT_LOST = "it is done, and its repetition is told that somebody else was first"


WRITES: Final = frozenset({"put", "delete"})
OPERATIONS: Final = WRITES | {"get", "list"}


class Failing(Passing):
    """Its `at`-th operation among `verbs` (from 1) goes wrong, and every one after it if `for_good`."""

    def __init__(
        self,
        store: ObjectStore,
        *,
        at: int,
        fault: Fault = Fault.NOT_DONE,
        verbs: frozenset[str] = WRITES,
        for_good: bool = False,
    ) -> None:
        super().__init__(store)
        self.at, self.healthy = at, store
        self._fault, self._verbs, self._for_good = fault, verbs, for_good
        self._operations = 0
        self.failed_at: str | None = None
        """Key of the first operation that went wrong; None where there were too few of them."""

    def before(self, verb: str, key: str) -> None:
        if self._fails(verb, key) and self._fault is Fault.NOT_DONE:
            raise StoreError(f"store: {key}: out of order, as the test wants it")

    def put(self, key: str, body: bytes, **conditions: Any) -> str:
        etag = super().put(key, body, **conditions)
        if self.failed_at == key and self._operations == self.at:
            if self._fault is Fault.DONE_BUT_LOST:
                raise PreconditionFailedError(key, "another object", "the one that was read")
            raise StoreError(f"store: {key}: out of order, as the test wants it")
        return etag

    def _fails(self, verb: str, key: str) -> bool:
        self._operations += verb in self._verbs
        fails = verb in self._verbs and (self._operations == self.at or (self._for_good and self._operations > self.at))
        if fails and self.failed_at is None:
            self.failed_at = key
        return fails


class LostAt(Passing):
    """Takes no write any more from the first one of `key` on, like the store of a process that is killed there."""

    def __init__(self, store: ObjectStore, *, key: str) -> None:
        super().__init__(store)
        self._key, self._is_lost = key, False

    def before(self, verb: str, key: str) -> None:
        self._is_lost |= verb in WRITES and key == self._key
        if self._is_lost and verb in WRITES:
            raise StoreError(f"store: {key}: out of order, as the test wants it")


class Interrupted(Passing):
    """Lets `act` happen once, before the `at`-th operation (from 1): another process, right in between."""

    def __init__(self, store: ObjectStore, *, at: int, act: Callable[[], object]) -> None:
        super().__init__(store)
        self._at, self._act = at, act
        self.operations = 0

    @property
    def was_reached(self) -> bool:
        """Whether there were enough operations to interrupt."""
        return self.operations >= self._at

    def before(self, verb: str, key: str) -> None:  # noqa: ARG002
        self.operations += 1
        if self.operations == self._at:
            self._act()


class Turns:
    """Threads in turns: all wait before each operation, then one of them, chosen by `seed`, may go on to its next.

    So a run is one interleaving of the operations, the same one for the same seed. One of them has several turns on
    end as a rule: evenly mixed, two runs seldom meet in the few operations where it matters.
    """

    STAYS = 0.9
    """How probably the one whose turn it was goes on."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._changed = threading.Condition()
        self._taking_part: set[int] = set()
        self._waiting: set[int] = set()
        self._next: int | None = None
        self._last: int | None = None

    @contextmanager
    def taken_by(self, number: int) -> Iterator[None]:
        """Take part until the end of the block; to be announced with `expect` before any thread starts."""
        try:
            self.wait_for_turn(number)
            yield
        finally:
            with self._changed:
                self._taking_part.discard(number)
                self._choose()

    def expect(self, numbers: range) -> None:
        """Announce who will take part."""
        self._taking_part = set(numbers)

    def wait_for_turn(self, number: int) -> None:
        """Come back when it is this one's turn."""
        with self._changed:
            self._waiting.add(number)
            self._choose()
            if not self._changed.wait_for(lambda: self._next == number, timeout=60):
                raise TimeoutError("a thread that takes part stopped without leaving its block")
            self._next = None

    def _choose(self) -> None:
        """As soon as everybody waits, let one of them go."""
        if self._next is None and self._waiting and self._waiting == self._taking_part:
            stays = self._last in self._waiting and self._chance.random() < self.STAYS
            self._next = self._last = self._last if stays else self._chance.choice(sorted(self._waiting))
            self._waiting -= {self._next}
            self._changed.notify_all()


class TakingTurns(Passing):
    """One thread's view of a store that it shares with others, who take turns at every operation."""

    def __init__(self, store: ObjectStore, *, turns: Turns, number: int) -> None:
        super().__init__(store)
        self._turns, self._number = turns, number

    def before(self, verb: str, key: str) -> None:  # noqa: ARG002
        self._turns.wait_for_turn(self._number)
