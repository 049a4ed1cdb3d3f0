"""`status.json` as a function of the one before it and of what a run did.

The heartbeat is the only document that every run writes. It names the cause of whatever is not as it should be:
a failure, a feed or a price that is held, records that were set aside.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from modelsync.catalog.documents import Attempt, HeldFeed, HeldPrice, Status
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.refresh import Refresh
from modelsync.shell.publishing.manifests import period_of
from modelsync.shell.publishing.slots import Slot, with_slot

MOST_LINES: Final = 100
"""Longest list of complaints in the heartbeat; the last line tells how many more there are."""

LONGEST_MESSAGE: Final = 500

Job = Literal["refresh", "signals", "curate", "all", "rollback"]
Outcome = Literal["published", "unchanged", "held", "refused", "failed"]

SEEN_TO_THEIR_END: Final = frozenset({"published", "unchanged", "held"})
"""Outcomes after which a slot is not run again: a feed that is held waits for another look, not for the same one."""

READS_FEED: Final = frozenset({"refresh", "all"})
JUDGES_REPORTS: Final = frozenset({"curate", "all"})
OF_REPORTS: Final = "telemetry:"
"""Beginning of a finding of what clients reported: it stands until they are judged again, once a day."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run was and how it ended; `refresh` is None where it failed before it decided anything."""

    job: Job
    at: datetime
    outcome: Outcome
    generation: int | None
    message: str | None = None
    refresh: Refresh | None = None
    slot: Slot | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the world was seen and what it means stands published."""
        return self.outcome in ("published", "unchanged")


def beat(before: Status | None, run: Run, *, source: str, published: PublishedSet | None) -> Status:
    """The heartbeat after a run; `published` is what stands then, None where that could not be read."""
    attempt = _attempt(run)
    status = before or _first(source, attempt)
    news: dict[str, Any] = {"last_attempt": attempt, "held_feed": _held_feed(status, run)}
    if run.succeeded:
        news |= {"last_success": attempt, "consecutive_failures": 0}
    else:
        news["consecutive_failures"] = status.consecutive_failures + 1
    if run.slot is not None and run.outcome in SEEN_TO_THEIR_END:
        news["slots"] = with_slot(status.slots, run.slot)
    if run.job in READS_FEED:
        news["next_due"] = run.at + period_of(source)
    if published is not None:
        news["held_prices"] = _held_prices(published)
    if run.refresh is not None:
        news |= _noticed(status, run, run.refresh)
    return status.model_copy(update=news)


def _first(source: str, attempt: Attempt) -> Status:
    return Status(
        source=source,
        last_attempt=attempt,
        last_success=None,
        last_curated=None,
        observed_at=None,
        consecutive_failures=0,
        next_due=attempt.at + period_of(source),
        held_feed=None,
        held_prices=(),
        set_aside=(),
        findings=(),
        placeholder_dates=0,
    )


def _attempt(run: Run) -> Attempt:
    return Attempt(
        at=run.at,
        job=run.job,
        outcome=run.outcome,
        generation=run.generation,
        message=None if run.message is None else run.message[:LONGEST_MESSAGE],
    )


def _noticed(before: Status, run: Run, refresh: Refresh) -> dict[str, Any]:
    """What a run that decided something has to say; it takes back what it could have found again, and nothing else."""
    told = tuple(each for each in before.findings if not _looks_again(run, each))
    news: dict[str, Any] = {"findings": _lines(tuple(dict.fromkeys((*told, *refresh.findings))))}
    if run.succeeded and refresh.curated:
        news["last_curated"] = run.at
    if run.succeeded and run.job in READS_FEED:
        news |= {
            "observed_at": run.at,
            "set_aside": _lines(refresh.set_aside),
            "placeholder_dates": refresh.placeholder_dates,
        }
    return news


def _looks_again(run: Run, finding: str) -> bool:
    """Whether a run looked at what a finding of an earlier one is about."""
    return run.job in (JUDGES_REPORTS if finding.startswith(OF_REPORTS) else READS_FEED)


def _held_feed(before: Status, run: Run) -> HeldFeed | None:
    """A refusal or a failure in between does not end a hold; only a feed that is believed does."""
    if run.outcome == "held" and run.refresh is not None:
        return run.refresh.held
    return None if run.succeeded and run.job in READS_FEED else before.held_feed


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
