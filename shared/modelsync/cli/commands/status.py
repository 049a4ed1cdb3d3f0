"""`status`: the dashboard. How old, how many, what is held, what is due, and what a person should do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rich.console import RenderableType

from modelsync.catalog.documents import Attempt, Manifest, Status
from modelsync.catalog.keys import OPENROUTER
from modelsync.catalog.published_set import PublishedSet
from modelsync.cli.answer import Answer
from modelsync.cli.door import Door
from modelsync.cli.tables import ago, bullets, facts, heading, moment, named, section, text
from modelsync.pipeline.pinned import is_pinned
from modelsync.shell.publishing.manifests import stale_after

MOST_LINES = 8
CURATE_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Board:
    """What the dashboard is made of."""

    source: str
    first_run: str
    place: str
    manifest: Manifest | None
    status: Status | None
    published: PublishedSet
    repairs: tuple[str, ...]
    now: datetime

    def hints(self) -> Iterator[str]:
        """What a person should do, most urgent first."""
        status = self.status
        if self.manifest is None:
            yield f"nothing is published in {self.place} yet: run `{self.first_run}`"
        if self.manifest is not None and is_pinned(self.manifest.source.url):
            yield "what people pinned stands in for the provider's list: the findings say why"
        if status is not None and status.consecutive_failures:
            yield f"{status.consecutive_failures} runs in a row brought nothing: {status.last_attempt.message}"
        if status is not None and status.held_feed is not None:
            again = "syncmodels refresh" if self.source == OPENROUTER else self.first_run
            yield f"a feed is held: run `{again}` to look again, or with --accept to take it"
        observed = status.observed_at if status else None
        if observed is not None and self.now - observed >= stale_after(self.source):
            yield f"a feed was last believed {ago(observed, self.now)}: run `{self.first_run}`, mend the schedule"
        curated = status.last_curated if status else None
        if self.manifest is not None and curated is not None and self.now - curated >= 2 * CURATE_EVERY:
            yield f"the shortlist was last recomputed {ago(curated, self.now)}: run `syncmodels curate`"
        if self.manifest is not None and status is None:
            yield "there is no heartbeat that can be read; the next run writes one"
        if self.repairs:
            yield f"a run was stopped while it wrote {', '.join(self.repairs)}: the next one repairs it"


def status(door: Door) -> Answer:
    """Show how things stand; an empty store, too, has a status."""
    loaded = door.repository.load()
    board = _Board(
        source=door.options.source,
        first_run=door.first_run,
        place=door.settings.store,
        manifest=loaded.manifest,
        status=door.repository.load_status(),
        published=loaded.published,
        repairs=loaded.repairs,
        now=door.runtime.now(),
    )
    return Answer(data=_data(board), view=tuple(_view(board)))


def _data(board: _Board) -> dict[str, Any]:
    return {
        "store": board.place,
        "now": f"{board.now:%Y-%m-%dT%H:%M:%SZ}",
        "generation": board.manifest.generation if board.manifest else None,
        "counts": board.published.counts(),
        "shortlist": {
            str(bucket): {"models": len(each.models), "minimum": each.minimum, "shortfall": each.shortfall}
            for bucket, each in (board.published.curated.buckets.items() if board.published.curated else ())
        },
        "hints": list(board.hints()),
        "manifest": board.manifest.model_dump(mode="json", by_alias=True) if board.manifest else None,
        "heartbeat": board.status.model_dump(mode="json", by_alias=True) if board.status else None,
    }


def _view(board: _Board) -> Iterator[RenderableType]:
    yield heading(f"{board.source} in {board.place}")
    hints = tuple(board.hints())
    if hints:
        yield bullets(hints, at_most=len(hints), style="yellow")
    yield facts((*_ages(board), *_counts(board)))
    if board.status is not None:
        yield from _waiting(board.status, board.now)


def _ages(board: _Board) -> Iterator[tuple[str, str]]:
    now, manifest, status = board.now, board.manifest, board.status
    if manifest is not None:
        note = f", {manifest.note}" if manifest.note else ""
        yield "generation", f"{manifest.generation}, published {_when(manifest.generated_at, now)}{note}"
        yield "feed", f"{manifest.source.model_count} records, {manifest.source.url}"
    if status is not None:
        yield "last run", _attempt(status.last_attempt, now)
        if status.last_success is None or status.last_success != status.last_attempt:
            yield "last success", _attempt(status.last_success, now) if status.last_success else "never"
        yield "feed believed", _when(status.observed_at, now)
        if board.source == OPENROUTER:
            yield "curated", _when(status.last_curated, now)
        late = ", overdue" if status.next_due < now else ""
        yield "next due", f"{_when(status.next_due, now)}{late}"
        yield "failures", str(status.consecutive_failures)


def _when(at: datetime | None, now: datetime) -> str:
    return "never" if at is None else f"{moment(at)}, {ago(at, now)}"


def _attempt(attempt: Attempt, now: datetime) -> str:
    generation = f" generation {attempt.generation}" if attempt.generation else ""
    return f"{attempt.job}: {attempt.outcome}{generation}, {_when(attempt.at, now)}"


def _counts(board: _Board) -> Iterator[tuple[str, str]]:
    if board.manifest is None:
        return
    counts, curated = board.published.counts(), board.published.curated
    yield "models", ", ".join(f"{counts[state]} {state}" for state in ("active", "stale", "deprecated", "removed"))
    if curated is None:
        if board.source == OPENROUTER:
            yield "shortlist", "none yet: run `syncmodels curate`"
        return
    buckets = ", ".join(f"{bucket} {len(each.models)}" for bucket, each in curated.buckets.items())
    yield "shortlist", f"{counts['curated']} models: {buckets}"
    for bucket, each in curated.buckets.items():
        if each.shortfall:
            yield (
                "shortfall",
                f"{bucket}: {each.shortfall} below its minimum of {each.minimum}. {each.shortfall_reason}",
            )


def _waiting(status: Status, now: datetime) -> Iterator[RenderableType]:
    """What is held, what was set aside, and what else was noticed; each with its cause."""
    if status.held_feed is not None:
        yield section(f"held feed, since {_when(status.held_feed.since, now)}")
        yield text(f"  {status.held_feed.reason}")
    if status.held_prices:
        yield section(f"held prices: {len(status.held_prices)}")
        rows = ((each.id, f"{each.reason}, since {moment(each.since)}") for each in status.held_prices[:MOST_LINES])
        yield named(rows)
    for title, lines in (("records set aside", status.set_aside), ("findings", status.findings)):
        if lines:
            yield section(f"{title}: {len(lines)}")
            yield bullets(lines, at_most=MOST_LINES)
    if status.placeholder_dates:
        yield text(f"{status.placeholder_dates} announced ends were too far away to be meant, and were dropped")
