"""Lambda's Runtime API on the loopback interface: what a runtime asks for its next event, and tells its answers.

One server serves one sandbox, as on Lambda: `next` waits until a test hands over an event, and whatever the
runtime then says, response, error or failed start, is that event's outcome. Who runs the function:
`tests.servers.sandbox`.
"""

import json
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Final, Self

VERSION: Final = "/2018-06-01/runtime"
REGION: Final = "eu-central-1"
ACCOUNT: Final = "123456789012"


@dataclass(frozen=True)
class Outcome:
    """What became of an event: a payload, or the error that the runtime told; `at` by `time.perf_counter`."""

    at: float
    request_id: str | None = None
    payload: Any = None
    error: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class _Invocation:
    request_id: str
    event: bytes
    deadline_ms: int


class RuntimeApi:
    """The server, from the start of a `with` block to its end."""

    def __init__(self, *, function_name: str) -> None:
        self._invocations: SimpleQueue[_Invocation | None] = SimpleQueue()
        self._outcomes: SimpleQueue[Outcome] = SimpleQueue()
        self._arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function_name}"

    def __enter__(self) -> Self:
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._invocations.put(None)  # whoever waits for the next event must not wait for ever
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Host and port, as AWS_LAMBDA_RUNTIME_API gives them."""
        return f"127.0.0.1:{self._http.server_address[1]}"

    def send(self, event: object, *, timeout_seconds: float) -> None:
        """Hand over an event, with the deadline that follows from a function's time-out."""
        deadline_ms = int((time.time() + timeout_seconds) * 1000)
        self._invocations.put(_Invocation(str(uuid.uuid4()), json.dumps(event).encode(), deadline_ms))

    def tell(self, outcome: Outcome) -> None:
        """Make known what the runtime can no longer say, such as that its process ended."""
        self._outcomes.put(outcome)

    def outcome(self, *, within_seconds: float) -> Outcome | None:
        """What the runtime says next, or None where it says nothing in time."""
        try:
            return self._outcomes.get(timeout=within_seconds)
        except Empty:
            return None

    def next_invocation(self) -> tuple[bytes, Mapping[str, str]] | None:
        """The next event with its headers, as soon as there is one; None where there will be none."""
        invocation = self._invocations.get()
        if invocation is None:
            return None
        trace = f"1-{int(time.time()):08x}-{invocation.request_id.replace('-', '')[:24]}"
        return invocation.event, {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": self._arn,
            "Lambda-Runtime-Trace-Id": f"Root={trace};Sampled=0",
        }

    def heard(self, path: str, said: Any) -> bool:
        """Keep what the runtime posted; False for a path that the API does not have."""
        at = time.perf_counter()
        match path.split("/"):
            case ["invocation", request_id, "response"]:
                self._outcomes.put(Outcome(at, request_id, payload=said))
            case ["invocation", request_id, "error"]:
                self._outcomes.put(Outcome(at, request_id, error=said))
            case ["init", "error"]:
                self._outcomes.put(Outcome(at, error=said))
            case _:
                return False
        return True


def _handler_for(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # head and body leave in one flush; in two, delayed ACKs cost 40 ms each

        def handle(self) -> None:
            with suppress(ConnectionError):  # a sandbox is ended while its runtime waits for the next event
                super().handle()

        def do_GET(self) -> None:
            following = api.next_invocation() if self.path == f"{VERSION}/invocation/next" else None
            if following is None:
                self.close_connection = True
                self._send(404, b"{}", {})
            else:
                self._send(200, *following)

        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
            is_known = api.heard(self.path.removeprefix(f"{VERSION}/"), said)
            self._send(202 if is_known else 404, b'{"status":"OK"}', {})

        def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
