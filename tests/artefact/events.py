"""Events as Lambda hands them to a function: those of the schedules, and those of a function URL."""

import json
from collections.abc import Mapping
from typing import Any

from tests.servers.runtime_api import ACCOUNT

CALLER = f"arn:aws:iam::{ACCOUNT}:user/operator"


def scheduled(slot: str, **more: str) -> dict[str, str]:
    """What a schedule sends, its placeholder filled in."""
    return {"slot": slot, **more}


def url_event(
    method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None, signed: bool = True
) -> dict[str, Any]:
    """A request to a function URL, payload format 2.0; `signed` where IAM let a caller through."""
    identity = {"authorizer": {"iam": {"userArn": CALLER, "accountId": ACCOUNT}}, "accountId": ACCOUNT}
    domain = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws"
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": domain, "content-type": "application/json", **(headers or {})},
        "requestContext": {
            **(identity if signed else {"accountId": "anonymous"}),
            "apiId": "abcdefghijklmnopqrstuvwxyz012345",
            "domainName": domain,
            "domainPrefix": "abcdefghijklmnopqrstuvwxyz012345",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "tests",
            },
            "requestId": "00000000-0000-0000-0000-000000000000",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Aug/2026:06:00:00 +0000",
            "timeEpoch": 1785564000000,
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }
