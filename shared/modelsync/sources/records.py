"""A list of records in JSON, whatever the records are: bytes to a document, records to facts, complaints collected.

A record that cannot be used is set aside with its place. Two different records of one id are both set aside, since
neither is known to be right; equal ones count once. Order in the feed has no meaning: ties in it are not stable.
What a record says is for the room that knows its wire format; the document's own shape, too.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from pydantic_core import from_json

from modelsync.catalog.model_ids import parse_model_id
from modelsync.errors import FeedFormatError
from modelsync.sources.facts import ModelFacts, ParsedFeed, SetAside
from modelsync.sources.text import quoted

Notice = Callable[[str], None]

_GZIP: Final = b"\x1f\x8b"


class FactsOf(Protocol):
    """Translates one record, and tells what it dropped; raises ValueError where the record cannot be used."""

    def __call__(self, record: Mapping[str, Any], /, *, notice: Notice) -> ModelFacts:
        """The facts that a record claims."""
        ...


def json_document(body: bytes, *, source: str) -> object:
    """The document in a body; raises FeedFormatError where it is no JSON."""
    try:
        return from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError as error:
        if (mended := _without_half_characters(body)) is not None:
            return mended
        problem = f"expected JSON, found {len(body):,} bytes of {_kind_of(body)} ({quoted(error, 100)})"
        raise FeedFormatError(source, "body", problem) from error


def _kind_of(body: bytes) -> str:
    """What bytes look like, without a word of them: they may be anybody's, and the message is published."""
    begin = body.lstrip()[:1]
    if body.startswith(_GZIP):
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


class RecordReader:
    """Facts and complaints, collected over the records of one feed.

    `place` is where the records lie in the document, `id_key` what a record calls its id.
    """

    def __init__(self, source: str, facts_of: FactsOf, *, place: str = "data", id_key: str = "id") -> None:
        self._source, self._facts_of, self._place, self._id_key = source, facts_of, place, id_key
        self._facts: dict[str, ModelFacts] = {}
        self._places: dict[str, int] = {}
        self._again: dict[str, list[int]] = {}
        self._disputed: set[str] = set()
        self._set_aside: list[SetAside] = []
        self._noticed: Counter[str] = Counter()

    def read_all(self, records: list[object]) -> ParsedFeed:
        """Read a whole list; it is emptied on the way, so that a large feed never stands twice in memory."""
        for index, record in enumerate(records):
            self._read(index, record)
            records[index] = None
        return self._feed()

    def _read(self, index: int, record: object) -> None:
        if not isinstance(record, dict):
            self._put_aside(index, None, f"expected an object, found {_named(record)}")
            return
        try:
            facts = self._facts_of(record, notice=self._notice)
        except ValueError as error:
            self._put_aside(index, _readable_id(record.get(self._id_key)), str(error))
            return
        known = self._facts.setdefault(facts.id, facts)
        if known is facts:
            self._places[facts.id] = index
            return
        self._again.setdefault(facts.id, []).append(index)
        if known != facts:
            self._disputed.add(facts.id)

    def _feed(self) -> ParsedFeed:
        for identity, others in self._again.items():
            copies = len(others) + 1
            if identity not in self._disputed:
                self._notice(f"{identity} is listed {copies} times, alike")
                continue
            for index in (self._places[identity], *others):
                self._put_aside(index, identity, f"expected one record, found {copies} that differ")
        return ParsedFeed(
            source=self._source,
            models=tuple(self._facts[identity] for identity in sorted(self._facts.keys() - self._disputed)),
            set_aside=tuple(sorted(self._set_aside, key=lambda each: (each.id or "", each.problem, each.where))),
            findings=tuple(f"{text} ({count}x)" for text, count in sorted(self._noticed.items())),
        )

    def _notice(self, text: str) -> None:
        self._noticed[text] += 1

    def _put_aside(self, index: int, identity: str | None, problem: str) -> None:
        self._set_aside.append(SetAside(f"{self._place}[{index}]", identity, problem))


def _named(value: object) -> str:
    """What a value is, without a word of it: it may be anybody's, and the complaint is published."""
    return "a text" if isinstance(value, str) else "a list" if isinstance(value, list) else quoted(value)


def _readable_id(value: object) -> str | None:
    try:
        return parse_model_id(value).id if isinstance(value, str) else None
    except ValueError:
        return None
