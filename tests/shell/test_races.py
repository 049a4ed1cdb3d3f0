"""Several runs at once on one store: every reader sees whole sets, and nobody's update is lost or told twice.

Three ways to make them meet: a second run right before each operation of a first one, threads that take turns at
every operation in many orders, and real processes on a folder.
"""

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

import modelsync.errors
from modelsync.errors import FeedError
from modelsync.shell.running import jobs
from modelsync.shell.storage.directory_store import DirectoryStore
from tests.faulty_stores import Interrupted, TakingTurns, Turns
from tests.promises import assert_fixed_names_are_the_set, assert_in_order, generation_seen, lines_of_history, whole_set
from tests.shell.racing_runs import PROCESSES, ROUNDS, own_model
from tests.world import FEW, World, copy_of

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = Path(modelsync.errors.__file__).parents[1]
MINE, THEIRS = "new/mine", "new/theirs"

Prepare = Callable[[World], World]
OnWorld = Callable[[World], object]


# A second run before each operation of a first one.


def with_another_feed(world: World) -> World:
    world.feed.add(MINE)
    return world


def with_the_same_feed(world: World) -> World:
    return world


def with_a_doubtful_feed(world: World) -> World:
    world.feed.drop(*FEW[:3])
    return world


def refreshing(world: World) -> object:
    return jobs.refresh(world.runtime())


def running_all(world: World) -> object:
    return jobs.run_all(world.runtime())


def curating(world: World) -> object:
    return jobs.curate(world.runtime())


def rolling_back(world: World) -> object:
    return jobs.rollback(world.runtime(), 1)


def refused(world: World) -> object:
    with pytest.raises(FeedError):
        jobs.refresh(world.runtime(body=b"<html>"))
    return None


FIRST_RUNS: dict[str, tuple[Prepare, OnWorld]] = {
    "a run with a change": (with_another_feed, running_all),
    "a refresh with a change": (with_another_feed, refreshing),
    "a run without a change": (with_the_same_feed, running_all),
    "a run on a doubtful feed": (with_a_doubtful_feed, running_all),
    "a run on a refused feed": (with_the_same_feed, refused),
    "a curation": (with_the_same_feed, curating),
    "a rollback": (with_the_same_feed, rolling_back),
}
first_runs = pytest.mark.parametrize(("prepare", "job"), FIRST_RUNS.values(), ids=FIRST_RUNS.keys())


def standing() -> World:
    """Two generations are published, so that one can be rolled back to."""
    world = World(FEW)
    world.run()
    world.feed.set(FEW[0], context_length=65536)
    world.wait()
    world.run()
    return world


@cache
def interrupted(prepare: Prepare, job: OnWorld) -> tuple[World, ...]:
    """The world behind the two runs, for each operation of the first one at which they met."""
    start = standing()
    met: list[World] = []
    for at in range(1, 500):
        first, second = start.twin(), start.twin()
        first.wait()
        second.wait(timedelta(hours=6, minutes=5))
        second.feed.add(THEIRS)
        second.store = shared = first.store
        first.store = meeting = Interrupted(shared, at=at, act=second.run)
        job(prepare(first))
        first.store = shared
        if not meeting.was_reached:
            return tuple(met)
        met.append(first)
    raise AssertionError("a run does not end")


@first_runs
def test_a_second_run_in_between_is_not_lost(prepare: Prepare, job: OnWorld) -> None:
    for world in interrupted(prepare, job):
        assert "added" in world.happened_to(THEIRS)


@pytest.mark.parametrize("job", [running_all, refreshing])
def test_a_run_that_is_interrupted_is_not_lost_itself(job: OnWorld) -> None:
    for world in interrupted(with_another_feed, job):
        assert "added" in world.happened_to(MINE)


@first_runs
def test_whole_sets_are_seen_behind_two_runs_that_met(prepare: Prepare, job: OnWorld) -> None:
    for world in interrupted(prepare, job):
        assert generation_seen(world.store) in (3, 4, 5)


@first_runs
def test_two_runs_that_met_leave_the_fixed_names_of_the_set(prepare: Prepare, job: OnWorld) -> None:
    for world in interrupted(prepare, job):
        assert_fixed_names_are_the_set(world.store, world.manifest)


@first_runs
def test_two_runs_that_met_tell_nothing_twice(prepare: Prepare, job: OnWorld) -> None:
    for world in interrupted(prepare, job):
        lines = Counter(json.dumps(line, sort_keys=True) for line in lines_of_history(world.store))
        assert [line for line, times in lines.items() if times > 1] == []


@first_runs
def test_the_run_after_two_that_met_finds_or_puts_all_in_order(prepare: Prepare, job: OnWorld) -> None:
    for world in interrupted(prepare, job):
        later = world.twin()
        later.wait()
        later.run()
        assert_in_order(later.store)


def test_a_run_that_was_second_and_is_then_held_leaves_the_fixed_names_of_the_first() -> None:
    """Against what stood its feed lost one of twelve; against what the other one published, three of fourteen."""
    start, held = standing(), 0
    for at in range(1, 500):
        world, other = start.twin(), start.twin()
        for each in (world, other):
            each.wait()
        world.feed.drop(FEW[0])
        other.feed.add(THEIRS)
        other.feed.add("new/theirs-too")
        other.store = shared = world.store
        world.store = meeting = Interrupted(shared, at=at, act=other.run)
        held += world.run().run.outcome == "held"
        world.store = shared
        assert_fixed_names_are_the_set(shared, world.manifest)
        if not meeting.was_reached:
            break
    assert held > 5


def test_a_hold_is_not_forgotten_when_a_curation_comes_in_between() -> None:
    start = standing()
    for at in range(1, 500):
        world = start.twin()
        with_a_doubtful_feed(world)
        other = World(FEW, store=world.store, now=world.now)
        shared = world.store
        world.store = meeting = Interrupted(shared, at=at, act=other.curate)
        world.run()
        world.store = shared
        assert world.status.held_feed is not None
        if not meeting.was_reached:
            return


def test_two_runs_that_meet_at_the_turn_of_a_month_tell_nothing_twice() -> None:
    """The one that began before midnight is the one that publishes last."""
    world = World(FEW, now=datetime(2026, 6, 30, 23, 55, tzinfo=UTC))
    world.run()
    world.feed.add(MINE)
    late = World((*FEW, THEIRS), store=world.store, now=datetime(2026, 7, 1, 0, 5, tzinfo=UTC))
    shared = world.store
    world.store = Interrupted(shared, at=1, act=late.run)
    world.run()
    world.store = shared
    late.wait()
    late.feed.add("new/third")
    late.run()
    lines = Counter(json.dumps(line, sort_keys=True) for line in lines_of_history(shared))
    assert [line for line, times in lines.items() if times > 1] == []
    assert_in_order(shared)


# Threads that take turns.


@pytest.mark.parametrize("seed", range(60))
def test_in_whatever_order_three_threads_take_turns_nothing_is_lost(seed: int) -> None:
    start = standing()
    turns = Turns(seed)
    turns.expect(range(3))
    trouble: list[BaseException] = []

    def run(number: int) -> None:
        world = World(FEW, now=start.now + timedelta(hours=6, minutes=number))
        world.feed = start.twin().feed
        world.feed.add(f"new/model-{number}")
        world.store = TakingTurns(start.store, turns=turns, number=number)
        try:
            with turns.taken_by(number):
                world.run()
        except BaseException as error:  # noqa: BLE001  told in the main thread
            trouble.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    for number in range(3):
        assert "added" in start.happened_to(f"new/model-{number}")
    assert_in_order(start.store)


# Processes on a folder.


Ended = tuple[int, list[str], list[int]]
"""Number, outcomes and generations of one process."""


def race(folder: Path, scenario: str) -> list[Ended]:
    """How eight processes ended."""
    World(store=DirectoryStore(folder, sync=lambda _: None)).run()
    command = [sys.executable, "-c", "from tests.shell.racing_runs import main; main()", str(folder), scenario]
    environment = {"PYTHONPATH": f"{SOURCES}:{REPOSITORY}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return sorted((number, outcomes, generations) for number, outcomes, generations in parsed_lines(done.stdout))


def parsed_lines(text: str) -> Iterator[Ended]:
    yield from map(json.loads, text.splitlines())


@pytest.fixture(scope="module")
def raced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Ended]]:
    """A folder in which eight processes ran three times each, on different feeds, and how they ended."""
    folder = tmp_path_factory.mktemp("raced")
    return folder, race(folder, "different feeds")


def test_eight_processes_with_three_feeds_each_lose_none(raced: tuple[Path, list[Ended]]) -> None:
    lines = lines_of_history(DirectoryStore(raced[0]))
    told = Counter(line["id"] for line in lines if line["kind"] == "added")
    own = [own_model(number, turn) for number in range(PROCESSES) for turn in range(ROUNDS)]
    assert {model_id: told[model_id] for model_id in own} == dict.fromkeys(own, 1)


def test_eight_processes_publish_every_generation_once(raced: tuple[Path, list[Ended]]) -> None:
    folder, ended = raced
    published = [generation for _, _, generations in ended for generation in generations]
    assert len(set(published)) == PROCESSES * ROUNDS
    assert all(generations == sorted(generations) for _, _, generations in ended)
    assert max(published) == generation_seen(DirectoryStore(folder))


def test_eight_processes_leave_a_store_that_the_next_run_finds_or_puts_in_order(
    raced: tuple[Path, list[Ended]],
) -> None:
    world = World(store=copy_of(DirectoryStore(raced[0])))
    world.wait(timedelta(days=1))
    world.run()
    assert_in_order(world.store)


def test_eight_processes_in_the_same_slot_publish_one_generation(tmp_path: Path) -> None:
    ended = race(tmp_path, "the same slot")
    assert sorted(outcome for _, [outcome], _ in ended) == ["published"] + ["unchanged"] * (PROCESSES - 1)
    assert {generation for _, _, [generation] in ended} == {2}
    assert_in_order(DirectoryStore(tmp_path))


def test_no_heartbeat_of_eight_processes_forgets_a_held_feed(tmp_path: Path) -> None:
    ended = race(tmp_path, "one is held")
    assert ended[0][1] == ["held"]
    world = World(store=DirectoryStore(tmp_path))
    assert world.status.held_feed is not None
    manifest, _ = whole_set(world.store)
    assert manifest.generation == 1
