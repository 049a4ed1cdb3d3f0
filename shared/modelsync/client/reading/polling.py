"""What one address has published, held against what is kept: requests, checks, and one value at the end.

- The manifest is asked for with the ETag that belongs to the kept one, in the server's own words.
- Documents of a digest that is kept already are not fetched; all others are checked before any of them counts.
- Past the manifest's `staleAfter` the heartbeat is read too: it tells a still world from a pipeline that stands still.

Every way of going wrong is a value here. Keeps nothing; `refresh` does.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from modelsync.client.catalog import Catalog
from modelsync.client.reading.cache import State
from modelsync.client.reading.guard import Status, manifest_refusal, shrink_refusal
from modelsync.client.reading.sets import MAX_MANIFEST_BYTES, DocumentSet, Manifest, observed_at, read_manifest
from modelsync.client.reading.sources import MANIFEST_KEY, STATUS_KEY, Web
from modelsync.client.reading.transport import NOT_MODIFIED, OK, Answer, Limits
from modelsync.errors import RemoteError, StoreError

FAILURES = frozenset({Status.ROLLED_BACK, Status.SUSPICIOUS, Status.TOO_NEW, Status.UNAVAILABLE, Status.DAMAGED})
"""Ends after which the kept set stays, and nothing is asked for a while."""

Get = Callable[..., Answer]
"""`transport.get`, or what a test has in its place."""


class Found(NamedTuple):
    """What one address gave."""

    status: Status
    documents: DocumentSet | None = None
    etag: str | None = None
    error: str | None = None
    retry_after_seconds: float | None = None
    observed_at: datetime | None = None


class Line:
    """The requests of one refresh: their common deadline, and what they cost."""

    def __init__(self, get: Get, seconds: float) -> None:
        self._get, self._deadline = get, time.monotonic() + seconds
        self.requests, self.wire_bytes = 0, 0

    def ask(self, url: str, *, limit: int, etag: str | None = None) -> Answer:
        """The answer at `url`, within what is left of the time; raises RemoteError."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise RemoteError(f"{url}: found no time left, expected the refresh to be over; try again later")
        self.requests += 1
        answer = self._get(url, etag=etag, limits=Limits(seconds, limit))
        self.wire_bytes += answer.wire_bytes
        return answer


def ask(
    source: Web,
    kept: DocumentSet | None,
    *,
    state: State,
    line: Line,
    clock: Callable[[], datetime],
    accept: bool,
) -> Found:
    """What one address has, taken or refused."""
    try:
        found = _ask_manifest(source, kept, etag=_etag_for(kept, state, source=source), line=line, accept=accept)
        if found.documents is not None and clock() > found.documents.manifest.stale_after:
            return found._replace(observed_at=_observed_at(source, line=line))
    except RemoteError as error:
        return Found(Status.UNAVAILABLE, error=str(error))
    except StoreError as error:
        return Found(Status.DAMAGED, error=str(error))
    return found


def _ask_manifest(source: Web, kept: DocumentSet | None, *, etag: str | None, line: Line, accept: bool) -> Found:
    url = source.address(MANIFEST_KEY)
    answer = line.ask(url, limit=MAX_MANIFEST_BYTES, etag=etag)
    if answer.status == NOT_MODIFIED and etag is not None:
        return Found(Status.UNCHANGED, kept, etag)
    if answer.status != OK:
        error = f"{url}: found status {answer.status}, expected 200 or 304; try again later"
        return Found(Status.UNAVAILABLE, error=error, retry_after_seconds=answer.retry_after_seconds)
    manifest = read_manifest(answer.body, where=url)
    found = _taken(source, kept, manifest=manifest, line=line, accept=accept)
    return found if found.documents is None else found._replace(etag=answer.etag)


def _taken(source: Web, kept: DocumentSet | None, *, manifest: Manifest, line: Line, accept: bool) -> Found:
    """The set that the manifest names, unless something speaks against it."""
    if kept is not None and manifest.body == kept.manifest.body:
        return Found(Status.UNCHANGED, kept)
    refusal = manifest_refusal(manifest, kept, accept=accept)
    if refusal is not None:
        return Found(refusal.status, error=refusal.sentence)
    documents = DocumentSet(manifest, _bodies(source, kept, manifest=manifest, line=line))
    for name in documents:
        _ = documents[name]  # nothing is kept that does not parse
    Catalog.of(documents)  # nor that nobody could open
    refusal = shrink_refusal(documents, kept, accept=accept)
    return Found(Status.CHANGED, documents) if refusal is None else Found(refusal.status, error=refusal.sentence)


def _bodies(source: Web, kept: DocumentSet | None, *, manifest: Manifest, line: Line) -> Mapping[str, bytes]:
    """The documents by name: by their digest from the kept set, the others from the network, unchecked."""
    held = {} if kept is None else {e.sha256: bytes(kept.bodies[name]) for name, e in kept.manifest.entries.items()}
    bodies: dict[str, bytes] = {}
    for name, entry in manifest.entries.items():
        if entry.sha256 in held:
            bodies[name] = held[entry.sha256]
            continue
        url = source.address(entry.key)
        answer = line.ask(url, limit=entry.bytes)
        if answer.status != OK:
            raise RemoteError(f"{url}: found status {answer.status}, expected 200; try again later")
        bodies[name] = answer.body
    return bodies


def _observed_at(source: Web, *, line: Line) -> datetime | None:
    """What the heartbeat says, or None: then the set is as old as it says itself."""
    try:
        answer = line.ask(source.address(STATUS_KEY), limit=MAX_MANIFEST_BYTES)
    except RemoteError:
        return None
    return observed_at(answer.body) if answer.status == OK else None


def _etag_for(kept: DocumentSet | None, state: State, *, source: Web) -> str | None:
    is_of_kept = kept is not None and state.address == source.base and state.etag_of == kept.manifest.sha256
    return state.etag if is_of_kept else None
