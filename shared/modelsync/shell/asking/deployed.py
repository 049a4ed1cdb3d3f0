"""Functions that are deployed: finding one by its stack, calling one and waiting, handing one an event.

Region, credentials and endpoint are those of the usual AWS configuration (`AWS_DEFAULT_REGION`, `AWS_PROFILE`,
`AWS_ENDPOINT_URL`, ...). Whatever AWS refuses becomes a RemoteError of one sentence.

A call that is waited for is never repeated: the function may have done its work, and only the answer was lost.
Handing over an event may be repeated: a run that is delivered twice changes nothing the second time.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from modelsync import __version__
from modelsync.errors import NotFoundError, RemoteError, UsageError

Json = dict[str, Any]

FUNCTIONS: Final[Mapping[str, str]] = {
    "full_refresh": "FullRefresh",
    "curated_refresh": "CuratedRefresh",
    "signals": "Signals",
    "provider_refresh": "ProviderRefresh",
    "admin_api": "AdminApi",
    "telemetry_intake": "TelemetryIntake",
}
"""The functions of the template by their folders, and their names in its stack."""

CONNECT_SECONDS: Final = 5
LONGEST_RUN_SECONDS: Final = 15 * 60 + 10
"""As long as any function may run, and a little for the way back."""

_LONGEST_MESSAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Returned:
    """What a function answered; `error_type` names the error that it ended with."""

    payload: Any
    error_type: str | None = None
    message: str | None = None


def call(function: str, event: Json) -> Returned:
    """Call a function, by name or ARN, and wait until it is over."""
    client = _client("lambda", read_seconds=LONGEST_RUN_SECONDS, attempts=1)
    answer = _invoked(client, function, event)
    try:
        body = answer["Payload"].read()
    except (BotoCoreError, OSError) as error:
        raise _failed(function, error) from error
    payload = _payload(function, body)
    if "FunctionError" not in answer:
        return Returned(payload)
    told = payload if isinstance(payload, dict) else {}
    message = str(told.get("errorMessage") or "it told no reason")
    return Returned(payload, str(told.get("errorType") or "Unknown"), message[:_LONGEST_MESSAGE])


class EventSender:
    """Hands events to functions, by name or ARN, and waits for none; the client is made by the first event."""

    def __init__(self) -> None:
        self._client: Any = None

    def __call__(self, function: str, event: Json) -> None:
        """Queue an event; raises RemoteError where that cannot be done."""
        if self._client is None:
            self._client = _client("lambda", read_seconds=CONNECT_SECONDS, attempts=2)
        try:
            _invoked(self._client, function, event, InvocationType="Event")
        except NotFoundError as error:  # the function that the API was told of: not the caller's slip
            raise RemoteError(str(error)) from error


def name_in_stack(function: str, stack: str) -> str:
    """The name under which a stack has deployed one of FUNCTIONS."""
    if function not in FUNCTIONS:
        raise UsageError(f"--stack: expected one of its functions {', '.join(FUNCTIONS)}, found {function[:80]!a}")
    logical = FUNCTIONS[function]
    client = _client("cloudformation", read_seconds=30, attempts=3)
    try:
        found = client.describe_stack_resource(StackName=stack, LogicalResourceId=logical)
    except ClientError as error:
        if _code_of(error) != "ValidationError":
            raise _refused(stack, error) from error
        problem = f"stack {stack[:80]!a}: found no {logical} in it, or no such stack in this region and account"
        raise NotFoundError(f"{problem}; give its name, and its region in AWS_DEFAULT_REGION") from error
    except BotoCoreError as error:
        raise _failed(stack, error) from error
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def _client(service: str, *, read_seconds: int, attempts: int) -> Any:
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"total_max_attempts": attempts, "mode": "standard"},
        tcp_keepalive=True,  # a call is silent for as long as its function runs
        user_agent_extra=f"modelsync/{__version__}",
    )
    try:
        return Session().create_client(service, config=config)  # botocore builds its methods at run time
    except (BotoCoreError, ValueError) as error:  # the latter for an endpoint that is no address
        raise _failed(service, error) from error


def _invoked(client: Any, function: str, event: Json, **more: str) -> Any:
    try:
        return client.invoke(FunctionName=function, Payload=json.dumps(event).encode(), **more)
    except ClientError as error:
        if _code_of(error) == "ResourceNotFoundException":
            problem = f"function {function[:80]!a}: there is none of this name in this region and account"
            raise NotFoundError(
                f"{problem}; give its name or ARN, or one of {', '.join(FUNCTIONS)} and --stack"
            ) from error
        raise _refused(function, error) from error
    except BotoCoreError as error:
        raise _failed(function, error) from error


def _payload(function: str, body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError as error:
        raise RemoteError(f"{function[:80]}: expected a JSON answer, found {len(body)} bytes that are none") from error


def _code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "an unnamed error"))


def _refused(name: str, error: ClientError) -> RemoteError:
    """AWS's code alone: in its message there may be account numbers and the caller's name."""
    return RemoteError(
        f"{name[:80]}: AWS refused the call, found {_code_of(error)}; check name, region and permissions"
    )


def _failed(name: str, error: Exception) -> RemoteError:
    """The type alone: a message may quote what it was given."""
    problem = f"{name[:80]}: AWS could not be asked, found {type(error).__name__}"
    return RemoteError(f"{problem}; check AWS_DEFAULT_REGION, the credentials and the network")
