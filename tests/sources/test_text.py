"""Nothing a feed says can move a cursor, end a line or grow without bound."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.sources.text import one_line, paragraphs, quoted

HARMFUL = [
    "\x00",
    "\x07",
    "\x1b",
    "\x7f",
    "\x85",
    "\x9b",
    "\u200b",
    "\u200e",
    "\u200f",
    "\u2028",
    "\u2029",
    "\u202a",
    "\u202e",
    "\u2060",
    "\u2066",
    "\u2069",
    "\ufeff",
    "\ud800",
    "\udfff",
]


@pytest.mark.parametrize("mark", HARMFUL)
def test_a_harmful_character_becomes_a_space(mark: str) -> None:
    assert one_line(f"a{mark}b", 10) == "a b"
    assert paragraphs(f"a{mark}b", 10) == "a b"


@pytest.mark.parametrize("mark", ["\u061c", "\u180e", "\U000e0001", "\U000e0041"])
def test_the_rarer_invisible_and_directional_marks_are_no_better(mark: str) -> None:
    assert one_line(f"a{mark}b", 10) == "a b"


@pytest.mark.parametrize("text", ["Größe", "日本語", "emoji 🐬", "a-b_c.d", "100 % <b>", "a\u00a0b"])
def test_what_people_write_stays(text: str) -> None:
    assert one_line(text, 40) == text


def test_one_line_has_no_line_ends() -> None:
    assert one_line("a\nb\r\nc\td", 40) == "a b c d"


def test_paragraphs_keep_their_line_feeds_and_nothing_else() -> None:
    assert paragraphs("a\n\nb\r\nc\td", 40) == "a\n\nb \nc d"


def test_the_ends_are_trimmed() -> None:
    assert one_line(" \x00 a \x1b ", 40) == "a"


def test_text_of_exactly_the_limit_stays_whole() -> None:
    assert one_line("abcde", 5) == "abcde"


def test_longer_text_ends_in_an_ellipsis_within_the_limit() -> None:
    assert one_line("abcdef", 5) == "abcd…"
    assert one_line("abc def", 5) == "abc…"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("free", "'free'"),
        (None, "'None'"),
        (3, "'3'"),
        ({"a": "\x1b[2J"}, "\"{'a': '\\x1b[2J'}\"".replace('"', "'")),
        ("x" * 61, "'" + "x" * 59 + "…'"),
    ],
)
def test_a_value_from_outside_is_shown_in_quotes(value: object, shown: str) -> None:
    assert quoted(value) == shown


@given(st.text(), st.integers(min_value=1, max_value=30))
def test_no_text_breaks_a_line_or_its_bound(text: str, limit: int) -> None:
    cleaned = one_line(text, limit)
    assert len(cleaned) <= limit
    assert cleaned == one_line(cleaned, limit)
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in cleaned)
    assert len(cleaned.splitlines()) <= 1
