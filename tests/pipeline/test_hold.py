"""A price that jumped waits for a second snapshot; one that fell to zero for 48 hours."""

from datetime import timedelta
from typing import Any

import pytest

from modelsync.catalog.model_info import ModelInfo, PendingPricing, Pricing
from modelsync.pipeline.hold import Believed, believed_pricing, jumped
from tests.builders import a_model
from tests.timeline import DAY, HOUR, SECOND, START

MINUTE = timedelta(minutes=1)


def a_pricing(prompt: str | None, completion: str | None = "2", **per_unit: str) -> Pricing:
    """Prices in USD per million tokens and per unit; None stands for the price of whatever is routed to."""
    raw = {"prompt": prompt or "-1", "completion": completion or "-1", **per_unit}
    return Pricing(
        prompt_per_million=prompt, completion_per_million=completion, per_unit=per_unit, overrides=(), raw=raw
    )


def a_priced_model(pricing: Pricing, pending: Pricing | None = None, *, age: timedelta = 6 * HOUR) -> ModelInfo:
    """A published model whose pending price was first seen `age` before START."""
    waiting = None if pending is None else PendingPricing(pricing=pending, since=START - age, reason="a jump")
    return a_model(pricing=pricing, pending_pricing=waiting)


def believe(seen: Pricing, previous: ModelInfo | None, **options: Any) -> Believed:
    return believed_pricing(seen, previous, **{"now": START, "accept": False, **options})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (("1", "2"), ("1", "2"), False),
        (("1", "2"), ("10", "20"), False),
        (("1", "2"), ("10.1", "2"), True),
        (("1", "2"), ("1", "20.1"), True),
        (("10", "2"), ("0.9", "2"), True),
        (("1", "2"), ("0", "2"), True),
        (("0", "0"), ("0", "1"), True),
        (("0", "0"), ("0", "0"), False),
        ((None, None), ("1", "2"), False),
        (("1", "2"), (None, None), False),
        ((None, "2"), ("1", "200"), False),
    ],
)
def test_prompt_and_completion_are_watched(
    old: tuple[str | None, str | None], new: tuple[str | None, str | None], expected: bool
) -> None:
    assert jumped(a_pricing(*old), a_pricing(*new)) is expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"request": "0.01"}, {"request": "0.1"}, False),
        ({"request": "0.01"}, {"request": "0.11"}, True),
        ({"request": "0.01"}, {"request": "0"}, True),
        ({}, {"request": "0.01"}, False),
        ({"web_search": "0.01"}, {}, False),
    ],
)
def test_every_leg_that_both_prices_have_is_watched(old: dict[str, str], new: dict[str, str], expected: bool) -> None:
    assert jumped(a_pricing("1", **old), a_pricing("1", **new)) is expected


def test_a_price_whose_only_cost_comes_or_goes_has_jumped() -> None:
    nothing, per_request = a_pricing("0", "0"), a_pricing("0", "0", request="0.01")
    assert jumped(nothing, per_request)
    assert jumped(per_request, nothing)


def test_the_first_price_of_a_model_is_believed() -> None:
    assert believe(a_pricing("0", "0"), None) == Believed(a_pricing("0", "0"), None)


def test_a_price_that_moved_within_ten_times_is_believed() -> None:
    assert believe(a_pricing("10"), a_priced_model(a_pricing("1"))) == Believed(a_pricing("10"), None)


@pytest.mark.parametrize("new", [a_pricing("10.1"), a_pricing("0"), a_pricing("0", "0"), a_pricing("0.09")])
def test_a_jump_is_published_as_pending_beside_the_old_price(new: Pricing) -> None:
    believed = believe(new, a_priced_model(a_pricing("1")))
    assert believed.pricing == a_pricing("1")
    assert believed.pending is not None
    assert (believed.pending.pricing, believed.pending.since) == (new, START)


def test_the_reason_of_a_hold_says_what_jumped() -> None:
    believed = believe(a_pricing("1000", "2000"), a_priced_model(a_pricing("1")))
    assert believed.pending is not None
    assert believed.pending.reason == "prompt 1 -> 1000, completion 2 -> 2000 USD per million at once"


@pytest.mark.parametrize(("age", "believed"), [(10 * MINUTE - SECOND, False), (10 * MINUTE, True), (6 * HOUR, True)])
def test_a_jump_is_believed_from_the_tenth_minute_on(age: timedelta, believed: bool) -> None:
    new = a_pricing("1000", "2000")
    result = believe(new, a_priced_model(a_pricing("1"), pending=new, age=age))
    assert result.pricing == (new if believed else a_pricing("1"))
    assert (result.pending is None) is believed


@pytest.mark.parametrize(
    ("age", "believed"), [(10 * MINUTE, False), (48 * HOUR - SECOND, False), (48 * HOUR, True), (10 * DAY, True)]
)
@pytest.mark.parametrize("new", [a_pricing("0", "0"), a_pricing("0"), a_pricing("1", "0")])
def test_a_fall_to_zero_is_believed_after_48_hours(new: Pricing, age: timedelta, believed: bool) -> None:
    result = believe(new, a_priced_model(a_pricing("1"), pending=new, age=age))
    assert result.pricing == (new if believed else a_pricing("1"))


def test_a_rise_from_zero_waits_ten_minutes() -> None:
    new = a_pricing("1", "2")
    result = believe(new, a_priced_model(a_pricing("0", "0"), pending=new, age=10 * MINUTE))
    assert result == Believed(new, None)


def test_a_pending_price_keeps_its_first_sight() -> None:
    new = a_pricing("1000", "2000")
    result = believe(new, a_priced_model(a_pricing("1"), pending=new, age=MINUTE))
    assert result.pending is not None
    assert result.pending.since == START - MINUTE


def test_a_pending_price_that_moved_on_a_little_is_still_the_same() -> None:
    seen = a_pricing("1100", "2100")
    result = believe(seen, a_priced_model(a_pricing("1"), pending=a_pricing("1000", "2000"), age=10 * MINUTE))
    assert result == Believed(seen, None)


def test_a_pending_price_that_jumped_again_waits_anew() -> None:
    seen = a_pricing("100000", "2000")
    result = believe(seen, a_priced_model(a_pricing("1"), pending=a_pricing("1000", "2000"), age=6 * HOUR))
    assert result.pending is not None
    assert (result.pending.pricing, result.pending.since) == (seen, START)


def test_a_jump_that_went_away_leaves_no_trace() -> None:
    previous = a_priced_model(a_pricing("1"), pending=a_pricing("0", "0"), age=47 * HOUR)
    assert believe(a_pricing("1.1"), previous) == Believed(a_pricing("1.1"), None)


def test_an_operator_may_accept_a_jump() -> None:
    assert believe(a_pricing("0", "0"), a_priced_model(a_pricing("1")), accept=True) == Believed(
        a_pricing("0", "0"), None
    )
