"""The function of the direct providers: the event names one, and a run of it touches nobody else."""

import json
from pathlib import Path
from typing import Any

import pytest

from modelsync.catalog.keys import PROVIDERS
from modelsync.errors import FeedFormatError, UsageError
from tests.functions.test_handlers import REPOSITORY, Context, handler_of
from tests.providers import HABITS, KEY, a_list

SLOT = "2026-11-20T04:00:00Z"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment as the template sets it where nobody has a key, with a folder as the store."""
    for name, value in {
        "MODELSYNC_STORE": (tmp_path / "store").as_uri(),
        "MODELSYNC_PREFIX": "models/",
        "MODELSYNC_OVERRIDES": str(REPOSITORY / "overrides"),
        "DASHSCOPE_REGION": "intl",
        "MOONSHOT_REGION": "intl",
        "POWERTOOLS_SERVICE_NAME": "modelsync",
    }.items():
        monkeypatch.setenv(name, value)
    for habits in HABITS.values():
        monkeypatch.delenv(habits.key_variable, raising=False)
    return tmp_path / "store"


def files(store: Path) -> dict[str, bytes]:
    return {str(path.relative_to(store)): path.read_bytes() for path in store.rglob("*") if path.is_file()}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_without_a_key_what_people_pinned_is_published(provider: str, store: Path) -> None:
    answer = handler_of("provider_refresh")({"provider": provider}, Context())
    assert (answer["job"], answer["outcome"]) == ("refresh", "published")
    current = json.loads((store / f"models/{provider}/current.json").read_bytes())
    assert current["source"]["url"] == f"pinned:{provider}.json"
    assert len(current["models"]) == answer["counts"]["active"]
    assert any("stands in for the list" in each for each in answer["findings"])


def test_runs_are_counted_by_provider(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handler_of("provider_refresh")({"provider": "moonshot"}, Context())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [metrics] = [line for line in lines if "Published" in line]
    assert (metrics["source"], metrics["Published"]) == ("moonshot", [1])
    assert store.exists()


def test_a_slot_that_comes_twice_is_done_once(store: Path) -> None:
    handler = handler_of("provider_refresh")
    handler({"provider": "deepseek", "slot": SLOT}, Context())
    before = files(store)
    assert handler({"provider": "deepseek", "slot": SLOT}, Context())["repeated"]
    assert files(store) == before


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ({}, "found 'none'"),
        ({"provider": ""}, "found 'none'"),
        ({"provider": "openrouter"}, "found 'openrouter'"),
        ({"provider": "../deepseek"}, "found '../deepseek'"),
        ({"provider": ["deepseek"]}, "expected a text"),
    ],
)
def test_an_event_that_names_no_provider_of_ours_is_refused(event: dict[str, Any], found: str, store: Path) -> None:
    with pytest.raises(UsageError, match=found):
        handler_of("provider_refresh")(event, Context())
    assert not store.exists()


def test_there_is_no_other_job_than_a_refresh(store: Path) -> None:
    with pytest.raises(UsageError, match="event: job: expected refresh, found 'curate'"):
        handler_of("provider_refresh")({"provider": "deepseek", "job": "curate"}, Context())
    assert not store.exists()


def test_a_provider_that_fails_fails_its_own_run_and_no_other(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = handler_of("provider_refresh")
    for provider in PROVIDERS:
        handler({"provider": provider}, Context())
    before = files(store)
    feed = store.parent / "list.json"
    feed.write_text(json.dumps({"error": {"message": f"Incorrect API key: {KEY}", "type": "authentication_error"}}))
    monkeypatch.setenv("MODELSYNC_FEED", str(feed))
    with pytest.raises(FeedFormatError, match="check the key"):
        handler({"provider": "deepseek"}, Context())
    after = files(store)
    assert {name for name in after if after[name] != before.get(name)} == {"models/deepseek/status.json"}
    status = json.loads(after["models/deepseek/status.json"])
    assert status["lastAttempt"]["outcome"] == "refused"
    monkeypatch.delenv("MODELSYNC_FEED")
    assert handler({"provider": "moonshot"}, Context())["outcome"] == "unchanged"


def test_a_key_is_in_no_log_line_no_metric_no_answer_and_no_object(
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv("DEEPSEEK_API_KEY", KEY)
    feed = store.parent / "list.json"
    feed.write_bytes(a_list("deepseek", "deepseek-flash", "deepseek-v4-pro"))
    monkeypatch.setenv("MODELSYNC_FEED", str(feed))
    answer = handler_of("provider_refresh")({"provider": "deepseek"}, Context())
    said = capsys.readouterr()
    assert answer["outcome"] == "published"
    assert KEY[3:12] not in f"{said.out}{said.err}{caplog.text}{answer}{files(store)}"
