"""Money is decimal, negative is no price, unknown is not zero, zero alone is not free."""

from decimal import Decimal

import pytest

from modelsync.catalog.pricing import (
    PriceTier,
    PricingStatus,
    blended,
    cost_text,
    decimal_text,
    dollars,
    parse_price,
    per_million,
    price_jumped,
    price_moved,
    price_tier,
    pricing_status,
)


@pytest.mark.parametrize(
    ("text", "usd"),
    [
        ("0", "0"),
        ("0.0000003", "0.0000003"),
        ("0.00000300", "0.000003"),
        ("-1", "-1"),
        ("0.00000008333333333333334", "0.00000008333333333333334"),
        ("1e-7", "0.0000001"),
        ("1E-7", "0.0000001"),
        ("2.5e-06", "0.0000025"),
        ("12", "12"),
    ],
)
def test_a_price_is_read_to_the_last_digit(text: str, usd: str) -> None:
    assert parse_price(text) == Decimal(usd)


@pytest.mark.parametrize(
    "text",
    ["", "free", "0,3", "$1", "0x10", "1 2", "1.2.3", "NaN", "sNaN", "Infinity", "-Infinity", "1e400", "1e-400"],
)
def test_what_is_no_finite_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^expected a (finite )?decimal number, found "):
        parse_price(text)


def test_a_price_has_at_most_40_characters() -> None:
    assert parse_price("0." + "0" * 37 + "1") == Decimal("1e-38")
    with pytest.raises(ValueError, match=r"^expected a decimal number of at most 40 characters, found 41$"):
        parse_price("0." + "0" * 38 + "1")


@pytest.mark.parametrize("text", ["1_000", " 1", "1\n", "\u0661", "\uff11"])
def test_only_plain_ascii_digits_make_a_price(text: str) -> None:
    """The text is published as `raw`, so it must not carry what Python happens to accept as a number."""
    with pytest.raises(ValueError, match=r"^expected "):
        parse_price(text)


@pytest.mark.parametrize("text", ["-0", "-0.0", "-0e-6"])
def test_minus_zero_is_zero(text: str) -> None:
    assert decimal_text(per_million(parse_price(text))) == "0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("0.000", "0"),
        ("0E-40", "0"),
        ("0.3", "0.3"),
        ("0.30", "0.3"),
        ("3E-1", "0.3"),
        ("1E+2", "100"),
        ("100", "100"),
        ("10.50", "10.5"),
        ("8.333333333333334E-8", "0.00000008333333333333334"),
    ],
)
def test_a_decimal_is_written_plainly(value: str, text: str) -> None:
    assert decimal_text(Decimal(value)) == text


@pytest.mark.parametrize(
    ("per_token", "per_mtok"),
    [
        ("0", "0"),
        ("0.0000003", "0.3"),
        ("0.000015", "15"),
        ("1e-7", "0.1"),
        ("0.00000008333333333333334", "0.08333333333333334"),
        ("0.1234567890123456789012345678901234567", "123456.7890123456789012345678901234567"),
    ],
)
def test_a_million_tokens_cost_exactly_a_million_times_as_much(per_token: str, per_mtok: str) -> None:
    assert decimal_text(per_million(Decimal(per_token))) == per_mtok


@pytest.mark.parametrize(
    ("usd", "tier"),
    [
        ("0", "free"),
        ("0.000001", "budget"),
        ("0.999999", "budget"),
        ("1", "standard"),
        ("1.00", "standard"),
        ("4.999999", "standard"),
        ("5", "pro"),
        ("14.999999", "pro"),
        ("15", "premium"),
        ("150", "premium"),
    ],
)
def test_price_tiers_are_closed_on_the_left(usd: str, tier: str) -> None:
    assert price_tier(Decimal(usd)) == PriceTier(tier)


@pytest.mark.parametrize("usd", ["-1", "-0.000001", "-1000000"])
def test_a_negative_price_has_no_tier(usd: str) -> None:
    with pytest.raises(ValueError, match=r"^a price is not negative: -"):
        price_tier(Decimal(usd))


@pytest.mark.parametrize(
    ("prices", "zero_means_free", "status"),
    [
        ({"prompt": "0.1", "completion": "0.2"}, True, "priced"),
        ({"prompt": "0", "completion": "0"}, True, "free"),
        ({"prompt": "0", "completion": "0"}, False, "unknown"),
        ({"prompt": "0", "completion": "0", "web_search": "0"}, True, "free"),
        ({"prompt": "0", "completion": "0", "request": "0.01"}, True, "priced"),
        ({"prompt": "0", "completion": "0", "image_output": "0.00003"}, True, "priced"),
        ({"prompt": "0", "completion": "0.1"}, True, "priced"),
        ({"prompt": "0.1", "completion": "0"}, True, "priced"),
        ({"prompt": "0"}, True, "unknown"),
        ({"completion": "0"}, True, "unknown"),
        ({}, True, "unknown"),
        ({"prompt": "-1", "completion": "-1"}, True, "dynamic"),
        ({"prompt": "-1", "completion": "0"}, True, "dynamic"),
        ({"prompt": "0.1", "completion": "0.2", "image": "-1"}, True, "dynamic"),
    ],
)
def test_the_status_of_a_price_is_judged_from_all_its_legs(
    prices: dict[str, str], zero_means_free: bool, status: str
) -> None:
    legs = {leg: Decimal(text) for leg, text in prices.items()}
    assert pricing_status(legs, zero_means_free=zero_means_free) == PricingStatus(status)


@pytest.mark.parametrize(
    ("old", "new", "jumped"),
    [
        ("1", "1", False),
        ("1", "10", False),
        ("1", "10.000001", True),
        ("10", "1", False),
        ("10", "0.999999", True),
        ("0", "0", False),
        ("0", "0.000001", True),
        ("0.000001", "0", True),
        ("1", "1000", True),
    ],
)
def test_a_jump_is_more_than_ten_times_or_to_or_from_zero(old: str, new: str, jumped: bool) -> None:
    assert price_jumped(Decimal(old), Decimal(new)) is jumped


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        ("1", "1", False),
        ("1", "1.049999", False),
        ("1", "1.05", True),
        ("1", "0.950001", False),
        ("1", "0.95", True),
        ("0", "0.000001", True),
        ("1", "0", True),
        ("0", "0", False),
    ],
)
def test_a_move_is_at_least_its_share_of_the_old_price(old: str, new: str, moved: bool) -> None:
    assert price_moved(Decimal(old), Decimal(new), share=Decimal("0.05")) is moved


def test_a_blend_is_three_parts_prompt_and_one_part_completion() -> None:
    assert blended(Decimal(1), Decimal(5)) == Decimal(2)


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        ("0", "$0.00"),
        ("0.3", "$0.30"),
        ("0.30", "$0.30"),
        ("0.0375", "$0.0375"),
        ("0.08333333333333334", "$0.0833"),
        ("0.125", "$0.125"),
        ("0.1234", "$0.123"),
        ("0.999", "$0.999"),
        ("0.9999", "$1.00"),
        ("0.00001", "$0.00001"),
        ("1", "$1.00"),
        ("1.005", "$1.00"),
        ("12.5", "$12.50"),
        ("150", "$150.00"),
        ("360000", "$360000.00"),
    ],
)
def test_dollars_show_two_decimals_or_three_digits_of_a_small_amount(usd: str, text: str) -> None:
    assert dollars(Decimal(usd)) == text


@pytest.mark.parametrize("usd", ["1e20", "1e26", "1e30", "9e39"])
def test_any_price_that_can_be_read_can_be_written(usd: str) -> None:
    assert dollars(per_million(parse_price(usd))).startswith("$")


@pytest.mark.parametrize(
    ("status", "prompt", "completion", "other", "text"),
    [
        ("free", "0", "0", None, "free"),
        ("dynamic", None, None, None, "varies"),
        ("unknown", "0", "0", None, "?"),
        ("unknown", "1", "2", None, "?"),
        ("priced", None, "2", None, "?"),
        ("priced", "1", None, None, "?"),
        ("priced", "0.3", "1", None, "$0.30 / $1.00"),
        ("priced", "0", "1", None, "$0.00 / $1.00"),
        ("priced", "0", "0", ("image", "0.04"), "$0.04/image"),
        ("priced", "0", "0", None, "?"),
        ("priced", "0.3", "1", ("image", "0.04"), "$0.30 / $1.00"),
    ],
)
def test_a_cost_is_one_short_text(
    status: str, prompt: str | None, completion: str | None, other: tuple[str, str] | None, text: str
) -> None:
    assert text == cost_text(
        PricingStatus(status),
        prompt=None if prompt is None else Decimal(prompt),
        completion=None if completion is None else Decimal(completion),
        other=None if other is None else (other[0], Decimal(other[1])),
    )
