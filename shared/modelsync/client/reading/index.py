"""A table of where each record of a published set stands, so that one question parses one record and not hundreds.

It is made of a set that was checked and opened (`index_of`), lies beside the documents in their bundle, and holds no
record itself: a line is a question, as one letter and a JSON string, and where the answers begin and end.

    m"acme/large"812 2391        the listed models of an id in lower case: in `current`
    a"large"812 2391             the listed model of an alias
    s"acme/large-2026"812 2391   the active models of a permanent slug in lower case, in order of their ids
    t"acme/old"120 1804          the tombstone of an id in lower case: in `deprecations`, as all that follow
    g"old"120 1804               the same by the alias that the model had
    r"acme/old"20 81             the redirect of an id in lower case
    h"large-1"1900 1980          those that had an alias before, in the order of the document

A JSON string has no line's end in it and no quote that is not escaped, so no text finds anything but its own line.
What no line answers is asked of the parsed documents (`indexed`). Whether the bytes are whole says the bundle.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from modelsync.catalog.keys import CURRENT, DEPRECATIONS
from modelsync.client.catalog import Catalog, Record
from modelsync.errors import StoreError

Span = tuple[int, int]
_BLANKS = " \t\r\n"
_LISTED = frozenset("mas")


class Index:
    """The table of one set, and the documents that it points into."""

    def __init__(self, table: bytes, bodies: Mapping[str, bytes | memoryview]) -> None:
        self._table, self._bodies = table, bodies
        self._read: dict[tuple[str, str, str], Record] = {}

    def all(self, kind: str, key: str) -> list[Record]:
        """The parsed answers to a question, in the order of its line; none where there is no such line."""
        line = b"\n" + _question(kind, key)
        start = self._table.find(line)
        if start < 0:
            return []
        start += len(line)
        numbers = self._table[start : self._table.index(b"\n", start)].decode().split(" ")
        return [self._record(kind, *span) for span in zip(numbers[::2], numbers[1::2], strict=True)]

    def one(self, kind: str, key: str) -> Record | None:
        """The only answer to a question."""
        found = self.all(kind, key)
        return found[0] if found else None

    def _record(self, kind: str, start: str, end: str) -> Record:
        name = CURRENT if kind in _LISTED else DEPRECATIONS
        place = (name, start, end)
        if place not in self._read:
            self._read[place] = json.loads(bytes(self._bodies[name][int(start) : int(end)]))
        return self._read[place]


def index_of(documents: Mapping[str, Record], bodies: Mapping[str, bytes | memoryview]) -> bytes:
    """The table of a set; empty where it does not open, or its records lack what is asked for: it is read as a whole.

    Every answer is the one that `Catalog` gives of the parsed documents.
    """
    try:
        lines = _lines(documents, bodies)
    except (AttributeError, LookupError, StoreError, TypeError, ValueError):
        return b""
    return b"".join((b"\n", *(_question(*asked) + _places(spans) + b"\n" for asked, spans in lines.items())))


def _lines(
    documents: Mapping[str, Record], bodies: Mapping[str, bytes | memoryview]
) -> dict[tuple[str, str], list[Span]]:
    catalog, lines = Catalog.of(documents), dict[tuple[str, str], list[Span]]()
    listed = _spans_of(documents[CURRENT]["models"], _elements(bodies[CURRENT])["models"])
    for model in catalog.models():
        span = listed[id(model.record)]
        lines.setdefault(("m", model.id.lower()), []).append(span)
        lines.setdefault(("a", model.alias), [span])  # the first one that has it, as in the catalog
        slug = None if model.slug is None else model.slug.lower()
        if slug is not None and ("s", slug) not in lines:
            lines["s", slug] = [listed[id(each.record)] for each in catalog.of_slug(slug)]
    lines = {asked: spans for asked, spans in lines.items() if spans}  # of some slugs no model is active
    return lines | (_gone_lines(catalog, documents[DEPRECATIONS], bodies) if DEPRECATIONS in documents else {})


def _gone_lines(
    catalog: Catalog, deprecations: Record, bodies: Mapping[str, bytes | memoryview]
) -> dict[tuple[str, str], list[Span]]:
    lines, elements = dict[tuple[str, str], list[Span]](), _elements(bodies[DEPRECATIONS])
    last_known = [stone["lastKnown"] for stone in deprecations["tombstones"]]
    stones = _spans_of(last_known, elements["tombstones"])
    for stone in deprecations["tombstones"]:
        found = catalog.tombstone(stone["id"])
        if found is not None:
            lines["t", found.id.lower()] = [stones[id(found.last_known.record)]]
            alias = found.last_known.alias
            owner = catalog.tombstone(catalog.gone_with_alias(alias) or "")
            lines["g", alias] = [stones[id((owner or found).last_known.record)]]
    for redirect, span in zip(deprecations["redirects"], elements["redirects"], strict=True):
        lines.setdefault(("r", redirect["from"].lower()), [span])
    for move, span in zip(deprecations["aliasHistory"], elements["aliasHistory"], strict=True):
        lines.setdefault(("h", move["oldAlias"]), []).append(span)
    return lines


def _spans_of(records: list[Any], spans: list[Span]) -> dict[int, Span]:
    """Where each of these very objects stands in its document."""
    return {id(record): span for record, span in zip(records, spans, strict=True)}


def _elements(body: bytes | memoryview) -> dict[str, list[Span]]:
    """Where each element of each list begins and ends, by the list's name in the document."""
    text, found = str(body, "utf-8"), dict[str, list[Span]]()
    decoder, at = json.JSONDecoder(), _after(text, 0, mark="{")
    while text[at] != "}":
        name, at = decoder.raw_decode(text, at)
        at = _after(text, _blank(text, at), mark=":")
        found[name], at = _spans(decoder, text, at)
        at = _blank(text, at)
        at = _after(text, at, mark=",") if text[at] == "," else at
    return found if text.isascii() else {name: _in_bytes(text, spans) for name, spans in found.items()}


def _spans(decoder: json.JSONDecoder, text: str, at: int) -> tuple[list[Span], int]:
    """Where the elements of the list at `at` stand, and where it ends; no elements of anything else."""
    if text[at] != "[":
        return [], decoder.raw_decode(text, at)[1]
    spans, at = list[Span](), _after(text, at, mark="[")
    while text[at] != "]":
        _, end = decoder.raw_decode(text, at)
        spans.append((at, end))
        at = _blank(text, end)
        at = _after(text, at, mark=",") if text[at] == "," else at
    return spans, at + 1


def _after(text: str, at: int, *, mark: str) -> int:
    """The place of what follows a mark and blanks."""
    at = _blank(text, at)
    if text[at] != mark:
        raise ValueError(f"expected {mark} at {at}")
    return _blank(text, at + 1)


def _blank(text: str, at: int) -> int:
    while text[at] in _BLANKS:
        at += 1
    return at


def _in_bytes(text: str, spans: list[Span]) -> list[Span]:
    """The same places where every letter counts as many as it has bytes."""
    ends = list(chain.from_iterable(spans))
    return list(zip(*[_sums(text, ends)] * 2, strict=True))


def _sums(text: str, ends: list[int]) -> Iterator[int]:
    seen, length = 0, 0
    for end in ends:
        length += len(text[seen:end].encode())
        seen = end
        yield length


def _question(kind: str, key: str) -> bytes:
    return f"{kind}{json.dumps(key)}".encode()


def _places(spans: list[Span]) -> bytes:
    return " ".join(map(str, chain.from_iterable(spans))).encode()
