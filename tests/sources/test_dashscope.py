"""DashScope's list comes in pages of its own shape, or in OpenAI's; a part of it is no list."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.errors import FeedFormatError, UsageError
from modelsync.sources.dashscope import dashscope
from modelsync.sources.facts import ModelFacts, ParsedFeed
from tests.sources.test_openai_listing import KEY, odd_values, outcome

RECORD = {
    "model": "qwen3-max",
    "name": "Qwen3-Max",
    "description": "The largest of Qwen3.",
    "capabilities": ["TG"],
    "features": ["function-calling", "structured-outputs"],
    "inference_metadata": {"request_modality": ["Text", "Image"], "response_modality": ["Text"]},
    "model_info": {"context_window": 262144, "max_input_tokens": 258048, "max_output_tokens": 65536},
}
SOURCE = dashscope()


def page(*records: object, **output: Any) -> bytes:
    """One page of the native list; `output` replaces what it says of itself."""
    told = {"total": len(records), "page_no": 1, "page_size": 100, "models": list(records), **output}
    return json.dumps({"success": True, "code": None, "message": None, "output": told}).encode()


def listed(**fields: Any) -> tuple[ModelFacts, tuple[str, ...]]:
    """What a record says, and what was noticed."""
    feed = SOURCE.parse(page({**RECORD, **fields}))
    (model,) = feed.models
    return model, feed.findings


def refusal(body: bytes) -> str:
    with pytest.raises(FeedFormatError) as caught:
        SOURCE.parse(body)
    return str(caught.value)


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("intl", "https://dashscope-intl.aliyuncs.com"),
        ("cn", "https://dashscope.aliyuncs.com"),
        ("us", "https://dashscope-us.aliyuncs.com"),
    ],
)
def test_each_region_has_a_host_of_its_own(region: str, host: str) -> None:
    assert (dashscope(region).name, dashscope(region).url) == (
        "dashscope",
        f"{host}/api/v1/models?page_no=1&page_size=100",
    )


def test_a_region_without_a_host_is_an_error_that_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"^dashscope: expected the region intl, cn, us, found 'mars'$"):
        dashscope("mars")


def test_a_native_record_says_names_limits_modalities_and_features() -> None:
    model, findings = listed()
    assert (model.id, model.parts.vendor, model.name) == ("qwen3-max", "qwen", "Qwen3-Max")
    assert model.description == "The largest of Qwen3."
    assert (model.max_context, model.max_output) == (262144, 65536)
    assert (model.input_modalities, model.output_modalities) == (("image", "text"), ("text",))
    assert model.listed_flags == {"supports_tools": True, "structured_output": True, "json_mode": True}
    assert (model.prices, model.reasoning, findings) == ({}, None, ())


@pytest.mark.parametrize(
    ("features", "flags"),
    [
        (["function-calling"], {"supports_tools": True, "structured_output": False, "json_mode": False}),
        (["web-search"], {"supports_tools": False, "structured_output": False, "json_mode": False}),
        ([], {"supports_tools": False, "structured_output": False, "json_mode": False}),
        (None, {}),
    ],
)
def test_features_are_said_or_left_open_as_a_whole(features: object, flags: dict[str, bool]) -> None:
    assert listed(features=features)[0].listed_flags == flags


@pytest.mark.parametrize(
    ("info", "window"),
    [
        ({"context_window": 131072, "max_input_tokens": 129024}, 131072),
        ({"max_input_tokens": 129024}, 129024),
        ({"context_window": 0}, None),
        (None, None),
    ],
)
def test_the_window_is_told_or_at_least_the_longest_input(info: object, window: int | None) -> None:
    assert listed(model_info=info)[0].max_context == window


def test_prices_of_no_known_currency_and_unit_are_left_out_with_a_finding() -> None:
    model, findings = listed(prices=[{"type": "input_token", "price": "0.0024"}])
    assert (model.prices, findings) == ({}, ("prices: without a currency and a unit, left out (1x)",))


@pytest.mark.parametrize(
    ("fields", "noticed"),
    [
        ({"model_info": 7}, "model_info: expected an object, found something else, ignored (1x)"),
        ({"inference_metadata": [KEY]}, "inference_metadata: expected an object, found something else, ignored (1x)"),
        (
            {"inference_metadata": {"request_modality": "Text"}},
            "request_modality: expected a list of words, found something else, ignored (1x)",
        ),
        ({"features": {"tools": 1}}, "features: expected a list of words, found something else, ignored (1x)"),
        (
            {"model_info": {"max_output_tokens": "64K"}},
            "max_output_tokens: expected a number of tokens, found something else, ignored (1x)",
        ),
        ({"name": 7, "description": {}}, ""),
    ],
)
def test_a_field_that_cannot_be_read_costs_no_model(fields: dict[str, Any], noticed: str) -> None:
    model, findings = listed(**fields)
    assert (str(model.id), findings) == ("qwen3-max", (noticed,) if noticed else ())


@pytest.mark.parametrize(
    ("model_id", "vendor"),
    [
        ("qwen-turbo", "qwen"),
        ("qwq-plus", "qwen"),
        ("QwQ-32B", "qwen"),
        ("deepseek-v3", "deepseek"),
        ("kimi-k2-thinking", "moonshotai"),
        ("Moonshot-Kimi-K2-Instruct", "moonshotai"),
        ("glm-5.1", "z-ai"),
        ("MiniMax-M2.5", "minimax"),
        ("siliconflow/deepseek-v3.2", "siliconflow"),
        ("wan2.7-image-pro", ""),
    ],
)
def test_a_name_tells_its_vendor_or_nobody_does(model_id: str, vendor: str) -> None:
    assert listed(model=model_id)[0].parts.vendor == vendor


def test_the_list_in_openais_shape_is_read_too() -> None:
    body = json.dumps({"object": "list", "data": [{"id": "qwen-max", "owned_by": "system", "created": 1767225600}]})
    (model,) = SOURCE.parse(body.encode()).models
    assert (model.id, model.parts.vendor, model.max_context, model.listed_flags) == ("qwen-max", "qwen", None, {})
    assert f"{model.created_at:%Y}" == "2026"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            b'{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"x"}',
            "the error 'InvalidApiKey'",
        ),
        (b'{"success":false,"code":"Throttling","message":"busy","output":null}', "the error 'Throttling'; try again"),
        (b'{"success":false,"output":{"total":0,"models":[]}}', "an error"),
        (f'{{"code":"{KEY}","output":{{"models":[]}}}}'.encode(), "an error"),
        (f'{{"error":{{"message":"{KEY}","type":"invalid_api_key"}}}}'.encode(), "the error 'invalid_api_key'"),
    ],
)
def test_status_200_with_a_code_or_without_success_is_a_failure(body: bytes, said: str) -> None:
    told = refusal(body)
    assert told.startswith(f"dashscope feed: body: expected a list of models, found {said}")
    assert "canary" not in told


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"success":true,"output":null}', "output: expected a page of models, found none"),
        (b'{"success":true}', "output: expected a page of models, found none"),
        (b'{"success":true,"output":{"total":3}}', "output.models: expected a list of models, found none"),
        (page(RECORD, total=3), "output.total: expected 3 models, found 1"),
        (b"[]", "body: expected an object with a list of models, found a bare list"),
    ],
)
def test_a_body_without_a_whole_list_is_an_error(body: bytes, said: str) -> None:
    assert refusal(body) == f"dashscope feed: {said}"


def test_a_record_without_an_id_is_set_aside_with_its_place() -> None:
    (aside,) = SOURCE.parse(page(RECORD, {"model": f"{KEY} "})).set_aside
    assert (aside.where, aside.id) == ("output.models[1]", None)
    assert KEY not in aside.problem


@pytest.mark.parametrize(
    ("output", "following"),
    [
        ({"total": 250, "page_no": 1, "page_size": 100}, "?page_no=2&page_size=100"),
        ({"total": 250, "page_no": 2, "page_size": 100}, "?page_no=3&page_size=100"),
        ({"total": 250, "page_no": 3, "page_size": 100}, None),
        ({"total": 200, "page_no": 2, "page_size": 100}, None),
        ({"total": 41, "page_no": 1, "page_size": 20}, "?page_no=2&page_size=20"),
        ({"total": 250, "page_no": 1, "page_size": 0}, None),
        ({"total": "250", "page_no": 1, "page_size": 100}, None),
        ({"total": 0, "page_no": 1, "page_size": 100}, None),
    ],
)
def test_pages_follow_each_other_until_the_total_is_reached(output: dict[str, Any], following: str | None) -> None:
    assert SOURCE.next_page(page(**output)) == following


@pytest.mark.parametrize("body", [b"[]", b'{"success":false}', b'{"object":"list","data":[]}'])
def test_what_is_no_page_has_none_behind_it(body: bytes) -> None:
    assert SOURCE.next_page(body) is None


def test_pages_become_one_list() -> None:
    first = page({"model": "a"}, {"model": "b"}, total=3, page_no=1, page_size=2)
    second = page({"model": "c"}, total=3, page_no=2, page_size=2)
    joined = SOURCE.join_pages((first, second))
    assert [str(model.id) for model in SOURCE.parse(joined).models] == ["a", "b", "c"]
    assert SOURCE.next_page(joined) is None
    assert SOURCE.join_pages((first,)) == first


def test_pages_that_lost_a_model_between_them_are_no_list() -> None:
    first = page({"model": "a"}, {"model": "b"}, total=4, page_no=1, page_size=2)
    second = page({"model": "c"}, total=4, page_no=2, page_size=2)
    assert refusal(SOURCE.join_pages((first, second))) == "dashscope feed: output.total: expected 4 models, found 3"


def test_an_error_in_place_of_a_later_page_is_an_error() -> None:
    with pytest.raises(FeedFormatError, match="the error 'Throttling'"):
        SOURCE.join_pages((page({"model": "a"}, total=2, page_size=1), b'{"success":false,"code":"Throttling"}'))


@given(content=odd_values | st.fixed_dictionaries({"success": st.booleans(), "output": odd_values}))
def test_any_json_is_a_list_or_an_error_of_the_feed(content: object) -> None:
    body = json.dumps(content).encode()
    SOURCE.next_page(body)
    found = outcome(SOURCE, body)
    assert isinstance(found, ParsedFeed) or found.isprintable()


@given(fields=st.dictionaries(st.sampled_from([*RECORD, "prices", "x"]), odd_values, max_size=5))
def test_no_record_costs_more_than_itself(fields: dict[str, object]) -> None:
    feed = SOURCE.parse(page({"model": "good"}, {**RECORD, **fields}))
    assert "good" in [str(model.id) for model in feed.models] or fields.get("model") == "good"
