"""A small S3 on the loopback interface, which goes wrong as a test scripts it.

It keeps one bucket in memory and honours conditions. Each request takes the next `Fault` of the script, if there is
one left; `OK` stands for a request that nothing happens to.
"""

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "bucket"
PAGE_KEYS = 2
"""Keys in one page of a listing."""

PIECE_SECONDS = 0.02


class How(Enum):
    """In which way a request goes wrong."""

    ANSWERED = "with an answer"
    CUT = "the connection is closed in place of an answer"
    SILENT = "nothing is answered, and the connection stays open"
    HALF = "half of the body, and the connection is closed"
    UNTOLD = "the body without its length"
    CHUNKED = "the body in chunks, as some servers send all"
    CHUNKED_HALF = "half of the body in chunks, and the connection is closed"
    DRIPPING = "the body comes byte by byte"


@dataclass(frozen=True)
class Fault:
    """What happens to one request; it is carried out before where it `is_done`, and `then` something else is."""

    status: int = 200
    code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """In place of the error that S3 says `code` with."""
    how: How = How.ANSWERED
    is_done: bool = False
    then: Callable[[], object] = lambda: None


OK = None
CUT = Fault(how=How.CUT)
CUT_THOUGH_DONE = Fault(how=How.CUT, is_done=True)
SILENT = Fault(how=How.SILENT)
SILENT_THOUGH_DONE = Fault(how=How.SILENT, is_done=True)


@dataclass(frozen=True)
class Asked:
    """One request as it came; names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """One answer as it goes."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class S3Answers:
    """The server; `asked` is what it was asked so far. A context, which ends it."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.objects: dict[str, Answer] = {}
        self._script: list[Fault | None] = []
        self._lock, self.stopped = threading.Lock(), threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"server_of_answers": self}))
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def methods(self) -> str:
        """The methods of the requests so far, in order."""
        return " ".join(each.method for each in self.asked)

    def clear(self) -> None:
        """Forget everything, as a new server."""
        self.asked.clear()
        self.objects.clear()
        self._script.clear()

    def script(self, *faults: Fault | None) -> None:
        """Let these happen to the next requests, one each."""
        self._script.extend(faults)

    def keep(self, key: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Put an object as another writer does."""
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        self.objects[key] = Answer(200, {"ETag": etag, **(headers or {})}, body)

    def body_at(self, key: str) -> bytes | None:
        """What lies at a key now."""
        return self.objects[key].body if key in self.objects else None

    def respond(self, asked: Asked) -> tuple[Answer, How]:
        """The answer to a request, and how it comes."""
        with self._lock:
            self.asked.append(asked)
            fault = self._script.pop(0) if self._script else OK
            if fault is None:
                return self._carry_out(asked), How.ANSWERED
            answer = Answer()
            if fault.is_done or fault.how not in (How.ANSWERED, How.CUT, How.SILENT):
                answer = self._carry_out(asked)
            fault.then()
        if fault.how is How.ANSWERED:
            body = _error_body(fault.code) if fault.body is None else fault.body
            answer = Answer(fault.status, fault.headers, body)
        return answer, fault.how

    def _carry_out(self, asked: Asked) -> Answer:
        key = unquote(urlsplit(asked.path).path).removeprefix(f"/{BUCKET}").removeprefix("/")
        found = self.objects.get(key)
        if asked.method == "GET" and not key:
            return self._page(parse_qs(urlsplit(asked.path).query))
        if asked.method == "PUT":
            return self._put(asked, key, found)
        if asked.method == "DELETE":
            self.objects.pop(key, None)
            return Answer(204)
        if found is None:
            return _error(404, "NoSuchKey")
        if asked.headers.get("if-none-match") == found.headers["ETag"]:
            return Answer(304)
        return found

    def _put(self, asked: Asked, key: str, found: Answer | None) -> Answer:
        wanted = asked.headers.get("if-match")
        if wanted is not None and found is None:
            return _error(404, "NoSuchKey")
        if wanted is not None and found is not None and wanted.strip('"') != found.headers["ETag"].strip('"'):
            return _error(412, "PreconditionFailed")
        if "if-none-match" in asked.headers and found is not None:
            return _error(412, "PreconditionFailed")
        told = ("content-type", "cache-control", "content-encoding")
        kept = {n: v for n, v in asked.headers.items() if n in told or n.startswith("x-amz-meta-")}
        self.keep(key, asked.body, kept)
        return Answer(200, {"ETag": self.objects[key].headers["ETag"]})

    def _page(self, query: Mapping[str, list[str]]) -> Answer:
        prefix, after = query.get("prefix", [""])[0], query.get("continuation-token", [""])[0]
        keys = sorted(key for key in self.objects if key.startswith(prefix) and key > after)
        page, rest = keys[:PAGE_KEYS], keys[PAGE_KEYS:]
        entries = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in page)
        more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if rest else ""
        truncated = f"<IsTruncated>{'true' if rest else 'false'}</IsTruncated>"
        return Answer(body=f"<ListBucketResult>{truncated}{more}{entries}</ListBucketResult>".encode())


class _Handler(BaseHTTPRequestHandler):
    """One connection; its server is a subclass's attribute."""

    protocol_version = "HTTP/1.1"
    server_of_answers: S3Answers

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer, how = self.server_of_answers.respond(Asked(self.command, self.path, headers, body))
        try:
            self._send(answer, how)
        except ConnectionError:
            self.close_connection = True

    def _send(self, answer: Answer, how: How) -> None:
        if how is How.SILENT:
            self.server_of_answers.stopped.wait()
        self.close_connection = how is not How.ANSWERED
        if how in (How.SILENT, How.CUT):
            return
        self.send_response_only(answer.status)
        if how in (How.CHUNKED, How.CHUNKED_HALF):
            self.send_header("Transfer-Encoding", "chunked")
        elif answer.status not in (204, 304) and how is not How.UNTOLD:
            self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(answer.body, how)

    def _send_body(self, body: bytes, how: How) -> None:
        sent = body[: len(body) // 2] if how in (How.HALF, How.CHUNKED_HALF) else body
        if how in (How.CHUNKED, How.CHUNKED_HALF):
            end = b"" if how is How.CHUNKED_HALF else b"0\r\n\r\n"
            self.wfile.write(b"%x\r\n%s\r\n%s" % (len(sent), sent, end))
            return
        if how is not How.DRIPPING:
            self.wfile.write(sent)
            return
        for byte in body:
            self.wfile.write(bytes([byte]))
            if self.server_of_answers.stopped.wait(PIECE_SECONDS):
                return


def _error(status: int, code: str) -> Answer:
    return Answer(status, body=_error_body(code))


def _error_body(code: str) -> bytes:
    """As S3 says it, with words in the message that must never be repeated."""
    return f"<Error><Code>{code}</Code><Message>geheim, of account 123456789012</Message></Error>".encode()
