"""The admin API of another machine, as its caller sees it: ask for a run, look how far it is.

- A Lambda function URL is called signed (SigV4), with the credentials of the usual AWS configuration.
- Any other address is called with a bearer token, if there is one; never over plain HTTP to another machine.
- Redirects are not followed, and answers are read up to a limit.

Everything that is not the expected answer is an error of one sentence that names the host, never the address as a
whole, for there may be more in it.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeVar
from urllib.parse import SplitResult, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from botocore.response import StreamingBody
from botocore.session import Session
from botocore.utils import get_environ_proxies

from modelsync.errors import RemoteError, RunUnderWayError, UsageError
from modelsync.shell.asking.asked_runs import REFRESH_PATH, STATUS_PATH, AskedRun, from_json
from modelsync.shell.storage.json_object import JsonObject

T = TypeVar("T")

SILENCE_SECONDS: Final = 30
"""Longest wait for a connection, or for the next piece of an answer: a cold function takes a few."""

LONGEST_ANSWER: Final = 1_000_000

FIRST_LOOK_SECONDS: Final = 1.0
LONGEST_LOOK_SECONDS: Final = 10.0
LONGEST_WAIT_SECONDS: Final = 16 * 60.0
"""A little longer than the longest run."""

LOOKS_THAT_MAY_FAIL: Final = 5
"""In a row: the run goes on, whether somebody looks or not."""

_FUNCTION_URL = re.compile(r"[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\..+")
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_LONGEST_MESSAGE: Final = 300

_ADVICE: Final[dict[int, str]] = {
    HTTPStatus.UNAUTHORIZED: "; set MODELSYNC_ADMIN_TOKEN to the server's token",
    HTTPStatus.FORBIDDEN: "; a caller of a function's URL needs the permission lambda:InvokeFunctionUrl",
    HTTPStatus.NOT_FOUND: "; give the address up to, and without, /api/admin/models",
}


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes


class RemoteAdmin:
    """One admin API; raises UsageError for an address that cannot be called."""

    def __init__(self, url: str, *, token: str | None = None) -> None:
        self._parts = _checked(url, token)
        self._base = f"{self._parts.scheme}://{self._parts.netloc}{self._parts.path.rstrip('/')}"
        signed_for = _FUNCTION_URL.fullmatch(self._host)
        self._region = signed_for[1] if signed_for else None
        self._token = None if signed_for else token

    @property
    def status_url(self) -> str:
        """Where to look."""
        return self._base + STATUS_PATH

    @property
    def _host(self) -> str:
        return self._parts.hostname or ""

    def ask(self, target: str, *, dry_run: bool) -> str:
        """Ask for a run and return its id; raises RunUnderWayError where another one is under way."""
        order = json.dumps({"target": target, "dryRun": dry_run}).encode()
        answer = self._send("POST", REFRESH_PATH, order)
        if answer.status == HTTPStatus.ACCEPTED:
            return self._read(answer, lambda body: body.text("run"))
        if answer.status == HTTPStatus.CONFLICT:
            raise self._read(answer, _under_way)
        raise self._refused(answer)

    def wait_for(self, run: str, *, sleep: Callable[[float], None] = time.sleep) -> AskedRun:
        """Look until a run is over, and return how it ended; RemoteError where that cannot be told."""
        waited, pause, failed = 0.0, FIRST_LOOK_SECONDS, 0
        while waited < LONGEST_WAIT_SECONDS:
            sleep(pause)
            waited, pause = waited + pause, min(pause * 1.5, LONGEST_LOOK_SECONDS)
            try:
                state, last = self._look()
            except RemoteError:
                failed += 1
                if failed > LOOKS_THAT_MAY_FAIL:
                    raise
                continue
            failed = 0
            if last is None or last.run != run:
                raise RemoteError(f"{self._host}: expected run {run}, found another one in its place; look at its log")
            if state == "finished":
                return last
            if state == "lost":
                raise RemoteError(f"{self._host}: run {run} began and never said how it ended; look at its log")
        raise RemoteError(f"{self._host}: run {run} is not over after {LONGEST_WAIT_SECONDS / 60:.0f} minutes")

    def _look(self) -> tuple[str, AskedRun | None]:
        """How far the run is that was asked for last, and which one that is."""
        answer = self._send("GET", STATUS_PATH, b"")
        if answer.status != HTTPStatus.OK:
            raise self._refused(answer)
        return self._read(answer, _last_run)

    def _read(self, answer: _Answer, read: Callable[[JsonObject], T]) -> T:
        try:
            return read(JsonObject.decode(answer.body))
        except ValueError as error:
            raise RemoteError(f"{self._host}: expected the answer of an admin API, found another: {error}") from error

    def _refused(self, answer: _Answer) -> RemoteError:
        """The API's own sentence where there is one."""
        try:
            told = JsonObject.decode(answer.body).child("error").text("message")[:_LONGEST_MESSAGE]
        except ValueError:
            told = "it gave no reason of an admin API"
        return RemoteError(f"{self._host}: answered {answer.status}: {told}{_ADVICE.get(answer.status, '')}")

    def _send(self, method: str, path: str, body: bytes) -> _Answer:
        headers = {"Content-Type": "application/json"}
        request = AWSRequest(method, self._base + path, headers, body, stream_output=True)
        self._authorize(request)
        try:
            session = URLLib3Session(
                timeout=SILENCE_SECONDS,
                proxies={} if self._host in _LOOPBACK else get_environ_proxies(self._base),
                verify=Session().get_config_variable("ca_bundle") or True,
            )
            response = session.send(request.prepare())
            raw = StreamingBody(response.raw, None)  # type: ignore[arg-type]  # None: its length is not known
            with raw:
                content = raw.read(LONGEST_ANSWER + 1)
        except BotoCoreError as error:
            raise RemoteError(f"{self._host}: expected an answer, found {type(error).__name__}; is it up?") from error
        if len(content) > LONGEST_ANSWER:
            raise RemoteError(f"{self._host}: expected the answer of an admin API, found over {LONGEST_ANSWER} bytes")
        return _Answer(response.status_code, content)

    def _authorize(self, request: AWSRequest) -> None:
        if self._region is None:
            if self._token is not None:
                request.headers["Authorization"] = f"Bearer {self._token}"
            return
        try:
            credentials = Session().get_credentials()
            if credentials is None:
                raise RemoteError(f"{self._host}: found no AWS credentials to sign with; set AWS_PROFILE or the like")
            SigV4Auth(credentials, "lambda", self._region).add_auth(request)
        except BotoCoreError as error:
            problem = f"{self._host}: expected AWS credentials to sign with, found {type(error).__name__}"
            raise RemoteError(f"{problem}; renew them, or set AWS_PROFILE") from error


def _under_way(body: JsonObject) -> RunUnderWayError:
    told = body.child("error")
    return RunUnderWayError(told.text("run"), told.text("target"), told.text("since"))


def _last_run(body: JsonObject) -> tuple[str, AskedRun | None]:
    run = body.child_or_none("run")
    return ("none", None) if run is None else (run.text("state"), from_json(run))


def _checked(url: str, token: str | None) -> SplitResult:
    """The parts of an address; it is quoted in no error, for it may hold a password."""
    expected = "--remote: expected an address like https://host or http://127.0.0.1:8787"
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise UsageError(f"{expected}, found what is no address") from error
    if not is_address or "@" in parts.netloc or parts.query or parts.fragment or not url.isascii():
        raise UsageError(f"{expected}, found something else")
    if token is not None and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise UsageError(f"{expected}, found plain http to another machine, which would show the token to everybody")
    return parts
