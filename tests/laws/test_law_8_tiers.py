"""Law 8: tiers partition the price line, closed on the left; negative is not a price."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.pricing import PriceTier, price_tier
from modelsync.pipeline.overrides import Overrides
from tests.strategies import FEWER, Step, histories, override_sets, replay
from tests.timeline import Timeline

BOUNDS = {
    "free": (Decimal(0), Decimal(0)),
    "budget": (Decimal(0), Decimal(1)),
    "standard": (Decimal(1), Decimal(5)),
    "pro": (Decimal(5), Decimal(15)),
    "premium": (Decimal(15), Decimal("Infinity")),
}

prices = st.decimals(min_value=0, allow_nan=False, allow_infinity=False) | st.sampled_from(
    [Decimal(text) for text in ("0", "1e-40", "0.999999999999999999999999999999999999", "1", "5", "15", "1e46")]
)


def tier_by_bounds(usd: Decimal) -> list[str]:
    """Every tier that a price lies in."""
    inside = [name for name, (low, high) in BOUNDS.items() if low <= usd < high and usd > 0]
    return ["free"] if usd == 0 else inside


@given(prices)
def test_every_price_lies_in_exactly_one_tier(usd: Decimal) -> None:
    assert tier_by_bounds(usd) == [str(price_tier(usd))]


@given(prices, prices)
def test_a_dearer_price_is_of_no_cheaper_tier(one: Decimal, other: Decimal) -> None:
    order = list(PriceTier)
    low, high = sorted((one, other))
    assert order.index(price_tier(low)) <= order.index(price_tier(high))


@given(st.decimals(max_value=0, allow_nan=False, allow_infinity=False).filter(lambda usd: usd < 0))
def test_negative_is_not_a_price(usd: Decimal) -> None:
    with pytest.raises(ValueError, match="not negative"):
        price_tier(usd)


@FEWER
@given(histories(), override_sets())
def test_a_published_tier_is_that_of_the_published_price(history: list[Step], people: Overrides) -> None:
    line = Timeline(people)
    replay(history, line)
    for model in line.models.values():
        negative = any(Decimal(text) < 0 for text in model.pricing.raw.values())
        prompt = model.pricing.prompt_per_million
        if negative or model.pricing_status == "unknown":
            assert model.price_tier is None
        elif prompt is not None and Decimal(prompt) > 0:
            assert [model.price_tier] == tier_by_bounds(Decimal(prompt))
        else:
            assert model.price_tier == ("free" if model.is_free else None)


@FEWER
@given(histories(), override_sets())
def test_no_published_amount_is_negative(history: list[Step], people: Overrides) -> None:
    line = Timeline(people)
    replay(history, line)
    for model in line.models.values():
        amounts = model.pricing.model_dump(exclude={"raw", "overrides", "per_unit"}).values()
        assert all(Decimal(usd) >= 0 for usd in [*amounts, *model.pricing.per_unit.values()])


@FEWER
@given(histories())
def test_free_means_that_no_leg_costs_anything(history: list[Step]) -> None:
    line = Timeline()
    replay(history, line)
    for model in line.models.values():
        if model.is_free:
            assert {Decimal(text) for text in model.pricing.raw.values()} == {Decimal(0)}
            assert model.output_modalities == ("text",) or model.variant == "free"
