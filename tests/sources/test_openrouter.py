"""A whole list becomes facts in the order of their ids, or is an error; one bad record is set aside."""

import json
from typing import Any

import pytest

from modelsync.errors import FeedFormatError
from modelsync.sources.facts import ParsedFeed, SetAside
from modelsync.sources.openrouter import OpenRouter
from tests.timeline import parsed
from tests.world import a_body, a_record

SOURCE = OpenRouter()


def ids(feed: ParsedFeed) -> list[str]:
    return [str(model.id) for model in feed.models]


def test_the_list_is_asked_for_with_models_of_every_output() -> None:
    assert SOURCE.name == "openrouter"
    assert SOURCE.url == "https://openrouter.ai/api/v1/models?output_modalities=all"
    assert OpenRouter("https://example.org/models").url == "https://example.org/models"


def test_models_come_in_the_order_of_their_ids() -> None:
    feed = parsed(a_record("c/d"), a_record("a/b:free"), a_record("~a/latest"), a_record("a/b"))
    assert ids(feed) == ["a/b", "a/b:free", "c/d", "~a/latest"]
    assert (feed.source, feed.set_aside, feed.findings, feed.record_count) == ("openrouter", (), (), 4)


@pytest.mark.parametrize("envelope", ["%s", '{"data":%s}', '{"links":{"next":null},"data":%s,"total_count":1,"x":{}}'])
def test_an_envelope_and_a_bare_array_mean_the_same(envelope: str) -> None:
    records = json.dumps([a_record("a/b")])
    assert SOURCE.parse((envelope % records).encode()) == parsed(a_record("a/b"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "body: expected JSON, found 0 bytes of text"),
        (b"<!DOCTYPE html><html>", "body: expected JSON, found 21 bytes of HTML or XML"),
        (b'{"data":[{"id":"a/b"', "body: expected JSON, found 20 bytes of something cut short"),
        (b"\x1f\x8b\x08", "body: expected JSON, found 3 bytes of a gzip stream"),
        (b'{"data": NaN}', "body: expected JSON"),
        (b'{"data": [{"created": Infinity}]}', "body: expected JSON"),
        (b'"\\ud800"', "data: expected a list of models"),
        (b"\xef\xbb\xbf[]", "body: expected JSON"),
        (b"[" * 100_000, "body: expected JSON, found 100,000 bytes of something cut short"),
        (b'{"a":' * 100_000, "body: expected JSON"),
        (b"[1, 2", "body: expected JSON"),
        (b"{}", "data: expected a list of models, found an object with the keys ''"),
        (b'{"error":{"code":500}}', "data: expected a list of models, found an object with the keys 'error'"),
        (b'{"data":null}', "data: expected a list of models, found an object with the keys 'data'"),
        (b'{"data":{}}', "data: expected a list of models, found an object with the keys 'data'"),
        (b"null", "data: expected a list of models, found a NoneType"),
        (b"7", "data: expected a list of models, found a int"),
        (b'"models"', "data: expected a list of models, found a str"),
    ],
)
def test_bytes_without_a_list_are_an_error_that_says_what_they_are(body: bytes, said: str) -> None:
    with pytest.raises(FeedFormatError) as caught:
        SOURCE.parse(body)
    assert str(caught.value).startswith(f"openrouter feed: {said}")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_half_an_emoji_costs_no_more_than_itself() -> None:
    """A text that is cut after so many characters may end in the middle of one."""
    body = a_body([a_record("a/b", name="Dolphin \U0001f42c"), a_record("c/d")])
    (model, other) = SOURCE.parse(body.replace(rb"\ud83d\udc2c", rb"\ud83d")).models
    assert (model.name, other.name) == ("Dolphin ?", "d")


@pytest.mark.parametrize("body", [rb'{"data": [NaN, "\ud83d"]}', rb'{"data": ["\ud83d"', b"[" * 100_000 + rb'"\ud83d"'])
def test_half_an_emoji_excuses_nothing_else(body: bytes) -> None:
    with pytest.raises(FeedFormatError, match="body: expected JSON"):
        SOURCE.parse(body)


def test_an_empty_list_is_a_list() -> None:
    assert SOURCE.parse(b'{"data":[]}') == ParsedFeed("openrouter", (), (), ())


def test_a_record_that_cannot_be_used_is_set_aside_with_its_place() -> None:
    feed = parsed(a_record("a/b"), a_record("c/d", prompt="free"), a_record("../x"), "text", None)
    assert ids(feed) == ["a/b"]
    assert feed.set_aside == (
        SetAside("data[4]", None, "expected an object, found 'None'"),
        SetAside("data[3]", None, "expected an object, found a text"),
        SetAside(
            "data[2]",
            None,
            "model id: expected [~]vendor/slug[:variant] of ASCII letters, digits and ._+@- in at most 200 characters,"
            " found '../x' (4 characters)",
        ),
        SetAside("data[1]", "c/d", "pricing.prompt: expected a decimal number, found 'free'"),
    )
    assert feed.record_count == 5


def test_two_records_of_one_id_that_differ_are_both_set_aside() -> None:
    feed = parsed(a_record("a/b", prompt="0.1"), a_record("c/d"), a_record("a/b", prompt="0.2"))
    assert ids(feed) == ["c/d"]
    assert feed.set_aside == (
        SetAside("data[0]", "a/b", "expected one record, found 2 that differ"),
        SetAside("data[2]", "a/b", "expected one record, found 2 that differ"),
    )


def test_equal_records_of_one_id_count_once() -> None:
    twin = a_record("a/b", supported_parameters=["tools", "stop"])
    feed = parsed(twin, {**twin, "supported_parameters": ["stop", "tools"]})
    assert ids(feed) == ["a/b"]
    assert feed.findings == ("a/b is listed 2 times, alike (1x)",)


def test_what_is_noticed_is_counted_and_sorted() -> None:
    feed = parsed(a_record("a/b", zeta=1, alpha=1), a_record("c/d", alpha=2))
    assert feed.findings == ("unknown key 'alpha', ignored (2x)", "unknown key 'zeta', ignored (1x)")


def test_the_order_of_the_list_changes_nothing_but_the_places() -> None:
    records = [a_record("a/b"), a_record("c/d", alpha=1), a_record("e/f", prompt="x")]
    one, other = parsed(*records), parsed(*reversed(records))
    assert (one.models, one.findings) == (other.models, other.findings)
    assert [(each.id, each.problem) for each in one.set_aside] == [(each.id, each.problem) for each in other.set_aside]


# Pages


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"data": [], "links": {"next": "/api/v1/models?offset=500&limit=500"}}, "/api/v1/models?offset=500&limit=500"),
        ({"data": [], "links": {"next": None}}, None),
        ({"data": [], "links": {"next": ""}}, None),
        ({"data": [], "links": {"next": 7}}, None),
        ({"data": [], "links": {}}, None),
        ({"data": [], "links": []}, None),
        ({"data": []}, None),
        ([], None),
    ],
)
def test_the_next_page_is_where_the_links_say(document: Any, path: str | None) -> None:
    assert SOURCE.next_page(json.dumps(document).encode()) == path


def test_a_single_page_stays_as_it_is() -> None:
    body = b' {"data": [ ] }\n'
    assert SOURCE.join_pages([body]) is body


def test_pages_become_one_list() -> None:
    pages = [a_body([a_record("a/b")]), a_body([a_record("c/d"), a_record("e/f")])]
    assert ids(SOURCE.parse(SOURCE.join_pages(pages))) == ["a/b", "c/d", "e/f"]


def test_a_page_that_is_no_list_spoils_them_all() -> None:
    with pytest.raises(FeedFormatError, match="expected a list of models"):
        SOURCE.join_pages([a_body([a_record("a/b")]), b'{"error":{}}'])
