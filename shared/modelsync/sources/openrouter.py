"""The OpenRouter model list: `GET /api/v1/models`.

The envelope is `{"data": [...], "total_count", "links": {"next"}}`; a bare array is read as well. A record
that cannot be used is set aside with its place. Two different records of one id are both set aside, since
neither is known to be right; equal ones count once. Order in the feed has no meaning: ties in it are not stable.

This room judges nothing: whether a feed is believed is `pipeline.guard`, what a flag means `pipeline.detect`.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Final

from pydantic_core import from_json, to_json

from modelsync.catalog.model_ids import parse_model_id
from modelsync.errors import FeedFormatError
from modelsync.sources.facts import ModelFacts, ParsedFeed, SetAside
from modelsync.sources.openrouter_record import facts_of
from modelsync.sources.text import quoted

NAME: Final = "openrouter"
URL: Final = "https://openrouter.ai/api/v1/models?output_modalities=all"
"""Without `output_modalities=all` the list holds only models whose output includes text."""


class OpenRouter:
    """OpenRouter's list as a `Source`."""

    def __init__(self, url: str = URL) -> None:
        self._url = url

    @property
    def name(self) -> str:
        """Prefix of its documents."""
        return NAME

    @property
    def url(self) -> str:
        """Address of the whole list, with models of every output modality."""
        return self._url

    def parse(self, body: bytes) -> ParsedFeed:
        """Read a whole list; raises FeedFormatError where the bytes hold no list of records."""
        reader = _Reader()
        document = _document(body)
        records = _records(document)
        _check_whole(document, records)
        for index, record in enumerate(records):
            reader.read(index, record)
            records[index] = None  # A record read is a record let go: a large feed never stands twice in memory.
        return reader.feed()

    def next_page(self, body: bytes) -> str | None:
        """The host-less path in `links.next`; None on the last page and in bodies without links."""
        document = _document(body)
        links = document.get("links") if isinstance(document, dict) else None
        following = links.get("next") if isinstance(links, dict) else None
        return following if isinstance(following, str) and following else None

    def join_pages(self, bodies: Sequence[bytes]) -> bytes:
        """One envelope with the records of all pages; a single page stays as it is, byte for byte."""
        if len(bodies) == 1:
            return bodies[0]
        return to_json({"data": [record for body in bodies for record in _records(_document(body))]})


def _document(body: bytes) -> object:
    try:
        return from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError as error:
        if (mended := _without_half_characters(body)) is not None:
            return mended
        problem = f"expected JSON, found {len(body):,} bytes of {_kind_of(body)} ({quoted(error, 100)})"
        raise FeedFormatError(NAME, "body", problem) from error


def _kind_of(body: bytes) -> str:
    """What bytes look like, without a word of them: they may be anybody's, and the message is published."""
    begin = body.lstrip()[:1]
    if body[:2] == b"\x1f\x8b":
        return "a gzip stream"
    if begin == b"<":
        return "HTML or XML"
    return "something cut short, or not JSON" if begin in (b"{", b"[") else "text" if body.isascii() else "no text"


def _without_half_characters(body: bytes) -> object | None:
    """The document with a `?` for each half of a surrogate pair; None where that is not what is wrong with it.

    A text that was cut in the middle of an emoji ends in one; it must not cost the whole list.
    """
    if rb"\u" not in body:
        return None
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False)
        return from_json(text.encode("utf-8", "replace"), allow_inf_nan=False)  # type: ignore[no-any-return]
    except (ValueError, RecursionError):
        return None


def _records(document: object) -> list[object]:
    data = document.get("data") if isinstance(document, dict) else document
    if not isinstance(data, list):
        keys = quoted(", ".join(sorted(map(str, document)))) if isinstance(document, dict) else ""
        found = f"an object with the keys {keys}" if keys else f"a {type(document).__name__}"
        raise FeedFormatError(NAME, "data", f"expected a list of models, found {found}")
    return data


def _check_whole(document: object, records: list[object]) -> None:
    """A part of a list is no list: pages are joined before they are read."""
    if not isinstance(document, dict):
        return
    links, total = document.get("links"), document.get("total_count")
    if isinstance(links, dict) and links.get("next"):
        raise FeedFormatError(NAME, "links.next", "expected the whole list, found one page of several; fetch them all")
    if isinstance(total, int) and total > len(records):
        raise FeedFormatError(NAME, "total_count", f"expected {total:,} models, found {len(records):,}")


class _Reader:
    """Facts and complaints, collected over one feed."""

    def __init__(self) -> None:
        self._facts: dict[str, ModelFacts] = {}
        self._places: dict[str, int] = {}
        self._again: dict[str, list[int]] = {}
        self._disputed: set[str] = set()
        self._set_aside: list[SetAside] = []
        self._noticed: Counter[str] = Counter()

    def read(self, index: int, record: object) -> None:
        if not isinstance(record, dict):
            self._put_aside(index, None, f"expected an object, found {quoted(record)}")
            return
        try:
            facts = facts_of(record, notice=self._notice)
        except ValueError as error:
            self._put_aside(index, _readable_id(record.get("id")), str(error))
            return
        known = self._facts.setdefault(facts.id, facts)
        if known is facts:
            self._places[facts.id] = index
            return
        self._again.setdefault(facts.id, []).append(index)
        if known != facts:
            self._disputed.add(facts.id)

    def feed(self) -> ParsedFeed:
        for identity, others in self._again.items():
            copies = len(others) + 1
            if identity not in self._disputed:
                self._notice(f"{identity} is listed {copies} times, alike")
                continue
            for index in (self._places[identity], *others):
                self._put_aside(index, identity, f"expected one record, found {copies} that differ")
        return ParsedFeed(
            source=NAME,
            models=tuple(self._facts[identity] for identity in sorted(self._facts.keys() - self._disputed)),
            set_aside=tuple(sorted(self._set_aside, key=lambda each: (each.id or "", each.problem, each.where))),
            findings=tuple(f"{text} ({count}x)" for text, count in sorted(self._noticed.items())),
        )

    def _notice(self, text: str) -> None:
        self._noticed[text] += 1

    def _put_aside(self, index: int, identity: str | None, problem: str) -> None:
        self._set_aside.append(SetAside(f"data[{index}]", identity, problem))


def _readable_id(value: object) -> str | None:
    try:
        return parse_model_id(value).id if isinstance(value, str) else None
    except ValueError:
        return None
