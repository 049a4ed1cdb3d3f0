"""The words of the command line, read into one namespace.

Common options stand before the command or behind it. Everything that does not fit is a UsageError of one sentence;
`--help` and `--version` print and end. Without a command `list` is meant. What the options of a command mean stands
with the command.
"""

import argparse
import shutil
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from modelsync import __version__
from modelsync.errors import UsageError
from modelsync.reader.arguments import seconds, span
from modelsync.reader.command_list import ALL_COMMANDS, CHOOSING, COMMANDS, HOUSE, LOOKING, OWN, PROGRAM
from modelsync.reader.exit_codes import MEANINGS
from modelsync.reader.layout import wrapped
from modelsync.reader.options import OPTIONS_OF

_LEAST_ROOM: Final = 24
_EXAMPLES: Final = (
    ("models pick coding", "what is recommended"),
    ("models search gemini --tools --min-context 1M", "by name and ability"),
    ("models use claude-sonnet-5", "choose it"),
    ("models check qwen3-coder --tokens 310K --images 2", "before a switch"),
    ("models list --free --json", "for a script"),
)

Words = argparse.Namespace


class Parser(argparse.ArgumentParser):
    """A parser that raises instead of printing and leaving."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(f"{message}; run `{self.prog} --help`")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Raise UsageError for a word that is no choice, with the one that is meant; argparse has no public way."""
        if action.choices is None or value in action.choices:
            return
        from modelsync.client.misspelling import nearest

        known = [str(choice) for choice in action.choices]
        near = nearest(str(value), known)
        expected = f"expected one of {', '.join(known)}; run `{self.prog} --help`"
        meant = expected if near is None else f"which is not known here; did you mean {near}?"
        problem = f"found {str(value)[:40]!a}, {meant}"
        raise UsageError(str(argparse.ArgumentError(action, problem)))


def read_words(words: Sequence[str]) -> Words:
    """Read a command line; raises UsageError, or SystemExit behind `--help` and `--version`.

    `typed` are the words as they were typed, for answers that name a command to go on with.
    """
    said = _parser().parse_args(words if _names_a_command(words) else ["list", *words])
    forms = [f"--{form}" for form in ("json", "jsonl", "tsv") if vars(said).get(form)]
    if len(forms) > 1:
        raise UsageError(f"form: found {' and '.join(forms)}, expected one of them; choose one")
    said.typed = tuple(words)
    for name, default in _DEFAULTS.items():
        vars(said).setdefault(name, default)
    return said


def _names_a_command(words: Sequence[str]) -> bool:
    """Whether a command or a request for help is among the words; a misspelt one is the parser's to refuse."""
    bare = _without_values(words)
    known = {*COMMANDS, "-h", "--help", "--version"}
    return any(word in known for word in bare) or (bool(bare) and not bare[0].startswith("-"))


def _without_values(words: Sequence[str]) -> list[str]:
    kept, skip = [], False
    for word in words:
        if not skip:
            kept.append(word)
        skip = not skip and word in _WITH_VALUE
    return kept


_DEFAULTS: Final[Mapping[str, Any]] = {
    "source": None,
    "cache_dir": None,
    "user_dir": None,
    "timeout": 3.0,
    "offline": False,
    "online": False,
    "require_fresh": None,
    "scope": "default",
    "json": False,
    "jsonl": False,
    "tsv": False,
    "quiet": False,
    "ack_notices": False,
    "debug": False,
}
_WITH_VALUE: Final = ("--source", "--cache-dir", "--user-dir", "--timeout", "--scope")


def common_options() -> Parser:
    """A parser of what every command takes."""
    parser = Parser(add_help=False, allow_abbrev=False)
    _add_common(parser)
    return parser


def _add_common(parser: Parser) -> None:
    """Options of every command; without defaults, so that a value before the command is not taken back behind it."""
    title = "common options, before or behind the command"
    group = parser.add_argument_group(title, argument_default=argparse.SUPPRESS)
    group.add_argument("--source", metavar="WHERE", help="the catalog: an http(s) address, a folder, a bundled file")
    group.add_argument("--cache-dir", metavar="DIR", help="where to keep what was fetched")
    group.add_argument("--user-dir", metavar="DIR", help="where your own choices lie")
    group.add_argument("--scope", metavar="NAME", help="whose choice it is (default: default)")
    group.add_argument("--offline", action="store_true", help="never use the network; what is kept is used")
    group.add_argument("--online", action="store_true", help="ask for the newest first")
    group.add_argument("--timeout", metavar="SECONDS", type=seconds, help="longest wait for the network (default 3)")
    fresh = "fail where the catalog is older (default 12h)"
    group.add_argument("--require-fresh", metavar="AGE", nargs="?", const="12h", type=span, help=fresh)
    group.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")
    group.add_argument("--jsonl", action="store_true", help="one JSON object a line")
    group.add_argument("--tsv", action="store_true", help="tab-separated, the names of the columns first")
    group.add_argument("-q", "--quiet", action="store_true", help="ids alone")
    group.add_argument("--ack", dest="ack_notices", action="store_true", help="with --json: count notices as told")
    group.add_argument("--debug", action="store_true", help="show the traceback of an error")
    group.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}", help="say the version")
    group.add_argument("-h", "--help", action="help", help="say this")


def _parser() -> Parser:
    groups = (("look", LOOKING), ("choose", CHOOSING), ("your own", OWN), ("the catalog", HOUSE))
    parser = Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [COMMAND] [options]",
        description="Finds, compares, checks and remembers language models, from a published catalog.\n\n"
        + "\n\n".join(_listed(title, [(each.usage, each.help) for each in group]) for title, group in groups),
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,
    )
    _add_common(parser)
    commands = parser.add_subparsers(dest="command", help=argparse.SUPPRESS, metavar="COMMAND")
    for command in ALL_COMMANDS:
        own = commands.add_parser(
            command.name,
            prog=f"{PROGRAM} {command.name}",
            usage=f"{PROGRAM} {command.usage} [options]",
            description=f"{command.help[0].upper()}{command.help[1:]}.",
            epilog=f"Exit codes, environment and examples: {PROGRAM} --help",
            add_help=False,
            allow_abbrev=False,
        )
        OPTIONS_OF[command.name](own)
        _add_common(own)
    return parser


def _listed(title: str, rows: Sequence[tuple[str, str]]) -> str:
    """Rows of two columns, the right one wrapped where the terminal ends."""
    width = max(len(left) for left, _ in rows)
    room = max(shutil.get_terminal_size().columns - width - 4, _LEAST_ROOM)
    lines = [f"{title}:"]
    for left, right in rows:
        first, *more = wrapped(right, room)
        lines += [f"  {left.ljust(width)}  {first}", *(f"  {' ' * width}  {each}" for each in more)]
    return "\n".join(lines)


def _epilog() -> str:
    environment = (
        ("MODELSYNC_URL", "where the catalog is published, or a folder; MODELSYNC_URL_FALLBACK a second one"),
        ("MODELSYNC_FILE", "one bundled file"),
        ("MODELSYNC_CACHE_DIR", "where to keep what was fetched"),
        ("MODELSYNC_USER_DIR", "where to keep what is yours"),
        ("MODELSYNC_OFFLINE=1", "never use the network"),
        ("NO_COLOR", "no bold on a terminal"),
    )
    parts = (
        _listed("examples", _EXAMPLES),
        _listed("environment", environment),
        _listed("exit codes", [(str(int(code)), meaning) for code, meaning in MEANINGS.items()]),
    )
    return "\n\n".join(parts)
