"""A loopback server that answers as AWS Lambda and CloudFormation do, from what a test tells it.

Only for what a caller sends and how it takes an answer: it runs no function, and checks no signature but that
there is one. Point `AWS_ENDPOINT_URL` at `url`.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, unquote

ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "the-secret-key-of-a-test",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


@dataclass
class Reply:
    """What a function answers: its payload, and whether it is an error that it ended with."""

    payload: object = None
    function_error: str | None = None
    status: int = 200
    code: str | None = None
    """AWS's own error, where the call does not reach the function."""
    body: bytes | None = None
    """Bytes in place of the payload."""


@dataclass
class FakeAws:
    """What the server knows, and what it was asked."""

    url: str = ""
    functions: dict[str, Reply] = field(default_factory=dict)
    stacks: dict[str, dict[str, str]] = field(default_factory=dict)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    """Function, kind of invocation, event."""

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to talk to it."""
        return {**ENVIRONMENT, "AWS_ENDPOINT_URL": self.url}


@contextmanager
def fake_aws() -> Iterator[FakeAws]:
    """The server, as long as the block lasts."""
    with _Server(("127.0.0.1", 0), _Handler) as http:
        http.aws.url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield http.aws
        finally:
            http.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    def __init__(self, *words: Any) -> None:
        super().__init__(*words)
        self.aws = FakeAws()


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")
        if self.path.startswith("/2015-03-31/functions/"):
            self._invoke(unquote(self.path.split("/")[3]), body)
        else:
            self._describe({name: values[0] for name, values in parse_qs(body.decode()).items()})

    def _invoke(self, function: str, body: bytes) -> None:
        kind = self.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        self.server.aws.calls.append((function, kind, json.loads(body)))
        reply = self.server.aws.functions.get(function, Reply(status=404, code="ResourceNotFoundException"))
        if reply.code is not None:
            told = {"Message": "arn:aws:iam::000000000000:user/anna may not"}
            self._send(reply.status, json.dumps(told).encode(), {"X-Amzn-ErrorType": reply.code})
        elif kind == "Event":
            self._send(202, b"")
        else:
            error = {} if reply.function_error is None else {"X-Amz-Function-Error": reply.function_error}
            self._send(200, json.dumps(reply.payload).encode() if reply.body is None else reply.body, error)

    def _describe(self, asked: Mapping[str, str]) -> None:
        name = self.server.aws.stacks.get(asked["StackName"], {}).get(asked["LogicalResourceId"])
        if name is None:
            error = "<Error><Type>Sender</Type><Code>ValidationError</Code><Message>no</Message></Error>"
            self._send(400, f"<ErrorResponse>{error}</ErrorResponse>".encode(), {"Content-Type": "text/xml"})
            return
        detail = f"<StackResourceDetail><PhysicalResourceId>{name}</PhysicalResourceId></StackResourceDetail>"
        result = f"<DescribeStackResourceResult>{detail}</DescribeStackResourceResult>"
        body = f"<DescribeStackResourceResponse>{result}</DescribeStackResourceResponse>".encode()
        self._send(200, body, {"Content-Type": "text/xml"})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
