"""Recorded feeds run again in the order of time, each with the clock of its name: how history is filled in.

Every snapshot is a refresh; the last one of each UTC day is followed by a curation with the same clock, and before it
by a look at how the models were served, where the caller knows how to have one of that day. A snapshot
that is refused or held is told and passed over, as it would have been on its day. Time only goes forward: a store
that has seen a later day than the first snapshot takes no replay.

The jobs are those of `jobs`; nothing here decides what a feed means.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from modelsync.catalog.events import Event, EventKind
from modelsync.catalog.lifecycle import AUTO, LISTED, LifecycleState
from modelsync.catalog.published_set import PublishedSet
from modelsync.errors import FeedError, NotFoundError, UsageError
from modelsync.pipeline.observe import Choose, Seen
from modelsync.pipeline.ranking.curation import is_exchange
from modelsync.shell.running.inputs import feed_reader
from modelsync.shell.running.jobs import curate, observe, refresh
from modelsync.shell.running.runs import JobReport
from modelsync.shell.running.runtime import Runtime

_CLOCK: Final = {13: "%Y%m%dT%H%M", 15: "%Y%m%dT%H%M%S"}
"""How a name writes its time, by its length."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One recorded feed, and when it was fetched (UTC)."""

    path: Path
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one snapshot: its refresh, None where the feed was refused, and the day's curation, if any."""

    snapshot: Snapshot
    refreshed: JobReport | None
    curated: JobReport | None
    refusal: str | None = None
    observed: JobReport | None = None

    @property
    def reports(self) -> tuple[JobReport, ...]:
        """The jobs that ran to their end."""
        return tuple(report for report in (self.refreshed, self.observed, self.curated) if report is not None)

    @property
    def hold(self) -> str | None:
        """Why the feed is held; None where it is not."""
        held = self.refreshed is not None and self.refreshed.run.outcome == "held"
        return self.refreshed.run.message if self.refreshed is not None and held else None


@dataclass(frozen=True, slots=True)
class Moves:
    """How the shortlist changed on one day: places that better models took, and places whose models could not stay."""

    exchanged: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """What a whole replay came to."""

    snapshots: int
    generation: int
    """The newest one; 0 where nothing was published."""
    counts: dict[str, int]
    """Models by state, and of the shortlist."""
    events: int
    returned: tuple[str, ...]
    """Ids that came back, in order."""
    returned_from_deprecated: tuple[str, ...]
    """Those of them that had been shown as deprecated or removed before."""
    alias_changes: int
    """Aliases that living models lost."""
    dead_redirects: tuple[str, ...]
    """Redirects that once led to a model that was not listed, as `from -> to`."""
    refused: tuple[str, ...]
    """Names of the snapshots that were refused, with the reason; likewise those held."""
    held: tuple[str, ...]
    shortlist_moves: dict[str, Moves]
    """By day (YYYY-MM-DD), for the days on which somebody made room."""


def recorded_snapshots(folder: Path, *, source: str) -> tuple[Snapshot, ...]:
    """The `<source>-<UTC>.json[.gz]` files of a folder, oldest first; other files are passed over.

    Raises NotFoundError where there are none, UsageError where two are of the same time.
    """
    name = re.compile(rf"{re.escape(source)}-(\d{{8}}T\d{{4}}(?:\d\d)?)Z\.json(?:\.gz)?")
    pattern = f"{source}-<YYYYMMDDTHHMM>Z.json or .json.gz"
    if not folder.is_dir():
        raise NotFoundError(f"replay: {str(folder)!a}: found no folder, expected one that holds {pattern} files")
    matches = ((path, name.fullmatch(path.name)) for path in folder.iterdir())
    found = [Snapshot(path, _clock(match[1], path)) for path, match in matches if match is not None]
    if not found:
        raise NotFoundError(f"replay: {str(folder)!a}: found no {pattern} file, expected some; name their folder")
    found.sort(key=lambda snapshot: (snapshot.at, snapshot.path.name))
    for one, other in pairwise(found):
        if one.at == other.at:
            raise UsageError(f"replay: {one.path.name} and {other.path.name} are of the same time; remove one of them")
    return tuple(found)


Look = Callable[[datetime], Callable[[Choose], Seen]]
"""How models were served at a time that is past."""


def replay(runtime: Runtime, snapshots: tuple[Snapshot, ...], *, look: Look | None = None) -> Iterator[Step]:
    """Run the snapshots, oldest first; raises UsageError before the first where the store is newer.

    The runtime's own feed and clock are not used; its overrides are read once. Without `look` no figures are observed.
    """
    _refuse_to_go_back(runtime, snapshots)
    overrides = runtime.read_overrides()
    runtime = replace(runtime, read_overrides=lambda: overrides)
    following = (*(each.at.date() for each in snapshots[1:]), None)
    return (
        _step(_at(runtime, snapshot), snapshot, closes_day=snapshot.at.date() != day, look=look)
        for snapshot, day in zip(snapshots, following, strict=True)
    )


def summarise(steps: Iterable[Step]) -> Summary:
    """Add up a replay while it runs."""
    tally = _Tally()
    for step in steps:
        tally.add(step)
    return tally.summary()


def _clock(text: str, path: Path) -> datetime:
    try:
        return datetime.strptime(text, _CLOCK[len(text)]).replace(tzinfo=UTC)
    except ValueError as error:
        raise UsageError(f"replay: {path.name}: {text}Z is no time; rename the file") from error


def _refuse_to_go_back(runtime: Runtime, snapshots: tuple[Snapshot, ...]) -> None:
    manifest, status = runtime.repository.load_manifest(), runtime.repository.load_status()
    seen = [manifest.generated_at] if manifest else []
    seen += [status.last_attempt.at] if status else []
    if seen and max(seen) >= snapshots[0].at:
        raise UsageError(
            f"replay: the store has been written at {max(seen):%Y-%m-%dT%H:%MZ}, and the first snapshot is of "
            f"{snapshots[0].at:%Y-%m-%dT%H:%MZ}; history only goes forward: name an empty store, or later snapshots"
        )


def _at(runtime: Runtime, snapshot: Snapshot) -> Runtime:
    read_feed = feed_reader(runtime.source, str(snapshot.path))
    return replace(runtime, read_feed=read_feed, now=lambda: snapshot.at)


def _step(runtime: Runtime, snapshot: Snapshot, *, closes_day: bool, look: Look | None) -> Step:
    refreshed, refusal = None, None
    try:
        refreshed = refresh(runtime)
    except FeedError as error:
        refusal = str(error)
    if not closes_day or runtime.repository.load_manifest() is None:
        return Step(snapshot, refreshed, None, refusal)
    observed = observe(runtime, look(snapshot.at)) if look is not None else None
    return Step(snapshot, refreshed, curate(runtime), refusal, observed)


class _Tally:
    """What the steps so far came to."""

    def __init__(self) -> None:
        self._snapshots = self._events = self._alias_changes = 0
        self._generation = 0
        self._counts = PublishedSet().counts()
        self._returned: set[str] = set()
        self._revived: set[str] = set()
        self._dead: set[str] = set()
        self._refused: list[str] = []
        self._held: list[str] = []
        self._moves: dict[str, Moves] = {}

    def add(self, step: Step) -> None:
        self._snapshots += 1
        if step.refusal is not None:
            self._refused.append(f"{step.snapshot.path.name}: {step.refusal}")
        if step.hold is not None:
            self._held.append(f"{step.snapshot.path.name}: {step.hold}")
        for report in step.reports:
            self._generation = report.run.generation or self._generation
            self._counts = dict(report.counts)
            self._dead.update(_dead_redirects(report.after))
            events = report.run.refresh.events if report.run.refresh else ()
            self._read(events, listed=report.after.models().keys())
            self._read_moves(events, report.after, now=report.run.at)

    def _read(self, events: Iterable[Event], *, listed: Iterable[str]) -> None:
        living = frozenset(listed)
        for event in events:
            self._events += 1
            self._alias_changes += event.kind is EventKind.ALIAS and event.id in living
            if event.kind is EventKind.REAPPEARED:
                self._returned.add(event.id)
                if event.before is None or LifecycleState(str(event.before)) not in LISTED:
                    self._revived.add(event.id)

    def _read_moves(self, events: Iterable[Event], after: PublishedSet, *, now: datetime) -> None:
        for event in events:
            if event.kind is EventKind.CURATED_OUT:
                so_far = self._moves.get(f"{now:%Y-%m-%d}", Moves())
                exchanged = is_exchange(event, after, now=now)
                self._moves[f"{now:%Y-%m-%d}"] = Moves(so_far.exchanged + exchanged, so_far.left + (not exchanged))

    def summary(self) -> Summary:
        return Summary(
            snapshots=self._snapshots,
            generation=self._generation,
            counts=self._counts,
            events=self._events,
            returned=tuple(sorted(self._returned)),
            returned_from_deprecated=tuple(sorted(self._revived)),
            alias_changes=self._alias_changes,
            dead_redirects=tuple(sorted(self._dead)),
            refused=tuple(self._refused),
            held=tuple(self._held),
            shortlist_moves=dict(self._moves),
        )


def _dead_redirects(published: PublishedSet) -> Iterator[str]:
    models = published.models()
    redirects = published.deprecations.redirects if published.deprecations else ()
    return (f"{each.from_id} -> {each.to}" for each in redirects if each.to != AUTO and each.to not in models)
