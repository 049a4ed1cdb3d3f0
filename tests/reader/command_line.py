"""`models` in the hands of a test: in this process, where that is enough, or as a process of its own."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from modelsync.reader.main import COMPLETE, main
from modelsync.reader.running import run
from tests.ran import Ran, all_of
from tests.reader.shelf import published

REPOSITORY: Final = Path(__file__).resolve().parents[2]


class Models:
    """`models` with a home, a user's folder and a published catalog of its own; `now` is when commands are given."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capture, self.now = folder, capture, datetime.now(UTC)
        self.store = published(folder / "store")
        self.user = folder / "user"

    def __call__(self, *words: str) -> Ran:
        """Run one command line in this process, now."""
        self._capture.readouterr()
        code = main(words) if words[:1] == (COMPLETE,) else run(words, os.environ, now=self.now)
        said = self._capture.readouterr()
        return Ran(code, said.out, said.err)

    def environment(self, **variables: str) -> dict[str, str]:
        """What a process of its own starts with."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(REPOSITORY / "shared"),
            "HOME": str(self.folder / "home"),
            "MODELSYNC_URL": str(self.store),
            "MODELSYNC_USER_DIR": str(self.user),
            "TERM": "xterm-256color",
            **variables,
        }

    def process(self, *words: str, **variables: str) -> Ran:
        """Run one command line as a process of its own, on pipes."""
        command = [sys.executable, "-m", "modelsync.reader", *words]
        done = subprocess.run(command, env=self.environment(**variables), capture_output=True, check=False)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def republish(self, *models: Any, generation: int = 8, **more: Any) -> None:
        """Publish another list."""
        published(self.folder / "store", *models, generation=generation, **more)

    def on_a_terminal(
        self, *words: str, width: int = 80, given: Mapping[str, str] | None = None, **variables: str
    ) -> Ran:
        """Run one command line on a terminal of some width, where both streams come out together."""
        near, far = pty.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        command = [sys.executable, "-m", "modelsync.reader", *words]
        child = subprocess.Popen(
            command,
            env=self.environment(**(given or {}), **variables),
            stdin=far,
            stdout=far,
            stderr=far,
            close_fds=True,
        )
        os.close(far)
        said = all_of(near)
        return Ran(child.wait(), said.replace("\r\n", "\n"), "")

    def files(self) -> Iterable[Path]:
        """Every file of the user's folder."""
        return (path for path in self.user.rglob("*") if path.is_file())
