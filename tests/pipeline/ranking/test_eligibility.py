"""Which buckets a model may stand in by itself, and whether it is there to be recommended at all."""

from datetime import timedelta
from typing import Any

import pytest

from modelsync.pipeline.ranking.eligibility import is_recommendable
from tests.builders import NOW, a_model, a_painter

EVERY_ABILITY: dict[str, Any] = {"supports_vision": True, "reasoning": "configurable"}


def buckets(model_id: str = "acme/one", **fields: Any) -> list[str]:
    return [str(bucket) for bucket in a_model(model_id, **fields).buckets]


def test_a_model_of_every_ability_may_stand_in_every_text_bucket() -> None:
    assert buckets(**EVERY_ABILITY) == ["coding", "reasoning", "chat", "fast", "vision"]


def test_a_model_of_no_ability_is_for_chat_alone() -> None:
    assert buckets(supports_tools=False, prompt_usd_per_mtok=2) == ["chat"]


@pytest.mark.parametrize(
    ("fields", "lost"),
    [
        ({"supports_tools": False}, "coding"),
        ({"supports_tools": None}, "coding"),
        ({"max_context": 31_999}, "coding"),
        ({"reasoning": "none"}, "reasoning"),
        ({"prompt_usd_per_mtok": "1.01"}, "fast"),
        ({"supports_vision": None}, "vision"),
    ],
)
def test_a_flag_that_is_missing_or_unknown_opens_no_bucket(fields: dict[str, Any], lost: str) -> None:
    assert set(buckets(**EVERY_ABILITY)) - set(buckets(**{**EVERY_ABILITY, **fields})) == {lost}


def test_one_dollar_is_still_cheap_and_a_context_of_32000_still_room_for_coding() -> None:
    assert {"fast", "coding"} <= set(buckets(prompt_usd_per_mtok=1, max_context=32_000))


def test_an_unknown_context_does_not_shut_a_model_out_of_coding() -> None:
    assert "coding" in buckets(max_context=None)


def test_a_model_that_paints_stands_in_the_image_bucket_alone() -> None:
    assert buckets(output_modalities=("image",), prompt_usd_per_mtok=0, image_usd_per_mtok=30) == ["image-gen"]
    assert buckets(output_modalities=("image", "text"), **EVERY_ABILITY) == ["image-gen"]


def test_a_model_that_paints_only_by_its_listing_or_only_by_an_override_stands_nowhere() -> None:
    assert buckets(output_modalities=("image", "text"), is_image_gen=False) == []
    assert buckets(is_image_gen=True) == []


@pytest.mark.parametrize("output", ["audio", "embeddings", "rerank", "speech", "transcription", "video"])
def test_a_model_that_answers_in_something_else_stands_nowhere(output: str) -> None:
    assert buckets(output_modalities=(output,)) == []
    assert buckets(output_modalities=tuple(sorted(("text", output)))) == []


@pytest.mark.parametrize("status", ["dynamic", "unknown"])
def test_a_model_without_a_price_of_its_own_stands_nowhere(status: str) -> None:
    assert buckets(pricing_status=status) == []


@pytest.mark.parametrize(
    "model_id",
    [
        "openrouter/auto",
        "openrouter/sonoma-sky-alpha",
        "stealth/space-bunny",
        "~acme/one-latest",
        "acme/one:batch",
        "meta-llama/llama-guard-4-12b",
        "google/shieldgemma-9b",
        "openai/gpt-oss-safeguard-20b",
        "nvidia/nemotron-3.5-content-safety:free",
        "openai/omni-moderation",
        "qwen/qwen3-embedding-8b",
        "cohere/rerank-4-pro",
        "baidu/qianfan-ocr-fast",
        "relace/relace-apply-3",
        "switchpoint/router",
        "deepseek/deepseek-prover-v2",
        "perplexity/sonar-pro-search",
        "openai/o3-deep-research",
        "alibaba/tongyi-deepresearch-30b-a3b",
    ],
)
def test_what_is_not_one_model_made_to_be_talked_to_stands_nowhere(model_id: str) -> None:
    assert buckets(model_id, **EVERY_ABILITY) == []


def test_a_display_name_tells_a_classifier_too() -> None:
    assert buckets(name="Acme: Text Moderation") == []


@pytest.mark.parametrize("name", ["NousResearch: Hermes 2", "Anthropic: Claude 3 Opus (self-moderated)", "Acme: OCRA"])
def test_words_that_only_look_alike_do_no_harm(name: str) -> None:
    assert "chat" in buckets(name=name)


def test_variants_other_than_batch_may_stand() -> None:
    assert "chat" in buckets("acme/one:free", prompt_usd_per_mtok=0, completion_usd_per_mtok=0)
    assert "chat" in buckets("acme/one:thinking")


def test_only_an_active_model_is_recommended() -> None:
    assert is_recommendable(a_model(), now=NOW)
    assert not is_recommendable(a_model(state="stale", missing_since=NOW), now=NOW)


@pytest.mark.parametrize(("left", "recommended"), [(14, False), (14.01, True), (-1, False)])
def test_a_model_announced_to_end_within_14_days_is_not_recommended(left: float, recommended: bool) -> None:
    assert is_recommendable(a_painter(expires_at=NOW + timedelta(days=left)), now=NOW) is recommended
