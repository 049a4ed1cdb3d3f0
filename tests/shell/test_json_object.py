"""Fields of small JSON objects: read strictly, and named where they are not what they should be."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.shell.storage.json_object import JsonObject, moment_text

Read = Callable[[JsonObject], object]


def test_every_kind_of_field_is_read() -> None:
    document = JsonObject.decode(
        b'{"name": "x", "count": 3, "on": true, "at": "2026-08-08T20:42:00+02:00", "in": {"n": 1}, "all": ["a"]}'
    )
    assert (document.text("name"), document.number("count"), document.flag("on")) == ("x", 3, True)
    assert document.moment("at") == datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
    assert document.child("in").number("n") == 1
    assert (document.texts("all"), document.items("all")) == (["a"], ["a"])


def test_what_is_missing_counts_as_null() -> None:
    document = JsonObject({"a": None})
    for name in ("a", "b"):
        assert document.text_or_none(name) is None
        assert document.number_or_none(name) is None
        assert document.moment_or_none(name) is None
        assert document.child_or_none(name) is None


@pytest.mark.parametrize(
    ("read", "fields", "complaint"),
    [
        (lambda d: d.text("a"), {}, "a: expected text, found null"),
        (lambda d: d.text("a"), {"a": 5}, "a: expected text, found 5"),
        (lambda d: d.text_or_none("a"), {"a": False}, "a: expected text, found false"),
        (lambda d: d.number("a"), {"a": True}, "a: expected a whole number, found true"),
        (lambda d: d.number("a"), {"a": 1.0}, "a: expected a whole number, found 1.0"),
        (lambda d: d.number_or_none("a"), {"a": "1"}, 'a: expected a whole number, found "1"'),
        (lambda d: d.flag("a"), {"a": 1}, "a: expected true or false, found 1"),
        (lambda d: d.child("a"), {"a": []}, "a: expected an object, found a list"),
        (lambda d: d.child("a").text("b"), {"a": {"b": {}}}, "a.b: expected text, found an object"),
        (lambda d: d.items("a"), {"a": {}}, "a: expected a list, found an object"),
        (lambda d: d.texts("a"), {"a": ["x", 1]}, "a: expected text, found 1"),
        (
            lambda d: d.moment("a"),
            {"a": "2026-08-08T18:42:00"},
            'a: expected a time with its zone, found "2026-08-08T18:42:00"',
        ),
        (
            lambda d: d.text("a"),
            {"a": 10**60},
            "a: expected text, found 1000000000000000000000000000000000000...",
        ),
    ],
)
def test_what_is_not_as_expected_is_named(read: Read, fields: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match="expected") as told:
        read(JsonObject(fields))
    assert str(told.value) == complaint


@given(st.binary() | st.recursive(st.none() | st.text(), st.lists, max_leaves=5).map(repr).map(str.encode))
def test_no_bytes_raise_anything_else_than_a_value_error(body: bytes) -> None:
    with suppress(ValueError):
        JsonObject.decode(body).moment_or_none("a")


def test_a_time_is_written_to_the_second_in_utc() -> None:
    assert moment_text(datetime(2026, 8, 8, 18, 42, 7, tzinfo=UTC)) == "2026-08-08T18:42:07Z"
    assert moment_text(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00Z"
