"""The admin API as its caller sees it: against a real one, against odd ones, and signed for a function URL."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from modelsync.errors import RemoteError, RunUnderWayError, UsageError
from modelsync.shell.asking.asked_runs import REFRESH_PATH, STATUS_PATH, finish, start
from modelsync.shell.asking.remote import LONGEST_WAIT_SECONDS, LOOKS_THAT_MAY_FAIL, RemoteAdmin
from tests.admin.desk import NOW
from tests.admin.served import serving
from tests.servers.fake_aws import ENVIRONMENT

TOKEN = "a-token-of-some-length"
Event = Mapping[str, Any]


@dataclass
class Scripted:
    """Answers one after another, the last one for ever; an API that never was."""

    answers: list[tuple[int, object]]
    came: list[Event] = field(default_factory=list)

    def answer(self, event: Event) -> dict[str, Any]:
        self.came.append(event)
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        text = body if isinstance(body, str) else json.dumps(body)
        return {"statusCode": status, "body": text, "headers": {"Location": "http://127.0.0.1:9/elsewhere"}}


def a_run(state: str = "finished", run: str = "r1", **more: object) -> tuple[int, object]:
    """A status that tells of one run."""
    told = {"run": run, "target": "all", "dryRun": False, "requestedAt": "2026-08-08T18:42:00Z", "state": state}
    return 200, {"run": {**told, **more}}


def waits() -> tuple[list[float], Callable[[float], None]]:
    """A sleep that only counts."""
    waited: list[float] = []
    return waited, waited.append


def test_a_run_is_asked_for_and_waited_for() -> None:
    with serving() as served:
        remote = RemoteAdmin(served.url)
        assert remote.ask("curated", dry_run=True) == "r1"
        assert served.api.started == ["curated"]

        def sleep(_seconds: float) -> None:
            if len(served.said) == 2:  # by then it was asked for, and looked at once
                start(served.api.store, "models/", run="r1", now=NOW)
            if len(served.said) == 3:
                finish(served.api.store, "models/", run="r1", outcome="held", message="why", now=NOW, generation=4)

        over = remote.wait_for("r1", sleep=sleep)
    assert (over.outcome, over.message, over.generation, over.dry_run) == ("held", "why", 4, True)
    assert remote.status_url == f"{served.url}{STATUS_PATH}"


def test_whoever_asks_while_a_run_is_under_way_is_told_which() -> None:
    with serving() as served:
        remote = RemoteAdmin(f"{served.url}/")
        remote.ask("all", dry_run=False)
        with pytest.raises(RunUnderWayError) as told:
            remote.ask("all", dry_run=False)
    assert (told.value.run, told.value.target, told.value.since) == ("r1", "all", "2026-08-08T18:42:00Z")


def test_a_server_with_a_token_is_called_with_it() -> None:
    with serving(TOKEN) as served:
        assert RemoteAdmin(served.url, token=TOKEN).ask("all", dry_run=False) == "r1"
        with pytest.raises(RemoteError) as told:
            RemoteAdmin(served.url).ask("all", dry_run=False)
    assert str(told.value) == (
        "127.0.0.1: answered 401: authorization: expected the bearer token of MODELSYNC_ADMIN_TOKEN, found none or "
        "another; set MODELSYNC_ADMIN_TOKEN to the server's token"
    )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((200, {"run": "r1"}), "127.0.0.1: answered 200: it gave no reason of an admin API"),
        ((202, {}), "127.0.0.1: expected the answer of an admin API, found another: run: expected text, found null"),
        (
            (202, "<html>"),
            "127.0.0.1: expected the answer of an admin API, found another: expected JSON, found 6 bytes",
        ),
        ((409, {"error": {}}), "127.0.0.1: expected the answer of an admin API, found another: error.run: expected"),
        ((404, "<html>"), "127.0.0.1: answered 404: it gave no reason of an admin API; give the address up to"),
        ((302, ""), "127.0.0.1: answered 302: it gave no reason of an admin API"),
        ((599, ""), "127.0.0.1: answered 599: it gave no reason of an admin API"),
        ((503, {"error": {"kind": "store", "message": "store: no\x1b[2J"}}), "127.0.0.1: answered 503: store: no"),
        (
            (202, json.dumps({"run": "r" * 1_000_000})),
            "127.0.0.1: expected the answer of an admin API, found over 1000",
        ),
    ],
)
def test_an_answer_of_something_else_is_told_in_one_sentence(answer: tuple[int, object], sentence: str) -> None:
    with serving(answers=Scripted([answer])) as served, pytest.raises(RemoteError) as told:
        RemoteAdmin(served.url).ask("all", dry_run=False)
    assert str(told.value).startswith(sentence)


def test_a_server_that_is_not_there_is_told_by_its_host() -> None:
    with pytest.raises(RemoteError, match="expected an answer, found EndpointConnectionError; is it up"):
        RemoteAdmin("http://127.0.0.1:9").ask("all", dry_run=False)


def test_a_look_that_fails_now_and_then_does_not_end_the_waiting() -> None:
    waited, sleep = waits()
    failures: list[tuple[int, object]] = [(503, "")] * LOOKS_THAT_MAY_FAIL
    script = [*failures, a_run("running"), *failures, a_run(outcome="published", finishedAt="2026-08-08T18:43:00Z")]
    with serving(answers=Scripted(script)) as served:
        assert RemoteAdmin(served.url).wait_for("r1", sleep=sleep).outcome == "published"
    assert len(waited) == 12


def test_when_no_look_succeeds_the_waiting_ends_with_the_reason() -> None:
    waited, sleep = waits()
    with serving(answers=Scripted([(503, "")])) as served, pytest.raises(RemoteError, match="answered 503"):
        RemoteAdmin(served.url).wait_for("r1", sleep=sleep)
    assert len(waited) == LOOKS_THAT_MAY_FAIL + 1


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (a_run("lost"), "127.0.0.1: run r1 began and never said how it ended; look at its log"),
        (a_run("running", "r2"), "127.0.0.1: expected run r1, found another one in its place; look at its log"),
        ((200, {"run": None}), "127.0.0.1: expected run r1, found another one in its place; look at its log"),
    ],
)
def test_a_run_whose_end_cannot_be_told_is_an_error(answer: tuple[int, object], sentence: str) -> None:
    with serving(answers=Scripted([answer])) as served, pytest.raises(RemoteError) as told:
        RemoteAdmin(served.url).wait_for("r1", sleep=lambda _: None)
    assert str(told.value) == sentence


def test_the_waiting_ends_a_little_after_the_longest_run_and_looks_ever_more_seldom() -> None:
    waited, sleep = waits()
    with serving(answers=Scripted([a_run("running")])) as served, pytest.raises(RemoteError, match="not over after 16"):
        RemoteAdmin(served.url).wait_for("r1", sleep=sleep)
    assert waited == sorted(waited)
    assert (waited[0], waited[-1]) == (1.0, 10.0)
    assert LONGEST_WAIT_SECONDS <= sum(waited) < LONGEST_WAIT_SECONDS + 10


@pytest.mark.parametrize(
    "url",
    ["", "catalog.example", "ftp://catalog.example", "https://", "https://anna:secret@catalog.example", "http://[::1",
     "https://catalog.example/?token=secret", "https://catalog.example#x", "https://catalög.example", "http://h:99999"],
)  # fmt: skip
def test_an_address_that_cannot_be_called_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(UsageError, match="--remote: expected an address like https://host") as told:
        RemoteAdmin(url)
    assert "secret" not in str(told.value)


def test_a_token_is_never_sent_over_plain_http_to_another_machine() -> None:
    with pytest.raises(UsageError, match="would show the token to everybody"):
        RemoteAdmin("http://catalog.example", token=TOKEN)
    RemoteAdmin("https://catalog.example", token=TOKEN)


# --- a function URL, reached through a proxy on the loopback interface ---


class _Seen(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _See)
        self.request_seen: tuple[str, str, Mapping[str, str], bytes] | None = None


class _See(BaseHTTPRequestHandler):
    server: _Seen

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.request_seen = ("POST", self.path, headers, body)
        answer = b'{"run": "r1"}'
        self.send_response(202)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def seeing(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Seen]:
    """A proxy that keeps the request that comes through it, and answers in place of everybody."""
    with _Seen() as proxy:
        for name, value in {**ENVIRONMENT, "http_proxy": f"http://127.0.0.1:{proxy.server_port}"}.items():
            monkeypatch.setenv(name, value)
        for name in ("no_proxy", "NO_PROXY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()


def signature_of(method: str, url: str, headers: Mapping[str, str], body: bytes, *, secret: str) -> str:
    """AWS Signature Version 4, worked out from the request as it came."""
    scope, signed = (
        headers["authorization"].partition(f"{name}=")[2].partition(",")[0] for name in ("Credential", "SignedHeaders")
    )
    _, day, region, service, last = scope.split("/")
    canonical = "".join(f"{name}:{headers[name]}\n" for name in signed.split(";"))
    request = "\n".join([method, urlsplit(url).path, "", canonical, signed, hashlib.sha256(body).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, last):
        key = hmac.digest(key, part.encode(), "sha256")
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], f"{day}/{region}/{service}/{last}", digest])
    return hmac.digest(key, text.encode(), "sha256").hex()


def test_a_function_url_is_called_signed_for_its_region_and_without_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    with seeing(monkeypatch) as proxy:
        remote = RemoteAdmin("http://abc123.lambda-url.us-west-2.on.aws")
        assert remote.ask("all", dry_run=False) == "r1"
    assert proxy.request_seen is not None
    method, url, headers, body = proxy.request_seen
    assert url == f"http://abc123.lambda-url.us-west-2.on.aws{REFRESH_PATH}"
    assert json.loads(body) == {"target": "all", "dryRun": False}
    authorization = headers["authorization"]
    assert "/us-west-2/lambda/aws4_request, SignedHeaders=content-type;host;x-amz-date, " in authorization
    expected = signature_of(method, url, headers, body, secret=ENVIRONMENT["AWS_SECRET_ACCESS_KEY"])
    assert authorization.endswith(f"Signature={expected}")


def test_a_function_url_is_never_shown_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**ENVIRONMENT, "https_proxy": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    remote = RemoteAdmin("https://abc123.lambda-url.us-west-2.on.aws", token=TOKEN)
    assert TOKEN not in str(vars(remote))


def test_a_function_url_cannot_be_called_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(RemoteError, match="found no AWS credentials to sign with; set AWS_PROFILE or the like"):
        RemoteAdmin("https://abc123.lambda-url.us-west-2.on.aws").ask("all", dry_run=False)


def test_credentials_that_cannot_be_read_are_told_by_their_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**ENVIRONMENT, "AWS_PROFILE": "nobody"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RemoteError, match="expected AWS credentials to sign with, found ProfileNotFound; renew them"):
        RemoteAdmin("https://abc123.lambda-url.us-west-2.on.aws").ask("all", dry_run=False)
