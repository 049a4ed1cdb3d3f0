"""Saved choices reported: with a user's yes, to the real intake, at most daily, and only what is new."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from modelsync.client.reports.leases import choices_of
from modelsync.client.reports.registration import Registration
from modelsync.client.reports.reporting import Flush
from modelsync.sources.registry import bound_ids
from modelsync.sources.reports import parse_bindings
from tests.client.intakes import DAY, HAIKU, QWEN, TODAY, Intakes, a_registration, around, intake_server, noon
from tests.client.readers import Clock

CLIENT = "0123456789abcdef" * 2


@pytest.fixture
def clock() -> Clock:
    return noon()


@pytest.fixture
def intakes(clock: Clock) -> Iterator[Intakes]:
    with intake_server(clock) as server:
        yield server


@pytest.fixture
def registration(tmp_path: Path, clock: Clock, intakes: Intakes) -> Registration:
    found = a_registration(around(tmp_path / "user", clock, intakes))
    found.on()
    return found


def many(number: int, *, length: int = 0) -> dict[str, date]:
    return {f"vendor/model-{which}-{'x' * length}": TODAY - timedelta(days=which) for which in range(number)}


def test_it_is_off_by_default_and_makes_no_file_and_no_request(tmp_path: Path, clock: Clock, intakes: Intakes) -> None:
    registration = a_registration(around(tmp_path / "user", clock, intakes))
    assert registration.preview({QWEN: TODAY}) is None
    assert registration.flush({QWEN: TODAY}, force=True).status is Flush.OFF
    assert registration.off() == registration.purge()
    assert (list(tmp_path.iterdir()), intakes.told) == ([], [])


def test_do_not_track_wins_over_a_yes(tmp_path: Path, clock: Clock, intakes: Intakes) -> None:
    registration = a_registration(around(tmp_path, clock, intakes, environment={"DO_NOT_TRACK": "1"}))
    assert registration.on()[:2] == (True, "DO_NOT_TRACK")
    assert (registration.preview({QWEN: TODAY}), registration.flush({QWEN: TODAY}).status) == (None, Flush.OFF)
    assert intakes.told == []


def test_what_is_shown_is_what_is_sent_and_keeps_the_models(registration: Registration, intakes: Intakes) -> None:
    used = {QWEN: TODAY, HAIKU: TODAY - 30 * DAY}
    shown = registration.preview(used)
    assert shown is not None
    assert json.loads(shown.body) == {
        "schema": 1,
        "client": f"{1:032x}",
        "day": "2026-08-08",
        "leases": [{"id": HAIKU, "lastUsedDay": "2026-07-09"}, {"id": QWEN, "lastUsedDay": "2026-08-08"}],
    }
    result = registration.flush(used)
    [told] = intakes.told
    assert (told.path, told.sent, told.body) == ("/v1/bindings", shown.packed, shown.body)
    assert (result.status, result.sent) == (Flush.SENT, (shown.body,))
    [key] = intakes.kept
    stored = intakes.store.get(key)
    assert stored is not None
    assert set(bound_ids(stored.body, where=key, today=TODAY)) == {QWEN, HAIKU}


def test_ids_that_nobody_lists_are_left_out(registration: Registration) -> None:
    found = registration.preview({QWEN: TODAY, "my/own": TODAY, "C:\\canary": TODAY})
    assert found is not None
    assert (found.leases, found.private, b"own" in found.body, b"canary" in found.body) == (1, 2, False, False)


def test_the_same_choices_are_said_again_after_a_week_and_others_on_the_next_day(
    registration: Registration, clock: Clock, intakes: Intakes
) -> None:
    seen = []
    for number in range(10):
        used = {QWEN: TODAY} if number < 9 else {QWEN: TODAY, HAIKU: TODAY}
        seen.append(str(registration.flush(used).status))
        clock.turn(DAY)
    assert seen == ["sent"] + ["nothing"] * 6 + ["sent", "nothing", "sent"]
    assert len(intakes.told) == 3


def test_nothing_is_said_twice_a_day(registration: Registration, intakes: Intakes) -> None:
    registration.flush({QWEN: TODAY})
    assert registration.flush({QWEN: TODAY, HAIKU: TODAY}, force=True).status is Flush.NOTHING
    assert len(intakes.told) == 1


def test_who_has_no_choices_says_so_once_after_having_had_some(registration: Registration, clock: Clock) -> None:
    assert registration.flush({}).status is Flush.NOTHING
    registration.flush({QWEN: TODAY})
    seen = []
    for _ in range(9):
        clock.turn(DAY)
        seen.append(str(registration.flush({}).status))
    assert seen == ["sent"] + ["nothing"] * 8


def test_a_refusal_is_tried_again_when_the_server_says(
    registration: Registration, clock: Clock, intakes: Intakes
) -> None:
    intakes.instead = [(429, {"Retry-After": "7200"})]
    refused = registration.flush({QWEN: TODAY})
    assert (refused.status, refused.waiting, refused.retry_at) == (Flush.FAILED, 1, clock.now + timedelta(hours=2))
    assert registration.flush({QWEN: TODAY}).status is Flush.WAITING
    clock.turn(timedelta(hours=2))
    assert registration.flush({QWEN: TODAY}).status is Flush.SENT


def test_a_name_is_drawn_anew_after_a_year(registration: Registration, clock: Clock, intakes: Intakes) -> None:
    registration.flush({QWEN: TODAY})
    clock.turn(timedelta(days=365))
    registration.flush({QWEN: TODAY})
    assert [json.loads(told.body)["client"] for told in intakes.told] == [f"{1:032x}", f"{2:032x}"]


def test_a_purge_forgets_everything(tmp_path: Path, registration: Registration) -> None:
    registration.flush({QWEN: TODAY})
    assert registration.purge().is_on is False
    assert not (tmp_path / "user" / "registration.json").exists()


@pytest.mark.parametrize(("number", "length", "kept"), [(500, 0, 500), (501, 0, 500), (500, 170, 292)])
def test_those_that_were_used_last_have_room(number: int, length: int, kept: int) -> None:
    used = many(number, length=length)
    found = choices_of(used, client=CLIENT, listed=used.keys(), day=TODAY)
    report = parse_bindings(found.body, today=TODAY)
    assert (found.leases, found.left_out, len(found.body) <= 65_536) == (kept, number - kept, True)
    assert min(lease.last_used_day for lease in report.leases) == TODAY - timedelta(days=kept - 1)


def test_a_use_in_the_future_is_one_of_today() -> None:
    found = choices_of({QWEN: date(2099, 1, 1)}, client=CLIENT, listed={QWEN}, day=TODAY)
    assert parse_bindings(found.body, today=TODAY).leases[0].last_used_day == TODAY
