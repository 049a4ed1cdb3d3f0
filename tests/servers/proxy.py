"""A proxy on the loopback interface in front of an S3 server, for what the server itself does not do.

Every request is read whole and handed to `respond`, which forwards it or does not, and sends what the client is to
see. Requests are forwarded as they were signed, the Host header included, so that a server that checks
signatures accepts them. What is played: `r2_proxy`, `faulty_proxy`.
"""

import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from tests.servers.endpoint import Certificate, Endpoint
from tests.servers.processes import LOOPBACK

HOP_BY_HOP: Final = frozenset({"connection", "content-length", "expect", "keep-alive", "transfer-encoding"})
SECONDS: Final = 60.0
"""Longest that a request waits for the server behind."""


@dataclass(frozen=True)
class Request:
    """What a client asked; the names of `headers` are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def key(self) -> str:
        """The object's key, without its bucket; empty where a bucket is asked."""
        return unquote(urlsplit(self.target).path).lstrip("/").partition("/")[2]

    @property
    def query(self) -> frozenset[str]:
        """The names in the query."""
        return frozenset(parse_qs(urlsplit(self.target).query, keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)

    @property
    def names(self) -> frozenset[str]:
        """The names of the headers, in lower case."""
        return frozenset(name.lower() for name, _ in self.headers)


class Line:
    """The connection to the client, for whoever does more, or less, than to send a whole answer."""

    def __init__(self, handler: BaseHTTPRequestHandler, stopped: threading.Event) -> None:
        self._handler, self._stopped = handler, stopped
        self.is_head = handler.command == "HEAD"

    def bytes_of(self, answer: Answer) -> bytes:
        """The answer as it goes over the line."""
        reason = self._handler.responses.get(answer.status, ("", ""))[0]
        lines = [f"HTTP/1.1 {answer.status} {reason}", *(f"{name}: {value}" for name, value in answer.headers)]
        if "content-length" not in answer.names and answer.status not in (204, 304):
            lines.append(f"Content-Length: {len(answer.body)}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        return head if self.is_head else head + answer.body

    def send(self, data: bytes) -> None:
        """Send some bytes at once."""
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def wait(self, seconds: float) -> bool:
        """Do nothing for a while; True where the proxy is stopped meanwhile."""
        return self._stopped.wait(seconds)

    def wait_for_the_client_to_give_up(self) -> None:
        """Hold the line until the other side lets go of it."""
        self._handler.connection.settimeout(0.02)
        while not self._stopped.is_set():
            try:
                if not self._handler.connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def close(self) -> None:
        """Let go of the line; what was sent arrives."""
        self._handler.close_connection = True

    def reset(self) -> None:
        """Let go of the line as a machine that fails: the client hears of it, and may lose what was sent."""
        self.close()
        connection = self._handler.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())  # at once: whoever closes it later would say goodbye first


class Forward:
    """The way on to the server behind, for one request, with the client's own headers."""

    def __init__(self, upstream: Endpoint, request: Request) -> None:
        self._address, self._request = urlsplit(upstream.url).netloc, request

    def __call__(self) -> Answer:
        """What the server behind says."""
        with closing(self._begin()) as connection:
            connection.send(self._request.body)
            answer = connection.getresponse()
            kept = HOP_BY_HOP - {"content-length"} if self._request.method == "HEAD" else HOP_BY_HOP
            headers = tuple((name, value) for name, value in answer.getheaders() if name.lower() not in kept)
            return Answer(answer.status, headers, answer.read())

    def half(self) -> None:
        """Let the server behind have half of the body, and let go of its line."""
        with closing(self._begin()) as connection:
            connection.send(self._request.body[: len(self._request.body) // 2])

    def _begin(self) -> HTTPConnection:
        """A connection on which the head of the request was sent, as the client signed it."""
        connection, request = HTTPConnection(self._address, timeout=SECONDS), self._request
        connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers.items():
            if name not in HOP_BY_HOP:
                connection.putheader(name, value)
        if request.body or request.method in ("PUT", "POST"):
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders()
        return connection


Respond = Callable[[Request, Forward, Line], None]


class Proxy:
    """The proxy, from its creation until `stop`; `respond` is called for every request, on a thread of its own."""

    def __init__(self, upstream: Endpoint, respond: Respond, *, certificate: Certificate | None = None) -> None:
        self._upstream, self._respond, self._certificate = upstream, respond, certificate
        self._stopped = threading.Event()
        self._http = _Server((LOOPBACK, 0), self._handler())
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.chain, certificate.key)
            # The handshake belongs to the connection's own thread: a client that is slow with it holds up nobody.
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        scheme = "http" if self._certificate is None else "https"
        return f"{scheme}://{LOOPBACK}:{self._http.server_address[1]}"

    def stop(self) -> None:
        """Answer no more."""
        self._stopped.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_DELETE(self) -> None:
                self._do()

            def do_GET(self) -> None:
                self._do()

            def do_HEAD(self) -> None:
                self._do()

            def do_POST(self) -> None:
                self._do()

            def do_PUT(self) -> None:
                self._do()

            def _do(self) -> None:
                request = Request(self.command, self.path, _headers(self.headers), _body(self.headers, self.rfile))
                line = Line(self, proxy._stopped)
                try:
                    proxy._respond(request, Forward(proxy._upstream, request), line)
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that lets go of the line is no news."""


def refusal(status: int, code: str, message: str) -> Answer:
    """An error as S3 words it."""
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status, (("Content-Type", "application/xml"),), body.encode())


def _headers(sent: Message) -> Mapping[str, str]:
    return {name.lower(): value for name, value in sent.items()}


def _body(headers: Message, sent: BufferedIOBase) -> bytes:
    if "chunked" not in headers.get("Transfer-Encoding", ""):
        return sent.read(int(headers.get("Content-Length", "0")))
    body = b""
    while size := int(sent.readline().split(b";")[0], 16):
        body += sent.read(size)
        sent.readline()
    sent.readline()
    return body
