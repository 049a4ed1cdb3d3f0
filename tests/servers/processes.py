"""Programs that a test needs while it runs: started, waited for, and ended whatever happens.

A program writes its log into a file; where it does not come up, the error shows the end of it. It is ended with
all that it started itself, and the kernel ends it where the tests are killed.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Final, Self

LOOPBACK: Final = "127.0.0.1"
SECONDS_TO_START: Final = 30.0
SECONDS_TO_END: Final = 5.0
TRIES: Final = 3
SHOWN_CHARACTERS: Final = 4_000


class ServerFailedError(RuntimeError):
    """A server did not come up, or ended before its time; the message shows the end of its log."""


class ProgramMissingError(RuntimeError):
    """A server's program is not installed; the message says what to install."""


def program(name: str, *, package: str) -> str:
    """The path of a program; raises ProgramMissingError where it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise ProgramMissingError(f"{name} is not installed: it comes with {package}")
    return found


def python_package(name: str, *, distribution: str) -> None:
    """Raise ProgramMissingError unless a package of Python is installed."""
    if find_spec(name) is None:
        raise ProgramMissingError(f"{name} is not installed: it comes with the Python package {distribution}")


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface on which nobody listens: different ones, for a program that has to be told."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def start_on_free_ports(start: Callable[[int], None], *, running: ExitStack) -> None:
    """Start a server that has to be told its ports; `start` gets the number of the try.

    What runs is left in `running`. Between looking for a free port and listening at it, somebody else may take it:
    then other ports are tried.
    """
    for tried in range(1, TRIES):
        try:
            return start(tried)
        except ServerFailedError:
            running.close()
    try:
        return start(TRIES)
    except ServerFailedError:
        running.close()
        raise


def listens(port: int) -> bool:
    """Whether somebody takes connections at a port of the loopback interface."""
    with socket.socket() as client:
        return client.connect_ex((LOOPBACK, port)) == 0


class Process:
    """One program, from the start of a `with` block to its end.

    It has `seconds_to_end` when it is told to end, and is killed then: at once where nothing of it is worth keeping.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str],
        seconds_to_end: float = SECONDS_TO_END,
    ) -> None:
        # The kernel ends what setpriv starts together with this thread, so that nothing outlives killed tests.
        dies_with_us = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        self._command = [*dies_with_us, *map(str, command)]
        self._log, self._environment, self._seconds_to_end = log, dict(environment), seconds_to_end

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(self._seconds_to_end)
        self._signal(signal.SIGKILL)  # also for whoever it started and left behind
        self._process.wait()

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = SECONDS_TO_START) -> None:
        """Come back when the program is ready; raises ServerFailedError where it ends or takes longer."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process.poll() is not None:
                raise ServerFailedError(f"{self._told()} ended with {self._process.returncode}:\n{end_of(self._log)}")
            if time.monotonic() > deadline:
                raise ServerFailedError(f"{self._told()} was not ready after {seconds:g} s:\n{end_of(self._log)}")
            time.sleep(0.01)

    def _told(self) -> str:
        return " ".join(self._command)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # all of them are gone
            os.killpg(self._process.pid, number)


def run_to_its_end(command: Sequence[str | Path], *, environment: Mapping[str, str], seconds: float = 30) -> None:
    """Run a program that prepares something; raises ServerFailedError with what it wrote where it fails."""
    told = [str(each) for each in command]
    try:
        done = subprocess.run(told, env=dict(environment), capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise ServerFailedError(f"{' '.join(told)} took more than {seconds:g} s") from error
    if done.returncode != 0:
        raise ServerFailedError(f"{' '.join(told)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def end_of(log: Path) -> str:
    """The last lines of a log."""
    return log.read_text(encoding="utf-8", errors="replace")[-SHOWN_CHARACTERS:]
