"""The first look at a slot: what the heartbeat tells, at the price of no request to the run that follows."""

import json
from datetime import timedelta
from typing import Any

import pytest

from modelsync.errors import PreconditionFailedError, StoreError
from modelsync.shell.publishing.first_look import Look, look
from modelsync.shell.publishing.slots import Slot, slot_time
from modelsync.shell.running import jobs
from tests.faulty_stores import OPERATIONS, Counted, Failing
from tests.world import FEW, World

STATUS = "models/openrouter/status.json"
NOON = Slot("refresh", slot_time("2026-06-01T12:00:00Z"))


@pytest.fixture
def world() -> World:
    """One run of the schedule, for noon."""
    world = World(FEW)
    jobs.refresh(world.runtime(), slot=NOON.at)
    world.wait(timedelta(hours=6))
    return world


def seen(world: World, slot: Slot = NOON) -> Look:
    return look(world.store, source="openrouter", prefix="models/", slot=slot)


def test_a_slot_that_was_done_is_known_with_the_generation_that_stood(world: World) -> None:
    found = seen(world)
    assert (found.done, found.generation) == (True, 1)


@pytest.mark.parametrize("slot", [Slot("curate", NOON.at), Slot("refresh", NOON.at + timedelta(hours=6))])
def test_another_job_and_another_time_are_not_done(world: World, slot: Slot) -> None:
    assert not seen(world, slot).done


def test_of_an_empty_store_nothing_was_done() -> None:
    assert not seen(World(FEW)).done


@pytest.mark.parametrize(
    "spoiled",
    [b"", b"{", b"[]", b"{}", b'{"slots": 5}', b'{"slots": {"refresh": ["noon"]}}', b'{"slots": {"refresh": {}}}'],
)
def test_of_a_heartbeat_that_cannot_be_read_the_run_decides(world: World, spoiled: bytes) -> None:
    world.store.put(STATUS, spoiled)
    found = seen(world)
    assert not found.done
    assert jobs.refresh(world.runtime(store=found.store), slot=NOON.at).repeated  # the manifest knows the slot


def test_a_run_that_never_succeeded_has_no_generation(world: World) -> None:
    heartbeat: dict[str, Any] = world.document("status")
    world.store.put(STATUS, json.dumps(heartbeat | {"lastSuccess": None}).encode())
    assert (seen(world).done, seen(world).generation) == (True, None)


def test_a_store_that_fails_is_an_error(world: World) -> None:
    failing = Failing(world.store, at=1, verbs=OPERATIONS)
    with pytest.raises(StoreError):
        look(failing, source="openrouter", prefix="models/", slot=NOON)


def test_a_run_after_the_look_asks_for_nothing_twice(world: World) -> None:
    counted = world.store = Counted(world.store)
    later = Slot("refresh", NOON.at + timedelta(hours=6))
    jobs.refresh(world.runtime(store=seen(world, later).store), slot=later.at)
    assert dict(counted.requests) == {"get": 5, "put": 2}


def test_a_heartbeat_that_was_written_since_the_look_is_not_written_over(world: World) -> None:
    found = seen(world)
    jobs.refresh(world.runtime())
    before = found.store.get(STATUS)
    assert before is not None
    with pytest.raises(PreconditionFailedError):
        found.store.put(STATUS, b"{}", if_match=before.etag)
    assert found.store.get(STATUS) != before
