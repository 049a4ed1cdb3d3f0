"""The OpenRouter model list: `GET /api/v1/models`.

The envelope is `{"data": [...], "total_count", "links": {"next"}}`; a bare array is read as well. How its records
are collected is `records`, what each of them says `openrouter_record`.

This room judges nothing: whether a feed is believed is `pipeline.guard`, what a flag means `pipeline.detect`.
"""

from collections.abc import Sequence
from typing import Final

from pydantic_core import to_json

from modelsync.errors import FeedFormatError
from modelsync.sources.facts import ParsedFeed
from modelsync.sources.openrouter_record import facts_of
from modelsync.sources.records import RecordReader, json_document
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
        document = json_document(body, source=NAME)
        records = _records(document)
        _check_whole(document, records)
        return RecordReader(NAME, facts_of).read_all(records)

    def next_page(self, body: bytes) -> str | None:
        """The host-less path in `links.next`; None on the last page and in bodies without links."""
        document = json_document(body, source=NAME)
        links = document.get("links") if isinstance(document, dict) else None
        following = links.get("next") if isinstance(links, dict) else None
        return following if isinstance(following, str) and following else None

    def join_pages(self, bodies: Sequence[bytes]) -> bytes:
        """One envelope with the records of all pages; a single page stays as it is, byte for byte."""
        if len(bodies) == 1:
            return bodies[0]
        return to_json({"data": [record for body in bodies for record in _records(json_document(body, source=NAME))]})


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
