"""What every scheduled function does around its job: the event, the log line, the metrics, the run that asked."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from modelsync.errors import FeedUnavailableError, UsageError
from modelsync.scheduled import Handler, Order, scheduled
from modelsync.shell import jobs
from modelsync.shell.asked_runs import ask, current
from tests.functions.test_handlers import Context
from tests.world import FEW, World

NOON = "2026-06-01T12:00:00Z"


def a_handler(world: World, *, fails: Exception | None = None) -> Handler:
    """A function that refreshes a world."""

    def unreadable() -> bytes:
        assert fails is not None
        raise fails

    return scheduled(
        lambda runtime, order: jobs.refresh(runtime, slot=order.slot, dry_run=order.dry_run),
        job="refresh",
        runtime_of=lambda _settings, _order: world.runtime(read=unreadable if fails else None),
    )


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged, one JSON object a line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def counted(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The metrics of the run, without those of the start."""
    [found] = [line for line in lines(capsys) if "_aws" in line and "ColdStart" not in line]
    return found


def test_an_event_is_read_whole() -> None:
    event = {"slot": NOON, "job": "all", "provider": "deepseek", "dryRun": True, "run": "r1"}
    assert Order.of(event, default_job="refresh") == Order(
        "all", "deepseek", datetime(2026, 6, 1, 12, tzinfo=UTC), dry_run=True, run="r1"
    )


def test_an_empty_event_asks_for_the_usual_job() -> None:
    assert Order.of({}, default_job="refresh") == Order("refresh")


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        ({"slot": 5}, "event: slot: expected a text, found 5"),
        ({"slot": "noon"}, "slot: expected a time with its zone, 2026-08-08T18:00:00Z, found 'noon'"),
        ({"job": []}, r"event: job: expected a text, found \[\]"),
        ({"dryRun": "yes"}, "event: dryRun: expected true or false, found 'yes'"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused_by_field(event: dict[str, Any], problem: str) -> None:
    with pytest.raises(UsageError, match=f"^{problem}$"):
        Order.of(event, default_job="refresh")


def test_a_run_answers_with_its_summary_and_logs_it_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    answer = a_handler(World(FEW))({}, Context())
    assert (answer["outcome"], answer["generation"], answer["repeated"]) == ("published", 1, False)
    [line] = [record for record in caplog.records if record.getMessage() == "published"]
    assert vars(line)["report"] == answer
    assert vars(line)["source"] == "openrouter"


def test_a_run_is_counted_by_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    a_handler(World(FEW))({}, Context())
    found = counted(capsys)
    assert (found["source"], found["Success"], found["Published"], found["HeldFeed"]) == ("openrouter", [1], [1], [0])


def test_a_slot_that_was_done_counts_as_repeated_and_as_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    handler = a_handler(World(FEW))
    handler({"slot": NOON}, Context())
    capsys.readouterr()
    assert handler({"slot": NOON}, Context())["repeated"]
    found = counted(capsys)
    assert found["Repeated"] == [1]
    assert "Success" not in found


def test_a_feed_that_is_refused_fails_the_invocation_and_is_counted(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    handler = a_handler(World(FEW), fails=FeedUnavailableError("openrouter feed: it does not answer"))
    with pytest.raises(FeedUnavailableError):
        handler({}, Context())
    assert counted(capsys)["RefusedFeed"] == [1]
    [line] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert vars(line)["error"] == "openrouter feed: it does not answer"
    assert line.exc_info is None


def test_an_event_that_cannot_be_read_is_counted_as_failed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError):
        a_handler(World(FEW))({"slot": "noon"}, Context())
    assert counted(capsys)["Failed"] == [1]


def test_a_run_that_somebody_asked_for_is_told_how_it_ended() -> None:
    world = World(FEW)
    asked = ask(world.store, "models/", target="openrouter", dry_run=False, now=world.now, new_id=lambda: "r1")
    a_handler(world)({"run": asked.run}, Context())
    last = current(world.store, "models/").run
    assert last is not None
    assert (last.run, last.outcome, last.generation) == (asked.run, "published", 1)
