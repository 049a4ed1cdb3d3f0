"""A list in OpenAI's shape becomes facts, or an error that repeats nothing of what the vendor said."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.errors import FeedFormatError
from modelsync.sources.deepseek import deepseek
from modelsync.sources.facts import ParsedFeed, Source
from modelsync.sources.moonshot import moonshot

KEY = "sk-canary0123456789abcdef"
LISTS: tuple[Source, ...] = (deepseek(), moonshot())


def body(*records: object, **beside: Any) -> bytes:
    return json.dumps({"object": "list", "data": list(records), **beside}).encode()


def parsed(*records: object, source: Source = LISTS[0]) -> ParsedFeed:
    return source.parse(body(*records))


def outcome(source: Source, content: bytes) -> ParsedFeed | str:
    """What bytes are: a list, or what is wrong with them."""
    try:
        return source.parse(content)
    except FeedFormatError as error:
        return str(error)


def refusal(content: bytes, source: Source = LISTS[0]) -> str:
    with pytest.raises(FeedFormatError) as caught:
        source.parse(content)
    return str(caught.value)


def test_models_come_in_the_order_of_their_ids() -> None:
    feed = parsed({"id": "b"}, {"id": "a"})
    assert [str(model.id) for model in feed.models] == ["a", "b"]
    assert (feed.source, feed.set_aside, feed.findings) == ("deepseek", (), ())


def test_what_a_thin_record_does_not_say_is_left_open() -> None:
    (model,) = parsed({"id": "deepseek-chat", "object": "model", "owned_by": "deepseek"}).models
    assert (model.name, model.description, model.created_at) == ("deepseek-chat", "", None)
    assert (model.max_context, model.max_output, model.reasoning) == (None, None, None)
    assert (model.input_modalities, model.output_modalities, model.supported_parameters) == ((), (), None)
    assert (model.prices, model.raw_prices, model.listed_flags, model.pinned_flags) == ({}, {}, {}, {})


@pytest.mark.parametrize(
    ("created", "expected"),
    [(1767225600, "2026-01-01 00:00:00+00:00"), (0, "None"), (-5, "None"), ("today", "None"), (True, "None")],
)
def test_a_time_of_creation_that_is_none_is_silence(created: object, expected: str) -> None:
    (model,) = parsed({"id": "a", "created": created}).models
    assert str(model.created_at) == expected


@pytest.mark.parametrize("source", LISTS, ids=lambda source: source.name)
@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"type": "authentication_error", "code": "invalid_request_error"}, "the error 'authentication_error'"),
        ({"type": "invalid_authentication_error"}, "the error 'invalid_authentication_error'; check the key"),
        ({"type": "incorrect_api_key_error"}, "the error 'incorrect_api_key_error'; check the key"),
        ({"type": "rate_limit_reached_error"}, "the error 'rate_limit_reached_error'; try again later"),
        ({"type": KEY}, "an error; check the key"),
        ({"type": 7, "code": None}, "an error; check the key"),
        (f"the key {KEY} is wrong", "an error; check the key"),
    ],
)
def test_an_error_in_place_of_a_list_is_told_by_its_kind_alone(source: Source, error: Any, said: str) -> None:
    if isinstance(error, dict):
        error = {**error, "message": f"Authentication Fails, Your api key: ****{KEY[-4:]} is invalid"}
    told = refusal(json.dumps({"error": error}).encode(), source)
    assert told.startswith(f"{source.name} feed: body: expected a list of models, found {said}")
    assert KEY[-4:] not in told


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "body: expected JSON, found 0 bytes of text"),
        (b"<html>busy</html>", "body: expected JSON, found 17 bytes of HTML or XML"),
        (b'{"object":"list","data":[{"id":"a"', "body: expected JSON, found 34 bytes of something cut short"),
        (b"null", "body: expected an object with a list of models, found nothing"),
        (b'[{"id":"a"}]', "body: expected an object with a list of models, found a bare list"),
        (b'"sk-canary"', "body: expected an object with a list of models, found a text"),
        (b"true", "body: expected an object with a list of models, found a yes or no"),
        (b"7", "body: expected an object with a list of models, found a number"),
        (b"{}", "data: expected a list of models, found nothing"),
        (b'{"object":"list","data":null}', "data: expected a list of models, found nothing"),
        (b'{"object":"list","data":{"sk-canary":1}}', "data: expected a list of models, found an object"),
        (b'{"success":false,"data":[]}', "body: expected a list of models, found an error"),
        (b'{"code":"Throttling","data":[]}', "body: expected a list of models, found the error 'Throttling'"),
        (b'{"code":500,"data":[]}', "body: expected a list of models, found an error"),
        (b'{"data":[{"id":"a"}],"has_more":true}', "has_more: expected the whole list, found one page of several"),
    ],
)
def test_bytes_without_a_whole_list_are_an_error_that_repeats_none_of_them(content: bytes, said: str) -> None:
    told = refusal(content)
    assert told.startswith(f"deepseek feed: {said}")
    assert "canary" not in told


@pytest.mark.parametrize("beside", [{"code": None}, {"code": ""}, {"success": True}, {"has_more": False}, {"x": 1}])
def test_what_stands_beside_a_whole_list_does_no_harm(beside: dict[str, Any]) -> None:
    assert [str(m.id) for m in deepseek().parse(body({"id": "a"}, **beside)).models] == ["a"]


@pytest.mark.parametrize("record", [{}, {"id": None}, {"id": 7}, {"id": ""}, {"id": "a b"}, {"id": f"{KEY} is wrong"}])
def test_a_record_without_a_model_id_is_set_aside_and_not_quoted(record: object) -> None:
    (aside,) = parsed({"id": "a"}, record).set_aside
    assert (aside.where, aside.id) == ("data[1]", None)
    assert aside.problem == "id: expected a model id of letters, digits and ._+@-/:, found something else"


@pytest.mark.parametrize(
    ("record", "said"), [(KEY, "a text"), ([KEY], "a list"), (None, "'None'"), (7, "'7'"), (False, "'False'")]
)
def test_what_is_no_record_is_set_aside_and_no_text_of_it_quoted(record: object, said: str) -> None:
    (aside,) = parsed({"id": "a"}, record).set_aside
    assert aside.problem == f"expected an object, found {said}"


def test_two_records_of_one_id_that_differ_are_both_set_aside() -> None:
    feed = parsed({"id": "a", "created": 1767225600}, {"id": "a"}, {"id": "b"}, {"id": "b"})
    assert [str(model.id) for model in feed.models] == ["b"]
    assert [(each.where, each.id) for each in feed.set_aside] == [("data[0]", "a"), ("data[1]", "a")]
    assert feed.findings == ("b is listed 2 times, alike (1x)",)


def test_a_key_that_is_new_is_noticed_and_one_that_is_no_word_is_not_repeated() -> None:
    feed = parsed({"id": "a", "root": 1, KEY: 2}, {"id": "b", "root": 1})
    assert feed.findings == ("unknown key (no plain word), ignored (1x)", "unknown key root, ignored (2x)")


def test_there_is_one_page() -> None:
    assert deepseek().next_page(body({"id": "a"})) is None
    assert deepseek().join_pages((b"whole",)) == b"whole"


odd_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
odd_records = odd_values | st.dictionaries(
    st.sampled_from(["id", "created", "owned_by", "context_length", "supports_image_in", "supports_reasoning", "x"]),
    odd_values,
    max_size=6,
)


@pytest.mark.parametrize("source", LISTS, ids=lambda source: source.name)
@given(records=st.lists(odd_records, max_size=5))
def test_no_record_costs_more_than_itself(source: Source, records: list[object]) -> None:
    feed = parsed({"id": "good"}, *records, source=source)
    good = [str(each) for each in ({"good"} & {str(model.id) for model in feed.models})]
    disputed = any(isinstance(each, dict) and each.get("id") == "good" for each in records)
    assert good == ["good"] or disputed
    assert all(each.where.startswith("data[") for each in feed.set_aside)


@given(content=odd_values)
def test_any_json_is_a_list_or_an_error_of_the_feed(content: object) -> None:
    found = outcome(LISTS[0], json.dumps(content).encode())
    assert isinstance(found, ParsedFeed) or found.isprintable()
