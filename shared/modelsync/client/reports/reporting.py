"""What telemetry and registration have in common: what they have of the world, and how sending ends."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from modelsync.client.reports.consent import DO_NOT_TRACK, is_do_not_track
from modelsync.client.reports.delivery import Target
from modelsync.client.reports.report_file import ReportFile
from modelsync.errors import StoreError


class Flush(StrEnum):
    """How sending ended."""

    SENT = "sent"
    NOTHING = "nothing"
    """There is nothing to send."""
    OFF = "off"
    """The user did not agree, or `DO_NOT_TRACK` is set."""
    NOWHERE = "nowhere"
    """No intake is named."""
    WAITING = "waiting"
    """A server asked to come back later, or another process is sending."""
    FAILED = "failed"
    """What was to be sent stays kept; `error` says why."""


class FlushResult(NamedTuple):
    """What was sent, and what was not."""

    status: Flush
    sent: tuple[bytes, ...] = ()
    """The documents that a server took, as JSON."""
    left_out: int = 0
    """Rows or leases that had no room in them."""
    waiting: int = 0
    """Documents that stay to be sent."""
    retry_at: datetime | None = None
    error: str | None = None


class Standing(NamedTuple):
    """Whether something is reported, and how that goes."""

    is_on: bool
    """What the user said."""
    forbidden_by: str | None
    """`DO_NOT_TRACK`, where that wins over the user's yes."""
    target: str | None
    """The intake's address."""
    waiting: int = 0
    """Documents that are to be sent."""
    kept: int = 0
    """Days of counts, or leases, that are kept or were sent last."""
    retry_at: datetime | None = None
    passed_over: int = 0
    """Calls that could not be counted in this process."""
    error: str | None = None
    """Why counts could not be written."""


def drawn() -> str:
    """128 random bits, as hexadecimal digits."""
    import secrets

    return secrets.token_hex(16)


class Surroundings(NamedTuple):
    """What a reporter has of the world."""

    folder: Path
    """Where the user's files are."""
    clock: Callable[[], datetime]
    environment: Mapping[str, str]
    target: Target | None = None
    draw: Callable[[], str] = drawn

    @property
    def forbidden_by(self) -> str | None:
        """What forbids every report, whatever the user said."""
        return DO_NOT_TRACK if is_do_not_track(self.environment) else None

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self.clock().astimezone(UTC)


def alone(file: ReportFile, attempt: Callable[[], FlushResult]) -> FlushResult:
    """What `attempt` gives while no other process sends; a disk that fails is told, and not raised."""
    try:
        with file.sending() as is_ours:
            return attempt() if is_ours else FlushResult(Flush.WAITING, error="found another process sending; wait")
    except StoreError as error:
        return FlushResult(Flush.FAILED, error=str(error))
