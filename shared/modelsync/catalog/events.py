"""Typed changes between two catalogs: the log that clients and people read.

Laws
- Folding the whole log from empty gives the set of ids ever published and the state of each (`fold_states`).
- The log tells what changed, never that nothing did.

Which changes happened is decided in `pipeline.journal`; this room only says what a change looks like.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from modelsync.catalog.lifecycle import LifecycleState

Detail = str | int | bool | None | Mapping[str, str | None]


class EventKind(StrEnum):
    """What happened to a model."""

    ADDED = "added"
    STALE = "stale"
    DEPRECATED = "deprecated"
    REMOVED = "removed"
    REAPPEARED = "reappeared"
    RENAMED = "renamed"
    PRICE = "price"
    PRICE_NEWS = "price-news"
    CONTEXT = "context"
    CAPABILITY = "capability"
    EXPIRY_ANNOUNCED = "expiry-announced"
    EXPIRY_MOVED = "expiry-moved"
    EXPIRY_WITHDRAWN = "expiry-withdrawn"
    EXPIRY_PASSED = "expiry-passed"
    CURATED_IN = "curated-in"
    CURATED_OUT = "curated-out"
    ALIAS = "alias"


STATE_AFTER = {
    EventKind.ADDED: LifecycleState.ACTIVE,
    EventKind.STALE: LifecycleState.STALE,
    EventKind.DEPRECATED: LifecycleState.DEPRECATED,
    EventKind.REMOVED: LifecycleState.REMOVED,
    EventKind.REAPPEARED: LifecycleState.ACTIVE,
}
"""The kinds that move a model through its life; the others leave its state alone."""

KIND_OF_STATE = {
    LifecycleState.STALE: EventKind.STALE,
    LifecycleState.DEPRECATED: EventKind.DEPRECATED,
    LifecycleState.REMOVED: EventKind.REMOVED,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one model.

    `field` names what changed where the kind does not say it (a flag, a bucket); `before` and `after` are its
    published values; `generation` is the one that first published the change; `note` is one sentence for people.
    """

    at: datetime
    generation: int
    kind: EventKind
    id: str
    field: str | None = None
    before: Detail = None
    after: Detail = None
    note: str | None = None


def departed(events: Iterable[Event]) -> frozenset[str]:
    """The models that are no longer active and were before."""
    return frozenset(event.id for event in events if event.kind in KIND_OF_STATE.values())


def fold_states(events: Iterable[Event]) -> dict[str, LifecycleState]:
    """Replay a log from empty: the state of every id it ever named, in the order of the log."""
    states: dict[str, LifecycleState] = {}
    for event in events:
        after = STATE_AFTER.get(event.kind)
        if after is not None:
            states[event.id] = after
    return states
