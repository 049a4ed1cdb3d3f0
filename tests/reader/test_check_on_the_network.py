"""`models check --network`: the backend is asked about the key and the model, and the key goes nowhere else."""

import gzip
import json
import logging
import time
from datetime import UTC, datetime

import pytest

from modelsync.client.switching.switch_report import Probe
from modelsync.errors import UsageError
from modelsync.reader.answer import Answer
from modelsync.reader.commands import check
from modelsync.reader.probing import SERVICES, Service, probed
from modelsync.reader.session import Session
from modelsync.reader.words import read_words
from tests.client.loopback import Loopback, body, drip, hang, loopback, redirect, status
from tests.reader.command_line import Models

CANARY = "sk-or-canary-0123456789"
MODEL = "acme/large"


def service(server: Loopback, name: str = "openrouter") -> Service:
    return SERVICES[name]._replace(base=f"{server.url}/")


def asked(server: Loopback, name: str = "openrouter", *, wire_id: str = MODEL, seconds: float = 3.0) -> Probe:
    return probed(service(server, name), CANARY, wire_id=wire_id, seconds=seconds)


def answering(server: Loopback, **pages: int) -> None:
    server.misbehave("key", status(pages["key"]) if pages["key"] != 200 else body(b"{}"))
    code = pages["model"]
    server.misbehave(f"models/{MODEL}/endpoints", status(code) if code != 200 else body(b"{}"))


def checked(models: Models, server: Loopback, *words: str, key: str | None = CANARY) -> Answer:
    environment = {**models.environment(), **({"OPENROUTER_API_KEY": key} if key is not None else {})}
    session = Session(read_words(["check", *words]), environment=environment, now=datetime.now(UTC))
    return check.answer(session, {"openrouter": service(server)})


def line_of(answer: Answer, code: str) -> tuple[str, str]:
    found = next(each for each in answer.items[0]["checks"] if each["code"] == code)
    return found["level"], found["message"]


# --- what is asked ---


def test_the_key_and_then_the_model_are_asked_about_with_the_key_in_a_header() -> None:
    with loopback() as server:
        answering(server, key=200, model=200)
        assert asked(server) == Probe(200, 200)
    assert [each.path for each in server.asked] == ["/models/key", "/models/models/acme/large/endpoints"]
    assert {each.headers["Authorization"] for each in server.asked} == {f"Bearer {CANARY}"}


def test_a_backend_with_headers_of_its_own_gets_them() -> None:
    with loopback() as server:
        server.misbehave("models", body(b"{}"))
        server.misbehave("models/large", body(b"{}"))
        assert asked(server, "anthropic", wire_id="large") == Probe(200, 200)
    assert {each.headers["X-Api-Key"] for each in server.asked} == {CANARY}
    assert {each.headers["Anthropic-Version"] for each in server.asked} == {"2023-06-01"}
    assert {each.headers.get("Authorization") for each in server.asked} == {None}


def test_a_list_tells_of_a_model_where_there_is_no_page_about_one() -> None:
    listed = json.dumps({"data": [{"id": "deepseek-chat"}]}).encode()
    with loopback() as server:
        server.misbehave("models", body(listed))
        assert asked(server, "deepseek", wire_id="deepseek-chat") == Probe(200, 200)
        assert asked(server, "deepseek", wire_id="deepseek-old") == Probe(200, 404)
        server.misbehave("models", body(gzip.compress(listed), Content_Encoding="gzip"))
        assert asked(server, "deepseek", wire_id="deepseek-chat") == Probe(200, 200)
        server.misbehave("models", status(401))
        assert asked(server, "deepseek", wire_id="deepseek-chat") == Probe(401, 401)


def test_three_seconds_are_for_all_of_it() -> None:
    with loopback() as server:
        server.misbehave("key", hang)
        server.misbehave(f"models/{MODEL}/endpoints", drip)
        before = time.monotonic()
        assert asked(server, seconds=0.3) == Probe(None, None)
        assert time.monotonic() - before < 2.0


def test_a_key_goes_along_no_redirect() -> None:
    with loopback() as other, loopback() as server:
        server.misbehave("key", redirect(f"{other.url}/key"))
        server.misbehave(f"models/{MODEL}/endpoints", redirect(f"{server.url}/elsewhere", 307))
        assert asked(server) == Probe(302, 307)
        assert other.asked == []
        assert not server.asked_for("elsewhere")


@pytest.mark.parametrize("name", SERVICES)
def test_every_backend_is_asked_over_https_at_a_host_of_its_own(name: str) -> None:
    base = SERVICES[name].base
    assert base.startswith("https://")
    assert base.endswith("/")
    assert sum(each.base.split("/")[2] == base.split("/")[2] for each in SERVICES.values()) == 1


def test_a_key_is_not_sent_over_plain_http_to_another_machine() -> None:
    with pytest.raises(UsageError, match="not https"):
        probed(Service("http://192.0.2.1/", "key"), CANARY, wire_id=MODEL, seconds=0.1)


# --- what becomes of it ---


def test_a_key_and_a_model_that_answer_pass(models: Models) -> None:
    with loopback() as server:
        answering(server, key=200, model=200)
        done = checked(models, server, MODEL, "--network")
    assert line_of(done, "S13") == ("pass", "key and model answer")
    assert line_of(done, "S03") == ("pass", "openrouter runs with its own key")


def test_a_refused_key_fails_here_and_among_the_credentials(models: Models) -> None:
    with loopback() as server:
        answering(server, key=401, model=200)
        done = checked(models, server, MODEL, "--network")
    assert int(done.code) == 9
    assert line_of(done, "S13") == ("fail", "key: 401")
    assert line_of(done, "S03") == ("fail", "openrouter rejected its key")


def test_a_key_without_credit_is_told(models: Models) -> None:
    with loopback() as server:
        answering(server, key=402, model=200)
        done = checked(models, server, MODEL, "--network")
    assert line_of(done, "S03") == (
        "fail", "openrouter is out of credit, and nothing else runs without your word",
    )  # fmt: skip


def test_a_model_that_nobody_serves_fails_and_no_answer_warns(models: Models) -> None:
    with loopback() as server:
        answering(server, key=200, model=404)
        assert line_of(checked(models, server, MODEL, "--network"), "S13") == ("fail", "model: 404")
        answering(server, key=503, model=200)
        assert line_of(checked(models, server, MODEL, "--network"), "S13") == ("warn", "key: 503")


def test_nobody_is_asked_without_the_option_or_without_a_key(models: Models) -> None:
    with loopback() as server:
        assert "S13" in checked(models, server, MODEL).items[0]["unchecked"]
        done = checked(models, server, MODEL, "--network", key=None)
        assert done.remarks == ("the network was not asked: there is no key for openrouter",)
        assert "S13" in done.items[0]["unchecked"]
        done = checked(models, server, MODEL, "--network", "--backend", "anthropic")
        assert done.remarks == (
            "the network was not asked: anthropic has no page that tells a good key from a bad one",
        )
        assert server.asked == []


def test_the_network_may_not_be_asked_and_forbidden_at_once(models: Models) -> None:
    done = models("check", MODEL, "--network", "--offline")
    assert done.code == 2
    assert "expected one of both" in done.err


@pytest.mark.parametrize("key", [f"{CANARY}\r\nX-More: 1", f"{CANARY} two", f"{CANARY}é"])
def test_a_key_that_no_header_can_hold_is_not_sent(models: Models, key: str) -> None:
    with loopback() as server:
        done = checked(models, server, MODEL, "--network", key=key)
        assert server.asked == []
    assert CANARY not in str(done)


@pytest.mark.parametrize("code", [200, 401, 402, 404, 500, 302])
def test_no_key_shows_in_what_is_said_or_logged(
    models: Models, code: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with loopback() as server, caplog.at_level(logging.DEBUG):
        answering(server, key=code, model=code)
        done = checked(models, server, MODEL, "--network")
    said = capsys.readouterr()
    assert CANARY not in str(done) + caplog.text + said.out + said.err
    assert all(CANARY not in path.read_text(errors="replace") for path in models.folder.rglob("*") if path.is_file())
    assert all(CANARY not in each.path for each in server.asked)
