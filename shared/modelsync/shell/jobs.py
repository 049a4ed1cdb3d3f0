"""The jobs: what a schedule, an operator or a test asks for, as straight lines.

Every job reads what stands, lets the pipeline decide, and publishes what changed. Where another writer was first
it reads again and decides again, so that no update is lost. Whatever happens, the heartbeat tells.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from modelsync.catalog.documents import Source
from modelsync.catalog.published_set import PublishedSet, lost_from_shortlist
from modelsync.errors import FeedError, ModelsyncError, NotFoundError
from modelsync.pipeline.refresh import Refresh, Stamp, refresh_catalog, refresh_curated
from modelsync.pipeline.rollback import roll_back
from modelsync.pipeline.score import OperationalSignals
from modelsync.shell.contention import until_first
from modelsync.shell.heartbeat import Job, Outcome, Run, beat
from modelsync.shell.inputs import FeedBody, load_bound
from modelsync.shell.repository import Loaded
from modelsync.shell.runtime import Runtime
from modelsync.sources.facts import ParsedFeed


@dataclass(frozen=True, slots=True)
class JobReport:
    """What a job did: `before` and `after` are what stood published (in a dry run: what would stand)."""

    run: Run
    before: PublishedSet
    after: PublishedSet
    dry_run: bool


Decide = Callable[[Loaded, int], Refresh]
"""Makes documents of what stands and of the generation that would publish them."""


def refresh(runtime: Runtime, *, accept: bool = False, dry_run: bool = False) -> JobReport:
    """Read the feed and publish what it means; the shortlist is only mended where it lost a model."""
    return _read_feed(runtime, "refresh", curated=False, accept=accept, dry_run=dry_run)


def run_all(runtime: Runtime, *, accept: bool = False, dry_run: bool = False) -> JobReport:
    """Read the feed, recompute the shortlist, and publish both as one generation."""
    return _read_feed(runtime, "all", curated=True, accept=accept, dry_run=dry_run)


def curate(runtime: Runtime, *, dry_run: bool = False) -> JobReport:
    """Recompute the shortlist and sweep, from what stands published."""
    now = runtime.now()

    def decide(loaded: Loaded, generation: int) -> Refresh:
        if loaded.published.current is None:
            raise NotFoundError("curate: nothing is published yet; run `syncmodels refresh` first")
        stamp = Stamp(now, generation, loaded.published.current.source, _last_look(runtime, loaded))
        return _curated(runtime, loaded.published, stamp)

    return _recorded(runtime, "curate", decide, now=now, curated=True, dry_run=dry_run)


def rollback(runtime: Runtime, generation: int, *, dry_run: bool = False) -> JobReport:
    """Publish an older generation's content as a newer generation."""
    now = runtime.now()

    def decide(loaded: Loaded, new_generation: int) -> Refresh:
        manifest, target = runtime.repository.load_generation(generation)
        stamp = Stamp(now, new_generation, manifest.source, _last_look(runtime, loaded))
        overrides = runtime.read_overrides().on(now.date())
        return roll_back(loaded.published, target, overrides=overrides, stamp=stamp)

    note = f"generation {generation} restored"
    return _recorded(runtime, "rollback", decide, now=now, curated=False, dry_run=dry_run, note=note)


def _read_feed(runtime: Runtime, job: Job, *, curated: bool, accept: bool, dry_run: bool) -> JobReport:
    now = runtime.now()
    read: list[tuple[FeedBody, ParsedFeed]] = []

    def decide(loaded: Loaded, generation: int) -> Refresh:
        if not read:
            feed_body = runtime.read_feed()
            read.append((feed_body, runtime.source.parse(feed_body.body)))
        feed_body, feed = read[0]
        source = _source(runtime, feed_body, feed, now=now, dry_run=dry_run)
        stamp = Stamp(now, generation, source, _last_look(runtime, loaded))
        return _refreshed(runtime, loaded.published, feed, stamp, curated=curated, accept=accept)

    return _recorded(runtime, job, decide, now=now, curated=curated, dry_run=dry_run)


def _source(
    runtime: Runtime, feed_body: FeedBody, feed: ParsedFeed, *, now: datetime, dry_run: bool
) -> Source:
    keep = runtime.repository.snapshot_for if dry_run else runtime.repository.save_snapshot
    return Source(
        url=feed_body.url,
        snapshot=keep(feed_body.body, at=now),
        sha256=hashlib.sha256(feed_body.body).hexdigest(),
        fetched_at=now,
        model_count=feed.record_count,
    )


def _refreshed(
    runtime: Runtime, published: PublishedSet, feed: ParsedFeed, stamp: Stamp, *, curated: bool, accept: bool
) -> Refresh:
    overrides = runtime.read_overrides()
    bound, unreadable = load_bound(runtime.repository, stamp.now)
    status = runtime.repository.load_status()
    refreshed = refresh_catalog(
        feed,
        published,
        overrides=overrides.on(stamp.now.date()),
        bound=bound,
        held=status.held_feed if status else None,
        stamp=stamp,
        accept=accept,
    )
    if refreshed.held is not None:
        return refreshed
    after = published.replacing(refreshed.documents)
    unused = overrides.findings(ids=after.states(), day=stamp.now.date())
    findings = (*refreshed.findings, *unused, *((unreadable,) if unreadable else ()))
    refreshed = replace(refreshed, findings=findings)
    if curated or lost_from_shortlist(after):
        swept = _curated(runtime, after, replace(stamp, last_look=stamp.now))
        documents = {**refreshed.documents, **swept.documents}
        return replace(refreshed, documents=documents, events=(*refreshed.events, *swept.events))
    return refreshed


def _curated(runtime: Runtime, published: PublishedSet, stamp: Stamp) -> Refresh:
    bound, _ = load_bound(runtime.repository, stamp.now)
    return refresh_curated(
        published,
        overrides=runtime.read_overrides().on(stamp.now.date()),
        bound=bound,
        signals=OperationalSignals(),
        stamp=stamp,
    )


def _last_look(runtime: Runtime, loaded: Loaded) -> datetime | None:
    """When a feed was last believed: the heartbeat knows; without it, when the list last changed."""
    status = runtime.repository.load_status()
    if status is not None and status.observed_at is not None:
        return status.observed_at
    return loaded.published.current.generated_at if loaded.published.current else None


def _recorded(
    runtime: Runtime,
    job: Job,
    decide: Decide,
    *,
    now: datetime,
    curated: bool,
    dry_run: bool,
    note: str | None = None,
) -> JobReport:
    """Run a job and write the heartbeat, whichever way it ends."""
    try:
        run, before, after = _published(
            runtime, job, decide, now=now, curated=curated, dry_run=dry_run, note=note
        )
    except ModelsyncError as error:
        outcome: Outcome = "refused" if isinstance(error, FeedError) else "failed"
        if not dry_run:
            _beat(runtime, Run(job, now, outcome, None, message=str(error)), None)
        raise
    if not dry_run:
        _beat(runtime, run, after)
    return JobReport(run, before, after, dry_run)


def _beat(runtime: Runtime, run: Run, published: PublishedSet | None) -> None:
    runtime.repository.update_status(
        lambda before: beat(before, run, source=runtime.source.name, published=published)
    )


def _published(
    runtime: Runtime,
    job: Job,
    decide: Decide,
    *,
    now: datetime,
    curated: bool,
    dry_run: bool,
    note: str | None,
) -> tuple[Run, PublishedSet, PublishedSet]:
    """Decide and publish until no other writer was first; a generation whose objects are taken is passed over."""
    repository = runtime.repository
    tried = 0

    def attempt() -> tuple[Run, PublishedSet, PublishedSet]:
        nonlocal tried
        loaded = repository.load()
        generation = tried = max(loaded.generation, tried) + 1
        decided = decide(loaded, generation)
        if not dry_run and decided.documents:
            repository.publish(loaded, decided.documents, note=note)
        elif not dry_run and decided.held is None:
            repository.repair(loaded)
        outcome: Outcome = "held" if decided.held else "published" if decided.documents else "unchanged"
        standing = generation if decided.documents else loaded.generation
        message = decided.held.reason if decided.held else note
        run = Run(job, now, outcome, standing, message, decided, curated)
        return run, loaded.published, loaded.published.replacing(decided.documents)

    return until_first(attempt, what=runtime.source.name)
