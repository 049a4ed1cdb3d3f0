"""`status.json` as a function of the one before it and of what a run did.

The heartbeat is the only document that every run writes. It names the cause of whatever is not as it should be:
a failure, a feed or a price that is held, records that were set aside.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from modelsync.catalog.documents import Attempt, HeldFeed, HeldPrice, Status
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.refresh import Refresh
from modelsync.shell.repository import REFRESH_EVERY

MOST_LINES: Final = 100
"""Longest list of complaints in the heartbeat; the last line tells how many more there are."""

LONGEST_MESSAGE: Final = 500

Job = Literal["refresh", "curate", "all", "rollback"]
Outcome = Literal["published", "unchanged", "held", "refused", "failed"]

READS_FEED: Final = frozenset({"refresh", "all"})


@dataclass(frozen=True, slots=True)
class Run:
    """What a run was and how it ended; `refresh` is None where it failed before it decided anything."""

    job: Job
    at: datetime
    outcome: Outcome
    generation: int | None
    message: str | None = None
    refresh: Refresh | None = None
    curated: bool = False


def beat(before: Status | None, run: Run, *, source: str, published: PublishedSet | None) -> Status:
    """The heartbeat after a run; `published` is what stands then, None where that could not be read."""
    attempt = Attempt(
        at=run.at,
        job=run.job,
        outcome=run.outcome,
        generation=run.generation,
        message=_bounded(run.message),
    )
    succeeded = run.outcome in ("published", "unchanged")
    looked = succeeded and run.job in READS_FEED
    return Status(
        source=source,
        last_attempt=attempt,
        last_success=attempt if succeeded else before.last_success if before else None,
        last_curated=run.at if succeeded and run.curated else before.last_curated if before else None,
        observed_at=run.at if looked else before.observed_at if before else None,
        consecutive_failures=0 if succeeded else (before.consecutive_failures if before else 0) + 1,
        next_due=run.at + REFRESH_EVERY if run.job in READS_FEED or before is None else before.next_due,
        held_feed=_held_feed(before, run),
        held_prices=_held_prices(published)
        if published is not None
        else before.held_prices
        if before
        else (),
        set_aside=_lines(run.refresh.set_aside)
        if looked and run.refresh
        else before.set_aside
        if before
        else (),
        findings=_lines(run.refresh.findings) if run.refresh else before.findings if before else (),
        placeholder_dates=(
            run.refresh.placeholder_dates
            if looked and run.refresh
            else before.placeholder_dates
            if before
            else 0
        ),
    )


def _held_feed(before: Status | None, run: Run) -> HeldFeed | None:
    """A refusal or a failure in between does not end a hold; only a feed that is believed does."""
    if run.outcome == "held" and run.refresh is not None:
        return run.refresh.held
    if run.outcome in ("published", "unchanged") and run.job in READS_FEED:
        return None
    return before.held_feed if before else None


def _held_prices(published: PublishedSet) -> tuple[HeldPrice, ...]:
    return tuple(
        HeldPrice(
            id=model.id,
            since=model.pending_pricing.since,
            prompt_per_million=model.pricing.prompt_per_million,
            pending_prompt_per_million=model.pending_pricing.pricing.prompt_per_million,
            reason=model.pending_pricing.reason,
        )
        for model in published.models().values()
        if model.pending_pricing is not None
    )


def _lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    bounded = tuple(line[:LONGEST_MESSAGE] for line in lines)
    if len(bounded) <= MOST_LINES:
        return bounded
    return (*bounded[: MOST_LINES - 1], f"... and {len(bounded) - MOST_LINES + 1} more")


def _bounded(message: str | None) -> str | None:
    return None if message is None else message[:LONGEST_MESSAGE]
