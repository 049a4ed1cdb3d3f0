"""How a model's facts look to people, in a table's cell or in a chat: short, and never more certain than they are.

What nobody knows is `?`, and never a no, a zero or free; what a name pattern guessed has a question mark behind it.
Prices are the published `cost`. Sizes are in thousands of tokens, rounded down, as vendors print them. Every text from
outside passes `safe_text`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from modelsync.client.catalog import Model
from modelsync.client.instants import instant
from modelsync.client.resolving.objections import ends_soon
from modelsync.client.safe_text import one_safe_line

ABILITY_WORDS: Final[Mapping[str, str]] = {
    "supportsTools": "tools",
    "supportsVision": "vision",
    "structuredOutput": "schema",
    "reasoning": "reasoning",
    "isImageGen": "images",
}
"""What people call a flag."""

_UNKNOWN: Final = "?"
_THOUSAND, _MILLION = 1_000, 1_000_000
_REASONING: Final = {"none": "no", "fixed": "always", "configurable": "yes"}


def size(tokens: int | None) -> str:
    """A count of tokens, rounded down to what people remember.

    >>> size(262_144), size(1_000_000), size(1_048_576), size(512), size(None)
    ('262K', '1M', '1.04M', '512', '?')
    """
    if tokens is None:
        return _UNKNOWN
    if tokens < _THOUSAND:
        return str(tokens)
    if tokens < _MILLION:
        return f"{tokens // _THOUSAND}K"
    whole, hundredths = divmod(tokens // (_MILLION // 100), 100)
    return f"{whole}.{hundredths:02}".rstrip("0").rstrip(".") + "M"


def ability(record: Mapping[str, Any], flag: str) -> str:
    """Whether a model can do what a flag says: `yes`, `no`, `?`, and `yes?` or `no?` where its name alone says so."""
    value, source = record[flag], record["detectionSource"][flag]
    if value is None or source is None:
        return _UNKNOWN
    word = _REASONING.get(value, value) if flag == "reasoning" else "yes" if value else "no"
    return f"{word}?" if source == "heuristic" else word


def abilities(record: Mapping[str, Any]) -> tuple[str, ...]:
    """What it can do, in words; a guess has a question mark."""
    found = ((word, ability(record, flag)) for flag, word in ABILITY_WORDS.items())
    return tuple(f"{word}?" if said.endswith("?") else word for word, said in found if said[:1] not in {"n", "?"})


def price(record: Mapping[str, Any]) -> str:
    """Prompt and completion per million tokens, `free`, `varies` or `?`; `+` where conditions make it dearer."""
    return one_safe_line(record["cost"]) + ("+" if record["pricing"]["overrides"] else "")


def name(record: Mapping[str, Any]) -> str:
    """Its display name."""
    return one_safe_line(record["name"], 80)


def remarks(model: Model, *, now: datetime) -> tuple[str, ...]:
    """What to know before choosing it, in a few words each."""
    record = model.record
    found = {
        "missing from the list": not model.is_active,
        f"ends {str(model.expires_at)[:10]}": ends_soon(model, now=now),
        "price to be confirmed": record["pendingPricing"] is not None,
        "dearer under conditions": bool(record["pricing"]["overrides"]),
        "hands on to other models": bool(record["isRouter"]),
        "moves with the newest": model.id.startswith("~"),
        "answers later: batch": record["variant"] == "batch",
    }
    return tuple(said for said, applies in found.items() if applies)


def day(text: str | None) -> str:
    """The day of a published time; `?` where there is none."""
    return _UNKNOWN if text is None else f"{instant(text):%Y-%m-%d}"
