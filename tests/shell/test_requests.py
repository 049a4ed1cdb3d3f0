"""What a run asks of its store: requests cost money and time, so that each job has a budget."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from modelsync.catalog.published_set import named_by
from modelsync.shell.running import jobs
from modelsync.shell.running.runs import JobReport
from modelsync.shell.storage.stores import MemoryStore
from tests.faulty_stores import Counted
from tests.world import World

Act = Callable[[World], JobReport]


def requests(world: World, job: Act) -> dict[str, int]:
    """How many requests a job makes, by verb."""
    store = world.store
    counted = world.store = Counted(store)
    job(world)
    world.store = store
    return dict(counted.requests)


def refreshing(world: World) -> JobReport:
    return jobs.refresh(world.runtime())


def running_all(world: World) -> JobReport:
    return jobs.run_all(world.runtime())


def curating(world: World) -> JobReport:
    return jobs.curate(world.runtime())


@pytest.fixture
def world() -> World:
    made = World()
    made.run()
    made.wait()
    made.feed.set("openai/gpt-5.2", context_length=65536)
    made.run()
    made.wait()
    return made


def shake(world: World) -> None:
    """Change so much that every document but the last one follows."""
    world.feed.add("new/model", benchmarks={"artificial_analysis": {"intelligence_index": 50.0}})
    shortlist = world.published.curated
    assert shortlist is not None
    world.feed.drop(next(entry.id for entry in shortlist.models if entry.id in world.feed.ids))


def test_a_refresh_of_an_unchanged_world_reads_what_it_compares_and_writes_the_raw_body_and_the_heartbeat(
    world: World,
) -> None:
    assert requests(world, refreshing) == {"get": 5, "put": 2}


def test_a_refresh_that_changes_the_list_stays_within_its_budget(world: World) -> None:
    world.feed.set("openai/gpt-5.2", context_length=131072)
    assert requests(world, refreshing) == {"get": 5, "put": 8}


def test_a_refresh_that_has_new_figures_reads_what_is_published_beside_them(world: World) -> None:
    world.feed.add("new/model", benchmarks={"artificial_analysis": {"intelligence_index": 50.0}})
    assert requests(world, refreshing)["get"] == 6


def test_a_refresh_that_loses_a_model_reads_no_shortlist_that_does_not_name_it(world: World) -> None:
    shortlist = world.published.curated
    assert shortlist is not None
    world.feed.drop(next(i for i in world.feed.ids if i not in named_by(shortlist)))
    assert requests(world, refreshing)["get"] == 5


def test_a_refresh_that_loses_a_recommended_model_reads_the_shortlist(world: World) -> None:
    shortlist = world.published.curated
    assert shortlist is not None
    world.feed.drop(named_by(shortlist)[0])
    assert requests(world, refreshing)["get"] == 7  # and the figures, to fill its place


def test_a_refresh_that_loses_a_recommended_model_stays_within_its_budget(world: World) -> None:
    shake(world)
    spent = requests(world, refreshing)
    assert spent["get"] <= 7  # of which one is for figures that changed in the same run, and one to mend the shortlist
    assert spent["put"] <= 13
    assert "list" not in spent


def test_a_run_of_everything_that_changes_everything_stays_within_its_budget(world: World) -> None:
    shake(world)
    world.run()
    world.wait(timedelta(days=15))
    shake(world)
    spent = requests(world, running_all)
    assert spent["get"] <= 8
    assert spent["put"] <= 13


def test_the_first_publish_writes_each_document_twice_and_little_else() -> None:
    world = World(store=MemoryStore())
    assert requests(world, running_all)["put"] == 13


def test_a_curation_that_changes_nothing_writes_the_heartbeat(world: World) -> None:
    assert requests(world, curating) == {"get": 8, "put": 1, "list": 3}


def test_a_slot_that_was_done_costs_the_reading_of_what_tells_so(world: World) -> None:
    slot = world.now
    jobs.refresh(world.runtime(), slot=slot)
    spent = requests(world, lambda world: jobs.refresh(world.runtime(), slot=slot))
    assert spent == {"get": 2}
