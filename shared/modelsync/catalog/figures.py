"""What was measured and observed of a model: the values that `signals.json` is made of.

Every figure says where it comes from and when it was seen. What a figure counts is for the pipeline; how the document
is written and read, for `documents`.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from modelsync.catalog.model_info import Money, Published, SortedMap, is_none

Day = Annotated[date | None, Field(exclude_if=is_none)]
"""A UTC day; left out where there is none."""
Share = Annotated[float, Field(ge=0, le=1)]


class ArenaResult(Published):
    """One Design Arena result of a model."""

    elo: float
    win_rate: float | None
    rank: int | None


class Measurements(Published):
    """Measured figures of one model."""

    intelligence_index: float | None = None
    """Artificial Analysis Intelligence Index."""
    coding_index: float | None = None
    """Artificial Analysis Coding Index."""
    agentic_index: float | None = None
    """Artificial Analysis Agentic Index."""
    design_arena: SortedMap[ArenaResult] = Field(default_factory=dict)
    """By `arena/category`."""


class Figure(Published):
    """One observed figure, and how it came about."""

    value: float
    window: str
    """Time that it covers, such as `30m` or `1d`; `now` for a state."""
    fetched_at: AwareDatetime
    source: str


class HostClaims(Published):
    """What the hosts of one model claim of their own endpoints; a flag of the model itself is their union."""

    endpoints: int
    healthy: int
    """Endpoints that are neither degraded nor down."""
    offering_tools: int
    offering_structured_output: int
    largest_context: int | None
    smallest_context: int | None
    cheapest_prompt_per_million: Money | None
    dearest_prompt_per_million: Money | None
    fetched_at: AwareDatetime


Observed = Annotated[Figure | None, Field(exclude_if=is_none)]


class Operations(Published):
    """What was observed of how one model is served; what was not is left out."""

    uptime_1d: Observed = None
    """Share of the requests of a day that were answered, 0 to 1: median of its endpoints."""
    latency_p50_ms: Observed = None
    """Milliseconds to the first token, median."""
    throughput_p50_tps: Observed = None
    """Output tokens a second, median."""
    tool_error_rate: Observed = None
    """Share of the requests with a tool call that failed, 0 to 1, as clients reported."""
    latency_order: Observed = None
    """Place in the source's list by latency, from 0 (slowest) to 1."""
    throughput_order: Observed = None
    """Place in the source's list by throughput, from 0 (slowest) to 1."""
    popularity_order: Observed = None
    """Place in the source's list by use, from 0 (least used) to 1."""
    hosts: Annotated[HostClaims | None, Field(exclude_if=is_none)] = None


class Evidence(Published):
    """What clients reported of one capability of one model: requests as they count, which are fewer than were told."""

    window: str
    """Time that it covers, such as `7d`."""
    last_day: date
    """Last day (UTC) of the window."""
    requests: int
    reporters: int
    days: int
    """Days on which there was a request."""
    rate: Share
    """Share of the requests that failed."""
    interval: tuple[Share, Share]
    """Where the true rate lies (Wilson, 99 %)."""


class Rating(Published):
    """What followed from clients' reports of one capability of one model."""

    standing: Literal["watched", "lowered", "unverified"]
    """`lowered`: the flag is false, whatever the list says; `unverified`: it was, and nobody knows any more."""
    evidence: Annotated[Evidence | None, Field(exclude_if=is_none)] = None
    """Of the last seven days; left out where nobody reported."""
    crossed_since: Day = None
    """First of the daily sweeps in a row at which it failed too often to be believed."""
    crossed_on: Day = None
    """Last of them."""
    counted_from: Day = None
    """Reports of earlier days do not count any more: the flag was lowered since, or there was an incident."""
    held_since: Day = None
    """First day of an incident of many models, by which it was not judged; kept until it is well, or for 28 days."""
    decided_on: Day = None
    """Day on which the flag was last changed."""
    decided_by: Annotated[Evidence | None, Field(exclude_if=is_none)] = None


class Telemetry(Published):
    """What clients' reports add up to."""

    since: date
    """First day of a sweep that found reports; in the first 28 days no flag follows from them."""
    ratings: SortedMap[SortedMap[Rating]]
    """By id and by capability."""
