"""What surrounds a command may be broken: each time one sentence says what, and what can be read is read."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from modelsync.client.reading.bundle import write_bundle
from tests.client.loopback import loopback
from tests.client.published_sets import objects
from tests.ran import Ran
from tests.reader.command_line import Models
from tests.reader.shelf import documents, published_objects

READING: Final = ("list", "show acme/large", "pick chat", "why acme/large tools", "cost acme/large", "status")
_NO_SOCKETS: Final = (
    "import socket, sys\n"
    "def refuse(*_, **__): raise AssertionError('a socket was opened')\n"
    "socket.socket = socket.create_connection = socket.getaddrinfo = refuse\n"
    "from modelsync.reader.main import main\n"
    "sys.exit(main(sys.argv[1:]))\n"
)


def cut_off(models: Models, *words: str, **variables: str) -> Ran:
    """A process that can open no socket, with an empty home."""
    environment = {**models.environment(**variables), "HOME": str(models.folder / "an-empty-home")}
    del environment["MODELSYNC_URL"], environment["MODELSYNC_USER_DIR"]
    done = subprocess.run(
        [sys.executable, "-c", _NO_SOCKETS, *words], env=environment, capture_output=True, check=False
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize("line", READING)
def test_one_bundled_file_is_enough_without_a_network_and_with_an_empty_home(models: Models, line: str) -> None:
    bundle = models.folder / "models.catalog"
    write_bundle(str(models.store), bundle)
    ran = cut_off(models, *line.split(), "--json", MODELSYNC_FILE=str(bundle))
    assert (ran.code, ran.err, ran.json["catalog"]["loadedFrom"]) == (0, "", "file")
    kept = [path for path in (models.folder / "an-empty-home").rglob("*") if path.is_file()]
    assert [path.name.partition("-")[0] for path in kept] == ["completion"]


def test_without_any_catalog_one_sentence_says_where_to_get_one(models: Models) -> None:
    ran = cut_off(models, "list", MODELSYNC_OFFLINE="1")
    assert (ran.code, ran.out) == (7, "")
    assert ran.err.endswith("set MODELSYNC_URL\n")


def test_a_kept_catalog_is_enough_without_a_network(models: Models) -> None:
    with loopback() as server:
        server.publish(published_objects())
        assert models.process("refresh", "--source", server.url).code == 0
        ran = models.process("list", "--source", server.url, "--offline")
    assert (ran.code, ran.lines[0]) == (0, "acme/large")


@pytest.mark.parametrize("line", [*READING, "keys", "use acme/large", "check acme/small"])
def test_who_reads_what_lies_on_this_machine_loads_nothing_of_the_network(models: Models, line: str) -> None:
    script = "import sys; from modelsync.reader.main import main; main(sys.argv[1:]); print(*sys.modules)"
    command = [sys.executable, "-c", script, *line.split(), "--quiet"]
    done = subprocess.run(command, env=models.environment(), capture_output=True, text=True, check=False)
    heavy = {"ssl", "socket", "http.client", "urllib.request", "subprocess", "tempfile", "asyncio"}
    assert "modelsync.reader.main" in done.stdout
    assert heavy & set(done.stdout.split()) == set()


@pytest.mark.parametrize("line", READING)
def test_who_has_no_home_reads_all_the_same(models: Models, line: str) -> None:
    environment = {
        name: each for name, each in models.environment().items() if name not in {"HOME", "MODELSYNC_USER_DIR"}
    }
    command = [sys.executable, "-m", "modelsync.reader", *line.split()]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_who_has_no_home_is_told_where_to_keep_things(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("MODELSYNC_USER_DIR")
    ran = models("use", "acme/large")
    assert (ran.code, ran.err) == (2, "models: user folder: found no home, expected one; name one with --user-dir\n")


@pytest.mark.parametrize("line", ["use acme/large", "fav acme/large", "alias quick acme/large", "user add acme/x"])
def test_a_file_in_place_of_the_users_folder_is_said(models: Models, line: str) -> None:
    models.user.write_text("")
    ran = models(*line.split())
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert str(models.user) in ran.err


@pytest.mark.parametrize("body", ["{", "[]", '{"schema": 1, "models": 5}', '{"schema": 99}', ""])
@pytest.mark.parametrize("line", ["use acme/small", "fav", "current"])
def test_a_damaged_file_of_the_users_is_said_and_left_as_it_is(models: Models, line: str, body: str) -> None:
    models.user.mkdir()
    kept = models.user / "user.json"
    kept.write_text(body)
    ran = models(*line.split())
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert str(kept) in ran.err
    assert kept.read_text() == body


@pytest.mark.parametrize(
    ("name", "line", "code"),
    [
        ("user.json", "current", 2),
        ("user.json", "use acme/small", 2),
        ("notices.json", "use acme/small", 0),
        ("telemetry.json", "doctor", 9),
    ],
)
def test_a_pipe_in_place_of_a_file_of_the_users_is_not_waited_for(
    models: Models, name: str, line: str, code: int
) -> None:
    models.user.mkdir()
    os.mkfifo(models.user / name)
    command = [sys.executable, "-m", "modelsync.reader", *line.split()]
    done = subprocess.run(command, env=models.environment(), capture_output=True, check=False, timeout=60)
    assert done.returncode == code
    assert (b"found a pipe or a device" in done.stdout + done.stderr) == (code != 0)


def test_a_damaged_file_of_the_users_stops_what_it_has_a_say_in_and_nothing_else(models: Models) -> None:
    models.user.mkdir()
    (models.user / "user.json").write_text("{")
    ran = models("list", "--all")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert models("status").code == 0


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this platform has no folder where nobody may write")
@pytest.mark.parametrize("line", ["use acme/small", "fav acme/small"])
def test_a_folder_that_cannot_be_written_is_said(models: Models, line: str) -> None:
    ran = models(*line.split(), "--user-dir", "/proc/self/nobody-makes-this")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert models("list", "--user-dir", "/proc/self/nobody-makes-this").code == 0


@pytest.mark.parametrize("line", ["list", "status", "search large"])
@pytest.mark.parametrize("form", ["", "--json", "--quiet"])
def test_a_file_in_place_of_the_cache_keeps_nobody_from_reading_and_is_said_once(
    models: Models, tmp_path: Path, line: str, form: str
) -> None:
    (tmp_path / "cache").write_text("")
    with loopback() as server:
        server.publish(published_objects())
        ran = models(*line.split(), *form.split(), "--source", server.url, "--cache-dir", str(tmp_path / "cache"))
    assert ran.code == 0
    assert [each.partition("; ")[2] for each in ran.err.splitlines()] == (
        [] if form == "--quiet" else ["choose another folder; until then the catalog is kept in memory only"]
    )
    assert "memory only" not in ran.out


def test_what_a_refresh_behind_the_answer_advises_is_said_once(models: Models) -> None:
    with loopback() as server:
        server.publish(published_objects())
        assert models("refresh", "--source", server.url).code == 0
        server.publish(objects(documents(), generation=8, schema="2.0", at=models.now))
        models.now += timedelta(hours=2)
        said = [models("search", "large", "--source", server.url) for _ in range(3)]
    assert [ran.lines for ran in said] == [["acme/large"]] * 3
    assert [ran.err.count("\n") for ran in said] == [1, 0, 0]
    assert "upgrade" in said[0].err
