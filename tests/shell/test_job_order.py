"""The event of a function, read field by field."""

from datetime import UTC, datetime
from typing import Any

import pytest

from modelsync.errors import UsageError
from modelsync.shell.asking.job_order import JobOrder
from modelsync.shell.publishing.slots import Slot

NOON = "2026-06-01T12:00:00Z"


def test_an_event_is_read_whole() -> None:
    event = {"slot": NOON, "job": "all", "provider": "deepseek", "dryRun": True, "run": "r1"}
    assert JobOrder.of(event, jobs=("refresh", "all")) == JobOrder(
        "all", "deepseek", datetime(2026, 6, 1, 12, tzinfo=UTC), dry_run=True, run="r1"
    )


def test_an_empty_event_asks_for_the_usual_job() -> None:
    assert JobOrder.of({}, jobs=("refresh", "all")) == JobOrder("refresh")


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        ({"slot": 5}, "event: slot: expected a text, found 5"),
        ({"slot": "noon"}, "slot: expected a time with its zone, 2026-08-08T18:00:00Z, found 'noon'"),
        ({"job": []}, r"event: job: expected a text, found \[\]"),
        ({"job": "curate"}, "event: job: expected refresh or all, found 'curate'"),
        ({"dryRun": "yes"}, "event: dryRun: expected true or false, found 'yes'"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused_by_field(event: dict[str, Any], problem: str) -> None:
    with pytest.raises(UsageError, match=f"^{problem}$"):
        JobOrder.of(event, jobs=("refresh", "all"))


def test_a_run_that_somebody_asked_for_has_no_slot_to_be_known_by() -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert JobOrder("refresh", slot=at).slot_of_schedule == Slot("refresh", at)
    assert JobOrder("refresh", slot=at, run="r1").slot_of_schedule is None
    assert JobOrder("refresh").slot_of_schedule is None
