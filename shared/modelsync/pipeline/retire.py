"""What becomes of models that the feed no longer lists: they age, and leave a tombstone.

A tombstone keeps the last known record and is never taken back; when its model returns it says so. Nobody ages
while no feed is believed: ages are counted up to the last feed that was. People may bury a missing model at
once (`tombstones`) or keep it waiting (`pins`). Where to send its users is `pipeline.redirect`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from modelsync.catalog.documents import Tombstone
from modelsync.catalog.lifecycle import DEPRECATED_AFTER, LISTED, REMOVED_AFTER, LifecycleState, lifecycle_state
from modelsync.catalog.model_info import ModelInfo, expired
from modelsync.pipeline.overrides import Overrides

Bound = Callable[[str], bool]
"""Tells whether some user's saved choice points at an id."""


def everything_is_bound(_: str) -> bool:
    """What is assumed while the registry of bindings cannot be read."""
    return True


@dataclass(frozen=True, slots=True)
class Census:
    """Everyone ever published: the listed models by id, and the tombstones by id."""

    listed: Mapping[str, ModelInfo]
    tombstones: Mapping[str, Tombstone]

    def last_known(self, model_id: str) -> ModelInfo | None:
        """The newest record of an id, alive or not; None where it was never published."""
        stone = self.tombstones.get(model_id)
        return self.listed.get(model_id) or (stone.last_known if stone is not None else None)

    def states(self) -> dict[str, LifecycleState]:
        """The state of every id ever published."""
        buried = {i: stone.state for i, stone in self.tombstones.items()}
        return buried | {i: model.state for i, model in self.listed.items()}


BURIED_EARLY: Final = "buried by people before its time"
"""Cause of a tombstone that an override made."""

AGE: Final = {state: rank for rank, state in enumerate(LifecycleState)}


def age(
    before: Census,
    present: Mapping[str, ModelInfo],
    *,
    overrides: Overrides,
    bound: Bound,
    seen_until: datetime,
) -> Census:
    """Age everyone who is not `present` in the last feed that was believed, at `seen_until`."""
    clock = _Clock(overrides, bound, seen_until)
    listed = dict(present)
    tombstones = dict(before.tombstones)
    for model in before.listed.values():
        if model.id not in present:
            missing = clock.missing(model)
            if missing.state is LifecycleState.STALE:
                listed[model.id] = missing
            else:
                tombstones[model.id] = clock.bury(missing)
    return Census(
        listed=dict(sorted(listed.items())),
        tombstones={i: clock.revisit(stone, listed.get(i)) for i, stone in sorted(tombstones.items())},
    )


def may_remove(census: Census, *, at: datetime) -> bool:
    """Tell whether somebody has been missing so long that it matters who is bound."""
    return bool(waiting_to_be_removed(census, at=at))


def waiting_to_be_removed(census: Census, *, at: datetime) -> frozenset[str]:
    """Ids that have been missing so long that only a saved choice, or people, can keep them from being removed."""
    missing = {i: model.missing_since for i, model in census.listed.items()}
    missing |= {i: s.missing_since for i, s in census.tombstones.items() if i not in missing and not _is_final(s)}
    return frozenset(i for i, since in missing.items() if since is not None and at - since >= REMOVED_AFTER)


def _is_final(stone: Tombstone) -> bool:
    return stone.state is LifecycleState.REMOVED


class _Clock:
    """The rules of ageing at one moment."""

    def __init__(self, overrides: Overrides, bound: Bound, seen_until: datetime) -> None:
        self._buried = {each.id: LifecycleState(each.state) for each in overrides.tombstones}
        self._pinned = {each.id for each in overrides.pins}
        self._bound = bound
        self._seen_until = seen_until

    def missing(self, model: ModelInfo) -> ModelInfo:
        since = model.missing_since or self._seen_until
        state = self._state(model.id, since)
        if model.missing_since is not None and state is model.state:
            return model
        return model.model_copy(update={"state": state, "missing_since": since})

    def bury(self, model: ModelInfo) -> Tombstone:
        return Tombstone(
            id=model.id,
            state=model.state,
            cause=self._cause(model),
            replacement=None,
            first_seen=model.first_seen,
            missing_since=model.missing_since or self._seen_until,
            deprecated_at=self._seen_until,
            removed_at=self._seen_until if model.state is LifecycleState.REMOVED else None,
            returned_at=None,
            last_known=model.model_copy(update={"state": LifecycleState.STALE, "pending_pricing": None}),
        )

    def revisit(self, stone: Tombstone, listed: ModelInfo | None) -> Tombstone:
        if listed is not None:
            if listed.state is stone.state:
                return stone
            returned = stone.returned_at or self._seen_until
            return stone.model_copy(update={"state": listed.state, "returned_at": returned})
        state = max(self._state(stone.id, stone.missing_since), stone.state, key=AGE.__getitem__)
        if state is stone.state:
            return stone
        return stone.model_copy(update={"state": state, "removed_at": self._seen_until})

    def _cause(self, model: ModelInfo) -> str:
        since = model.missing_since or self._seen_until
        if model.id in self._buried and self._seen_until - since < DEPRECATED_AFTER:
            return BURIED_EARLY
        if model.expires_at is None:
            return "left the feed unannounced"
        day = f"{model.expires_at:%Y-%m-%d}"
        return (
            f"ended as announced for {day}"
            if expired(model, since)
            else f"left the feed before its announced end of {day}"
        )

    def _state(self, model_id: str, since: datetime) -> LifecycleState:
        if model_id in self._pinned:
            return LifecycleState.STALE
        state = lifecycle_state(since, bound=self._bound(model_id), seen_until=self._seen_until)
        return max(state, self._buried.get(model_id, state), key=AGE.__getitem__)


def is_buried(stone: Tombstone) -> bool:
    """Tell whether a tombstone's model is gone now."""
    return stone.state not in LISTED
