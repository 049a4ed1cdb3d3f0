"""Promises of `feed_bytes`: a feed out of a file or standard input, whole, and never beyond the limit."""

import gzip
import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.errors import FeedFormatError, FeedTooLargeError, NotFoundError, UsageError
from modelsync.fetch.feed_bytes import BoundedBody, DamagedGzipError, read_feed_file

BODY = b'{"data": []}'


@pytest.mark.parametrize(
    "content",
    [
        BODY,
        gzip.compress(BODY),
        gzip.compress(BODY[:5]) + gzip.compress(BODY[5:]),
        gzip.compress(BODY) + b"\0\0",
    ],
    ids=["plain", "gzip", "two members", "zero padding"],
)
def test_a_file_is_read_plain_or_gzip_whatever_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "feed.txt"
    path.write_bytes(content)
    assert read_feed_file(path) == BODY
    assert read_feed_file(str(path)) == BODY


@pytest.mark.parametrize("content", [BODY, gzip.compress(BODY)], ids=["plain", "gzip"])
def test_a_dash_reads_standard_input(content: bytes) -> None:
    assert read_feed_file("-", stdin=io.BytesIO(content)) == BODY


@pytest.mark.parametrize("content", [b"", b"x", b"\x1f", b"<html>"])
def test_what_is_no_feed_passes_because_the_parser_judges_it(content: bytes) -> None:
    assert read_feed_file("-", stdin=io.BytesIO(content)) == content


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (gzip.compress(BODY)[:-1], "its gzip data ends early, after 31 bytes"),
        (gzip.compress(BODY)[:2], "its gzip data ends early, after 2 bytes"),
        (gzip.compress(BODY)[:-8] + b"\0" * 8, "its gzip data is damaged"),
        (gzip.compress(BODY) + b"more", "its gzip data is damaged"),
    ],
    ids=["one byte short", "magic only", "wrong checksum", "something behind"],
)
def test_damaged_gzip_is_no_feed(content: bytes, problem: str) -> None:
    with pytest.raises(FeedFormatError, match=f"^deepseek feed: standard input: {problem}"):
        read_feed_file("-", stdin=io.BytesIO(content), source="deepseek")


@pytest.mark.parametrize(
    "content",
    [b" " * 1_001, gzip.compress(b" " * 1_001), gzip.compress(b"") * 60],
    ids=["plain", "gzip", "members without content"],
)
def test_a_feed_beyond_the_limit_is_refused(content: bytes) -> None:
    with pytest.raises(FeedTooLargeError, match=r"^openrouter feed: standard input: found more than 0\.001 MB"):
        read_feed_file("-", stdin=io.BytesIO(content), max_bytes=1_000)


def test_a_gzip_bomb_never_unpacks_more_than_the_limit() -> None:
    body = BoundedBody("here", max_bytes=1_000)
    with pytest.raises(FeedTooLargeError):
        body.add(gzip.compress(b" " * 500_000))
    assert len(body._body) <= 1_001


def test_a_feed_of_exactly_the_limit_passes() -> None:
    assert read_feed_file("-", stdin=io.BytesIO(gzip.compress(b" " * 1_000)), max_bytes=1_000) == b" " * 1_000


def test_an_endless_file_ends_at_the_limit() -> None:
    with pytest.raises(FeedTooLargeError):
        read_feed_file("/dev/zero", max_bytes=1_000_000)


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no such file; give a file, `-` or a URL"):
        read_feed_file(tmp_path / "none.json")
    (tmp_path / "file").touch()
    with pytest.raises(NotFoundError):
        read_feed_file(tmp_path / "file" / "below.json")


def test_a_file_that_cannot_be_read_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be read \(Is a directory\)"):
        read_feed_file(tmp_path)
    with pytest.raises(UsageError, match=r"'a\\x00b': cannot be read"):
        read_feed_file("a\0b")


def test_a_name_with_control_characters_is_shown_escaped(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        read_feed_file(os.fspath(tmp_path / "\x1b[31m"))
    assert str(caught.value).isprintable()


@given(st.binary(max_size=300), st.lists(st.integers(1, 40), max_size=20), st.booleans())
def test_the_cut_into_chunks_makes_no_difference(content: bytes, sizes: list[int], packed: bool) -> None:
    """Law: chunks are an accident of transport."""
    sent = gzip.compress(content) if packed else b" " + content
    body, at = BoundedBody("here", max_bytes=10_000, is_gzip=packed), 0
    for size in [*sizes, len(sent)]:
        body.add(sent[at : at + size])
        at += size
    assert body.whole() == (content if packed else sent)


@given(st.binary(max_size=300), st.data())
def test_a_gzip_stream_cut_anywhere_is_never_whole(content: bytes, data: st.DataObject) -> None:
    """Law: no part of a body comes out."""
    sent = gzip.compress(content)
    body = BoundedBody("here", max_bytes=10_000, is_gzip=True)
    body.add(sent[: data.draw(st.integers(1, len(sent) - 1))])
    with pytest.raises(DamagedGzipError):
        body.whole()
