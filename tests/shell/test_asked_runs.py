"""One run at a time, whoever asks; and nobody is blocked by one that died."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from modelsync.errors import RunUnderWayError, StoreError
from modelsync.shell.asking.asked_runs import AskedRun, ask, current, finish, start
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.stores import MemoryStore
from tests.faulty_stores import Failing, Fault, Interrupted, TakingTurns, Turns
from tests.promises import body_of

NOW = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
KEY = "models/admin/run.json"


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def asked(store: ObjectStore, run: str = "r1", *, at: datetime = NOW, target: str = "all") -> AskedRun:
    return ask(store, "models/", target=target, dry_run=False, now=at, new_id=lambda: run)


def last(store: ObjectStore) -> AskedRun:
    run = current(store, "models/").run
    assert run is not None
    return run


def minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


def test_a_run_that_is_asked_for_is_kept_as_one_private_object(store: MemoryStore) -> None:
    ask(store, "models/", target="curated", dry_run=True, now=NOW, new_id=lambda: "r1")
    stored = store.get(KEY)
    assert stored is not None
    assert stored.headers.cache_control == "private, no-store"
    assert json.loads(stored.body) == {
        "schemaVersion": "1.0",
        "run": "r1",
        "target": "curated",
        "dryRun": True,
        "requestedAt": "2026-08-08T18:42:00Z",
        "startedAt": None,
        "finishedAt": None,
        "outcome": None,
        "message": None,
        "generation": None,
    }


def test_a_run_goes_from_requested_over_running_to_finished(store: MemoryStore) -> None:
    states = [asked(store).state(NOW)]
    start(store, "models/", run="r1", now=minutes(1))
    states.append(last(store).state(minutes(1)))
    finish(store, "models/", run="r1", outcome="published", message="fine", now=minutes(2), generation=7)
    states.append(last(store).state(minutes(2)))
    assert states == ["requested", "running", "finished"]
    assert last(store) == AskedRun("r1", "all", False, NOW, minutes(1), minutes(2), "published", "fine", 7)  # noqa: FBT003


def test_whoever_asks_while_a_run_is_requested_is_told_which(store: MemoryStore) -> None:
    asked(store)
    with pytest.raises(RunUnderWayError) as told:
        asked(store, "r2", at=minutes(1), target="curated")
    assert (told.value.run, told.value.target, told.value.since) == ("r1", "all", "2026-08-08T18:42:00Z")
    assert last(store).run == "r1"


def test_whoever_asks_while_a_run_is_running_is_told_so(store: MemoryStore) -> None:
    asked(store)
    start(store, "models/", run="r1", now=minutes(1))
    with pytest.raises(RunUnderWayError, match="run r1 of all is under way since 2026-08-08T18:42:00Z"):
        asked(store, "r2", at=minutes(14))


def test_when_a_run_is_over_the_next_one_may_be_asked_for(store: MemoryStore) -> None:
    asked(store)
    finish(store, "models/", run="r1", outcome="failed", message=None, now=minutes(1))
    assert asked(store, "r2", at=minutes(1)).run == last(store).run == "r2"


@pytest.mark.parametrize("has_started", [False, True])
def test_a_run_that_never_ended_is_lost_after_15_minutes_and_blocks_nobody(
    store: MemoryStore, has_started: bool
) -> None:
    asked(store)
    if has_started:
        start(store, "models/", run="r1", now=minutes(1))
    with pytest.raises(RunUnderWayError):
        asked(store, "r2", at=minutes(15) - timedelta(seconds=1))
    assert last(store).state(minutes(15)) == "lost"
    assert asked(store, "r2", at=minutes(15)).run == "r2"


def test_a_run_asked_for_by_a_clock_far_ahead_does_not_block_for_ever(store: MemoryStore) -> None:
    asked(store, at=NOW + timedelta(days=400))
    assert asked(store, "r2").run == "r2"


def test_a_run_that_is_delivered_again_starts_again(store: MemoryStore) -> None:
    asked(store)
    start(store, "models/", run="r1", now=minutes(1))
    finish(store, "models/", run="r1", outcome="failed", message="a time-out", now=minutes(2))
    start(store, "models/", run="r1", now=minutes(3))
    assert last(store) == AskedRun("r1", "all", False, NOW, minutes(3))  # noqa: FBT003


def test_a_run_that_another_one_has_replaced_tells_nothing_any_more(store: MemoryStore) -> None:
    asked(store)
    asked(store, "r2", at=minutes(20))
    before = body_of(store, KEY)
    assert start(store, "models/", run="r1", now=minutes(21)) is None
    assert finish(store, "models/", run="r1", outcome="published", message=None, now=minutes(22)) is None
    assert body_of(store, KEY) == before


def test_a_run_that_nobody_asked_for_writes_nothing(store: MemoryStore) -> None:
    assert start(store, "models/", run="r1", now=NOW) is None
    assert store.list() == ()


def test_a_long_message_is_cut(store: MemoryStore) -> None:
    asked(store)
    finish(store, "models/", run="r1", outcome="refused", message="x" * 9000, now=NOW)
    assert last(store).message == "x" * 500


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        (b"\xff\x00", "expected JSON, found 2 bytes of something else"),
        (b"[" * 4000, "expected JSON, found 4000 bytes of something else"),
        (b"[]", "expected an object, found a list"),
        (b"{}", "run: expected text, found null"),
        (b'{"run": "r", "target": "all", "dryRun": 1}', "dryRun: expected true or false, found 1"),
        (
            b'{"run": "r", "target": "all", "dryRun": false, "requestedAt": "noon"}',
            'requestedAt: expected a time with its zone, found "noon"',
        ),
        (
            b'{"run": "r", "target": "all", "dryRun": false, "requestedAt": "0001-01-01T00:00+23:00"}',
            'requestedAt: expected a time with its zone, found "0001-01-01T00:00+23:00"',
        ),
    ],
)
def test_an_object_that_cannot_be_read_stands_for_no_run_and_is_replaced(
    store: MemoryStore, body: bytes, finding: str
) -> None:
    store.put(KEY, body)
    found = current(store, "models/")
    assert found.run is None
    assert found.finding == f"admin/run.json: {finding}; it stands for no run, and the next one replaces it"
    assert asked(store).run == last(store).run


@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize("stands", ["nothing", "a run that is over"])
def test_of_two_who_ask_at_once_exactly_one_wins(store: MemoryStore, at: int, stands: str) -> None:
    if stands != "nothing":
        asked(store, "r0")
        finish(store, "models/", run="r0", outcome="published", message=None, now=NOW)
    between = Interrupted(store, at=at, act=lambda: asked(store, "theirs"))
    with pytest.raises(RunUnderWayError) as told:
        asked(between, "ours")
    assert between.was_reached
    assert told.value.run == last(store).run == "theirs"


@pytest.mark.parametrize("seed", range(20))
def test_of_many_who_ask_at_once_exactly_one_wins(store: MemoryStore, seed: int) -> None:
    turns, outcomes = Turns(seed), dict[int, str]()
    turns.expect(range(4))

    def take_part(number: int) -> None:
        with turns.taken_by(number):
            try:
                outcomes[number] = asked(TakingTurns(store, turns=turns, number=number), f"r{number}").run
            except RunUnderWayError as error:
                outcomes[number] = f"told of {error.run}"

    threads = [threading.Thread(target=take_part, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = last(store).run
    assert sorted(outcomes.values()) == sorted([winner, *[f"told of {winner}"] * 3])


@pytest.mark.parametrize("at", [1, 2])
def test_what_is_told_of_a_run_is_not_lost_to_whoever_tells_at_once(store: MemoryStore, at: int) -> None:
    asked(store)
    between = Interrupted(store, at=at, act=lambda: start(store, "models/", run="r1", now=minutes(1)))
    finish(between, "models/", run="r1", outcome="published", message=None, now=minutes(2))
    assert (last(store).started_at, last(store).finished_at) == (minutes(1), minutes(2))


def test_a_write_that_was_done_and_reported_as_lost_counts_as_done(store: MemoryStore) -> None:
    assert asked(Failing(store, at=1, fault=Fault.DONE_BUT_LOST)).run == "r1"
    assert last(store).run == "r1"


def test_an_id_that_stands_already_is_not_taken_for_an_own_write(store: MemoryStore) -> None:
    asked(store)
    with pytest.raises(RunUnderWayError):
        asked(store)


def test_a_store_that_fails_is_told_and_nothing_is_asked_for(store: MemoryStore) -> None:
    with pytest.raises(StoreError, match="out of order"):
        asked(Failing(store, at=1))
    assert current(store, "models/").run is None
