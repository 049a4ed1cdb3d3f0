"""`telemetry`: what clients reported, how it is judged, and what the next sweep will do."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from modelsync.shell.storage.directory_store import DirectoryStore
from tests.cli.command_line import CommandLine
from tests.outcomes import keep, keep_days, outcomes
from tests.timeline import override_file

IT, WELL = "cohere/command-a", "qwen/qwen3-coder"
LATER = "2026-07-01T12:00Z"
TODAY = date(2026, 7, 1)


@pytest.fixture
def reported(sync: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Reports were watched for a month; one model failed yesterday and the days before, another did not.

    Neither is recommended, so that nobody has to be asked.
    """
    rules = override_file([{"action": "ban", "id": each} for each in (IT, WELL)])
    folder = Path(sync.file("overrides/curated-overrides.json", rules)).parent
    monkeypatch.setenv("MODELSYNC_OVERRIDES", str(folder))
    sync.publish()
    with_store(sync, days=1, today=date(2026, 6, 2), failed=0)
    sync("curate", "--now", "2026-06-02T12:00Z")
    with_store(sync, days=5, today=TODAY, failed=3)
    return sync


def with_store(sync: CommandLine, *, days: int, today: date, failed: int) -> None:
    store = DirectoryStore(sync.store)
    keep_days(store, [IT], today=today, ok=2, failed=failed, days=days, name="secret-tenant")
    keep(store, [outcomes(WELL, ok=9, failed=1)], day=today - timedelta(days=1), reporter="secret-other")


def test_without_a_report_it_says_so(sync: CommandLine) -> None:
    sync.publish()
    assert "nothing: no report was ever kept" in sync("telemetry").out
    told = sync("telemetry", "--json").json
    assert told == {
        "since": None, "watchedUntil": None, "readable": True, "ratings": [], "nextSweep": [], "findings": [],
    }  # fmt: skip


def test_the_worst_comes_first_with_all_that_is_known_of_it(reported: CommandLine) -> None:
    told = reported("telemetry", "--json", "--now", LATER).json
    assert (told["since"], told["watchedUntil"]) == ("2026-06-02", "2026-06-30")
    first, second = told["ratings"]
    assert (first["id"], first["capability"], first["flag"], first["decidedBy"]) == (IT, "supportsTools", True, "api")
    assert first["rating"]["evidence"] == {
        "window": "7d", "lastDay": "2026-06-30", "requests": 200, "reporters": 8, "days": 5,
        "rate": 0.6, "interval": [0.5089, 0.6846],
    }  # fmt: skip
    assert (second["id"], second["rating"]["evidence"]["requests"]) == (WELL, 10)


def test_it_says_what_the_next_sweep_will_do(reported: CommandLine) -> None:
    assert "no flag changes" in reported("telemetry", "--now", LATER).out
    reported("curate", "--now", LATER)
    tomorrow = "2026-07-02T12:00Z"
    said = reported("telemetry", "--now", tomorrow).out
    assert "cohere/command-a: supportsTools" in said.replace("\n", " ")
    [next_sweep] = reported("telemetry", "--json", "--now", tomorrow).json["nextSweep"]
    assert (next_sweep["id"], next_sweep["flag"]) == (IT, False)
    assert next_sweep["reason"].startswith("clients' reports say that it fails: 0.60 of 200 requests failed")


def test_it_writes_nothing(reported: CommandLine) -> None:
    before = reported.written()
    reported("telemetry", "--now", LATER)
    reported("bindings", "--now", LATER)
    assert reported.written() == before


def test_it_names_no_reporter_and_no_client(reported: CommandLine) -> None:
    for words in (("telemetry",), ("telemetry", "--json")):
        said = reported(*words, "--now", LATER).out
        assert "secret" not in said
        assert "0" * 20 not in said


def test_why_tells_what_clients_reported(reported: CommandLine) -> None:
    reported("curate", "--now", LATER)
    reported("curate", "--now", "2026-07-02T12:00Z")
    said = " ".join(reported("why", IT, "tools", "--now", "2026-07-02T12:00Z").out.split())
    assert "supportsTools = no, decided by telemetry" in said
    assert "telemetry lowered; decided by 0.60 of 200 requests failed (0.51 to 0.68 at 99 %)" in said


def test_broken_reports_are_told_with_their_number(reported: CommandLine) -> None:
    DirectoryStore(reported.store).put("models/telemetry/v1/2026-06-30/acme/00.json", b"<html>")
    assert "1 of 52 objects are no reports" in " ".join(reported("telemetry", "--now", LATER).out.split())
