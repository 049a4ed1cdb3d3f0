"""Wherever a run is stopped, a reader of the manifest sees one whole set, and the next run puts the rest in order.

Once for each flush of the disk with processes that are really killed, and once for each operation of a store in
memory, with all that an operation can do when it fails.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path

import pytest

import modelsync.errors
from modelsync.errors import FeedError, StoreError
from modelsync.shell.running import jobs
from modelsync.shell.running.runs import JobReport
from modelsync.shell.storage.directory_store import DirectoryStore
from tests.faulty_stores import OPERATIONS, WRITES, Failing, Fault, LostAt
from tests.promises import assert_fixed_names_are_the_set, assert_in_order, generation_seen
from tests.shell.killed_runs import ADDED, CHANGED, second_day
from tests.world import FEW, World, copy_of

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = Path(modelsync.errors.__file__).parents[1]
STATUS = "models/openrouter/status.json"
MANIFEST = "models/openrouter/manifest.json"


# Processes that are killed.


def kill_at_every_flush(folder: Path) -> list[Path]:
    """The stores that killed runs left behind, in the order of the flush where they died."""
    command = [sys.executable, "-c", "from tests.shell.killed_runs import main; main()", str(folder)]
    environment = {"PYTHONPATH": f"{SOURCES}:{REPOSITORY}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return [folder / str(flush) for flush in range(1, int(done.stdout) + 1)]


@pytest.fixture(scope="module", params=[0, 1], ids=["the first publish", "a later publish"])
def before(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """The generation that stands before the run that is killed, and a folder with its store."""
    folder = tmp_path_factory.mktemp("killed")
    (folder / "before").mkdir()
    if request.param:
        World(FEW, store=quick(folder / "before")).run()
    return request.param, folder


@pytest.fixture(scope="module")
def killed(before: tuple[int, Path]) -> tuple[int, list[Path]]:
    """The generation that stood before, and what each killed run left."""
    generation, folder = before
    return generation, kill_at_every_flush(folder)


def quick(root: Path) -> DirectoryStore:
    return DirectoryStore(root, sync=lambda _: None)


def test_runs_are_killed_at_dozens_of_places(killed: tuple[int, list[Path]]) -> None:
    assert len(killed[1]) >= 25


def test_a_reader_of_the_manifest_sees_the_old_set_or_the_new_one(killed: tuple[int, list[Path]]) -> None:
    old, left = killed
    seen = [generation_seen(quick(root)) for root in left]
    assert seen == sorted(seen)
    assert set(seen) == {old, old + 1}


def test_the_next_run_repairs_and_publishes(killed: tuple[int, list[Path]], tmp_path: Path) -> None:
    old, left = killed
    for root in left:
        world = second_day(quick(shutil.copytree(root, tmp_path / root.name)))
        world.wait()
        world.run()
        assert world.manifest.generation > old
        assert (world.state_of(ADDED), world.model(CHANGED).pricing.prompt_per_million) == ("active", "3")
        assert_in_order(world.store)


# A store that fails, in memory.


def refreshing(world: World) -> JobReport:
    return jobs.refresh(world.runtime())


def running_all(world: World) -> JobReport:
    return jobs.run_all(world.runtime())


def curating(world: World) -> JobReport:
    return jobs.curate(world.runtime())


def rolling_back(world: World) -> JobReport:
    return jobs.rollback(world.runtime(), 1)


def before_the_first_publish() -> World:
    return World(FEW)


def before_a_later_publish() -> World:
    world = World(FEW)
    world.run()
    return second_day(world.store)


def before_a_sweep() -> World:
    """Somebody is missing so long that a curation buries them, with a change of the shortlist and a redirect."""
    world = World(FEW)
    world.run()
    world.feed.drop("anthropic/claude-haiku-4.5")
    world.wait()
    world.refresh()
    world.wait(timedelta(days=15))
    world.feed.add("anthropic/claude-haiku-5")
    world.refresh()
    return world


def before_a_rollback() -> World:
    world = before_a_later_publish()
    world.run()
    world.wait()
    return world


def before_a_new_month() -> World:
    """The history goes on in another file."""
    world = before_a_later_publish()
    world.wait(timedelta(days=31))
    return world


def after_a_killed_run() -> World:
    """Fixed names are half written, and the manifest is the old one."""
    world = before_a_later_publish()
    with pytest.raises(StoreError):
        jobs.run_all(world.runtime(store=Failing(world.store, at=8, for_good=True)))
    world.wait()
    return world


SITUATIONS = {
    "the first publish": (before_the_first_publish, running_all),
    "a later publish": (before_a_later_publish, running_all),
    "a refresh alone": (before_a_later_publish, refreshing),
    "a sweep": (before_a_sweep, curating),
    "a rollback": (before_a_rollback, rolling_back),
    "a new month": (before_a_new_month, running_all),
    "a publish after a killed one": (after_a_killed_run, running_all),
}
situations = pytest.mark.parametrize(("prepare", "job"), SITUATIONS.values(), ids=SITUATIONS.keys())

Prepare = Callable[[], World]
OnWorld = Callable[[World], JobReport]


@dataclass(frozen=True)
class Aftermath:
    """A world after a run in which one operation of the store went wrong, with its store in order again."""

    world: World
    failed_at: str
    reported: bool
    known: Mapping[str, str]
    """Everyone published before that run, and their states."""
    generation: int
    """What stood before that run."""

    @cached_property
    def after_the_next_run(self) -> World:
        world = self.world.twin()
        world.wait()
        world.run()
        return world


@cache
def aftermaths(
    prepare: Prepare,
    job: OnWorld,
    *,
    fault: Fault = Fault.NOT_DONE,
    verbs: frozenset[str] = WRITES,
    for_good: bool = False,
) -> tuple[Aftermath, ...]:
    """The same run again and again, with a store that fails at its first, second, ... operation."""
    start = prepare()
    generation = generation_seen(start.store)
    known = {i: str(state) for i, state in start.published.states().items()}
    found: list[Aftermath] = []
    for at in range(1, 500):
        world = start.twin()
        failing = Failing(world.store, at=at, fault=fault, verbs=verbs, for_good=for_good)
        world.store = failing
        reported = reports_a_fault(job, world)
        world.store = failing.healthy
        if failing.failed_at is None:
            return tuple(found)
        found.append(Aftermath(world, failing.failed_at, reported, known, generation))
    raise AssertionError("a run does not end")


def reports_a_fault(job: OnWorld, world: World) -> bool:
    try:
        job(world)
    except StoreError:
        return True
    return False


faults = pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.value)


@situations
@faults
def test_whichever_write_fails_a_reader_sees_one_whole_set(prepare: Prepare, job: OnWorld, fault: Fault) -> None:
    for left in aftermaths(prepare, job, fault=fault):
        assert generation_seen(left.world.store) >= left.generation


@situations
@faults
def test_whichever_write_fails_the_next_run_puts_all_in_order(prepare: Prepare, job: OnWorld, fault: Fault) -> None:
    for left in aftermaths(prepare, job, fault=fault):
        assert_in_order(left.after_the_next_run.store)


@situations
@faults
def test_whichever_write_fails_nobody_ever_published_is_forgotten(prepare: Prepare, job: OnWorld, fault: Fault) -> None:
    for left in aftermaths(prepare, job, fault=fault):
        assert left.known.keys() <= left.after_the_next_run.published.states().keys()


@situations
def test_the_heartbeat_tells_which_write_failed(prepare: Prepare, job: OnWorld) -> None:
    for left in aftermaths(prepare, job):
        if left.failed_at != STATUS:
            attempt = left.world.status.last_attempt
            assert attempt.outcome == "failed"
            assert f"store: {left.failed_at}: out of order" in (attempt.message or "")


@situations
def test_a_fault_is_never_passed_over_in_silence(prepare: Prepare, job: OnWorld) -> None:
    assert all(left.reported for left in aftermaths(prepare, job))


@situations
def test_a_repetition_that_finds_its_own_write_is_no_failure(prepare: Prepare, job: OnWorld) -> None:
    """What a client of an object store does by itself: the answer to a write is lost, and it writes again."""
    for left in aftermaths(prepare, job, fault=Fault.DONE_BUT_LOST):
        assert not left.reported
        assert left.world.status.last_attempt.outcome in ("published", "unchanged")
        assert_in_order(left.world.store)


@situations
def test_a_store_that_is_lost_for_good_half_way_leaves_one_whole_set(prepare: Prepare, job: OnWorld) -> None:
    for left in aftermaths(prepare, job, for_good=True):
        assert left.reported
        assert generation_seen(left.world.store) >= left.generation


@situations
def test_whichever_operation_fails_the_next_run_puts_all_in_order(prepare: Prepare, job: OnWorld) -> None:
    for left in aftermaths(prepare, job, verbs=OPERATIONS):
        assert_in_order(left.after_the_next_run.store)


def test_two_runs_in_a_row_may_be_stopped_anywhere() -> None:
    for first in aftermaths(before_a_later_publish, running_all, for_good=True):
        first.world.wait()
        for second in aftermaths(first.world.twin, running_all, for_good=True):
            assert_in_order(second.after_the_next_run.store)


def test_runs_that_are_stopped_thirty_times_in_a_row_do_not_stop_the_next_one() -> None:
    """Each leaves a generation that is taken and was never published."""
    world = before_a_later_publish()
    for _ in range(30):
        world.wait()
        with pytest.raises(StoreError):
            jobs.run_all(world.runtime(store=LostAt(world.store, key=MANIFEST)))
    world.wait()
    assert world.run().run.outcome == "published"


# Who repairs.


def half_written() -> World:
    """A world whose last run was killed before its manifest: all fixed names are too new."""
    world = before_a_later_publish()
    with pytest.raises(StoreError):
        jobs.run_all(world.runtime(store=LostAt(world.store, key=MANIFEST)))
    world.wait()
    return world


def test_a_killed_run_does_leave_fixed_names_that_are_too_new() -> None:
    world = half_written()
    with pytest.raises(AssertionError, match=r"\.json is not generation 1"):
        assert_fixed_names_are_the_set(world.store, world.manifest)


def test_a_run_that_finds_the_old_world_again_repairs() -> None:
    world = half_written()
    unchanged = World(FEW, store=world.store, now=world.now)
    assert unchanged.run().run.outcome == "unchanged"
    assert_in_order(world.store)


def test_a_curation_repairs() -> None:
    world = half_written()
    world.curate()
    assert_in_order(world.store)


def test_a_run_on_a_feed_that_is_held_repairs() -> None:
    world = half_written()
    world.feed.drop(*FEW[:4])
    assert world.run().run.outcome == "held"
    assert_in_order(world.store)


def test_a_run_on_a_feed_that_is_refused_repairs() -> None:
    world = half_written()
    with pytest.raises(FeedError):
        world.run(body=b"<html>")
    assert_in_order(world.store)


def test_a_dry_run_repairs_nothing() -> None:
    world = half_written()
    before = world.bytes_of_documents()
    world.run(dry_run=True)
    assert world.bytes_of_documents() == before


def test_a_set_whose_copies_are_all_lost_but_whose_fixed_names_stand_is_told() -> None:
    world = World(FEW)
    world.run()
    damaged = copy_of(world.store)
    damaged.put("models/openrouter/current.json", b"{}")
    damaged.put("models/openrouter/sets/1/current.json", b"{}")
    world.store = damaged
    with pytest.raises(StoreError, match=r"sets/1/current\.json: expected sha256"):
        world.run()
    assert world.status.last_attempt.outcome == "failed"
