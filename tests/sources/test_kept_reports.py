"""Kept reports are read as strictly as they were taken in, and what is none is only counted."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from modelsync.catalog.capabilities import Capability
from modelsync.catalog.keys import telemetry_place
from modelsync.catalog.telemetry import Count
from modelsync.errors import FeedFormatError
from modelsync.sources.kept_reports import MOST_BYTES, KeptOutcomes
from modelsync.sources.reports import parse_kept_telemetry
from tests.outcomes import TODAY
from tests.reporting import Door, a_client, a_telemetry_report, rows, telemetry_like

DAY = TODAY
R1 = "deepseek/deepseek-r1:free"


def kept(**fields: Any) -> bytes:
    report = {"schema": 1, "client": "0" * 32, "day": f"{DAY}", "reports": 1, "clientVersion": "1.4.0", "rows": []}
    return json.dumps(report | fields).encode()


def test_what_the_intake_keeps_is_read_back_by_its_key() -> None:
    door = Door()
    door.send(a_telemetry_report())
    [(key, body)] = door.bodies.items()
    place = telemetry_place(key.removeprefix("models/"))
    assert place is not None
    day, reporter, _ = place
    outcomes = KeptOutcomes({R1})
    outcomes.add(body, day=day, reporter=reporter)
    assert outcomes.observations == {(R1, Capability.TOOLS): [Count("acme", DAY, "openrouter", 100, 2, 0)]}


def test_the_largest_report_that_the_intake_takes_is_read_back() -> None:
    door = Door()
    door.post_gzip(json.dumps(a_telemetry_report(rows=rows(500))).encode())
    [body] = door.bodies.values()
    assert len(parse_kept_telemetry(body, day=DAY).rows) == 500


@given(telemetry_like)
def test_whatever_the_intake_keeps_is_read_back(report: dict[str, Any]) -> None:
    door = Door()
    door.send(report)
    for key, body in door.bodies.items():
        place = telemetry_place(key.removeprefix("models/"))
        assert place is not None
        assert len(body) <= MOST_BYTES
        assert parse_kept_telemetry(body, day=place[0]).day == place[0]


def test_all_clients_of_a_reporter_are_one() -> None:
    door = Door()
    for number in range(5):
        door.send(a_telemetry_report(client=a_client(number)))
    outcomes = KeptOutcomes({R1})
    for body in door.bodies.values():
        outcomes.add(body, day=DAY, reporter="acme")
    assert outcomes.observations == {(R1, Capability.TOOLS): [Count("acme", DAY, "openrouter", 500, 10, 0)]}


def test_rows_about_models_that_are_not_listed_are_dropped_and_counted() -> None:
    outcomes = KeptOutcomes({R1})
    door = Door()
    door.send(a_telemetry_report(rows=rows(7)))
    [body] = door.bodies.values()
    outcomes.add(body, day=DAY, reporter="acme")
    assert (outcomes.observations, outcomes.unknown_rows, outcomes.unreadable) == ({}, 7, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[" * 50_000,
        kept()[:-1],
        kept(schema=2),
        kept(day="2026-08-07"),
        kept(reports=True),
        kept(reports=-1),
        kept(client="anna"),
        kept(prompt="canary"),
        kept(rows=[["a/b", "openrouter", "supportsVision", 1, {}]]),
        kept(rows=[["a/b", "openrouter", "supportsTools", 1.5, {}]]),
        kept(rows=[["a/b", "openrouter", "supportsTools", 1, {"timeout": 1}]]),
        kept(rows=[["../b", "openrouter", "supportsTools", 1, {}]]),
        kept(rows=[["a/b", "https://host.example", "supportsTools", 1, {}]]),
        kept(rows=[["a/b", "openrouter", "supportsTools", 1_000_001, {}]]),
        kept(rows=[["a/b", "openrouter", "supportsTools", 1, {}]] * 2),
        kept() + b" " * MOST_BYTES,
    ],
)
def test_what_is_no_report_is_counted_and_counts_for_nothing(body: bytes) -> None:
    outcomes = KeptOutcomes({"a/b"})
    outcomes.add(body, day=DAY, reporter="acme")
    assert (outcomes.unreadable, outcomes.observations) == (1, {})


def test_a_report_of_another_day_than_its_key_says_so() -> None:
    with pytest.raises(FeedFormatError, match="day: expected 2026-08-07, as its key says, found another"):
        parse_kept_telemetry(kept(), day=DAY - timedelta(days=1))


@pytest.mark.parametrize(
    "key",
    [
        "telemetry/v1/2026-08-08/acme/00",
        "telemetry/v1/2026-08-08/acme/100.json",
        "telemetry/v1/2026-02-30/acme/00.json",
        "telemetry/v1/2026-08-08/Acme/00.json",
        "telemetry/v1/2026-08-08/a/b/00.json",
        "telemetry/v2/2026-08-08/acme/00.json",
        "telemetry/v1/acme.json",
    ],
)
def test_a_key_that_the_intake_never_gives_names_no_place(key: str) -> None:
    assert telemetry_place(key) is None
