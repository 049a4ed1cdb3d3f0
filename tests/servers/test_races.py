"""Many refreshes at once on every kind of place, while a reader looks at the manifest all the time.

One delivery of a slot is carried out, whoever else gets the same one; of different slots none is lost; and whatever
the manifest names is whole at every moment.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from modelsync.errors import StoreError
from modelsync.shell.running import jobs
from modelsync.shell.running.runs import JobReport
from tests.promises import assert_in_order, generation_seen, lines_of_history
from tests.servers.places import Place
from tests.world import FEW, World, copy_of

SECONDS_BETWEEN_LOOKS = 0.02
DELIVERIES = 185
"""As often as EventBridge Scheduler tries, if nobody tells it otherwise."""

Run = Callable[[int], JobReport]


def at_once(run: Run, *, runs: int, place: Place) -> list[JobReport]:
    """What so many threads came to that started together.

    Where a run may be put off until it gives up, its slot is delivered again, as a scheduler would. No other place has
    that excuse.
    """
    start = threading.Barrier(runs)
    reports: list[JobReport] = []
    trouble: list[BaseException] = []

    def wait_and_run(number: int) -> None:
        start.wait()
        try:
            reports.append(delivered(lambda: run(number), excuse="found 429" if place.puts_off else None))
        except BaseException as error:  # noqa: BLE001  told in the main thread
            trouble.append(error)

    threads = [threading.Thread(target=wait_and_run, args=(number,)) for number in range(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    return reports


def delivered(run: Callable[[], JobReport], *, excuse: str | None) -> JobReport:
    """The report of the first delivery that comes to its end."""
    for _ in range(DELIVERIES - 1):
        try:
            return run()
        except StoreError as error:
            if excuse is None or excuse not in str(error):
                raise
    return run()


@contextmanager
def a_reader_at(place: Place) -> Iterator[list[int]]:
    """The generations that a reader of the manifest sees meanwhile, who finds each of them whole."""
    seen: list[int] = []
    trouble: list[BaseException] = []
    over = threading.Event()

    def look() -> None:
        store = place.open()
        try:
            while not over.wait(SECONDS_BETWEEN_LOOKS):
                seen.append(generation_seen(store))
        except BaseException as error:  # noqa: BLE001  told in the main thread
            trouble.append(error)

    reader = threading.Thread(target=look)
    reader.start()
    try:
        yield seen
    finally:
        over.set()
        reader.join()
    assert trouble == []


def published_once(place: Place) -> World:
    """A place at which one generation stands, with its world a few hours later."""
    world = World(FEW, store=place.open())
    world.run()
    world.wait()
    return world


def own_model(number: int) -> str:
    """The model that only this run sees."""
    return f"new/model-{number}"


def test_a_slot_that_is_delivered_twenty_times_at_once_is_carried_out_once(place: Place) -> None:
    start = published_once(place)
    slot = start.now

    def run(number: int) -> JobReport:
        world = World((*FEW, own_model(0)), store=place.open(), now=slot + timedelta(seconds=number))
        return jobs.refresh(world.runtime(), slot=slot)

    with a_reader_at(place) as seen:
        reports = at_once(run, runs=20, place=place)
    published = [report.run.outcome for report in reports].count("published")
    assert published == 1 or (place.puts_off and published == 0)  # it published, gave up behind it, and came again
    newest = World(store=place.open()).manifest.generation  # not always 2: a loser may have begun that one
    assert {report.run.generation for report in reports} == {newest}
    assert set(seen) <= {1, newest}
    assert_no_torn_set_was_seen(seen, newest=newest)
    assert_nothing_is_lost_or_told_twice(place, {own_model(0)})


@pytest.mark.parametrize(
    ("place", "runs"),
    [("memory", 20), ("folder", 20), ("ceph", 8), ("ministack", 8), ("hurried_r2", 5)],
    indirect=["place"],
)
def test_of_many_slots_at_once_each_publishes_a_generation(place: Place, runs: int) -> None:
    """As many as take a few seconds; `benchmarks` has twenty of them everywhere."""
    race_of_slots(place, runs)


def race_of_slots(place: Place, runs: int) -> None:
    """Let so many slots meet, each with a model of its own, and fail where one is lost, torn or told twice."""
    start = published_once(place)

    def run(number: int) -> JobReport:
        now = start.now + timedelta(minutes=number)
        world = World((*FEW, own_model(number)), store=place.open(), now=now)
        return jobs.refresh(world.runtime(), slot=now)

    with a_reader_at(place) as seen:
        reports = at_once(run, runs=runs, place=place)
    models = {own_model(number) for number in range(runs)}
    added = [line for line in lines_of_history(place.open()) if line["kind"] == "added" and line["id"] in models]
    assert len({line["generation"] for line in added}) == runs
    # Unchanged: it published, gave up behind it, and its slot was found done when it came again.
    assert {report.run.outcome for report in reports} <= {"published", "unchanged" if place.puts_off else "published"}
    assert_no_torn_set_was_seen(seen, newest=World(store=place.open()).manifest.generation)
    assert_nothing_is_lost_or_told_twice(place, models)


def assert_no_torn_set_was_seen(seen: list[int], *, newest: int) -> None:
    """The reader itself fails on a set that is not whole; it also never sees one that is older than the last."""
    assert seen == sorted(seen)
    assert seen[0] >= 1
    assert seen[-1] <= newest


def assert_nothing_is_lost_or_told_twice(place: Place, models: set[str]) -> None:
    left = copy_of(place.open())
    told = Counter(str(line["id"]) for line in lines_of_history(left) if line["kind"] == "added")
    assert {model_id: told[model_id] for model_id in models} == dict.fromkeys(models, 1)
    assert models <= World(store=left).published.states().keys()
    later = World((*FEW, *models), store=left)
    later.wait(timedelta(days=1))
    later.run()
    assert_in_order(left)
