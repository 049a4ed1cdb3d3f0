"""One command line from its words to its exit code.

It reads the words, lets the one command that they name answer, prints the answer and what the user has to be told, and
turns every error into one sentence and a code. A catalog that was due is asked for while the command works, and waited
for a moment behind the answer, because a process that ends takes its threads along; what it advises is said then.
"""

import traceback
from argparse import Namespace
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from datetime import datetime
from io import StringIO
from typing import Final

from modelsync.errors import ModelsyncError
from modelsync.reader.exit_codes import ExitCode, RefusedError, code_of
from modelsync.reader.terminal import Form, Terminal, close_quietly

REFRESH_SECONDS: Final = 2.0
"""How long a command that has answered waits for the refresh that it began."""


def run(words: Sequence[str], environment: Mapping[str, str], *, now: datetime) -> int:
    """Run one command line and return the exit code."""
    terminal = Terminal(environment, form=_form_of(words), is_quiet=bool({"-q", "--quiet"} & set(words)))
    try:
        return _run(words, terminal, environment=environment, now=now)
    except SystemExit as left:  # argparse leaves behind --help and --version
        return ExitCode.DONE if left.code is None else int(left.code)
    except BrokenPipeError:
        close_quietly()
        return ExitCode.PIPE_CLOSED
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001  the last door: defects, too, are told in a sentence
        refused = _refusal_of(error)
        if "--debug" in words:
            terminal.trace(traceback.format_exc())
        terminal.fail(refused)
        return refused.code


def _run(words: Sequence[str], terminal: Terminal, *, environment: Mapping[str, str], now: datetime) -> int:
    from modelsync.reader.age_line import age_line
    from modelsync.reader.commands.table import answer_to
    from modelsync.reader.session import Session
    from modelsync.reader.sidecar_upkeep import keep_sidecar
    from modelsync.reader.telling import told_to

    is_watched = terminal.is_watched and terminal.form is Form.TEXT
    session = Session(_read(words, terminal), environment=environment, now=now, is_watched=is_watched)
    answer = answer_to(session)
    told = told_to(session, terminal)
    terminal.show(answer, command=session.words.command, catalog=session.catalog_summary, notices=told.items)
    for sentence in (*answer.remarks, *session.remarks, *age_line(session, answer), *told.sentences):
        terminal.say(sentence)
    if terminal.is_heard:
        told.confirm()
    keep_sidecar(session)
    for sentence in session.finish(REFRESH_SECONDS):
        terminal.say(sentence)
    return answer.code


def _read(words: Sequence[str], terminal: Terminal) -> Namespace:
    """The words of the command line; help and the version are printed as answers are, for argparse looks after none."""
    from modelsync.reader.words import read_words

    printed = StringIO()
    try:
        with redirect_stdout(printed):
            return read_words(words)
    except SystemExit:
        terminal.print(printed.getvalue())
        raise


def _form_of(words: Sequence[str]) -> Form:
    """How to answer, also where the words make no sense otherwise."""
    asked = {"--json": Form.JSON, "--jsonl": Form.JSONL, "--tsv": Form.TSV, "-q": Form.IDS, "--quiet": Form.IDS}
    return next((form for word, form in asked.items() if word in words), Form.TEXT)


def _refusal_of(error: BaseException) -> RefusedError:
    """Any error as what is said of it."""
    if isinstance(error, RefusedError):
        return error
    if isinstance(error, ModelsyncError):
        return RefusedError(str(error), code=code_of(error))
    if isinstance(error, KeyboardInterrupt):
        return RefusedError("interrupted", code=ExitCode.INTERRUPTED)
    told = f"{type(error).__name__}: {error}; this is a defect, run it again with --debug and report it"
    return RefusedError(told, code=ExitCode.BUG)
