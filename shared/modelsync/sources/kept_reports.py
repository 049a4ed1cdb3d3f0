"""Kept reports of outcomes, out of bytes that lay in a store: what they count, and how many of them cannot be read.

The intake let nothing in that it could not read; but whoever can write to the store can put anything there. What
is no report costs no more than to be counted. Rows about models that are not listed are dropped: nobody is judged by
what clients call something else.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from modelsync.catalog.telemetry import Count, Observations, Subject, count_of
from modelsync.errors import FeedFormatError
from modelsync.sources.reports import parse_kept_telemetry

MOST_BYTES: Final = 131_072
"""Of one kept report: twice of what the intake unpacks."""

_Place = tuple[date, str, str]
"""Day, reporter and backend."""


@dataclass(slots=True)
class KeptOutcomes:
    """What kept reports add up to while they are read, one after the other."""

    listed: Collection[str]
    unreadable: int = 0
    unknown_rows: int = 0
    """Rows about models that are not listed."""
    _sums: dict[Subject, dict[_Place, list[int]]] = field(default_factory=dict)
    """Clients of one reporter are summed up as they come: nobody needs to know how many there are."""

    @property
    def observations(self) -> Observations:
        """What was counted, in an order that is always the same."""
        return {
            subject: [
                Count(reporter, day, backend, ok, failed, refused)
                for (day, reporter, backend), (ok, failed, refused) in sorted(places.items())
            ]
            for subject, places in sorted(self._sums.items())
        }

    def add(self, body: bytes, *, day: date, reporter: str) -> None:
        """Count one report in, or that it is none."""
        try:
            report = None if len(body) > MOST_BYTES else parse_kept_telemetry(body, day=day)
        except FeedFormatError:
            report = None
        if report is None:
            self.unreadable += 1
            return
        for row in report.rows:
            if row.model_id in self.listed:
                self._count(count_of(row, reporter=reporter, day=day), (row.model_id, row.capability))
            else:
                self.unknown_rows += 1

    def _count(self, count: Count, subject: Subject) -> None:
        places = self._sums.setdefault(subject, {})
        sums = places.setdefault((count.day, count.reporter, count.backend), [0, 0, 0])
        sums[0] += count.ok
        sums[1] += count.failed
        sums[2] += count.refused
