"""Who called a function URL, as Lambda tells it: the second lock behind IAM.

With `AuthType: AWS_IAM` Lambda lets nobody through who is not signed and allowed, and puts the identity into the
event. A URL that somebody opened (`AuthType: NONE`) has events without one, and the account `anonymous`; an event
that names neither an identity nor an account came from no URL at all.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from modelsync.admin.refusals import HEADERS, UNSIGNED, error_body

_ANONYMOUS: Final = "anonymous"


def caller_of(event: Mapping[str, Any]) -> str | None:
    """The caller's ARN; None where the event tells none."""
    arn = _within(_within(_within(event, "requestContext"), "authorizer"), "iam").get("userArn")
    return arn if isinstance(arn, str) and arn else None


def request_of(event: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Method and path, for a log; None where the event tells none."""
    method, path = _within(_within(event, "requestContext"), "http").get("method"), event.get("rawPath")
    return method if isinstance(method, str) else None, path if isinstance(path, str) else None


def refuse_unsigned(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answer to a caller without an identity; None for all others.

    An account without an identity is enough: emulators of Lambda check signatures and leave the identity out.
    """
    account = _within(event, "requestContext").get("accountId", _ANONYMOUS)
    if None not in request_of(event) and (caller_of(event) is not None or account != _ANONYMOUS):
        return None
    problem = "caller: expected a request to the function URL, signed with AWS credentials, found another one"
    return {
        "statusCode": int(HTTPStatus.FORBIDDEN),
        "headers": {"Content-Type": "application/json", **HEADERS},
        "body": json.dumps(error_body(UNSIGNED, problem)),
        "isBase64Encoded": False,
    }


def _within(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}
