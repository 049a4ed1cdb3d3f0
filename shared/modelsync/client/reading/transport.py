"""One GET, or one POST: a whole answer within its limits, or a RemoteError that says why not.

- An ETag is the server's own words, sent back verbatim.
- The deadline holds for all of it: name look-up, headers that drip, body. So does the limit of bytes, also unpacked.
- Redirects: a few, only to http and https, never from https to http, never to an address with credentials.
  What brings a credential follows none: whoever redirects it has answered.
- A body that ends early is no answer. Proxies (HTTPS_PROXY, NO_PROXY) and a CA file (SSL_CERT_FILE) are the
  environment's, read by the standard library.

Does not try again: whoever asks decides when. Import it late, because it loads HTTP and TLS.
"""

import re
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from modelsync import __version__
from modelsync.errors import RemoteError

OK, NOT_MODIFIED = 200, 304
REDIRECTS = 5
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_CHUNK_BYTES = 64 * 1024
_GZIP = 31  # zlib's word for a gzip wrapper
_ETAG = re.compile(r"[\x20-\x7e\x80-\xff]{1,512}")
_SECONDS = re.compile(r"[0-9]{1,6}", re.ASCII)


class Limits(NamedTuple):
    """What one exchange may take: seconds for all of it, and bytes of a body as it is unpacked."""

    seconds: float
    bytes: int


class Answer(NamedTuple):
    """What a server said; the body is there for status 200 only."""

    status: int
    body: bytes = b""
    etag: str | None = None
    retry_after_seconds: float | None = None
    wire_bytes: int = 0


def get(url: str, *, etag: str | None, limits: Limits) -> Answer:
    """The answer at `url`, or 304 where the server still has what `etag` names; raises RemoteError."""
    known = {"If-None-Match": etag} if etag is not None and _ETAG.fullmatch(etag) else {}
    return _answer(url, _Exchange(limits, headers={"Accept-Encoding": "gzip", **known}))


def ask(url: str, *, headers: Mapping[str, str], limits: Limits) -> Answer:
    """What `url` answers to headers that are for it alone: a redirect is an answer. Raises RemoteError."""
    return _answer(url, _Exchange(limits, headers=headers, follows=False))


def post(url: str, body: bytes, *, headers: Mapping[str, str], limits: Limits) -> Answer:
    """What `url` answers to a body, without the answer's own; raises RemoteError, which repeats no header."""
    return _answer(url, _Exchange(limits, headers=headers, body=body))


def _answer(url: str, exchange: "_Exchange") -> Answer:
    limits = exchange.limits
    thread = threading.Thread(target=exchange.run, args=(url,), name="modelsync-exchange", daemon=True)
    thread.start()
    thread.join(limits.seconds)
    if thread.is_alive():
        exchange.abandon()
        raise RemoteError(f"{_shown(url)}: found no whole answer after {limits.seconds:g} s; try again later")
    if isinstance(exchange.outcome, Answer):
        return exchange.outcome
    found = exchange.outcome
    if isinstance(found, OSError | HTTPException | ValueError | zlib.error):
        raise RemoteError(f"{_shown(url)}: found {_in_words(found)}, expected an answer; check the address and network")
    raise found or AssertionError("an exchange that ended has an outcome")


class _Exchange:
    """A request in a thread of its own, because only from outside can a look-up or a header that drips be ended."""

    def __init__(
        self, limits: Limits, *, headers: Mapping[str, str], body: bytes | None = None, follows: bool = True
    ) -> None:
        self.outcome: Answer | BaseException | None = None
        self.limits, self._deadline = limits, time.monotonic() + limits.seconds
        self._headers, self._body, self._follows = headers, body, follows
        self._connections: list[HTTPConnection] = []

    def run(self, url: str) -> None:
        try:
            self.outcome = self._told(url) if self._body is not None else self._follow(url)
        except BaseException as error:  # noqa: BLE001  whoever waits raises it
            self.outcome = error

    def abandon(self) -> None:
        """Cut the connections, so that the thread ends too."""
        for connection in self._connections:
            with suppress(OSError, AttributeError):
                connection.sock.shutdown(2)

    def _told(self, url: str) -> Answer:
        with closing(self._open(url)) as response:
            return Answer(response.status, retry_after_seconds=_seconds(response.headers.get("Retry-After")))

    def _follow(self, url: str) -> Answer:
        target = url
        for _ in range(REDIRECTS + 1):
            with closing(self._open(target)) as response:
                if response.status not in _REDIRECTING or not self._follows:
                    return self._read(response, url=target)
                target = _redirected(target, response.headers.get("Location"))
        raise RemoteError(
            f"{_shown(url)}: found more than {REDIRECTS} redirects, expected a catalog; check the address"
        )

    def _open(self, url: str) -> HTTPResponse:
        headers = {"Accept": "application/json", "User-Agent": f"modelsync/{__version__}", **self._headers}
        seconds = max(self._deadline - time.monotonic(), 0.001)
        request = Request(url, data=self._body, headers=headers)  # noqa: S310  http(s) only
        answer = _opener(self._remember).open(request, timeout=seconds)
        if not isinstance(answer, HTTPResponse):
            raise ValueError("no HTTP answer")
        return answer

    def _remember(self, kind: type[HTTPConnection], *arguments: Any, **options: Any) -> HTTPConnection:
        connection = kind(*arguments, **options)
        self._connections.append(connection)
        return connection

    def _read(self, response: HTTPResponse, *, url: str) -> Answer:
        etag, retry_after = response.headers.get("ETag"), _seconds(response.headers.get("Retry-After"))
        if response.status != OK:
            return Answer(response.status, etag=etag, retry_after_seconds=retry_after)
        counted: list[int] = []
        body = b"".join(self._bounded(self._unpacked(response, counted=counted, url=url), url=url))
        return Answer(OK, body, etag=etag, wire_bytes=sum(counted))

    def _bounded(self, chunks: Iterator[bytes], *, url: str) -> Iterator[bytes]:
        left = self.limits.bytes
        for chunk in chunks:
            left -= len(chunk)
            if left < 0:
                limit = self.limits.bytes
                raise RemoteError(f"{_shown(url)}: found more than {limit} bytes, expected at most as many; check it")
            yield chunk

    def _unpacked(self, response: HTTPResponse, *, counted: list[int], url: str) -> Iterator[bytes]:
        encoding = (response.headers.get("Content-Encoding") or "identity").strip().lower()
        if encoding == "identity":
            yield from self._chunks(response, counted=counted)
        elif encoding in {"gzip", "x-gzip"}:
            yield from _gunzipped(self._chunks(response, counted=counted))
        else:
            raise RemoteError(f"{_shown(url)}: found the encoding {encoding[:20]!a}, expected gzip or none; check it")

    def _chunks(self, response: HTTPResponse, *, counted: list[int]) -> Iterator[bytes]:
        while chunk := response.read1(_CHUNK_BYTES):
            counted.append(len(chunk))
            if time.monotonic() > self._deadline:
                raise TimeoutError("a body that takes too long")
            yield chunk
        if response.length:
            raise ValueError(f"a body cut {response.length} bytes before its end")


def _gunzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The unpacked bytes in pieces, so that whoever counts them can stop before a small body becomes a huge one."""
    unpacker = zlib.decompressobj(_GZIP)
    for chunk in chunks:
        packed = chunk
        while packed:
            yield unpacker.decompress(packed, _CHUNK_BYTES)
            packed = unpacker.unconsumed_tail
        if unpacker.unused_data:
            raise ValueError("bytes behind the end of a gzip body")
    yield unpacker.flush()
    if not unpacker.eof:
        raise ValueError("a gzip body cut before its end")


def _opener(connect: Callable[..., HTTPConnection]) -> OpenerDirector:
    """HTTP, HTTPS and proxies; no files, no FTP, and no redirects of its own, which read any body whole."""

    class Http(HTTPHandler):
        def http_open(self, req: Request) -> HTTPResponse:
            return self.do_open(partial(connect, HTTPConnection), req)

    class Https(HTTPSHandler):
        def https_open(self, req: Request) -> HTTPResponse:
            trusted = ssl.create_default_context()
            return self.do_open(partial(connect, HTTPSConnection, context=trusted), req)

    opener = OpenerDirector()
    for handler in (ProxyHandler(), Http(), Https()):
        opener.add_handler(handler)
    return opener


def _redirected(url: str, location: str | None) -> str:
    target = urljoin(url, location or "")
    parts = urlsplit(target)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and urlsplit(url).scheme == "http")
    if location and is_safe and parts.hostname and parts.username is None:
        return target
    expected = "expected one to http(s), not from https to http, without credentials"
    raise RemoteError(f"{_shown(url)}: found a redirect to another kind of address, {expected}; check the address")


def _seconds(text: str | None) -> float | None:
    """Retry-After in seconds; a date says too little that jitter does not, and is passed over."""
    found = _SECONDS.fullmatch(text.strip()) if text else None
    return float(found[0]) if found else None


def _shown(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()[:200]


def _in_words(error: BaseException) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    text = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
    return "".join(c if c.isprintable() else "?" for c in (text or type(reason).__name__)[:120])
