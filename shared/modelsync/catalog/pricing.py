"""Money: US dollars as `Decimal`, per token and per million tokens.

Rules of the room
- A price is a `Decimal`, or its plain text (`"0.3"`, never `3E-1`); binary floats never hold money.
- A negative price is not a price: the feed's `-1` means "priced by the model that is routed to".
- An unknown price is never zero, and zero alone is not free (see `pricing_status`).

It does not know where prices come from, nor when one may replace another (that is `pipeline.hold`).
"""

import re
from collections.abc import Mapping
from decimal import Context, Decimal
from enum import StrEnum
from functools import lru_cache

ZERO = Decimal(0)
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_EXACT = Context(prec=100)
JUMP_FACTOR = 10
"""A price that moves by more than this factor at once is more often a mistake than news."""

LONGEST_PRICE_TEXT = 40
"""Characters; the longest of 135,000 recorded prices has 25."""

MOST_DIGITS = 40
"""Power of ten beyond which a number is no price."""


class PricingStatus(StrEnum):
    """What is known of a model's price."""

    PRICED = "priced"
    FREE = "free"
    UNKNOWN = "unknown"
    DYNAMIC = "dynamic"


class PriceTier(StrEnum):
    """Class of the prompt price, per million tokens."""

    FREE = "free"
    BUDGET = "budget"
    STANDARD = "standard"
    PRO = "pro"
    PREMIUM = "premium"


TIER_FLOORS = (
    (PriceTier.PREMIUM, Decimal(15)),
    (PriceTier.PRO, Decimal(5)),
    (PriceTier.STANDARD, Decimal(1)),
)
"""Lowest price of each tier, dearest first; below the last, above zero, is `budget`."""


@lru_cache(maxsize=8192)
def parse_price(text: str) -> Decimal:
    """Read one decimal price; negative values are kept for the caller to judge.

    Remembered, because a feed holds a few hundred different prices thousands of times.

    Raises ValueError when the text is not a finite decimal number of at most 40 characters.

    >>> parse_price("0.00000008333333333333334")
    Decimal('8.333333333333334E-8')
    """
    if len(text) > LONGEST_PRICE_TEXT:
        raise ValueError(f"expected a decimal number of at most {LONGEST_PRICE_TEXT} characters, found {len(text)}")
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"expected a decimal number, found {text!a}")
    price = Decimal(text)
    if abs(price.adjusted()) > MOST_DIGITS:
        raise ValueError(f"expected a finite decimal number, found {text!a}")
    return price or ZERO


@lru_cache(maxsize=8192)
def amount(text: str) -> Decimal:
    """Read an amount that this catalog wrote (`decimal_text`)."""
    return Decimal(text)


def decimal_text(value: Decimal) -> str:
    """Write a decimal in plain notation without trailing zeros.

    >>> decimal_text(Decimal("3.00E-1")), decimal_text(Decimal("1E+2"))
    ('0.3', '100')
    """
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def per_million(usd_per_token: Decimal) -> Decimal:
    """Turn USD per token into USD per million tokens, exactly.

    >>> per_million(Decimal("0.0000003"))
    Decimal('0.3')
    """
    sign, digits, exponent = usd_per_token.as_tuple()
    return Decimal((sign, digits, int(exponent) + 6))


def price_tier(prompt_usd_per_mtok: Decimal) -> PriceTier:
    """Place a prompt price in its tier; intervals are closed on the left.

    Zero is `free` here, whatever else the model charges: whether it is really free is `pricing_status`.
    Raises ValueError below zero.
    """
    if prompt_usd_per_mtok < ZERO:
        raise ValueError(f"a price is not negative: {prompt_usd_per_mtok}")
    if prompt_usd_per_mtok == ZERO:
        return PriceTier.FREE
    return next((tier for tier, floor in TIER_FLOORS if prompt_usd_per_mtok >= floor), PriceTier.BUDGET)


def pricing_status(prices: Mapping[str, Decimal], *, zero_means_free: bool) -> PricingStatus:
    """Judge all price legs of a model together.

    Free needs prompt and completion known and zero, no other leg above zero, and a model of which that is the
    whole price: image, video, rerank and music models are listed at zero for both and billed by another unit.
    """
    if any(price < ZERO for price in prices.values()):
        return PricingStatus.DYNAMIC
    if any(price > ZERO for price in prices.values()):
        return PricingStatus.PRICED
    known = "prompt" in prices and "completion" in prices
    return PricingStatus.FREE if known and zero_means_free else PricingStatus.UNKNOWN


def price_jumped(old: Decimal, new: Decimal) -> bool:
    """Tell whether a price moved by more than ten times, or to or from zero.

    >>> price_jumped(Decimal(1), Decimal(10)), price_jumped(Decimal(1), Decimal("10.1")), price_jumped(ZERO, ZERO)
    (False, True, False)
    """
    if old == new:
        return False
    low, high = min(old, new), max(old, new)
    return low == ZERO or high > low * JUMP_FACTOR


def price_moved(old: Decimal, new: Decimal, *, share: Decimal) -> bool:
    """Tell whether a price moved by at least `share` of the old one (0.05 is 5 %), or to or from zero."""
    return old != new and (old == ZERO or abs(new - old) >= old * share)


def blended(prompt: Decimal, completion: Decimal) -> Decimal:
    """One price to compare by: three parts prompt, one part completion, the usual chat mix."""
    return (3 * prompt + completion) / 4


@lru_cache(maxsize=8192)
def dollars(usd: Decimal) -> str:
    """Write an amount for people: two decimals, or as many as it takes to show three digits of a small one.

    >>> dollars(Decimal("0.3")), dollars(Decimal("0.0375")), dollars(Decimal("12"))
    ('$0.30', '$0.0375', '$12.00')
    """
    if usd == ZERO:
        return "$0.00"
    places = max(2, 2 - usd.adjusted()) if usd < 1 else 2
    rounded = usd.quantize(Decimal(1).scaleb(-places), context=_EXACT)
    whole, _, fraction = decimal_text(rounded).partition(".")
    return f"${whole}.{fraction:0<2}"


def cost_text(
    status: PricingStatus,
    *,
    prompt: Decimal | None,
    completion: Decimal | None,
    other: tuple[str, Decimal] | None,
) -> str:
    """Write a model's price in one short text; prompt and completion are USD per million tokens.

    `free`, `varies` and `?` stand for a known zero, a price that depends on the routed model, and an unknown one.
    `other` is the unit and price in USD of the leg to name where tokens cost nothing: `$0.04/image`.
    """
    if status is PricingStatus.FREE:
        return "free"
    if status is PricingStatus.DYNAMIC:
        return "varies"
    if status is PricingStatus.UNKNOWN or prompt is None or completion is None:
        return "?"
    if prompt == ZERO and completion == ZERO:
        return f"{dollars(other[1])}/{other[0]}" if other is not None else "?"
    return f"{dollars(prompt)} / {dollars(completion)}"
