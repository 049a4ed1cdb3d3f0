"""A run becomes the event of the function that does it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from modelsync.admin.starters import FunctionStarter
from modelsync.shell.asking.asked_runs import AskedRun

NOW = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
DEPLOYED = {
    "MODELSYNC_FULL_REFRESH": "full",
    "MODELSYNC_CURATED_REFRESH": "curated",
    "MODELSYNC_PROVIDER_REFRESH": "arn:aws:lambda:eu-central-1:000000000000:function:provider",
    "MODELSYNC_STORE": "s3://bucket",
}
PROVIDER = DEPLOYED["MODELSYNC_PROVIDER_REFRESH"]


def sent(target: str, *, dry_run: bool = False) -> list[tuple[str, dict[str, Any]]]:
    """What is sent, and to whom, when a run is started."""
    events: list[tuple[str, dict[str, Any]]] = []
    starter = FunctionStarter(DEPLOYED, lambda function, event: events.append((function, event)))
    starter.start(AskedRun("r1", target, dry_run, NOW))
    return events


@pytest.mark.parametrize(
    ("target", "function", "event"),
    [
        ("all", "full", {"job": "all"}),
        ("openrouter", "full", {"job": "refresh"}),
        ("curated", "curated", {}),
        ("deepseek", PROVIDER, {"provider": "deepseek"}),
        ("dashscope", PROVIDER, {"provider": "dashscope"}),
        ("moonshot", PROVIDER, {"provider": "moonshot"}),
    ],
)
def test_each_target_goes_to_its_function_with_the_id_of_the_run(
    target: str, function: str, event: dict[str, str]
) -> None:
    assert sent(target) == [(function, {**event, "dryRun": False, "run": "r1"})]


def test_a_dry_run_says_so() -> None:
    assert sent("all", dry_run=True)[0][1]["dryRun"] is True


def test_only_what_is_deployed_can_be_asked_for() -> None:
    environment = {"MODELSYNC_FULL_REFRESH": "full", "MODELSYNC_CURATED_REFRESH": ""}
    assert FunctionStarter(environment, lambda _function, _event: None).targets == ("all", "openrouter")
    assert FunctionStarter({}, lambda _function, _event: None).targets == ()
