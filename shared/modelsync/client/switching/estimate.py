"""What a call will cost: published prices, and the conditions on them, over counted tokens.

- An amount is a `Decimal`, exact to the last digit; it is rounded only for people.
- A leg whose price nobody knows makes the estimate unknown, never cheaper; a leg that is not used may be unknown.
- What cannot be decided is a range: a time of day that the caller does not name, a condition that this room does not
  know, tokens that may or may not be reasoning. Both ends are then prices that may be asked.
- A price that depends on the model that is routed to is unknown.
- Most models count an image as tokens of the prompt, and nobody publishes how many: the other parts are then the least
  that a call costs, and the most is unknown.

Tokens are the caller's count. Sound that a model counts as tokens belongs into the prompt, and so do images whose
tokens the caller knows; images that it paints, and searches on the web, are not in an estimate, and a note says so
where a model charges for them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Context, Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple

from modelsync.catalog.pricing import ZERO, dollars
from modelsync.client.amounts import known_amount
from modelsync.client.catalog import Model
from modelsync.errors import UsageError

_EXACT: Final = Context(prec=120)
_LISTED: Final = frozenset({"active", "stale"})
_MILLION: Final = 1_000_000
_DAY_ENDS: Final = 2400
_TOKENS_OF_A_PICTURE: Final = 64
"""Prompt tokens that cost less than any picture does: a lower price for an image is one for a token of it.

Recorded prices of an image are nothing, once or 2.25 times the price of a prompt token, or 256 times and more.
"""

NOTES: Final[Mapping[str, str]] = {
    "price_varies": "its price is that of the model which it hands a request to",
    "price_unknown": "nobody published its price",
    "leg_unknown": "it charges for something at a price that nobody published",
    "long_prompt": "a prompt of this length is priced by the tokens above a limit",
    "time_of_day": "its price depends on the time of day",
    "at_this_hour": "another price holds at this hour",
    "unknown_condition": "its price has a condition that this reader does not know",
    "reasoning": "reasoning tokens have another price than answers",
    "image_tokens": "images count as tokens of the prompt, nobody publishes how many: they are not in this estimate",
    "takes_no_images": "it takes no images: it cannot be called so",
    "paints": "images that it paints are not in this estimate",
    "gone": "it is gone from the list: this is the last that is known of its price",
    "price_pending": "it announced another price, which is not believed yet",
    "beyond_window": "prompt and answer are longer than its context: it cannot be called so",
    "beyond_output": "its answers cannot be as long as that",
}
"""What each note means."""


class EstimateStatus(StrEnum):
    """How far an estimate is to be believed."""

    EXACT = "exact"
    RANGE = "range"
    UNKNOWN = "unknown"


class Part(NamedTuple):
    """One leg of the bill, in USD of all requests together."""

    leg: str
    """`prompt`, `cache_read`, `cache_write`, `completion`, `image` or `request`."""
    units: int
    low: Decimal | None
    """None where the price is unknown."""
    high: Decimal | None


class Estimate(NamedTuple):
    """What the requests will cost in USD."""

    status: EstimateStatus
    low: Decimal | None
    """None where a part is unknown: the others add up to no price. Images alone may be missing from it."""
    high: Decimal | None
    """None where a part is unknown, images that are counted as tokens among them."""
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    """Keys of `NOTES`."""
    is_free: bool = False
    """Whether the model charges for nothing; an estimate of zero alone may only mean that nothing was counted."""

    @property
    def text(self) -> str:
        """The amount for people: `free`, `$0.026`, `$0.02 to $0.05`, `at least $0.02`, `varies` or `?`."""
        if self.low is None:
            return "varies" if "price_varies" in self.notes else "?"
        if self.high is None:
            return f"at least {dollars(self.low)}"
        if self.is_free and self.high == ZERO:
            return "free"
        return dollars(self.low) if self.low == self.high else f"{dollars(self.low)} to {dollars(self.high)}"


class _Rates(NamedTuple):
    """Every price that may hold for each leg, in USD per million tokens, and why there are several."""

    of: Mapping[str, frozenset[Decimal] | None]
    notes: tuple[str, ...]


def estimate(
    model: Model,
    *,
    prompt: int,
    completion: int,
    cached: int = 0,
    cache_write: int = 0,
    images: int = 0,
    requests: int = 1,
    at: datetime | None = None,
) -> Estimate:
    """What `requests` equal requests to a model cost; all counts are of one request.

    `cached` and `cache_write` are those tokens of the prompt that are read from the provider's cache, and written to
    it. `at` is when; None means at any time of the day.
    Raises UsageError for negative counts, more cached tokens than the prompt has, or a time without its zone.
    """
    _refuse_nonsense(prompt, completion, cached=cached, cache_write=cache_write, images=images, requests=requests)
    status, pricing = model.record["pricingStatus"], model.record["pricing"]
    warned = tuple(_warnings(model, prompt=prompt, completion=completion, images=images))
    if status not in {"priced", "free"}:
        note = "price_varies" if status == "dynamic" else "price_unknown"
        return Estimate(EstimateStatus.UNKNOWN, None, None, notes=(note, *warned))
    rates = _rates(pricing, prompt=prompt, at=_hour_and_minute(at), is_free=status == "free")
    counted = {
        ("prompt", "promptPerMillion"): prompt - cached - cache_write,
        ("cache_read", "cacheReadPerMillion"): cached,
        ("cache_write", "cacheWritePerMillion"): cache_write,
        ("completion", "completionPerMillion"): completion,
    }
    parts = [
        _part(leg, units * requests, prices=rates.of.get(name), per=6)
        for (leg, name), units in counted.items()
        if units
    ]
    by_token = images > 0 and status != "free" and _is_by_token(pricing)
    parts += _unit_parts(pricing, images=images * requests, requests=requests, by_token=by_token)
    paints = ("paints",) if model.record["isImageGen"] and status != "free" else ()
    return _summed(parts, notes=(*rates.notes, *paints, *warned), is_free=status == "free", by_token=by_token)


def _warnings(model: Model, *, prompt: int, completion: int, images: int) -> Iterator[str]:
    """What no price tells: another one is near, or the model cannot be called like that at all."""
    if model.record["state"] not in _LISTED:
        yield "gone"
    if model.record["pendingPricing"] is not None:
        yield "price_pending"
    if model.context is not None and prompt + completion > model.context:
        yield "beyond_window"
    if model.record["maxOutput"] is not None and completion > model.record["maxOutput"]:
        yield "beyond_output"
    if images and model.record["supportsVision"] is False:
        yield "takes_no_images"


def _refuse_nonsense(prompt: int, completion: int, **counts: int) -> None:
    named = {"prompt": prompt, "completion": completion, **counts}
    for name, count in named.items():
        if count < 0:
            raise UsageError(f"estimate: {name}: found {count}, expected none or more; count again")
    if named["cached"] + named["cache_write"] > prompt:
        found = named["cached"] + named["cache_write"]
        raise UsageError(
            f"estimate: cached: found {found} tokens, expected at most the {prompt} of the prompt; mend it"
        )


def _hour_and_minute(at: datetime | None) -> int | None:
    """The time of day in UTC, as HHMM."""
    if at is None:
        return None
    if at.tzinfo is None:
        raise UsageError("estimate: at: found a time without its zone, expected one with it; say which it is")
    moment = at.astimezone(UTC)
    return moment.hour * 100 + moment.minute


def _rates(pricing: Mapping[str, Any], *, prompt: int, at: int | None, is_free: bool) -> _Rates:
    """Prices of each leg: of several conditions that hold the last wins; one that may hold adds its price."""
    rates = {name: _known(text) for name, text in _legs(pricing)}
    if is_free:
        names = ("promptPerMillion", "completionPerMillion", "cacheReadPerMillion", "cacheWritePerMillion")
        rates = {**{name: frozenset({ZERO}) for name in names}, **rates}
    notes: dict[str, None] = {}
    for override in pricing["overrides"]:
        holds = _holds(override, prompt=prompt, at=at)
        if holds is False:
            continue
        notes |= dict.fromkeys(_reasons(override, at=at))
        for name, text in _legs(override):
            rates[name] = _either(_known(text), rates.get(name, frozenset())) if holds is None else _known(text)
    reasoning, answers = rates.get("reasoningPerMillion", frozenset()), rates.get("completionPerMillion", frozenset())
    if answers and reasoning not in {answers, frozenset()}:
        rates["completionPerMillion"] = _either(answers, reasoning)
        notes["reasoning"] = None
    return _Rates(rates, tuple(notes))


def _known(text: object) -> frozenset[Decimal] | None:
    """The one price that a text names; None where that is no price."""
    price = known_amount(text)
    return None if price is None else frozenset({price})


def _either(one: frozenset[Decimal] | None, other: frozenset[Decimal] | None) -> frozenset[Decimal] | None:
    """All prices that may hold; None where one of them is not known."""
    return None if one is None or other is None else one | other


def _holds(override: Mapping[str, Any], *, prompt: int, at: int | None) -> bool | None:
    """Whether a condition holds; None where that cannot be known."""
    if prompt <= override.get("minPromptTokens", -1):
        return False
    in_window = _in_window(override, at=at)
    return in_window if in_window is False or "other" not in override else None


def _in_window(override: Mapping[str, Any], *, at: int | None) -> bool | None:
    """Whether a time of day is in the window of a condition, which may go over midnight."""
    if "utcStart" not in override and "utcEnd" not in override:
        return True
    if at is None:
        return None
    start, end = override.get("utcStart", 0), override.get("utcEnd", _DAY_ENDS)
    return bool(start <= at < end) if start < end else bool(at >= start or at < end)


def _reasons(override: Mapping[str, Any], *, at: int | None) -> Iterator[str]:
    if "minPromptTokens" in override:
        yield "long_prompt"
    if "utcStart" in override or "utcEnd" in override:
        yield "time_of_day" if at is None else "at_this_hour"
    if "other" in override:
        yield "unknown_condition"


def _legs(prices: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in prices.items() if name.endswith("PerMillion"))


def _unit_parts(pricing: Mapping[str, Any], *, images: int, requests: int, by_token: bool) -> Iterator[Part]:
    """Images, and the fee for each request: a list that charges one names it, so that its absence is no unknown."""
    per_unit = pricing["perUnit"]
    if images:
        yield _part("image", images, prices=None if by_token else _known(per_unit.get("image", "0")), per=0)
    if "request" in per_unit:
        yield _part("request", requests, prices=_known(per_unit["request"]), per=0)


def _is_by_token(pricing: Mapping[str, Any]) -> bool:
    """Whether images are charged as tokens: they have no price, or one that is too low for a picture."""
    if "image" not in pricing["perUnit"]:
        return True
    price, token = known_amount(pricing["perUnit"]["image"]), known_amount(pricing.get("promptPerMillion"))
    if price is None or token is None:
        return price is not None  # What is no number is no price of a token either.
    return _EXACT.multiply(price, _MILLION) <= _EXACT.multiply(token, _TOKENS_OF_A_PICTURE)


def _part(leg: str, units: int, *, prices: Iterable[Decimal] | None, per: int) -> Part:
    """What units of a leg cost, at prices for one, or for 10 to the power of `per`."""
    known = [_EXACT.multiply(price, units).scaleb(-per, context=_EXACT) for price in prices or ()]
    return Part(leg, units, min(known, default=None), max(known, default=None))


def _summed(parts: Iterable[Part], *, notes: tuple[str, ...], is_free: bool, by_token: bool) -> Estimate:
    """All parts together; where nothing but images that are tokens is unknown, the others are the least it costs."""
    found = tuple(parts)
    lows = [part.low for part in found if part.low is not None]
    highs = [part.high for part in found if part.high is not None]
    unknown = {part.leg for part in found if part.low is None}
    if by_token:
        notes = notes if "takes_no_images" in notes else (*notes, "image_tokens")
        unknown -= {"image"}
    if unknown:
        return Estimate(EstimateStatus.UNKNOWN, None, None, found, (*notes, "leg_unknown"), is_free=is_free)
    low, high = _total(lows), _total(highs)
    if by_token:
        return Estimate(EstimateStatus.UNKNOWN, low or None, None, found, notes, is_free=is_free)
    status = EstimateStatus.EXACT if low == high else EstimateStatus.RANGE
    return Estimate(status, low, high, found, notes, is_free=is_free)


def _total(amounts: Iterable[Decimal]) -> Decimal:
    total = ZERO
    for each in amounts:
        total = _EXACT.add(total, each)
    return total
