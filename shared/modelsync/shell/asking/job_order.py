"""What a function is asked to do: its event, read field by field. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from modelsync.errors import UsageError
from modelsync.shell.publishing.slots import Slot, slot_time


@dataclass(frozen=True, slots=True)
class JobOrder:
    """A job, for whom, and for which time of a schedule; `run` is a run that somebody asked for by hand."""

    job: str
    provider: str | None = None
    slot: datetime | None = None
    dry_run: bool = False
    run: str | None = None

    @classmethod
    def of(cls, event: Mapping[str, Any], *, jobs: tuple[str, ...]) -> "JobOrder":
        """Read an event; without a job it asks for the first of `jobs`. Raises UsageError that names the field."""
        slot, job = _text(event, "slot"), _text(event, "job") or jobs[0]
        if job not in jobs:
            raise UsageError(f"event: job: expected {' or '.join(jobs)}, found {job!a:.40}")
        dry_run = event.get("dryRun", False)
        if not isinstance(dry_run, bool):
            raise UsageError(f"event: dryRun: expected true or false, found {dry_run!a:.40}")
        return cls(
            job=job,
            provider=_text(event, "provider"),
            slot=slot_time(slot) if slot is not None else None,
            dry_run=dry_run,
            run=_text(event, "run"),
        )

    @property
    def slot_of_schedule(self) -> Slot | None:
        """By what it is known again when it is delivered twice; None for a run that somebody asked for by hand."""
        return Slot(self.job, self.slot) if self.slot is not None and self.run is None else None


def _text(event: Mapping[str, Any], name: str) -> str | None:
    found = event.get(name)
    if found is not None and not isinstance(found, str):
        raise UsageError(f"event: {name}: expected a text, found {found!a:.40}")
    return found or None
