"""Feeds that must not be published: what was published stands, no clock moves, and the heartbeat names the cause.

The feeds are in `tests.feeds.bad_feeds`; every promise here is held for each of them, through the real jobs.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from modelsync.catalog.documents import Status
from modelsync.errors import ModelsyncError
from modelsync.shell.running import jobs
from tests.feeds.bad_feeds import BAD_FEEDS, GOOD_IDS, BadFeed, Place
from tests.feeds.feed_server import Answer, FeedServer
from tests.promises import assert_in_order
from tests.world import World

MISSING = "large-0/missing"
NEW = "large-0/new"


@dataclass(frozen=True)
class Meeting:
    """A bad feed met: the world behind it, and what was seen on the way."""

    bad: BadFeed
    world: World
    error: ModelsyncError | None
    before: Mapping[str, bytes]
    status_before: Status
    raw_kept: tuple[bytes, ...]
    body: bytes | None
    """What was read, if anything was."""


@pytest.fixture(scope="module")
def server() -> Iterator[FeedServer]:
    patched = pytest.MonkeyPatch()
    patched.setenv("NO_PROXY", "127.0.0.1")
    running = FeedServer()
    yield running
    running.stop()
    patched.undo()


@pytest.fixture(scope="module")
def good_world() -> World:
    """A hundred models are listed, and one is missing for five days."""
    world = World((*GOOD_IDS, MISSING))
    world.run()
    world.feed.drop(MISSING)
    world.wait()
    world.refresh()
    world.wait(timedelta(days=5))
    return world


@pytest.fixture(scope="module", params=BAD_FEEDS, ids=lambda bad: bad.sentence)
def met(
    request: pytest.FixtureRequest,
    good_world: World,
    server: FeedServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Meeting:
    bad: BadFeed = request.param
    place = Place(good_world.feed.records, server, tmp_path_factory.mktemp("feeds"))
    return meet(bad, good_world.twin(), place)


def meet(bad: BadFeed, world: World, place: Place) -> Meeting:
    before, status, raw_before = world.bytes_of_documents(), world.status, raw_bodies(world)
    read, error, body = bad.reader(place), None, []

    def remember() -> bytes:
        body.append(read())
        return body[-1]

    try:
        jobs.run_all(world.runtime(read=remember))
    except ModelsyncError as raised:
        error = raised
    kept = raw_bodies(world)[len(raw_before) :]
    return Meeting(bad, world, error, before, status, kept, body[-1] if body else None)


def raw_bodies(world: World) -> tuple[bytes, ...]:
    keys = world.store.list("models/openrouter/raw-")
    return tuple(stored.body for key in keys if (stored := world.store.get(key)) is not None)


def test_nothing_that_is_published_changes(met: Meeting) -> None:
    assert met.world.bytes_of_documents() == met.before


def test_who_is_to_blame_is_said_by_the_type_of_the_error(met: Meeting) -> None:
    assert type(met.error) is (type(None) if met.bad.ends == "held" else met.bad.error)


def test_the_heartbeat_names_the_cause_in_one_clean_line(met: Meeting) -> None:
    attempt = met.world.status.last_attempt
    message = attempt.message or ""
    assert attempt.outcome == met.bad.ends
    assert re.search(met.bad.cause, message)
    assert message.isprintable()
    assert len(message) <= 500


def test_the_heartbeat_counts_the_failure_and_keeps_the_last_success(met: Meeting) -> None:
    before, after = met.status_before, met.world.status
    assert (after.last_success, after.observed_at) == (before.last_success, before.observed_at)
    assert (before.consecutive_failures, after.consecutive_failures) == (0, 1)


def test_a_hold_is_told_apart_from_a_refusal(met: Meeting) -> None:
    held = met.world.status.held_feed
    assert (held is not None) == (met.bad.ends == "held")
    assert held is None or re.search(met.bad.cause, held.reason)


def twenty_days_and_a_sweep(world: World) -> World:
    later = world.twin()
    later.wait(timedelta(days=20))
    later.curate()
    return later


def a_good_feed(world: World) -> World:
    later = world.twin()
    later.feed.add(NEW)
    later.wait()
    assert later.run().run.outcome == "published"
    return later


@pytest.fixture(scope="module")
def undisturbed_for_long(good_world: World) -> World:
    return twenty_days_and_a_sweep(good_world)


@pytest.fixture(scope="module")
def undisturbed(good_world: World) -> World:
    return a_good_feed(good_world)


def test_who_is_missing_grows_no_older(met: Meeting, undisturbed_for_long: World) -> None:
    """Twenty days of nothing but this feed, then a sweep: as if nobody had looked at all."""
    world = twenty_days_and_a_sweep(met.world)
    assert world.bytes_of_documents() == undisturbed_for_long.bytes_of_documents()
    assert world.state_of(MISSING) == "stale"


def test_the_next_good_feed_is_published_as_if_nothing_had_happened(met: Meeting, undisturbed: World) -> None:
    world = a_good_feed(met.world)
    assert world.bytes_of_documents() == undisturbed.bytes_of_documents()
    assert world.status == undisturbed.status


def test_behind_the_next_good_feed_all_is_in_order(undisturbed: World) -> None:
    """For every bad feed, since the bytes are the same."""
    assert_in_order(undisturbed.store)


def test_a_body_is_kept_for_people_to_see_where_a_list_was_found_in_it(met: Meeting) -> None:
    assert met.raw_kept == ((met.body,) if met.bad.can_be_parsed else ())


@pytest.mark.parametrize(
    "bad", [bad for bad in BAD_FEEDS if bad.ends != "held" and not bad.is_slow], ids=lambda bad: bad.sentence
)
def test_as_the_first_feed_ever_it_leaves_an_empty_catalog_and_a_heartbeat(
    bad: BadFeed, server: FeedServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A feed that would be held is not here: without anything published there is nothing to doubt it against."""
    world = World(GOOD_IDS)
    read = bad.reader(Place(world.feed.records, server, tmp_path_factory.mktemp("feeds")))
    with pytest.raises(bad.error):
        jobs.run_all(world.runtime(read=read))
    assert world.bytes_of_documents() == {}
    assert world.status.last_success is None
    assert re.search(bad.cause, world.status.last_attempt.message or "")


# What the fetch makes good by itself.


def test_a_source_that_asks_for_patience_is_waited_for_and_then_published(
    good_world: World, server: FeedServer, tmp_path: Path
) -> None:
    world = good_world.twin()
    world.feed.add(NEW)
    place = Place(world.feed.records, server, tmp_path)
    read = place.fetching(Answer(429, headers={"Retry-After": "30"}), Answer(body=world.feed.body))
    assert jobs.run_all(world.runtime(read=read)).run.outcome == "published"
    assert place.waits == [30.0]
    assert world.state_of(NEW) == "active"


@pytest.mark.parametrize(
    "first",
    [
        Answer(503),
        Answer(body=b"[", headers={"Content-Length": "100"}),
        Answer(body=gzip.compress(b"[]")[:-4], headers={"Content-Encoding": "gzip"}),
    ],
    ids=["503", "a body cut short", "gzip cut short"],
)
def test_a_fault_that_passes_is_no_fault(good_world: World, server: FeedServer, tmp_path: Path, first: Answer) -> None:
    world = good_world.twin()
    place = Place(world.feed.records, server, tmp_path)
    read = place.fetching(first, Answer(body=world.feed.body))
    assert jobs.run_all(world.runtime(read=read)).run.succeeded


def test_a_list_in_pages_is_published_whole(good_world: World, server: FeedServer, tmp_path: Path) -> None:
    world = good_world.twin()
    records = world.feed.records
    pages = [
        json.dumps({"data": records[:60], "links": {"next": "?page=2"}}).encode(),
        json.dumps({"data": records[60:], "links": {"next": None}}).encode(),
    ]
    read = Place(records, server, tmp_path).fetching(*(Answer(body=page) for page in pages))
    assert jobs.run_all(world.runtime(read=read)).run.outcome == "unchanged"
