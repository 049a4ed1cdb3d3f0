"""The door of the command line: words in, an exit code out.

It reads the words, lets the one command that they name answer, prints the answer, and turns every error into one
sentence and a code. What commands do is in `commands`; they and all they need are imported only when a command
runs, so that help comes at once and a base install says what it lacks.
"""

import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, Final

from modelsync.cli.exit_codes import ExitCode, code_of
from modelsync.cli.options import PROGRAM, Options, read_options
from modelsync.client.safe_text import ascii_json, one_safe_line
from modelsync.errors import ModelsyncError, OverridesError

SYNC_EXTRA: Final = frozenset({"httpx", "pydantic", "rich"})


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return the exit code; None means that of this process."""
    words = tuple(sys.argv[1:] if argv is None else argv)
    as_json, debug = "--json" in words, "--debug" in words
    try:
        return _run(read_options(words))
    except SystemExit as left:  # argparse leaves behind --help and --version
        return ExitCode.DONE if left.code is None else int(left.code)
    except BrokenPipeError:
        return _close_quietly()
    except KeyboardInterrupt:
        return _fail("interrupted; what was published stands", ExitCode.INTERRUPTED, "interrupted", as_json=as_json)
    except ModelsyncError as error:
        _trace(debug=debug)
        code, blame = code_of(error)
        problems = error.problems if isinstance(error, OverridesError) else ()
        return _fail(_sentence(error), code, blame, as_json=as_json, problems=problems)
    except Exception as error:  # noqa: BLE001  the last door: a defect, too, is told in one sentence
        _trace(debug=debug)
        problem = f"{type(error).__name__}: {error}; this is a defect, run it again with --debug and report it"
        return _fail(problem, ExitCode.BUG, "bug", as_json=as_json)


def _run(options: Options) -> int:
    try:
        from modelsync.cli.commands.table import answer
        from modelsync.cli.door import open_door
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in SYNC_EXTRA:
            raise
        problem = f"{missing} is not installed; the command line needs the extra: pip install 'modelsync[sync]'"
        return _fail(problem, ExitCode.USAGE, "usage", as_json=options.json)
    door = open_door(options, os.environ)
    answered = answer(door)
    if options.json or not answered.view:
        _print_json(answered.data)
    else:
        door.terminal.show(*answered.view)
    if answered.trouble is not None:
        door.terminal.say(answered.trouble)
    return answered.code


def _sentence(error: ModelsyncError) -> str:
    if isinstance(error, OverridesError):
        found = "a problem" if len(error.problems) == 1 else f"{len(error.problems)} problems"
        return f"overrides: found {found}, expected none; mend the files and run it again"
    return str(error)


def _fail(sentence: str, code: ExitCode, blame: str, *, as_json: bool, problems: Sequence[str] = ()) -> int:
    """Say on standard error what went wrong and, where a program listens, in JSON on standard output."""
    lines = [f"{PROGRAM}: {one_safe_line(sentence)}", *(f"  {one_safe_line(problem)}" for problem in problems)]
    sys.stderr.write("\n".join(lines) + "\n")
    if as_json:
        told: dict[str, Any] = {"kind": blame, "exitCode": int(code), "message": sentence}
        try:
            _print_json({"error": told | ({"problems": list(problems)} if problems else {})})
        except BrokenPipeError:
            _close_quietly()
    return code


def _print_json(data: Mapping[str, Any]) -> None:
    sys.stdout.write(ascii_json(json.dumps(data, indent=2)) + "\n")
    sys.stdout.flush()


def _trace(*, debug: bool) -> None:
    if debug:
        traceback.print_exc()


def _close_quietly() -> int:
    """Nobody reads any more: leave nothing that Python would complain about at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.PIPE_CLOSED
