"""One refresh of the kept set from where it is published.

- One process at a time: whoever waited for the lock uses what the holder brought, good or bad, and asks nothing.
- One conditional GET of the manifest; 304 ends it. Then only documents whose SHA-256 is another one, and all of them
  are checked and parsed before anything is kept.
- Whatever goes wrong leaves the kept set as it is, says why, and is not tried again for a minute, then longer.
- Where nothing can be written, the set lives in memory only, and the result says so.

Asks `polling` what is published and `patience` when to ask again. When to refresh is `loading`'s business.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from modelsync.client.reading.cache import Cache, Stamp, State
from modelsync.client.reading.guard import Status
from modelsync.client.reading.loaded import RefreshResult
from modelsync.client.reading.patience import after_failure, is_due
from modelsync.client.reading.polling import FAILURES, Found, Get, Line, ask
from modelsync.client.reading.sets import DocumentSet
from modelsync.client.reading.sources import Web
from modelsync.errors import StoreError


class Upstream(NamedTuple):
    """Where to ask, first to last, by what, and for how long altogether."""

    sources: tuple[Web, ...]
    get: Get
    seconds: float
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    """Numbers in [0, 1)."""


class Order(NamedTuple):
    """What the caller insists on."""

    force: bool = False
    """Ask though nothing is due."""
    accept: bool = False
    """Take an older generation or a shrunken list, this once."""
    wait_seconds: float = 0.0
    """How long to wait for a refresh of another process."""
    seen: State = State()
    """The state on disk when the caller decided: another one under the lock means that somebody else has refreshed."""


class Refreshed(NamedTuple):
    """What a refresh leaves behind."""

    result: RefreshResult
    documents: DocumentSet | None
    state: State
    stamp: Stamp | None = None
    """The cache's, where it holds these documents; None: they are in memory only, as far as is known."""


def refresh(
    cache: Cache | None, kept: DocumentSet | None, *, state: State, upstream: Upstream, order: Order
) -> Refreshed:
    """Bring the kept set up to date, or say why not; never raises for what a server or a disk does.

    `kept` and `state` are what this process has in memory; what the disk has is preferred where it can be read.
    No cache means that nothing is kept on disk.
    """
    if cache is None:
        return _without_disk(kept, state, upstream=upstream, order=order)
    try:
        with cache.locked(wait_seconds=order.wait_seconds) as is_ours:
            if not is_ours:
                return Refreshed(RefreshResult(Status.BUSY), kept, state)
            return _refresh_kept(cache, kept, upstream=upstream, order=order)
    except StoreError as unwritable:
        return _in_memory(_without_disk(kept, state, upstream=upstream, order=order), unwritable)


def _without_disk(kept: DocumentSet | None, state: State, *, upstream: Upstream, order: Order) -> Refreshed:
    if order.force or kept is None or is_due(state, now=upstream.clock()):
        return _ask_all(kept, state, upstream=upstream, accept=order.accept)
    return Refreshed(_result(_idle(state), kept, kept, error=state.error), kept, state)


def _refresh_kept(cache: Cache, kept: DocumentSet | None, *, upstream: Upstream, order: Order) -> Refreshed:
    """The refresh of whoever holds the lock."""
    state, on_disk = cache.state(), cache.load()
    current = on_disk if on_disk is not None else kept
    is_shared = _mark(state) != _mark(order.seen)
    if is_shared or not (order.force or on_disk is None or is_due(state, now=upstream.clock())):
        status = (state.status if state.failures else Status.SHARED) if is_shared else _idle(state)
        stamp = cache.stamp() if on_disk is not None else None
        return Refreshed(_result(status or Status.UNAVAILABLE, kept, current, error=state.error), current, state, stamp)
    done = _ask_all(current, state, upstream=upstream, accept=order.accept)
    try:
        if done.documents is not None and (done.result.status is Status.CHANGED or on_disk is None):
            cache.save(done.documents)
        cache.save_state(done.state)
    except StoreError as unwritable:
        return _in_memory(done, unwritable)
    return done._replace(stamp=cache.stamp())


def _ask_all(kept: DocumentSet | None, state: State, *, upstream: Upstream, accept: bool) -> Refreshed:
    """What the first address has that does not fail, else the last one's failure."""
    line, found, address = Line(upstream.get, upstream.seconds), Found(Status.UNAVAILABLE), state.address
    for source in upstream.sources:
        found, address = ask(source, kept, state=state, line=line, clock=upstream.clock, accept=accept), source.base
        if found.status not in FAILURES:
            break
    documents = kept if found.documents is None else found.documents
    after = _state_after(found, state, documents=documents, address=address, upstream=upstream)
    is_told = found.status is Status.TOO_NEW and after.told_at != state.told_at
    result = _result(found.status, kept, documents, error=found.error)._replace(
        requests=line.requests, wire_bytes=line.wire_bytes, advice=(found.error or "",) if is_told else ()
    )
    return Refreshed(result, documents, after)


def _state_after(
    found: Found, state: State, *, documents: DocumentSet | None, address: str | None, upstream: Upstream
) -> State:
    now = upstream.clock()
    if found.status in FAILURES:
        return after_failure(
            state,
            status=found.status,
            error=found.error,
            retry_after_seconds=found.retry_after_seconds,
            now=now,
            chance=upstream.chance,
        )
    return State(
        address=address,
        etag=found.etag,
        etag_of=None if documents is None else documents.manifest.sha256,
        checked_at=now,
        observed_at=found.observed_at,
        status=found.status,
    )


def _in_memory(done: Refreshed, unwritable: StoreError) -> Refreshed:
    advice = (*done.result.advice, f"{unwritable}; until then the catalog is kept in memory only")
    return done._replace(result=done.result._replace(advice=advice))


def _idle(state: State) -> Status:
    """Why nothing is asked."""
    return Status.WAITING if state.failures else Status.NOT_DUE


def _mark(state: State) -> tuple[object, ...]:
    """What differs once somebody has refreshed."""
    return (state.checked_at, state.failures, state.retry_at)


def _result(
    status: Status, before: DocumentSet | None, after: DocumentSet | None, *, error: str | None
) -> RefreshResult:
    return RefreshResult(
        status,
        from_generation=None if before is None else before.generation,
        to_generation=None if after is None else after.generation,
        error=error,
    )
