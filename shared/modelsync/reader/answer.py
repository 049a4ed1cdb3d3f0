"""What a command has to say: the same thing for programs and for people.

- `items` are for `--json` and `--jsonl`; the envelope around them is `terminal`'s.
- `view` is for a terminal: tables, lines, and headings between them.
- `tsv` is for columns with tabs between them: one table, or facts, that hold all of the answer, where `view` has some
  of it in a heading or behind a table; else the tables of `view` are taken.
- `ids` is what a pipe gets, one a line; a command that is not about a list of things has none, and a pipe gets its
  lines.

Nothing here knows where it will be printed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from modelsync.reader.exit_codes import ExitCode

Json = Mapping[str, Any]


class Column(NamedTuple):
    """A column of a table."""

    name: str
    is_number: bool = False
    """Whether its cells stand at the right."""
    leaves: int = 0
    """Where the line is too narrow, columns with the highest number leave first; 0 stays."""
    is_prose: bool = False
    """Whether its cells are sentences, which go on below where the line ends; only of a last column."""
    is_id: bool = False
    """Whether its cells are never cut, for people copy them."""


class Table(NamedTuple):
    """Rows under named columns; the first column is never cut."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    indent: int = 1


class Heading(NamedTuple):
    """A line that stands out."""

    text: str


class Facts(NamedTuple):
    """Labels with what is to be said of them."""

    rows: tuple[tuple[str, str], ...]


class Raw(NamedTuple):
    """Text that this program wrote for other programs, JSON or a script: printed as it is."""

    text: str


Part = str | Heading | Table | Facts | Raw


NOTHING_MORE: Json = {}


class Answer(NamedTuple):
    """One command's answer."""

    view: Sequence[Part] = ()
    items: Sequence[Json] = ()
    tsv: Table | Facts | None = None
    """What `--tsv` gives; None means the tables of `view`, else its facts, else its lines."""
    ids: tuple[str, ...] | None = None
    total: int | None = None
    """How many there are, shown or not; None means as many as `items`."""
    hidden: Mapping[str, int] = {}
    """Reasons why some are not shown, and how many."""
    extra: Json = NOTHING_MORE
    """Further members of the JSON answer."""
    remarks: tuple[str, ...] = ()
    """Sentences for standard error."""
    code: ExitCode = ExitCode.DONE
