"""The published price of a model, from the legs of its feed.

Token legs become USD per million tokens, exactly; legs by another unit stay as they are; a negative leg (the
price of whatever a router picks) is no number and appears only in `raw`. Which price is believed is `pipeline.hold`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from modelsync.catalog.model_ids import IdParts
from modelsync.catalog.model_info import PriceOverride, Pricing, TokenPrices
from modelsync.catalog.pricing import (
    ZERO,
    PriceTier,
    PricingStatus,
    amount,
    cost_text,
    decimal_text,
    parse_price,
    per_million,
    price_tier,
    pricing_status,
)
from modelsync.sources.facts import ModelFacts, PriceCondition

TOKEN_LEGS: Final[Mapping[str, str]] = {
    "prompt": "prompt_per_million",
    "completion": "completion_per_million",
    "input_cache_read": "cache_read_per_million",
    "input_cache_write": "cache_write_per_million",
    "input_cache_write_1h": "cache_write_1h_per_million",
    "internal_reasoning": "reasoning_per_million",
    "audio": "audio_per_million",
    "audio_output": "audio_output_per_million",
    "input_audio_cache": "audio_cache_per_million",
    "image_token": "image_token_per_million",
    "image_output": "image_output_per_million",
}
"""Legs that are charged per token, and the fields that publish them."""

PUBLISHED_NAMES: Final = {name: str(field.alias) for name, field in TokenPrices.model_fields.items()}
"""The fields of a price per token, and their names in JSON."""

TELLING_LEGS: Final = ("image_output", "image_token", "audio_output", "audio", "image", "request")
"""The leg that tells most of a price whose prompt and completion are zero, best first."""

NOT_PER_TOKEN: Final = frozenset({"transcription", "speech"})
"""Outputs whose `prompt` price is per second or character, so that it has no tier."""


def published_pricing(facts: ModelFacts) -> Pricing:
    """Write all legs of a model the way they are published."""
    return Pricing(
        **_token_legs(facts.prices),
        per_unit={
            leg: decimal_text(price) for leg, price in facts.prices.items() if leg not in TOKEN_LEGS and price >= ZERO
        },
        overrides=tuple(_override(condition) for condition in facts.conditional_prices),
        raw=facts.raw_prices,
    )


def status_of(pricing: Pricing, parts: IdParts, *, output_modalities: tuple[str, ...]) -> PricingStatus:
    """Judge a published price.

    All legs at zero is the whole price of a model that only writes text, and of a `:free` variant, which
    OpenRouter documents as free whatever it puts out (embeddings and rerankers among them); the name alone
    makes nothing free.
    """
    legs = {leg: parse_price(text) for leg, text in pricing.raw.items()}
    return pricing_status(legs, zero_means_free=output_modalities == ("text",) or parts.variant == "free")


def costs(pricing: Pricing) -> bool:
    """Tell whether any leg of a price is above zero."""
    return any(parse_price(text) > ZERO for text in pricing.raw.values())


def is_dynamic(pricing: Pricing) -> bool:
    """Tell whether a leg depends on the routed model, so that it is no number."""
    return any(text.startswith("-") and parse_price(text) < ZERO for text in pricing.raw.values())


def published_legs(pricing: Pricing) -> dict[str, str]:
    """All legs of a price that are numbers, by their published names: USD per million tokens, or per unit."""
    per_token = ((alias, getattr(pricing, name)) for name, alias in PUBLISHED_NAMES.items())
    return {alias: text for alias, text in per_token if text is not None} | dict(pricing.per_unit)


def tier_of(
    pricing: Pricing, status: PricingStatus, *, output_modalities: tuple[str, ...], is_free: bool
) -> PriceTier | None:
    """Tier of the prompt price; None where it is unknown, dynamic, not per token, or zero without being free."""
    prompt = pricing.prompt_per_million
    judged = status in (PricingStatus.PRICED, PricingStatus.FREE) and NOT_PER_TOKEN.isdisjoint(output_modalities)
    if prompt is None or not judged:
        return None
    tier = price_tier(amount(prompt))
    return None if tier is PriceTier.FREE and not is_free else tier


def cost_of(pricing: Pricing, status: PricingStatus) -> str:
    """Write a published price for people."""
    prompt, completion = pricing.prompt_per_million, pricing.completion_per_million
    return cost_text(
        status,
        prompt=None if prompt is None else amount(prompt),
        completion=None if completion is None else amount(completion),
        other=_telling_leg(pricing) if prompt == completion == "0" else None,
    )


def _token_legs(prices: Mapping[str, Decimal]) -> dict[str, Any]:
    return {
        TOKEN_LEGS[leg]: decimal_text(per_million(price))
        for leg, price in prices.items()
        if leg in TOKEN_LEGS and price >= ZERO
    }


def _override(condition: PriceCondition) -> PriceOverride:
    other: dict[str, Any] = dict(condition.other)
    other |= {leg: decimal_text(price) for leg, price in condition.prices.items() if leg not in TOKEN_LEGS}
    return PriceOverride(
        **_token_legs(condition.prices),
        min_prompt_tokens=condition.min_prompt_tokens,
        utc_start=condition.utc_start,
        utc_end=condition.utc_end,
        other=dict(sorted(other.items())) or None,
    )


def _telling_leg(pricing: Pricing) -> tuple[str, Decimal] | None:
    """Unit and price of the leg to show where tokens of text cost nothing."""
    legs = {leg: parse_price(text) for leg, text in pricing.raw.items()}
    for leg in (*TELLING_LEGS, *sorted(legs)):
        if legs.get(leg, ZERO) > ZERO:
            return (f"M {leg}", per_million(legs[leg])) if leg in TOKEN_LEGS else (leg, legs[leg])
    return None
