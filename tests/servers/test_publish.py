"""A catalog is published to every kind of place in the same way: a real server changes nothing but where it lies."""

import pytest

from modelsync.shell.running import jobs
from modelsync.shell.running.runs import JobReport
from modelsync.shell.storage.self_check import check_conditions
from tests.promises import assert_in_order, body_of
from tests.servers.places import SERVERS, Place
from tests.shell.killed_runs import ADDED, first_day, second_day
from tests.world import FEW, World, copy_of

ROOT = "models/openrouter"

MOVING = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"
IMMUTABLE = "public, max-age=31536000, immutable"


def three_days(place: Place) -> tuple[JobReport, JobReport, JobReport]:
    """The first run, one that finds nothing new, and one that finds something of every kind."""
    first = first_day(place.open()).run()
    same = World(FEW, store=place.open())
    same.wait()
    unchanged = same.run()
    changed = second_day(place.open())
    changed.wait()
    return first, unchanged, changed.refresh()


def test_a_first_an_unchanged_and_a_changed_run_end_as_they_should(place: Place) -> None:
    reports = three_days(place)
    assert [report.run.outcome for report in reports] == ["published", "unchanged", "published"]
    assert [report.run.generation for report in reports] == [1, 1, 2]
    world = World(store=place.open())
    assert (world.manifest.generation, world.state_of(ADDED)) == (2, "active")
    assert_in_order(place.open())


def test_every_place_ends_with_the_same_bytes(place: Place) -> None:
    three_days(place)
    in_memory = World()
    three_days(Place(lambda: in_memory.store))
    assert World(store=copy_of(place.open())).bytes_of_documents() == in_memory.bytes_of_documents()


def test_every_place_keeps_the_promises_that_two_runs_at_once_depend_on(place: Place) -> None:
    check_conditions(place.open(), prefix="models/openrouter/")
    assert place.open().list() == ()


@pytest.mark.parametrize("place", SERVERS, indirect=True)
def test_a_server_tells_its_readers_how_long_they_may_keep_what_they_got(place: Place) -> None:
    first_day(place.open()).run()
    told = {name: headers_of(place, f"{ROOT}/{name}") for name in ("manifest.json", "current.json", "status.json")}
    assert told == dict.fromkeys(told, ("application/json", MOVING))
    kept = {name: headers_of(place, f"{ROOT}/{name}") for name in ("sets/1/current.json", "raw-2026060106.json")}
    assert kept == dict.fromkeys(kept, ("application/json", IMMUTABLE))


def headers_of(place: Place, key: str) -> tuple[str, str | None]:
    found = place.open().get(key)
    assert found is not None
    return found.headers.content_type, found.headers.cache_control


def test_a_slot_that_is_delivered_again_leaves_every_place_as_it_was(place: Place) -> None:
    world = first_day(place.open())
    slot = world.now
    jobs.refresh(world.runtime(), slot=slot)
    before = everything_in(place)
    world.wait()
    world.feed.add(ADDED)
    assert jobs.refresh(world.runtime(), slot=slot).repeated
    assert everything_in(place) == before


def everything_in(place: Place) -> dict[str, bytes]:
    store = place.open()
    return {key: body_of(store, key) for key in store.list()}
