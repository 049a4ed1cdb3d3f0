"""Functions that are deployed are found and called, and what AWS refuses is told in one sentence without its words."""

from collections.abc import Iterator

import pytest

from modelsync.errors import NotFoundError, RemoteError, UsageError
from modelsync.shell.asking.deployed import EventSender, Returned, call, name_in_stack
from tests.servers.fake_aws import ENVIRONMENT, FakeAws, Reply, fake_aws


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    with fake_aws() as each:
        for name, value in each.environment.items():
            monkeypatch.setenv(name, value)
        yield each


def test_a_function_is_called_and_its_answer_waited_for(aws: FakeAws) -> None:
    aws.functions["full"] = Reply({"outcome": "published"})
    assert call("full", {"job": "all"}) == Returned({"outcome": "published"})
    assert aws.calls == [("full", "RequestResponse", {"job": "all"})]


def test_a_function_may_answer_nothing(aws: FakeAws) -> None:
    aws.functions["full"] = Reply(body=b"")
    assert call("full", {}) == Returned(None)


def test_an_error_of_the_function_is_told_by_type_and_message(aws: FakeAws) -> None:
    told = {"errorType": "FeedFormatError", "errorMessage": "x" * 900, "stackTrace": ["secret"]}
    aws.functions["full"] = Reply(told, function_error="Unhandled")
    returned = call("full", {})
    assert (returned.error_type, returned.message) == ("FeedFormatError", "x" * 500)


def test_an_error_without_words_is_one_as_well(aws: FakeAws) -> None:
    aws.functions["full"] = Reply(None, function_error="Unhandled")
    assert call("full", {}) == Returned(None, "Unknown", "it told no reason")


def test_an_event_is_handed_over_without_waiting(aws: FakeAws) -> None:
    aws.functions["full"] = Reply({"never": "seen"})
    send = EventSender()
    send("full", {"run": "r1"})
    send("full", {"run": "r2"})
    assert aws.calls == [("full", "Event", {"run": "r1"}), ("full", "Event", {"run": "r2"})]


def test_a_function_that_is_not_there_is_told_to_whoever_named_it(aws: FakeAws) -> None:
    with pytest.raises(NotFoundError, match="function 'full': there is none of this name in this region and account"):
        call("full", {})
    assert len(aws.calls) == 1


def test_a_function_that_the_api_was_told_of_and_is_not_there_is_the_deployment_s_fault(aws: FakeAws) -> None:
    with pytest.raises(RemoteError, match="there is none of this name"):
        EventSender()("full", {})
    assert [kind for _, kind, _ in aws.calls] == ["Event"]


def test_a_refusal_is_told_by_its_code_and_not_in_the_words_of_aws(aws: FakeAws) -> None:
    aws.functions["full"] = Reply(status=403, code="AccessDeniedException")
    with pytest.raises(RemoteError) as error:
        call("full", {})
    assert str(error.value) == (
        "full: AWS refused the call, found AccessDeniedException; check name, region and permissions"
    )


def test_a_call_that_may_have_been_carried_out_is_not_made_again(aws: FakeAws) -> None:
    aws.functions["full"] = Reply(status=500, code="ServiceException")
    with pytest.raises(RemoteError, match="found ServiceException"):
        call("full", {})
    assert len(aws.calls) == 1


def test_an_answer_that_is_no_json_is_told(aws: FakeAws) -> None:
    aws.functions["full"] = Reply(body=b"<html>")
    with pytest.raises(RemoteError, match="full: expected a JSON answer, found 6 bytes that are none"):
        call("full", {})


def test_a_network_that_does_not_answer_is_told_by_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RemoteError, match="full: AWS could not be asked, found EndpointConnectionError; check AWS_DEF"):
        call("full", {})


def test_a_machine_without_a_region_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    with pytest.raises(RemoteError, match="found NoRegionError; check AWS_DEFAULT_REGION"):
        call("full", {})


def test_a_function_is_found_by_its_stack(aws: FakeAws) -> None:
    aws.stacks["catalog"] = {"FullRefresh": "catalog-full-refresh"}
    assert name_in_stack("full_refresh", "catalog") == "catalog-full-refresh"


@pytest.mark.parametrize(("function", "stack"), [("curated_refresh", "catalog"), ("full_refresh", "other")])
def test_a_stack_or_a_function_in_it_that_is_not_there_is_told(aws: FakeAws, function: str, stack: str) -> None:
    aws.stacks["catalog"] = {"FullRefresh": "catalog-full-refresh"}
    with pytest.raises(NotFoundError, match=f"stack '{stack}': found no .* in it, or no such stack"):
        name_in_stack(function, stack)


def test_a_stack_knows_only_the_functions_of_the_template() -> None:
    with pytest.raises(UsageError, match="--stack: expected one of its functions full_refresh, curated_refresh"):
        name_in_stack("refresh", "catalog")
