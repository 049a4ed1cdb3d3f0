"""The event history: an archive that never runs ahead, tells nothing twice, and is made good where it fell behind."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from modelsync.catalog.events import Event, EventKind, fold_states
from modelsync.errors import CorruptDocumentError
from modelsync.shell import jobs
from modelsync.shell.history import archive, read_history, whole_log
from modelsync.shell.stores import MemoryStore
from tests.faulty_stores import Interrupted, LostAt, Watched
from tests.promises import assert_in_order
from tests.world import World

JUNE, JULY = "models/openrouter/history/changes-2026-06.ndjson", "models/openrouter/history/changes-2026-07.ndjson"
START: Final = datetime(2026, 6, 29, 12, tzinfo=UTC)


def an_event(generation: int, *, days: float = 0, model_id: str = "a/b", kind: EventKind = EventKind.ADDED) -> Event:
    return Event(at=START + timedelta(days=days), generation=generation, kind=kind, id=model_id)


def keep(store: MemoryStore | Watched | Interrupted, *events: Event) -> None:
    archive(store, events, source="openrouter", prefix="models/")


def kept(store: MemoryStore) -> tuple[Event, ...]:
    return read_history(store, source="openrouter", prefix="models/")


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


def test_what_is_archived_is_not_archived_again() -> None:
    store = MemoryStore()
    keep(store, an_event(1), an_event(2, days=1))
    keep(store, an_event(1), an_event(2, days=1), an_event(3, days=1))
    assert [event.generation for event in kept(store)] == [1, 2, 3]


def test_an_archive_without_news_writes_nothing() -> None:
    watched = Watched(MemoryStore())
    keep(watched, an_event(1))
    keep(watched, an_event(1))
    assert watched.written == [JUNE]


def test_what_an_interrupted_run_left_out_is_added_by_the_next() -> None:
    store = MemoryStore()
    keep(store, an_event(1))
    keep(store, an_event(1), an_event(2), an_event(3, days=3))
    assert [event.generation for event in kept(store)] == [1, 2, 3]


def test_a_log_that_forgot_what_is_long_ago_takes_nothing_out() -> None:
    store = MemoryStore()
    keep(store, an_event(1), an_event(2))
    keep(store, an_event(3, days=100))
    assert [event.generation for event in kept(store)] == [1, 2, 3]


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
    assert [event.generation for event in kept(store)] == [1, 2, 3]


def test_a_run_that_began_in_the_last_month_and_ended_last_is_archived_once() -> None:
    """Its clock is that of its beginning, so its events lie before those of the generation that was first."""
    store = MemoryStore()
    first, late = an_event(2, days=2), an_event(3, days=1, model_id="c/d")
    keep(store, an_event(1), first)
    keep(store, an_event(1), first, late)
    keep(store, an_event(1), first, late)
    assert sorted(event.generation for event in kept(store)) == [1, 2, 3]


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


def test_folding_the_history_gives_the_state_of_every_id() -> None:
    world = World(now=START)
    world.run()
    world.feed.drop("qwen/qwen3-coder")
    world.run_schedule(during=timedelta(days=15))
    world.feed.drop("cohere/command-a")
    world.feed.add("qwen/qwen3-coder")
    world.run_schedule(during=timedelta(days=31))
    assert fold_states(world.runtime().repository.history()) == world.published.states()


def test_the_history_keeps_what_the_log_of_ninety_days_forgot() -> None:
    world = World(now=START)
    world.run()
    world.wait(timedelta(days=91))
    world.feed.add("new/model")
    world.run()
    changes = world.published.changes
    assert changes is not None
    assert {event.id for event in changes.events if event.kind == "added"} == {"new/model"}
    assert len([event for event in world.runtime().repository.history() if event.kind == "added"]) == 25


def test_a_history_that_fell_behind_is_made_good_by_the_next_publish() -> None:
    world = World(now=START)
    with pytest.raises(Exception, match="out of order"):
        jobs.run_all(world.runtime(store=LostAt(world.store, key=JUNE)))
    assert world.runtime().repository.history() == ()
    world.feed.add("new/model")
    world.wait()
    world.run()
    assert fold_states(world.runtime().repository.history()) == world.published.states()
    assert_in_order(world.store)


def test_the_whole_log_is_right_even_before_that() -> None:
    world = World(now=START)
    with pytest.raises(Exception, match="out of order"):
        jobs.run_all(world.runtime(store=LostAt(world.store, key=JUNE)))
    assert fold_states(world.log) == world.published.states()
