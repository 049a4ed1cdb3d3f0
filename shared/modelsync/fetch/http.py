"""One GET: a feed's bytes, whole, or an error that says why not.

- Every attempt has a deadline; attempts are counted; waits are jittered and honour Retry-After.
- Tried again: transport errors, bodies cut short, 408, 425, 429 and 5xx. Nothing else.
- Redirects: a few, never from https to http, and the caller's headers (a key) go to the asked origin only.
- No more than the limit is ever unpacked, and no part of a body is ever returned.
- No key is ever in an error or a value; addresses in them are `shown_url`s.

What the bytes mean, their Content-Type included, is the source's business. An attempt runs on an event loop
of its own, because only there can a deadline end a name look-up or a header that drips; so call this from a
thread that has none running. Lists in pages:
`paging`. Files and standard input: `feed_bytes`.
"""

import asyncio
import random as system_random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import OK, responses
from typing import Final, Protocol
from urllib.parse import urlsplit

import httpx

from modelsync import __version__
from modelsync.errors import FeedError, FeedTooLargeError, FeedUnavailableError, UsageError
from modelsync.fetch.addresses import shown_url
from modelsync.fetch.feed_bytes import MEGABYTE, BoundedBody, DamagedGzipError
from modelsync.fetch.limits import DEFAULT_LIMITS, FetchLimits

KEPT_HEADERS = ("age", "cache-control", "content-type", "date", "etag", "last-modified")

_TRIED_AGAIN = frozenset({408, 425, 429}) | frozenset(range(500, 600))
_ABOUT_THE_KEY = frozenset({401, 402, 403})
_SHOWN_CHARACTERS = 300
CHECK_ADDRESS = "check the address"
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\t]*")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer with status 200; `url` is where it came from, fit to be published (`shown_url`)."""

    body: bytes = field(repr=False)
    url: str
    status: int
    headers: Mapping[str, str]
    """Those of KEPT_HEADERS that came, by lower-case name."""
    elapsed_seconds: float
    tries: int


class Pace(Protocol):
    """What several fetches from one server share: when an attempt may begin, and whether there is time for another."""

    def attempt(self) -> None:
        """Wait for the turn of an attempt; raises what should end the fetch."""

    def busy(self, seconds: float) -> None:
        """Learn that the server asked to be left alone for so long."""

    def may_wait(self, seconds: float) -> bool:
        """Whether another attempt after so many seconds would still be of use."""


class _Unpaced:
    """One fetch alone."""

    def attempt(self) -> None:
        """At once."""

    def busy(self, seconds: float) -> None:
        """Concerns nobody else."""

    def may_wait(self, seconds: float) -> bool:  # noqa: ARG002  the limits say how long
        """As long as its limits allow."""
        return True


UNPACED: Final = _Unpaced()


class _AttemptError(Exception):
    """An attempt that gave nothing; `is_final` where the next one would do no better."""

    def __init__(
        self,
        found: str,
        *,
        advice: str = CHECK_ADDRESS,
        is_final: bool = True,
        retry_after_seconds: float | None = None,
        kind: type[FeedError] = FeedUnavailableError,
    ) -> None:
        super().__init__(found)
        self.advice = advice if is_final else "run it again later"
        self.is_final, self.retry_after_seconds, self.kind = is_final, retry_after_seconds, kind


def fetch(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    limits: FetchLimits = DEFAULT_LIMITS,
    sleep: Callable[[float], None] = time.sleep,
    random: Callable[[], float] = system_random.random,
    clock: Callable[[], float] = time.monotonic,
    pace: Pace = UNPACED,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Fetched:
    """The whole body at `url`, unpacked if it is gzip; `headers` (a bearer key) are sent to its origin only.

    `pace` is for whoever asks one server for much.

    Raises FeedUnavailableError, FeedTooLargeError, and UsageError for an address or header that HTTP does not
    allow. `random` gives numbers in [0, 1). `transport` None means the network; one given is closed after
    each attempt.
    """
    _check_request(url, headers or {})
    started, tries = clock(), 0
    while True:
        pace.attempt()
        tries += 1
        try:
            answer = asyncio.run(_attempt(url, headers or {}, limits=limits, transport=transport))
        except _AttemptError as failure:
            if failure.retry_after_seconds is not None:
                pace.busy(failure.retry_after_seconds)
            wait_seconds = _wait_seconds(failure, tries, limits=limits, random=random)
            if wait_seconds is None or not pace.may_wait(wait_seconds):
                raise _given_up(url, failure, tries=tries) from failure.__cause__
            sleep(wait_seconds)
        else:
            return replace(answer, elapsed_seconds=clock() - started, tries=tries)


async def _attempt(
    url: str, headers: Mapping[str, str], *, limits: FetchLimits, transport: httpx.AsyncBaseTransport | None
) -> Fetched:
    timeout = httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds)
    try:
        async with asyncio.timeout(limits.attempt_seconds):
            async with httpx.AsyncClient(timeout=timeout, transport=transport, verify=_trusted()) as client:
                return await _follow(client, url, headers, limits=limits)
    except TimeoutError as error:
        raise _AttemptError(f"not whole after {limits.attempt_seconds:g} s", is_final=False) from error
    except httpx.TransportError as error:
        raise _AttemptError(_in_words(error, limits), is_final=False) from error
    except (httpx.InvalidURL, ValueError) as error:  # what httpx says of some hosts it is redirected to
        raise _AttemptError("a redirect to an address that cannot be read") from error


@cache
def _trusted() -> ssl.SSLContext:
    """Certificates that servers are checked against; read once, which takes longer than a small answer."""
    return httpx.create_ssl_context()


async def _follow(client: httpx.AsyncClient, url: str, headers: Mapping[str, str], *, limits: FetchLimits) -> Fetched:
    target = url
    for _ in range(limits.redirects + 1):
        sent = _request_headers(headers if same_origin(target, url) else {})
        async with client.stream("GET", target, headers=sent) as response:
            following = response.next_request
            if following is None:
                return await _read(response, limits=limits)
            target = _redirect_target(following.url, before=response.url)
            if not same_origin(target, url):
                headers = {}  # for good: who was sent away does not get the key back by a redirect home
    raise _AttemptError(f"more than {limits.redirects} redirects, the last one to {_shown(target)}")


def _redirect_target(url: httpx.URL, *, before: httpx.URL) -> str:
    if not _is_web_address(str(url)):
        raise _AttemptError(f"a redirect to {_shown(str(url))}, expected http or https")
    if (before.scheme, url.scheme) == ("https", "http"):
        raise _AttemptError(f"a redirect from https to {_shown(str(url))}, expected https")
    return str(url)


async def _read(response: httpx.Response, *, limits: FetchLimits) -> Fetched:
    _check_status(response, limits)
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise _AttemptError(f"Content-Encoding {encoding[:40]!a}, expected gzip or none")
    # Unpacked here and not by httpx, which takes gzip data that ends early for whole.
    body = BoundedBody(shown_url(str(response.url)), max_bytes=limits.max_bytes, is_gzip="gzip" in encoding)
    try:
        async for chunk in response.aiter_raw():
            body.add(chunk)
        whole = body.whole()
    except FeedTooLargeError as error:
        raise _AttemptError(f"more than {_megabytes(limits)} of body", kind=FeedTooLargeError) from error
    except DamagedGzipError as error:
        raise _AttemptError(f"a body that is not whole: {error}", is_final=False) from error
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return Fetched(whole, shown_url(str(response.url)), response.status_code, kept, elapsed_seconds=0.0, tries=1)


def _check_status(response: httpx.Response, limits: FetchLimits) -> None:
    status = response.status_code
    if status == OK:
        return
    found = f"status {status} {responses.get(status, '')}".rstrip()
    if status not in _TRIED_AGAIN:
        advice = "check the key, and that it is one for this address" if status in _ABOUT_THE_KEY else CHECK_ADDRESS
        raise _AttemptError(found, advice=advice)
    wait_seconds = _retry_after_seconds(response.headers)
    if wait_seconds is not None and wait_seconds > limits.retry_after_seconds:
        longest = f"longer than the {limits.retry_after_seconds:g} s that are waited at most"
        asked = f"{found} and Retry-After {wait_seconds:g} s, {longest}"
        raise _AttemptError(asked, advice="run it again later", retry_after_seconds=wait_seconds)
    raise _AttemptError(found, is_final=False, retry_after_seconds=wait_seconds)


def _retry_after_seconds(headers: httpx.Headers) -> float | None:
    """Seconds asked for; a date counts from the answer's own Date, so that no clock of ours matters."""
    value: str = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+", value):
        return float(value)
    try:
        until, answered = parsedate_to_datetime(value), parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (until - answered).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


def _wait_seconds(
    failure: _AttemptError, tries: int, *, limits: FetchLimits, random: Callable[[], float]
) -> float | None:
    if failure.is_final or tries >= limits.attempts:
        return None
    ceiling = min(limits.backoff_ceiling_seconds, limits.backoff_seconds * 2.0 ** (tries - 1))
    return (failure.retry_after_seconds or 0.0) + random() * ceiling


def _given_up(url: str, failure: _AttemptError, *, tries: int) -> FeedError:
    count = "1 try" if tries == 1 else f"{tries} tries"
    problem = f"expected status 200 and a body, found {failure} in {count}"
    return failure.kind(f"{_shown(url)}: {problem}; {failure.advice}")


def _check_request(url: str, headers: Mapping[str, str]) -> None:
    if not _is_web_address(url):
        raise UsageError(f"{_shown(url)}: expected an address like https://host/path")
    for name, value in headers.items():  # checked here, since the HTTP library quotes values in its errors
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value) and value == value.strip()):
            raise UsageError(f"header {name!a}: expected visible ASCII without spaces or line breaks around it")


def _is_web_address(url: str) -> bool:
    try:
        scheme, host = httpx.URL(url).scheme, httpx.URL(url).host
        port = urlsplit(url).port  # httpx takes any number for one
    except (httpx.InvalidURL, ValueError):
        return False
    return scheme in ("http", "https") and host != "" and port != 0


def _request_headers(headers: Mapping[str, str]) -> httpx.Headers:
    sent = httpx.Headers({"User-Agent": f"modelsync/{__version__}", "Accept": "application/json"})
    sent.update(headers)
    sent["Accept-Encoding"] = "gzip"
    return sent


def same_origin(one: str, other: str) -> bool:
    """True where two addresses share scheme, host and port, and so may see the same key."""
    return _origin(httpx.URL(one)) == _origin(httpx.URL(other))


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # httpx drops the default port and lowers the case


def _in_words(error: httpx.TransportError, limits: FetchLimits) -> str:
    match error:
        case httpx.ConnectTimeout():
            return f"no connection within {limits.connect_seconds:g} s"
        case httpx.TimeoutException():
            return f"silence for {limits.read_seconds:g} s"
        case _:
            return f"{type(error).__name__} ({ascii(str(error))[1:-1][:_SHOWN_CHARACTERS]})"


def _shown(url: str) -> str:
    return shown_url(url)[:_SHOWN_CHARACTERS]


def _megabytes(limits: FetchLimits) -> str:
    return f"{limits.max_bytes / MEGABYTE:g} MB"
