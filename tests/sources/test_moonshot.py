"""Moonshot's list says limits and abilities beside the ids, and never a price."""

import json
from typing import Any

import pytest

from modelsync.errors import UsageError
from modelsync.sources.facts import ModelFacts, ReasoningFacts
from modelsync.sources.moonshot import moonshot

RECORD = {
    "id": "kimi-k2.5",
    "object": "model",
    "created": 1769385600,
    "owned_by": "moonshot",
    "context_length": 262144,
    "supports_image_in": True,
    "supports_video_in": False,
    "supports_reasoning": True,
}
"""As the provider's reference shows one."""


def listed(**fields: Any) -> tuple[ModelFacts, tuple[str, ...]]:
    """What a record says, and what was noticed."""
    feed = moonshot().parse(json.dumps({"object": "list", "data": [{**RECORD, **fields}]}).encode())
    (model,) = feed.models
    return model, feed.findings


@pytest.mark.parametrize(
    ("region", "url"), [("intl", "https://api.moonshot.ai/v1/models"), ("cn", "https://api.moonshot.cn/v1/models")]
)
def test_each_region_has_a_site_of_its_own(region: str, url: str) -> None:
    assert (moonshot(region).name, moonshot(region).url) == ("moonshot", url)


def test_the_international_site_is_asked_where_none_is_named() -> None:
    assert moonshot().url == "https://api.moonshot.ai/v1/models"


@pytest.mark.parametrize("region", ["", "us", "INTL"])
def test_a_region_without_a_site_is_an_error_that_lists_those_there_are(region: str) -> None:
    with pytest.raises(UsageError, match=f"^moonshot: expected the region intl or cn, found '{region}'$"):
        moonshot(region)


def test_a_record_as_the_reference_shows_it() -> None:
    model, findings = listed()
    assert (model.parts.vendor, model.name, model.max_context) == ("moonshotai", "kimi-k2.5", 262144)
    assert (model.input_modalities, model.output_modalities) == (("image", "text"), ("text",))
    assert model.reasoning == ReasoningFacts(None, None, takes_max_tokens=False, supported=True)
    assert (model.prices, model.supported_parameters, findings) == ({}, None, ())
    assert f"{model.created_at:%Y-%m-%d}" == "2026-01-26"


@pytest.mark.parametrize(
    ("image", "video", "inputs"),
    [
        (True, True, ("image", "text", "video")),
        (False, False, ("text",)),
        (None, True, ("text", "video")),
        (None, None, ()),
    ],
)
def test_what_a_model_takes_is_known_where_the_record_says_any_of_it(
    image: bool | None, video: bool | None, inputs: tuple[str, ...]
) -> None:
    model, _ = listed(supports_image_in=image, supports_video_in=video)
    assert model.input_modalities == inputs
    assert model.output_modalities == (("text",) if inputs else ())


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        (True, ReasoningFacts(None, ("high", "low"), takes_max_tokens=False)),
        (False, ReasoningFacts(None, None, takes_max_tokens=False, supported=False)),
        (None, None),
    ],
)
def test_reasoning_is_said_with_its_efforts_or_denied_or_left_open(
    reasons: bool | None, told: ReasoningFacts | None
) -> None:
    model, findings = listed(supports_reasoning=reasons, reasoning_efforts={"valid_efforts": ["low", "high"]})
    assert (model.reasoning, findings) == (told, ())


@pytest.mark.parametrize(
    ("fields", "noticed"),
    [
        ({"context_length": "256k"}, "context_length: expected a number of tokens, found something else, ignored (1x)"),
        ({"context_length": -1}, "context_length: expected a number of tokens, found something else, ignored (1x)"),
        ({"context_length": True}, "context_length: expected a number of tokens, found something else, ignored (1x)"),
        ({"supports_image_in": "yes"}, "supports_image_in: expected true or false, found something else, ignored (1x)"),
        ({"supports_reasoning": 1}, "supports_reasoning: expected true or false, found something else, ignored (1x)"),
        (
            {"reasoning_efforts": {"valid_efforts": "high"}},
            "valid_efforts: expected a list of words, found something else, ignored (1x)",
        ),
        (
            {"reasoning_efforts": {"valid_efforts": ["high", {}]}},
            "valid_efforts: expected a list of words, found something else, ignored (1x)",
        ),
        ({"temperature": 1}, "unknown key temperature, ignored (1x)"),
    ],
)
def test_a_field_that_cannot_be_read_costs_no_model(fields: dict[str, Any], noticed: str) -> None:
    model, findings = listed(**fields)
    assert (str(model.id), findings) == ("kimi-k2.5", (noticed,))


def test_no_tokens_at_all_means_that_the_window_is_unknown() -> None:
    model, findings = listed(context_length=0)
    assert (model.max_context, findings) == (None, ())
