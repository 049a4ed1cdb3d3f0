"""The words of the command line, read into one typed value.

Common options may stand before the command or behind it. Everything that does not fit is a UsageError of one
sentence; `--help` and `--version` print and end. This room is standard library, so that help comes at once.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import fill
from typing import Any, Final, NoReturn

from modelsync import __version__
from modelsync.cli.exit_codes import MEANINGS
from modelsync.errors import UsageError

PROGRAM: Final = "syncmodels"
HELP_WIDTH: Final = 78

TOPICS: Final = ("price", "state", "alias", "curated")
"""What `why` explains besides flags."""

FLAG_WORDS: Final = {
    "vision": "supportsVision",
    "tools": "supportsTools",
    "structured": "structuredOutput",
    "json": "jsonMode",
    "image": "isImageGen",
    "reasoning": "reasoning",
    "free": "isFree",
}
"""Short words for the flags; the published names are understood as well."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for; None means that nothing was said."""

    command: str
    store: str | None = None
    prefix: str | None = None
    overrides: Path | None = None
    now: datetime | None = None
    json: bool = False
    debug: bool = False
    feed: str | None = None
    accept: bool = False
    dry_run: bool = False
    full: bool = False
    generations: tuple[int, ...] = ()
    model: str = ""
    topic: str | None = None
    folder: Path = Path()
    name: str | None = None
    write: Path | None = None


class _Parser(argparse.ArgumentParser):
    """A parser that raises instead of printing and leaving."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; run `{self.prog} --help`")


@dataclass(frozen=True, slots=True)
class _Command:
    """One command: its name, what follows it, what it does, and which options it has of its own."""

    name: str
    words: str
    help: str
    more: str = ""

    @property
    def usage(self) -> str:
        return f"{self.name} {self.words}".strip()


_RUNNING: Final = (
    _Command("all", "", "read the feed, recompute the shortlist, publish both", "What a schedule runs, in one go."),
    _Command("refresh", "", "read the feed and publish what it means"),
    _Command("curate", "", "recompute the shortlist from what is published"),
    _Command(
        "replay",
        "DIR",
        "run the recorded feeds of a folder in the order of time",
        "Every openrouter-<YYYYMMDDTHHMM>Z.json or .json.gz is refreshed with the clock of its name; after the last "
        "of each UTC day the shortlist is recomputed. A snapshot that is refused or held is told and passed over. "
        "The store must not be newer than the first snapshot. This is also how to fill in history.",
    ),
    _Command("rollback", "N", "publish the content of generation N again, as a new generation"),
)
_READING: Final = (
    _Command("status", "", "ages, counts, what is held, what is due next"),
    _Command(
        "diff",
        "[A] [B]",
        "what changed from one generation to another",
        "Without A and B: from the previous generation to the newest; with A alone: from A to the newest. "
        "Generation 0 is the empty catalog.",
    ),
    _Command(
        "show",
        "ID",
        "one model's record, alive or gone",
        "ID is an id, an alias, an alias of former times, or the id of a model that is gone.",
    ),
    _Command(
        "why",
        "ID [TOPIC]",
        "why a model is published as it is",
        f"TOPIC is a flag ({', '.join(FLAG_WORDS)}, or its published name) or one of {', '.join(TOPICS)}; "
        "without it, all of them.",
    ),
    _Command("verify", "", "check the store: digests, schemas, history, laws"),
    _Command("schema", "[NAME]", "list the JSON Schemas, or print one"),
)
COMMANDS: Final = tuple(command.name for command in (*_RUNNING, *_READING))

_EXAMPLES: Final = (
    ("syncmodels all", "fetch and publish into ./data"),
    ("syncmodels all --feed list.json --dry-run", "what a recorded feed would change"),
    ("syncmodels why qwen3-coder tools", "who says that it can call tools"),
    ("syncmodels replay recorded --store past", "fill in the history"),
)


def read_options(words: Sequence[str]) -> Options:
    """Read a command line; raises UsageError, or SystemExit behind `--help` and `--version`."""
    said = vars(_parser().parse_args(words))
    if said.get("command") is None:
        raise UsageError(f"expected a command ({', '.join(COMMANDS)}); run `{PROGRAM} --help`")
    generations = tuple(said.pop(name) for name in ("a", "b") if said.get(name) is not None)
    return Options(**{name: value for name, value in said.items() if name not in ("a", "b")}, generations=generations)


def _parser() -> _Parser:
    common = _common_options()
    parser = _Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} COMMAND [options]",
        description="Keeps a published catalog of language models true to what OpenRouter lists.\n\n"
        + _listed("commands that run", [(each.usage, each.help) for each in _RUNNING])
        + "\n\n"
        + _listed("commands that read", [(each.usage, each.help) for each in _READING]),
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
        add_help=False,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", help=argparse.SUPPRESS, metavar="COMMAND")
    for command in (*_RUNNING, *_READING):
        own = commands.add_parser(
            command.name,
            prog=f"{PROGRAM} {command.name}",
            usage=f"{PROGRAM} {command.usage} [options]",
            description=f"{_capitalised(command.help)}\n\n{fill(command.more, HELP_WIDTH)}".rstrip(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            epilog=f"Exit codes, environment and examples: {PROGRAM} --help",
            parents=[common],
            add_help=False,
            allow_abbrev=False,
        )
        _add_words(own, command.name)
    return parser


def _common_options() -> _Parser:
    """Without defaults, so that a value given before the command is not taken back behind it."""
    parser = _Parser(add_help=False, argument_default=argparse.SUPPRESS, allow_abbrev=False)
    group = parser.add_argument_group("common options, before or behind the command")
    group.add_argument("--store", metavar="DIR", help="the catalog: a folder or a file:// URL (default ./data)")
    group.add_argument("--prefix", metavar="KEY", help="where it begins in the store (default models/)")
    group.add_argument("--overrides", metavar="DIR", type=Path, help="the override files (default: those shipped)")
    group.add_argument("--now", metavar="ISO", type=_moment, help="stand in for the present: 2026-08-08T18:42Z")
    group.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")
    group.add_argument("--debug", action="store_true", help="show the traceback of an error")
    group.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}", help="say the version")
    group.add_argument("-h", "--help", action="help", help="say this")
    return parser


def _add_words(parser: argparse.ArgumentParser, command: str) -> None:
    """The words and options that only one command has."""
    if command in ("all", "refresh"):
        parser.add_argument("--feed", metavar="FROM", help="a file (plain or .gz), - for standard input, or a URL")
        parser.add_argument("--accept", action="store_true", help="publish a feed or prices that would be held")
    if command in ("all", "refresh", "curate", "rollback"):
        parser.add_argument("--dry-run", action="store_true", help="write nothing, print what would change")
    if command in ("all", "refresh", "curate", "rollback", "diff"):
        parser.add_argument("--full", action="store_true", help="list every change, however many there are")
    if command == "replay":
        parser.add_argument("folder", metavar="DIR", type=Path, help="folder of recorded feeds")
    if command == "rollback":
        parser.add_argument("a", metavar="N", type=_generation, help="a generation that was published")
    if command == "diff":
        parser.add_argument("a", metavar="A", nargs="?", type=_generation, help="from this generation")
        parser.add_argument("b", metavar="B", nargs="?", type=_generation, help="to this one")
    if command in ("show", "why"):
        parser.add_argument("model", metavar="ID", help="id or alias")
    if command == "why":
        parser.add_argument("topic", metavar="TOPIC", nargs="?", type=_topic, help="flag or topic (default: all)")
    if command == "schema":
        parser.add_argument("name", metavar="NAME", nargs="?", help="name of a schema (default: list them)")
        parser.add_argument("--write", metavar="DIR", type=Path, help="write all of them as <name>.schema.json")


FIRST_YEAR, LAST_YEAR = 2000, 2200
"""Outside of them a moment is a slip of the pen, and sums of times leave the calendar."""


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise argparse.ArgumentTypeError(f"expected a time with its zone, 2026-08-08T18:42Z, found {text[:40]!a}")
    return moment.astimezone(UTC).replace(microsecond=0)


def _generation(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len("1000000000")):
        raise argparse.ArgumentTypeError(f"expected the number of a generation, found {text[:40]!a}")
    return int(text)


def _topic(text: str) -> str:
    topic = FLAG_WORDS.get(text, text)
    if topic not in (*FLAG_WORDS.values(), *TOPICS):
        raise argparse.ArgumentTypeError(f"expected one of {', '.join((*FLAG_WORDS, *TOPICS))}, found {text[:40]!a}")
    return topic


def _capitalised(sentence: str) -> str:
    return f"{sentence[0].upper()}{sentence[1:]}."


def _listed(title: str, rows: Sequence[tuple[Any, str]]) -> str:
    width = max(len(str(name)) for name, _ in rows)
    return "\n".join([f"{title}:", *(f"  {name!s:<{width}}  {text}" for name, text in rows)])


def _epilog() -> str:
    environment = (
        ("OPENROUTER_API_KEY", "sent to OpenRouter and to nobody else; optional"),
        ("NO_COLOR", "set to anything: no colours"),
        ("MODELSYNC_STORE", "default of --store; likewise _PREFIX and _OVERRIDES"),
    )
    codes = [(int(code), meaning) for code, meaning in MEANINGS.items()]
    parts = (("exit codes", codes), ("environment", environment), ("examples", _EXAMPLES))
    return "\n\n".join(_listed(title, rows) for title, rows in parts)
