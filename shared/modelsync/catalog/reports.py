"""What a client reports: how calls ended (telemetry), and which models are somebody's saved choice (bindings).

Who writes such a report, who takes it in and who reads it later meet here: the words, the bounds, and the bytes in
which a report is kept. Only ids, counts and days are ever part of one: no prompt, no tool's name, no argument, no
person. Outcomes are counted per model, backend and capability, since that is what a wrong flag shows in.

Reading a client's bytes is for `sources.reports`; what counts add up to, and which ids are bound, is not known here.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from modelsync.catalog.capabilities import Capability

SCHEMA: Final = 1

KEPT_FOR: Final = timedelta(days=8)
"""How long a client may hold on to a day's report, so that a week without a network loses nothing."""
CLOCKS_DIFFER: Final = timedelta(days=1)
"""A client's day may be ahead of ours by a time zone; further ahead it is no day that anybody lived."""

LEASE_LASTS: Final = timedelta(days=35)
"""How long a report of bindings holds from its day on: five missed weekly writes."""

MOST_ROWS: Final = 500
MOST_LEASES: Final = 500
HIGHEST_COUNT: Final = 1_000_000

CLIENT_ID: Final = re.compile(r"[0-9a-f]{32}")
"""128 bits that a client draws at random, and may draw anew whenever it likes."""
BACKEND: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
CLIENT_VERSION: Final = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}([.-]?[a-z]{1,5}\.?[0-9]{1,4})?")

# What `encode_report` begins with.
_HEAD: Final = re.compile(
    rb'\{"schema":1,"client":"([0-9a-f]{32})","day":"([0-9]{4}-[0-9]{2}-[0-9]{2})","reports":([0-9]{1,3}),'
)


class Failure(StrEnum):
    """How a call that used a capability failed, by OpenRouter's public definition, so that numbers compare.

    A call fails once, whatever it holds: one bad tool call flags the request. Refusals for credentials, credit or
    rate, time-outs, and what a tool itself does wrong are not failures of a capability.
    """

    INVALID_JSON = "invalid_json"
    UNKNOWN_TOOL = "unknown_tool"
    SCHEMA_MISMATCH = "schema_mismatch"
    REFUSED_BY_ROUTER = "refused_by_router"
    IGNORED_REQUIRED = "ignored_required"


FAILURES: Final[Mapping[Capability, tuple[Failure, ...]]] = {
    Capability.TOOLS: tuple(Failure),
    Capability.STRUCTURED_OUTPUT: (Failure.INVALID_JSON, Failure.SCHEMA_MISMATCH, Failure.REFUSED_BY_ROUTER),
}
"""The capabilities that are reported, and how a call can fail each of them."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many calls of one model at one backend that used one capability ended well, and how the others failed."""

    model_id: str
    backend: str
    capability: Capability
    ok: int
    failures: Mapping[Failure, int]
    """Only what happened: no zeros."""

    @property
    def about(self) -> tuple[str, str, str]:
        """What a report may speak of once."""
        return self.model_id, self.backend, self.capability

    def content(self) -> list[Any]:
        """A row as it is written."""
        failures = {failure: self.failures[failure] for failure in Failure if failure in self.failures}
        return [self.model_id, self.backend, self.capability, self.ok, failures]


@dataclass(frozen=True, slots=True)
class TelemetryReport:
    """The outcomes that one client saw in one day (UTC)."""

    client: str
    client_version: str
    day: date
    rows: tuple[Outcomes, ...]

    def content(self) -> dict[str, Any]:
        """What is kept of it beside the client; the order of rows has no meaning."""
        rows = [row.content() for row in sorted(self.rows, key=lambda row: row.about)]
        return {"clientVersion": self.client_version, "rows": rows}


@dataclass(frozen=True, slots=True)
class Lease:
    """One saved choice, and the day it was last used on."""

    id: str
    last_used_day: date


@dataclass(frozen=True, slots=True)
class BindingsReport:
    """The saved choices of one client, as of one day (UTC)."""

    client: str
    day: date
    leases: tuple[Lease, ...]

    def content(self) -> dict[str, Any]:
        """What is kept of it beside the client; the order of leases has no meaning."""
        leases = sorted(self.leases, key=lambda lease: lease.id)
        return {"leases": [{"id": lease.id, "lastUsedDay": f"{lease.last_used_day}"} for lease in leases]}


Report = TelemetryReport | BindingsReport


@dataclass(frozen=True, slots=True)
class KeptAs:
    """How a report is kept: under which name, for which day, and as the how manieth of that day."""

    client: str
    day: date
    reports: int


def kept_as(body: bytes) -> KeptAs | None:
    """How `encode_report` wrote these bytes; None for bytes that it did not write. Looks at their beginning only."""
    found = _HEAD.match(body)
    if found is None:
        return None
    client, day, reports = (part.decode() for part in found.groups())
    try:
        return KeptAs(client, date.fromisoformat(day), int(reports))
    except ValueError:
        return None


def encode_report(report: Report, *, client: str, reports: int) -> bytes:
    """A report as it is kept: under the name `client`, as the `reports`-th of its day; equal reports, equal bytes."""
    kept = {"schema": SCHEMA, "client": client, "day": f"{report.day}", "reports": reports, **report.content()}
    return json.dumps(kept, separators=(",", ":")).encode() + b"\n"
