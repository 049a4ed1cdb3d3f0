"""An older generation's content, published again as a newer generation.

The list, the shortlist and the measurements become what they were. Nothing that was ever published is forgotten:
ids newer than the restored generation get a tombstone that says so (they return with the next feed that lists
them), tombstones and old aliases stay, and the log tells the way there. Overrides are not applied again.
"""

from datetime import datetime
from typing import Final

from modelsync.catalog.documents import Tombstone
from modelsync.catalog.keys import CURATED, SIGNALS
from modelsync.catalog.lifecycle import LifecycleState
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.overrides import Overrides
from modelsync.pipeline.refresh import Refresh, Stamp, catalog_documents, census_of
from modelsync.pipeline.retire import Census

WITHDRAWN: Final = "not in the generation that was restored"
"""Cause of a tombstone that no feed and no clock made."""


def roll_back(standing: PublishedSet, target: PublishedSet, *, overrides: Overrides, stamp: Stamp) -> Refresh:
    """Restore `target` on top of what stands."""
    before = census_of(standing)
    after = _restored(before, census_of(target), stamp.now)
    documents, events = catalog_documents(
        standing, before, after, alias_changes=(), overrides=overrides, stamp=stamp
    )
    for name, old in ((CURATED, target.curated), (SIGNALS, target.signals)):
        if old is not None and old != standing.by_name().get(name):
            documents[name] = old.model_copy(update=stamp.on())
    return Refresh(documents, events=events)


def _restored(before: Census, target: Census, now: datetime) -> Census:
    stones = dict(before.tombstones)
    for model in before.listed.values():
        if model.id not in target.listed:
            stones[model.id] = target.tombstones.get(model.id) or _withdrawn(model, now)
    for model_id in stones.keys() & target.listed.keys():
        state = target.listed[model_id].state
        if stones[model_id].state is not state:
            stones[model_id] = stones[model_id].model_copy(update={"state": state, "returned_at": now})
    return Census(target.listed, dict(sorted(stones.items())))


def _withdrawn(model: ModelInfo, now: datetime) -> Tombstone:
    return Tombstone(
        id=model.id,
        state=LifecycleState.DEPRECATED,
        cause=WITHDRAWN,
        replacement=None,
        first_seen=model.first_seen,
        missing_since=model.missing_since or now,
        deprecated_at=now,
        removed_at=None,
        returned_at=None,
        last_known=model.model_copy(update={"state": LifecycleState.STALE, "pending_pricing": None}),
    )
