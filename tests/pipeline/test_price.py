"""The published price: token legs per million, other units as they are, -1 as no number at all."""

from typing import Any

import pytest

from modelsync.catalog.model_ids import parse_model_id
from modelsync.catalog.model_info import PriceOverride, Pricing
from modelsync.pipeline.price import cost_of, costs, published_pricing, status_of, tier_of
from tests.timeline import facts

ZERO = {"prompt": "0", "completion": "0"}
TEXT = ("text",)


def pricing(**legs: Any) -> Pricing:
    return published_pricing(facts("a/b", pricing={"prompt": "0.000001", "completion": "0.000002", **legs}))


def status(legs: dict[str, str], outputs: tuple[str, ...] = TEXT, model_id: str = "a/b") -> str:
    return str(status_of(pricing(**legs), parse_model_id(model_id), output_modalities=outputs))


def test_token_legs_are_published_per_million() -> None:
    published = pricing(
        prompt="0.0000003",
        completion="0.00000008333333333333334",
        input_cache_read="0.00000003",
        input_cache_write="0.000000375",
        input_cache_write_1h="0.0000006",
        internal_reasoning="0.000001",
        audio="0.000004",
        audio_output="0.000008",
        input_audio_cache="0.0000004",
        image_token="0.000005",
        image_output="0.00003",
    )
    assert published.model_dump(exclude={"raw"}) == {
        "promptPerMillion": "0.3",
        "completionPerMillion": "0.08333333333333334",
        "cacheReadPerMillion": "0.03",
        "cacheWritePerMillion": "0.375",
        "cacheWrite1hPerMillion": "0.6",
        "reasoningPerMillion": "1",
        "audioPerMillion": "4",
        "audioOutputPerMillion": "8",
        "audioCachePerMillion": "0.4",
        "imageTokenPerMillion": "5",
        "imageOutputPerMillion": "30",
        "perUnit": {},
        "overrides": (),
    }


def test_legs_of_other_units_stay_as_they_are() -> None:
    published = pricing(web_search="0.010", request="0", image="0.001238", new_leg="2")
    assert published.per_unit == {"image": "0.001238", "new_leg": "2", "request": "0", "web_search": "0.01"}


def test_the_raw_legs_are_published_as_the_feed_gave_them() -> None:
    published = pricing(prompt="0.00000300", completion=0.000004, web_search="-1", image=None)
    assert published.raw == {"completion": "4e-06", "prompt": "0.00000300", "web_search": "-1"}


def test_a_negative_leg_is_no_number() -> None:
    published = pricing(prompt="-1", completion="-1", web_search="-1", request="0")
    assert (published.prompt_per_million, published.completion_per_million) == (None, None)
    assert published.per_unit == {"request": "0"}


def test_conditional_prices_are_published_with_their_conditions() -> None:
    long = {"min_prompt_tokens": 200000, "prompt": "0.000006", "completion": "0.0000225", "web_search": "0.01"}
    night = {"utc_start": 1630, "utc_end": 30, "input_cache_read": "0.0000001"}
    week = {"utc_days": ["sat"], "prompt": "0"}
    assert pricing(overrides=[long, night, week]).overrides == (
        PriceOverride(
            prompt_per_million="6",
            completion_per_million="22.5",
            min_prompt_tokens=200000,
            other={"web_search": "0.01"},
        ),
        PriceOverride(cache_read_per_million="0.1", utc_start=1630, utc_end=30),
        PriceOverride(prompt_per_million="0", other={"utc_days": ["sat"]}),
    )


@pytest.mark.parametrize(
    ("legs", "outputs", "model_id", "expected"),
    [
        ({}, TEXT, "a/b", "priced"),
        (ZERO, TEXT, "a/b", "free"),
        (ZERO, TEXT, "a/b:free", "free"),
        (ZERO, TEXT, "stealth/ox-alpha", "free"),
        (ZERO, ("image",), "a/flux", "unknown"),
        (ZERO, ("video",), "a/sora", "unknown"),
        (ZERO, ("audio", "text"), "google/lyria-3-pro-preview", "unknown"),
        (ZERO, ("image", "text"), "openrouter/auto-image", "unknown"),
        (ZERO, ("rerank",), "cohere/rerank-4-pro", "unknown"),
        (ZERO, ("rerank",), "nvidia/rerank:free", "free"),
        (ZERO, ("embeddings",), "nvidia/embed:free", "free"),
        (ZERO, (), "a/b", "unknown"),
        ({**ZERO, "image_output": "0.00003"}, ("image",), "a/flux", "priced"),
        ({**ZERO, "web_search": "0.01"}, TEXT, "a/b:free", "priced"),
        ({**ZERO, "request": "0", "image": "0"}, TEXT, "a/b", "free"),
        ({"prompt": "-1", "completion": "-1"}, TEXT, "openrouter/auto", "dynamic"),
        ({"prompt": "-1", "completion": "0"}, TEXT, "a/b:free", "dynamic"),
    ],
)
def test_zero_is_the_whole_price_only_of_text_and_of_free_variants(
    legs: dict[str, str], outputs: tuple[str, ...], model_id: str, expected: str
) -> None:
    assert status(legs, outputs, model_id) == expected


@pytest.mark.parametrize(
    ("legs", "expected"),
    [
        (ZERO, False),
        ({"prompt": "-1", "completion": "-1"}, False),
        ({}, True),
        ({**ZERO, "request": "0.01"}, True),
    ],
)
def test_a_price_costs_if_any_leg_is_above_zero(legs: dict[str, str], expected: bool) -> None:
    assert costs(pricing(**legs)) is expected


@pytest.mark.parametrize(
    ("legs", "outputs", "model_id", "expected"),
    [
        ({"prompt": "0.000000999999"}, TEXT, "a/b", "budget"),
        ({"prompt": "0.000001"}, TEXT, "a/b", "standard"),
        ({"prompt": "0.000005"}, TEXT, "a/b", "pro"),
        ({"prompt": "0.000014999999"}, TEXT, "a/b", "pro"),
        ({"prompt": "0.000015"}, TEXT, "a/b", "premium"),
        (ZERO, TEXT, "a/b", "free"),
        ({"prompt": "0"}, TEXT, "a/b", None),
        (ZERO, ("image",), "a/b", None),
        ({"prompt": "-1", "completion": "-1"}, TEXT, "a/b", None),
        ({"prompt": "0.1", "completion": "0.1", "image": "-1"}, TEXT, "a/b", None),
        ({"prompt": "0.36"}, ("transcription",), "a/b", None),
        ({"prompt": "0.000015"}, ("speech",), "a/b", None),
    ],
)
def test_a_tier_is_that_of_a_known_prompt_price_per_token(
    legs: dict[str, str], outputs: tuple[str, ...], model_id: str, expected: str | None
) -> None:
    published = pricing(**legs)
    judged = status_of(published, parse_model_id(model_id), output_modalities=outputs)
    is_free = judged == "free"
    assert tier_of(published, judged, output_modalities=outputs, is_free=is_free) == expected


def test_zero_is_of_no_tier_where_people_say_that_it_is_not_free() -> None:
    published = pricing(**ZERO)
    judged = status_of(published, parse_model_id("a/b"), output_modalities=TEXT)
    assert tier_of(published, judged, output_modalities=TEXT, is_free=False) is None


@pytest.mark.parametrize(
    ("legs", "outputs", "text"),
    [
        ({"prompt": "0.0000003", "completion": "0.000001"}, TEXT, "$0.30 / $1.00"),
        (ZERO, TEXT, "free"),
        ({"prompt": "-1", "completion": "-1"}, TEXT, "varies"),
        (ZERO, ("image",), "?"),
        ({**ZERO, "image": "0.04"}, ("image",), "$0.04/image"),
        ({**ZERO, "image_output": "0.00003"}, ("image",), "$30.00/M image_output"),
        ({**ZERO, "image": "0.04", "image_output": "0.00003"}, ("image",), "$30.00/M image_output"),
        ({**ZERO, "request": "0.005", "web_search": "0.01"}, TEXT, "$0.005/request"),
        ({**ZERO, "zeta": "2", "alpha": "1"}, TEXT, "$1.00/alpha"),
        ({"prompt": "0", "completion": "0.000001", "image": "0.04"}, TEXT, "$0.00 / $1.00"),
        ({"prompt": "0.0", "completion": "0", "image": "0.04"}, ("image",), "$0.04/image"),
    ],
)
def test_the_cost_names_the_leg_that_tells_most(legs: dict[str, str], outputs: tuple[str, ...], text: str) -> None:
    published = pricing(**legs)
    judged = status_of(published, parse_model_id("a/b"), output_modalities=outputs)
    assert cost_of(published, judged) == text
