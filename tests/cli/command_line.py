"""The command line in the hands of a test: in this process, where that is enough, or as a process of its own."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pytest

from modelsync.cli.main import main
from tests.ran import Ran, all_of
from tests.world import MODELS, Record, a_body, a_record

REPOSITORY: Final = Path(__file__).resolve().parents[2]
OURS: Final = Path("the store of this test")
NOON: Final = "2026-06-01T12:00Z"


class CommandLine:
    """`syncmodels` with a store of its own; feeds are files beside it."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capture = folder, capture
        self.store = folder / "store"

    def __call__(self, *words: str, store: str | Path | None = OURS) -> Ran:
        """Run one command line in this process; `store` None leaves the option out."""
        self._capture.readouterr()
        named = [] if store is None else ["--store", str(self.store if store is OURS else store)]
        code = main([*words, *named])
        said = self._capture.readouterr()
        return Ran(code, said.out, said.err)

    def publish(self, ids: Iterable[str] = MODELS, *, at: str = NOON, records: Iterable[Record] = ()) -> Ran:
        """Run `all` on a feed of these models."""
        return self("all", "--feed", self.feed(ids, records=records), "--now", at)

    def feed(self, ids: Iterable[str] = MODELS, *, records: Iterable[Record] = ()) -> str:
        """A new feed file."""
        return self.file("feed.json", a_body([*(a_record(each) for each in ids), *records]))

    def file(self, name: str, body: bytes) -> str:
        """A new file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        return str(path)

    def written(self) -> dict[str, bytes]:
        """Every file of the store."""
        files = (path for path in self.store.rglob("*") if path.is_file())
        return {str(path.relative_to(self.store)): path.read_bytes() for path in files}


def environment(**variables: str) -> dict[str, str]:
    """What a process of its own starts with: nothing of ours but the way to the package."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY / "shared"), "TERM": "xterm-256color"} | variables


def process(*words: str, stdin: bytes = b"", **variables: str) -> Ran:
    """Run one command line as a process of its own, on pipes."""
    command = [sys.executable, "-m", "modelsync", *words]
    done = subprocess.run(command, input=stdin, env=environment(**variables), capture_output=True, check=False)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def on_a_terminal(*words: str, variables: Mapping[str, str] | None = None) -> Ran:
    """Run one command line with both streams on a terminal; `out` is everything that was seen there."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "modelsync", *words]
    env = environment(COLUMNS="100", **(variables or {}))
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=env) as running:
        os.close(theirs)
        seen = all_of(ours)
    return Ran(running.returncode, seen, "")
