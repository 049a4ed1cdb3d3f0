"""The shortlist as a document: scored, chosen, and compared with the one before it.

How a rank comes about is `ranking.score`, who is chosen `ranking.curate`; here the two meet what is published.
"""

from datetime import datetime

from modelsync.catalog.documents import Curated
from modelsync.catalog.events import Event, EventKind
from modelsync.catalog.lifecycle import LifecycleState
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.journal import in_order
from modelsync.pipeline.overrides import Overrides
from modelsync.pipeline.ranking.curate import curate
from modelsync.pipeline.ranking.score import OperationalSignals, score_models
from modelsync.pipeline.stamp import Stamp


def curated_document(
    published: PublishedSet, *, overrides: Overrides, signals: OperationalSignals, stamp: Stamp
) -> tuple[Curated, tuple[str, ...]]:
    """The shortlist of what is published, and what people should know of it."""
    models = tuple(published.models().values())
    scores = score_models(
        models,
        measurements=published.signals.models if published.signals else {},
        signals=signals,
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
    models = published.models()
    events = published.changes.events if published.changes else ()
    return sum(
        event.kind is EventKind.CURATED_OUT
        and event.at.date() == now.date()
        and event.id in models
        and models[event.id].state is LifecycleState.ACTIVE
        for event in events
    )
