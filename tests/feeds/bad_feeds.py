"""Feeds that must not be published, each in a sentence, with what becomes of it and what the heartbeat says.

All are made from the records of a good feed, none is recorded. The good feed has 100 models: 22 of each of four
large vendors, and one of each of twelve small ones.
"""

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from modelsync.errors import FeedFormatError, FeedTooLargeError, FeedUnavailableError, NotFoundError
from modelsync.fetch.limits import FetchLimits
from modelsync.fetch.paging import fetch_all
from modelsync.shell.running.inputs import feed_reader
from modelsync.sources.openrouter import OpenRouter
from tests.feeds.feed_server import Answer, FeedServer
from tests.world import ABSENT, ReadFeed, Record, a_body, changed

GOOD_IDS: Final = (
    *(f"large-{vendor}/model-{number:02}" for vendor in range(4) for number in range(22)),
    *(f"small-{vendor:02}/model" for vendor in range(12)),
)

PATIENT: Final = FetchLimits(attempts=2, connect_seconds=10, read_seconds=10, attempt_seconds=20)
IMPATIENT: Final = replace(PATIENT, read_seconds=0.2)
IN_A_HURRY: Final = replace(PATIENT, attempt_seconds=0.4)
"""Limits of the real fetch; a busy machine must not be what runs into them."""

Outcome = Literal["refused", "held", "failed"]


@dataclass(frozen=True)
class Place:
    """Where a bad feed may be put, and the good feed's records to make it of."""

    records: Sequence[Record]
    server: FeedServer
    folder: Path
    waits: list[float] = field(default_factory=list)
    """Seconds that a fetch wanted to wait before its next try; nobody waits for them."""

    def fetching(self, *answers: Answer, limits: FetchLimits = PATIENT) -> ReadFeed:
        """The real fetch, of an address that gives these answers in turn, the last one for good."""
        url, source = self.server.script(*answers), OpenRouter()

        def read() -> bytes:
            return fetch_all(
                url,
                next_page=source.next_page,
                join_pages=source.join_pages,
                limits=limits,
                sleep=self.waits.append,
                random=lambda: 0.0,
            ).body

        return read

    def opening(self, name: str, body: bytes | None) -> ReadFeed:
        """The real reading of a file with this content; None: there is no such file."""
        path = self.folder / name
        if body is not None:
            path.write_bytes(body)
        read = feed_reader(OpenRouter(), str(path))
        return lambda: read().body


@dataclass(frozen=True)
class BadFeed:
    """One bad feed: how it is read, how a run on it ends, and words of the cause (a regular expression)."""

    sentence: str
    reader: Callable[[Place], ReadFeed]
    ends: Outcome
    cause: str
    error: type[Exception] = FeedFormatError
    """What a refused feed raises."""

    @property
    def is_slow(self) -> bool:
        """True for the faults of HTTP, some of which take their time."""
        return self in OF_HTTP

    @property
    def can_be_parsed(self) -> bool:
        """True where the list was found in the bytes and then not believed: such a body is kept."""
        return self.ends == "held" or self.cause.startswith(("expected at least one", r"\d+ of"))


def _bytes(sentence: str, body: bytes, cause: str) -> BadFeed:
    return BadFeed(sentence, lambda _: lambda: body, "refused", cause)


def _made(sentence: str, make: Callable[[Sequence[Record]], list[Any]], cause: str, ends: Outcome = "held") -> BadFeed:
    """A readable list, made of the good records."""

    def reader(place: Place) -> ReadFeed:
        body = a_body(make(place.records))
        return lambda: body

    return BadFeed(sentence, reader, ends, cause)


def _answered(
    sentence: str,
    *answers: Answer,
    cause: str,
    error: type[Exception] = FeedUnavailableError,
    limits: FetchLimits = PATIENT,
) -> BadFeed:
    return BadFeed(sentence, lambda place: place.fetching(*answers, limits=limits), "refused", cause, error)


def _file(
    sentence: str, name: str, body: bytes | None, cause: str, error: type[Exception] = FeedFormatError
) -> BadFeed:
    ends: Outcome = "failed" if error is NotFoundError else "refused"
    return BadFeed(sentence, lambda place: place.opening(name, body), ends, cause, error)


def _everywhere(**fields: Any) -> Callable[[Sequence[Record]], list[Any]]:
    return lambda records: [changed(record, **fields) for record in records]


def _times(factor: int) -> Callable[[Sequence[Record]], list[Any]]:
    def make(records: Sequence[Record]) -> list[Any]:
        return [
            changed(record, prompt=f"{factor * 0.000001:f}", completion=f"{factor * 0.000002:f}") for record in records
        ]

    return make


def _without_last(count: int) -> Callable[[Sequence[Record]], list[Any]]:
    return lambda records: list(records[:-count])


def _thinned(records: Sequence[Record], *, lost: int) -> list[Any]:
    """Lose the given number from among the large vendors, so that no vendor is lost with them."""
    large = [record for record in records if record["id"].startswith("large")]
    gone = {record["id"] for record in sorted(large, key=lambda record: record["id"][-2:])[:lost]}
    return [record for record in records if record["id"] not in gone]


def _nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


_LIST = a_body([{"id": "openai/gpt-5.2", "pricing": {"prompt": "0", "completion": "0"}}] * 40)
_PAGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>\x1b[2J</body></html>"
_BROKEN_OFF = _LIST[: len(_LIST) // 2]

OF_BYTES: Final = (
    _bytes("an empty body", b"", "expected JSON, found 0 bytes"),
    _bytes("nothing but white space", b" \n\t ", "expected JSON, found 4 bytes"),
    _bytes("an empty object", b"{}", "expected a list of models, found an object"),
    _bytes("an object in place of the list", b'{"data": {}}', "expected a list of models, found an object"),
    _bytes("null in place of the list", b'{"data": null}', "expected a list of models, found an object"),
    _bytes("a number", b"42", "expected a list of models, found a int"),
    _bytes("an error with status 200", b'{"error": {"code": 500}}', "found an object with the keys 'error'"),
    _bytes("an empty list", b'{"data": []}', "expected at least one model, found an empty list"),
    _bytes("an empty bare list", b"[]", "expected at least one model, found an empty list"),
    _bytes("a page of HTML with status 200", _PAGE, "expected JSON, found .* of HTML or XML"),
    _bytes("JSON that breaks off", _BROKEN_OFF, "expected JSON, found"),
    _bytes("a JSON list with something behind it", _LIST + b"}", "expected JSON, found"),
    _bytes("NaN in place of a number", _LIST.replace(b'"0"', b"NaN"), "expected JSON, found"),
    _bytes("bytes that are no UTF-8", _LIST.replace(b"gpt", b"\xff\xfe"), "expected JSON, found"),
    _bytes("lists nested 150 deep", _nested(150), r"\d+ of 1 records cannot be read"),
    _bytes("lists nested 100,000 deep", _nested(100_000), "expected JSON, found 200,000 bytes"),
    _bytes("100,000 opened lists", b"[" * 100_000, "expected JSON, found 100,000 bytes"),
    _bytes("a list of numbers", b'{"data": [1, 2, 3]}', r"\d+ of 3 records cannot be read"),
)

OF_RECORDS: Final = (
    _made("no record has an id", _everywhere(id=ABSENT), r"\d+ of 100 records cannot be read", "refused"),
    _made("no record has prices", _everywhere(pricing=ABSENT), r"\d+ of 100 records cannot be read", "refused"),
    _made("every price is a word", _everywhere(prompt="cheap"), r"\d+ of 100 records cannot be read", "refused"),
    _made("every price is a list", _everywhere(prompt=["0"]), r"\d+ of 100 records cannot be read", "refused"),
    _made("every limit is a word", _everywhere(context_length="big"), r"\d+ of 100 records cannot", "refused"),
    _made("every id leads out of a folder", _everywhere(id="../../x"), r"\d+ of 100 records cannot", "refused"),
    _made("every id clears the terminal", _everywhere(id="a/\x1b[2J"), r"\d+ of 100 records cannot", "refused"),
    _made("every id is markup", _everywhere(id="a/<script>"), r"\d+ of 100 records cannot be read", "refused"),
    _made("every id has 5,000 characters", _everywhere(id="a/" + "b" * 4998), r"\d+ of 100 records cannot", "refused"),
    _made(
        "the same id on all records, which differ",
        lambda records: [changed(r, id="openai/gpt", name=f"model {n}") for n, r in enumerate(records)],
        r"\d+ of 100 records cannot be read",
        "refused",
    ),
    _made(
        "six of a hundred records are unreadable",
        lambda records: [*records[:-6], *(changed(r, pricing=ABSENT) for r in records[-6:])],
        r"\d+ of 100 records cannot be read, where at most 5 % may",
        "refused",
    ),
    _made("every price a thousandfold", _times(1000), "prices jumped: 100 of 100"),
    _made("every price is zero", _times(0), "prices jumped: 100 of 100"),
    _made("every price is minus one", _everywhere(prompt="-1", completion="-1"), "prices"),
    _made("no record lists parameters", _everywhere(supported_parameters=ABSENT), "parameters gone: 100 of 100"),
    _made("every list of parameters is empty", _everywhere(supported_parameters=[]), "parameters gone"),
    _made("no record has limits", _everywhere(context_length=None, top_provider=ABSENT), "limits gone: 100 of 100"),
    _made("11 of 100 ids are lost", lambda records: _thinned(records, lost=11), "ids gone: 11 of 100"),
    _made("half of the ids are lost", lambda records: _thinned(records, lost=50), "ids gone: 50 of 100"),
    _made("90 % of the ids are lost", _without_last(90), "ids gone: 90 of 100"),
    _made("half of the vendors are lost, with 8 % of the ids", _without_last(8), "vendors gone: 8 of 16"),
    _made(
        "another list altogether",
        lambda records: [changed(record, id=f"other/{n}") for n, record in enumerate(records)],
        "ids gone: 100 of 100",
    ),
)

_GZIPPED = gzip.compress(_LIST)
_TOO_MUCH = (b" " * 1_000_000,) * 100

OF_HTTP: Final = (
    _answered("429 with Retry-After", Answer(429, headers={"Retry-After": "30"}), cause="status 429 .* in 2 tries"),
    _answered(
        "429 with Retry-After of an hour", Answer(429, headers={"Retry-After": "3600"}), cause="Retry-After 3600 s"
    ),
    _answered("500 for good", Answer(500), cause="status 500 .* in 2 tries"),
    _answered("503 with a page", Answer(503, body=_PAGE), cause="status 503 .* in 2 tries"),
    _answered("404", Answer(404), cause="status 404 .* in 1 try"),
    _answered("a redirect to itself", Answer(302, headers={"Location": "?"}), cause="more than 5 redirects"),
    _answered(
        "a redirect to a file", Answer(302, headers={"Location": "file:///etc/passwd"}), cause="redirect to file"
    ),
    _answered(
        "a slow drip",
        Answer(pieces=(b"[",) * 100, pause_seconds=0.05),
        cause="not whole after 0.4 s",
        limits=IN_A_HURRY,
    ),
    _answered("silence", Answer(pieces=(b"[", b"]"), pause_seconds=5), cause="silence for 0.2 s", limits=IMPATIENT),
    _answered("100 MB", Answer(pieces=_TOO_MUCH), cause="more than 64 MB", error=FeedTooLargeError),
    _answered(
        "100 MB in 100 kB of gzip",
        Answer(body=gzip.compress(bytes(100_000_000), 1), headers={"Content-Encoding": "gzip"}),
        cause="more than 64 MB",
        error=FeedTooLargeError,
    ),
    _answered(
        "a body shorter than its Content-Length",
        Answer(body=_LIST, headers={"Content-Length": str(len(_LIST) + 10)}),
        cause="peer closed connection",
    ),
    _answered(
        "gzip that breaks off",
        Answer(body=_GZIPPED[:-20], headers={"Content-Encoding": "gzip"}),
        cause="a body that is not whole",
    ),
    _answered("a page of HTML at the real door", Answer(body=_PAGE), cause="expected JSON", error=FeedFormatError),
    _answered("an empty answer", Answer(body=b""), cause="expected JSON, found 0 bytes", error=FeedFormatError),
    _answered(
        "a second page that fails",
        Answer(body=json.dumps({"data": [1], "links": {"next": "?page=2"}}).encode()),
        Answer(500),
        cause="status 500",
    ),
    _answered(
        "a second page that leads back to itself",
        Answer(body=json.dumps({"data": [1], "links": {"next": "?page=2"}}).encode()),
        cause="back to a page already read",
        error=FeedFormatError,
    ),
)

OF_FILES: Final = (
    _file("a gzip file that breaks off", "feed.json.gz", _GZIPPED[:-20], "gzip data ends early"),
    _file("a damaged gzip file", "feed.json.gz", _GZIPPED[:40] + b"?" * 40, "gzip data is damaged"),
    _file("an empty file", "feed.json", b"", "expected JSON, found 0 bytes"),
    _file("no file", "feed.json", None, "there is no such file", NotFoundError),
)

BAD_FEEDS: Final = (*OF_BYTES, *OF_RECORDS, *OF_HTTP, *OF_FILES)
