"""The event history: an archive that never runs ahead, tells nothing twice, and is made good where it fell behind."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from modelsync.catalog.events import Event, EventKind, fold_states
from modelsync.errors import CorruptDocumentError
from modelsync.shell.publishing.history import archive, read_history, whole_log
from modelsync.shell.running import jobs
from modelsync.shell.storage.stores import MemoryStore
from tests.faulty_stores import Interrupted, LostAt, Watched
from tests.promises import assert_in_order
from tests.world import World

JUNE, JULY = "models/openrouter/history/changes-2026-06.ndjson", "models/openrouter/history/changes-2026-07.ndjson"
START: Final = datetime(2026, 6, 29, 12, tzinfo=UTC)


def an_event(generation: int, *, days: float = 0, model_id: str = "a/b", kind: EventKind = EventKind.ADDED) -> Event:
    return Event(at=START + timedelta(days=days), generation=generation, kind=kind, id=model_id)


def keep(store: MemoryStore | Watched | Interrupted, *events: Event, until: str = "2026-09") -> None:
    archive(store, events, source="openrouter", prefix="models/", until=until)


def kept(store: MemoryStore) -> tuple[Event, ...]:
    return read_history(store, source="openrouter", prefix="models/")


def generations(store: MemoryStore) -> list[int]:
    return [event.generation for event in kept(store)]


def lines(store: MemoryStore, key: str) -> int:
    stored = store.get(key)
    return 0 if stored is None else stored.body.count(b"\n")


def test_events_come_back_as_they_were() -> None:
    store = MemoryStore()
    events = (
        an_event(1),
        Event(START, 1, EventKind.PRICE, "a/b", before={"promptPerMillion": "1"}, after={"promptPerMillion": None}),
        Event(START, 1, EventKind.CAPABILITY, "a/b", field="vision", before=None, after=True),
        Event(START, 1, EventKind.CONTEXT, "a/b", field="maxContext", before=4096, after=None, note="a note"),
    )
    keep(store, *events)
    assert kept(store) == events


def test_a_line_is_one_event() -> None:
    store = MemoryStore()
    keep(store, an_event(1), an_event(1, model_id="c/d"))
    assert lines(store, JUNE) == 2


def test_an_empty_log_makes_no_file() -> None:
    store = MemoryStore()
    keep(store)
    assert store.list() == ()


def test_a_month_has_a_file() -> None:
    store = MemoryStore()
    keep(store, an_event(1), an_event(2, days=1), an_event(3, days=2))
    assert (lines(store, JUNE), lines(store, JULY)) == (2, 1)


def test_a_month_that_is_not_over_has_no_file_yet() -> None:
    store = MemoryStore()
    keep(store, an_event(1), an_event(2, days=3), until="2026-07")
    assert store.list() == (JUNE,)


def test_a_file_may_be_kept_by_caches_for_a_year() -> None:
    store = MemoryStore()
    keep(store, an_event(1))
    stored = store.get(JUNE)
    assert stored is not None
    assert stored.headers.cache_control == "public, max-age=31536000, immutable"


def test_what_is_archived_is_not_archived_again() -> None:
    store = MemoryStore()
    keep(store, an_event(1), an_event(2, days=1))
    keep(store, an_event(1), an_event(2, days=1), an_event(3, days=3))
    assert generations(store) == [1, 2, 3]


def test_an_archive_without_news_writes_nothing() -> None:
    watched = Watched(MemoryStore())
    keep(watched, an_event(1))
    keep(watched, an_event(1))
    assert watched.written == [JUNE]


def test_what_a_file_lacks_is_added() -> None:
    store = MemoryStore()
    keep(store, an_event(1))
    keep(store, an_event(1), an_event(2), an_event(3, days=3))
    assert generations(store) == [1, 2, 3]


def test_a_log_that_forgot_what_is_long_ago_takes_nothing_out() -> None:
    store = MemoryStore()
    keep(store, an_event(1), an_event(2))
    keep(store, an_event(3, days=50))
    assert generations(store) == [1, 2, 3]


def test_a_month_without_events_has_no_file() -> None:
    store = MemoryStore()
    keep(store, an_event(1), an_event(2, days=40))
    assert store.list() == (JUNE, "models/openrouter/history/changes-2026-08.ndjson")


@pytest.mark.parametrize("at", range(1, 6))
def test_another_archive_of_the_same_log_in_between_adds_nothing_twice(at: int) -> None:
    store = MemoryStore()
    keep(store, an_event(1))
    log = (an_event(1), an_event(2), an_event(3))
    keep(Interrupted(store, at=at, act=lambda: keep(store, *log)), *log)
    assert generations(store) == [1, 2, 3]


def test_a_run_whose_clock_is_behind_does_not_open_a_month_again() -> None:
    """Its clock is that of its beginning, so its events may lie before those of the generation that was first."""
    store = MemoryStore()
    first, late = an_event(2, days=2), an_event(3, days=1, model_id="c/d")
    keep(store, an_event(1), first, late)
    assert (lines(store, JUNE), lines(store, JULY)) == (1, 2)
    assert generations(store) == [1, 2, 3]


def test_a_line_that_is_no_event_is_named_with_its_file() -> None:
    store = MemoryStore()
    store.put(JUNE, b'{"at": "yesterday"}\n')
    with pytest.raises(CorruptDocumentError, match=rf"^store: {JUNE}: a line is no event: "):
        kept(store)


def test_the_whole_log_is_the_archive_and_what_is_newer() -> None:
    archived = (an_event(1), an_event(2))
    recent = (an_event(2), an_event(3), an_event(4))
    assert [event.generation for event in whole_log(archived, recent)] == [1, 2, 3, 4]


def test_the_whole_log_without_an_archive_is_what_is_recent() -> None:
    assert whole_log((), (an_event(1),)) == (an_event(1),)


# With the real jobs.


def test_folding_the_whole_log_gives_the_state_of_every_id() -> None:
    world = World(now=START)
    world.run()
    world.feed.drop("qwen/qwen3-coder")
    world.run_schedule(during=timedelta(days=15))
    world.feed.drop("cohere/command-a")
    world.feed.add("qwen/qwen3-coder")
    world.run_schedule(during=timedelta(days=31))
    assert fold_states(world.log) == world.published.states()
    assert world.store.list("models/openrouter/history/") == (JUNE, JULY)


def test_the_history_keeps_what_the_log_of_ninety_days_forgot() -> None:
    world = World(now=START)
    world.run()
    world.wait(timedelta(days=91))
    world.feed.add("new/model")
    world.run()
    changes = world.published.changes
    assert changes is not None
    assert {event.id for event in changes.events if event.kind == "added"} == {"new/model"}
    assert len([event for event in world.log if event.kind == "added"]) == 25


def test_the_month_is_closed_before_the_manifest_of_the_next_one() -> None:
    world = World(now=START)
    world.run()
    world.wait(timedelta(days=3))
    world.feed.add("new/model")
    before = world.manifest
    with pytest.raises(Exception, match="out of order"):
        jobs.run_all(world.runtime(store=LostAt(world.store, key=JUNE)))
    assert world.manifest == before
    world.run()
    assert fold_states(world.log) == world.published.states()
    assert world.store.list("models/openrouter/history/") == (JUNE,)
    assert_in_order(world.store)
