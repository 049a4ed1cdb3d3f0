"""The routes of the admin API, and what each of them answers.

    GET   /api/admin/models/status         how things stand, and how far the run is that was asked for last
    POST  /api/admin/models/refresh        ask for a run: 202 and where to look, 409 while another one is under way
    GET   /api/admin/models/openapi.json   the description of all this

Whether a caller may call at all is decided in front of it: by IAM at the function's URL, by the local server
elsewhere. The same routes serve both; an event is that of a Lambda function URL. Every error has the same body, and
none tells more than one sentence: no trace, no body, no secret.

Three fixed paths are a table: Powertools' router, which could hold it, takes half of a cold start to import.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from modelsync.admin.callers import request_of
from modelsync.admin.orders import Order, read_order
from modelsync.admin.refusals import (
    BAD_REQUEST,
    BUG,
    HEADERS,
    METHOD,
    NOT_FOUND,
    REMOTE,
    SETTINGS,
    STORE,
    UNDER_WAY,
    RefusedError,
    error_body,
    shown,
)
from modelsync.admin.standing import standing
from modelsync.admin.starters import Starter
from modelsync.errors import ModelsyncError, RemoteError, RunUnderWayError, StoreError
from modelsync.shell.asking.asked_runs import REFRESH_PATH, STATUS_PATH, AskedRun, ask, finish
from modelsync.shell.storage.object_store import ObjectStore

Json = dict[str, Any]
Event = Mapping[str, Any]

OPENAPI_PATH: Final = "/api/admin/models/openapi.json"
METHODS: Final = {STATUS_PATH: "GET", REFRESH_PATH: "POST", OPENAPI_PATH: "GET"}
LOOK_AGAIN_SECONDS: Final = 30

_DESCRIPTION: Final = Path(__file__).with_name("openapi.json")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the API works with; the store is opened by the first request that needs it."""

    open_store: Callable[[], ObjectStore]
    prefix: str
    source: str
    starter: Starter
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    report_defect: Callable[[Exception], None]


class AdminApi:
    """The routes, bound to a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._routes: Mapping[str, Callable[[Event], Json]] = {
            STATUS_PATH: self._status,
            REFRESH_PATH: self._refresh,
            OPENAPI_PATH: self._openapi,
        }

    def answer(self, event: Event) -> Json:
        """The response to the event of a function URL."""
        try:
            return self._route(event)(event)
        except Exception as error:  # noqa: BLE001  a defect, too, is an answer, and told to the log
            return self._refused(error)

    def _route(self, event: Event) -> Callable[[Event], Json]:
        method, path = request_of(event)
        route, allowed = self._routes.get(path or ""), METHODS.get(path or "")
        if route is None or allowed is None:
            problem = f"path: expected one of {', '.join(METHODS)}, found {shown(path)}"
            raise RefusedError(HTTPStatus.NOT_FOUND, NOT_FOUND, problem)
        if method != allowed:
            problem = f"method of {path}: expected {allowed}, found {shown(method)}"
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, METHOD, problem, {"Allow": allowed})
        return route

    def _status(self, _event: Event) -> Json:
        desk = self._desk
        state = standing(desk.open_store(), prefix=desk.prefix, source=desk.source, now=desk.now())
        links = {"status": STATUS_PATH, "refresh": REFRESH_PATH, "openapi": OPENAPI_PATH}
        return _response(HTTPStatus.OK, {**state, "targets": list(desk.starter.targets), "links": links})

    def _refresh(self, event: Event) -> Json:
        order = read_order(
            _body_of(event),
            media_type=_header(event, "content-type"),
            query=event.get("rawQueryString") or "",
            targets=self._desk.starter.targets,
        )
        run = self._started(order)
        told = {"run": run.run, "target": run.target, "dryRun": run.dry_run, "status": STATUS_PATH}
        return _response(HTTPStatus.ACCEPTED, told, {"Location": STATUS_PATH, "Retry-After": str(LOOK_AGAIN_SECONDS)})

    def _started(self, order: Order) -> AskedRun:
        """Ask for the run and start it; one that cannot be started is over at once."""
        desk, store = self._desk, self._desk.open_store()
        run = ask(store, desk.prefix, target=order.target, dry_run=order.dry_run, now=desk.now(), new_id=desk.new_id)
        try:
            desk.starter.start(run)
        except RemoteError as error:
            finish(store, desk.prefix, run=run.run, outcome="failed", message=str(error), now=desk.now())
            raise
        return run

    def _openapi(self, _event: Event) -> Json:
        return _sent(HTTPStatus.OK, _DESCRIPTION.read_text(encoding="utf-8"), HEADERS)

    def _refused(self, error: Exception) -> Json:
        match error:
            case RefusedError():
                return _response(error.status, error_body(error.kind, str(error)), error.headers)
            case RunUnderWayError():
                details = {"run": error.run, "target": error.target, "since": error.since, "status": STATUS_PATH}
                body = error_body(UNDER_WAY, str(error), **details)
                return _response(HTTPStatus.CONFLICT, body, {"Retry-After": str(LOOK_AGAIN_SECONDS)})
            case StoreError():
                return _response(HTTPStatus.SERVICE_UNAVAILABLE, error_body(STORE, str(error)))
            case RemoteError():
                return _response(HTTPStatus.BAD_GATEWAY, error_body(REMOTE, str(error)))
        self._desk.report_defect(error)
        if isinstance(error, ModelsyncError):
            kind, problem = SETTINGS, "the API is not set up as it has to be; its log says what is wrong"
        else:
            kind, problem = BUG, "the API met a defect of its own; its log says which"
        return _response(HTTPStatus.INTERNAL_SERVER_ERROR, error_body(kind, problem))


def _response(status: HTTPStatus, body: Json, headers: Mapping[str, str] | None = None) -> Json:
    return _sent(status, json.dumps(body, separators=(",", ":")), {**HEADERS, **(headers or {})})


def _sent(status: HTTPStatus, body: str, headers: Mapping[str, str]) -> Json:
    """A response as a function URL expects it."""
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": "application/json", **headers},
        "body": body,
        "isBase64Encoded": False,
    }


def _header(event: Event, name: str) -> str:
    """A header's value, empty where there is none; functions are sent names in lower case, tests and proxies any."""
    return next((str(value) for each, value in event.get("headers", {}).items() if each.lower() == name), "")


def _body_of(event: Event) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise RefusedError(HTTPStatus.BAD_REQUEST, BAD_REQUEST, "body: expected base64, found something else") from None
