"""An identity is asked for twice: IAM lets only signed callers through, and whoever comes without one is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.admin.callers import caller_of, refuse_unsigned, request_of
from modelsync.shell.asking.asked_runs import STATUS_PATH
from tests.admin.desk import an_event


def without_identity(account: object) -> dict[str, Any]:
    event = an_event("GET", STATUS_PATH)
    del event["requestContext"]["authorizer"]
    event["requestContext"]["accountId"] = account
    return event


def test_a_signed_caller_may_pass_and_is_known_by_the_arn() -> None:
    event = an_event("GET", STATUS_PATH)
    assert refuse_unsigned(event) is None
    assert caller_of(event) == "arn:aws:iam::000000000000:user/anna"
    assert request_of(event) == ("GET", STATUS_PATH)


def test_a_caller_of_a_url_that_somebody_opened_is_refused() -> None:
    response = refuse_unsigned(without_identity("anonymous"))
    assert response is not None
    assert (response["statusCode"], json.loads(response["body"])["error"]["kind"]) == (403, "unsigned")


def test_an_identity_of_null_is_none() -> None:
    event = an_event("GET", STATUS_PATH)
    event["requestContext"] |= {"authorizer": None, "accountId": "anonymous"}
    assert caller_of(event) is None
    assert refuse_unsigned(event) is not None


def test_an_emulator_that_leaves_the_identity_out_and_names_the_account_may_pass() -> None:
    assert refuse_unsigned(without_identity("000000000000")) is None


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"requestContext": None},
        {"rawPath": "/"},
        {"Records": []},
        {"requestContext": {"accountId": "000000000000"}},
    ],
)
def test_an_event_that_came_from_no_url_is_refused(event: dict[str, Any]) -> None:
    assert refuse_unsigned(event) is not None
    assert caller_of(event) is None


@given(
    st.recursive(
        st.none() | st.text(),
        lambda inner: st.dictionaries(
            st.sampled_from(
                ["requestContext", "http", "method", "rawPath", "authorizer", "iam", "userArn", "accountId"]
            ),
            inner,
        ),
        max_leaves=9,
    )
)
def test_no_event_makes_it_fail(event: object) -> None:
    if isinstance(event, dict):
        response = refuse_unsigned(event)
        assert response is None or response["statusCode"] == 403
