"""Programs that tests start are waited for, ended whatever happens, and named where they are missing."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers.fixtures import REQUIRE_SERVERS, started
from tests.servers.processes import (
    Process,
    ProgramMissingError,
    ServerFailedError,
    free_ports,
    listens,
    program,
    run_to_its_end,
    start_on_free_ports,
)

ENVIRONMENT = {"PATH": os.environ["PATH"]}


class Missing:
    """A server whose program is not installed."""

    def __enter__(self) -> None:
        program("no-such-server", package="Debian's no-such-package")

    def __exit__(self, *_: object) -> None:
        pass


def a_process(script: str, folder: Path) -> Process:
    return Process(["sh", "-c", script], log=folder / "log", environment=ENVIRONMENT)


def test_a_program_that_ends_too_soon_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with a_process("echo the port is taken >&2; exit 3", tmp_path) as process, pytest.raises(ServerFailedError) as told:
        process.wait_until(lambda: False)
    assert str(told.value).endswith("ended with 3:\nthe port is taken\n")


def test_a_program_that_is_never_ready_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with a_process("echo starting; exec sleep 60", tmp_path) as process, pytest.raises(ServerFailedError) as told:
        process.wait_until(lambda: False, seconds=0.2)
    assert "was not ready after 0.2 s" in str(told.value)


def test_whatever_a_program_started_ends_with_it(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with a_process(f"sleep 60 & echo $! > {pid_file}.new; mv {pid_file}.new {pid_file}; wait", tmp_path) as process:
        process.wait_until(pid_file.exists)
        child = int(pid_file.read_text(encoding="ascii"))
        assert is_running(child)
    assert not is_running(child)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # it has ended, and nobody has asked yet how


def test_a_program_that_prepares_something_and_fails_is_told_with_what_it_wrote() -> None:
    with pytest.raises(ServerFailedError, match="ended with 1:\nno room"):
        run_to_its_end(["sh", "-c", "echo no room; exit 1"], environment=ENVIRONMENT)


def test_a_server_is_tried_on_other_ports_three_times() -> None:
    tried: list[int] = []

    def start(number: int) -> None:
        tried.append(number)
        raise ServerFailedError("the port is taken")

    with pytest.raises(ServerFailedError, match="the port is taken"):
        start_on_free_ports(start, running=ExitStack())
    assert tried == [1, 2, 3]


def test_free_ports_are_different_ones_at_which_nobody_listens() -> None:
    ports = free_ports(5)
    assert len(set(ports)) == 5
    assert not any(map(listens, ports))


def test_a_program_that_is_missing_is_named_with_its_package() -> None:
    assert Path(program("sh", package="dash")).name == "sh"
    with pytest.raises(ProgramMissingError, match="no-such-server is not installed: it comes with Debian's no-such-p"):
        program("no-such-server", package="Debian's no-such-package")


def test_a_missing_server_skips_the_tests_that_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRE_SERVERS, raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-server is not installed"), started(Missing()):
        pass


def test_a_missing_server_fails_them_where_servers_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRE_SERVERS, "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-server is not installed"), started(Missing()):
        pass
