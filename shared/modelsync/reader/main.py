"""The door of `models`: words in, an exit code out.

It reads the words, lets the one command that they name answer, prints the answer and what the user has to be told, and
turns every error into one sentence and a code. A catalog that was due is asked for while the command works, and waited
for a moment behind the answer, because a process that ends takes its threads along.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from modelsync.errors import ModelsyncError
from modelsync.reader.exit_codes import KINDS, ExitCode, code_of
from modelsync.reader.terminal import Form, Terminal, close_quietly

REFRESH_SECONDS: Final = 2.0
"""How long a command that has answered waits for the refresh that it began."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return the exit code; None means that of this process."""
    words = tuple(sys.argv[1:] if argv is None else argv)
    if words[:1] == ("__complete",):
        from modelsync.reader.completing import complete_quietly

        return complete_quietly(words[1:], os.environ)
    terminal = Terminal(os.environ, form=_form_of(words), is_quiet=bool({"-q", "--quiet"} & set(words)))
    is_debugged = "--debug" in words
    try:
        return _run(words, terminal)
    except SystemExit as left:  # argparse leaves behind --help and --version
        return ExitCode.DONE if left.code is None else int(left.code)
    except BrokenPipeError:
        close_quietly()
        return ExitCode.PIPE_CLOSED
    except KeyboardInterrupt:
        return _fail(terminal, "interrupted", ExitCode.INTERRUPTED)
    except ModelsyncError as error:
        _trace(is_debugged=is_debugged)
        return _fail(terminal, str(error), code_of(error))
    except Exception as error:  # noqa: BLE001  the last door: a defect, too, is told in one sentence
        _trace(is_debugged=is_debugged)
        told = f"{type(error).__name__}: {error}; this is a defect, run it again with --debug and report it"
        return _fail(terminal, told, ExitCode.BUG)


def _run(words: Sequence[str], terminal: Terminal) -> int:
    from modelsync.reader.commands.table import answer_to
    from modelsync.reader.session import Session
    from modelsync.reader.telling import told_to
    from modelsync.reader.words import read_words

    session = Session(read_words(words), environment=os.environ, now=datetime.now(UTC))
    answer = answer_to(session)
    told = told_to(session, terminal)
    terminal.show(answer, command=session.words.command, catalog=session.catalog_summary, notices=told.items)
    for sentence in (*answer.remarks, *told.sentences):
        terminal.say(sentence)
    told.confirm()
    session.finish(REFRESH_SECONDS)
    return answer.code


def _form_of(words: Sequence[str]) -> Form:
    """How to answer, also where the words make no sense otherwise."""
    asked = {"--json": Form.JSON, "--jsonl": Form.JSONL, "--tsv": Form.TSV, "-q": Form.IDS, "--quiet": Form.IDS}
    return next((form for word, form in asked.items() if word in words), Form.TEXT)


def _fail(terminal: Terminal, sentence: str, code: ExitCode) -> int:
    told: dict[str, Any] = {"kind": KINDS[code], "exitCode": int(code), "message": sentence}
    try:
        terminal.refuse(told)
    except BrokenPipeError:
        close_quietly()
    return code


def _trace(*, is_debugged: bool) -> None:
    if is_debugged:
        traceback.print_exc()
