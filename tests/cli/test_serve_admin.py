"""`serve-admin` as a process of its own, called over HTTP, and ended as people and service managers end it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from modelsync.shell.asking.asked_runs import REFRESH_PATH, STATUS_PATH, current
from modelsync.shell.storage.directory_store import DirectoryStore
from tests.cli.command_line import CommandLine, environment

TOKEN = "a-token-of-some-length"


class Server:
    """A server at work."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url

    def ask(self, method: str, path: str, order: object = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """One request."""
        with closing(http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)) as connection:
            body = None if order is None else json.dumps(order)
            connection.request(method, path, body, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        return response.status, answer

    def status_when(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The status as soon as it is as it should be."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            _, answer = self.ask("GET", STATUS_PATH)
            if fits(answer):
                return answer
        pytest.fail("the status never became what it should")

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """End it and return code, output and what else it said."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@contextmanager
def serving(*words: str, **variables: str) -> Iterator[Server]:
    """A server on a free port, as long as the block lasts."""
    command = [sys.executable, "-m", "modelsync", "serve-admin", "--port", "0", *words]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment(**variables), **pipes) as process:
        try:
            assert process.stderr is not None
            first = process.stderr.readline()
            url, found, _ = first.removeprefix("syncmodels: serve-admin: ").partition(STATUS_PATH)
            assert found, first + process.stderr.read()
            yield Server(process, url)
        finally:
            process.kill()


def a_pipe(sync: CommandLine) -> Path:
    """A feed that nobody has written yet: who reads it waits."""
    pipe = sync.folder / "feed.fifo"
    os.mkfifo(pipe)
    return pipe


def test_a_run_that_is_asked_for_is_done_by_the_server(sync: CommandLine) -> None:
    with serving("--store", str(sync.store), "--feed", sync.feed()) as server:
        assert server.ask("GET", STATUS_PATH)[1]["generation"] is None
        status, asked = server.ask("POST", REFRESH_PATH, {"target": "all"})
        state = server.status_when(lambda each: each["run"]["state"] == "finished")
        code, out, err = server.end()
    assert (status, asked["target"]) == (202, "all")
    assert (state["run"]["outcome"], state["generation"], state["manifest"]["counts"]["active"]) == ("published", 1, 24)
    assert (code, out.startswith("serve-admin: ended after ")) == (0, True)
    assert f"run {asked['run']} of all: published, generation 1" in err
    assert sync("show", "anthropic/claude-opus-4.8", "--json").json["state"] == "active"


def test_while_a_run_is_at_work_a_second_one_is_refused_by_name_and_ctrl_c_waits_for_it(sync: CommandLine) -> None:
    pipe = a_pipe(sync)
    with serving("--store", str(sync.store), "--feed", str(pipe)) as server:
        _, asked = server.ask("POST", REFRESH_PATH, {"target": "openrouter"})
        server.status_when(lambda each: each["run"]["state"] == "running")
        assert server.ask("POST", REFRESH_PATH, {"target": "all"})[1]["error"]["run"] == asked["run"]
        server.process.send_signal(signal.SIGINT)
        assert _said(server, "serve-admin: waiting for the run that is at work")
        pipe.write_bytes(Path(sync.feed()).read_bytes())
        out, _ = server.process.communicate(timeout=30)
    assert (server.process.returncode, out.startswith("serve-admin: ended after")) == (0, True)
    assert sync("status", "--json").json["generation"] == 1


def test_another_ctrl_c_leaves_the_run_undone_and_says_so_in_its_record(sync: CommandLine) -> None:
    with serving("--store", str(sync.store), "--feed", str(a_pipe(sync))) as server:
        server.ask("POST", REFRESH_PATH, {"target": "openrouter"})
        server.status_when(lambda each: each["run"]["state"] == "running")
        server.process.send_signal(signal.SIGINT)
        assert _said(server, "serve-admin: waiting for the run that is at work")
        code, out, err = server.end()
    assert (code, out, err) == (130, "", "syncmodels: interrupted; what was published stands\n")
    run = current(DirectoryStore(sync.store), "models/").run
    assert run is not None
    assert (run.outcome, run.message) == ("failed", "the server was stopped before the run was over")


def _said(server: Server, words: str) -> bool:
    """Read what it says until these words come."""
    assert server.process.stderr is not None
    return any(words in line for line in iter(server.process.stderr.readline, ""))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_told_to(sync: CommandLine, number: signal.Signals) -> None:
    with serving("--store", str(sync.store), "--json") as server:
        code, out, err = server.end(number)
    assert (code, json.loads(out), err) == (0, {"address": server.url, "answered": 0}, "")


def test_the_token_of_the_environment_is_asked_for_and_never_shown(sync: CommandLine) -> None:
    with serving("--store", str(sync.store), MODELSYNC_ADMIN_TOKEN=TOKEN) as server:
        assert server.ask("GET", STATUS_PATH)[0] == 401
        assert server.ask("GET", STATUS_PATH, Authorization=f"Bearer {TOKEN}")[0] == 200
        code, out, err = server.end()
    assert (code, TOKEN in out + err) == (0, False)


def test_a_defect_is_said_to_whoever_serves_and_not_to_whoever_calls(sync: CommandLine) -> None:
    sync.file("store", b"a file where the folder belongs")
    with serving("--store", str(sync.store)) as server:
        status, answer = server.ask("GET", STATUS_PATH)
    assert (status, answer["error"]["kind"]) == (503, "store")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--host", "0.0.0.0"), "serve-admin: '0.0.0.0' can be reached from other machines, expected a loopback"),
        (("--port", "65536"), "argument --port: expected a port from 0 (any free one) to 65535, found '65536'"),
        (("--host", "192.0.2.1", "--port", "0"), "serve-admin: '192.0.2.1' can be reached from other machines"),
    ],
)
def test_an_address_that_cannot_be_served_is_2(sync: CommandLine, words: tuple[str, ...], sentence: str) -> None:
    ran = sync("serve-admin", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"syncmodels: {sentence}")


def test_a_port_that_is_taken_is_2_and_says_what_to_do(sync: CommandLine) -> None:
    with serving("--store", str(sync.store)) as server:
        ran = sync("serve-admin", "--port", str(urlsplit(server.url).port))
    assert ran.code == 2
    assert "cannot listen there, Address already in use; choose another --port or --host" in ran.err


def test_an_address_of_another_machine_cannot_be_served_even_with_the_token(
    sync: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELSYNC_ADMIN_TOKEN", TOKEN)
    ran = sync("serve-admin", "--host", "192.0.2.1", "--port", "0")
    assert (ran.code, "cannot listen there" in ran.err) == (2, True)
