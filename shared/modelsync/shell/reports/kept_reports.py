"""Where reports of clients are kept: one object for each client, in a bounded number of places, written seldom.

There is no database and nothing is listed here, so that every bound has to lie in the names:

- Each credential has 256 places, for bindings once and for telemetry once a day. No text that a client chose is part
  of a key, and no report adds a 257th object.
- A digest of credential and client names up to 16 of the places, and then the client itself: its report lies in the
  first of them that was free. That any of 100 clients finds all of its places taken happens three times in a million;
  of 150, twice in a thousand. A fleet that is larger than that gets several credentials.
- A report of a client replaces its last one, on the condition that it is still the one that was read. Each object
  counts the reports of its day, and takes no more than 4 of them; the same report again is not written at all.
- A place of bindings is free again when the report in it has run out, 35 days after its day.

The digest that stands in an object as its client cannot be traced to the id that the client sent, and is another one
for telemetry, on every day. An object that is no report is somebody's: it is left alone.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from modelsync.catalog import keys
from modelsync.catalog.reports import LEASE_LASTS, BindingsReport, KeptAs, Report, encode_report, kept_as
from modelsync.shell.storage.contention import until_first
from modelsync.shell.storage.object_store import Headers, ObjectStore, StoredObject

PLACES_OF_A_CLIENT: Final = 16
"""Bytes of the digest that name places, of 256; one that is named twice counts once."""

MOST_REPORTS: Final = 4
"""Of one client for one day: the first, and three that put it right."""

_PRIVATE: Final = Headers(cache_control="private, no-store")


class Kept(Enum):
    """What became of a report."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    """The same stands already, or bindings of a later day."""
    TOO_OFTEN = "too often"
    NO_PLACE = "no place"


@dataclass(frozen=True, slots=True)
class _Client:
    """Who a client is to us: a name that only its own id gives, and the keys of its places, in order."""

    name: str
    keys: tuple[str, ...]

    @classmethod
    def of(cls, report: Report, reporter: str) -> "_Client":
        """The client that sent a report with a credential."""
        if isinstance(report, BindingsReport):
            digest = _digest("bindings", reporter, report.client)
            found = (keys.bindings_key(reporter, place) for place in digest[:PLACES_OF_A_CLIENT])
        else:
            digest = _digest("telemetry", reporter, report.client, f"{report.day}")
            found = (keys.telemetry_key(report.day, reporter, place) for place in digest[:PLACES_OF_A_CLIENT])
        return cls(digest[PLACES_OF_A_CLIENT:].hex(), tuple(dict.fromkeys(found)))


def keep(store: ObjectStore, report: Report, *, reporter: str, prefix: str, today: date) -> Kept:
    """Keep a report that came with a reporter's credential; raises StoreError where the store fails."""
    client = _Client.of(report, reporter)
    return until_first(
        lambda: _keep_once(store, report, client=client, prefix=prefix, today=today), what="a report's place"
    )


def _keep_once(store: ObjectStore, report: Report, *, client: _Client, prefix: str, today: date) -> Kept:
    free: tuple[str, str | None] | None = None  # its key, and the ETag of what ran out there
    for key in client.keys:
        found = store.get(prefix + key)
        if found is None:
            free = free or (prefix + key, None)
            break  # a client takes its first free place: behind one that was never taken it has none
        standing = kept_as(found.body)
        if standing is None:
            continue
        if standing.client == client.name:
            return _keep_again(store, report, standing=standing, found=found)
        if free is None and today - standing.day > LEASE_LASTS:  # of bindings; no day of telemetry is that old
            free = prefix + key, found.etag
    if free is None:
        return Kept.NO_PLACE
    body = encode_report(report, client=client.name, reports=1)
    store.put(free[0], body, headers=_PRIVATE, if_absent=free[1] is None, if_match=free[1])
    return Kept.WRITTEN


def _keep_again(store: ObjectStore, report: Report, *, standing: KeptAs, found: StoredObject) -> Kept:
    """Replace a client's last report, unless it says the same, or enough was said that day."""
    if report.day < standing.day:
        return Kept.UNCHANGED
    if encode_report(report, client=standing.client, reports=standing.reports) == found.body:
        return Kept.UNCHANGED
    reports = standing.reports + 1 if report.day == standing.day else 1
    if reports > MOST_REPORTS:
        return Kept.TOO_OFTEN
    body = encode_report(report, client=standing.client, reports=reports)
    store.put(found.key, body, headers=_PRIVATE, if_match=found.etag)
    return Kept.WRITTEN


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\n".join(parts).encode()).digest()
