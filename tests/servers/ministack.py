"""ministack: many of AWS' services in one process, S3 among them, and Lambda functions that really run.

    with Ministack(folder) as ministack:
        subprocess.run(["sam", "deploy", ...], env=os.environ | ministack.environment)

It is lax where AWS is strict: it checks no signature and no permission. What it does check are the conditions of
a write, one after another.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.servers.endpoint import ACCESS_KEY, SECRET_KEY, Endpoint
from tests.servers.processes import LOOPBACK, Process, free_ports, listens, python_package, start_on_free_ports

INSTALLED: Final = Path(__file__).resolve().parents[2] / ".venv-aws/ministack/bin/python"
"""Where `make -f tests/artefact/tools.mk` puts it, in an environment of its own."""

REGION: Final = "us-east-1"
ACCOUNT: Final = "000000000000"


class Ministack:
    """The server; `folder` is empty and takes its state and its log.

    `settings` are further variables of its environment; functions that it runs inherit all of them. `python` is the
    interpreter that runs it, with ministack installed, and that it runs functions with; None means that of INSTALLED,
    or else that of the tests.
    """

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None, python: Path | None = None) -> None:
        self._folder, self._settings, self._python = folder, dict(settings or {}), python
        self._running = ExitStack()

    def __enter__(self) -> Self:
        if self._python is None and INSTALLED.exists():
            self._python = INSTALLED
        if self._python is None:
            for name in ("ministack", "hypercorn"):
                python_package(name, distribution=name)
        start_on_free_ports(lambda tried: self._start(self._folder / f"try-{tried}"), running=self._running)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()

    @property
    def url(self) -> str:
        """Where all its services are."""
        return f"http://{LOOPBACK}:{self._port}"

    @property
    def s3(self) -> Endpoint:
        """Its S3."""
        return Endpoint(self.url, "other", REGION)

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which a child process takes this for AWS."""
        return {**self.s3.environment, "AWS_ENDPOINT_URL": self.url, "AWS_REGION": REGION}

    @property
    def log(self) -> Path:
        """What the server and its functions wrote."""
        return self._log

    def _start(self, root: Path) -> None:
        for name in ("state", "s3", "tmp"):
            (root / name).mkdir(parents=True)
        (self._port,) = free_ports(1)
        self._log = root / "ministack.log"
        command = [
            self._python or sys.executable,
            "-m",
            "hypercorn",
            "ministack.app:app",
            "-b",
            f"{LOOPBACK}:{self._port}",
            "--workers",
            "0",  # in this process itself, so that none is left behind when it is killed
        ]
        process = Process(command, log=self._log, environment=self._its_environment(root), seconds_to_end=1)
        self._running.enter_context(process)
        process.wait_until(lambda: listens(self._port))

    def _its_environment(self, root: Path) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(root),
            "TMPDIR": str(root / "tmp"),
            "MINISTACK_HOST": LOOPBACK,
            "GATEWAY_PORT": str(self._port),
            "STATE_DIR": str(root / "state"),
            "S3_DATA_DIR": str(root / "s3"),
            "LOG_LEVEL": "WARNING",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        } | self._settings
