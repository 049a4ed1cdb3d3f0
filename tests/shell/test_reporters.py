"""Who has a token that the operator gave out may report; a token is compared in constant time and shown nowhere."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from modelsync.errors import ModelsyncError, UsageError
from modelsync.shell.reports.reporters import Reporters, ReportersInForce, reporters_of
from tests.reporting import ANOTHER_TOKEN, REPORTERS, TOKEN

SHA256 = hashlib.sha256(TOKEN.encode()).hexdigest()


def parsed(listed: Any) -> Reporters:
    return Reporters.parse(json.dumps(listed), where="the list")


def test_whoever_has_a_token_is_the_reporter_it_was_given_to() -> None:
    reporters = parsed(REPORTERS)
    assert reporters.reporter_of(f"Bearer {TOKEN}") == "acme"
    assert reporters.reporter_of(f"bearer  {ANOTHER_TOKEN}") == "globex"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        f"Bearer {TOKEN} ",
        f"Bearer {TOKEN}\n",
        f"Bearer {TOKEN}, Bearer {TOKEN}",
        f"Bearer {SHA256}",
        "Bearer " + "é" * 32,
        "Bearer " + "x" * 1_000_000,
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_whoever_has_none_is_nobody(authorization: str) -> None:
    assert parsed(REPORTERS).reporter_of(authorization) is None


def test_a_short_token_is_none_even_if_it_was_given_out() -> None:
    short = "x" * 31
    reporters = parsed({"acme": hashlib.sha256(short.encode()).hexdigest()})
    assert reporters.reporter_of(f"Bearer {short}") is None


def test_digests_are_compared_in_constant_time() -> None:
    class Watching(bytes):
        """Fails where it is compared or looked up as other bytes are."""

        def __eq__(self, other: object) -> bool:
            raise AssertionError("compared byte by byte until one differs")

        def __hash__(self) -> int:
            raise AssertionError("looked up")

    reporters = Reporters({"acme": (Watching(bytes.fromhex(SHA256)),)})
    assert reporters.reporter_of(f"Bearer {TOKEN}") == "acme"
    assert reporters.reporter_of(f"Bearer {ANOTHER_TOKEN}") is None


def test_a_reporter_may_have_two_tokens_while_it_changes_from_one_to_the_other() -> None:
    reporters = parsed({"acme": [REPORTERS["acme"], REPORTERS["globex"]]})
    assert {reporters.reporter_of(f"Bearer {token}") for token in (TOKEN, ANOTHER_TOKEN)} == {"acme"}


def test_nobody_may_report_where_nobody_is_listed() -> None:
    assert parsed({}).reporter_of(f"Bearer {TOKEN}") is None


BAD_LISTS: dict[str, Any] = {
    "a list": [SHA256],
    "a text": SHA256,
    "a token instead of its digest": {"acme": TOKEN},
    "a digest in capitals": {"acme": SHA256.upper()},
    "no digest": {"acme": []},
    "five digests": {"acme": [SHA256] * 5},
    "a number": {"acme": 1},
    "an object": {"acme": {"sha256": SHA256}},
    "a name in capitals": {"Acme": SHA256},
    "a name that leads elsewhere": {"../acme": SHA256},
    "an empty name": {"": SHA256},
    "a name too long": {"a" * 41: SHA256},
}


@pytest.mark.parametrize("listed", BAD_LISTS.values(), ids=BAD_LISTS.keys())
def test_a_list_that_cannot_be_right_is_refused_and_not_quoted(listed: Any) -> None:
    with pytest.raises(UsageError, match=r"^the list: expected ") as caught:
        parsed(listed)
    assert not any(part in str(caught.value) for part in (TOKEN, SHA256, SHA256.upper()))


@pytest.mark.parametrize("text", ["", "{", "acme:" + SHA256, "[" * 100_000])
def test_a_list_that_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="expected a JSON object"):
        Reporters.parse(text, where="the list")


def test_reporters_are_shown_by_their_names_only() -> None:
    assert repr(parsed(REPORTERS)) == "Reporters(acme, globex)"


# When the list is read.


class Secret:
    """A list that the operator can change, or that cannot be read."""

    def __init__(self) -> None:
        self.listed: dict[str, str] | None = dict(REPORTERS)
        self.reads = 0
        self.time = 0.0

    def read(self) -> Reporters:
        self.reads += 1
        if self.listed is None:
            raise ModelsyncError("secret: out of order, as the test wants it")
        return parsed(self.listed)

    def in_force(self) -> ReportersInForce:
        return ReportersInForce(self.read, clock=lambda: self.time)


def test_the_list_is_read_once_in_five_minutes() -> None:
    secret = Secret()
    in_force = secret.in_force()
    for secret.time in (0.0, 1.0, 299.9):
        in_force()
    assert secret.reads == 1
    secret.time = 300.0
    in_force()
    assert secret.reads == 2


def test_a_credential_that_is_taken_back_counts_no_more_after_five_minutes() -> None:
    secret = Secret()
    in_force = secret.in_force()
    assert in_force().reporter_of(f"Bearer {TOKEN}") == "acme"
    secret.listed = {"globex": REPORTERS["globex"]}
    secret.time = 300.0
    assert in_force().reporter_of(f"Bearer {TOKEN}") is None


def test_a_credential_that_is_given_out_counts_after_five_minutes() -> None:
    secret = Secret()
    secret.listed = {}
    in_force = secret.in_force()
    assert in_force().reporter_of(f"Bearer {TOKEN}") is None
    secret.listed = dict(REPORTERS)
    secret.time = 300.0
    assert in_force().reporter_of(f"Bearer {TOKEN}") == "acme"


def test_where_the_list_cannot_be_read_nobody_may_report_whoever_could_before() -> None:
    secret = Secret()
    in_force = secret.in_force()
    in_force()
    secret.listed, secret.time = None, 300.0
    for _ in range(2):
        with pytest.raises(ModelsyncError, match="out of order"):
            in_force()
    secret.listed = dict(REPORTERS)
    assert in_force().reporter_of(f"Bearer {TOKEN}") == "acme"


# Where the list comes from.


def test_the_list_may_be_a_file_or_stand_in_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "reporters.json"
    file.write_text(json.dumps(REPORTERS))
    for given in (str(file), json.dumps(REPORTERS)):
        assert repr(reporters_of({"MODELSYNC_REPORTERS": given})()) == "Reporters(acme, globex)"


@pytest.mark.parametrize("environment", [{}, {"MODELSYNC_REPORTERS": ""}, {"MODELSYNC_REPORTERS_SECRET": ""}])
def test_without_a_list_nobody_may_report(environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="expected MODELSYNC_REPORTERS_SECRET"):
        reporters_of(environment)()


def test_a_file_that_is_not_there_is_told_without_its_path(tmp_path: Path) -> None:
    in_force = reporters_of({"MODELSYNC_REPORTERS": str(tmp_path / "none.json")})
    with pytest.raises(UsageError, match="MODELSYNC_REPORTERS: cannot be read") as caught:
        in_force()
    assert str(tmp_path) not in str(caught.value)


class SecretsManager(BaseHTTPRequestHandler):
    """The one call of AWS Secrets Manager that is made here."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = asked["SecretId"] == "modelsync/reporters"
        answer = {"SecretString": json.dumps(REPORTERS)} if found else {"__type": "ResourceNotFoundException"}
        body = json.dumps(answer).encode()
        self.send_response(200 if found else 400)
        self.send_header("Content-Length", f"{len(body)}")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def secrets_manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with HTTPServer(("127.0.0.1", 0), SecretsManager) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        for name, value in {
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": f"http://127.0.0.1:{server.server_port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "eu-central-1",
        }.items():
            monkeypatch.setenv(name, value)
        yield
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("secrets_manager")
def test_the_list_is_a_secret_where_one_is_named() -> None:
    environment = {"MODELSYNC_REPORTERS_SECRET": "modelsync/reporters", "MODELSYNC_REPORTERS": "no such file"}
    assert repr(reporters_of(environment)()) == "Reporters(acme, globex)"


@pytest.mark.usefixtures("secrets_manager")
def test_a_secret_that_is_not_there_lets_nobody_report() -> None:
    with pytest.raises(UsageError, match="MODELSYNC_REPORTERS_SECRET: secretsmanager answered ResourceNotFound"):
        reporters_of({"MODELSYNC_REPORTERS_SECRET": "modelsync/none"})()
