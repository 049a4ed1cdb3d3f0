"""Outcomes that clients reported, for tests that say how many calls failed, by how many reporters, on which days.

counts(requests=200, failed=60, reporters=10)            # for the core
report(world.store, "openai/gpt-5.2", day=..., ...)      # as the intake keeps it, for whole jobs
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from modelsync.catalog import keys
from modelsync.catalog.capabilities import Capability
from modelsync.catalog.reports import Failure, Outcomes, TelemetryReport, encode_report
from modelsync.catalog.telemetry import Count
from modelsync.shell.storage.object_store import ObjectStore

TODAY: Final = date(2026, 8, 8)
DAY: Final = timedelta(days=1)


def days_before(today: date, count: int) -> list[date]:
    """The days that are over, newest first."""
    return [today - DAY * (number + 1) for number in range(count)]


def spread(total: int, parts: int) -> list[int]:
    """A whole number in parts that are as equal as can be."""
    return [total // parts + (number < total % parts) for number in range(parts)]


def counts(
    *,
    requests: int,
    failed: int,
    reporters: int = 5,
    days: int = 3,
    today: date = TODAY,
    refused: bool = False,
    backend: str = "openrouter",
    name: str = "reporter",
) -> list[Count]:
    """So many requests, spread evenly over reporters and the last days that are over; so many of them failed."""
    places = [(f"{name}-{who:02}", day) for day in days_before(today, days) for who in range(reporters)]
    asked, wrong = spread(requests, len(places)), spread(failed, len(places))
    return [
        Count(who, day, backend, n - bad, bad, bad if refused else 0)
        for (who, day), n, bad in zip(places, asked, wrong, strict=True)
    ]


def outcomes(
    model_id: str,
    *,
    ok: int,
    failed: int,
    capability: Capability = Capability.TOOLS,
    failure: Failure = Failure.INVALID_JSON,
    backend: str = "openrouter",
) -> Outcomes:
    """One row of a report."""
    return Outcomes(model_id, backend, capability, ok, {failure: failed} if failed else {})


def keep(store: ObjectStore, rows: Sequence[Outcomes], *, day: date, reporter: str = "acme", place: int = 0) -> str:
    """Put a report where the intake would, and return its key."""
    report = TelemetryReport(client="0" * 32, client_version="1.4.0", day=day, rows=tuple(rows))
    key = f"models/{keys.telemetry_key(day, reporter, place)}"
    store.put(key, encode_report(report, client=f"{place:032x}", reports=1))
    return key


def keep_days(
    store: ObjectStore,
    ids: Iterable[str],
    *,
    today: date,
    ok: int,
    failed: int,
    days: int = 5,
    reporters: int = 10,
    failure: Failure = Failure.INVALID_JSON,
    name: str = "reporter",
) -> None:
    """Let each of some reporters report the same on each of the last days, of all of some models."""
    rows = [outcomes(model_id, ok=ok, failed=failed, failure=failure) for model_id in ids]
    for day in days_before(today, days):
        for who in range(reporters):
            keep(store, rows, day=day, reporter=f"{name}-{who}")
