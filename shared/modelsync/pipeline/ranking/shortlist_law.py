"""Law 9, of the shortlist: its constraints, its promises, and who may never be recommended.

Judged by the shortlist's own records, as they were when it was made; only whether a model is still there is asked of
the list. How the shortlist is chosen is `ranking.curate`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from modelsync.catalog.buckets import MAX_PER_FAMILY, MINIMUM, UNION_AT_MOST, Bucket
from modelsync.catalog.documents import BucketShortlist, Curated, CuratedModel
from modelsync.catalog.lifecycle import LifecycleState, is_retiring
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import PricingStatus
from modelsync.pipeline.ranking.score import rank_of


def shortlist_problems(
    curated: Curated, listed: Mapping[str, ModelInfo], *, made_at: datetime
) -> Iterator[tuple[str, str]]:
    """Ids or buckets with what is wrong with them; `made_at` is when the shortlist was last recomputed."""
    records = {model.id: model for model in curated.models}
    places = {bucket: {entry.id for entry in each.models} for bucket, each in curated.buckets.items()}
    yield from ((bucket, "the bucket is missing") for bucket in Bucket if bucket not in curated.buckets)
    for bucket, shortlist in curated.buckets.items():
        yield from ((bucket, problem) for problem in _bucket_problems(bucket, shortlist, records))
    for model_id in set().union(*places.values()) ^ records.keys():
        yield model_id, "the buckets and the union of the shortlist disagree about it"
    if len(records) > UNION_AT_MOST:
        yield "models", f"found {len(records)} distinct models, expected at most {UNION_AT_MOST}"
    for record in curated.models:
        yield from ((record.id, problem) for problem in _unfit(record, listed.get(record.id), made_at))
        if record.id not in places.get(record.specialty, ()):
            yield record.id, f"its specialty is {record.specialty}, where it does not stand"


def _bucket_problems(bucket: Bucket, shortlist: BucketShortlist, records: Mapping[str, CuratedModel]) -> Iterator[str]:
    ids = [entry.id for entry in shortlist.models]
    families = Counter(records[i].family for i in ids if i in records)
    yield from (
        f"{n} models of {family}, at most {MAX_PER_FAMILY}" for family, n in families.items() if n > MAX_PER_FAMILY
    )
    missing = max(0, MINIMUM[bucket] - len(ids))
    if shortlist.minimum != MINIMUM[bucket] or shortlist.shortfall != missing:
        yield f"{len(ids)} of {shortlist.minimum} models, and the shortfall says {shortlist.shortfall}"
    if (shortlist.shortfall_reason is None) is (missing > 0):
        yield f"{missing} models short, and the reason says {shortlist.shortfall_reason}"
    ranks = [entry.rank for entry in shortlist.models]
    if len(set(ids)) != len(ids) or ranks != sorted(ranks, reverse=True):
        yield "its entries are not distinct and best first"
    for entry in shortlist.models:
        if entry.rank != rank_of(entry.components):
            yield f"the rank of {entry.id} is {entry.rank}, its parts add up to {rank_of(entry.components)}"
        if entry.id in records and bucket not in records[entry.id].buckets:
            yield f"{entry.id} may not stand here"


def _unfit(record: CuratedModel, standing: ModelInfo | None, made_at: datetime) -> Iterator[str]:
    """Why a model should not be recommended."""
    if standing is None or standing.state is not LifecycleState.ACTIVE:
        yield f"it is recommended, and {standing.state if standing else 'not listed'}"
    words = {
        "a router": record.is_router,
        "a moving pointer": record.id.startswith("~"),
        "a batch variant": record.variant == "batch",
        "about to end": is_retiring(record.expires_at, now=made_at),
        "without a price": record.pricing_status not in (PricingStatus.PRICED, PricingStatus.FREE),
    }
    yield from (f"it is recommended, and {word}" for word, true in words.items() if true)
