"""The README's transcript of `models`: every line that it shows being typed is typed, and prints what it shows."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.ran import all_of

REPOSITORY: Final = Path(__file__).resolve().parents[1]
README: Final = (REPOSITORY / "README.md").read_text(encoding="utf-8")
COLUMNS: Final = 100


class Typed(NamedTuple):
    """One line that was typed, and what the README says that it prints."""

    line: str
    shown: str


def typed_lines(text: str) -> Iterator[Typed]:
    """The lines of every `console` block, in their order."""
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, shown = part.partition("\n")
            yield Typed(line, shown)


class Terminal:
    """A shell's terminal in an empty folder, with both commands on its path and nothing else of ours."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for command, module in (("models", "modelsync.reader"), ("syncmodels", "modelsync")):
            script = folder / "bin" / command
            script.parent.mkdir(exist_ok=True)
            script.write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
            script.chmod(0o755)
        (folder / "examples").symlink_to(REPOSITORY / "examples")
        self._exports: dict[str, str] = {}

    def types(self, line: str) -> str:
        """What appears on the terminal; a variable that is exported stays so."""
        if line.startswith("export "):
            self._exports |= dict(word.split("=", 1) for word in line.split()[1:])
            return ""
        ours, theirs = pty.openpty()
        running = subprocess.Popen(
            ["bash", "-c", line],
            cwd=self._folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        seen = all_of(ours)
        running.wait()
        return seen.replace("\r\n", "\n")

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self._folder / 'bin'}:/usr/bin:/bin",
            "PYTHONPATH": str(REPOSITORY / "shared"),
            "HOME": str(self._folder / "home"),
            "COLUMNS": str(COLUMNS),
            "TERM": "dumb",
            "LANG": "C.UTF-8",
            **self._exports,
        }


def test_the_transcript_prints_what_it_shows(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    for line, shown in typed_lines(README):
        assert terminal.types(line) == shown, line


def test_the_transcript_shows_the_path_to_a_choice() -> None:
    commands = {typed.line.split()[1] for typed in typed_lines(README) if typed.line.startswith("models ")}
    assert {"pick", "search", "use", "check", "cost", "why", "current"} <= commands


@pytest.mark.parametrize("line", [typed.line for typed in typed_lines(README)])
def test_a_line_of_the_transcript_fits_a_page(line: str) -> None:
    assert len(line) <= COLUMNS
