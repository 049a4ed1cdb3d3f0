"""The words of the command line, read into one typed value.

Common options may stand before the command or behind it. Everything that does not fit is a UsageError of one
sentence; `--help` and `--version` print and end. This room is standard library, so that help comes at once.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from textwrap import fill
from typing import Any, Final, NoReturn

from modelsync import __version__
from modelsync.catalog.keys import OPENROUTER, PROVIDERS
from modelsync.cli.arguments import generation, moment, port, topic
from modelsync.cli.command_list import ADMINISTERING, ALL_COMMANDS, COMMANDS, READING, RUNNING
from modelsync.cli.exit_codes import MEANINGS
from modelsync.errors import UsageError
from modelsync.shell.storage.s3_profile import PROFILES

PROGRAM: Final = "syncmodels"
HELP_WIDTH: Final = 78
LINE_WIDTH: Final = 80

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8787
"""Where `serve-admin` listens."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for; None means that nothing was said."""

    command: str
    source: str = OPENROUTER
    store: str | None = None
    endpoint_url: str | None = None
    s3_profile: str | None = None
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
    target: Path | None = None
    write: Path | None = None
    publish: bool = False
    remote: str | None = None
    wait: bool = True
    function: str = ""
    stack: str | None = None
    slot: datetime | None = None
    job: str | None = None
    provider: str | None = None
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT


class _Parser(argparse.ArgumentParser):
    """A parser that raises instead of printing and leaving."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; run `{self.prog} --help`")


_JOBS: Final = ("refresh", "all", "curate", "signals", "enrich")
"""What an event of a function may ask for."""

_OF_A_SOURCE: Final = ("all", "refresh", "curate", "rollback", "status", "diff", "show", "why", "verify")
SOURCES: Final = (OPENROUTER, *PROVIDERS)
_WHOSE: Final = f"whose documents: {OPENROUTER} (the default), {', '.join(PROVIDERS)}"

_EXAMPLES: Final = (
    ("syncmodels all", "fetch and publish into ./data"),
    ("syncmodels all --feed list.json --dry-run", "what a recorded feed would change"),
    ("syncmodels why qwen3-coder tools", "who says that it can call tools"),
    ("syncmodels refresh --source deepseek", "DeepSeek's own list, beside OpenRouter's"),
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
        + _listed("commands that run", [(each.usage, each.help) for each in RUNNING])
        + "\n\n"
        + _listed("commands that read", [(each.usage, each.help) for each in READING])
        + "\n\n"
        + _listed("commands that administer", [(each.usage, each.help) for each in ADMINISTERING]),
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
        add_help=False,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", help=argparse.SUPPRESS, metavar="COMMAND")
    for command in ALL_COMMANDS:
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
        if command.name in _OF_A_SOURCE:
            own.add_argument("--source", metavar="NAME", choices=SOURCES, default=OPENROUTER, help=_WHOSE)
        _add_job_words(own, command.name)
        _add_words(own, command.name)
        _add_admin_words(own, command.name)
    return parser


def _common_options() -> _Parser:
    """Without defaults, so that a value given before the command is not taken back behind it."""
    parser = _Parser(add_help=False, argument_default=argparse.SUPPRESS, allow_abbrev=False)
    group = parser.add_argument_group("common options, before or behind the command")
    where = "the catalog: a folder, a file:// URL or s3://bucket/prefix (default ./data)"
    group.add_argument("--store", metavar="WHERE", help=where)
    group.add_argument("--endpoint-url", metavar="URL", help="where the S3 of --store answers (default: AWS)")
    kinds = f"what it is: {', '.join(PROFILES)} (default: what the endpoint says)"
    group.add_argument("--s3-profile", metavar="NAME", help=kinds)
    group.add_argument("--prefix", metavar="KEY", help="where it begins in the store (default models/)")
    group.add_argument("--overrides", metavar="DIR", type=Path, help="the override files (default: those shipped)")
    group.add_argument("--now", metavar="ISO", type=moment, help="stand in for the present: 2026-08-08T18:42Z")
    group.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")
    group.add_argument("--debug", action="store_true", help="show the traceback of an error")
    group.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}", help="say the version")
    group.add_argument("-h", "--help", action="help", help="say this")
    return parser


def _add_job_words(parser: argparse.ArgumentParser, command: str) -> None:
    """The options of commands that run a job."""
    if command in ("all", "refresh"):
        parser.add_argument("--feed", metavar="FROM", help="a file (plain or .gz), - for standard input, or a URL")
        parser.add_argument("--accept", action="store_true", help="publish a feed or prices that would be held")
    if command == "enrich":
        parser.add_argument("--feed", metavar="FROM", help="a file (plain or .gz), - for standard input, or a URL")
        parser.add_argument("--accept", action="store_true", help="keep a copy that lost many models")
    if command == "signals":
        parser.add_argument("--feed", metavar="URL", help="address of the list, in place of OpenRouter's own")
    if command in ("all", "refresh", "signals", "curate", "enrich", "rollback", "invoke"):
        parser.add_argument("--dry-run", action="store_true", help="write nothing, print what would change")
    if command in ("all", "refresh", "signals", "curate", "rollback", "diff"):
        parser.add_argument("--full", action="store_true", help="list every change, however many there are")


def _add_words(parser: argparse.ArgumentParser, command: str) -> None:
    """The words and options that only one command has."""
    if command == "replay":
        parser.add_argument("folder", metavar="DIR", type=Path, help="folder of recorded feeds")
    if command == "rollback":
        parser.add_argument("a", metavar="N", type=generation, help="a generation that was published")
    if command == "diff":
        parser.add_argument("a", metavar="A", nargs="?", type=generation, help="from this generation")
        parser.add_argument("b", metavar="B", nargs="?", type=generation, help="to this one")
    if command in ("show", "why"):
        parser.add_argument("model", metavar="ID", help="id or alias")
    if command == "why":
        parser.add_argument("topic", metavar="TOPIC", nargs="?", type=topic, help="flag or topic (default: all)")
    if command == "bundle":
        parser.add_argument("target", metavar="FILE", nargs="?", type=Path, help="where to (default: in the package)")
    if command == "schema":
        parser.add_argument("name", metavar="NAME", nargs="?", help="name of a schema (default: list them)")
        parser.add_argument("--write", metavar="DIR", type=Path, help="write all of them as <name>.schema.json")
        parser.add_argument("--publish", action="store_true", help="write all of them into the store, schemas/v1/")


def _add_admin_words(parser: argparse.ArgumentParser, command: str) -> None:
    """The same, for what is deployed or served."""
    if command in ("all", "refresh", "curate"):
        parser.add_argument("--remote", metavar="URL", help="ask the admin API at this address to run it")
        parser.add_argument(
            "--no-wait", dest="wait", action="store_false", help="with --remote: do not wait for its end"
        )
    if command == "invoke":
        parser.add_argument("function", metavar="FUNCTION", help="its name or ARN, or its name in the stack")
        parser.add_argument("--stack", metavar="NAME", help="the stack that FUNCTION belongs to")
        parser.add_argument("--slot", metavar="ISO", type=moment, help="the time of the schedule that it stands for")
        parser.add_argument(
            "--job", choices=("refresh", "all", "signals", "enrich"), help="what it does, where it knows several jobs"
        )
        parser.add_argument("--provider", metavar="NAME", help="whose list provider_refresh reads")
    if command == "serve-admin":
        parser.add_argument("--host", metavar="ADDRESS", default=DEFAULT_HOST, help="default: this machine alone")
        parser.add_argument("--port", metavar="N", type=port, default=DEFAULT_PORT, help=f"default: {DEFAULT_PORT}")
        parser.add_argument("--feed", metavar="FROM", help="what runs read: a file (plain or .gz) or a URL")


def _capitalised(sentence: str) -> str:
    return f"{sentence[0].upper()}{sentence[1:]}."


def _listed(title: str, rows: Sequence[tuple[Any, str]]) -> str:
    width = max(len(str(name)) for name, _ in rows)
    hanging = " " * (width + len("    "))
    lines = (fill(f"  {name!s:<{width}}  {text}", LINE_WIDTH, subsequent_indent=hanging) for name, text in rows)
    return "\n".join([f"{title}:", *lines])


def _epilog() -> str:
    environment = (
        ("OPENROUTER_API_KEY", "sent to OpenRouter and to nobody else; optional"),
        ("DEEPSEEK_API_KEY", "for --source deepseek; likewise DASHSCOPE_, MOONSHOT_; without it: what is pinned"),
        ("DASHSCOPE_REGION", "intl (the default), cn or us; likewise MOONSHOT_REGION: intl or cn"),
        ("NO_COLOR", "set to anything: no colours"),
        ("MODELSYNC_STORE", "default of --store; likewise _PREFIX, _OVERRIDES, _ENDPOINT_URL, _S3_PROFILE"),
        ("MODELSYNC_ADMIN_TOKEN", "bearer token of serve-admin, and for --remote"),
        ("AWS_*", "who asks an s3:// store, and its region, as for all AWS tools"),
    )
    codes = [(int(code), meaning) for code, meaning in MEANINGS.items()]
    parts = (("exit codes", codes), ("environment", environment), ("examples", _EXAMPLES))
    return "\n\n".join(_listed(title, rows) for title, rows in parts)
