"""The shortlist: six buckets, chosen by rank under constraints, and steady from day to day.

1. Candidates of a bucket: the scored models, one per release, without those that people banned.
2. Pins stand, and so do yesterday's entries as far as they still can; what left is replaced, minimums are met.
3. Newcomers take places by a margin, the greatest gains first, at most two exchanges a day in all buckets together.
4. Buckets are lengthened in turn until 30 distinct models stand in all of them together.

A minimum that cannot be met is stated as a shortfall; nothing is relaxed. A bucket remembers its length, so that
nobody is dropped only because the union would be large enough without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from modelsync.catalog.buckets import (
    CHANGES_PER_DAY,
    MAX_PER_FAMILY,
    MINIMUM,
    UNION_AT_LEAST,
    UNION_AT_MOST,
    Bucket,
)
from modelsync.catalog.capabilities import Need
from modelsync.catalog.documents import BucketShortlist, Curated, CuratedModel, ShortlistEntry
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import PriceTier
from modelsync.pipeline.auto_targets import auto_targets
from modelsync.pipeline.eligibility import is_recommendable
from modelsync.pipeline.kinship import one_per_release
from modelsync.pipeline.lineup import MARGIN, Candidate, Lineup
from modelsync.pipeline.overrides import CuratedRule
from modelsync.pipeline.reasons import Praise, next_up
from modelsync.pipeline.score import Scored, Scores

Lineups = Mapping[Bucket, Lineup]


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What `curated.json` holds besides its envelope, and what people should know of how it came about."""

    buckets: Mapping[Bucket, BucketShortlist]
    models: tuple[CuratedModel, ...]
    auto_targets: Mapping[PriceTier, Mapping[Need, str | None]]
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Field:
    """Everyone who may stand in one bucket, by id."""

    scored: Mapping[str, Scored]
    models: Mapping[str, ModelInfo]

    def candidates(self) -> tuple[Candidate, ...]:
        return tuple(Candidate(i, self.models[i].family, each.rank) for i, each in self.scored.items())


def curate(
    models: Sequence[ModelInfo],
    scores: Scores,
    *,
    previous: Curated | None,
    changes_today: int,
    pins_and_bans: Sequence[CuratedRule],
    now: datetime,
) -> Shortlist:
    """Choose the shortlist; `changes_today` counts the exchanges already made on this UTC day.

    `previous` is None on the first day, when there is nobody to be steady for. A ban beats a pin.
    """
    listed = {model.id: model for model in models if is_recommendable(model, now=now)}
    fields = {bucket: _field(bucket, listed, scores, pins_and_bans) for bucket in Bucket}
    lineups = {
        bucket: Lineup(field.candidates(), kept=_named("pin", bucket, pins_and_bans)) for bucket, field in fields.items()
    }
    findings = _unheard_pins(lineups, pins_and_bans)
    _reopen(lineups, previous)
    if previous is not None:
        _exchange(lineups, at_most=CHANGES_PER_DAY - changes_today)
    _lengthen(lineups)
    _shorten(lineups)
    union = _union(lineups, listed)
    banned = _named("ban", None, pins_and_bans)
    return Shortlist(
        buckets={bucket: _published(bucket, lineups[bucket], field) for bucket, field in fields.items()},
        models=union,
        auto_targets=auto_targets(
            {i: model for i, model in listed.items() if i not in banned},
            scores,
            curated={model.id for model in union},
        ),
        findings=findings + _too_few(len(union)),
    )


def _field(bucket: Bucket, listed: Mapping[str, ModelInfo], scores: Scores, rules: Sequence[CuratedRule]) -> _Field:
    banned = _named("ban", bucket, rules)
    standing = {each.id: each for each in scores.by_bucket[bucket] if each.id in listed and each.id not in banned}
    chosen = one_per_release((listed[i] for i in standing), preferred=_named("pin", bucket, rules))
    models = {model.id: model for model in chosen}
    return _Field({i: each for i, each in standing.items() if i in models}, models)


def _named(action: Literal["pin", "ban"], bucket: Bucket | None, rules: Sequence[CuratedRule]) -> frozenset[str]:
    """Ids that the rules of one kind name for a bucket; for None those that they name for all of them."""
    return frozenset(rule.id for rule in rules if rule.action == action and rule.bucket in (None, bucket))


def _unheard_pins(lineups: Lineups, rules: Sequence[CuratedRule]) -> tuple[str, ...]:
    """One sentence for each pin that no constraint allows."""
    return tuple(
        f"overrides: curated: {rule.id} is pinned in {rule.bucket or 'all buckets'} but cannot stand there (not listed, "
        "not fit for it, retiring, banned, or its family is full); remove the pin or mend the id"
        for rule in rules
        if rule.action == "pin"
        and not any(rule.id in lineup for bucket, lineup in lineups.items() if rule.bucket in (None, bucket))
    )


def _reopen(lineups: Lineups, previous: Curated | None) -> None:
    """Take in who stood there as far as they still can, and fill the places of those who left."""
    for bucket, lineup in lineups.items():
        before = previous.buckets[bucket].models if previous is not None and bucket in previous.buckets else ()
        length = max(MINIMUM[bucket], len(before))
        lineup.admit(entry.id for entry in before)
        while len(lineup) < length and lineup.lengthen():
            pass
        while len(lineup) > length and lineup.shorten():
            pass


def _exchange(lineups: Lineups, *, at_most: int) -> None:
    """Let newcomers in that are better by the margin, the greatest gains first."""
    for _ in range(at_most):
        offers = [(lineup, offer) for lineup in lineups.values() if (offer := lineup.best_exchange()) is not None]
        worthwhile = [(lineup, offer) for lineup, offer in offers if offer.gain >= MARGIN]
        if not worthwhile:
            return
        lineup, best = max(worthwhile, key=lambda each: each[1].gain)
        lineup.swap(best)


def _lengthen(lineups: Lineups) -> None:
    """Bring the union to its lower bound, each time by the bucket that is least beyond its minimum."""
    while len(_distinct(lineups)) < UNION_AT_LEAST:
        shortest_first = sorted(lineups, key=lambda bucket: len(lineups[bucket]) - MINIMUM[bucket])
        if not any(lineups[bucket].lengthen() for bucket in shortest_first):
            return


def _shorten(lineups: Lineups) -> None:
    """Bring the union to its upper bound, each time by the bucket that is most beyond its minimum."""
    while len(_distinct(lineups)) > UNION_AT_MOST:
        spare = [bucket for bucket, lineup in lineups.items() if len(lineup) > MINIMUM[bucket]]
        longest_first = sorted(spare, key=lambda bucket: MINIMUM[bucket] - len(lineups[bucket]))
        if not any(lineups[bucket].shorten() for bucket in longest_first):
            return


def _distinct(lineups: Lineups) -> set[str]:
    return {member.id for lineup in lineups.values() for member in lineup.members}


def _too_few(union: int) -> tuple[str, ...]:
    if union >= UNION_AT_LEAST:
        return ()
    return (
        f"shortlist: {union} distinct models, expected at least {UNION_AT_LEAST}: every bucket holds all that fit; "
        "nothing was relaxed",
    )


def _union(lineups: Lineups, listed: Mapping[str, ModelInfo]) -> tuple[CuratedModel, ...]:
    """Everyone in any bucket, by id, each with the bucket that it ranks highest in."""
    best: dict[str, tuple[float, Bucket]] = {}
    for bucket, lineup in lineups.items():
        for member in lineup.members:
            if member.id not in best or member.rank > best[member.id][0]:
                best[member.id] = (member.rank, bucket)
    return tuple(CuratedModel(**dict(listed[i]), specialty=best[i][1]) for i in sorted(best))


def _published(bucket: Bucket, lineup: Lineup, field: _Field) -> BucketShortlist:
    praise = Praise(bucket, ((each, field.models[i]) for i, each in field.scored.items()))
    entries = tuple(
        ShortlistEntry(
            id=member.id,
            alias=field.models[member.id].alias,
            rank=member.rank,
            components=field.scored[member.id].components,
            reason=praise.of(field.scored[member.id], field.models[member.id]),
        )
        for member in lineup.members
    )
    shortfall = max(0, MINIMUM[bucket] - len(entries))
    return BucketShortlist(
        minimum=MINIMUM[bucket],
        shortfall=shortfall,
        shortfall_reason=_shortfall_reason(field) if shortfall else None,
        models=entries,
        next_up=next_up(lineup),
    )


def _shortfall_reason(field: _Field) -> str:
    families = len({model.family for model in field.models.values()})
    return (
        f"Only {len(field.models)} models of {families} families may stand here, at most {MAX_PER_FAMILY} of a family."
    )
