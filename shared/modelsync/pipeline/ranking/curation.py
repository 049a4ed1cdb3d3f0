"""The shortlist as a document: scored, chosen, and compared with the one before it.

How a rank comes about is `ranking.score`, who is chosen `ranking.curate`; here the two meet what is published.
"""

from datetime import datetime

from modelsync.catalog.documents import Curated
from modelsync.catalog.events import Event, EventKind
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.journal import in_order
from modelsync.pipeline.overrides import Overrides
from modelsync.pipeline.ranking.curate import curate
from modelsync.pipeline.ranking.eligibility import is_recommendable
from modelsync.pipeline.ranking.kinship import release_key
from modelsync.pipeline.ranking.score import score_models
from modelsync.pipeline.stamp import Stamp


def curated_document(published: PublishedSet, *, overrides: Overrides, stamp: Stamp) -> tuple[Curated, tuple[str, ...]]:
    """The shortlist of what is published, and what people should know of it."""
    models = tuple(published.models().values())
    scores = score_models(
        models,
        measurements=published.measurements(),
        operations=published.operations(),
        pins=overrides.quality,
        now=stamp.now,
    )
    shortlist = curate(
        models,
        scores,
        previous=published.curated,
        changes_today=_exchanges_today(published, stamp.now),
        pins_and_bans=overrides.curated,
        now=stamp.now,
    )
    curated = Curated(
        **stamp.on(), buckets=shortlist.buckets, models=shortlist.models, auto_targets=shortlist.auto_targets
    )
    return curated, shortlist.findings


def shortlist_moves(
    before: Curated | None, after: Curated | None, *, at: datetime, generation: int
) -> tuple[Event, ...]:
    """Who came into a bucket and who left one."""
    was, now_in = _places(before), _places(after)
    return in_order(
        Event(at=at, generation=generation, kind=kind, id=model_id, field=bucket)
        for kind, places in ((EventKind.CURATED_IN, now_in - was), (EventKind.CURATED_OUT, was - now_in))
        for bucket, model_id in places
    )


def _places(curated: Curated | None) -> set[tuple[str, str]]:
    buckets = curated.buckets if curated else {}
    return {(str(bucket), entry.id) for bucket, shortlist in buckets.items() for entry in shortlist.models}


def _exchanges_today(published: PublishedSet, now: datetime) -> int:
    """Entries that made room today although they could have stayed."""
    today = (
        event for event in (published.changes.events if published.changes else ()) if event.at.date() == now.date()
    )
    return sum(is_exchange(event, published, now=now) for event in today)


def is_exchange(event: Event, published: PublishedSet, *, now: datetime) -> bool:
    """Whether somebody made room for a better one: not who could not stay, nor who stands there under another id."""
    model = published.models().get(event.id)
    if event.kind is not EventKind.CURATED_OUT or model is None or not is_recommendable(model, now=now):
        return False
    releases = {release_key(i) for bucket, i in _places(published.curated) if bucket == event.field}
    return event.field in model.buckets and release_key(event.id) not in releases
