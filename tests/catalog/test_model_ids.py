"""Ids are refused or taken apart; families, series, versions and sizes are read from the slug."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.model_ids import (
    MAX_LENGTH,
    IdParts,
    ModelId,
    base_id,
    family_key,
    of_vendor,
    parameter_billions,
    parse_model_id,
    series_key,
    size_class,
    undated,
    version_tuple,
)


def test_an_id_falls_into_vendor_slug_and_variant() -> None:
    assert parse_model_id("qwen/qwen3-coder:free") == IdParts(
        id=ModelId("qwen/qwen3-coder:free"),
        vendor="qwen",
        slug="qwen3-coder",
        variant="free",
        is_latest=False,
        is_router=False,
        is_stealth=False,
    )


def test_a_moving_pointer_has_its_vendor_without_the_tilde() -> None:
    parts = parse_model_id("~anthropic/claude-haiku-latest")
    assert (parts.id, parts.vendor, parts.is_latest) == ("~anthropic/claude-haiku-latest", "anthropic", True)


def test_an_id_without_a_slash_has_no_vendor() -> None:
    parts = parse_model_id("deepseek-chat")
    assert (parts.vendor, parts.slug, parts.variant) == ("", "deepseek-chat", None)


def test_an_id_without_a_vendor_may_get_that_of_its_source_and_keeps_all_else() -> None:
    parts = of_vendor(parse_model_id("deepseek-chat:free"), "deepseek")
    assert (parts.id, parts.vendor, parts.slug, parts.variant) == (
        "deepseek-chat:free",
        "deepseek",
        "deepseek-chat",
        "free",
    )


def test_a_vendor_that_an_id_names_itself_stays() -> None:
    parts = parse_model_id("qwen/qwen-max")
    assert of_vendor(parts, "deepseek") is parts


def test_an_id_with_more_than_one_slash_keeps_its_path_in_the_slug() -> None:
    parts = parse_model_id("accounts/fireworks/models/llama-v3p1")
    assert (parts.vendor, parts.slug) == ("accounts", "fireworks/models/llama-v3p1")


@pytest.mark.parametrize(
    ("text", "router", "stealth"),
    [
        ("openrouter/auto", True, False),
        ("openrouter/auto-beta", True, False),
        ("openrouter/free", True, False),
        ("openrouter/owl-alpha", True, True),
        ("stealth/ox-alpha", False, True),
        ("switchpoint/router", False, False),
        ("acme/tiny-alpha", False, False),
    ],
)
def test_routers_and_unannounced_models_are_known_by_their_vendor(text: str, router: bool, stealth: bool) -> None:
    parts = parse_model_id(text)
    assert (parts.is_router, parts.is_stealth) == (router, stealth)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a/b ",
        "a/b\n",
        "a/b\x00",
        "a/\x1b[31mb",
        "a b/c",
        "../etc/passwd",
        "a/../b",
        "a/b..c",
        "a/.b",
        "/a",
        "a/",
        "a//b",
        "a\\b",
        "C:\\models",
        "~",
        "~~a/b",
        "a/~b",
        "a/b:",
        "a/b:free:batch",
        ":free",
        "-rf",
        "<script>alert(1)</script>",
        "a/b&c",
        "a/b?c=d",
        "a/b#c",
        "a/b%2e",
        "a/modèle",
        "a/b\u2028",
        "a/\uff42",
        "a/\u0663",
        "a/" + "b" * (MAX_LENGTH - 1),
    ],
)
def test_anything_outside_the_whitelist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^model id: expected \[~\]vendor/slug\[:variant\] of ASCII"):
        parse_model_id(text)


def test_the_longest_accepted_id_has_two_hundred_characters() -> None:
    assert len(parse_model_id("a/" + "b" * 198).id) == 200


def test_a_refusal_shows_the_text_escaped_and_bounded() -> None:
    with pytest.raises(ValueError, match="model id") as refused:
        parse_model_id("a/\x1b[2J" + "é" * 10_000)
    message = str(refused.value)
    assert len(message) < 600
    assert message.isascii()
    assert message.isprintable()
    assert "(10006 characters)" in message


@given(st.text(max_size=220) | st.from_regex(r"~?[ -~]{1,8}(/[ -~]{1,8}){0,3}(:[ -~]{1,4})?", fullmatch=True))
def test_whatever_is_accepted_is_safe_in_a_path_a_page_and_a_terminal(text: str) -> None:
    try:
        parts = parse_model_id(text)
    except ValueError:
        return
    assert re.fullmatch(r"[A-Za-z0-9._+@/:~-]{1,200}", parts.id)
    assert parts.id == text
    assert not {"", ".", ".."} & set(parts.id.split("/"))
    assert family_key(parts)
    assert series_key(parts).startswith(family_key(parts))


def test_the_base_id_has_neither_tilde_nor_variant() -> None:
    assert base_id("~anthropic/claude-opus-latest") == "anthropic/claude-opus-latest"
    assert base_id("qwen/qwen3-coder:free") == "qwen/qwen3-coder"
    assert base_id("qwen/qwen3-coder") == "qwen/qwen3-coder"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("claude-3-5-haiku-20241022", "claude-3-5-haiku"),
        ("gpt-4o-2024-05-13", "gpt-4o"),
        ("some-model-2025-07", "some-model"),
        ("gemini-2.5-pro-preview-05-06", "gemini-2.5-pro-preview"),
        ("gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash-preview"),
        ("deepseek-chat-v3-0324", "deepseek-chat-v3"),
        ("deepseek-r1-0528-qwen3-8b", "deepseek-r1-qwen3-8b"),
        ("qwen3-235b-a22b-thinking-2507", "qwen3-235b-a22b-thinking"),
        ("gpt-4-1106-preview", "gpt-4-preview"),
        ("mistral-large-2512", "mistral-large"),
        ("claude-3-5-haiku@20241022", "claude-3-5-haiku"),
    ],
)
def test_date_tags_are_found_in_every_recorded_form(name: str, expected: str) -> None:
    assert undated(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "llama-3.1-405b",
        "r1-1776",
        "gemini-2.0-flash-001",
        "gpt-4-32k",
        "claude-3-5-haiku",
        "mistral-medium-3-5",
        "minimax-01",
        "phi-3-mini-128k-instruct",
        "grok-4.20",
        "upscaler-1080",
        "model-2025",
    ],
)
def test_sizes_versions_and_other_numbers_are_no_dates(name: str) -> None:
    assert undated(name) == name


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("anthropic/claude-opus-4.8-fast", "anthropic/claude"),
        ("~anthropic/claude-haiku-latest", "anthropic/claude"),
        ("openai/gpt-4o-mini", "openai/gpt"),
        ("openai/gpt-oss-120b:free", "openai/gpt"),
        ("openai/o3-pro", "openai/o"),
        ("google/gemma-3n-e4b-it", "google/gemma"),
        ("google/gemini-3.1-flash-lite-image", "google/gemini"),
        ("mistralai/ministral-8b-2512", "mistralai/ministral"),
        ("mistralai/mistral-large-2512:batch", "mistralai/mistral"),
        ("meta-llama/llama-guard-4-12b", "meta-llama/llama"),
        ("qwen/qwen3.5-9b", "qwen/qwen"),
        ("deepseek/deepseek-r1-distill-llama-70b", "deepseek/deepseek"),
        ("nvidia/llama-3.3-nemotron-super-49b-v1.5", "nvidia/nemotron"),
        ("perplexity/llama-3.1-sonar-large-128k-online", "perplexity/sonar"),
        ("nex-agi/deepseek-v3.1-nex-n1", "nex-agi/nex"),
        ("acme/llama-3-8b-instruct", "acme/llama"),
        ("01-ai/yi-large", "01-ai/yi"),
        ("Acme/GPT-9", "acme/gpt"),
        ("accounts/fireworks/models/llama-v3p1", "accounts/llama"),
        ("deepseek-reasoner", "deepseek"),
        ("acme/9000", "acme/9000"),
        ("acme/chat", "acme/chat"),
    ],
)
def test_a_family_is_the_vendor_and_its_line(text: str, family: str) -> None:
    assert family_key(parse_model_id(text)) == family


@pytest.mark.parametrize(
    ("texts", "series"),
    [
        (["anthropic/claude-3-haiku", "anthropic/claude-haiku-4.5"], "anthropic/claude-haiku"),
        (
            ["anthropic/claude-3.5-haiku-20241022:beta", "~anthropic/claude-haiku-latest"],
            "anthropic/claude-haiku",
        ),
        (
            ["openai/gpt-5.4-mini", "openai/gpt-4o-mini-2024-07-18", "~openai/gpt-mini-latest"],
            "openai/gpt-mini",
        ),
        (["openai/gpt-4o", "openai/gpt-5.5", "openai/gpt-5-chat", "openai/gpt-4-1106-preview"], "openai/gpt"),
        (["openai/o3-mini-high", "openai/o4-mini"], "openai/o-mini"),
        (["qwen/qwen3-coder", "qwen/qwen-2.5-coder-32b-instruct"], "qwen/qwen-coder"),
        (["qwen/qwen3-30b-a3b-thinking-2507", "qwen/qwen2.5-32b-instruct"], "qwen/qwen"),
        (
            ["google/gemini-2.5-flash-lite-preview-06-17", "google/gemini-2.0-flash-lite-001"],
            "google/gemini-flash-lite",
        ),
        (["google/gemini-flash-1.5", "google/gemini-3-flash-preview"], "google/gemini-flash"),
        (["google/gemini-3-pro-image", "google/gemini-3-pro-image-preview"], "google/gemini-pro-image"),
        (["cohere/command-r7b-12-2024", "cohere/command-r-08-2024"], "cohere/command-r"),
        (["deepseek/deepseek-chat-v3-0324", "deepseek/deepseek-v3.2-exp"], "deepseek/deepseek"),
        (["deepseek/deepseek-r1", "deepseek/deepseek-r1-0528:free"], "deepseek/deepseek-r"),
        (["mistralai/mixtral-8x7b", "mistralai/mixtral-8x22b-instruct"], "mistralai/mixtral"),
        (["poolside/laguna-xs.2", "poolside/laguna-xs-2.1"], "poolside/laguna-xs"),
        (
            ["nvidia/llama-3.3-nemotron-super-49b-v1", "nvidia/nemotron-3-super-120b-a12b"],
            "nvidia/nemotron-super",
        ),
        (["x-ai/grok-4.20-beta", "x-ai/grok-2-1212", "x-ai/grok-4.5"], "x-ai/grok"),
    ],
)
def test_a_series_holds_the_generations_of_one_product(texts: list[str], series: str) -> None:
    assert {series_key(parse_model_id(text)) for text in texts} == {series}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("anthropic/claude-haiku-4.5", (4, 5)),
        ("anthropic/claude-3-5-haiku-20241022", (3, 5)),
        ("anthropic/claude-opus-4", (4,)),
        ("openai/gpt-4o-2024-05-13", (4,)),
        ("openai/gpt-3.5-turbo-16k", (3, 5)),
        ("openai/o3-mini", (3,)),
        ("google/gemini-2.0-flash-001", (2, 0)),
        ("google/gemma-3n-e4b-it", (3,)),
        ("google/gemma-2b-it", ()),
        ("qwen/qwen3-235b-a22b-2507", (3,)),
        ("qwen/qwen3-0.6b-04-28", (3,)),
        ("deepseek/deepseek-chat-v3-0324", (3,)),
        ("deepseek/deepseek-v3.1-terminus", (3, 1)),
        ("moonshotai/kimi-k2.7-code", (2, 7)),
        ("poolside/laguna-xs.2", (2,)),
        ("liquid/lfm-2-24b-a2b", (2,)),
        ("liquid/lfm-40b", ()),
        ("mistralai/mixtral-8x22b-instruct", ()),
        ("mistralai/mistral-large-2512", ()),
        ("cohere/command-r7b-12-2024", ()),
        ("microsoft/phi-3-mini-128k-instruct", (3,)),
        ("nvidia/llama-3.3-nemotron-super-49b-v1.5", (1, 5)),
        ("z-ai/glm-4.5v", (4, 5)),
        ("inclusionai/ling-1t", ()),
        ("~openai/gpt-latest", ()),
    ],
)
def test_a_version_is_neither_a_size_nor_a_date(text: str, version: tuple[int, ...]) -> None:
    assert version_tuple(parse_model_id(text)) == version


def test_a_fraction_is_read_digit_by_digit() -> None:
    assert version_tuple(parse_model_id("x-ai/grok-4.20")) == (4, 2, 0)
    assert version_tuple(parse_model_id("x-ai/grok-4.20")) < version_tuple(parse_model_id("x-ai/grok-4.3"))


@pytest.mark.parametrize(
    ("text", "billions"),
    [
        ("meta-llama/llama-3.1-405b", 405.0),
        ("qwen/qwen3-235b-a22b-2507", 235.0),
        ("mistralai/mixtral-8x22b-instruct", 176.0),
        ("qwen/qwen3-0.6b-04-28", 0.6),
        ("inclusionai/ling-1t", 1000.0),
        ("hexgrad/kokoro-82m", 0.082),
        ("google/gemma-3n-e4b-it", 4.0),
        ("acme/toy-0b", 0.0),
        ("tencent/hunyuan-a13b-instruct", None),
        ("microsoft/phi-3-mini-128k-instruct", None),
        ("qwen/qwen-turbo-1m", None),
        ("anthropic/claude-opus-4", None),
    ],
)
def test_parameters_are_read_where_the_slug_states_the_total(text: str, billions: float | None) -> None:
    found = parameter_billions(parse_model_id(text))
    assert found == (None if billions is None else pytest.approx(billions))


def test_a_size_class_is_the_nearest_power_of_two() -> None:
    ids = ["a/m-7b", "a/m-8b", "a/m-70b", "a/m-72b", "a/m-0.5b", "a/m-0b", "a/m-large"]
    assert [size_class(parse_model_id(each)) for each in ids] == [3, 3, 6, 6, -1, None, None]
