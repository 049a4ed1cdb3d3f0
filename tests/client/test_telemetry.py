"""Calls counted and reported: with a user's yes, to the real intake, and byte for byte as shown."""

import json
import multiprocessing
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from modelsync.client.reading.files import locked
from modelsync.client.reports.reporting import Flush
from modelsync.client.reports.telemetry import Telemetry
from modelsync.shell.reports.intake import Request
from tests.client.intakes import (
    DAY,
    HAIKU,
    QWEN,
    TODAY,
    Intakes,
    a_telemetry,
    around,
    intake_server,
    noon,
    record,
    token_of,
)
from tests.client.readers import Clock


@pytest.fixture
def clock() -> Clock:
    return noon()


@pytest.fixture
def intakes(clock: Clock) -> Iterator[Intakes]:
    with intake_server(clock) as server:
        yield server


@pytest.fixture
def telemetry(tmp_path: Path, clock: Clock, intakes: Intakes) -> Telemetry:
    found = a_telemetry(around(tmp_path / "user", clock, intakes))
    found.on()
    return found


def kept(intakes: Intakes) -> list[dict[str, Any]]:
    found = (intakes.store.get(key) for key in intakes.kept)
    return [json.loads(stored.body) for stored in found if stored is not None]


def counted(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "user" / "telemetry.json").read_bytes())["days"]
    return document


# Consent.


def test_it_is_off_by_default_and_makes_no_file_and_no_request(tmp_path: Path, clock: Clock, intakes: Intakes) -> None:
    telemetry = a_telemetry(around(tmp_path / "user", clock, intakes))
    record(telemetry, ok=5)
    clock.turn(DAY)
    assert telemetry.preview() is None
    assert telemetry.flush(force=True).status is Flush.OFF
    assert not telemetry.status().is_on
    assert telemetry.off() == telemetry.purge()
    assert (list(tmp_path.iterdir()), intakes.told) == ([], [])


@pytest.mark.parametrize("value", ["1", "true", "yes", "anything"])
def test_do_not_track_wins_over_a_yes(tmp_path: Path, clock: Clock, intakes: Intakes, value: str) -> None:
    a_telemetry(around(tmp_path, clock, intakes)).on()
    telemetry = a_telemetry(around(tmp_path, clock, intakes, environment={"DO_NOT_TRACK": value}))
    assert telemetry.on()[:2] == (True, "DO_NOT_TRACK")
    record(telemetry, ok=5)
    clock.turn(DAY)
    assert (telemetry.preview(), telemetry.flush(force=True).status, intakes.told) == (None, Flush.OFF, [])
    assert json.loads((tmp_path / "telemetry.json").read_bytes())["days"] == {}


@pytest.mark.parametrize("value", ["", "0"])
def test_do_not_track_0_forbids_nothing(tmp_path: Path, clock: Clock, value: str) -> None:
    telemetry = a_telemetry(around(tmp_path, clock, environment={"DO_NOT_TRACK": value}))
    assert telemetry.on().forbidden_by is None


def test_after_a_no_nothing_is_counted_or_sent(telemetry: Telemetry, clock: Clock, intakes: Intakes) -> None:
    record(telemetry, ok=5)
    assert not telemetry.off().is_on
    record(telemetry, ok=5)
    clock.turn(DAY)
    assert telemetry.flush().status is Flush.OFF
    assert intakes.told == []


def test_a_no_of_another_process_is_heard(tmp_path: Path, telemetry: Telemetry, clock: Clock, intakes: Intakes) -> None:
    record(telemetry, ok=5)
    a_telemetry(around(tmp_path / "user", clock, intakes)).off()
    clock.turn(DAY)
    assert telemetry.flush().status is Flush.OFF
    record(telemetry, ok=5)
    assert telemetry.status().kept == 0


def test_a_yes_of_another_process_is_heard_after_a_minute(tmp_path: Path, clock: Clock) -> None:
    telemetry = a_telemetry(around(tmp_path, clock))
    record(telemetry, ok=5)
    a_telemetry(around(tmp_path, clock)).on()
    clock.turn(timedelta(seconds=61))
    record(telemetry, ok=2)
    found = telemetry.preview()
    assert found is not None
    assert json.loads(found.body)["rows"] == [[QWEN, "openrouter", "supportsTools", 2, {}]]


def test_a_purge_forgets_counts_name_and_yes(tmp_path: Path, telemetry: Telemetry) -> None:
    record(telemetry, ok=5)
    telemetry.preview()
    record(telemetry, ok=5)
    assert telemetry.purge()[:1] == (False,)
    assert not (tmp_path / "user" / "telemetry.json").exists()
    telemetry.on()
    assert telemetry.preview() is None


def test_what_is_kept_is_for_this_user_only(tmp_path: Path, telemetry: Telemetry) -> None:
    assert telemetry.status().is_on
    assert [(path.stat().st_mode & 0o777) for path in sorted((tmp_path / "user").iterdir())] == [0o600, 0o600]


# What is sent.


def test_what_is_shown_is_what_is_sent_byte_for_byte(telemetry: Telemetry, clock: Clock, intakes: Intakes) -> None:
    record(telemetry, ok=3, failed=2)
    record(telemetry, ok=1, model_id=HAIKU, backend="anthropic")
    clock.turn(DAY)
    shown = telemetry.preview()
    assert shown is not None
    result = telemetry.flush()
    [told] = intakes.told
    assert (told.path, told.sent, told.body) == ("/v1/telemetry", shown.packed, shown.body)
    assert (result.status, result.sent) == (Flush.SENT, (shown.body,))
    assert [each["rows"] for each in kept(intakes)] == [
        [
            [HAIKU, "anthropic", "supportsTools", 1, {}],
            [QWEN, "openrouter", "supportsTools", 3, {"invalid_json": 2}],
        ]
    ]


def test_a_request_says_nothing_of_its_sender_but_the_credential(
    telemetry: Telemetry, clock: Clock, intakes: Intakes
) -> None:
    record(telemetry, ok=3)
    clock.turn(DAY)
    telemetry.flush()
    [told] = intakes.told
    assert set(told.headers) == {
        "accept", "accept-encoding", "authorization", "connection", "content-encoding", "content-length",
        "content-type", "host", "user-agent",
    }  # fmt: skip
    assert told.headers["authorization"] == f"Bearer {token_of('acme')}"
    assert told.headers["user-agent"] == "modelsync/0.1.0"


def test_of_several_days_all_are_shown_that_are_sent(telemetry: Telemetry, clock: Clock, intakes: Intakes) -> None:
    for _ in range(3):
        record(telemetry, ok=5)
        clock.turn(DAY)
    shown = [payload.body for payload in telemetry.previews()]
    assert len(shown) == 3
    assert telemetry.flush().sent == tuple(shown)
    assert [told.body for told in intakes.told] == shown


def test_a_day_that_is_not_over_is_shown_and_not_sent(telemetry: Telemetry, clock: Clock, intakes: Intakes) -> None:
    record(telemetry, ok=5)
    assert telemetry.preview() is not None
    assert telemetry.flush().status is Flush.NOTHING
    clock.now = datetime(2026, 8, 9, 0, 9, tzinfo=UTC)
    assert telemetry.flush().status is Flush.NOTHING
    clock.now = datetime(2026, 8, 9, 0, 10, tzinfo=UTC)
    assert telemetry.flush().status is Flush.SENT
    assert len(intakes.told) == 1


def test_a_day_is_sent_once(tmp_path: Path, telemetry: Telemetry, clock: Clock, intakes: Intakes) -> None:
    record(telemetry, ok=5)
    clock.turn(DAY)
    telemetry.flush()
    assert telemetry.flush().status is Flush.NOTHING
    assert a_telemetry(around(tmp_path / "user", clock, intakes)).flush(force=True).status is Flush.NOTHING
    assert (len(intakes.told), telemetry.preview()) == (1, None)


def test_a_week_without_a_network_is_made_up_for_and_older_days_are_forgotten(
    tmp_path: Path, telemetry: Telemetry, clock: Clock, intakes: Intakes
) -> None:
    for _ in range(12):
        record(telemetry, ok=5)
        telemetry.preview()
        clock.turn(DAY)
    record(telemetry, ok=5)
    result = telemetry.flush()
    assert [json.loads(body)["day"] for body in result.sent] == [f"2026-08-{day}" for day in range(12, 20)]
    assert [each["day"] for each in kept(intakes)] == [f"2026-08-{day}" for day in range(12, 20)]
    assert len(counted(tmp_path)) == 9


def test_counts_that_come_late_replace_the_days_report(telemetry: Telemetry, clock: Clock, intakes: Intakes) -> None:
    record(telemetry, ok=5)
    clock.turn(DAY)
    telemetry.flush()
    for late in range(1, 6):
        clock.turn(-DAY)
        record(telemetry, ok=5)
        clock.turn(DAY)
        assert telemetry.flush().status is (Flush.SENT if late <= 3 else Flush.NOTHING)
    assert [each["rows"][0][3] for each in kept(intakes)] == [20]
    assert len(intakes.told) == 4


def test_what_is_counted_while_a_report_is_under_way_is_not_lost(
    tmp_path: Path, telemetry: Telemetry, clock: Clock, intakes: Intakes
) -> None:
    other = a_telemetry(around(tmp_path / "user", clock, intakes))
    record(telemetry, ok=5)

    def meanwhile() -> None:
        intakes.meanwhile = lambda: None
        clock.turn(-DAY)
        record(other, ok=5)
        other.preview()
        clock.turn(DAY)

    intakes.meanwhile = meanwhile
    clock.turn(DAY)
    telemetry.flush()
    telemetry.flush()
    assert [each["rows"][0][3] for each in kept(intakes)] == [10]


def test_one_process_sends_at_a_time(tmp_path: Path, telemetry: Telemetry, clock: Clock, intakes: Intakes) -> None:
    other = a_telemetry(around(tmp_path / "user", clock, intakes))
    results = []
    intakes.meanwhile = lambda: results.append(other.flush())
    record(telemetry, ok=5)
    clock.turn(DAY)
    assert telemetry.flush().status is Flush.SENT
    assert [result.status for result in results] == [Flush.WAITING]
    assert len(intakes.told) == 1


def test_a_name_is_drawn_anew_after_a_year(telemetry: Telemetry, clock: Clock, intakes: Intakes) -> None:
    record(telemetry, ok=5)
    clock.turn(DAY)
    telemetry.flush()
    clock.turn(timedelta(days=363))
    record(telemetry, ok=5)
    clock.turn(DAY)
    shown = telemetry.preview()
    telemetry.flush()
    assert [json.loads(told.body)["client"] for told in intakes.told] == [f"{1:032x}", f"{2:032x}"]
    assert shown is not None
    assert shown.body == intakes.told[1].body


# What an answer means.


@pytest.mark.parametrize(
    ("status", "headers", "hours", "advice"),
    [
        (429, {"Retry-After": "7200"}, 2, "tried again later"),
        (429, {}, 1, "tried again later"),
        (429, {"Retry-After": "999999"}, 24, "tried again later"),
        (503, {"Retry-After": "3600"}, 1, "tried again later"),
        (500, {}, 1, "tried again later"),
        (401, {}, 24, "ask its operator for a credential"),
        (404, {}, 24, "see that MODELSYNC_REPORTS_URL is the intake's address"),
        (302, {"Location": "https://example.org/"}, 24, "see that MODELSYNC_REPORTS_URL is the intake's address"),
        (413, {}, 24, "upgrade modelsync"),
        (422, {}, 24, "see that this machine's clock is right"),
    ],
)
def test_a_refusal_loses_nothing_says_why_and_is_tried_again_in_time(
    telemetry: Telemetry, clock: Clock, intakes: Intakes, status: int, headers: dict[str, str], hours: int, advice: str
) -> None:
    intakes.instead = [(status, headers)]
    record(telemetry, ok=5)
    clock.turn(DAY)
    shown = telemetry.preview()
    refused = telemetry.flush()
    assert (refused.status, refused.waiting, refused.retry_at) == (
        Flush.FAILED, 1, clock.now + timedelta(hours=hours),
    )  # fmt: skip
    assert f"found status {status}, expected 202 or 200" in (refused.error or "")
    assert advice in (refused.error or "")
    clock.turn(timedelta(hours=hours) - timedelta(seconds=1))
    assert telemetry.flush().status is Flush.WAITING
    clock.turn(timedelta(seconds=1))
    assert telemetry.flush().status is Flush.SENT
    assert shown is not None
    assert [told.sent for told in intakes.told] == [shown.packed] * 2


def test_who_insists_does_not_wait(telemetry: Telemetry, clock: Clock, intakes: Intakes) -> None:
    intakes.instead = [(503, {})]
    record(telemetry, ok=5)
    clock.turn(DAY)
    telemetry.flush()
    assert telemetry.flush(force=True).status is Flush.SENT


def test_a_report_that_a_server_took_though_its_answer_was_lost_counts_once(
    telemetry: Telemetry, clock: Clock, intakes: Intakes
) -> None:
    record(telemetry, ok=5)
    clock.turn(DAY)
    shown = telemetry.preview()
    assert shown is not None
    headers = {
        "authorization": f"Bearer {token_of('acme')}", "content-type": "application/json", "content-encoding": "gzip",
    }  # fmt: skip
    assert intakes.intake.answer(Request("POST", "/v1/telemetry", headers, shown.packed)).status == 202
    assert telemetry.flush().status is Flush.SENT
    assert [each["reports"] for each in kept(intakes)] == [1]


def test_nobody_there_is_said_in_a_sentence(tmp_path: Path, clock: Clock) -> None:
    with intake_server(clock) as gone:
        telemetry = a_telemetry(around(tmp_path, clock, gone))
    telemetry.on()
    record(telemetry, ok=5)
    clock.turn(DAY)
    result = telemetry.flush()
    assert (result.status, result.waiting, result.retry_at) == (Flush.FAILED, 1, clock.now + timedelta(hours=1))
    assert "found Connection refused, expected an answer" in (result.error or "")


@pytest.mark.parametrize(
    ("token", "found"), [("", "no credential"), ("short", "what no intake takes"), ("x" * 40 + "\r\nX: y", "what no")]
)
def test_without_a_credential_nothing_is_asked(
    tmp_path: Path, clock: Clock, intakes: Intakes, token: str, found: str
) -> None:
    telemetry = a_telemetry(around(tmp_path, clock, intakes, environment={"MODELSYNC_REPORTS_TOKEN": token}))
    telemetry.on()
    record(telemetry, ok=5)
    clock.turn(DAY)
    result = telemetry.flush()
    assert (result.status, result.waiting, intakes.told) == (Flush.FAILED, 1, [])
    assert f"MODELSYNC_REPORTS_TOKEN: found {found}" in (result.error or "")


def test_without_an_intake_counts_wait(tmp_path: Path, clock: Clock) -> None:
    telemetry = a_telemetry(around(tmp_path, clock))
    telemetry.on()
    record(telemetry, ok=5)
    clock.turn(DAY)
    assert telemetry.flush()[:4] == (Flush.NOWHERE, (), 0, 1)


def test_the_token_is_in_no_file_no_value_and_no_sentence(tmp_path: Path, clock: Clock, intakes: Intakes) -> None:
    surroundings = around(tmp_path, clock, intakes)
    telemetry = a_telemetry(surroundings)
    intakes.instead = [(401, {})]
    told = [repr(surroundings.target), repr(telemetry.on())]
    record(telemetry, ok=5)
    clock.turn(DAY)
    told += [repr(telemetry.preview()), repr(telemetry.flush()), repr(telemetry.flush(force=True))]
    told += [repr(telemetry.status()), *(path.read_text() for path in tmp_path.iterdir())]
    assert not [text for text in told if "canary" in text]


# Counting.


@pytest.mark.parametrize(
    ("model_id", "backend", "capability", "outcome"),
    [
        (QWEN, "openrouter", "supportsVision", "ok"),
        (QWEN, "openrouter", "structuredOutput", "unknown_tool"),
        (QWEN, "openrouter", "supportsTools", "a prompt"),
        (QWEN, "openrouter", "supportsTools", 7),
        (QWEN, "openrouter", [], "ok"),
        (None, "openrouter", "supportsTools", "ok"),
        ("x" * 201, "openrouter", "supportsTools", "ok"),
        ("C:\\my models\\own.gguf", "local", "supportsTools", "ok"),
        (QWEN, "My Proxy", "supportsTools", "ok"),
    ],
)
def test_what_is_no_outcome_is_passed_over_and_raises_nothing(
    telemetry: Telemetry, model_id: Any, backend: Any, capability: Any, outcome: Any
) -> None:
    telemetry.record(model_id, backend, capability=capability, outcome=outcome)
    assert telemetry.preview() is None
    assert telemetry.status().passed_over == 1


def test_a_call_that_says_nothing_is_not_counted(telemetry: Telemetry) -> None:
    telemetry.record(QWEN, "openrouter", capability="supportsTools", outcome=None)
    assert (telemetry.preview(), telemetry.status().passed_over) == (None, 0)


def test_no_more_different_things_are_counted_at_once_than_there_is_room_for(telemetry: Telemetry) -> None:
    for number in range(5_001):
        record(telemetry, ok=1, model_id=f"vendor/model-{number}")
    record(telemetry, ok=1, model_id="vendor/model-0")
    assert telemetry.status().passed_over == 1


def test_a_file_holds_no_more_different_things_than_there_is_room_for(tmp_path: Path, telemetry: Telemetry) -> None:
    for number in range(20_001):
        record(telemetry, ok=1, model_id=f"vendor/model-{number}")
        if number % 4_000 == 0:
            telemetry.preview()
    telemetry.preview()
    assert len(counted(tmp_path)["2026-08-08"]) == 20_000


def test_a_clock_that_fails_costs_a_count_and_not_the_call(tmp_path: Path) -> None:
    def broken() -> datetime:
        raise ValueError("no time")

    telemetry = a_telemetry(around(tmp_path, broken))
    record(telemetry, ok=1)
    assert list(tmp_path.iterdir()) == []


def test_another_process_that_writes_for_long_holds_nobody_up_for_ever(tmp_path: Path, telemetry: Telemetry) -> None:
    record(telemetry, ok=5)
    with locked(tmp_path / "user" / "telemetry.lock", wait_seconds=0) as is_ours:
        assert is_ours
        assert telemetry.preview() is None
    assert "found another process writing it for 5 s" in (telemetry.status().error or "")
    assert telemetry.preview() is not None


def test_what_a_killed_writer_left_is_swept_and_what_is_of_others_is_not(tmp_path: Path, telemetry: Telemetry) -> None:
    (tmp_path / "user" / ".tmp-1-1-telemetry.json").write_text("half")
    (tmp_path / "user" / ".tmp-1-1-user.json").write_text("somebody is writing it")
    record(telemetry, ok=5)
    telemetry.preview()
    assert [path.name for path in sorted((tmp_path / "user").glob(".tmp-*"))] == [".tmp-1-1-user.json"]


def test_days_are_those_of_utc(telemetry: Telemetry, clock: Clock) -> None:
    clock.now = datetime.fromisoformat("2026-08-09T01:30:00+02:00")
    record(telemetry, ok=5)
    found = telemetry.preview()
    assert found is not None
    assert found.day == TODAY


def test_counts_reach_the_disk_by_themselves(tmp_path: Path, clock: Clock) -> None:
    telemetry = Telemetry(around(tmp_path / "user", clock), listed=lambda: (QWEN,), written_after=0.0)
    telemetry.on()
    before = set(threading.enumerate())
    record(telemetry, ok=5)
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
    telemetry.preview()  # what came after the first write
    assert sum(row[-1] for row in counted(tmp_path)["2026-08-08"]) == 5


def test_counts_reach_the_disk_when_nobody_needs_them_any_more(tmp_path: Path, clock: Clock) -> None:
    telemetry = a_telemetry(around(tmp_path / "user", clock))
    telemetry.on()
    record(telemetry, ok=5)
    del telemetry
    assert counted(tmp_path) == {"2026-08-08": [[QWEN, "openrouter", "supportsTools", "ok", 5]]}


def _count_in_a_process(folder: Path, times: int) -> None:
    telemetry = a_telemetry(around(folder, noon()))
    for _ in range(times):
        record(telemetry, ok=7)
        telemetry.preview()


def test_processes_that_count_at_once_lose_and_double_nothing(tmp_path: Path, telemetry: Telemetry) -> None:
    record(telemetry, ok=1)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_count_in_a_process, args=(tmp_path / "user", 20)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    telemetry.preview()
    assert counted(tmp_path) == {"2026-08-08": [[QWEN, "openrouter", "supportsTools", "ok", 561]]}


def _count_with(telemetry: Telemetry) -> None:
    record(telemetry, ok=7)
    telemetry.preview()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")  # newer Pythons; the risk is what is tested
def test_what_is_not_written_when_a_process_forks_is_the_parents(tmp_path: Path, telemetry: Telemetry) -> None:
    record(telemetry, ok=1)
    child = multiprocessing.get_context("fork").Process(target=_count_with, args=(telemetry,))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    telemetry.preview()
    assert counted(tmp_path) == {"2026-08-08": [[QWEN, "openrouter", "supportsTools", "ok", 8]]}


def test_threads_that_count_at_once_lose_nothing(tmp_path: Path, telemetry: Telemetry) -> None:
    threads = [threading.Thread(target=lambda: record(telemetry, ok=500)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    telemetry.preview()
    assert counted(tmp_path)["2026-08-08"][0][-1] == 4000


def test_a_disk_that_takes_nothing_is_told_and_loses_nothing(tmp_path: Path, telemetry: Telemetry) -> None:
    path = tmp_path / "user" / "telemetry.lock"
    path.unlink()
    path.mkdir()
    record(telemetry, ok=5)
    assert telemetry.preview() is None
    assert "cannot be locked" in (telemetry.status().error or "")
    path.rmdir()
    assert telemetry.preview() is not None
    assert (telemetry.status().error, counted(tmp_path)["2026-08-08"][0][-1]) == (None, 5)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"schema":2}', b'{"schema":1,"isOn":"yes"}'])
def test_a_file_that_cannot_be_read_is_no_consent(tmp_path: Path, clock: Clock, intakes: Intakes, body: bytes) -> None:
    (tmp_path / "telemetry.json").write_bytes(body)
    telemetry = a_telemetry(around(tmp_path, clock, intakes))
    record(telemetry, ok=5)
    assert (telemetry.preview(), telemetry.flush().status) == (None, Flush.OFF)
    assert telemetry.on().is_on


def test_odd_entries_of_a_file_are_left_out(tmp_path: Path, clock: Clock, intakes: Intakes) -> None:
    rows = [
        [QWEN, "openrouter", "supportsTools", "ok", 2],
        [QWEN, "openrouter", "supportsTools", "canary", 2],
        [QWEN, "openrouter", "supportsTools", "ok", -2],
        [7, "openrouter", "supportsTools", "ok", 2],
        "canary",
    ]
    document = {"schema": 1, "isOn": True, "client": "0" * 32, "drawnOn": "2026-08-01"}
    document |= {"days": {"2026-08-08": rows, "canary": rows, "2026-08-07": 7}, "sent": {"2026-08-06": "canary"}}
    (tmp_path / "telemetry.json").write_text(json.dumps(document | {"retryAt": "canary"}))
    found = a_telemetry(around(tmp_path, clock, intakes)).preview()
    assert found is not None
    assert json.loads(found.body)["rows"] == [[QWEN, "openrouter", "supportsTools", 2, {}]]


def test_a_day_of_the_future_is_not_kept(tmp_path: Path, telemetry: Telemetry, clock: Clock) -> None:
    clock.now = datetime(2099, 1, 1, tzinfo=UTC)
    record(telemetry, ok=5)
    clock.now = noon().now
    record(telemetry, ok=5)
    telemetry.preview()
    assert [date.fromisoformat(day) for day in counted(tmp_path)] == [TODAY]


def test_the_network_is_not_even_loaded_to_count_and_to_show(tmp_path: Path, telemetry: Telemetry) -> None:
    script = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from modelsync.client.reports.reporting import Surroundings\n"
        "from modelsync.client.reports.telemetry import Telemetry\n"
        "from modelsync.client.reports.registration import Registration\n"
        "around = Surroundings(Path(sys.argv[1]), lambda: datetime(2026, 8, 8, tzinfo=UTC), {})\n"
        "telemetry = Telemetry(around, listed=lambda: ('a/b',))\n"
        "telemetry.record('a/b', 'openrouter', capability='supportsTools', outcome='ok')\n"
        "assert telemetry.preview() is not None\n"
        "print(sorted({'ssl', 'socket', 'http', 'http.client', 'urllib.request', 'subprocess'} & sys.modules.keys()))"
    )
    assert telemetry.status().is_on
    script = f"import sys; sys.path[:0] = {sys.path!r}\n{script}"
    bare = [sys.executable, "-I", "-S", "-c", script, str(tmp_path / "user")]
    done = subprocess.run(bare, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
