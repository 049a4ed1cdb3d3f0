"""The functions, called as the runtime calls them: an event, a context, an environment."""

import importlib.util
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from modelsync.errors import FeedFormatError, NotFoundError
from tests.world import World, a_body

REPOSITORY = Path(__file__).resolve().parents[2]
Handler = Callable[[dict[str, Any], object], dict[str, Any]]


@dataclass
class Context:
    """What the Lambda runtime hands to a handler."""

    function_name: str = "full_refresh"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:000000000000:function:full_refresh"
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"


def handler_of(function: str) -> Handler:
    """Load one function's `app.handler`, each from a folder of its own, as Lambda does."""
    spec = importlib.util.spec_from_file_location(f"{function}_app", REPOSITORY / "functions" / function / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Handler = module.handler
    return handler


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment as the template sets it, with a folder as the store and a file as the feed."""
    feed = tmp_path / "feed.json"
    feed.write_bytes(a_body(World().feed.records))
    for name, value in {
        "MODELSYNC_STORE": (tmp_path / "store").as_uri(),
        "MODELSYNC_PREFIX": "models/",
        "MODELSYNC_OVERRIDES": str(REPOSITORY / "overrides"),
        "MODELSYNC_FEED": str(feed),
        "POWERTOOLS_SERVICE_NAME": "modelsync",
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "store"


def test_full_refresh_publishes_the_feed_and_answers_with_a_summary(store: Path) -> None:
    answer = handler_of("full_refresh")({}, Context())
    assert answer["outcome"] == "published"
    current = json.loads((store / "models/openrouter/current.json").read_bytes())
    assert len(current["models"]) == answer["counts"]["active"]


def test_curated_refresh_publishes_a_shortlist_on_top_of_a_refresh(store: Path) -> None:
    handler_of("full_refresh")({}, Context())
    assert handler_of("curated_refresh")({}, Context())["job"] == "curate"
    assert (store / "models/openrouter/curated.json").exists()


def test_full_refresh_counts_what_it_did_in_the_embedded_metric_format(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler_of("full_refresh")({}, Context())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    metrics = next(line for line in lines if "Published" in line)
    assert metrics["Published"] == [1]
    assert store.exists()


def test_a_refused_feed_fails_the_invocation_so_that_the_schedule_tries_again(store: Path) -> None:
    (store.parent / "feed.json").write_text("<html>busy</html>")
    with pytest.raises(FeedFormatError, match="expected JSON"):
        handler_of("full_refresh")({}, Context())
    status = json.loads((store / "models/openrouter/status.json").read_bytes())
    assert status["lastAttempt"]["outcome"] == "refused"


def test_curated_refresh_of_an_empty_store_says_what_to_run(store: Path) -> None:
    with pytest.raises(NotFoundError, match="nothing is published yet"):
        handler_of("curated_refresh")({}, Context())
    assert store.exists()
