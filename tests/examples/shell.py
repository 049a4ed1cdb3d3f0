"""The shell reader as a person runs it, in whichever shells there are."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.servers.processes import program

SCRIPT: Final = Path(__file__).resolve().parents[2] / "examples" / "shell" / "modelsync.sh"
SHELLS: Final = [
    command
    for command in (["sh"], ["dash"], ["bash", "--posix"], ["busybox", "sh"])
    if shutil.which(command[0]) is not None
]
SECONDS: Final = 60
"""Longest wait for a script that hangs."""


class Ran(NamedTuple):
    """How the script ended, and what it said."""

    code: int
    out: str
    err: str


class Shell:
    """One user of the script, with a cache of their own."""

    def __init__(self, cache: Path, *, command: list[str], url: str = "") -> None:
        self.cache, self.command, self.url = cache, command, url

    def __call__(self, *words: str, **variables: str) -> Ran:
        usual = {"PATH": os.environ["PATH"], "MODELSYNC_URL": self.url, "MODELSYNC_CACHE_DIR": str(self.cache)}
        done = subprocess.run(
            [*self.command, str(SCRIPT), *words],
            capture_output=True,
            text=True,
            check=False,
            env={**usual, **variables},
            timeout=SECONDS,
            cwd=self.cache.parent,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def kept(self) -> dict[str, bytes]:
        """Every file below the cache."""
        return {path.name: path.read_bytes() for path in self.cache.rglob("*") if path.is_file()}


@contextmanager
def tools() -> Iterator[None]:
    """The programs that the script asks for; raises ProgramMissingError where one is not there."""
    program("curl", package="Debian's curl")
    program("jq", package="Debian's jq")
    yield
