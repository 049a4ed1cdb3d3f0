"""A slot of a schedule: delivered twice, late or at once, it changes nothing a second time."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from modelsync.errors import FeedUnavailableError, UsageError
from modelsync.shell.publishing.slots import MOST_KEPT, Slot, slot_time, with_slot
from modelsync.shell.running import jobs
from tests.faulty_stores import Interrupted, LostAt, Watched
from tests.promises import assert_in_order, generation_seen
from tests.world import FEW, START, World

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MANIFEST = "models/openrouter/manifest.json"
STATUS = "models/openrouter/status.json"


@pytest.fixture
def world() -> World:
    """A catalog whose feed has something new for the noon slot."""
    made = World(FEW)
    made.run()
    made.now = NOON + timedelta(seconds=20)
    made.feed.add("new/model")
    return made


def unchanging(world: World) -> dict[str, bytes]:
    """Every object there is, by its key."""
    return {key: stored.body for key in world.store.list() if (stored := world.store.get(key)) is not None}


def unread() -> bytes:
    raise AssertionError("the feed was asked for")


def test_a_slot_that_is_delivered_twice_reads_no_feed_and_writes_nothing(world: World) -> None:
    jobs.refresh(world.runtime(), slot=NOON)
    world.feed.add("another/model")
    world.wait(timedelta(minutes=3))
    before = unchanging(world)
    report = jobs.refresh(world.runtime(read=unread), slot=NOON)
    assert (report.repeated, report.run.outcome) == (True, "unchanged")
    assert report.run.message == "refresh of 2026-06-01T12:00:00Z was done before"
    assert unchanging(world) == before


def test_a_slot_that_found_nothing_new_is_known_as_well(world: World) -> None:
    jobs.refresh(world.runtime())
    world.wait(timedelta(minutes=1))
    assert jobs.refresh(world.runtime(), slot=NOON).run.outcome == "unchanged"
    world.feed.add("another/model")
    before = unchanging(world)
    assert jobs.refresh(world.runtime(read=unread), slot=NOON).repeated
    assert unchanging(world) == before


def test_a_slot_that_was_held_waits_for_another_one(world: World) -> None:
    world.feed.drop(*world.feed.ids[:4])
    assert jobs.refresh(world.runtime(), slot=NOON).run.outcome == "held"
    world.wait(timedelta(minutes=30))
    assert jobs.refresh(world.runtime(), slot=NOON).repeated
    assert world.status.held_feed is not None


def test_a_slot_that_failed_is_run_again(world: World) -> None:
    def silent() -> bytes:
        raise FeedUnavailableError("the feed does not answer")

    with pytest.raises(FeedUnavailableError):
        jobs.refresh(world.runtime(read=silent), slot=NOON)
    assert jobs.refresh(world.runtime(), slot=NOON).run.outcome == "published"


def test_a_slot_whose_heartbeat_was_lost_is_known_by_the_manifest(world: World) -> None:
    with pytest.raises(Exception, match="out of order"):
        jobs.refresh(world.runtime(store=LostAt(world.store, key=STATUS)), slot=NOON)
    assert world.manifest.slots == {"refresh": (NOON,)}
    assert jobs.refresh(world.runtime(read=unread), slot=NOON).repeated


def test_a_slot_that_was_stopped_before_its_manifest_is_run_again(world: World) -> None:
    with pytest.raises(Exception, match="out of order"):
        jobs.refresh(world.runtime(store=LostAt(world.store, key=MANIFEST)), slot=NOON)
    report = jobs.refresh(world.runtime(), slot=NOON)
    assert (report.repeated, report.run.outcome) == (False, "published")
    assert world.state_of("new/model") == "active"
    assert_in_order(world.store)


@pytest.mark.parametrize("at", range(1, 24))
def test_a_slot_that_is_delivered_at_once_publishes_one_generation(world: World, at: int) -> None:
    shared = world.store
    other = world.runtime(body=world.feed.body)
    store = Interrupted(shared, at=at, act=lambda: jobs.refresh(other, slot=NOON))
    jobs.refresh(world.runtime(store=store), slot=NOON)
    if store.was_reached:
        assert generation_seen(shared) == 2
        assert world.status.slots["refresh"] == (NOON,)


def test_twenty_deliveries_at_once_publish_one_generation(world: World) -> None:
    runtimes = [world.runtime() for _ in range(20)]
    threads = [Thread(target=jobs.refresh, args=(each,), kwargs={"slot": NOON}) for each in runtimes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert generation_seen(world.store) == 2
    assert_in_order(world.store)


def test_a_late_slot_that_was_not_done_is_run(world: World) -> None:
    jobs.refresh(world.runtime(), slot=NOON + timedelta(hours=6))
    world.feed.add("another/model")
    assert jobs.refresh(world.runtime(), slot=NOON).run.outcome == "published"
    assert world.manifest.slots["refresh"] == (NOON, NOON + timedelta(hours=6))


def test_the_jobs_have_slots_of_their_own(world: World) -> None:
    jobs.refresh(world.runtime(), slot=NOON)
    world.wait(timedelta(minutes=1))
    assert not jobs.curate(world.runtime(), slot=NOON).repeated
    assert jobs.curate(world.runtime(), slot=NOON).repeated


def test_the_raw_body_is_kept_under_the_hour_of_the_slot(world: World) -> None:
    world.now = NOON + timedelta(hours=1, minutes=5)
    jobs.refresh(world.runtime(), slot=NOON)
    assert world.manifest.source.snapshot == "openrouter/raw-2026060112.json"


def test_a_run_by_hand_has_no_slot(world: World) -> None:
    watched = Watched(world.store)
    jobs.refresh(world.runtime(store=watched))
    assert watched.written != []
    assert world.manifest.slots == {}


def test_the_newest_slots_are_remembered() -> None:
    done: dict[str, tuple[datetime, ...]] = {}
    for number in range(30):
        done = with_slot(done, Slot("refresh", START + timedelta(hours=number)))
    assert done["refresh"] == tuple(START + timedelta(hours=number) for number in range(30 - MOST_KEPT, 30))


def test_a_slot_is_read_as_the_scheduler_writes_it() -> None:
    assert slot_time("2026-08-08T18:00:00Z") == datetime(2026, 8, 8, 18, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "today", "2026-08-08T18:00:00", "<aws.scheduler.scheduled-time>"])
def test_a_slot_that_is_no_time_with_its_zone_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="slot: expected a time with its zone, 2026-08-08T18:00:00Z, found "):
        slot_time(text)
