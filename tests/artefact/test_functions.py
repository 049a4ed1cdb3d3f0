"""The built functions under the runtime's own client: what a deployment would do with an event."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.artefact.artefact import Artefact
from tests.artefact.events import scheduled, url_event
from tests.artefact.logs import json_lines, log_lines, metrics
from tests.feeds.feed_server import Answer, FeedServer
from tests.servers.sandbox import Deployment, Sandbox
from tests.world import World

SIX = "2026-08-01T06:00:00Z"
NOON = "2026-08-01T12:00:00Z"
CANARY = "canary-7f3a9c51-key-of-nobody"
TOKEN = "token-of-a-reporter-0123456789abcdef"


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    server = FeedServer()
    yield server
    server.stop()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def deployed(artefact: Artefact, function: str, store: Path, *, feed: str = "unused:") -> Deployment:
    """A function whose store is a folder and whose feed is a server of the test."""
    return artefact.deployment(function, MODELSYNC_STORE=store.as_uri(), MODELSYNC_FEED=feed)


def answers(deployment: Deployment, *events: object) -> tuple[list[Any], str]:
    """What one sandbox answers to events, in turn, and its whole log; no event may fail."""
    with Sandbox(deployment) as sandbox:
        outcomes = [sandbox.invoke(event) for event in events]
    assert [outcome.error for outcome in outcomes] == [None] * len(events), sandbox.log
    return [outcome.payload for outcome in outcomes], sandbox.log


def files(store: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(store)): path.read_bytes() for path in store.rglob("*") if path.is_file()}


def document(store: Path, name: str, *, source: str = "openrouter") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((store / f"models/{source}/{name}.json").read_bytes())
    return found


def a_feed(feeds: FeedServer, *bodies: bytes) -> str:
    """The address of a feed that sends these bodies in turn."""
    return feeds.script(*(Answer(body=body) for body in bodies or (World().feed.body,)))


def test_a_slot_of_the_schedule_publishes_what_the_feed_says(
    artefact: Artefact, store: Path, feeds: FeedServer
) -> None:
    refresh = deployed(artefact, "full_refresh", store, feed=a_feed(feeds))
    (told,), _ = answers(refresh, scheduled(SIX, job="refresh"))
    assert (told["outcome"], told["generation"], told["counts"]["active"]) == ("published", 1, 24)
    assert len(document(store, "current")["models"]) == 24
    assert document(store, "manifest")["slots"] == {"refresh": [SIX]}


def test_the_same_slot_delivered_again_to_a_new_sandbox_changes_nothing(
    artefact: Artefact, store: Path, feeds: FeedServer
) -> None:
    refresh = deployed(artefact, "full_refresh", store, feed=a_feed(feeds))
    answers(refresh, scheduled(SIX, job="refresh"))
    before = files(store)
    (told,), log = answers(refresh, scheduled(SIX, job="refresh"))
    assert (told["outcome"], told["repeated"]) == ("unchanged", True)
    assert files(store) == before
    assert [metric.name for metric in metrics(log)] == ["ColdStart", "Repeated"]


def test_a_warm_sandbox_does_the_next_slot(artefact: Artefact, store: Path, feeds: FeedServer) -> None:
    changed = World()
    changed.feed.add("qwen/qwen3-next")
    refresh = deployed(artefact, "full_refresh", store, feed=a_feed(feeds, World().feed.body, changed.feed.body))
    (_, told), _ = answers(refresh, scheduled(SIX), scheduled(NOON))
    assert (told["outcome"], told["generation"], told["events"]) == ("published", 2, {"added": 1})
    assert document(store, "manifest")["slots"] == {"refresh": [SIX, NOON]}


def test_the_daily_run_ranks_a_shortlist_from_what_stands(artefact: Artefact, store: Path, feeds: FeedServer) -> None:
    answers(deployed(artefact, "full_refresh", store, feed=a_feed(feeds)), scheduled(SIX))
    (told,), _ = answers(deployed(artefact, "curated_refresh", store), scheduled("2026-08-01T03:15:00Z"))
    assert (told["job"], told["outcome"]) == ("curate", "published")
    assert document(store, "curated")["buckets"]["coding"]["models"] != []


def test_a_provider_without_a_key_is_published_from_the_manifest_in_the_overrides_layer(
    artefact: Artefact, store: Path
) -> None:
    refresh = artefact.deployment("provider_refresh", MODELSYNC_STORE=store.as_uri())
    (told,), log = answers(refresh, scheduled(SIX, provider="deepseek"))
    assert told["outcome"] == "published"
    assert document(store, "current", source="deepseek")["models"] != []
    assert {dict(each.dimensions).get("source", "deepseek") for each in metrics(log)} == {"deepseek"}


def test_a_refused_feed_fails_the_invocation_and_logs_one_line(
    artefact: Artefact, store: Path, feeds: FeedServer
) -> None:
    refresh = deployed(artefact, "full_refresh", store, feed=a_feed(feeds, b"<html>busy</html>"))
    with Sandbox(refresh) as sandbox:
        outcome = sandbox.invoke(scheduled(SIX))
    assert outcome.error is not None
    assert outcome.error["errorType"] == "FeedFormatError"
    (line,) = log_lines(sandbox.log)
    assert (line["level"], line["message"]) == ("ERROR", "failed")
    assert "expected JSON" in line["error"]
    assert len(sandbox.log.splitlines()) == len(json_lines(sandbox.log))
    assert document(store, "status")["lastAttempt"]["outcome"] == "refused"


def test_a_schedule_that_failed_tries_again_with_the_same_slot(
    artefact: Artefact, store: Path, feeds: FeedServer
) -> None:
    refresh = deployed(artefact, "full_refresh", store, feed=a_feed(feeds, b"<html>busy</html>", World().feed.body))
    with Sandbox(refresh) as sandbox:
        assert sandbox.invoke(scheduled(SIX)).error is not None
        assert sandbox.invoke(scheduled(SIX)).payload["outcome"] == "published"


def test_metrics_are_published_under_the_dimensions_of_the_function(
    artefact: Artefact, store: Path, feeds: FeedServer
) -> None:
    refresh = deployed(artefact, "full_refresh", store, feed=a_feed(feeds))
    _, log = answers(refresh, scheduled(SIX), scheduled(NOON))
    counted = [(each.name, each.value) for each in metrics(log) if dict(each.dimensions)["service"] == refresh.name]
    assert counted.count(("ColdStart", 1)) == 1
    assert counted.count(("Success", 1)) == 2
    assert [value for name, value in counted if name == "Published"] == [1, 0]
    assert {each.namespace for each in metrics(log)} == {"modelsync"}


def test_every_line_of_the_log_is_json(artefact: Artefact, store: Path, feeds: FeedServer) -> None:
    _, log = answers(deployed(artefact, "full_refresh", store, feed=a_feed(feeds)), scheduled(SIX))
    assert len(log.splitlines()) == len(json_lines(log)) > 0


def test_the_admin_api_tells_how_things_stand(artefact: Artefact, store: Path, feeds: FeedServer) -> None:
    answers(deployed(artefact, "full_refresh", store, feed=a_feed(feeds)), scheduled(SIX))
    (told,), _ = answers(deployed(artefact, "admin_api", store), url_event("GET", "/api/admin/models/status"))
    assert told["statusCode"] == 200
    assert json.loads(told["body"])["generation"] == 1


def test_the_admin_api_refuses_who_is_not_signed(artefact: Artefact, store: Path) -> None:
    unsigned = url_event("GET", "/api/admin/models/status", signed=False)
    (told,), _ = answers(deployed(artefact, "admin_api", store), unsigned)
    assert told["statusCode"] == 403


def test_the_intake_takes_a_report_of_bindings(artefact: Artefact, store: Path) -> None:
    told, _ = reported(artefact, store, token=TOKEN)
    assert told["statusCode"] == 202
    assert [name for name in files(store) if name.startswith("models/bindings/")] != []


def test_the_intake_keeps_nothing_of_a_stranger(artefact: Artefact, store: Path) -> None:
    told, _ = reported(artefact, store, token="x" * 36)
    assert told["statusCode"] == 401
    assert not store.exists()


def reported(artefact: Artefact, store: Path, *, token: str) -> tuple[dict[str, Any], str]:
    """What the intake answers to a report of bindings."""
    reporters = json.dumps({"desktop": hashlib.sha256(TOKEN.encode()).hexdigest()})
    intake = deployed(artefact, "telemetry_intake", store)
    intake = replace(intake, environment={**intake.environment, "MODELSYNC_REPORTERS": reporters})
    today = datetime.now(UTC).date().isoformat()
    lease = {"id": "qwen/qwen3-coder", "lastUsedDay": today}
    report = {"schema": 1, "client": "0" * 32, "day": today, "leases": [lease]}
    event = url_event("PUT", "/v1/bindings", body=report, headers={"authorization": f"Bearer {token}"})
    (told,), log = answers(intake, event)
    return told, log


def test_no_secret_gets_into_a_log_an_answer_or_a_document(artefact: Artefact, store: Path, feeds: FeedServer) -> None:
    good = deployed(artefact, "full_refresh", store, feed=a_feed(feeds, World().feed.body, b"<html>busy</html>"))
    with Sandbox(replace(good, environment={**good.environment, "OPENROUTER_API_KEY": CANARY})) as sandbox:
        outcomes = [sandbox.invoke(event) for event in (scheduled(SIX), scheduled(NOON), {"slot": 1}, {"job": "no"})]
    told, log = reported(artefact, store, token=TOKEN)
    seen = f"{sandbox.log}{outcomes}{told}{log}".encode() + b"".join(files(store).values())
    assert [outcome.error is None for outcome in outcomes] == [True, False, False, False]
    assert CANARY.encode() not in seen
    assert TOKEN.encode() not in seen
    assert b"testing-secret" not in seen
