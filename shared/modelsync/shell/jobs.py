"""The jobs: what a schedule, an operator or a test asks for, as straight lines.

Every job reads what stands, lets the pipeline decide, and publishes what changed. Where another writer was first
it reads again and decides again, so that no update is lost. The heartbeat tells how each run ended; one that
died of a defect leaves it overdue.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from modelsync.catalog.documents import Source, Status
from modelsync.catalog.published_set import PublishedSet, lost_from_shortlist
from modelsync.errors import FeedError, ModelsyncError, NotFoundError, UsageError
from modelsync.pipeline.overrides import Overrides
from modelsync.pipeline.ranking.score import OperationalSignals
from modelsync.pipeline.refresh import Refresh, refresh_catalog, refresh_curated
from modelsync.pipeline.retire import Bound
from modelsync.pipeline.rollback import roll_back
from modelsync.pipeline.stamp import Stamp
from modelsync.shell.collector import collection_paused
from modelsync.shell.contention import until_first
from modelsync.shell.heartbeat import Job, Outcome, Run, beat
from modelsync.shell.inputs import FeedBody, load_bound
from modelsync.shell.repository import Loaded
from modelsync.shell.runtime import Runtime
from modelsync.sources.facts import ParsedFeed

CLOCKS_DIFFER: Final = timedelta(days=1)
"""How far a run's clock may be behind the newest generation's: a slot that was delivered late, another machine."""


@dataclass(frozen=True, slots=True)
class JobReport:
    """What a job did: `before` and `after` are what stood published (in a dry run: what would stand)."""

    run: Run
    before: PublishedSet
    after: PublishedSet
    dry_run: bool


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a job decides on: what stands published, the heartbeat, and everything people and clients said."""

    loaded: Loaded
    status: Status | None
    overrides: Overrides
    bound: Bound
    unreadable_bindings: str | None
    now: datetime
    generation: int
    """The generation that would publish what is decided."""

    def stamp(self, source: Source) -> Stamp:
        return Stamp(self.now, self.generation, source, self._last_look())

    def _last_look(self) -> datetime | None:
        """When a feed was last believed: the heartbeat knows; without it, when the list last changed."""
        if self.status is not None and self.status.observed_at is not None:
            return self.status.observed_at
        current = self.loaded.published.current
        return current.generated_at if current else None


Decide = Callable[[_Standing], Refresh]


def refresh(runtime: Runtime, *, accept: bool = False, dry_run: bool = False) -> JobReport:
    """Read the feed and publish what it means; the shortlist is only mended where it lost a model."""
    return _read_feed(runtime, "refresh", curated=False, accept=accept, dry_run=dry_run)


def run_all(runtime: Runtime, *, accept: bool = False, dry_run: bool = False) -> JobReport:
    """Read the feed, recompute the shortlist, and publish both as one generation."""
    return _read_feed(runtime, "all", curated=True, accept=accept, dry_run=dry_run)


def curate(runtime: Runtime, *, dry_run: bool = False) -> JobReport:
    """Recompute the shortlist and sweep, from what stands published."""

    def decide(standing: _Standing) -> Refresh:
        published = standing.loaded.published
        if published.current is None:
            raise NotFoundError("curate: nothing is published yet; run `syncmodels refresh` first")
        return _curated(standing, published, standing.stamp(published.current.source))

    return _recorded(runtime, "curate", decide, dry_run=dry_run)


def rollback(runtime: Runtime, generation: int, *, dry_run: bool = False) -> JobReport:
    """Publish an older generation's content as a newer generation."""

    def decide(standing: _Standing) -> Refresh:
        manifest, target = runtime.repository.load_generation(generation)
        published, stamp = standing.loaded.published, standing.stamp(manifest.source)
        return roll_back(published, target, overrides=standing.overrides.on(standing.now.date()), stamp=stamp)

    return _recorded(runtime, "rollback", decide, dry_run=dry_run, note=f"generation {generation} restored")


def _read_feed(runtime: Runtime, job: Job, *, curated: bool, accept: bool, dry_run: bool) -> JobReport:
    read: list[tuple[FeedBody, ParsedFeed]] = []

    def decide(standing: _Standing) -> Refresh:
        if not read:
            body = runtime.read_feed()
            read.append((body, runtime.source.parse(body.body)))
        body, feed = read[0]
        source = _source(runtime, body, feed, now=standing.now, dry_run=dry_run)
        return _refreshed(standing, feed, standing.stamp(source), curated=curated, accept=accept)

    return _recorded(runtime, job, decide, dry_run=dry_run)


def _source(runtime: Runtime, body: FeedBody, feed: ParsedFeed, *, now: datetime, dry_run: bool) -> Source:
    keep = runtime.repository.snapshot_for if dry_run else runtime.repository.save_snapshot
    return Source(
        url=body.url,
        snapshot=keep(body.body, at=now),
        sha256=hashlib.sha256(body.body).hexdigest(),
        fetched_at=now,
        model_count=feed.record_count,
    )


def _refreshed(standing: _Standing, feed: ParsedFeed, stamp: Stamp, *, curated: bool, accept: bool) -> Refresh:
    today = stamp.now.date()
    published = standing.loaded.published
    refreshed = refresh_catalog(
        feed,
        published,
        overrides=standing.overrides.on(today),
        bound=standing.bound,
        held=standing.status.held_feed if standing.status else None,
        stamp=stamp,
        accept=accept,
    )
    if refreshed.held is not None:
        return refreshed
    after = published.replacing(refreshed.documents)
    unused = standing.overrides.findings(ids=after.states(), day=today)
    unreadable = (standing.unreadable_bindings,) if standing.unreadable_bindings and not curated else ()
    refreshed = replace(refreshed, findings=(*refreshed.findings, *unused, *unreadable))
    if curated or lost_from_shortlist(after):
        return refreshed.then(_curated(standing, after, replace(stamp, last_look=stamp.now)))
    return refreshed


def _curated(standing: _Standing, published: PublishedSet, stamp: Stamp) -> Refresh:
    """Reliability and latency have no source yet: `OperationalSignals()` is where they will come in."""
    overrides = standing.overrides.on(stamp.now.date())
    curated = refresh_curated(
        published, overrides=overrides, bound=standing.bound, signals=OperationalSignals(), stamp=stamp
    )
    unreadable = (standing.unreadable_bindings,) if standing.unreadable_bindings else ()
    return replace(curated, findings=(*curated.findings, *unreadable))


def _recorded(runtime: Runtime, job: Job, decide: Decide, *, dry_run: bool, note: str | None = None) -> JobReport:
    """Run a job and write the heartbeat, whichever way it ends."""
    now = runtime.now()
    try:
        report = _published(runtime, job, decide, now=now, dry_run=dry_run, note=note)
    except ModelsyncError as error:
        outcome: Outcome = "refused" if isinstance(error, FeedError) else "failed"
        if not dry_run:
            _beat(runtime, Run(job, now, outcome, None, message=str(error)), None)
        raise
    if not dry_run:
        _beat(runtime, report.run, report.after)
    return report


def _beat(runtime: Runtime, run: Run, published: PublishedSet | None) -> None:
    source = runtime.source.name
    runtime.repository.update_status(lambda before: beat(before, run, source=source, published=published))


def _published(
    runtime: Runtime, job: Job, decide: Decide, *, now: datetime, dry_run: bool, note: str | None
) -> JobReport:
    """Decide and publish until no other writer was first.

    A generation whose objects are taken, by a writer that is at work or by one that was stopped, is passed over.
    """
    repository = runtime.repository
    overrides = runtime.read_overrides()
    bound, unreadable = load_bound(repository, now)
    taken = False

    def attempt() -> JobReport:
        nonlocal taken
        loaded = repository.load()
        _check_clock(now, loaded)
        if not dry_run:
            repository.repair(loaded)
        generation = repository.free_generation(loaded) if taken else loaded.generation + 1
        taken = True
        standing = _Standing(loaded, repository.load_status(), overrides, bound, unreadable, now, generation)
        decided = decide(standing)
        if not dry_run and decided.documents:
            repository.publish(loaded, decided.documents, note=note)
        run = _run(job, standing, decided, note)
        return JobReport(run, loaded.published, loaded.published.replacing(decided.documents), dry_run)

    with collection_paused():
        return until_first(attempt, what=runtime.source.name)


def _check_clock(now: datetime, loaded: Loaded) -> None:
    """History only goes forward: ages, holds and the log are counted by the clock."""
    newest = loaded.manifest.generated_at if loaded.manifest else now
    if newest - now > CLOCKS_DIFFER:
        raise UsageError(
            f"the clock says {now:%Y-%m-%dT%H:%MZ}, and generation {loaded.generation} was published at "
            f"{newest:%Y-%m-%dT%H:%MZ}: set the clock, or --now, to a later time, or name another store"
        )


def _run(job: Job, standing: _Standing, decided: Refresh, note: str | None) -> Run:
    outcome: Outcome = "held" if decided.held else "published" if decided.documents else "unchanged"
    return Run(
        job=job,
        at=standing.now,
        outcome=outcome,
        generation=standing.generation if decided.documents else standing.loaded.generation,
        message=decided.held.reason if decided.held else note,
        refresh=decided,
    )
