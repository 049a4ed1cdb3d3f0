"""Which models a filter lets through, and for each of the others the one reason why it is not shown.

- Rules are asked in a fixed order, and the first that speaks against a model names the reason: what is never shown
  unasked comes first, then its state, prices, limits, abilities and origin.
- What nobody knows is a reason of its own (`tools unknown`): it passes neither as a yes nor as a no.
- An unknown price is neither free nor cheap, nor is one that varies, nor one that is charged per image or request.
- Prices are the listed ones, without the conditions on them.
- Case has no meaning in vendors, families and backends.

Knows no environment: whether a key serves a model is the caller's to say.
"""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from modelsync.catalog.backends import SAME_NAMESPACE
from modelsync.client.amounts import known_amount
from modelsync.client.browsing.filters import Filter, Reasoning, Usable, refuse_nonsense, usd_per_million
from modelsync.client.browsing.seen import Seen
from modelsync.client.catalog import Model
from modelsync.client.instants import instant
from modelsync.client.resolving.objections import costs_nothing

Rule = Callable[[Seen], str | None]
"""Says why a model is not wanted; None where nothing speaks against it."""

HIDDEN_BY_YOU: Final = "hidden by you"
WITHOUT_A_KEY: Final = "without a key"

_CONFIDENCE_OF: Final[Mapping[str | None, int]] = {None: 0, "heuristic": 1, "api": 2, "telemetry": 2, "override": 2}
"""How far a flag is to be believed, by the layer that decided it."""
_LEVELS: Final[Mapping[str, int]] = {"low": 0, "medium": 1, "high": 2}
_FLAGS: Final[Mapping[str, tuple[str, str]]] = {
    "tools": ("supportsTools", "tools"),
    "vision": ("supportsVision", "vision"),
    "structured": ("structuredOutput", "structured output"),
    "image_gen": ("isImageGen", "image generation"),
}
"""The published flag of each field of a filter, and how people call it."""
_REASONING: Final[Mapping[str, frozenset[str]]] = {
    "any": frozenset({"fixed", "configurable"}),
    "configurable": frozenset({"configurable"}),
    "none": frozenset({"none"}),
}
_COUNTED: Final[Mapping[str, tuple[str, str]]] = {
    "batch variants": ("batch variant", "batch variants"),
    "routers": ("router", "routers"),
    "latest pointers": ("latest pointer", "latest pointers"),
    "other vendors": ("of another vendor", "of other vendors"),
    "other families": ("of another family", "of other families"),
    "other backends": ("at another backend", "at other backends"),
    "other price tiers": ("in another price tier", "in other price tiers"),
}
"""How a reason is said of one model, and of several, where a number stands before it."""


def counted(hidden: Mapping[str, int]) -> str:
    """How many are hidden, by each reason, in words.

    >>> counted({"batch variants": 1, "not free": 1, "other vendors": 300})
    '1 batch variant, 1 not free, 300 of other vendors'
    """
    said = ((count, _COUNTED.get(reason, (reason, reason))) for reason, count in hidden.items())
    return ", ".join(f"{count} {one if count == 1 else several}" for count, (one, several) in said)


class Sieve:
    """A filter, read once for many models."""

    def __init__(self, wanted: Filter, *, generated_at: str) -> None:
        refuse_nonsense(wanted)
        self._rules = tuple(_rules(wanted, generated_at=generated_at))
        self._all_rules = (_unasked(wanted), *self._rules)

    def reason(self, seen: Seen, *, is_named: bool = False) -> str | None:
        """Why a model is not shown; None where it passes.

        `is_named` says that somebody asked for this batch variant, router or pointer itself.
        """
        if seen.is_hidden:
            return HIDDEN_BY_YOU
        for rule in self._rules if is_named else self._all_rules:
            reason = rule(seen)
            if reason is not None:
                return reason
        return None


def _rules(wanted: Filter, *, generated_at: str) -> Iterator[Rule]:
    """The rules that a filter asks for, in the order in which their reasons count."""
    if wanted.state:
        yield lambda seen: None if seen.model.record["state"] in wanted.state else str(seen.model.record["state"])
    if wanted.free is not None:
        yield _free(is_wanted=wanted.free)
    legs = (
        ("promptPerMillion", wanted.max_price_in, "input"),
        ("completionPerMillion", wanted.max_price_out, "output"),
    )
    for leg, most, called in legs:
        if most is not None:
            yield _at_most(leg, usd_per_million(most), called=called)
    if wanted.tier:
        yield _tier(wanted.tier)
    for field, least, called in (
        ("maxContext", wanted.min_context, "context"),
        ("maxOutput", wanted.min_output, "output"),
    ):
        if least is not None:
            yield _at_least(field, least, called=called)
    yield from _ability_rules(wanted)
    yield from _origin_rules(wanted, generated_at=generated_at)


def _ability_rules(wanted: Filter) -> Iterator[Rule]:
    least = _LEVELS[wanted.min_confidence]
    for name, (field, called) in _FLAGS.items():
        is_wanted = getattr(wanted, name)
        if is_wanted is not None:
            yield _flag(field, is_wanted=is_wanted, called=called, least=least)
    if wanted.reasoning is not None:
        yield _reasoning(wanted.reasoning, least=least)


def _origin_rules(wanted: Filter, *, generated_at: str) -> Iterator[Rule]:
    vendors, families, backends = map(_lowered, (wanted.vendor, wanted.family, wanted.backend))
    if vendors:
        yield lambda seen: None if seen.model.record["vendor"].lower() in vendors else "other vendors"
    if families:
        yield lambda seen: None if families & _lowered(families_of(seen.model.record)) else "other families"
    if backends:
        yield lambda seen: None if backends & _lowered(backends_of(seen)) else "other backends"
    if wanted.new_within is not None:
        yield _new(wanted.new_within, generated_at=generated_at)
    if wanted.usable is not None:
        yield _usable(wanted.usable)


def _lowered(words: AbstractSet[str]) -> frozenset[str]:
    return frozenset(map(str.lower, words))


def families_of(record: Mapping[str, Any]) -> frozenset[str]:
    """What a model's family is called: with its vendor (`google/gemma`), and without it."""
    family = str(record["family"])
    return frozenset({family, family.partition("/")[2] or family})


def backends_of(seen: Seen) -> frozenset[str]:
    """The backends that know a model: of one that the user added only that which it was added for."""
    if seen.own is not None:
        return frozenset({seen.own.backend})
    return frozenset((*seen.model.record["backends"], *SAME_NAMESPACE))


def is_usable(seen: Seen, usable: Usable) -> bool:
    """Whether a key serves a model, by what the caller knows."""
    return seen.id in usable if isinstance(usable, frozenset) else usable(seen)


def _unasked(wanted: Filter) -> Rule:
    def rule(seen: Seen) -> str | None:
        model = seen.model
        if model.variant == "batch" and not wanted.include_variants:
            return "batch variants"
        if wanted.include_routers or not model.is_moving:
            return None
        return "latest pointers" if model.id.startswith("~") else "routers"

    return rule


def price_doubt(model: Model) -> str | None:
    """Why nobody can compare a model's price with an amount per token; None where anybody can."""
    record, pricing = model.record, model.record["pricing"]
    if record["pricingStatus"] == "dynamic":
        return "price varies"
    legs = [known_amount(pricing.get(name)) for name in ("promptPerMillion", "completionPerMillion")]
    if record["pricingStatus"] not in {"priced", "free"} or None in legs:
        return "price unknown"
    is_zero = not any(legs)
    return "priced by other units" if is_zero and not costs_nothing(model) else None


def _free(*, is_wanted: bool) -> Rule:
    def rule(seen: Seen) -> str | None:
        if costs_nothing(seen.model):
            return None if is_wanted else "free"
        doubt = price_doubt(seen.model)
        if doubt in {"price unknown", "price varies"}:
            return doubt
        return "not free" if is_wanted else None

    return rule


def _at_most(leg: str, most: Decimal | None, *, called: str) -> Rule:
    def rule(seen: Seen) -> str | None:
        doubt = price_doubt(seen.model)
        if doubt is not None or most is None:
            return doubt
        price = known_amount(seen.model.record["pricing"][leg])
        return f"dearer {called}" if price is None or price > most else None

    return rule


def _tier(wanted: AbstractSet[str]) -> Rule:
    def rule(seen: Seen) -> str | None:
        tier = seen.model.record["priceTier"]
        if tier is None:
            return price_doubt(seen.model) or "price unknown"
        return None if tier in wanted else "other price tiers"

    return rule


def _at_least(field: str, least: int, *, called: str) -> Rule:
    def rule(seen: Seen) -> str | None:
        found = seen.model.record[field]
        if found is None:
            return f"{called} unknown"
        return f"less {called}" if found < least else None

    return rule


def _flag(field: str, *, is_wanted: bool, called: str, least: int) -> Rule:
    def rule(seen: Seen) -> str | None:
        value = seen.model.record[field]
        if value is None:
            return f"{called} unknown"
        if value is not is_wanted:
            return f"no {called}" if is_wanted else f"with {called}"
        return f"{called} unsure" if _confidence(seen, field) < least else None

    return rule


def _reasoning(wanted: Reasoning, *, least: int) -> Rule:
    def rule(seen: Seen) -> str | None:
        value, is_known = seen.model.record["reasoning"], _confidence(seen, "reasoning") > 0
        if value == "none" and not is_known:
            return "reasoning unknown"
        if value not in _REASONING[wanted]:
            return "no reasoning" if value == "none" else f"{value} reasoning"
        return "reasoning unsure" if _confidence(seen, "reasoning") < least else None

    return rule


def _new(within: timedelta, *, generated_at: str) -> Rule:
    since = instant(generated_at) - within

    def rule(seen: Seen) -> str | None:
        created = seen.model.record["createdAt"]
        if created is None:
            return "age unknown"
        return None if instant(created) >= since else "older"

    return rule


def _usable(usable: Usable) -> Rule:
    return lambda seen: None if is_usable(seen, usable) else WITHOUT_A_KEY


def _confidence(seen: Seen, field: str) -> int:
    return _CONFIDENCE_OF.get(seen.model.record["detectionSource"].get(field), 0)
