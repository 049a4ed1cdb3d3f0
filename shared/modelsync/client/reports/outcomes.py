"""What counted calls become when they are reported: one document for each day, and what is left out of it.

- A document holds counts by model, backend and capability, the client's random id, its version and the day: nothing
  else has a place in it.
- Only models that the published catalog lists, at backends that everybody has: what a user added is nobody's business.
- Who serves fewer than 20 people rounds: the calls of a row come down to 1, 2, 5, 10, 20, 50, 100 or 200, and its
  failures in proportion, downward too. So no rate ever rises by rounding, as it would if 4 that went well became 2 and
  1 that failed stayed 1.
- A document that would be too large loses the rows with the fewest calls, and says how many.

The bytes that `payload_of` gives are those that are sent. Keeping counts and sending are other rooms' business.
"""

import json
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from modelsync.catalog.backends import ONE_WAY, SAME_NAMESPACE, VENDOR_OF
from modelsync.catalog.capabilities import Capability
from modelsync.catalog.reports import CLIENT_VERSION, MOST_ROWS, SCHEMA, Failure, Outcomes, TelemetryReport
from modelsync.client.reports.call_ends import OK
from modelsync.client.switching.credentials import CLOUD_ONLY, KEYLESS, OWN_SERVERS

MOST_BYTES: Final = 16_384
"""Of a document as it is sent, packed."""
MOST_BYTES_UNPACKED: Final = 65_536
STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200)
"""What calls are rounded down to; above 200 a day a report weighs no more."""
MANY_PEOPLE: Final = 20
BACKENDS: Final = frozenset({*SAME_NAMESPACE, *VENDOR_OF, *ONE_WAY, *CLOUD_ONLY}) - OWN_SERVERS - KEYLESS
"""Backends that everybody has: the name of any other is a word of the user's own."""

_GZIP: Final = 31  # zlib's word for a gzip wrapper

Seen = tuple[date, str, str, str, str]
"""Day (UTC), model, backend, capability, and `OK` or the failure."""
Counts = Mapping[Seen, int]


class Sender(NamedTuple):
    """Who reports."""

    client: str
    """128 random bits, as hexadecimal digits."""
    version: str
    listed: Collection[str]
    """Ids of the published catalog."""
    people: int = 1
    """How many people's calls are counted together."""


class Payload(NamedTuple):
    """One day's document, and what it lacks."""

    day: date
    body: bytes
    """JSON, as people may look at it."""
    packed: bytes
    """The same in gzip: the bytes that travel."""
    rows: int
    left_out: int = 0
    """Rows that had no room."""
    private: int = 0
    """Rows of models and backends that are the user's own."""


def payload_of(counts: Counts, sender: Sender, *, day: date) -> Payload | None:
    """What is sent of a day; None where nothing of it is anybody's business."""
    every = _rows(counts, day)
    public = [row for row in every if row.model_id in sender.listed and row.backend in BACKENDS]
    rows = public if sender.people >= MANY_PEOPLE else [_rounded(row) for row in public]
    if not rows:
        return None
    fewest_last = sorted(rows, key=lambda row: (-calls_of(row), row.about))
    kept = most_that_fit(min(len(rows), MOST_ROWS), lambda most: _fits(_body(fewest_last[:most], sender, day)))
    body = _body(fewest_last[:kept], sender, day)
    return Payload(day, body, packed(body), kept, left_out=len(rows) - kept, private=len(every) - len(public))


def packed(body: bytes) -> bytes:
    """Bytes in gzip, without a time: equal ones give equal ones."""
    return zlib.compress(body, wbits=_GZIP)


def most_that_fit(count: int, fits: Callable[[int], bool]) -> int:
    """How many of so many there is room for, where fewer need less."""
    low, high = 0, count
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def calls_of(row: Outcomes) -> int:
    """All calls of a row."""
    return row.ok + sum(row.failures.values())


def compact(document: object) -> bytes:
    """A document as its bytes."""
    return json.dumps(document, separators=(",", ":")).encode()


def _rows(counts: Counts, day: date) -> list[Outcomes]:
    """What was counted on a day, by what it is about."""
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for (seen_on, model_id, backend, capability, outcome), number in counts.items():
        if seen_on == day and number > 0:
            found.setdefault((model_id, backend, capability), {})[outcome] = number
    return [
        Outcomes(model_id, backend, Capability(capability), by.get(OK, 0), _failures(by))
        for (model_id, backend, capability), by in found.items()
    ]


def _failures(by: Mapping[str, int]) -> dict[Failure, int]:
    return {failure: by[failure] for failure in Failure if failure in by}


def _rounded(row: Outcomes) -> Outcomes:
    """A row whose calls are one of the steps, and whose rate of failures is no higher than it was."""
    calls = calls_of(row)
    fewer = max(step for step in STEPS if step <= calls)
    ends = (end * fewer // calls for end in accumulate(row.failures.values(), initial=0))
    shares = [end - start for start, end in pairwise(ends)]
    failures = {failure: share for failure, share in zip(row.failures, shares, strict=True) if share}
    return Outcomes(row.model_id, row.backend, row.capability, fewer - sum(shares), failures)


def _body(rows: Sequence[Outcomes], sender: Sender, day: date) -> bytes:
    report = TelemetryReport(sender.client, version_of(sender.version), day, tuple(rows))
    return compact({"schema": SCHEMA, "client": report.client, "day": f"{day}", **report.content()})


def version_of(text: str) -> str:
    """A version without what a local build adds to it."""
    found = CLIENT_VERSION.match(text)
    return found[0] if found is not None else "0"


def _fits(body: bytes) -> bool:
    return len(body) <= MOST_BYTES_UNPACKED and len(packed(body)) <= MOST_BYTES
