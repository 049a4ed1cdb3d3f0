"""What a reader may ask of models, as one value.

None, and an empty set, ask for nothing. Money is USD per million tokens, as plain decimal text or a `Decimal`; binary
fractions are refused, and so is every value that no model can have. What the words mean for a model, and what it is
hidden for, is `sieve`'s.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from modelsync.catalog.pricing import ZERO, parse_price
from modelsync.client.browsing.seen import Seen
from modelsync.errors import UsageError

Reasoning = Literal["any", "configurable", "none"]
Confidence = Literal["low", "medium", "high"]
Usable = Callable[[Seen], bool] | frozenset[str]
"""Whether a key serves a model, or the ids of those that one serves."""

_NOBODY: Final[frozenset[str]] = frozenset()


class Filter(NamedTuple):
    """What a model must be; None, and an empty set, ask for nothing."""

    free: bool | None = None
    max_price_in: str | Decimal | None = None
    """USD per million tokens of the prompt, as plain decimal text or a `Decimal`."""
    max_price_out: str | Decimal | None = None
    """USD per million tokens of the answer."""
    tier: AbstractSet[str] = _NOBODY
    min_context: int | None = None
    """Tokens."""
    min_output: int | None = None
    """Tokens."""
    tools: bool | None = None
    vision: bool | None = None
    structured: bool | None = None
    reasoning: Reasoning | None = None
    """`any` asks for models that reason, however; `configurable` for those that can also be told not to."""
    image_gen: bool | None = None
    vendor: AbstractSet[str] = _NOBODY
    """Vendors, in any case; `browse` refuses one that no model has, as it does families and backends."""
    family: AbstractSet[str] = _NOBODY
    """Families with their vendor (`google/gemma`), or without it."""
    state: AbstractSet[str] = frozenset({"active"})
    backend: AbstractSet[str] = _NOBODY
    """Names of backends, one of which knows the model."""
    usable: Usable | None = None
    """Whether a key serves a model, or the ids of those that one serves; None where that does not matter."""
    new_within: timedelta | None = None
    """How long before the catalog's own time the source listed it."""
    min_confidence: Confidence = "low"
    """How far a flag that is asked for must be believed: `high` wants no name pattern's guess."""
    include_routers: bool = False
    """Also pointers that move to the newest of a line."""
    include_variants: bool = False
    """Also batch variants."""


EVERYTHING_USUAL: Final = Filter()


def refuse_nonsense(wanted: Filter) -> None:
    """Raise UsageError for the first value that no model can have."""
    for name, value in wanted._asdict().items():
        is_right, expected = _RULES[name]
        if not is_right(value):
            found = ", ".join(sorted(map(str, value))) if isinstance(value, AbstractSet) else str(value)
            raise UsageError(f"filter: {name}: found {found[:40]!a}, expected {expected}; mend it")


def usd_per_million(value: object) -> Decimal | None:
    """An amount that was asked for; None for anything that is no price."""
    try:
        price = parse_price(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return price if isinstance(price, Decimal) and price.is_finite() and price >= ZERO else None


def _is_flag(value: object) -> bool:
    return value is None or isinstance(value, bool)


def _is_price(value: object) -> bool:
    return value is None or usd_per_million(value) is not None


def _is_count(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0)


def _are_words(value: object) -> bool:
    return isinstance(value, AbstractSet) and all(isinstance(each, str) for each in value)


def _is_length(value: object) -> bool:
    return value is None or (isinstance(value, timedelta) and value > timedelta(0))


def _is_usable(value: object) -> bool:
    return value is None or isinstance(value, frozenset) or callable(value)


def _one_of(*words: str | None) -> tuple[Callable[[object], bool], str]:
    return lambda value: isinstance(value, str | None) and value in words, f"one of {', '.join(filter(None, words))}"


def _some_of(*words: str) -> tuple[Callable[[object], bool], str]:
    return lambda value: isinstance(value, AbstractSet) and value <= {*words}, f"a set of {', '.join(words)}"


_RULES: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    **dict.fromkeys(("free", "tools", "vision", "structured", "image_gen"), (_is_flag, "true, false or nothing")),
    **dict.fromkeys(("include_routers", "include_variants"), (_is_flag, "true or false")),
    **dict.fromkeys(("max_price_in", "max_price_out"), (_is_price, "USD per million tokens as plain decimal text")),
    **dict.fromkeys(("min_context", "min_output"), (_is_count, "a number of tokens above zero")),
    **dict.fromkeys(("vendor", "family", "backend"), (_are_words, "a set of words")),
    "tier": _some_of("free", "budget", "standard", "pro", "premium"),
    "state": _some_of("active", "stale", "deprecated", "removed"),
    "reasoning": _one_of("any", "configurable", "none", None),
    "min_confidence": _one_of("low", "medium", "high"),
    "new_within": (_is_length, "a length of time above zero"),
    "usable": (_is_usable, "a frozenset of ids, or a function that tells"),
}
"""What each field must be, as a test and in words."""
