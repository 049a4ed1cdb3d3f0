"""The one mapping of ids between OpenRouter's namespace and those of the backends that execute a request.

A table that people wrote comes first; behind it come candidates by rule, in order, and a candidate counts only if
the other side lists it: where none does there is no mapping, never the first guess. Every candidate by rule leads
back to where it came from.

- `gateway` and `openrouter` speak OpenRouter's ids, variants and `~` included.
- Variants, moving pointers, routers and stealth models are OpenRouter's own: no direct backend knows them, whatever
  a table says.
- Names of DeepSeek and DashScope move or carry dates of their own, marketplaces put a `/` into ids of their own, and a
  `:` of a local model is a tag: no rule knows any of them.

Which ids there are is the caller's to know; nothing is looked up here.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final, NamedTuple

Table = Mapping[str, Mapping[str, str]]
"""Native ids by OpenRouter id and backend, as people wrote them; the order of its rows is that of candidates."""

NO_TABLE: Final[Table] = {}

SAME_NAMESPACE: Final = ("gateway", "openrouter")
"""Backends whose ids are OpenRouter's."""

ONE_WAY: Final = ("groq", "cerebras", "nim", "local", "ollama", "custom")
"""Backends whose ids lead to no OpenRouter id, not even by the table."""

VENDOR_OF: Final[Mapping[str, str]] = {
    "anthropic": "anthropic",
    "cohere": "cohere",
    "dashscope": "qwen",
    "deepseek": "deepseek",
    "google": "google",
    "minimax": "minimax",
    "mistral": "mistralai",
    "moonshot": "moonshotai",
    "openai": "openai",
    "x-ai": "x-ai",
    "z-ai": "z-ai",
}
"""Backends that are their vendors' own, and what OpenRouter calls the vendor."""

_NOT_A_VENDOR: Final = ("openrouter", "stealth")
_DAY: Final = re.compile(r"-(20[2-9]\d[01]\d[0-3]\d)$")
_DOTTED: Final = re.compile(r"(?<=\d)\.(?=\d)")
_DASHED: Final = re.compile(r"(?<=-)(\d{1,2})-(\d{1,2})(?=-|$)")
_MINIMAX_GENERATION: Final = re.compile(r"(?<![a-z0-9])m(?=\d)")

Names = Callable[[str], tuple[str, ...]]
"""Names of the other side for a name of this one, in the order in which they are tried."""


class _Rule(NamedTuple):
    """How one backend names the models of one vendor of OpenRouter's; `to_native` None means by the table only."""

    vendor: str
    to_native: Names | None
    to_slugs: Names


def _same(name: str) -> tuple[str, ...]:
    return (name,)


def _anthropic_native(slug: str) -> tuple[str, ...]:
    return (_DOTTED.sub("-", slug),)


def _anthropic_slugs(native: str) -> tuple[str, ...]:
    """Dates are tried first, because OpenRouter once listed a model under each of two dates."""
    undated = _DAY.sub("", native)
    return _DASHED.sub(r"\1.\2", native), native, _DASHED.sub(r"\1.\2", undated), undated


def _openai_native(slug: str) -> tuple[str, ...]:
    """The open-weights line is not served by its vendor."""
    if slug.startswith("gpt-oss"):
        return ()
    return (slug, f"{slug}-latest") if slug.endswith("-chat") else (slug,)


def _openai_slugs(native: str) -> tuple[str, ...]:
    if native.startswith("gpt-oss"):
        return ()
    return (native, native.removesuffix("-latest")) if native.endswith("-chat-latest") else (native,)


def _google_native(slug: str) -> tuple[str, ...]:
    return slug, f"{slug}-001"


def _google_slugs(native: str) -> tuple[str, ...]:
    return native, native.removesuffix("-001")


def _minimax_native(slug: str) -> tuple[str, ...]:
    """Its own names have capitals: `MiniMax-M2.5`."""
    return slug, _MINIMAX_GENERATION.sub("M", slug).replace("minimax", "MiniMax")


def _lower(native: str) -> tuple[str, ...]:
    return (native.lower(),)


def _undated_at(names: Names) -> Names:
    """Names behind an `@date`, as Vertex writes versions."""
    return lambda native: names(native.partition("@")[0])


_RULES: Final[Mapping[str, tuple[_Rule, ...]]] = {
    "anthropic": (_Rule("anthropic", _anthropic_native, _anthropic_slugs),),
    "openai": (_Rule("openai", _openai_native, _openai_slugs),),
    "google": (_Rule("google", _google_native, _google_slugs),),
    "x-ai": (_Rule("x-ai", _same, _same),),
    "z-ai": (_Rule("z-ai", _same, _same),),
    "minimax": (_Rule("minimax", _minimax_native, _lower),),
    "cohere": (_Rule("cohere", _same, _same),),
    "mistral": (_Rule("mistralai", _same, _same),),
    "moonshot": (_Rule("moonshotai", None, _same),),
    "vertex": (
        _Rule("google", None, _undated_at(_google_slugs)),
        _Rule("anthropic", None, _undated_at(_anthropic_slugs)),
    ),
}

RULED: Final = tuple(name for name, rules in _RULES.items() if any(rule.to_native for rule in rules))
"""Backends that a rule may propose for an OpenRouter id."""


def is_direct(backend: str) -> bool:
    """Whether a backend has a namespace of its own."""
    return backend not in SAME_NAMESPACE


def may_run_directly(openrouter_id: str) -> bool:
    """Whether a direct backend may know a model: not a variant, a moving pointer, a router or a stealth model."""
    vendor, slash, _ = openrouter_id.partition("/")
    return bool(slash) and ":" not in openrouter_id and not vendor.startswith("~") and vendor not in _NOT_A_VENDOR


def native_candidates(
    openrouter_id: str, backend: str, *, table: Table = NO_TABLE, permaslug: str | None = None
) -> tuple[str, ...]:
    """What a backend may call a model of OpenRouter's, the table's word first.

    `permaslug` is the model's canonical slug, from which Anthropic's dated names take their date.

    >>> native_candidates("anthropic/claude-3.5-haiku", "anthropic", permaslug="anthropic/claude-3-5-haiku-20241022")
    ('claude-3-5-haiku', 'claude-3-5-haiku-20241022')
    """
    if not is_direct(backend):
        return (openrouter_id,)
    if not may_run_directly(openrouter_id):
        return ()
    vendor, _, slug = openrouter_id.partition("/")
    named = table.get(openrouter_id, {}).get(backend)
    found = [] if named is None else [named]
    for rule in _RULES.get(backend, ()):
        if rule.vendor == vendor and rule.to_native is not None:
            names = rule.to_native(slug)
            dated = _dated(names, permaslug) if backend == "anthropic" else ()
            found += [name for name in (*names, *dated) if slug in rule.to_slugs(name)]
    return tuple(dict.fromkeys(found))


def openrouter_candidates(native_id: str, backend: str, *, table: Table = NO_TABLE) -> tuple[str, ...]:
    """The ids of OpenRouter's that a backend's model may stand for, the table's rows first.

    >>> openrouter_candidates("claude-sonnet-4-5", "anthropic")
    ('anthropic/claude-sonnet-4.5', 'anthropic/claude-sonnet-4-5')
    """
    if not is_direct(backend):
        return (native_id,)
    if backend in ONE_WAY:
        return ()
    found = [i for i, row in table.items() if row.get(backend) == native_id and may_run_directly(i)]
    if "/" not in native_id and ":" not in native_id:
        found += [f"{rule.vendor}/{slug}" for rule in _RULES.get(backend, ()) for slug in rule.to_slugs(native_id)]
    return tuple(dict.fromkeys(found))


def native_id(
    openrouter_id: str,
    backend: str,
    *,
    accept: Collection[str],
    table: Table = NO_TABLE,
    permaslug: str | None = None,
) -> str | None:
    """What a backend calls a model: the table's word as it stands, else the first candidate that it lists (`accept`).

    None where neither is there: what nobody lists is not guessed.
    """
    candidates = native_candidates(openrouter_id, backend, table=table, permaslug=permaslug)
    named = table.get(openrouter_id, {}).get(backend)
    return next((name for name in candidates if name == named or name in accept), None)


def openrouter_id(native_id: str, backend: str, *, accept: Collection[str], table: Table = NO_TABLE) -> str | None:
    """The first candidate that is among the ids of the catalog that are active (`accept`); None where none is."""
    return next((i for i in openrouter_candidates(native_id, backend, table=table) if i in accept), None)


def _dated(names: tuple[str, ...], permaslug: str | None) -> tuple[str, ...]:
    day = _DAY.search(permaslug or "")
    return tuple(name + day[0] for name in names) if day is not None else ()
