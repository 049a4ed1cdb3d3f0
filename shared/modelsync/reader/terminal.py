"""Where answers go: standard output for what was asked, standard error for everything else.

    a terminal      tables, cut to its width; bold only adds to the words
    a pipe          one id a line, or the lines as they are, uncut
    --tsv           every column, a tab between them, the names first
    --json          one object, and nothing else
    --jsonl         one object a line
    --quiet         ids alone, and not a word on standard error but errors

`NO_COLOR` and `TERM=dumb` switch weights off. A reader that goes away is a BrokenPipeError for the door. An answer that
finds no room is a StoreError; what finds none on standard error is lost, for there is nowhere left to say so.
"""

import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final, TextIO

from modelsync.client.safe_text import ascii_json, one_safe_line
from modelsync.errors import StoreError
from modelsync.reader.answer import Answer, Column, Facts, Table
from modelsync.reader.command_list import PROGRAM
from modelsync.reader.exit_codes import RefusedError
from modelsync.reader.layout import lines_of

SCHEMA: Final = 1
PIPE_WIDTH: Final = 10_000
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


class Form(StrEnum):
    """How an answer is written."""

    TEXT = "text"
    TSV = "tsv"
    JSON = "json"
    JSONL = "jsonl"
    IDS = "ids"


class Terminal:
    """Both streams of this process."""

    def __init__(self, environment: Mapping[str, str], *, form: Form = Form.TEXT, is_quiet: bool = False) -> None:
        self.form, self._is_quiet = form, is_quiet
        self.is_watched = sys.stdout is not None and sys.stdout.isatty()
        self._has_weights = self.is_watched and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
        self.is_heard = True
        """Whether standard error took all that was said."""

    @property
    def width(self) -> int:
        """Columns of a line; a pipe's are as wide as they like."""
        return shutil.get_terminal_size().columns if self.is_watched else PIPE_WIDTH

    def show(self, answer: Answer, *, command: str, catalog: Mapping[str, Any] | None, notices: Sequence[Any]) -> None:
        """Print an answer, whole."""
        if self.form is Form.JSON:
            _write(ascii_json(json.dumps(envelope(answer, command, catalog, notices), indent=2, allow_nan=False)))
        elif self.form is Form.JSONL:
            _write(*(ascii_json(json.dumps(item, allow_nan=False)) for item in answer.items))
        elif self.form is Form.IDS or (self.form is Form.TEXT and answer.ids is not None and not self.is_watched):
            _write(*map(one_safe_line, _ids(answer)))
        elif self.form is Form.TSV:
            _write(*_tab_separated(answer))
        else:
            _write(*map(self._weighted, lines_of(answer.view, width=self.width)))

    def print(self, text: str) -> None:
        """Print a text as it is."""
        _write(*text.splitlines())

    def say(self, sentence: str) -> None:
        """Tell a person something beside the answer."""
        if not self._is_quiet:
            self._tell(_sentence(sentence))

    def fail(self, refused: RefusedError) -> None:
        """Refuse, and also say where that itself could not be printed; raises nothing."""
        try:
            self.refuse(refused)
        except BrokenPipeError:
            close_quietly()
        except StoreError as error:
            self._tell(_sentence(error))

    def trace(self, text: str) -> None:
        """Show the traceback of an error."""
        self._tell(*text.splitlines())

    def refuse(self, refused: RefusedError) -> None:
        """Say on standard error why there is no answer and, where a program listens, in JSON on standard output."""
        hint = f"; {refused.hint}" if refused.hint else ""
        rows = tuple((each, cost, why) for each, cost, why in refused.candidates)
        table = [Table((Column("model"), Column("price"), Column("")), rows)] if rows else []
        shown = lines_of(table, width=shutil.get_terminal_size().columns)[1:]
        self._tell(_sentence(f"{refused}{hint}"), *(line for line, _ in shown))
        if self.form in {Form.JSON, Form.JSONL}:
            told = {"schema": SCHEMA, "error": refused.as_json()}
            _write(ascii_json(json.dumps(told, indent=2 if self.form is Form.JSON else None)))

    def _tell(self, *lines: str) -> None:
        try:
            _put(sys.stderr, lines)
        except OSError:  # a pipe that nobody reads is one
            self.is_heard = False
            _close_quietly(sys.stderr)

    def _weighted(self, line: tuple[str, bool]) -> str:
        text, stands_out = line
        return f"{_BOLD}{text}{_PLAIN}" if stands_out and self._has_weights and text else text


def envelope(answer: Answer, command: str, catalog: Mapping[str, Any] | None, notices: Sequence[Any]) -> dict[str, Any]:
    """An answer as one JSON object."""
    return {
        "schema": SCHEMA,
        "command": command,
        "catalog": catalog,
        "items": list(answer.items),
        "total": len(answer.items) if answer.total is None else answer.total,
        "hidden": dict(answer.hidden),
        "notices": list(notices),
        **answer.extra,
    }


def close_quietly() -> None:
    """Nobody reads any more: leave nothing that Python would complain about at its end."""
    _close_quietly(sys.stdout)


def _close_quietly(stream: TextIO) -> None:
    with suppress(OSError):  # a stream without a descriptor has nothing to be closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _sentence(said: object) -> str:
    return f"{PROGRAM}: {one_safe_line(said)}"


def _ids(answer: Answer) -> tuple[str, ...]:
    return answer.ids if answer.ids is not None else tuple(str(item["id"]) for item in answer.items if "id" in item)


def _tab_separated(answer: Answer) -> list[str]:
    """Every table of an answer, or its facts, or its lines; a text has no tab left in it."""
    view = answer.view if answer.tsv is None else (answer.tsv,)
    tables = [part for part in view if isinstance(part, Table)]
    facts = [row for part in view if isinstance(part, Facts) for row in part.rows]
    if not tables and facts:
        return ["\t".join(map(one_safe_line, row)) for row in (("fact", "value"), *facts)]
    if not tables:
        return [text.strip() for text, _ in lines_of(view, width=PIPE_WIDTH)]
    head = "\t".join(column.name for column in tables[0].columns)
    return [head, *("\t".join(map(one_safe_line, row)) for table in tables for row in table.rows)]


def _write(*lines: str) -> None:
    """Write lines of an answer; raises StoreError where they cannot be kept, such as on a full disk."""
    try:
        _put(sys.stdout, lines)
    except BrokenPipeError:
        raise
    except OSError as error:
        close_quietly()
        problem = error.strerror or type(error).__name__
        raise StoreError(
            f"standard output: found {problem}, expected one that takes the answer; name another"
        ) from error


def _put(stream: TextIO | None, lines: Sequence[str]) -> None:
    """Write lines in what the stream can say."""
    if stream is None:  # this process was started without it
        return
    encoding = stream.encoding or "utf-8"
    stream.writelines(f"{line}\n".encode(encoding, "replace").decode(encoding) for line in lines)
    stream.flush()
