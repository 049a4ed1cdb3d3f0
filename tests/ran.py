"""How a command line ended, and what a terminal was given: for whoever tests one of the commands."""

import json
import os
from dataclasses import dataclass
from typing import Any


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


def all_of(terminal: int) -> str:
    """What a terminal was given until its last writer left, which Linux tells by an error; closes it."""
    said = b""
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError:
            more = b""
        if not more:
            os.close(terminal)
            return said.decode()
        said += more
