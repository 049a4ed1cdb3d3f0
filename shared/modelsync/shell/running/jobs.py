"""The jobs: what a schedule, an operator or a test asks for, as straight lines.

Each says what it decides on and lets the pipeline decide; how a run reads, publishes and ends is in `runs`. A refresh
starts from the list, its history and the heartbeat: the shortlist is read where it names somebody who left, measured
figures where they changed; the manifest tells of both.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from modelsync.catalog import keys
from modelsync.catalog.documents import Source
from modelsync.catalog.events import departed
from modelsync.catalog.published_set import PublishedSet, lost_from_shortlist
from modelsync.errors import NotFoundError
from modelsync.pipeline.observe import Choose, Seen, whom_to_ask
from modelsync.pipeline.refresh import Refresh, refresh_catalog, refresh_curated, refresh_signals
from modelsync.pipeline.rollback import roll_back
from modelsync.pipeline.stamp import Stamp
from modelsync.pipeline.telemetry.sweep import window_needed
from modelsync.shell.publishing.heartbeat import Job
from modelsync.shell.publishing.slots import Slot
from modelsync.shell.running.inputs import UNREAD, FeedBody, Reference, load_reference
from modelsync.shell.running.outcomes import UNHEARD, HeardOutcomes, load_outcomes
from modelsync.shell.running.runs import JobReport, Order, Standing, record
from modelsync.shell.running.runtime import Runtime
from modelsync.sources.facts import ParsedFeed


def refresh(
    runtime: Runtime, *, accept: bool = False, dry_run: bool = False, slot: datetime | None = None
) -> JobReport:
    """Read the feed and publish what it means; the shortlist is only mended where it lost a model.

    `slot` is the time for which a schedule meant the run.
    """
    return _read_feed(runtime, _order("refresh", slot, dry_run=dry_run), accept=accept)


def run_all(
    runtime: Runtime, *, accept: bool = False, dry_run: bool = False, slot: datetime | None = None
) -> JobReport:
    """Read the feed, recompute the shortlist, and publish both as one generation."""
    return _read_feed(runtime, _order("all", slot, dry_run=dry_run), accept=accept)


def observe(
    runtime: Runtime, look: Callable[[Choose], Seen], *, dry_run: bool = False, slot: datetime | None = None
) -> JobReport:
    """Publish how the models are served, as `look` sees it, beside what was known."""
    seen: list[Seen] = []

    def decide(standing: Standing) -> Refresh:
        published = standing.loaded.published
        if published.current is None:
            raise NotFoundError("signals: nothing is published yet; run `syncmodels refresh` first")
        if not seen:
            day = standing.now.date()
            seen.append(look(lambda by_use: whom_to_ask(published, by_use=by_use, day=day)))
        return refresh_signals(published, seen[0], stamp=standing.stamp(published.current.source))

    return record(runtime, _order("signals", slot, dry_run=dry_run), decide)


def curate(runtime: Runtime, *, dry_run: bool = False, slot: datetime | None = None) -> JobReport:
    """Recompute the shortlist and sweep, from what stands published."""

    def decide(standing: Standing) -> Refresh:
        published = standing.loaded.published
        if published.current is None:
            raise NotFoundError("curate: nothing is published yet; run `syncmodels refresh` first")
        stamp = standing.stamp(published.current.source)
        heard = _heard(runtime, published, stamp)
        return _curated(standing, published, stamp, reference=_reference(runtime), heard=heard)

    return record(runtime, _order("curate", slot, dry_run=dry_run), decide)


def rollback(runtime: Runtime, generation: int, *, dry_run: bool = False) -> JobReport:
    """Publish an older generation's content as a newer generation."""

    def decide(standing: Standing) -> Refresh:
        manifest, target = runtime.repository.load_generation(generation)
        published, stamp = standing.loaded.published, standing.stamp(manifest.source)
        return roll_back(published, target, overrides=standing.overrides.on(standing.now.date()), stamp=stamp)

    order = Order("rollback", dry_run=dry_run, note=f"generation {generation} restored")
    return record(runtime, order, decide)


def _order(job: Job, slot: datetime | None, *, dry_run: bool) -> Order:
    return Order(job, Slot(job, slot) if slot is not None else None, dry_run)


def _read_feed(runtime: Runtime, order: Order, *, accept: bool) -> JobReport:
    read: list[tuple[FeedBody, ParsedFeed]] = []

    def decide(standing: Standing) -> Refresh:
        if not read:
            body = runtime.read_feed()
            read.append((body, runtime.source.parse(body.body)))
        body, feed = read[0]
        stamp = standing.stamp(_source(runtime, order, standing, body=body, feed=feed))
        return _refreshed(runtime, standing, feed, stamp=stamp, curated=order.job == "all", accept=accept)

    return record(runtime, order, decide)


def _source(runtime: Runtime, order: Order, standing: Standing, *, body: FeedBody, feed: ParsedFeed) -> Source:
    at = order.slot.at if order.slot is not None else standing.now
    return Source(
        url=body.url,
        snapshot=_snapshot(runtime, standing, body.body, at=at, dry_run=order.dry_run),
        sha256=hashlib.sha256(body.body).hexdigest(),
        fetched_at=standing.now,
        model_count=feed.record_count,
    )


def _snapshot(runtime: Runtime, standing: Standing, body: bytes, *, at: datetime, dry_run: bool) -> str | None:
    if dry_run:
        return runtime.repository.snapshot_for(body, at=at)
    seen = standing.observed_at
    return runtime.repository.save_snapshot(body, at=at, first_of_day=seen is None or seen.date() < at.date())


def _refreshed(
    runtime: Runtime, standing: Standing, feed: ParsedFeed, *, stamp: Stamp, curated: bool, accept: bool
) -> Refresh:
    today, loaded = stamp.now.date(), standing.loaded
    refreshed = refresh_catalog(
        feed,
        loaded.published,
        overrides=standing.overrides.on(today),
        bound=standing.bound,
        held=standing.held,
        stamp=stamp,
        accept=accept,
        known_figures=loaded.known_figures,
    )
    if refreshed.held is not None:
        return refreshed
    if keys.SIGNALS in refreshed.documents:
        loaded = runtime.repository.read_also(loaded, keys.SIGNALS)
        refreshed = refreshed.observing(loaded.published.signals)
    if loaded.may_name(departed(refreshed.events)):
        loaded = runtime.repository.read_also(loaded, keys.CURATED)
    after = loaded.published.replacing(refreshed.documents)
    unused = standing.overrides.findings(ids=after.states(), day=today)
    unreadable = (standing.unreadable_bindings,) if standing.unreadable_bindings and not curated else ()
    refreshed = replace(refreshed, findings=(*refreshed.findings, *unused, *unreadable))
    if not curated and not lost_from_shortlist(after):
        return refreshed
    standing_figures = runtime.repository.read_also(loaded, keys.SIGNALS).published.signals
    refreshed = refreshed.observing(standing_figures)
    after, stamp = replace(after, signals=refreshed.signals or standing_figures), replace(stamp, last_look=stamp.now)
    heard = _heard(runtime, after, stamp) if curated else UNHEARD
    reference = _reference(runtime) if curated else UNREAD
    return refreshed.then(_curated(standing, after, stamp, reference=reference, heard=heard))


def _heard(runtime: Runtime, published: PublishedSet, stamp: Stamp) -> HeardOutcomes:
    window = window_needed(published, now=stamp.now)
    return load_outcomes(runtime.repository, listed=published.models(), now=stamp.now, window=window)


def _reference(runtime: Runtime) -> Reference:
    return load_reference(runtime.store, prefix=runtime.prefix)


def _curated(
    standing: Standing, published: PublishedSet, stamp: Stamp, *, reference: Reference, heard: HeardOutcomes
) -> Refresh:
    """A shortlist that is only mended in between enriches and judges nobody anew, and so need not read for that."""
    overrides = standing.overrides.on(stamp.now.date())
    copy, unreadable_copy = reference
    curated = refresh_curated(
        published,
        overrides=overrides,
        bound=standing.bound,
        stamp=stamp,
        reference=copy,
        reported=heard.reported,
    )
    unreadable = tuple(each for each in (standing.unreadable_bindings, unreadable_copy) if each)
    return replace(curated, findings=(*curated.findings, *heard.findings, *unreadable))
