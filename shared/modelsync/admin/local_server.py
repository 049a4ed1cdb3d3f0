"""The admin API over plain HTTP, for one machine: what a function's URL does in front of a function.

A request becomes the event of a function URL, the API's response an answer. In front of that stand the guard, limits
of size and time, and a bound on connections. Answers come one at a time; a slow caller holds up no other one.
It speaks no TLS: beyond a loopback address it belongs behind a proxy that does.
"""

import base64
import json
import socket
import socketserver
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Protocol

from modelsync.admin.guard import Guard, bracketed
from modelsync.admin.orders import check_size
from modelsync.admin.refusals import BAD_REQUEST, HEADERS, RefusedError, error_body

SILENCE_SECONDS: Final = 10
"""Longest wait for the next piece of a request, or for the next request of a connection."""

MOST_CONNECTIONS: Final = 16
_LONGEST_PATH_SHOWN: Final = 200

Json = dict[str, Any]


class Answers(Protocol):
    """What the server puts its requests to."""

    def answer(self, event: Mapping[str, Any]) -> Json:
        """The response to the event of a function URL."""


class LocalServer(ThreadingHTTPServer):
    """Serves one API; `say` is told a line for every request. Port 0 takes any free one."""

    daemon_threads = True
    request_queue_size = MOST_CONNECTIONS

    def __init__(self, host: str, port: int, *, api: Answers, token: str | None, say: Callable[[str], None]) -> None:
        Guard(host, port, token)  # before anything listens
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Requests)
        self.guard = Guard(host, self.server_port, token)
        self.url = f"http://{bracketed(host)}:{self.server_port}"
        self.api, self.say, self.answered = api, say, 0
        self.one_at_a_time = threading.Lock()
        self._connections = threading.BoundedSemaphore(MOST_CONNECTIONS)

    def server_bind(self) -> None:
        """Bind without asking a name server for this machine's name, which may take long."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a connection, or close it where there are too many."""
        if self._connections.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  the base class names them
        """Tell of a connection that broke; its caller is gone."""
        self.say("a connection broke before its answer was sent")


class _Requests(BaseHTTPRequestHandler):
    """The requests of one connection."""

    server: LocalServer
    protocol_version = "HTTP/1.1"
    timeout = SILENCE_SECONDS
    wbufsize = -1  # head and body in one piece

    def _answer(self) -> None:
        try:
            headers = {name.lower(): ",".join(self.headers.get_all(name, [])) for name in self.headers}
            self.server.guard.check(headers)
            event = self._event(headers, self._body(headers))
        except RefusedError as refused:
            self.close_connection = True  # what is left of the request was not read
            self._send(refused.status, json.dumps(error_body(refused.kind, str(refused))), refused.headers)
            return
        with self.server.one_at_a_time:
            response = self.server.api.answer(event)
            self.server.answered += 1
        self._send(response["statusCode"], response["body"], response["headers"])

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815  http.server's names

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if "transfer-encoding" in headers:
            problem = "transfer-encoding: expected none, found one; send the body in one piece with its content-length"
            raise RefusedError(HTTPStatus.LENGTH_REQUIRED, BAD_REQUEST, problem)
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit() and len(length) <= len("1000000000")):
            raise RefusedError(HTTPStatus.BAD_REQUEST, BAD_REQUEST, "content-length: expected a number of bytes")
        check_size(int(length))
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise RefusedError(HTTPStatus.BAD_REQUEST, BAD_REQUEST, "body: it ended before its content-length")
        return body

    def _event(self, headers: Mapping[str, str], body: bytes) -> Json:
        path, _, query = self.path.partition("?")
        http = {"method": self.command, "path": path, "protocol": self.request_version, "userAgent": ""}
        return {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query,
            "headers": dict(headers),
            "requestContext": {"stage": "$default", "http": http},
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }

    def _send(self, status: int, body: str, headers: Mapping[str, str]) -> None:
        content = body.encode()
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json", **HEADERS} | dict(headers)).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Refuse what is no HTTP, or a method without a name, in the words of the API."""
        self.close_connection = True
        self._send(
            code,
            json.dumps(error_body(BAD_REQUEST, f"request: expected HTTP/1.1, found {HTTPStatus(code).phrase}")),
            {},
        )

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002
        """Tell one line: method, path, status."""
        path = self.path.partition("?")[0] if hasattr(self, "path") else "-"
        status = int(code) if isinstance(code, int) else code
        self.server.say(f"{self.command or '-'} {path[:_LONGEST_PATH_SHOWN]} {status}")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class names it
        """Nothing else is worth a line."""

    def version_string(self) -> str:
        """Not which Python this is."""
        return "modelsync"
