"""What a command has to say.

An answer is the same thing twice: `data` for programs, `view` for people. Who prints it is `main`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType

from modelsync.cli.exit_codes import ExitCode

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One JSON object, what stands for it on a terminal (nothing: the object itself), and how the program ends.

    `trouble` is one sentence for standard error where the work was done and something still needs a person.
    """

    data: Json
    view: tuple[RenderableType, ...]
    code: ExitCode = ExitCode.DONE
    trouble: str | None = None
