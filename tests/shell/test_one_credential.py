"""What one credential for reports can do at most, and that nothing but reports is ever kept, whatever is sent."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.shell.reports.intake import Answer
from modelsync.shell.storage.stores import MemoryStore
from modelsync.sources.registry import bound_ids
from tests.faulty_stores import Passing, Watched
from tests.reporting import (
    A_LEASE,
    A_ROW,
    ANOTHER_TOKEN,
    CANARY,
    TODAY,
    TOKEN,
    Door,
    a_bindings_report,
    a_client,
    a_telemetry_report,
    anything,
    encoded,
    leases,
    report_like,
    rows,
)

SECOND = timedelta(seconds=1)
"""Between two requests, so that the bound under test is met and not that of a minute."""

# Whatever comes.

KEYS = re.compile(r"models/(bindings/v1|telemetry/v1/2026-(07-31|08-0[1-9]))/acme/[0-9a-f]{2}\.json")
FIELDS = {
    "telemetry": {"schema", "client", "day", "reports", "clientVersion", "rows"},
    "bindings": {"schema", "client", "day", "reports", "leases"},
}


def assert_only_reports_are_kept(door: Door) -> None:
    for key, found in door.objects.items():
        assert KEYS.fullmatch(key)
        assert found.keys() == FIELDS[key.split("/")[1]]
        assert CANARY not in json.dumps(found)


def assert_answered(answer: Answer) -> None:
    assert answer.status in (200, 202, 400, 401, 404, 405, 413, 415, 422, 429)
    shown = json.dumps([answer.body, dict(answer.headers), answer.outcome, answer.kind, answer.reporter])
    assert CANARY not in shown
    assert TOKEN not in shown


headers = st.dictionaries(
    st.sampled_from(["content_type", "content_encoding", "authorization", "x_forwarded_for", "host"]),
    st.sampled_from(["application/json", "gzip", f"Bearer {TOKEN}", "", CANARY]) | st.text(max_size=30),
)


@given(
    body=st.binary(max_size=300),
    path=st.sampled_from(["/v1/telemetry", "/v1/bindings", "/"]) | st.text(),
    headers=headers,
)
def test_any_request_is_answered_and_writes_nothing_but_reports(
    body: bytes, path: str, headers: dict[str, str]
) -> None:
    door = Door()
    assert_answered(door.post(body, path=path, **headers))
    assert door.objects == {}


@given(reports=st.lists(report_like | anything, min_size=1, max_size=5), packed=st.booleans())
def test_any_json_is_answered_and_nothing_is_kept_that_is_not_described(reports: list[Any], packed: bool) -> None:
    """Canaries stand in every place where a report has none for them."""
    door = Door()
    for report in reports:
        for path in ("/v1/telemetry", "/v1/bindings"):
            post = door.post_gzip if packed else door.post
            assert_answered(post(encoded(report), path=path))
    assert_only_reports_are_kept(door)


def everywhere(value: Any) -> Iterator[Any]:
    """A report with the canary in one place after another: as a value, and as a field more."""
    yield CANARY
    if isinstance(value, dict):
        yield value | {CANARY: 1}
        yield value | {"prompt": CANARY}
        for name, inner in value.items():
            yield from (value | {name: changed} for changed in everywhere(inner))
            yield {CANARY if each == name else each: what for each, what in value.items()}
    if isinstance(value, list):
        yield [*value, CANARY]
        for index, inner in enumerate(value):
            yield from ([*value[:index], changed, *value[index + 1 :]] for changed in everywhere(inner))


@pytest.mark.parametrize("report", [a_telemetry_report(), a_bindings_report()])
def test_a_canary_in_any_place_refuses_the_report_and_is_found_nowhere(report: dict[str, Any]) -> None:
    door, refused = Door(pause=SECOND), 0
    for changed in everywhere(report):
        for path in ("/v1/telemetry", "/v1/bindings"):
            answer = door.post(encoded(changed), path=path)
            assert_answered(answer)
            refused += answer.status == 422
    assert refused >= 30
    assert door.objects == {}


def test_all_that_a_client_may_choose_freely_is_a_model_id_and_the_name_of_a_backend() -> None:
    """200 and 40 characters, of which neither knows a space."""
    door, free = Door(), {"v" * 200: 0, "b" * 40: 1}
    for text, place in free.items():
        door.send(a_telemetry_report(rows=[[*A_ROW[:place], text, *A_ROW[place + 1 :]]]))
        assert text in json.dumps(door.objects)
        for longer in (text + "x", text[:-2] + " x"):
            assert door.send(a_telemetry_report(rows=[[*A_ROW[:place], longer, *A_ROW[place + 1 :]]])).status == 422


def test_neither_the_address_nor_the_token_nor_any_header_is_kept() -> None:
    door = Door()
    door.post(
        encoded(a_telemetry_report()),
        user_agent=CANARY,
        x_forwarded_for=f"192.0.2.7, {CANARY}",
        cookie=CANARY,
        referer=CANARY,
    )
    [kept] = door.bodies.values()
    assert not any(part in kept.decode() for part in (CANARY, "192.0.2.7", TOKEN, TOKEN[:12]))


# What one credential can do at most.


def test_ten_thousand_reports_with_one_credential_leave_at_most_2816_objects() -> None:
    """256 of bindings, and of telemetry 256 for each of the ten days that may be reported on."""
    door = Door(Watched(MemoryStore()), pause=SECOND)
    days = [f"{date(2026, 7, 31) + timedelta(days=number)}" for number in range(10)]
    for number in range(10_000):
        client, day = a_client(number * 7919 % 4_001), days[number % 10]
        make = a_bindings_report if number % 4 == 0 else a_telemetry_report
        assert door.send(make(client=client, day=day)).status in (200, 202, 429)
    assert_only_reports_are_kept(door)
    assert len(door.bodies) <= 256 * (1 + 10) == 2_816
    assert isinstance(door.store, Watched)
    assert max(Counter(key for key in door.store.written if "telemetry" in key).values()) <= 4


def test_one_client_is_written_40_times_on_its_first_day_and_then_4_times_a_day() -> None:
    """Of telemetry and of bindings each: four times for each of the ten days that may be reported on."""
    door = Door(Watched(MemoryStore()), pause=SECOND)
    days = [f"{date(2026, 7, 31) + timedelta(days=number)}" for number in range(11)]
    for day in days[:10]:
        for number in range(6):
            door.send(a_bindings_report(day=day, leases=leases(number)))
            door.send(a_telemetry_report(day=day, rows=rows(number)))
    assert isinstance(door.store, Watched)
    assert Counter(key.split("/")[1] for key in door.store.written) == {"bindings": 40, "telemetry": 40}
    door.wait(timedelta(days=1))
    for day in days:
        for number in range(6, 12):
            door.send(a_bindings_report(day=day, leases=leases(number)))
            door.send(a_telemetry_report(day=day, rows=rows(number)))
    assert Counter(key.split("/")[1] for key in door.store.written) == {"bindings": 44, "telemetry": 44}


def test_no_object_is_larger_than_64_kilobytes_and_a_line() -> None:
    """What is kept is never longer than what was sent, but for the number of the report."""
    door = Door()
    long = [[f"vendor/{'x' * 75}{number:03}", "openrouter", "supportsTools", 1_000_000, {}] for number in range(500)]
    body = encoded(a_telemetry_report(rows=long))
    assert 65_000 < len(body) <= 65_536
    assert door.post_gzip(body).status == 202
    ids = [{"id": f"v/{'x' * 88}{number:03}", "lastUsedDay": TODAY} for number in range(500)]
    assert 65_000 < len(encoded(a_bindings_report(leases=ids))) <= 65_536
    assert door.send(a_bindings_report(leases=ids)).status == 202
    assert all(65_000 < len(kept) <= 65_536 + 13 for kept in door.bodies.values())


@given(report=report_like)
def test_what_is_kept_is_no_longer_than_what_was_sent_and_its_number(report: dict[str, Any]) -> None:
    door, body = Door(), encoded(report)
    for path in ("/v1/telemetry", "/v1/bindings"):
        door.post(body, path=path)
    assert all(len(kept) <= len(body) + len(',"reports":4\n') for kept in door.bodies.values())


def test_of_a_flood_of_ten_thousand_reports_in_a_minute_120_reach_the_store() -> None:
    class Counting(Passing):
        operations = 0

        def before(self, verb: str, key: str) -> None:  # noqa: ARG002
            self.operations += 1

    store = Counting(MemoryStore())
    door = Door(store)
    became = Counter(door.send(a_bindings_report(client=a_client(number))).outcome for number in range(10_000))
    assert became == {"accepted": 120, "too-fast": 9_880}
    assert store.operations <= 120 * 17


def test_nothing_is_listed_or_deleted_and_nothing_read_but_what_is_written() -> None:
    class Strict(Passing):
        def before(self, verb: str, key: str) -> None:
            assert verb in ("get", "put")
            assert KEYS.fullmatch(key)

    inner = MemoryStore()
    inner.put("models/openrouter/manifest.json", b"{}")
    door = Door(Strict(inner), pause=SECOND)
    for number in range(400):
        door.send(a_bindings_report(client=a_client(number)))
        door.send(a_telemetry_report(client=a_client(number)))
    assert len(inner.list()) > 500


def test_one_credential_cannot_replace_or_read_what_came_with_another() -> None:
    door = Door(pause=SECOND)
    door.send(a_bindings_report(), token=ANOTHER_TOKEN)
    before = door.bodies
    for number in range(1_000):
        door.send(a_bindings_report(client=a_client(number), leases=[]))
    assert {key: body for key, body in door.bodies.items() if key in before} == before


def test_without_a_clients_id_nobody_replaces_its_report_even_with_its_credential() -> None:
    door = Door(pause=SECOND)
    door.send(a_bindings_report())
    before = door.bodies
    for number in range(1, 1_500):
        door.send(a_bindings_report(client=a_client(number), leases=[]))
    assert {key: body for key, body in door.bodies.items() if key in before} == before


def test_one_credential_binds_at_most_128000_ids() -> None:
    door = Door(pause=SECOND)
    for number in range(1_000):
        ids = [{"id": f"c{number}/m{each}", "lastUsedDay": TODAY} for each in range(2)]
        door.send(a_bindings_report(client=a_client(number), leases=ids))
    assert len(door.bodies) * 500 == 128_000
    assert door.send(a_bindings_report(leases=leases(501))).status == 422


def test_a_credential_that_was_taken_back_binds_nothing_after_36_days() -> None:
    door = Door()
    door.send(a_bindings_report(day="2026-08-09", leases=[A_LEASE | {"lastUsedDay": "2026-08-09"}]))
    [kept] = door.bodies.values()
    last = date(2026, 8, 8) + timedelta(days=36)
    assert list(bound_ids(kept, where="here", today=last)) == ["deepseek/deepseek-r1:free"]
    assert list(bound_ids(kept, where="here", today=last + timedelta(days=1))) == []
