"""The times of a schedule, by which a run that is delivered twice is known again.

A scheduler delivers at least once: now and then twice, late, or twice at the same time. The time that a run was
meant for stays the same, where the clock does not. What was done for a job and a slot is written in the manifest,
together with what it published, and in the heartbeat, where nothing changed; a second run finds it in either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from modelsync.errors import UsageError

MOST_KEPT: Final = 24
"""Of each job: six days of a refresh every six hours; schedulers give up on a delivery after one day."""

Done = Mapping[str, tuple[datetime, ...]]


@dataclass(frozen=True, slots=True)
class Slot:
    """The run of a job that a schedule meant for a time."""

    job: str
    at: datetime

    def is_among(self, done: Done) -> bool:
        """Whether it was seen to its end."""
        return self.at in done.get(self.job, ())

    def __str__(self) -> str:
        return f"{self.job} of {self.at:%Y-%m-%dT%H:%M:%SZ}"


def with_slot(done: Done, slot: Slot | None) -> dict[str, tuple[datetime, ...]]:
    """The slots that were done, and one more; the oldest are forgotten."""
    if slot is None:
        return dict(done)
    times = {*done.get(slot.job, ()), slot.at}
    return {**done, slot.job: tuple(sorted(times)[-MOST_KEPT:])}


def done_before(slot: Slot) -> str:
    """Why a run did nothing."""
    return f"{slot} was done before"


def slot_time(text: str) -> datetime:
    """Read the time that a scheduler wrote, to the second; raises UsageError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(f"slot: expected a time with its zone, 2026-08-08T18:00:00Z, found {text[:40]!a}")
    return moment.astimezone(UTC).replace(microsecond=0)
