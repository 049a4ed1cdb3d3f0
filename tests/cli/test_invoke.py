"""`invoke` calls a deployed function, and ends as if the job had run here."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.command_line import CommandLine
from tests.servers.fake_aws import FakeAws, Reply, fake_aws

SUMMARY: dict[str, Any] = {
    "job": "all",
    "at": "2026-06-01T12:00:00Z",
    "outcome": "published",
    "dryRun": False,
    "generation": 3,
    "message": None,
    "documents": ["current"],
    "counts": {"active": 400, "curated": 36},
    "events": {"appeared": 2},
    "setAside": ["a/broken: no"],
    "findings": [],
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    with fake_aws() as each:
        for name, value in each.environment.items():
            monkeypatch.setenv(name, value)
        each.functions["full"] = Reply(SUMMARY)
        yield each


def test_the_summary_of_the_run_is_shown(sync: CommandLine, aws: FakeAws) -> None:
    ran = sync("invoke", "full")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "all: published, generation 3",
        "function     full",
        "counts       400 active, 36 curated",
        "events       2 appeared",
        "setAside     1",
    ]
    assert aws.calls == [("full", "RequestResponse", {})]


def test_the_summary_is_json_as_it_came(sync: CommandLine, aws: FakeAws) -> None:
    assert sync("invoke", "full", "--json").json == SUMMARY
    assert len(aws.calls) == 1


def test_what_was_said_reaches_the_function(sync: CommandLine, aws: FakeAws) -> None:
    words = ("--slot", "2026-06-01T14:00+02:00", "--job", "all", "--provider", "deepseek", "--dry-run")
    assert sync("invoke", "full", *words).code == 0
    event = {"slot": "2026-06-01T12:00:00Z", "job": "all", "provider": "deepseek", "dryRun": True}
    assert aws.calls == [("full", "RequestResponse", event)]


def test_a_function_is_named_as_in_the_template_with_its_stack(sync: CommandLine, aws: FakeAws) -> None:
    aws.stacks["catalog"] = {"FullRefresh": "full"}
    assert sync("invoke", "full_refresh", "--stack", "catalog").code == 0
    assert [function for function, _, _ in aws.calls] == ["full"]


def test_a_held_feed_is_5(sync: CommandLine, aws: FakeAws) -> None:
    aws.functions["full"] = Reply(SUMMARY | {"outcome": "held", "message": "ids gone: 14 of 24"})
    ran = sync("invoke", "full")
    assert (ran.code, ran.err) == (5, "syncmodels: invoke: the feed is held: ids gone: 14 of 24\n")


@pytest.mark.parametrize(
    ("error_type", "code", "kind"),
    [
        ("FeedFormatError", 4, "feed"),
        ("FeedUnavailableError", 4, "feed"),
        ("CorruptDocumentError", 6, "store"),
        ("OverridesError", 7, "overrides"),
        ("NotFoundError", 3, "not-found"),
        ("UsageError", 2, "usage"),
    ],
)
def test_an_error_of_the_job_ends_as_if_it_had_run_here(
    sync: CommandLine, aws: FakeAws, error_type: str, code: int, kind: str
) -> None:
    told = {"errorType": error_type, "errorMessage": "it says why", "stackTrace": ["File app.py"]}
    aws.functions["full"] = Reply(told, function_error="Unhandled")
    ran = sync("invoke", "full", "--json")
    assert (ran.code, ran.err) == (code, "syncmodels: invoke: full: it says why\n")
    assert ran.json == {"error": {"kind": kind, "exitCode": code, "type": error_type, "message": "it says why"}}


@pytest.mark.parametrize("error_type", ["ZeroDivisionError", "Sandbox.Timedout", "Sequence", "annotations"])
def test_a_function_that_broke_is_8(sync: CommandLine, aws: FakeAws, error_type: str) -> None:
    told = {"errorType": error_type, "errorMessage": "Task timed out after 3.00 seconds"}
    aws.functions["full"] = Reply(told, function_error="Unhandled")
    ran = sync("invoke", "full")
    assert (ran.code, ran.out) == (8, "full: failed\n")
    assert ran.err == f"syncmodels: invoke: full: {error_type}: Task timed out after 3.00 seconds\n"


def test_a_refusal_of_aws_is_8(sync: CommandLine, aws: FakeAws) -> None:
    aws.functions["full"] = Reply(status=403, code="AccessDeniedException")
    ran = sync("invoke", "full")
    assert (ran.code, ran.out) == (8, "")
    assert ran.err == (
        "syncmodels: full: AWS refused the call, found AccessDeniedException; check name, region and permissions\n"
    )


def test_a_function_that_is_not_there_is_3(sync: CommandLine, aws: FakeAws) -> None:
    assert sync("invoke", "none").code == 3
    assert sync("invoke", "full_refresh", "--stack", "none").code == 3
    assert len(aws.calls) == 1


def test_a_function_that_tells_no_run_is_8(sync: CommandLine, aws: FakeAws) -> None:
    aws.functions["full"] = Reply("hello")
    ran = sync("invoke", "full")
    assert (ran.code, "expected the summary of a run, found another answer" in ran.err) == (8, True)


def test_a_summary_of_another_version_is_shown_as_far_as_it_is_known(sync: CommandLine, aws: FakeAws) -> None:
    aws.functions["full"] = Reply({"statusCode": 200, "counts": "many"})
    ran = sync("invoke", "full")
    assert (ran.code, ran.out.splitlines()) == (0, ["full: answered", "function     full"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "the following arguments are required: FUNCTION"),
        (("refresh", "--stack", "x"), "--stack: expected one of its functions full_refresh, curated_refresh"),
        (("full", "--slot", "noon"), "argument --slot: expected a time with its zone"),
        (("full", "--job", "none"), "argument --job: invalid choice: 'none'"),
    ],
)
def test_words_that_do_not_fit_are_2(sync: CommandLine, words: tuple[str, ...], sentence: str) -> None:
    ran = sync("invoke", *words)
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err
