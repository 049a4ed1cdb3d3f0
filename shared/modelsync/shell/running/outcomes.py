"""What clients reported of how calls ended, out of the store: within bounds, and never at the price of a curation.

The names are listed once, and only the days of a window are read (a week, or four where silence has to be proven), the
newest first, and of a day the reports of all reporters in turn: so that a flood of one of them, where it meets a
bound, costs the others least. What cannot be read or had to be left is told in one sentence each, however much of it
there is. What reports mean is for the pipeline.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from modelsync.catalog import keys
from modelsync.catalog.telemetry import FOUR_WEEKS, Reported
from modelsync.errors import StoreError
from modelsync.shell.publishing.reading import Reader
from modelsync.sources.kept_reports import KeptOutcomes


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is read at most; a report that is larger than one can be is read, and counts for nothing."""

    objects: int = 20_000
    bytes: int = 64_000_000
    seconds: float = 40.0
    """A third of the time that a curation has."""
    failures: int = 20
    """Reads that failed, after which the store is left alone."""


DEFAULT_BOUNDS: Final = Bounds()


@dataclass(frozen=True, slots=True)
class HeardOutcomes:
    """What was reported, None where that cannot be known, and what people should know of it."""

    reported: Reported | None
    findings: tuple[str, ...] = ()


UNHEARD: Final = HeardOutcomes(None)
"""Nobody asked."""


@dataclass(slots=True)
class _Reading:
    """How far a reading came."""

    read: int = 0
    bytes: int = 0
    failed: int = 0
    last_failure: StoreError | None = None


def load_outcomes(
    repository: Reader,
    *,
    listed: Collection[str],
    now: datetime,
    window: timedelta = FOUR_WEEKS,
    bounds: Bounds = DEFAULT_BOUNDS,
    clock: Callable[[], float] = time.monotonic,
) -> HeardOutcomes:
    """Read what clients reported of the listed models in the days of a window that are over; raises nothing."""
    try:
        names = repository.telemetry_keys()
    except StoreError as error:
        return HeardOutcomes(None, (f"telemetry: {error}; no flag is judged by it until this is mended",))
    today = now.astimezone(UTC).date()
    kept = KeptOutcomes(listed)
    wanted, strangers = _wanted(names, today, window)
    reading, ends = _Reading(), clock() + bounds.seconds
    for day, _, reporter, key in wanted:
        if _is_enough(reading, bounds) or clock() >= ends:
            break
        _read(repository, key, kept, reading, day=day, reporter=reporter)
    findings = (*_of_unreadable(kept.unreadable + strangers, len(wanted) + strangers), *_of_left(reading, len(wanted)))
    whole = reading.read == len(wanted) and not reading.failed
    return HeardOutcomes(Reported(kept.observations, whole=whole), findings)


def _wanted(names: Collection[str], today: date, window: timedelta) -> tuple[list[tuple[date, int, str, str]], int]:
    """Day, place, reporter and key of what is read, in that order; and how many keys are none of the intake."""
    places = {key: keys.telemetry_place(key) for key in names}
    known = [(*place, key) for key, place in places.items() if place is not None]
    wanted = [(day, place, reporter, key) for day, reporter, place, key in known if today - window <= day < today]
    wanted.sort(key=lambda each: (-each[0].toordinal(), *each[1:]))
    return wanted, len(names) - len(known)


def _is_enough(reading: _Reading, bounds: Bounds) -> bool:
    return reading.read >= bounds.objects or reading.bytes >= bounds.bytes or reading.failed >= bounds.failures


def _read(repository: Reader, key: str, kept: KeptOutcomes, reading: _Reading, *, day: date, reporter: str) -> None:
    reading.read += 1
    try:
        body = repository.telemetry_report(key)
    except StoreError as error:
        reading.failed, reading.last_failure = reading.failed + 1, error
        return
    if body is not None:
        reading.bytes += len(body)
        kept.add(body, day=day, reporter=reporter)


def _of_unreadable(unreadable: int, found: int) -> tuple[str, ...]:
    finding = (
        f"telemetry: {unreadable:,} of {found:,} objects are no reports, expected what the intake writes; they count "
        "for nothing, see who else may write below telemetry/"
    )
    return (finding,) if unreadable else ()


def _of_left(reading: _Reading, wanted: int) -> tuple[str, ...]:
    left = wanted - reading.read
    failed = (
        f"telemetry: {reading.failed:,} of {wanted:,} reports could not be fetched, the last one because of "
        f"{reading.last_failure}; they count for nothing in this run"
    )
    bounded = (
        f"telemetry: {left:,} of {wanted:,} reports were left unread, expected that a run can read them all; the "
        "newest days count, see which reporter sends so many"
    )
    return ((failed,) if reading.failed else ()) + ((bounded,) if left else ())
