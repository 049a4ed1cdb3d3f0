"""An HTTP server on this machine that publishes a catalog, and misbehaves where a test wants it to.

It counts what it is asked. Whoever hangs, hangs until the server is closed, so nothing here sleeps.
"""

import gzip
import hashlib
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from tests.servers.endpoint import Certificate


class Asked(NamedTuple):
    path: str
    if_none_match: str | None
    headers: Mapping[str, str] = {}


class Exchange(BaseHTTPRequestHandler):
    """One request; `server` is the Loopback that it belongs to."""

    protocol_version = "HTTP/1.1"
    loopback: "Loopback"

    def do_GET(self) -> None:
        self.loopback.asked.append(Asked(self.path, self.headers.get("If-None-Match"), dict(self.headers.items())))
        self.close_connection = True
        with suppress(OSError):
            self.loopback.odd.get(self.path, serve)(self)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        """Say nothing: a test's output is its own."""

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), "Connection": "close", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


Oddity = Callable[[Exchange], None]


class Loopback:
    def __init__(self, port: int, *, scheme: str) -> None:
        self.url = f"{scheme}://127.0.0.1:{port}/models"
        self.objects: dict[str, bytes] = {}
        self.odd: dict[str, Oddity] = {}
        self.asked: list[Asked] = []
        self.closing = threading.Event()

    def publish(self, objects: Mapping[str, bytes]) -> None:
        self.objects |= {f"/models/{key}": body for key, body in objects.items()}

    def misbehave(self, key: str, oddity: Oddity) -> None:
        self.odd[f"/models/{key}"] = oddity

    def asked_for(self, word: str) -> list[Asked]:
        return [each for each in self.asked if word in each.path]


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that leave, as those do that a test makes leave."""


@contextmanager
def loopback(*, certificate: Certificate | None = None) -> Iterator[Loopback]:
    """A server that listens until the test is over; with a certificate it speaks HTTPS."""
    server = QuietServer(("127.0.0.1", 0), Exchange)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.chain, certificate.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    found = Loopback(server.server_address[1], scheme="http" if certificate is None else "https")
    server.RequestHandlerClass = type("Bound", (Exchange,), {"loopback": found})
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def serve(exchange: Exchange) -> None:
    body = exchange.loopback.objects.get(exchange.path)
    if body is None:
        return exchange.answer(404, b"<Error>NoSuchKey</Error>")
    etag = f'W/"{hashlib.md5(body).hexdigest()}--gzip;x=1"'  # an odd one, to be returned as it is
    if exchange.headers.get("If-None-Match") == etag:
        return exchange.answer(304, ETag=etag)
    return exchange.answer(200, gzip.compress(body), ETag=etag, Content_Encoding="gzip")


def status(code: int, **headers: str) -> Oddity:
    return lambda exchange: exchange.answer(code, b"an error page", **headers)


def body(content: bytes, **headers: str) -> Oddity:
    return lambda exchange: exchange.answer(200, content, **headers)


def redirect(location: str, code: int = 302) -> Oddity:
    return lambda exchange: exchange.answer(code, Location=location)


def cut(content: bytes) -> Oddity:
    """Promise the whole content and close the line in the middle of it."""

    def oddity(exchange: Exchange) -> None:
        exchange.send_response(200)
        exchange.send_header("Content-Length", str(len(content)))
        exchange.end_headers()
        exchange.wfile.write(content[: len(content) // 2])

    return oddity


def hang_up(exchange: Exchange) -> None:
    exchange.connection.close()


def hang(exchange: Exchange) -> None:
    exchange.loopback.closing.wait()


def drip(exchange: Exchange) -> None:
    """One byte of a header at a time, for ever: no single read ever takes long."""
    exchange.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    while not exchange.loopback.closing.wait(0.01):
        exchange.wfile.write(b"x")


def drip_body(exchange: Exchange) -> None:
    exchange.send_response(200)
    exchange.send_header("Content-Length", "1000000")
    exchange.end_headers()
    while not exchange.loopback.closing.wait(0.01):
        exchange.wfile.write(b" ")


def endless(exchange: Exchange) -> None:
    exchange.send_response(200)
    exchange.end_headers()
    while not exchange.loopback.closing.is_set():
        exchange.wfile.write(b" " * 65536)
