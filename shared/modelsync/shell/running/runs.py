"""One run of a job: read what stands, decide, publish, and tell by the heartbeat how it ended.

Where another writer was first a run reads again and decides again, so that no update is lost. A run of a slot that
was done before does nothing at all. One that died of a defect leaves the heartbeat overdue. What is decided is the
job's own affair (`jobs`); here is what all of them have in common.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from modelsync.catalog import keys
from modelsync.catalog.documents import HeldFeed, Manifest, Source, Status
from modelsync.catalog.published_set import PublishedSet
from modelsync.errors import FeedError, ModelsyncError, UsageError
from modelsync.pipeline.overrides import Overrides
from modelsync.pipeline.refresh import Refresh, census_of
from modelsync.pipeline.retire import Bound, everything_is_bound, may_remove
from modelsync.pipeline.stamp import Stamp
from modelsync.shell.publishing.heartbeat import Job, Outcome, Run, beat
from modelsync.shell.publishing.reading import Heard, Loaded
from modelsync.shell.publishing.slots import Slot, done_before
from modelsync.shell.running.collector import collection_paused
from modelsync.shell.running.inputs import load_bound
from modelsync.shell.running.runtime import Runtime
from modelsync.shell.storage.contention import until_first

CLOCKS_DIFFER: Final = timedelta(days=1)
"""How far a run's clock may be behind the newest generation's: a slot that was delivered late, another machine."""

_LIST: Final = (keys.CURRENT, keys.DEPRECATIONS, keys.CHANGES)

READS: Final[Mapping[Job, tuple[str, ...]]] = {
    "refresh": _LIST,
    "all": (*_LIST, keys.CURATED),
    "signals": (keys.CURRENT, keys.CURATED, keys.SIGNALS, keys.CHANGES),
    "curate": keys.SET_DOCUMENTS,
    "rollback": keys.SET_DOCUMENTS,
}
"""The documents that each job starts from."""


@dataclass(frozen=True, slots=True)
class JobReport:
    """What a job did: `before` and `after` are what stood published (in a dry run: what would stand).

    Both hold the documents that the job read or wrote; `counts` of models by state and of the shortlist are those
    of all that stands behind it. A run of a slot that was done before is `repeated` and left everything as it was.
    """

    run: Run
    before: PublishedSet
    after: PublishedSet
    counts: Mapping[str, int]
    dry_run: bool
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a job decides on: what stands published, the heartbeat, and everything people and clients said."""

    loaded: Loaded
    heard: Heard
    overrides: Overrides
    bound: Bound
    unreadable_bindings: str | None
    now: datetime
    generation: int
    """The generation that would publish what is decided."""

    @property
    def held(self) -> HeldFeed | None:
        """The feed that waits for a second look."""
        return self.heard.status.held_feed if self.heard.status else None

    @property
    def observed_at(self) -> datetime | None:
        """When a feed was last believed, as far as the heartbeat knows."""
        return self.heard.status.observed_at if self.heard.status else None

    def stamp(self, source: Source) -> Stamp:
        """The envelope of what is decided now."""
        return Stamp(self.now, self.generation, source, self._last_look())

    def _last_look(self) -> datetime | None:
        """When a feed was last believed: the heartbeat knows; without it, when the list last changed."""
        current = self.loaded.published.current
        return self.observed_at or (current.generated_at if current else None)


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for: which job, meant for which time of a schedule, to be done or only to be told."""

    job: Job
    slot: Slot | None = None
    dry_run: bool = False
    note: str | None = None


Decide = Callable[[Standing], Refresh]


def record(runtime: Runtime, order: Order, decide: Decide) -> JobReport:
    """Run a job and write the heartbeat, whichever way it ends."""
    now = runtime.now()
    try:
        report, heard = _published(runtime, order, decide, now=now)
    except ModelsyncError as error:
        outcome: Outcome = "refused" if isinstance(error, FeedError) else "failed"
        if not order.dry_run:
            _beat(runtime, Run(order.job, now, outcome, None, message=str(error)), None, heard=None)
        raise
    if not order.dry_run and not report.repeated:
        _beat(runtime, report.run, report.after, heard=heard)
    return report


def _beat(runtime: Runtime, run: Run, published: PublishedSet | None, *, heard: Heard | None) -> None:
    source = runtime.source.name
    runtime.repository.update_status(lambda before: beat(before, run, source=source, published=published), heard=heard)


def _published(runtime: Runtime, order: Order, decide: Decide, *, now: datetime) -> tuple[JobReport, Heard]:
    """Decide and publish until no other writer was first.

    A generation whose objects are taken, by a writer that is at work or by one that was stopped, is passed over.
    """
    repository = runtime.repository
    overrides = runtime.read_overrides()
    taken = False

    def attempt() -> tuple[JobReport, Heard]:
        nonlocal taken
        heard = repository.hear()
        loaded = repository.load(() if _was_done(order.slot, heard.status) else READS[order.job])
        if order.slot and (_was_done(order.slot, heard.status) or _was_done(order.slot, loaded.manifest)):
            return _repeated(order, order.slot, loaded, now=now), heard
        _check(runtime, loaded, now=now, dry_run=order.dry_run)
        if not order.dry_run:
            vouched = order.job == "refresh" and heard.vouches_for(loaded.generation)
            repository.repair(loaded, vouched=vouched, now=now)
        if loaded.known_figures is None:
            loaded = repository.read_also(loaded, keys.SIGNALS)
        generation = repository.free_generation(loaded) if taken else loaded.generation + 1
        taken = True
        bound, unreadable = _bound(runtime, order, loaded, now=now)
        standing = Standing(loaded, heard, overrides, bound, unreadable, now, generation)
        decided = decide(standing)
        if not order.dry_run and decided.documents:
            repository.publish(loaded, decided.documents, note=order.note, slot=order.slot)
        return _report(order, standing, decided), heard

    with collection_paused():
        return until_first(attempt, what=runtime.source.name)


def _was_done(slot: Slot | None, known: Manifest | Status | None) -> bool:
    """The manifest tells of a slot that published something, the heartbeat of any that was seen to its end."""
    return slot is not None and known is not None and slot.is_among(known.slots)


def _repeated(order: Order, slot: Slot, loaded: Loaded, *, now: datetime) -> JobReport:
    run = Run(order.job, now, "unchanged", loaded.generation, message=done_before(slot), slot=slot)
    published = loaded.published
    return JobReport(run, published, published, loaded.counts({}), order.dry_run, repeated=True)


def _check(runtime: Runtime, loaded: Loaded, *, now: datetime, dry_run: bool) -> None:
    """History only goes forward, by the clock; and a new store must keep its promises before it is trusted."""
    newest = loaded.manifest.generated_at if loaded.manifest else now
    if newest - now > CLOCKS_DIFFER:
        raise UsageError(
            f"the clock says {now:%Y-%m-%dT%H:%MZ}, and generation {loaded.generation} was published at "
            f"{newest:%Y-%m-%dT%H:%MZ}: set the clock, or --now, to a later time, or name another store"
        )
    if loaded.manifest is None and not dry_run:
        runtime.check_store()


def _bound(runtime: Runtime, order: Order, loaded: Loaded, *, now: datetime) -> tuple[Bound, str | None]:
    """Who is bound, and a sentence where it cannot be known; asked only where somebody may be removed."""
    census = census_of(loaded.published)
    if order.job == "signals" or (order.job == "refresh" and not may_remove(census, at=now)):
        return everything_is_bound, None
    bindings = load_bound(runtime.repository, census, now=now)
    return bindings.bound, bindings.unreadable or bindings.excess


def _report(order: Order, standing: Standing, decided: Refresh) -> JobReport:
    loaded = standing.loaded
    outcome: Outcome = "held" if decided.held else "published" if decided.documents else "unchanged"
    run = Run(
        job=order.job,
        at=standing.now,
        outcome=outcome,
        generation=standing.generation if decided.documents else loaded.generation,
        message=decided.held.reason if decided.held else order.note,
        refresh=decided,
        slot=order.slot,
    )
    after = loaded.published.replacing(decided.documents)
    return JobReport(run, loaded.published, after, loaded.counts(decided.documents), order.dry_run)
