"""The shortlist: six buckets, chosen by rank under constraints, and steady from day to day.

1. Candidates of a bucket: the scored models, one per release, without those that people banned.
2. Pins stand, and so do yesterday's entries as far as they still can, or the record that speaks for their release
   now; what left is replaced, minimums are met.
3. Newcomers take places by a margin, the greatest gains first, at most two exchanges a day in all buckets together.
4. Buckets are lengthened in turn until 30 distinct models stand in all of them together.

A minimum that cannot be met is stated as a shortfall; nothing is relaxed. A bucket remembers its length, so that
nobody is dropped only because the union would be large enough without it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from modelsync.catalog.buckets import CHANGES_PER_DAY, MINIMUM, UNION_AT_LEAST, UNION_AT_MOST, Bucket
from modelsync.catalog.documents import Curated
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.overrides import CuratedRule
from modelsync.pipeline.ranking.auto_targets import auto_targets
from modelsync.pipeline.ranking.eligibility import is_recommendable
from modelsync.pipeline.ranking.kinship import one_per_release, release_key
from modelsync.pipeline.ranking.lineup import MARGIN, Lineup
from modelsync.pipeline.ranking.score import Scores
from modelsync.pipeline.ranking.shortlist import Field, Shortlist, bucket_shortlist, size_findings, union

Lineups = Mapping[Bucket, Lineup]


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
    lineups = _open(fields, previous, pins_and_bans)
    if previous is not None:
        _exchange(lineups, at_most=CHANGES_PER_DAY - changes_today)
    _lengthen(lineups)
    _shorten(lineups)
    chosen = union(lineups, listed)
    banned = _named("ban", None, pins_and_bans)
    return Shortlist(
        buckets={bucket: bucket_shortlist(bucket, lineups[bucket], fields[bucket]) for bucket in Bucket},
        models=chosen,
        auto_targets=auto_targets(
            {i: model for i, model in listed.items() if i not in banned},
            scores,
            curated={model.id for model in chosen},
        ),
        findings=(*_unheard_pins(lineups, pins_and_bans), *size_findings(len(chosen))),
    )


def _field(bucket: Bucket, listed: Mapping[str, ModelInfo], scores: Scores, rules: Sequence[CuratedRule]) -> Field:
    banned = _named("ban", bucket, rules)
    standing = {each.id: each for each in scores.by_bucket[bucket] if each.id in listed and each.id not in banned}
    chosen = one_per_release((listed[i] for i in standing), preferred=_named("pin", bucket, rules))
    models = {model.id: model for model in chosen}
    return Field({i: each for i, each in standing.items() if i in models}, models)


def _named(action: Literal["pin", "ban"], bucket: Bucket | None, rules: Sequence[CuratedRule]) -> frozenset[str]:
    """Ids that the rules of one kind name for a bucket; for None those that they name for all of them."""
    return frozenset(rule.id for rule in rules if rule.action == action and rule.bucket in (None, bucket))


def _open(fields: Mapping[Bucket, Field], previous: Curated | None, rules: Sequence[CuratedRule]) -> Lineups:
    """Pins and those who stood there, as far as they still can, and the best in the places of those who left."""
    lineups: dict[Bucket, Lineup] = {}
    for bucket, field in fields.items():
        before = previous.buckets[bucket].models if previous is not None and bucket in previous.buckets else ()
        length = max(MINIMUM[bucket], len(before))
        lineup = Lineup(field.candidates(), kept=_named("pin", bucket, rules))
        heirs = field.heirs()
        lineup.admit(heirs.get(release_key(entry.id), entry.id) for entry in before)
        while len(lineup) < length and lineup.lengthen():
            pass
        while len(lineup) > length and lineup.shorten():
            pass
        lineups[bucket] = lineup
    return lineups


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
    while _distinct(lineups) < UNION_AT_LEAST:
        shortest_first = sorted(lineups, key=lambda bucket: len(lineups[bucket]) - MINIMUM[bucket])
        if not any(lineups[bucket].lengthen() for bucket in shortest_first):
            return


def _shorten(lineups: Lineups) -> None:
    """Bring the union to its upper bound, each time by the bucket that is most beyond its minimum."""
    while _distinct(lineups) > UNION_AT_MOST:
        spare = [bucket for bucket, lineup in lineups.items() if len(lineup) > MINIMUM[bucket]]
        longest_first = sorted(spare, key=lambda bucket: MINIMUM[bucket] - len(lineups[bucket]))
        if not any(lineups[bucket].shorten() for bucket in longest_first):
            return


def _distinct(lineups: Lineups) -> int:
    return len({member.id for lineup in lineups.values() for member in lineup.members})


def _unheard_pins(lineups: Lineups, rules: Sequence[CuratedRule]) -> tuple[str, ...]:
    """One sentence for each pin that no constraint allows."""
    return tuple(
        f"overrides: curated: {rule.id} is pinned in {rule.bucket or 'all buckets'}, but it is not listed, not fit, "
        f"retiring or banned there, or its family is full; remove the pin or mend the id"
        for rule in rules
        if rule.action == "pin"
        and not any(rule.id in lineup for bucket, lineup in lineups.items() if rule.bucket in (None, bucket))
    )
