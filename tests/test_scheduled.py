"""What every scheduled function does around its job: the log line, the metrics, the run that asked."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from modelsync.errors import FeedFormatError, UsageError
from modelsync.scheduled import scheduled
from modelsync.shell.asking.asked_runs import ask, current
from modelsync.shell.storage.directory_store import DirectoryStore
from tests.functions.test_handlers import REPOSITORY, Context
from tests.world import FEW, World, a_body

NOON = "2026-06-01T12:00:00Z"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DirectoryStore:
    """The environment of a function: a folder as the store, a file as the feed."""
    feed = tmp_path / "feed.json"
    feed.write_bytes(a_body(World(FEW).feed.records))
    monkeypatch.setenv("MODELSYNC_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("MODELSYNC_FEED", str(feed))
    return DirectoryStore(tmp_path / "store")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged, one JSON object a line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def counted(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The metrics of the run, without those of the start."""
    [found] = [line for line in lines(capsys) if "_aws" in line and "ColdStart" not in line]
    return found


@pytest.mark.usefixtures("store")
def test_a_run_answers_with_its_summary_and_logs_it_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    answer = scheduled("refresh")({}, Context())
    assert (answer["outcome"], answer["generation"], answer["repeated"]) == ("published", 1, False)
    [line] = [record for record in caplog.records if record.getMessage() == "published"]
    assert vars(line)["report"] == answer
    assert vars(line)["source"] == "openrouter"


@pytest.mark.usefixtures("store")
def test_a_run_is_counted_by_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    scheduled("refresh")({}, Context())
    found = counted(capsys)
    assert (found["source"], found["Success"], found["Published"], found["HeldFeed"]) == ("openrouter", [1], [1], [0])


@pytest.mark.usefixtures("store")
def test_a_slot_that_was_done_counts_as_repeated_and_as_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    handler = scheduled("refresh")
    handler({"slot": NOON}, Context())
    capsys.readouterr()
    assert handler({"slot": NOON}, Context())["message"] == "refresh of 2026-06-01T12:00:00Z was done before"
    found = counted(capsys)
    assert found["Repeated"] == [1]
    assert "Success" not in found


@pytest.mark.usefixtures("store")
def test_a_feed_that_is_refused_fails_the_invocation_and_is_counted(
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html>down for maintenance</html>")
    monkeypatch.setenv("MODELSYNC_FEED", str(page))
    with pytest.raises(FeedFormatError) as refused:
        scheduled("refresh")({}, Context())
    assert counted(capsys)["RefusedFeed"] == [1]
    [line] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert vars(line)["error"] == str(refused.value)
    assert line.exc_info is None


@pytest.mark.usefixtures("store")
def test_an_event_that_cannot_be_read_is_counted_as_failed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError):
        scheduled("refresh")({"slot": "noon"}, Context())
    assert counted(capsys)["Failed"] == [1]


def test_a_run_that_somebody_asked_for_is_told_how_it_ended(store: DirectoryStore) -> None:
    asked = ask(store, "models/", target="openrouter", dry_run=False, now=datetime.now(UTC), new_id=lambda: "r1")
    scheduled("refresh")({"run": asked.run}, Context())
    last = current(store, "models/").run
    assert last is not None
    assert (last.run, last.outcome, last.generation) == (asked.run, "published", 1)


@pytest.mark.usefixtures("store")
def test_a_slot_that_was_done_loads_nothing_that_a_run_needs() -> None:
    """In a process of its own, where nothing was loaded before."""
    script = (
        "import sys, types; sys.path[:0] = ['shared']; from modelsync.scheduled import scheduled; "
        "names = ('function_name', 'invoked_function_arn', 'aws_request_id'); "
        "context = types.SimpleNamespace(memory_limit_in_mb=256, **dict.fromkeys(names, 'x')); "
        "heavy = {'pydantic', 'httpx', 'modelsync.catalog.documents', 'modelsync.shell.running.runs'}; "
        f"event = {{'slot': '{NOON}'}}; told = scheduled('refresh')(event, context); "
        "print(told['repeated'], *sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    scheduled("refresh")({"slot": NOON}, Context())
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "True\n")
