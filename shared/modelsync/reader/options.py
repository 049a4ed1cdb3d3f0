"""The options and words of each command, as argparse takes them; what the common ones are says `words`."""

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from modelsync.client.browsing.uses import BUCKET_USES, USES
from modelsync.reader.arguments import count, money, positive, size, span, use

TIERS: Final = ("free", "budget", "standard", "pro", "premium")
SORTS: Final = ("best", "price", "context", "newest", "name")

TOPICS: Final[Mapping[str, str]] = {
    "tools": "tools",
    "vision": "vision",
    "schema": "structuredOutput",
    "json": "jsonMode",
    "reasoning": "reasoning",
    "images": "imageGen",
    "free": "free",
    "price": "price",
    "context": "context",
    "output": "maxOutput",
    "state": "state",
    "alias": "alias",
    "shortlist": "shortlist",
}
"""What `why` explains, by the words that are typed."""


def _filters(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which models")
    group.add_argument("--free", action="store_true", help="those that charge for nothing")
    group.add_argument("--tools", action="store_true", help="that call tools")
    group.add_argument("--vision", action="store_true", help="that see images")
    group.add_argument("--schema", action="store_true", help="that answer by a JSON schema")
    kinds = ("any", "configurable", "none")
    group.add_argument(
        "--reasoning", nargs="?", const="any", choices=kinds, help="that reason (any, configurable, none)"
    )
    group.add_argument("--images", action="store_true", help="that paint")
    group.add_argument("--max-price-in", metavar="USD", type=money, help="per million tokens of prompt")
    group.add_argument("--max-price-out", metavar="USD", type=money, help="per million tokens of answers")
    group.add_argument("--tier", action="append", choices=TIERS, metavar="TIER", help=", ".join(TIERS))
    group.add_argument("--min-context", metavar="TOKENS", type=size, help="such as 200K or 1M")
    group.add_argument("--min-output", metavar="TOKENS", type=size, help="of one answer")
    group.add_argument(
        "--vendor", action="append", metavar="NAME", help="such as openai; give it again for each further one"
    )
    group.add_argument("--family", action="append", metavar="NAME", help="such as anthropic/claude")
    group.add_argument("--backend", action="append", metavar="NAME", help="that this backend serves")
    group.add_argument("--usable", action="store_true", help="those that a key of yours serves")
    group.add_argument("--new-within", metavar="AGE", type=span, help="listed since, such as 30d")
    group.add_argument("--sure", action="store_true", help="pass no ability that only a name pattern guesses")
    group.add_argument("--routers", action="store_true", help="routers and moving pointers too")
    group.add_argument("--variants", action="store_true", help="batch variants too")
    group.add_argument("--state", action="append", choices=("active", "stale"), help="default: active")


def _paging(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how many, in which order")
    group.add_argument("--sort", choices=SORTS, metavar="BY", default="best", help=", ".join(SORTS))
    group.add_argument("--limit", metavar="N", type=positive, help="rows (default 40)")
    group.add_argument("--cursor", metavar="TEXT", help="go on where a page ended")


def _list(parser: argparse.ArgumentParser) -> None:
    scopes = ("curated", "all", "discovered", "custom", "mine")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--of", choices=scopes, help="which list (default curated; with a filter all)")
    which.add_argument("--all", dest="of", action="store_const", const="all", help="every model")
    _filters(parser)
    _paging(parser)


def _search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", metavar="TEXT", help="words of a name or an id")
    _filters(parser)
    _paging(parser)


def _model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="an id, an alias, or a name")


def _pick(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("use", nargs="?", type=use, choices=USES, metavar="USE", help=", ".join(USES))
    _filters(parser)
    parser.add_argument("--limit", metavar="N", type=positive, help="rows (default: all)")


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("models", nargs="+", metavar="MODEL", help="an id, an alias, or a name")


def _cost(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    parser.add_argument("--prompt", metavar="TOKENS", type=size, default=8000, help="of one request (default 8000)")
    parser.add_argument("--completion", metavar="TOKENS", type=size, default=1000, help="of one answer (default 1000)")
    parser.add_argument("--cached", metavar="TOKENS", type=size, default=0, help="of the prompt, read from a cache")
    parser.add_argument("--cache-write", metavar="TOKENS", type=size, default=0, help="of the prompt, written to it")
    parser.add_argument("--images", metavar="N", type=count, default=0, help="in one prompt")
    parser.add_argument("--requests", metavar="N", type=positive, default=1, help="as many equal ones")
    parser.add_argument("--at", metavar="TIME", help="when, such as 2026-08-08T18:42Z (default: any time of day)")


def _changes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("models", nargs="*", metavar="MODEL", help="only of these")
    parser.add_argument("--since", metavar="WHEN", default="7d", help="7d, a day, or a generation (default 7d)")
    parser.add_argument("--only", action="append", metavar="KIND", help="only of this kind")
    parser.add_argument("--limit", metavar="N", type=positive, help="rows (default 40)")


def _why(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    parser.add_argument("flag", nargs="?", choices=tuple(TOPICS), metavar="FLAG", help=", ".join(TOPICS))
    parser.add_argument("--network", action="store_true", help="ask the catalog's source for what clients reported")


def _policy(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("terms")
    group.add_argument("--headless", action="store_true", help="nobody can be asked")
    group.add_argument("--price-factor", metavar="N", type=money, help="how much dearer a substitute may be (1.25)")
    group.add_argument("--price-cap", metavar="USD", type=money, help="what it may cost at most, blended per million")
    group.add_argument("--free-to-paid", choices=("ask", "never", "allow"), help="for a free model that ends")
    group.add_argument("--auto", choices=("tiered", "router", "never"), help="for a model that nothing resembles")


def _use(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("model", nargs="?", metavar="MODEL", help="an id, an alias, or a name")
    parser.add_argument("--backend", metavar="NAME", help="who runs it (default openrouter)")
    parser.add_argument("--need", action="append", metavar="ABILITY", help="what it cannot do without")
    which.add_argument("--unset", action="store_true", help="choose nothing")
    _policy(parser)


def _current(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="the choices of every scope")
    parser.add_argument("--gone", action="store_true", help="a call just failed because nobody serves it")
    _policy(parser)


def _check(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    parser.add_argument("--from", dest="running", metavar="MODEL", help="what runs now (default: your choice)")
    parser.add_argument("--tokens", metavar="TOKENS", type=size, default=0, help="of the conversation so far")
    parser.add_argument("--completion", metavar="TOKENS", type=size, help="of an answer")
    parser.add_argument("--images", metavar="N", nargs="?", const=1, type=count, default=0, help="in the history")
    parser.add_argument(
        "--tools", metavar="TURNS", nargs="?", const=0, type=count, help="tools are needed; turns so far"
    )
    parser.add_argument("--schema", action="store_true", help="structured output is needed")
    parser.add_argument("--reasoning", action="store_true", help="reasoning is needed")
    parser.add_argument("--temperature", metavar="T", help="is sent")
    parser.add_argument("--max-output", metavar="TOKENS", type=size, help="longest answer that is asked for")
    parser.add_argument("--backend", metavar="NAME", help="who runs it (default openrouter)")
    parser.add_argument("--network", action="store_true", help="ask its backend about the key and the model")
    parser.add_argument("--strict", action="store_true", help="a warning fails too")


def _backends(parser: argparse.ArgumentParser) -> None:
    _model(parser)


def _ack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("letters", nargs="?", metavar="LETTERS", help="that its sentence ends with; none: list them")
    parser.add_argument("--all", action="store_true", help="accept them all")


def _alias(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="a short name of your own")
    parser.add_argument("model", nargs="?", metavar="MODEL")
    parser.add_argument("--undo", action="store_true", help="take it back")


def _own_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", nargs="?", metavar="MODEL", help="an id, an alias, or a name; none: list them")
    parser.add_argument("--undo", action="store_true", help="take it back")


def _promote(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    parser.add_argument("--alias", metavar="NAME", help="under this short name")
    parser.add_argument("--bucket", type=use, choices=BUCKET_USES, metavar="USE", help=", ".join(BUCKET_USES))
    parser.add_argument("--undo", action="store_true", help="take it back")


def _user(parser: argparse.ArgumentParser) -> None:
    acts = ("add", "set", "remove", "absorb", "export", "import")
    parser.add_argument("act", nargs="?", choices=acts, metavar="ACT", help=", ".join(acts))
    parser.add_argument("model", nargs="?", metavar="MODEL", help="an id exactly as typed; for import a file")
    parser.add_argument("--backend", metavar="NAME", help="who runs it (default custom)")
    parser.add_argument("--base-url", metavar="URL", help="its server's address")
    parser.add_argument("--key-ref", metavar="WHERE", help="where its key lies: env:NAME or keychain:NAME")
    parser.add_argument("--field", action="append", metavar="NAME=VALUE", help="a published field and your word on it")


def _telemetry(parser: argparse.ArgumentParser) -> None:
    acts = ("on", "off", "show", "send", "purge")
    parser.add_argument("act", nargs="?", choices=acts, metavar="ACT", help=", ".join(acts))
    parser.add_argument("--to", metavar="URL", help="where reports go")
    parser.add_argument("--token-ref", metavar="WHERE", help="where the reporter's token lies: env:NAME")


def _status(parser: argparse.ArgumentParser) -> None:
    del parser  # it has no words of its own


def _refresh(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--accept", action="store_true", help="take an older or a shrunken catalog, this once")


def _completion(parser: argparse.ArgumentParser) -> None:
    shells = ("bash", "zsh", "fish", "powershell")
    parser.add_argument("shell", choices=shells, metavar="SHELL", help=", ".join(shells))


OPTIONS_OF: Final[Mapping[str, Callable[[argparse.ArgumentParser], None]]] = {
    "list": _list,
    "search": _search,
    "show": _model,
    "pick": _pick,
    "compare": _compare,
    "cost": _cost,
    "changes": _changes,
    "why": _why,
    "backends": _backends,
    "use": _use,
    "current": _current,
    "check": _check,
    "keys": _status,
    "ack": _ack,
    "alias": _alias,
    "fav": _own_list,
    "hide": _own_list,
    "promote": _promote,
    "user": _user,
    "telemetry": _telemetry,
    "status": _status,
    "refresh": _refresh,
    "doctor": _status,
    "completion": _completion,
}
