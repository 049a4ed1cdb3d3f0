"""`models` in the hands of a test: in this process, where that is enough, or as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from modelsync.reader.main import main
from tests.reader.shelf import published

REPOSITORY: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    """How one command line ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output, which must be one JSON object and nothing else."""
        parsed = json.loads(self.out)
        assert isinstance(parsed, dict)
        return parsed

    @property
    def lines(self) -> list[str]:
        """Standard output, line by line."""
        return self.out.splitlines()


class Models:
    """`models` with a home, a user's folder and a published catalog of its own."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capture = folder, capture
        self.store = published(folder / "store")
        self.user = folder / "user"

    def __call__(self, *words: str) -> Ran:
        """Run one command line in this process."""
        self._capture.readouterr()
        code = main(words)
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

    def republish(self, *models: Any, generation: int) -> None:
        """Publish another list."""
        published(self.folder / "store", *models, generation=generation)

    def files(self) -> Iterable[Path]:
        """Every file of the user's folder."""
        return (path for path in self.user.rglob("*") if path.is_file())
