"""Real shells that read the completion script and are asked what may stand somewhere."""

import os
import pty
import select
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from modelsync.reader.shell_scripts import SCRIPTS
from tests.reader.command_line import Models

REQUIRE_SHELLS: Final = "MODELSYNC_REQUIRE_SERVERS"
_SECONDS: Final = 60.0

_ASK_BASH: Final = r"""
source "$1"
COMP_LINE="$2" COMP_POINT="${#2}"
shift 2
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
before="$COMP_WORDBREAKS"
_models models "${COMP_WORDS[COMP_CWORD]}" ""
[[ $before == "$COMP_WORDBREAKS" ]] || echo "COMP_WORDBREAKS was changed"
((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
true
"""


def needed(shell: str) -> str:
    """The program of a shell; where it is not installed, the test is skipped, or fails where all must be there."""
    found = shutil.which(shell)
    if found is not None:
        return found
    if os.environ.get(REQUIRE_SHELLS) == "1":
        pytest.fail(f"{shell} is not installed, and {REQUIRE_SHELLS}=1 wants it", pytrace=False)
    pytest.skip(f"{shell} is not installed")


class Typing:
    """A folder with `models` on its path and the four scripts in it."""

    def __init__(self, models: Models) -> None:
        self.models, self.folder = models, models.folder / "shells"
        self.folder.mkdir()
        program = self.folder / "models"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m modelsync.reader "$@"\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        for shell, script in SCRIPTS.items():
            self.script(shell).write_text(script)

    def script(self, shell: str) -> Path:
        """The script of a shell."""
        return self.folder / f"_models.{shell}"

    @property
    def environment(self) -> dict[str, str]:
        """What the shell starts with."""
        found = self.models.environment()
        return {**found, "PATH": f"{self.folder}{os.pathsep}{found['PATH']}", "LC_ALL": "C.UTF-8"}

    def bash(self, line: str, *words: str) -> list[str]:
        """COMPREPLY for a line up to the cursor, which bash takes apart into `words`."""
        asked = [
            needed("bash"),
            "--norc",
            "--noprofile",
            "-c",
            _ASK_BASH,
            "bash",
            str(self.script("bash")),
            line,
            *words,
        ]
        return self._lines(asked)

    def fish(self, line: str) -> list[str]:
        """What fish offers behind a line, with hints."""
        command = 'source $argv[1]; complete -C "$argv[2]"'
        return self._lines([needed("fish"), "--no-config", "-c", command, str(self.script("fish")), line])

    def typed_into(self, shell: str, start: str, line: str) -> str:
        """What the line has become behind the tabulator key, on a terminal; `start` is what the shell reads first."""
        found = needed(shell)
        flags = {"zsh": ["-f", "-i"], "bash": ["--norc", "--noprofile", "-i"]}[shell]
        command, terminal = [found, *flags], _Terminal({**self.environment, "TERM": "dumb", "PS1": "> "})
        return terminal.complete(command, start=start, line=line)

    def _lines(self, command: list[str]) -> list[str]:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
        assert done.stderr == ""
        assert done.returncode == 0
        return done.stdout.splitlines()


class _Terminal:
    """A terminal on which a shell runs."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment

    def complete(self, command: list[str], *, start: str, line: str) -> str:
        process, keys = pty.fork()
        if process == 0:
            os.execvpe(command[0], command, self._environment)
        try:
            os.write(keys, f"{start}; printf '%s%s\\n' REA DY\n".encode())
            _read_until(keys, b"READY")
            # ^A: to the beginning of the completed line, which is printed between quotes and not run
            os.write(keys, f"{line}\t\x01printf '<%s>\\n' '\x05'\n".encode())
            said = _read_until(keys, b">\r\n")
            return said.rpartition(b"<")[2].partition(b">")[0].decode().rstrip()
        finally:
            os.close(keys)
            os.waitpid(process, 0)


def _read_until(keys: int, mark: bytes) -> bytes:
    said, deadline = b"", time.monotonic() + _SECONDS
    while mark not in said:
        ready, _, _ = select.select([keys], [], [], max(deadline - time.monotonic(), 0))
        assert ready, f"the shell said no more than {said!r}"
        said += os.read(keys, 4096)
    return said
