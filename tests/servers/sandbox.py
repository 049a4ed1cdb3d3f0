"""A built function in a sandbox like Lambda's: one process, the runtime's own client, the environment Lambda gives.

    with Sandbox(deployment) as sandbox:
        answer = sandbox.invoke({"slot": "2026-08-01T06:00:00Z"})

The process is new for each sandbox, so its first answer is a cold start and later ones are warm. What Lambda has
and this has not: its kernel, its share of a processor, its limit of memory, its network.
"""

import os
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from tests.servers.runtime_api import REGION, Outcome, RuntimeApi

CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing-secret",
    "AWS_SESSION_TOKEN": "testing-token",
}
"""A role's, as Lambda hands them to a function; no server that these tests use asks for others."""


@dataclass(frozen=True)
class Deployment:
    """What a deployed function is: an interpreter of its runtime, its code, its layers and its settings."""

    name: str
    python: Path
    task_root: Path
    opt: Path
    """The layers, unpacked over each other, as Lambda does below /opt."""
    environment: Mapping[str, str] = field(default_factory=dict)
    memory_mb: int = 256
    timeout_seconds: float = 120.0


class Sandbox:
    """One execution environment of a function, from the start of a `with` block to its end."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._running = ExitStack()
        self._lines: list[str] = []
        self.cold_start_seconds: float | None = None
        """From the start of the process to the first answer; None before it."""

    def __enter__(self) -> Self:
        self._api = self._running.enter_context(RuntimeApi(function_name=self._deployment.name))
        environment = lambda_environment(self._deployment, api=self._api.address)
        self._started = time.perf_counter()
        self._process = subprocess.Popen(
            [self._deployment.python, "-m", "awslambdaric", "app.handler"],
            cwd=self._deployment.task_root,
            env={**environment, **self._deployment.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._process.stdout is not None
        reader = threading.Thread(target=self._read, args=(self._process.stdout,))
        reader.start()
        self._running.callback(reader.join)
        self._running.callback(self._process.wait)
        self._running.callback(self._process.kill)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    def invoke(self, event: object) -> Outcome:
        """Send an event and wait for what becomes of it; one that takes longer than the time-out is an error."""
        seconds = self._deployment.timeout_seconds
        self._api.send(event, timeout_seconds=seconds)
        outcome = self._api.outcome(within_seconds=seconds)
        if outcome is None:
            self._process.kill()
            return Outcome(time.perf_counter(), error={"errorType": "Sandbox.Timedout"})
        if self.cold_start_seconds is None:
            self.cold_start_seconds = outcome.at - self._started
        return outcome

    @property
    def log(self) -> str:
        """All that the function has written; whole once the sandbox is closed."""
        return "".join(self._lines)

    def peak_rss_mb(self) -> float:
        """The most memory that the process ever held; ask while it lives.

        Read from Linux's own mark: what `getrusage` tells of a child counts the process that it was forked from.
        """
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        (peak,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024

    def cpu_seconds(self) -> float:
        """Time on a processor that the process took so far, whoever else was using it; ask while it lives."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        user, system = (int(fields[at]) for at in (11, 12))  # utime and stime of proc(5)
        return (user + system) / os.sysconf("SC_CLK_TCK")

    def _read(self, output: IO[bytes]) -> None:
        with output:
            for line in output:
                self._lines.append(line.decode(errors="replace"))
        self._api.tell(Outcome(time.perf_counter(), error={"errorType": "Runtime.ExitError"}))


def lambda_environment(deployment: Deployment, *, api: str) -> dict[str, str]:
    """The variables that Lambda itself sets, and a home that holds nobody's settings."""
    version = deployment.python.resolve().name.removeprefix("python")
    return CREDENTIALS | {
        "AWS_LAMBDA_RUNTIME_API": api,
        "AWS_LAMBDA_FUNCTION_NAME": deployment.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(deployment.memory_mb),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{deployment.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/08/01/[$LATEST]0123456789abcdef0123456789abcdef",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "_HANDLER": "app.handler",
        "LAMBDA_TASK_ROOT": str(deployment.task_root),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "PYTHONPATH": os.pathsep.join(map(str, (deployment.task_root, deployment.opt / "python"))),
        "PYTHONDONTWRITEBYTECODE": "1",  # on Lambda nobody can write there
        "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "HOME": "/nonexistent",
    }
