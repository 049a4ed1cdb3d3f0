"""What a price counts: cheap is 1, dear is 0, on a logarithmic scale."""

from decimal import Decimal
from typing import Any

import pytest

from modelsync.catalog.documents import Component
from modelsync.pipeline.ranking.cost import comparable_usd, cost_component, logarithmic
from tests.builders import a_model, a_painter


@pytest.mark.parametrize(
    ("usd", "value"), [("0.001", 1.0), ("0.01", 0.8333), ("1", 0.5), ("100", 0.1667), ("1000", 0.0), ("5000", 0.0)]
)
def test_ten_times_as_dear_is_one_sixth_less_at_any_price(usd: str, value: float) -> None:
    assert cost_component(a_model(prompt_usd_per_mtok=usd, completion_usd_per_mtok=usd)).value == value


def test_three_parts_prompt_and_one_part_completion_are_compared() -> None:
    assert comparable_usd(a_model(prompt_usd_per_mtok=1, completion_usd_per_mtok=5)) == Decimal(2)


def test_free_is_the_best_price() -> None:
    free = a_model("acme/one:free", prompt_usd_per_mtok=0, completion_usd_per_mtok=0)
    assert cost_component(free).value == 1.0


def test_a_painter_is_compared_by_the_price_of_its_pictures() -> None:
    assert comparable_usd(a_painter(image_usd_per_mtok=30)) == Decimal(30)
    assert cost_component(a_painter(image_usd_per_mtok=30)).evidence == "measured"


@pytest.mark.parametrize(
    "model",
    [
        a_model(completion_usd_per_mtok=None),
        a_painter(image_usd_per_mtok=None, prompt_usd_per_mtok=1),
        a_painter(image_usd_per_mtok=0, prompt_usd_per_mtok=1),
    ],
    ids=lambda model: model.id,
)
def test_a_price_that_cannot_be_compared_is_neutral_never_cheap(model: Any) -> None:
    expected = Component(value=0.5, evidence="neutral", source="no price per token to compare", date=None)
    assert cost_component(model) == expected


def test_a_scale_may_run_either_way_and_ends_at_its_ends() -> None:
    assert [logarithmic(x, worst=10, best=1000) for x in (0, 1, 10, 100, 1000, 9999)] == [0, 0, 0, 0.5, 1, 1]
    assert [logarithmic(x, worst=1000, best=10) for x in (0, 1, 10, 100, 1000, 9999)] == [1, 1, 1, 0.5, 0, 0]
