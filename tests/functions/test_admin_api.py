"""The admin API as Lambda calls it: an event of the function URL, an environment as the template sets it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelsync.shell.asking.asked_runs import REFRESH_PATH, STATUS_PATH, current
from modelsync.shell.storage.directory_store import DirectoryStore
from tests.admin.desk import Answer, an_event, check
from tests.functions.test_handlers import REPOSITORY, Context, Handler, handler_of
from tests.servers.fake_aws import FakeAws, Reply, fake_aws

ARN = "arn:aws:iam::000000000000:user/anna"


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """The environment of the function, with a folder as the store and two job functions deployed."""
    with fake_aws() as each:
        for name, value in {
            **each.environment,
            "MODELSYNC_STORE": str(tmp_path / "store"),
            "MODELSYNC_PREFIX": "models/",
            "MODELSYNC_FULL_REFRESH": "full",
            "MODELSYNC_CURATED_REFRESH": "curated",
            "POWERTOOLS_SERVICE_NAME": f"admin-api of {tmp_path.name}",  # a logger of its own, on this test's output
        }.items():
            monkeypatch.setenv(name, value)
        each.functions |= {"full": Reply(), "curated": Reply()}
        yield each


def answered(handler: Handler, event: dict[str, Any]) -> Answer:
    response = handler(event, Context("admin_api"))
    answer = Answer(response["statusCode"], response["headers"], json.loads(response["body"]))
    check(answer, event["requestContext"]["http"]["method"], event["rawPath"])
    return answer


def an_order(order: object) -> dict[str, Any]:
    return an_event("POST", REFRESH_PATH, body=json.dumps(order))


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_status_of_an_empty_store_is_200(aws: FakeAws) -> None:
    handler = handler_of("admin_api")
    answer = answered(handler, an_event("GET", STATUS_PATH))
    assert (answer.status, answer.body["generation"], answer.body["run"]) == (200, None, None)
    assert answer.body["targets"] == ["all", "openrouter", "curated"]
    assert aws.calls == []


def test_an_order_hands_the_run_to_its_function_and_keeps_it(aws: FakeAws, tmp_path: Path) -> None:
    handler = handler_of("admin_api")
    answer = answered(handler, an_order({"target": "all", "dryRun": True}))
    assert answer.status == 202
    run = current(DirectoryStore(tmp_path / "store"), "models/").run
    assert run is not None
    assert (run.run, run.target, run.dry_run) == (answer.body["run"], "all", True)
    assert aws.calls == [("full", "Event", {"job": "all", "dryRun": True, "run": run.run})]
    assert answered(handler, an_order({"target": "curated"})).status == 409
    assert len(aws.calls) == 1


def test_two_runs_have_two_ids(aws: FakeAws) -> None:
    handler = handler_of("admin_api")
    aws.functions["curated"] = Reply(status=403, code="AccessDeniedException")
    assert [answered(handler, an_order({"target": "curated"})).status for _ in range(2)] == [502, 502]
    runs = {event["run"] for _, _, event in aws.calls}
    assert len(runs) == 2


def test_a_function_that_cannot_be_called_is_502_without_the_words_of_aws(aws: FakeAws) -> None:
    handler = handler_of("admin_api")
    aws.functions["full"] = Reply(status=403, code="AccessDeniedException")
    answer = answered(handler, an_order({"target": "openrouter"}))
    assert answer.status == 502
    assert answer.error["message"] == (
        "full: AWS refused the call, found AccessDeniedException; check name, region and permissions"
    )
    run = answered(handler, an_event("GET", STATUS_PATH)).body["run"]
    assert (run["state"], run["outcome"]) == ("finished", "failed")


def test_a_request_without_an_identity_is_refused_though_the_url_let_it_through(aws: FakeAws) -> None:
    handler = handler_of("admin_api")
    event = an_order({"target": "all"})
    event["requestContext"] |= {"authorizer": None, "accountId": "anonymous"}
    assert (answered(handler, event).status, aws.calls) == (403, [])


@pytest.mark.parametrize("event", [{}, {"run": "r1"}, {"requestContext": []}])
def test_an_event_of_another_kind_is_refused_and_fails_no_invocation(aws: FakeAws, event: dict[str, Any]) -> None:
    handler = handler_of("admin_api")
    response = handler(event, Context("admin_api"))
    assert (response["statusCode"], aws.calls) == (403, [])


def test_each_request_has_one_line_that_tells_who_and_what_and_nothing_that_came_with_it(
    aws: FakeAws, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = handler_of("admin_api")
    event = an_event("POST", REFRESH_PATH, body='{"target": "hush-hush"}', query="token=hush-hush")
    event["headers"]["authorization"] = "AWS4-HMAC-SHA256 hush-hush"
    handler(event, Context("admin_api"))
    lines = lines_of(capsys)
    (told,) = (line for line in lines if line.get("message") == "answered")
    assert (told["method"], told["path"], told["status"], told["caller"]) == ("POST", REFRESH_PATH, 400, ARN)
    assert "hush-hush" not in json.dumps(lines)
    assert aws.calls == []


def test_requests_and_faults_are_counted_in_the_embedded_metric_format(
    aws: FakeAws, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = handler_of("admin_api")
    handler(an_event("GET", STATUS_PATH), Context("admin_api"))
    monkeypatch.setenv("MODELSYNC_STORE", "s3://")
    assert handler_of("admin_api")(an_event("GET", STATUS_PATH), Context("admin_api"))["statusCode"] == 500
    counted = [(line["AdminRequests"], line["AdminFaults"]) for line in lines_of(capsys) if "AdminRequests" in line]
    assert counted == [([1.0], [0.0]), ([1.0], [1.0])]
    assert aws.calls == []


def test_an_environment_that_does_not_fit_is_logged_and_not_told(
    aws: FakeAws, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = handler_of("admin_api")
    monkeypatch.setenv("MODELSYNC_STORE", "gopher://x")
    answer = answered(handler, an_event("GET", STATUS_PATH))
    assert (answer.status, answer.error["kind"]) == (500, "settings")
    (told,) = (line for line in lines_of(capsys) if line.get("message") == "defect")
    assert "found 'gopher://x'" in told["exception"]
    assert aws.calls == []


def test_what_only_some_requests_need_is_not_loaded_at_the_start() -> None:
    script = (
        "import sys; sys.path[:0] = ['functions/admin_api', 'shared']; import app; app._api(); "
        "print(*sorted({'boto3', 'botocore.client', 'httpx', 'pydantic'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("\n", "")
