"""Where answers and messages go: tables to standard output, everything else to standard error.

Colours and weights only add to words. On a pipe there are no colours, no bars and no bars' leftovers, and lines are
wide, so that a filter finds a row in one line. `NO_COLOR`, `TERM` and `COLUMNS` are honoured (rich reads them).
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final, TextIO, TypeVar

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from modelsync.cli.options import PROGRAM
from modelsync.client.safe_text import one_safe_line

PIPE_WIDTH: Final = 160
"""Columns of a table that nobody sees as it is printed."""

T = TypeVar("T")


class Terminal:
    """Both streams of this process."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._out, self._err = _console(sys.stdout, environment), _console(sys.stderr, environment)

    def show(self, *renderables: RenderableType) -> None:
        """Print an answer, whole: a reader that goes away meanwhile is a BrokenPipeError."""
        with self._out.capture() as captured:
            self._out.print(Group(*renderables))
        lines = "\n".join(line.rstrip(" ") for line in captured.get().splitlines())
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(f"{lines}\n".encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()

    def say(self, sentence: str) -> None:
        """Tell a person something beside the answer."""
        sys.stderr.write(f"{PROGRAM}: {one_safe_line(sentence)}\n")

    def busy(self, doing: str) -> AbstractContextManager[object]:
        """Show on a terminal that work is going on."""
        return self._err.status(Text(doing)) if self._err.is_terminal else nullcontext()

    def watched(self, steps: Iterable[T], *, total: int, begin: str, now_at: Callable[[T], str]) -> Iterator[T]:
        """Hand steps on while a bar shows how far they are; on a pipe, one line says that they begin."""
        if not self._err.is_terminal:
            self.say(begin)
            yield from steps
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._err, transient=True) as progress:
            task = progress.add_task("", total=total)
            for step in steps:
                progress.update(task, advance=1, description=now_at(step))
                yield step


def _console(stream: TextIO, environment: Mapping[str, str]) -> Console:
    plain = not stream.isatty() and not environment.get("COLUMNS")
    return Console(
        file=stream, width=PIPE_WIDTH if plain else None, highlight=False, markup=False, emoji=False, soft_wrap=False
    )
