"""A run that was asked for tells how it goes, however it ends."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from modelsync.errors import FeedFormatError, StoreError
from modelsync.shell.asking.asked_jobs import LocalRuns, carry_out
from modelsync.shell.asking.asked_runs import AskedRun, ask, current
from modelsync.shell.running.jobs import curate, refresh
from modelsync.shell.running.runs import JobReport
from modelsync.shell.running.runtime import Runtime
from tests.world import FEW, START, ReadFeed, World

ID = "r1"


@pytest.fixture
def world() -> World:
    return World(FEW)


def asked(world: World, target: str = "all", *, dry_run: bool = False) -> AskedRun:
    return ask(world.store, "models/", target=target, dry_run=dry_run, now=START, new_id=lambda: ID)


def did(world: World, job: Callable[[Runtime], JobReport], *, read: ReadFeed | None = None) -> JobReport:
    runtime = world.runtime(read=read)
    return carry_out(runtime, ID, lambda: job(runtime))


def told(world: World) -> AskedRun:
    run = current(world.store, "models/").run
    assert run is not None
    return run


def test_a_run_that_went_well_tells_outcome_and_generation(world: World) -> None:
    asked(world)
    report = did(world, refresh)
    assert report.run.outcome == "published"
    assert (told(world).outcome, told(world).generation, told(world).message) == ("published", 1, None)
    assert (told(world).started_at, told(world).finished_at) == (START, START)


def test_a_run_is_running_while_its_job_is_at_work(world: World) -> None:
    asked(world)
    states = []

    def job(runtime: Runtime) -> JobReport:
        states.append(told(world).state(START))
        return refresh(runtime)

    did(world, job)
    assert states == ["running"]


def test_a_held_feed_tells_why(world: World) -> None:
    world.run()
    world.wait()
    world.feed.drop(*FEW[:6])
    asked(world)
    did(world, refresh)
    assert (told(world).outcome, told(world).generation) == ("held", 1)
    assert "ids gone: 6 of 12" in (told(world).message or "")


def test_a_feed_that_is_refused_is_told_and_the_error_goes_on(world: World) -> None:
    asked(world)
    with pytest.raises(FeedFormatError):
        did(world, refresh, read=lambda: b"<html>")
    assert told(world).outcome == "refused"
    assert (told(world).message or "").startswith("openrouter feed: body: expected JSON")


def test_a_job_that_cannot_be_done_is_told_as_failed(world: World) -> None:
    asked(world, "curated")
    with pytest.raises(Exception, match="nothing is published yet"):
        did(world, curate)
    assert (told(world).outcome, told(world).generation) == ("failed", None)


def test_a_defect_is_told_by_its_type_alone(world: World) -> None:
    asked(world)

    def read() -> bytes:
        raise ZeroDivisionError("secret words")

    with pytest.raises(ZeroDivisionError):
        did(world, refresh, read=read)
    assert told(world).message == "a defect: ZeroDivisionError; the log of the run says more"


def test_a_run_that_was_replaced_is_carried_out_and_leaves_the_other_one_alone(world: World) -> None:
    asked(world)
    ask(world.store, "models/", target="all", dry_run=False, now=START + timedelta(minutes=20), new_id=lambda: "r2")
    assert did(world, refresh).run.outcome == "published"
    assert (told(world).run, told(world).started_at) == ("r2", None)


@pytest.mark.parametrize(
    ("target", "dry_run", "generation"), [("all", False, 1), ("openrouter", False, 1), ("all", True, None)]
)
def test_a_local_run_does_what_its_target_says(
    world: World, target: str, dry_run: bool, generation: int | None
) -> None:
    said: list[str] = []
    runs = LocalRuns(lambda _: world.runtime(), said.append)
    runs.start(asked(world, target, dry_run=dry_run))
    runs.wait()
    assert not runs.is_under_way()
    assert told(world).state(START) == "finished"
    manifest = world.runtime().repository.load_manifest()
    assert (manifest.generation if manifest else None) == generation
    assert said == [f"run {ID} of {target}: published, generation 1"]


@pytest.mark.parametrize(
    ("target", "source"),
    [("all", "openrouter"), ("openrouter", "openrouter"), ("curated", "openrouter"), ("deepseek", "deepseek")],
)
def test_a_local_run_is_made_for_the_source_of_its_target_and_anew_each_time(
    world: World, target: str, source: str
) -> None:
    made: list[str] = []

    def runtime_of(name: str) -> Runtime:
        made.append(name)
        return world.runtime()

    runs = LocalRuns(runtime_of, lambda _: None)
    assert target in runs.targets
    for _ in range(2):
        runs.start(asked(world, target))
        runs.wait()
    assert made == [source, source]


def test_a_local_run_that_fails_is_said_and_ends_its_thread(world: World) -> None:
    said: list[str] = []
    runs = LocalRuns(lambda _: world.runtime(), said.append)
    runs.start(asked(world, "curated"))
    runs.wait()
    assert said == [f"run {ID} of curated: curate: nothing is published yet; run `syncmodels refresh` first"]
    assert told(world).outcome == "failed"


def test_a_defect_in_a_local_run_is_said_too(world: World) -> None:
    said: list[str] = []

    def read() -> bytes:
        raise ZeroDivisionError("oops")

    runs = LocalRuns(lambda _: world.runtime(read=read), said.append)
    runs.start(asked(world))
    runs.wait()
    assert said == [f"run {ID} of all: a defect, ZeroDivisionError: oops"]


def test_a_server_that_gives_up_tells_that_its_run_will_not_end(world: World) -> None:
    given_up: list[AskedRun] = []

    def read() -> bytes:
        runs.give_up()
        given_up.append(told(world))
        raise StoreError("the process is gone")

    runs = LocalRuns(lambda _: world.runtime(read=read), lambda _: None)
    runs.start(asked(world))
    runs.wait()
    assert [(run.outcome, run.message) for run in given_up] == [
        ("failed", "the server was stopped before the run was over")
    ]


def test_giving_up_where_no_run_is_at_work_tells_nothing(world: World) -> None:
    runs = LocalRuns(lambda _: world.runtime(), lambda _: None)
    runs.start(asked(world))
    runs.wait()
    runs.give_up()
    assert told(world).outcome == "published"
