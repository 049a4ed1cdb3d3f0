"""An older generation's content, published again as a newer generation.

The list, the shortlist and the measurements become what they were. Nothing that was ever published is forgotten:
ids newer than the restored generation get a tombstone that says so (they return with the next feed that lists
them), tombstones and old aliases stay, and the log tells the way there. Flags are those of then, but for what clients
reported since (`pipeline.telemetry.rollback`); redirects are found anew, and so is a shortlist that would recommend
a model whose flag was lowered since.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from modelsync.catalog.documents import AliasChange, Signals, Tombstone, content_of
from modelsync.catalog.keys import CHANGES, CURATED, SIGNALS
from modelsync.catalog.lifecycle import LifecycleState
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.overrides import Overrides
from modelsync.pipeline.ranking.curation import curated_document, shortlist_moves
from modelsync.pipeline.refresh import Refresh, catalog_documents, census_of, with_events
from modelsync.pipeline.retire import Census
from modelsync.pipeline.stamp import Stamp
from modelsync.pipeline.telemetry.rollback import telemetry_of_now, with_flags_of_now

WITHDRAWN: Final = "not in the generation that was restored"
"""Cause of a tombstone that no feed and no clock made."""


def roll_back(standing: PublishedSet, target: PublishedSet, *, overrides: Overrides, stamp: Stamp) -> Refresh:
    """Restore `target` on top of what stands; where that had no shortlist yet, the one that stands is chosen anew."""
    before, wanted = census_of(standing), census_of(target)
    wanted = replace(wanted, listed=with_flags_of_now(wanted.listed, now=before.listed))
    judged_since = {i for i, model in target.models().items() if wanted.listed[i] != model}
    after = _restored(before, wanted, stamp.now)
    documents, events = catalog_documents(
        standing,
        before,
        after,
        alias_changes=_alias_changes(before, wanted, stamp.now),
        overrides=overrides,
        stamp=stamp,
    )
    signals = _signals(standing.signals, target.signals, wanted.listed)
    if signals is not None and (standing.signals is None or content_of(signals) != content_of(standing.signals)):
        documents[SIGNALS] = signals.model_copy(update=stamp.on())
    findings: tuple[str, ...] = ()
    curated = target.curated
    if curated is not None and any(each.id in judged_since for each in curated.models):
        curated = None
    if curated is None and standing.curated is not None:
        restored = replace(standing.replacing(documents), curated=None)
        curated, findings = curated_document(restored, overrides=overrides, stamp=stamp)
    if curated is not None and curated != standing.curated:
        documents[CURATED] = curated.model_copy(update=stamp.on())
    moves = shortlist_moves(standing.curated, curated, at=stamp.now, generation=stamp.generation)
    if moves:
        documents[CHANGES] = with_events(standing.replacing(documents).changes, moves, stamp)
    return Refresh(documents, events=(*events, *moves), findings=findings)


def _signals(now: Signals | None, then: Signals | None, restored: Mapping[str, ModelInfo]) -> Signals | None:
    """The measurements of then, with what clients reported up to now."""
    if then is None:
        return now
    told = telemetry_of_now(then.telemetry, now.telemetry if now is not None else None, restored=restored)
    return then.model_copy(update={"telemetry": told})


def _alias_changes(before: Census, target: Census, now: datetime) -> tuple[AliasChange, ...]:
    """Aliases that were given since go back; they still lead to the models that had them."""
    pairs = ((before.listed.get(i), model) for i, model in target.listed.items())
    return tuple(
        AliasChange(old_alias=had.alias, new_alias=model.alias, model_id=model.id, since=now)
        for had, model in pairs
        if had is not None and had.alias != model.alias
    )


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
