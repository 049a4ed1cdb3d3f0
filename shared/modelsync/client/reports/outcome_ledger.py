"""What a user's file of counted calls holds, and what becomes of it: counts come in, days are reported, days are over.

- A day is reported when it has been over for ten minutes, so that every process has written what it counted. Where
  counts come in later all the same, the whole day is reported again, in place of its first report, at most three times.
- A day is kept for eight days at most, reported or not, and no longer than somebody would take a report of it.
- When the client's name changes, what was reported under the old one is forgotten: nothing is counted twice.

Values only: each step gives a new ledger, and keeping it is `report_file`'s.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from modelsync.catalog.reports import CLOCKS_DIFFER, FAILURES, KEPT_FOR, SCHEMA
from modelsync.client.reports.call_ends import OK
from modelsync.client.reports.consent import Consent, Draw, consent_document, consent_of, day_of, renewed, time_of
from modelsync.client.reports.outcomes import Counts, Seen

SETTLED_AFTER: Final = timedelta(minutes=10)
MOST_REPORTS: Final = 4
"""Of one day: the first, and three that put it right."""
MOST_KEPT: Final = 20_000
"""Different things that are counted; what comes on top is not."""
_FIELDS: Final = 4


class Sent(NamedTuple):
    """What was reported of a day."""

    calls: int
    reports: int


class Ledger(NamedTuple):
    """Everything that is kept."""

    consent: Consent
    counts: Counts = MappingProxyType({})
    sent: Mapping[date, Sent] = MappingProxyType({})
    retry_at: datetime | None = None
    """Before which nothing is sent, because a server said so or failed."""


def added(ledger: Ledger, counts: Counts, *, today: date, draw: Draw) -> Ledger:
    """The ledger with more counts, and without days that are over for too long."""
    ledger = under_a_fresh_name(ledger, today=today, draw=draw)
    sums = {seen: number for seen, number in ledger.counts.items() if _is_kept(seen[0], today)}
    for seen, number in counts.items():
        if _is_kept(seen[0], today) and (seen in sums or len(sums) < MOST_KEPT):
            sums[seen] = sums.get(seen, 0) + number
    sent = {day: each for day, each in ledger.sent.items() if _is_kept(day, today)}
    return ledger._replace(counts=sums, sent=sent)


def under_a_fresh_name(ledger: Ledger, *, today: date, draw: Draw) -> Ledger:
    """The ledger, under a new name once the old one is a year old."""
    consent = renewed(ledger.consent, today=today, draw=draw)
    if consent == ledger.consent:
        return ledger
    counts = {seen: number for seen, number in ledger.counts.items() if seen[0] not in ledger.sent}
    return ledger._replace(consent=consent, counts=counts, sent={})


def days_due(ledger: Ledger, *, now: datetime) -> tuple[date, ...]:
    """The days of which there is something to report, oldest first; `now` in UTC."""
    over = (now - SETTLED_AFTER).date()
    days = sorted({seen[0] for seen in ledger.counts})
    return tuple(day for day in days if day < over and _is_kept(day, now.date()) and _is_news(ledger, day))


def calls_on(counts: Counts, day: date) -> int:
    """All calls that were counted on a day."""
    return sum(number for seen, number in counts.items() if seen[0] == day)


def reported(ledger: Ledger, day: date, *, calls: int) -> Ledger:
    """The ledger after a server took a report of so many calls."""
    before = ledger.sent.get(day, Sent(0, 0))
    return ledger._replace(sent={**ledger.sent, day: Sent(calls, before.reports + 1)}, retry_at=None)


def ledger_document(ledger: Ledger) -> dict[str, Any]:
    """The ledger as it is kept."""
    days: dict[str, list[list[Any]]] = {}
    for (day, *seen), number in sorted(ledger.counts.items()):
        days.setdefault(f"{day}", []).append([*seen, number])
    return {
        "schema": SCHEMA,
        **consent_document(ledger.consent),
        "days": days,
        "sent": {f"{day}": list(each) for day, each in ledger.sent.items()},
        "retryAt": None if ledger.retry_at is None else ledger.retry_at.isoformat(),
    }


def ledger_of(document: Mapping[str, Any] | None) -> Ledger | None:
    """The ledger in a kept document; None where nobody ever agreed, and what cannot be read of it is left out."""
    consent = consent_of(document) if document is not None and document.get("schema") == SCHEMA else None
    if document is None or consent is None:
        return None
    return Ledger(
        consent,
        counts=_counts_of(_mapping(document.get("days"))),
        sent=_sent_of(_mapping(document.get("sent"))),
        retry_at=time_of(document.get("retryAt")),
    )


def is_countable(capability: str, outcome: str) -> bool:
    """Whether a capability is counted, and can end so."""
    return capability in FAILURES and (outcome == OK or outcome in FAILURES[capability])  # type: ignore[index]  # text


def _is_news(ledger: Ledger, day: date) -> bool:
    sent = ledger.sent.get(day, Sent(0, 0))
    return sent.reports < MOST_REPORTS and calls_on(ledger.counts, day) > sent.calls


def _is_kept(day: date, today: date) -> bool:
    return -CLOCKS_DIFFER <= today - day <= KEPT_FOR


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _counts_of(days: Mapping[str, Any]) -> dict[Seen, int]:
    found: dict[Seen, int] = {}
    for text, rows in days.items():
        day = day_of(text)
        for row in rows if day is not None and isinstance(rows, list) else ():
            if day is not None and _is_row(row):
                model_id, backend, capability, outcome, number = row
                found[day, model_id, backend, capability, outcome] = number
    return found


def _is_row(row: object) -> bool:
    if not isinstance(row, list) or len(row) != _FIELDS + 1 or not all(isinstance(each, str) for each in row[:_FIELDS]):
        return False
    return is_countable(row[2], row[3]) and type(row[4]) is int and row[4] > 0


def _sent_of(days: Mapping[str, Any]) -> dict[date, Sent]:
    found = {}
    for text, pair in days.items():
        day = day_of(text)
        if day is not None and isinstance(pair, list) and [type(each) for each in pair] == [int, int]:
            found[day] = Sent(*pair)
    return found
