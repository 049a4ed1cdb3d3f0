"""The check finds stores that do not keep their promises, and accuses no other."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest

from modelsync.errors import PreconditionFailedError, StoreError
from modelsync.shell.storage.object_store import ObjectStore, StoredObject
from modelsync.shell.storage.self_check import check_conditions
from modelsync.shell.storage.stores import MemoryStore
from tests.faulty_stores import Interrupted, Passing, TakingTurns, Turns

KEY = "models/admin/self-check.json"


class CreatesAnyhow(Passing):
    """Takes a creation for a plain write."""

    def put(self, key: str, body: bytes, **conditions: Any) -> str:
        return super().put(key, body, **conditions | {"if_absent": False})


class ReplacesAnyhow(Passing):
    """Takes a replacement for a plain write."""

    def put(self, key: str, body: bytes, **conditions: Any) -> str:
        return super().put(key, body, **conditions | {"if_match": None})


class NeverReplaces(Passing):
    """Finds no ETag equal to its own, as one that compares quoted with unquoted ones."""

    def put(self, key: str, body: bytes, **conditions: Any) -> str:
        if conditions.get("if_match") is not None:
            found = self.get(key)
            raise PreconditionFailedError(key, found.etag if found else None, conditions["if_match"])
        return super().put(key, body, **conditions)


class Stale(Passing):
    """Gives back what it took first."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store)
        self._first: StoredObject | None = None

    def get(self, key: str) -> StoredObject | None:
        self._first = self._first or super().get(key)
        return self._first


class Forgetful(Passing):
    """Takes everything and has nothing."""

    def get(self, key: str) -> StoredObject | None:
        super().get(key)
        return None


class AlwaysChanged(Passing):
    """Sends what the reader has already."""

    def get_if_changed(self, key: str, etag: str) -> StoredObject | None:  # noqa: ARG002
        return self.get(key)


class KeepsForGood(Passing):
    """Lets nobody delete."""

    def delete(self, key: str) -> None:
        raise StoreError(f"store: {key} cannot be deleted: access denied")


OVERWRITES = "so two runs at once would overwrite each other; use a store that honours If-None-Match and If-Match"
FORGETS = "so a run would not see what the last one published; use a store that is consistent at once"
NEVER_MATCHES = (
    "so no run could publish a second time; try MODELSYNC_S3_PROFILE=ceph, which sends ETags without quotes, or use a "
    "store that honours If-Match"
)


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        (CreatesAnyhow, f"it created an object where there was one, {OVERWRITES}"),
        (ReplacesAnyhow, f"it replaced an object that was not the one to be replaced, {OVERWRITES}"),
        (NeverReplaces, f"it did not replace an object by the ETag that it had given itself, {NEVER_MATCHES}"),
        (Stale, f"it gave back another object than it had taken, {FORGETS}"),
        (Forgetful, f"it lost an object that it had taken, {FORGETS}"),
        (AlwaysChanged, f"it took an object that nobody had touched for changed, {NEVER_MATCHES}"),
    ],
)
def test_a_broken_promise_is_told_in_one_sentence_with_what_follows_and_what_to_do(
    kind: Callable[[ObjectStore], ObjectStore], fault: str
) -> None:
    behind = MemoryStore()
    with pytest.raises(StoreError) as found:
        check_conditions(kind(behind), prefix="models/", sleep=lambda _: None)
    where = r"models/admin/self-check-[0-9a-f]{32}\.json"
    assert re.fullmatch(f"store: a check of its promises on {where} failed: {re.escape(fault)}", str(found.value))
    assert behind.list() == ()


def test_a_store_that_fails_says_so_itself() -> None:
    class OutOfOrder(Passing):
        def before(self, verb: str, key: str) -> None:  # noqa: ARG002
            raise StoreError(f"store: {key}: out of order")

    with pytest.raises(StoreError, match=r"^store: models/admin/self-check\.json: out of order$"):
        check_conditions(OutOfOrder(MemoryStore()), prefix="models/", sleep=lambda _: None)


def test_where_nobody_may_delete_one_tiny_object_stays_and_the_next_check_works_over_it() -> None:
    store = MemoryStore()
    for _ in range(3):
        check_conditions(KeepsForGood(store), prefix="models/")
        assert store.list() == (KEY,)
    found = store.get(KEY)
    assert found is not None
    assert len(found.body) < 100
    assert found.headers.cache_control == "private, no-store"


def test_a_broken_promise_is_found_over_what_an_earlier_check_left() -> None:
    store = KeepsForGood(MemoryStore())
    check_conditions(store, prefix="models/")
    with pytest.raises(StoreError, match="created an object where there was one"):
        check_conditions(CreatesAnyhow(store), prefix="models/", sleep=lambda _: None)


@pytest.mark.parametrize("may_delete", [True, False])
@pytest.mark.parametrize("at", range(1, 9))
def test_another_check_in_between_is_no_fault(at: int, may_delete: bool) -> None:
    store: ObjectStore = MemoryStore() if may_delete else KeepsForGood(MemoryStore())
    other = Interrupted(store, at=at, act=lambda: check_conditions(store, prefix="models/"))
    check_conditions(other, prefix="models/", sleep=lambda _: None)
    assert other.was_reached


class Mixed(Turns):
    """Threads in turns, of which none is likely to have two on end."""

    STAYS = 0.2


@pytest.mark.parametrize("may_delete", [True, False])
def test_twenty_checks_at_once_accuse_nobody(may_delete: bool) -> None:
    """In turns, so that they meet at every operation; the order is another one for each seed."""
    for seed in range(10):
        store: ObjectStore = MemoryStore() if may_delete else KeepsForGood(MemoryStore())
        turns, accused = Mixed(seed), list[StoreError]()
        turns.expect(range(20))

        def check(
            number: int, store: ObjectStore = store, turns: Turns = turns, accused: list[StoreError] = accused
        ) -> None:
            with turns.taken_by(number):
                try:
                    check_conditions(
                        TakingTurns(store, turns=turns, number=number), prefix="models/", sleep=lambda _: None
                    )
                except StoreError as error:
                    accused.append(error)

        threads = [threading.Thread(target=check, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert accused == []


def test_a_round_that_somebody_disturbed_by_a_deletion_is_repeated_after_a_wait() -> None:
    store = MemoryStore()
    waited: list[float] = []
    other = Interrupted(KeepsForGood(store), at=3, act=lambda: store.delete(KEY))
    check_conditions(other, prefix="models/", sleep=waited.append, random=lambda: 0.5)
    assert waited == [0.25]
