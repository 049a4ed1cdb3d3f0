"""An admin API in the hands of a test, and what its description says an answer may look like.

    api = Api()
    answer = api.post({"target": "all"})
    assert (answer.status, api.started) == (202, ["all"])

Every answer is held against `openapi.json` as it comes: its status must be documented for that route, and its body
must be of the schema that is documented for it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

import modelsync.admin.router
from modelsync.admin.router import METHODS, AdminApi, Desk
from modelsync.errors import RemoteError
from modelsync.shell.asking.asked_runs import REFRESH_PATH, STATUS_PATH, TARGETS, AskedRun
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.stores import MemoryStore

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
DESCRIPTION: Final[dict[str, Any]] = json.loads(
    Path(modelsync.admin.router.__file__).with_name("openapi.json").read_text(encoding="utf-8")
)
UNROUTED: Final = frozenset({404, 405})
"""What answers a path or a method that the description does not have."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def error(self) -> dict[str, Any]:
        """The error that it is."""
        told: dict[str, Any] = self.body["error"]
        return told


class Api:
    """An API on a store of its own; it starts nothing, and remembers what it should have started."""

    def __init__(
        self, *, store: ObjectStore | None = None, targets: tuple[str, ...] = TARGETS, cannot_start: str | None = None
    ) -> None:
        self.store: ObjectStore = MemoryStore() if store is None else store
        self.targets, self.now, self.started, self.defects = targets, NOW, list[str](), list[Exception]()
        self._cannot_start, numbers = cannot_start, count(1)
        self.desk = Desk(
            open_store=lambda: self.store,
            prefix="models/",
            source="openrouter",
            starter=self,
            now=lambda: self.now,
            new_id=lambda: f"r{next(numbers)}",
            report_defect=self.defects.append,
        )
        self.api = AdminApi(self.desk)

    def start(self, run: AskedRun) -> None:
        """Be the starter."""
        if self._cannot_start is not None:
            raise RemoteError(self._cannot_start)
        self.started.append(run.target)

    def status(self) -> dict[str, Any]:
        """How things stand."""
        answer = self.get(STATUS_PATH)
        assert answer.status == 200
        return answer.body

    def get(self, path: str) -> Answer:
        """Ask for a path."""
        return self.answer(an_event("GET", path))

    def post(self, order: object) -> Answer:
        """Order a run."""
        return self.answer(an_event("POST", REFRESH_PATH, body=json.dumps(order)))

    def answer(self, event: Mapping[str, Any]) -> Answer:
        """Answer an event, as documented."""
        response = self.api.answer(event)
        answer = Answer(response["statusCode"], response["headers"], json.loads(response["body"]))
        check(answer, event["requestContext"]["http"]["method"], event["rawPath"])
        return answer


def an_event(
    method: str, path: str, *, body: str | None = None, headers: Mapping[str, str] | None = None, query: str = ""
) -> dict[str, Any]:
    """The event of a function URL, payload format 2.0, as Lambda makes it of a signed request."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"content-type": "application/json"} if headers is None else dict(headers),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "abc",
            "authorizer": {"iam": {"userArn": "arn:aws:iam::000000000000:user/anna", "accountId": "000000000000"}},
            "domainName": "abc.lambda-url.eu-central-1.on.aws",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "x"},
            "requestId": "00000000-0000-0000-0000-000000000000",
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": 1786214520000,
        },
        "isBase64Encoded": False,
        **({} if body is None else {"body": body}),
    }


def check(answer: Answer, method: str, path: str) -> None:
    """Hold an answer against the description."""
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if METHODS.get(path) == method:
        documented = DESCRIPTION["paths"][path][method.lower()]["responses"]
        schema = _response(documented[str(answer.status)])["content"]["application/json"]["schema"]
    else:
        assert answer.status in UNROUTED
        schema = {"$ref": "#/components/schemas/Error"}
    validator(schema).validate(answer.body)


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """Checks values against a schema of the description."""
    return Draft202012Validator({**schema, "components": DESCRIPTION["components"]})


def _response(documented: dict[str, Any]) -> dict[str, Any]:
    name = documented.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = DESCRIPTION["components"]["responses"][name] if name else documented
    return found
