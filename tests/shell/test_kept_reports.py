"""However much is reported, it lies in a bounded number of places, and each is written only so often."""

import json
import re
import threading
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from modelsync.catalog.capabilities import Capability
from modelsync.catalog.reports import BindingsReport, Lease, Outcomes, Report, TelemetryReport
from modelsync.errors import StoreError
from modelsync.shell.reports.kept_reports import Kept, keep
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.stores import MemoryStore
from tests.faulty_stores import Failing, Fault, Interrupted, Passing, TakingTurns, Turns, Watched
from tests.reporting import a_client
from tests.stores_under_test import MakeStore, servers

TODAY = date(2026, 8, 8)


def bindings(client: int = 0, *, day: date = TODAY, model_id: str = "a/b") -> BindingsReport:
    return BindingsReport(a_client(client), day, (Lease(model_id, day),))


def telemetry(client: int = 0, *, day: date = TODAY, ok: int = 1) -> TelemetryReport:
    return TelemetryReport(a_client(client), "1.4.0", day, (Outcomes("a/b", "openrouter", Capability.TOOLS, ok, {}),))


def kept(store: ObjectStore, report: Report, *, reporter: str = "acme", today: date = TODAY) -> Kept:
    return keep(store, report, reporter=reporter, prefix="models/", today=today)


def objects(store: ObjectStore) -> dict[str, Any]:
    return {key: json.loads(found.body) for key in store.list() if (found := store.get(key)) is not None}


# One client.


def test_a_client_has_one_object_for_its_bindings_and_one_a_day_for_its_telemetry() -> None:
    store = MemoryStore()
    for day in (TODAY, TODAY + timedelta(days=1)):
        assert kept(store, bindings(day=day)) is Kept.WRITTEN
        assert kept(store, telemetry(day=day)) is Kept.WRITTEN
    assert store.list() == (
        "models/bindings/v1/acme/33.json",
        "models/telemetry/v1/2026-08-08/acme/83.json",
        "models/telemetry/v1/2026-08-09/acme/bb.json",
    )


def test_keys_are_a_day_a_word_of_the_operator_and_one_of_256_numbers() -> None:
    store = MemoryStore()
    for number in range(300):
        kept(store, bindings(number))
        kept(store, telemetry(number, day=TODAY - timedelta(days=number % 9)))
    expected = re.compile(r"models/(bindings/v1|telemetry/v1/2026-(07-31|08-0[1-8]))/acme/[0-9a-f]{2}\.json")
    assert [key for key in store.list() if not expected.fullmatch(key)] == []


def test_reports_are_private() -> None:
    store = MemoryStore()
    kept(store, telemetry())
    found = store.get(store.list()[0])
    assert found is not None
    assert (found.headers.cache_control, found.headers.content_type) == ("private, no-store", "application/json")


def test_the_same_report_twice_is_written_once() -> None:
    for report in (bindings(), telemetry()):
        store = Watched(MemoryStore())
        assert [kept(store, report), kept(store, report), kept(store, report)] == [
            Kept.WRITTEN,
            Kept.UNCHANGED,
            Kept.UNCHANGED,
        ]
        assert len(store.written) == 1


def test_another_report_of_the_day_replaces_the_first() -> None:
    store = MemoryStore()
    kept(store, telemetry(ok=1))
    assert kept(store, telemetry(ok=2)) is Kept.WRITTEN
    [found] = objects(store).values()
    assert (found["rows"][0][3], found["reports"]) == (2, 2)


@pytest.mark.parametrize("kind", ["bindings", "telemetry"])
def test_a_client_is_written_four_times_for_one_day(kind: str) -> None:
    store = Watched(MemoryStore())
    for number in range(50):
        report = bindings(model_id=f"a/{number}") if kind == "bindings" else telemetry(ok=number)
        assert kept(store, report) is (Kept.WRITTEN if number < 4 else Kept.TOO_OFTEN)
    assert len(store.written) == 4


def test_the_next_day_bindings_may_change_again() -> None:
    store = MemoryStore()
    for number in range(5):
        kept(store, bindings(model_id=f"a/{number}"))
    assert kept(store, bindings(model_id="a/5", day=TODAY + timedelta(days=1))) is Kept.WRITTEN
    [found] = objects(store).values()
    assert (found["day"], found["reports"]) == ("2026-08-09", 1)


def test_bindings_of_an_earlier_day_do_not_replace_those_that_stand() -> None:
    """Else a late delivery would end a lease before its time."""
    store = MemoryStore()
    kept(store, bindings())
    before = objects(store)
    assert kept(store, bindings(model_id="a/late", day=TODAY - timedelta(days=1))) is Kept.UNCHANGED
    assert objects(store) == before


def test_a_client_is_known_by_nothing_that_it_sent() -> None:
    """Nor is it the same one in its telemetry of two days, or in its bindings."""
    store = MemoryStore()
    for report in (bindings(), telemetry(), telemetry(day=TODAY - timedelta(days=1))):
        kept(store, report)
    names = [found["client"] for found in objects(store).values()]
    assert len({*names, a_client()}) == 4
    assert all(re.fullmatch(r"[0-9a-f]{32}", name) for name in names)


def test_the_same_client_id_under_two_credentials_is_two_clients() -> None:
    store = MemoryStore()
    assert kept(store, bindings(model_id="a/b")) is Kept.WRITTEN
    assert kept(store, bindings(model_id="c/d"), reporter="globex") is Kept.WRITTEN
    assert [found["leases"][0]["id"] for found in objects(store).values()] == ["a/b", "c/d"]


@pytest.mark.parametrize("make_store", servers().values(), ids=servers())
def test_every_kind_of_store_keeps_reports_alike(make_store: MakeStore, tmp_path: Path) -> None:
    store = make_store(tmp_path)
    became = [kept(store, telemetry(ok=number // 2)) for number in range(10)]
    assert became == [Kept.WRITTEN, Kept.UNCHANGED] * 4 + [Kept.TOO_OFTEN] * 2
    assert [kept(store, bindings(number)) for number in range(20)] == [Kept.WRITTEN] * 20
    assert len(store.list("models/bindings/v1/acme/")) == 20
    assert kept(store, bindings(model_id="a/new")) is Kept.WRITTEN
    assert len(store.list()) == 21


# Many clients.


@pytest.mark.parametrize("kind", ["bindings", "telemetry"])
def test_many_clients_of_one_credential_leave_256_objects(kind: str) -> None:
    store = Watched(MemoryStore())
    make = bindings if kind == "bindings" else telemetry
    became = Counter(kept(store, make(number)) for number in range(1_500))
    assert became == {Kept.WRITTEN: 256, Kept.NO_PLACE: 1_244}
    assert len(store.list()) == len(store.written) == 256


def test_many_reports_of_many_clients_are_four_writes_of_each_object() -> None:
    store = Watched(MemoryStore())
    for number in range(4_000):
        kept(store, telemetry(number % 500, ok=number))
    assert len(store.list()) == 256
    assert set(Counter(store.written).values()) == {4}


def test_a_hundred_clients_of_one_credential_all_find_a_place() -> None:
    store = MemoryStore()
    assert {kept(store, bindings(number)) for number in range(100)} == {Kept.WRITTEN}
    assert {kept(store, bindings(number)) for number in range(100)} == {Kept.UNCHANGED}
    assert len(store.list()) == 100


class Counting(Passing):
    """Counts what is read, and sees that nothing is listed or deleted."""

    reads = 0

    def before(self, verb: str, key: str) -> None:  # noqa: ARG002
        assert verb in ("get", "put")
        self.reads += verb == "get"


def test_a_client_reads_one_object_as_a_rule_and_at_most_sixteen() -> None:
    store = Counting(MemoryStore())
    assert (kept(store, bindings()), store.reads) == (Kept.WRITTEN, 1)
    assert (kept(store, bindings()), store.reads) == (Kept.UNCHANGED, 2)
    for number in range(1_500):
        kept(store, bindings(number))
    store.reads = 0
    assert kept(store, bindings(2_000)) is Kept.NO_PLACE
    assert 14 <= store.reads <= 16


def test_one_credential_takes_no_place_of_another() -> None:
    store = MemoryStore()
    for number in range(1_500):
        kept(store, bindings(number))
    assert kept(store, bindings(0), reporter="globex") is Kept.WRITTEN


def test_a_place_is_free_again_when_the_bindings_in_it_have_run_out() -> None:
    store = MemoryStore()
    for number in range(1_500):
        kept(store, bindings(number))
    newcomer, later = 2_000, TODAY + timedelta(days=35)
    assert kept(store, bindings(newcomer, day=later), today=later) is Kept.NO_PLACE
    later += timedelta(days=1)
    assert kept(store, bindings(newcomer, day=later), today=later) is Kept.WRITTEN
    assert len(store.list()) == 256


def test_who_comes_back_to_its_place_finds_it_though_others_have_run_out() -> None:
    store = MemoryStore()
    for number in range(1_500):
        kept(store, bindings(number))
    later = TODAY + timedelta(days=36)
    last = next(number for number in range(1_499, 0, -1) if kept(store, bindings(number)) is Kept.UNCHANGED)
    before = store.list()
    assert kept(store, bindings(last, day=later), today=later) is Kept.WRITTEN
    fresh = [found for found in objects(store).values() if found["day"] == f"{later}"]
    assert (len(fresh), store.list()) == (1, before)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"client": 1}', b'{"client":"a","day":"x","reports":1}']
)
def test_an_object_that_is_no_report_is_left_alone(body: bytes) -> None:
    store = MemoryStore()
    kept(store, bindings())
    [key] = store.list()
    store.put(key, body)
    assert kept(store, bindings()) is Kept.WRITTEN
    found = store.get(key)
    assert found is not None
    assert found.body == body
    assert len(store.list()) == 2


# Several at once.


@pytest.mark.parametrize("seed", range(20))
def test_of_several_reports_of_one_client_at_once_at_most_four_are_written(seed: int) -> None:
    shared, turns = Watched(MemoryStore()), Turns(seed)
    became: list[Kept] = []

    def send(number: int) -> None:
        with turns.taken_by(number):
            store = TakingTurns(shared, turns=turns, number=number)
            became.append(kept(store, telemetry(ok=number)))

    turns.expect(range(6))
    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(became) == {Kept.WRITTEN: 4, Kept.TOO_OFTEN: 2}
    [found] = objects(shared).values()
    assert (found["reports"], len(shared.written)) == (4, 4)


@pytest.mark.parametrize("at", [1, 2])
def test_the_same_report_sent_twice_at_once_is_kept_once(at: int) -> None:
    store = Watched(MemoryStore())
    interrupted = Interrupted(store, at=at, act=lambda: kept(store, telemetry()))
    assert kept(interrupted, telemetry()) is Kept.UNCHANGED
    assert len(store.written) == 1


def test_two_clients_that_want_one_place_at_once_both_find_one() -> None:
    rivals = (0, next(number for number in range(1, 5_000) if places(number)[0] == places(0)[0]))
    store = MemoryStore()
    interrupted = Interrupted(store, at=2, act=lambda: kept(store, bindings(rivals[1])))
    assert kept(interrupted, bindings(rivals[0])) is Kept.WRITTEN
    assert len(store.list()) == 2


def places(client: int) -> list[str]:
    """Keys that a client looks at while all are taken, in order."""
    looked: list[str] = []

    class Full(Passing):
        def before(self, verb: str, key: str) -> None:  # noqa: ARG002
            looked.append(key)
            self._store.put(key, b"taken")

    kept(Full(MemoryStore()), bindings(client))
    return looked


def test_a_store_that_fails_is_an_error_and_leaves_what_stood() -> None:
    store = MemoryStore()
    kept(store, telemetry(ok=1))
    before = objects(store)
    with pytest.raises(StoreError, match="out of order"):
        kept(Failing(store, at=1), telemetry(ok=2))
    assert objects(store) == before


def test_a_write_that_took_place_and_was_told_to_be_lost_is_not_repeated() -> None:
    store = MemoryStore()
    assert kept(Failing(store, at=1, fault=Fault.DONE_BUT_LOST), telemetry()) is Kept.UNCHANGED
    [found] = objects(store).values()
    assert found["reports"] == 1
