"""What is published of the chosen lists: entries with their reasons, the union, shortfalls, findings.

Nothing is chosen here; who stands where is `ranking.curate`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from modelsync.catalog.buckets import MAX_PER_FAMILY, MINIMUM, UNION_AT_LEAST, UNION_AT_MOST, Bucket
from modelsync.catalog.capabilities import Need
from modelsync.catalog.documents import BucketShortlist, CuratedModel, ShortlistEntry
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import PriceTier
from modelsync.pipeline.ranking.kinship import release_key
from modelsync.pipeline.ranking.lineup import Candidate, Lineup
from modelsync.pipeline.ranking.reasons import Praise, next_up
from modelsync.pipeline.ranking.score import Scored


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What `curated.json` holds besides its envelope, and what people should know of how it came about."""

    buckets: Mapping[Bucket, BucketShortlist]
    models: tuple[CuratedModel, ...]
    auto_targets: Mapping[PriceTier, Mapping[Need, str | None]]
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """Everyone who may stand in one bucket, by id."""

    scored: Mapping[str, Scored]
    models: Mapping[str, ModelInfo]

    def candidates(self) -> tuple[Candidate, ...]:
        """What a lineup needs to know of them."""
        return tuple(Candidate(i, self.models[i].family, each.rank) for i, each in self.scored.items())

    def heirs(self) -> Mapping[str, str]:
        """By release, the record that stands for it here: to it goes the place of any other record of the release."""
        return {release_key(i): i for i in self.scored}


def bucket_shortlist(bucket: Bucket, lineup: Lineup, field: Field) -> BucketShortlist:
    """Publish one bucket, best first."""
    praise = Praise(bucket, ((each, field.models[i]) for i, each in field.scored.items()))
    shortfall = max(0, MINIMUM[bucket] - len(lineup))
    return BucketShortlist(
        minimum=MINIMUM[bucket],
        shortfall=shortfall,
        shortfall_reason=_shortfall_reason(field) if shortfall else None,
        models=tuple(_entry(field.scored[each.id], field.models[each.id], praise) for each in lineup.members),
        next_up=next_up(lineup),
    )


def union(lineups: Mapping[Bucket, Lineup], listed: Mapping[str, ModelInfo]) -> tuple[CuratedModel, ...]:
    """Everyone in any bucket, by id, each with the bucket that it ranks highest in."""
    best: dict[str, tuple[float, Bucket]] = {}
    for bucket, lineup in lineups.items():
        for member in lineup.members:
            if member.id not in best or member.rank > best[member.id][0]:
                best[member.id] = (member.rank, bucket)
    return tuple(CuratedModel(**dict(listed[i]), specialty=best[i][1]) for i in sorted(best))


def size_findings(distinct: int) -> Iterable[str]:
    """A sentence where the union missed its bounds, which nothing else may be relaxed for."""
    if distinct < UNION_AT_LEAST:
        yield f"shortlist: {distinct} distinct models, expected {UNION_AT_LEAST} or more: buckets hold all that fit"
    if distinct > UNION_AT_MOST:
        yield f"shortlist: {distinct} distinct models, expected {UNION_AT_MOST} or fewer: remove pins to make room"


def _entry(scored: Scored, model: ModelInfo, praise: Praise) -> ShortlistEntry:
    return ShortlistEntry(
        id=model.id,
        alias=model.alias,
        rank=scored.rank,
        components=scored.components,
        reason=praise.of(scored, model),
    )


def _shortfall_reason(field: Field) -> str:
    families = len({model.family for model in field.models.values()})
    return (
        f"Only {len(field.models)} models of {families} families may stand here, at most {MAX_PER_FAMILY} of a family."
    )
