"""What is reported of saved choices: ids of the published catalog, and the day each was last used on.

A report keeps what it names from being removed for 35 days. So it is made at most once a day (UTC): where it says
something new, or where the last one is a week old. What a user added, and ids that nobody lists, are left out; of more
than there is room for, those that were used last are in. A report of nothing is made once, after one of something.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from modelsync.catalog.model_ids import is_model_id
from modelsync.catalog.reports import MOST_LEASES, SCHEMA, BindingsReport, Lease
from modelsync.client.reports.consent import Consent, Draw, consent_document, consent_of, day_of, renewed, time_of
from modelsync.client.reports.outcomes import compact, most_that_fit, packed

MOST_BYTES: Final = 65_536
SAID_AGAIN_AFTER: Final = timedelta(days=7)
"""A fifth of how long a report holds."""


class Choices(NamedTuple):
    """One day's report of saved choices, and what it lacks."""

    day: date
    body: bytes
    """JSON, as people may look at it."""
    packed: bytes
    """The same in gzip: the bytes that travel."""
    leases: int
    left_out: int = 0
    """Choices that had no room."""
    private: int = 0
    """Choices that nobody else lists."""

    @property
    def digest(self) -> str:
        """What changes with the choices, and not with the day."""
        return hashlib.sha256(self.body.replace(f'"day":"{self.day}"'.encode(), b"", 1)).hexdigest()


def choices_of(used: Mapping[str, date], *, client: str, listed: Collection[str], day: date) -> Choices:
    """The report of what is saved: ids, each with the day on which it was last used."""
    known = [Lease(i, min(last, day)) for i, last in used.items() if i in listed and is_model_id(i)]
    known.sort(key=lambda lease: (-lease.last_used_day.toordinal(), lease.id))
    kept = most_that_fit(min(len(known), MOST_LEASES), lambda most: len(_body(known[:most], client, day)) <= MOST_BYTES)
    body = _body(known[:kept], client, day)
    return Choices(day, body, packed(body), kept, len(known) - kept, len(used) - len(known))


class Registry(NamedTuple):
    """What a user's file of registration holds."""

    consent: Consent
    sent_on: date | None = None
    sent: str = ""
    """Digest of the choices that were reported last."""
    leases: int = 0
    """How many there were of them."""
    retry_at: datetime | None = None


def is_due(choices: Choices, registry: Registry) -> bool:
    """Whether there is something to report."""
    if registry.sent_on is None:
        return choices.leases > 0
    since = choices.day - registry.sent_on
    if since < timedelta(days=1):
        return since < timedelta()  # a clock that was ahead
    return choices.digest != registry.sent or (choices.leases > 0 and since >= SAID_AGAIN_AFTER)


def under_a_fresh_name(registry: Registry, *, today: date, draw: Draw) -> Registry:
    """The registry, under a new name once the old one is a year old; what the old one said runs out by itself."""
    consent = renewed(registry.consent, today=today, draw=draw)
    return registry if consent == registry.consent else Registry(consent)


def registry_document(registry: Registry) -> dict[str, Any]:
    """The registry as it is kept."""
    return {
        "schema": SCHEMA,
        **consent_document(registry.consent),
        "sentOn": None if registry.sent_on is None else f"{registry.sent_on}",
        "sent": registry.sent,
        "leases": registry.leases,
        "retryAt": None if registry.retry_at is None else registry.retry_at.isoformat(),
    }


def registry_of(document: Mapping[str, Any] | None) -> Registry | None:
    """The registry in a kept document; None where nobody ever agreed."""
    consent = consent_of(document) if document is not None and document.get("schema") == SCHEMA else None
    if document is None or consent is None:
        return None
    sent, leases = document.get("sent"), document.get("leases")
    return Registry(
        consent,
        sent_on=day_of(document.get("sentOn")),
        sent=sent if isinstance(sent, str) else "",
        leases=leases if isinstance(leases, int) else 0,
        retry_at=time_of(document.get("retryAt")),
    )


def _body(leases: Collection[Lease], client: str, day: date) -> bytes:
    report = BindingsReport(client, day, tuple(leases))
    return compact({"schema": SCHEMA, "client": client, "day": f"{day}", **report.content()})
