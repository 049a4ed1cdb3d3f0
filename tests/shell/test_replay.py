"""Recorded feeds are run again in the order of time, each with the clock of its name."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from modelsync.errors import NotFoundError, UsageError
from modelsync.shell.running.replay import Step, Summary, recorded_snapshots, replay, summarise
from tests.timeline import overrides
from tests.world import MODELS, START, World, a_body, a_record

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def record(folder: Path, at: datetime, ids: Iterable[str] = MODELS, *, body: bytes | None = None) -> Path:
    path = folder / f"openrouter-{at:%Y%m%dT%H%MZ}.json"
    path.write_bytes(a_body(a_record(each) for each in ids) if body is None else body)
    return path


def run(world: World, folder: Path) -> tuple[Step, ...]:
    return tuple(replay(world.runtime(), recorded_snapshots(folder, source="openrouter")))


def summary(world: World, folder: Path) -> Summary:
    return summarise(replay(world.runtime(), recorded_snapshots(folder, source="openrouter")))


def without(*ids: str) -> list[str]:
    return [each for each in MODELS if each not in ids]


# --- which files, in which order ---


def test_snapshots_are_ordered_by_the_time_in_their_names(tmp_path: Path) -> None:
    record(tmp_path, START + DAY)
    record(tmp_path, START)
    (tmp_path / "openrouter-20260603T0600Z.json.gz").write_bytes(gzip.compress(a_body([])))
    (tmp_path / "openrouter-20260604T060030Z.json").write_bytes(a_body([]))
    (tmp_path / "INDEX.tsv").touch()
    (tmp_path / "deepseek-20260603T0600Z.json").touch()
    assert [each.at for each in recorded_snapshots(tmp_path, source="openrouter")] == [
        START,
        START + DAY,
        datetime(2026, 6, 3, 6, tzinfo=UTC),
        datetime(2026, 6, 4, 6, 0, 30, tzinfo=UTC),
    ]


def test_a_folder_without_snapshots_is_an_error_that_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"found no openrouter-<YYYYMMDDTHHMM>Z\.json or \.json\.gz file"):
        recorded_snapshots(tmp_path, source="openrouter")


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="found no folder"):
        recorded_snapshots(tmp_path / "none", source="openrouter")


def test_two_snapshots_of_one_time_are_an_error(tmp_path: Path) -> None:
    record(tmp_path, START)
    (tmp_path / "openrouter-20260601T0600Z.json.gz").touch()
    with pytest.raises(UsageError, match="are of the same time; remove one of them"):
        recorded_snapshots(tmp_path, source="openrouter")


def test_a_name_that_is_no_time_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "openrouter-20261301T0600Z.json").touch()
    with pytest.raises(UsageError, match="20261301T0600Z is no time; rename the file"):
        recorded_snapshots(tmp_path, source="openrouter")


# --- what is run ---


def test_every_snapshot_is_a_refresh_and_the_last_of_a_day_a_curation_too(tmp_path: Path) -> None:
    for at in (START, START + 6 * HOUR, START + DAY, START + 3 * DAY):
        record(tmp_path, at)
    steps = run(World(), tmp_path)
    assert [step.curated is not None for step in steps] == [False, True, True, True]
    assert [report.run.at for step in steps for report in step.reports if report.run.job == "curate"] == [
        START + 6 * HOUR,
        START + DAY,
        START + 3 * DAY,
    ]


def test_a_replay_ends_as_the_schedule_would_have(tmp_path: Path) -> None:
    lived, replayed = World(), World()
    for day in range(20):
        lived.now = START + day * DAY
        if day == 2:
            lived.feed.drop("x-ai/grok-4.3")
        record(tmp_path, lived.now, lived.feed.ids)
        lived.refresh()
        lived.curate()
    run(replayed, tmp_path)
    assert replayed.published.states() == lived.published.states()
    assert replayed.state_of("x-ai/grok-4.3") == "deprecated"
    assert [(e.at, e.kind, e.id) for e in replayed.log] == [(e.at, e.kind, e.id) for e in lived.log]


def test_a_refused_snapshot_is_told_and_passed_over(tmp_path: Path) -> None:
    record(tmp_path, START, body=b"<html>")
    record(tmp_path, START + DAY)
    world = World()
    first, second = run(world, tmp_path)
    assert (first.refreshed, first.curated) == (None, None)
    assert first.refusal is not None
    assert "expected JSON" in first.refusal
    assert second.curated is not None
    assert world.state_of("openai/gpt-5.2") == "active"


def test_a_held_snapshot_is_told_and_the_next_one_decides(tmp_path: Path) -> None:
    record(tmp_path, START)
    record(tmp_path, START + DAY, MODELS[:10])
    record(tmp_path, START + 2 * DAY)
    first, second, third = run(World(), tmp_path)
    assert (first.hold, third.hold) == (None, None)
    assert second.hold is not None
    assert second.hold.startswith("ids gone: 14 of 24")


def test_a_store_that_is_newer_takes_no_replay(tmp_path: Path) -> None:
    record(tmp_path, START)
    world = World()
    world.run()
    before = world.bytes_of_documents()
    with pytest.raises(UsageError, match=r"written at 2026-06-01T06:00Z.*history only goes forward"):
        run(world, tmp_path)
    assert world.bytes_of_documents() == before


def test_a_store_goes_on_from_where_it_stands(tmp_path: Path) -> None:
    world = World()
    world.run()
    record(tmp_path, START + DAY, without("x-ai/grok-4.3"))
    run(world, tmp_path)
    assert world.state_of("x-ai/grok-4.3") == "stale"


def test_the_overrides_are_read_once(tmp_path: Path) -> None:
    record(tmp_path, START)
    record(tmp_path, START + DAY)
    edits = iter((overrides(alias_overrides=[{"id": "openai/gpt-5.2", "alias": "best"}]),))
    world = World()
    runtime = replace(world.runtime(), read_overrides=lambda: next(edits))
    summarise(replay(runtime, recorded_snapshots(tmp_path, source="openrouter")))
    assert world.model("openai/gpt-5.2").alias == "best"


# --- what it came to ---


def test_the_summary_counts_what_happened(tmp_path: Path) -> None:
    record(tmp_path, START)
    record(tmp_path, START + DAY, without("x-ai/grok-4.3", "qwen/qwen3-coder"))
    record(tmp_path, START + 2 * DAY, without("x-ai/grok-4.3"))
    record(tmp_path, START + 16 * DAY, without("x-ai/grok-4.3"))
    record(tmp_path, START + 17 * DAY)
    record(tmp_path, START + 18 * DAY, MODELS[:5])
    record(tmp_path, START + 19 * DAY, body=json.dumps({}).encode())
    found = summary(World(), tmp_path)
    assert (found.snapshots, found.counts["active"], found.alias_changes, found.dead_redirects) == (7, 24, 0, ())
    assert found.returned == ("qwen/qwen3-coder", "x-ai/grok-4.3")
    assert found.returned_from_deprecated == ("x-ai/grok-4.3",)
    assert [line.partition(":")[0] for line in found.held] == ["openrouter-20260619T0600Z.json"]
    assert [line.partition(":")[0] for line in found.refused] == ["openrouter-20260620T0600Z.json"]


def test_an_alias_that_a_living_model_lost_is_counted(tmp_path: Path) -> None:
    world = World()
    world.run()
    world.overrides = overrides(alias_overrides=[{"id": "openai/gpt-5.2", "alias": "best"}])
    record(tmp_path, START + DAY)
    assert summary(world, tmp_path).alias_changes == 1


def test_a_replay_of_which_nothing_was_believed_counts_nobody(tmp_path: Path) -> None:
    record(tmp_path, START, body=b"")
    found = summary(World(), tmp_path)
    assert (found.generation, found.events, found.counts["active"]) == (0, 0, 0)
