"""How `models` ends: each code by a process of its own, and all of them in the help."""

import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from modelsync.errors import FeedError, RemoteError, StoreError
from modelsync.reader.exit_codes import MEANINGS, ExitCode, code_of
from tests.client.loopback import hang, loopback, status
from tests.reader.command_line import Models
from tests.reader.shelf import published


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("list", 0),
        ("list --nonsense", 2),
        ("show nothing-like-it-zz", 3),
        ("use haiku", 4),
        ("use acme/old", 5),
        ("pick chat --usable", 6),
        ("list --source nowhere-at-all", 7),
        ("refresh --source http://127.0.0.1:9/ --offline", 2),
        ("check acme/small --tokens 500K", 9),
        ("check acme/small", 9),
        ("refresh --source http://127.0.0.1:9/", 10),
    ],
)
def test_an_end_has_its_code(models: Models, line: str, code: int) -> None:
    assert models.process(*line.split()).code == code


@pytest.mark.parametrize(
    ("words", "variables", "by"),
    [(("--offline",), {}, "--offline"), ((), {"MODELSYNC_OFFLINE": "1"}, "MODELSYNC_OFFLINE")],
)
def test_a_refresh_that_may_not_use_the_network_says_who_forbids_it(
    models: Models, words: tuple[str, ...], variables: dict[str, str], by: str
) -> None:
    ran = models.process("refresh", "--source", "http://127.0.0.1:9/", *words, **variables)
    assert (ran.code, ran.out) == (2, " nothing newer was taken: offline\n")
    assert ran.err == f"models: refresh: found the network forbidden by {by}, expected it allowed; take that away\n"


def test_a_catalog_older_than_was_asked_for_ends_with_a_code_of_its_own(models: Models) -> None:
    published(models.store, at=datetime(2020, 1, 1, tzinfo=UTC))
    ran = models.process("list", "--require-fresh", "1d")
    assert (ran.code, ran.out) == (8, "")
    assert ran.err.endswith("expected at most 1 day; run `models refresh`\n")


def test_a_server_that_refuses_ends_with_a_code_of_its_own(models: Models) -> None:
    with loopback() as server:
        server.misbehave("openrouter/manifest.json", status(403))
        ran = models.process("refresh", "--source", server.url)
    assert (ran.code, ran.out) == (10, " nothing newer was taken: unavailable\n")


def test_a_defect_is_said_in_one_sentence_and_shown_where_it_is_asked_for(models: Models) -> None:
    models.now = models.now.replace(tzinfo=None)  # no door gives a time without its zone
    ran = models("list", "--all")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "this is a defect, run it again with --debug and report it" in ran.err
    assert "Traceback" in models("list", "--all", "--debug").err


def test_who_interrupts_is_told_so_in_one_line(models: Models) -> None:
    with loopback() as server:
        server.misbehave("openrouter/manifest.json", hang)
        command = [sys.executable, "-m", "modelsync.reader", "refresh", "--timeout", "60", "--source", server.url]
        child = subprocess.Popen(
            command, env=models.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        while not server.asked and child.poll() is None:
            server.closing.wait(0.01)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (130, "", "models: interrupted\n")


def test_the_help_says_what_every_code_means(models: Models) -> None:
    said = " ".join(models("--help").out.split())
    assert [code for code, meaning in MEANINGS.items() if f" {int(code)} {meaning}" not in said] == []
    assert set(MEANINGS) == set(ExitCode)


@pytest.mark.parametrize("words", [("--help",), ("-h",), ("list", "--help"), ("--version",)])
def test_help_and_version_are_an_answer(models: Models, words: tuple[str, ...]) -> None:
    ran = models(*words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out


def test_an_error_of_another_kind_still_has_a_code() -> None:
    found = [code_of(error) for error in (StoreError("x"), RemoteError("x"), FeedError("x"))]
    assert found == [ExitCode.USAGE, ExitCode.REFUSED, ExitCode.BUG]
