"""Reports of clients, from an HTTP request to one object in the store, or to one sentence of refusal.

    POST        /v1/telemetry   how calls ended, one report a day and client: at most 16 KB
    POST, PUT   /v1/bindings    which models are a client's saved choice: at most 64 KB

    route ──▶ authenticate ──▶ pace ──▶ limit ──▶ parse ──▶ keep

The first step that is not content ends it. A body may be gzip and is never unpacked beyond 64 KB. What is kept is
written anew from values that were read and checked: no byte of a request gets into an object, an answer or a log as
it came. The caller's address is not even asked for.

Answers: 202 written, 200 the same stands already, 4xx for the client to mend, 429 and 503 to come back later. A
refusal is `{"error": {"kind", "message"}}`, one sentence that quotes nothing.

This room knows no Lambda and no event. Who may report: `reporters`; the reports: `sources.reports`; where they are
kept, and how often: `kept_reports`. It lists nothing, deletes nothing, and looks at no other objects than reports.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from modelsync.catalog.reports import Report
from modelsync.errors import FeedFormatError, FeedTooLargeError, ModelsyncError
from modelsync.fetch.feed_bytes import BoundedBody, DamagedGzipError
from modelsync.shell.reports.kept_reports import MOST_REPORTS, Kept, keep
from modelsync.shell.reports.reporters import Reporters
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.sources.reports import BINDINGS, BODY, TELEMETRY, parse_bindings, parse_telemetry

MOST_BYTES_UNPACKED: Final = 65_536
COME_BACK_SECONDS: Final = 3600
"""After a failure of the store: nothing that a client reports is urgent."""

MOST_REQUESTS_A_MINUTE: Final = 120
"""Of one reporter at one running copy of this door: a flood ends before anything is unpacked, or asked of a store."""

_HEADERS: Final = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request; header names in lower case. `body` None: what came could not be read as bytes."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, and for the log: the report's kind, the reporter, one word for what happened."""

    status: HTTPStatus
    body: Mapping[str, Any]
    outcome: str
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    reporter: str | None = None
    fault: str | None = None
    """What the store or the operator's list failed with, for the operator; the client is not told."""


@dataclass(frozen=True, slots=True)
class _Route:
    """One kind of report: how it may come, and how it is read."""

    kind: str
    methods: tuple[str, ...]
    most_bytes_sent: int
    parse: Callable[..., Report]


ROUTES: Final[Mapping[str, _Route]] = {
    "/v1/telemetry": _Route(TELEMETRY, ("POST",), 16_384, parse_telemetry),
    "/v1/bindings": _Route(BINDINGS, ("POST", "PUT"), 65_536, parse_bindings),
}


class _RefusedError(Exception):
    """A request that ends here, with its answer."""

    def __init__(self, status: HTTPStatus, outcome: str, message: str, **headers: str) -> None:
        super().__init__(message)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = {"error": {"kind": outcome, "message": message}}
        self.answer = Answer(status, body, outcome, {**_HEADERS, **named})


class Intake:
    """The door for reports. `reporters` says who may come in, whenever somebody does.

    The store is opened when there is something to keep, so that whoever is refused costs no more than a look.
    """

    def __init__(
        self,
        open_store: Callable[[], ObjectStore],
        *,
        prefix: str,
        reporters: Callable[[], Reporters],
        now: Callable[[], datetime],
    ) -> None:
        self._open_store, self._prefix, self._reporters, self._now = open_store, prefix, reporters, now
        self._minute, self._requests = 0, Counter[str]()

    def answer(self, request: Request) -> Answer:
        """Take a report in, or say why not."""
        kind: str | None = None
        reporter: str | None = None
        try:
            route = _route(request)
            kind = route.kind
            reporter = self._authenticated(request)
            now = self._now().astimezone(UTC)
            self._check_pace(reporter, now)
            report = _read(route, request, now.date())
            kept = keep(self._open_store(), report, reporter=reporter, prefix=self._prefix, today=now.date())
            answer = _answer_for(kept, now)
        except _RefusedError as refused:
            answer = refused.answer
        except ModelsyncError as error:
            answer = _out_of_order(error)
        return replace(answer, kind=kind, reporter=reporter)

    def _authenticated(self, request: Request) -> str:
        reporter = self._reporters().reporter_of(request.headers.get("authorization", ""))
        if reporter is None:
            message = "authorization: expected a bearer token that this deployment gave out; ask its operator for one"
            raise _RefusedError(HTTPStatus.UNAUTHORIZED, "unauthorized", message, WWW_Authenticate="Bearer")
        return reporter

    def _check_pace(self, reporter: str, now: datetime) -> None:
        minute, seconds = divmod(int(now.timestamp()), 60)
        if minute != self._minute:
            self._minute, self._requests = minute, Counter()
        self._requests[reporter] += 1
        if self._requests[reporter] > MOST_REQUESTS_A_MINUTE:
            message = "authorization: too many requests with this credential at once; come back in a minute"
            raise _RefusedError(HTTPStatus.TOO_MANY_REQUESTS, "too-fast", message, Retry_After=f"{60 - seconds}")


def _route(request: Request) -> _Route:
    route = ROUTES.get(request.path)
    if route is None:
        message = f"path: expected one of {', '.join(ROUTES)}, found another one"
        raise _RefusedError(HTTPStatus.NOT_FOUND, "not-found", message)
    if request.method not in route.methods:
        allowed = ", ".join(route.methods)
        message = f"method: expected {allowed.replace(', ', ' or ')}, found another one"
        raise _RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "method", message, Allow=allowed)
    return route


def _read(route: _Route, request: Request, today: date) -> Report:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        message = "content-type: expected application/json, found another type or none"
        raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media-type", message)
    try:
        return route.parse(_unpacked(route, request), today=today)
    except FeedFormatError as error:
        unreadable = error.where == BODY
        status = HTTPStatus.BAD_REQUEST if unreadable else HTTPStatus.UNPROCESSABLE_ENTITY
        outcome = "bad-request" if unreadable else "report"
        raise _RefusedError(status, outcome, f"{error.where}: {error.problem}") from None


def _unpacked(route: _Route, request: Request) -> bytes:
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip"):
        message = "content-encoding: expected gzip or none, found another one"
        raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media-type", message, Accept_Encoding="gzip")
    if request.body is None:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "bad-request", "body: expected bytes, found what is no base64")
    if len(request.body) > route.most_bytes_sent:
        raise _too_large(f"at most {route.most_bytes_sent:,} bytes, found {len(request.body):,}")
    body = BoundedBody("body", max_bytes=MOST_BYTES_UNPACKED, is_gzip=coding == "gzip")
    try:
        body.add(request.body)
        return body.whole()
    except FeedTooLargeError:
        raise _too_large(f"at most {MOST_BYTES_UNPACKED:,} bytes of unpacked gzip, found more") from None
    except DamagedGzipError:
        message = "body: expected whole gzip data, found them damaged or cut short"
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "bad-request", message) from None


def _too_large(problem: str) -> _RefusedError:
    return _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"body: expected {problem}")


def _answer_for(kept: Kept, now: datetime) -> Answer:
    if kept is Kept.WRITTEN:
        return Answer(HTTPStatus.ACCEPTED, {"outcome": "accepted"}, "accepted", _HEADERS)
    if kept is Kept.UNCHANGED:
        return Answer(HTTPStatus.OK, {"outcome": "unchanged"}, "unchanged", _HEADERS)
    if kept is Kept.TOO_OFTEN:
        message = f"client: expected at most {MOST_REPORTS} different reports for one day, found one more; wait a day"
        outcome = "too-many-reports"
    else:
        message = "client: all places of its credential that it may take are taken; ask the operator for another one"
        outcome = "too-many-clients"
    seconds = _seconds_to_midnight(now)
    return _RefusedError(HTTPStatus.TOO_MANY_REQUESTS, outcome, message, Retry_After=f"{seconds}").answer


def _seconds_to_midnight(now: datetime) -> int:
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight - now).total_seconds())


def _out_of_order(error: ModelsyncError) -> Answer:
    message = "the store of reports is out of order, and not by your report; send it again later"
    refused = _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "out-of-order", message, Retry_After=f"{COME_BACK_SECONDS}")
    return replace(refused.answer, fault=str(error))
