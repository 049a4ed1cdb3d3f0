"""What the end of a call says of a capability."""

import pytest

from modelsync.catalog.reports import Failure
from modelsync.client.reports.call_ends import Call, Ending, category_of

TOOLS = Call("supportsTools", calls=1)
SCHEMA = Call("structuredOutput")


@pytest.mark.parametrize("call", [TOOLS, SCHEMA, TOOLS._replace(was_required=True)])
def test_a_call_that_used_the_capability_and_went_well_is_ok(call: Call) -> None:
    assert category_of(call) == "ok"


@pytest.mark.parametrize("status", [401, 402, 403, 408, 429, 500, 502, 503, 504, 529])
@pytest.mark.parametrize("call", [TOOLS, SCHEMA])
def test_credentials_credit_rate_and_faults_of_servers_say_nothing(call: Call, status: int) -> None:
    refused = call._replace(status=status, error="No endpoints found that support tool use or response_format")
    assert category_of(refused) is None


@pytest.mark.parametrize("ending", ["timed_out", "aborted", "blocked", "tool_failed"])
def test_what_somebody_else_ended_says_nothing(ending: str) -> None:
    assert category_of(TOOLS._replace(ending=Ending(ending), found=Failure.INVALID_JSON)) is None


@pytest.mark.parametrize("found", list(Failure))
def test_a_call_that_offered_no_tools_says_nothing(found: Failure) -> None:
    assert category_of(TOOLS._replace(was_offered=False, found=found)) is None


def test_an_answer_without_a_call_says_something_only_where_one_was_demanded() -> None:
    assert category_of(TOOLS._replace(calls=0)) is None
    assert category_of(TOOLS._replace(calls=0, was_required=True)) == "ignored_required"


@pytest.mark.parametrize("found", ["invalid_json", "unknown_tool", "schema_mismatch"])
def test_one_bad_call_makes_the_request_a_failure(found: str) -> None:
    assert category_of(TOOLS._replace(calls=3, found=Failure(found))) == found


@pytest.mark.parametrize(
    ("found", "category"),
    [("invalid_json", "invalid_json"), ("schema_mismatch", "schema_mismatch"), ("unknown_tool", None)],
)
def test_a_schema_fails_in_its_own_ways_only(found: str, category: str | None) -> None:
    assert category_of(SCHEMA._replace(found=Failure(found))) == category


@pytest.mark.parametrize("capability", ["supportsVision", "", "tools"])
def test_no_other_capability_is_counted(capability: str) -> None:
    assert category_of(Call(capability, calls=1)) is None


@pytest.mark.parametrize(
    ("call", "status", "error"),
    [
        (TOOLS, 404, "No endpoints found that support tool use. To learn more about provider routing, visit: …"),
        (TOOLS, 404, "No endpoints found that can handle the requested parameters."),
        (TOOLS, 400, "registry.example/library/gemma3 does not support tools"),
        (TOOLS, 400, "Unsupported parameter: 'tools'"),
        (TOOLS, 422, "`tool_choice` is not supported with this model"),
        (SCHEMA, 404, "No endpoints found that can handle the requested parameters"),
        (SCHEMA, 400, "This model does not support response_format of type json_schema"),
        (SCHEMA, 400, "structured outputs are not supported by this model"),
    ],
)
def test_a_router_that_knows_no_such_endpoint_refuses(call: Call, status: int, error: str) -> None:
    assert category_of(call._replace(status=status, calls=0, error=error)) == "refused_by_router"


@pytest.mark.parametrize(
    ("call", "status", "error"),
    [
        (TOOLS, 404, "No endpoints found matching your data policy."),
        (TOOLS, 404, "The model qwen/qwen9 does not exist"),
        (TOOLS, 400, "messages: expected at least one"),
        (TOOLS, 400, "This model does not support images"),
        (TOOLS, 400, "This model does not support response_format"),
        (SCHEMA, 400, "This model does not support tools"),
        (TOOLS, 413, "Unsupported parameter: 'tools'"),
        (TOOLS, 404, ""),
        (TOOLS, 302, "does not support tools"),
    ],
)
def test_another_refusal_says_nothing_of_the_capability(call: Call, status: int, error: str) -> None:
    assert category_of(call._replace(status=status, calls=0, error=error)) is None
