r"""The published documents, and how they become bytes and values again.

`encode` gives equal bytes for equal values: fields in the order of their class, maps sorted by key, no spaces,
a line feed at the end. `<` is written as \u003c, so that a document can stand inside a page's script.
Documents record events (`missingSince`, `since`), never heartbeats: an unchanged world has unchanged bytes.
What a document must hold is decided elsewhere.
"""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeVar

from pydantic import AwareDatetime, Field, ValidationError
from pydantic_core import to_json

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.capabilities import Need
from modelsync.catalog.events import Event
from modelsync.catalog.figures import Measurements, Operations, Share, Telemetry
from modelsync.catalog.keys import CHANGES, CURATED, CURRENT, DEPRECATIONS, MANIFEST, SIGNALS, STATUS
from modelsync.catalog.lifecycle import Confidence, LifecycleState, RedirectKind
from modelsync.catalog.model_info import ModelInfo, Money, Published, SortedMap, is_empty, is_none
from modelsync.catalog.pricing import PriceTier
from modelsync.errors import CorruptDocumentError

SCHEMA_VERSION: Final = "1.0"


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

Slots = Annotated[SortedMap[tuple[AwareDatetime, ...]], Field(exclude_if=is_empty)]
"""Scheduled times by job; left out where no schedule ever ran."""


class Source(Published):
    """Where the content of a document was read."""

    url: str
    """Address or file the feed came from, without credentials."""
    snapshot: str | None
    """Key of the raw body; null where that hour's snapshot is another fetch."""
    sha256: Sha256
    """Digest of the raw body."""
    fetched_at: AwareDatetime
    model_count: int


class Document(Published):
    """What every document of a generation begins with."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    generation: int
    """The generation in which this content was first published."""
    generated_at: AwareDatetime
    """When this content came to be."""
    source: Source


class Current(Document):
    """`current.json`: every active and stale model."""

    models: tuple[ModelInfo, ...]


class Redirect(Published):
    """Where to go from an id that is no longer listed."""

    from_id: Annotated[str, Field(alias="from")]
    to: str
    """A listed id, or `auto`: then `autoTargets` of the shortlist says which."""
    kind: RedirectKind
    confidence: Confidence
    price_safe: bool
    """Whether the target costs at most 1.25 times the last known price, and nothing where that was free."""
    reason: str
    since: AwareDatetime


class Tombstone(Published):
    """What is remembered of a model that left the list; it is never taken back."""

    id: str
    state: LifecycleState
    """`deprecated` or `removed`; `active` or `stale` once it came back."""
    cause: str
    """Why it left, as far as the feed told."""
    replacement: str | None
    """Target of its redirect."""
    first_seen: AwareDatetime
    missing_since: AwareDatetime
    deprecated_at: AwareDatetime
    removed_at: AwareDatetime | None
    returned_at: AwareDatetime | None
    last_known: ModelInfo


class AliasChange(Published):
    """A model's alias was replaced by people; the old one still resolves."""

    old_alias: str
    new_alias: str
    model_id: str
    since: AwareDatetime


class Deprecations(Document):
    """`deprecations.json`: redirects, tombstones and old aliases; tombstones and aliases are never dropped."""

    redirects: tuple[Redirect, ...]
    tombstones: tuple[Tombstone, ...]
    alias_history: tuple[AliasChange, ...]


class Signals(Document):
    """`signals.json`: figures that drift at nearly every fetch, kept apart so that `current.json` does not."""

    citations: tuple[str, ...]
    models: SortedMap[Measurements]
    """Benchmarks, as the list carries them."""
    operations: Annotated[SortedMap[Operations], Field(exclude_if=is_empty)] = Field(default_factory=dict)
    """How models are served, as observed; left out where nothing was."""
    telemetry: Annotated[Telemetry | None, Field(exclude_if=is_none)] = None
    """Left out where no client ever reported."""


class Component(Published):
    """One of the four parts of a rank."""

    value: Share
    evidence: Literal["measured", "family", "prior", "neutral"]
    """`measured` on this model; `family`: carried over from its base or its line; `prior`: predicted from price,
    age and abilities; `neutral`: no input yet, the same for all."""
    source: str
    date: str | None
    """Day of the figure, YYYY-MM-DD; null where there is none."""


class Components(Published):
    """The parts of a rank; each between 0 and 1."""

    quality: Component
    reliability: Component
    latency: Component
    cost: Component


class ShortlistEntry(Published):
    """A model's place in a bucket."""

    id: str
    alias: str
    rank: Share
    """0.45 quality + 0.25 reliability + 0.15 latency + 0.15 cost."""
    components: Components
    reason: str


class NextUp(Published):
    """A model that just missed a bucket."""

    id: str
    rank: Share
    reason: str


class BucketShortlist(Published):
    """One bucket, best first."""

    minimum: int
    shortfall: int
    """Models missing to the minimum; 0 where it is met."""
    shortfall_reason: str | None
    models: tuple[ShortlistEntry, ...]
    next_up: tuple[NextUp, ...]


class CuratedModel(ModelInfo):
    """A full model record with the bucket it ranks highest in."""

    specialty: Bucket


class Curated(Document):
    """`curated.json`: the shortlist; a thin client needs no other file."""

    buckets: Mapping[Bucket, BucketShortlist]
    models: tuple[CuratedModel, ...]
    """The union of the buckets."""
    auto_targets: Mapping[PriceTier, Mapping[Need, str | None]]
    """Best model by price tier and need; null where none fits without costing more."""


class Changes(Document):
    """`changes.json`: the events of the last 90 days, oldest first."""

    events: tuple[Event, ...]


class ManifestEntry(Published):
    """One document of a generation."""

    key: str
    """Immutable copy of exactly these bytes."""
    sha256: Sha256
    bytes: int
    generation: int
    content_sha256: Annotated[Sha256 | None, Field(exclude_if=is_none)] = None
    """Digest of the benchmarks in it, for `signals` only: a run compares them by it."""
    names: Annotated[tuple[str, ...] | None, Field(exclude_if=is_none)] = None
    """Ids that it names, for `curated` only: a run knows by them whether the shortlist lost somebody."""


class Manifest(Published):
    """`manifest.json`: the one pointer a client polls; written last."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    generation: int
    """Strictly rising; a rollback is a higher generation with old content."""
    generated_at: AwareDatetime
    source: Source
    documents: SortedMap[ManifestEntry]
    counts: SortedMap[int]
    """Models by state, and of the shortlist."""
    next_due: AwareDatetime
    """When the next refresh was due as this was written; an unchanged world writes no new manifest."""
    stale_after: AwareDatetime
    """From then on look at `status.json`: it tells whether the world or the pipeline stood still."""
    note: str | None
    """What people should know of this generation, such as a rollback."""
    slots: Slots = Field(default_factory=dict)
    """By job, the newest times of the schedule for which something was published, oldest first; at most 24."""


class Attempt(Published):
    """One run, as the heartbeat remembers it."""

    at: AwareDatetime
    job: str
    outcome: Literal["published", "unchanged", "held", "refused", "failed"]
    generation: int | None
    message: str | None


class HeldFeed(Published):
    """A feed that is not believed yet."""

    since: AwareDatetime
    reason: str
    sha256: Sha256
    snapshot: str | None
    doubts: SortedMap[tuple[str, ...]]
    """By the rule that doubts it: the ids concerned; a later fetch that shows the same confirms it."""


class HeldPrice(Published):
    """A price that waits for a second snapshot."""

    id: str
    since: AwareDatetime
    prompt_per_million: Money | None
    pending_prompt_per_million: Money | None
    reason: str


class Status(Published):
    """`status.json`: the heartbeat, written by every run."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    source: str
    last_attempt: Attempt
    last_success: Attempt | None
    last_curated: AwareDatetime | None
    observed_at: AwareDatetime | None
    """Time of the last feed that was believed; ages of missing models are counted up to it."""
    consecutive_failures: int
    next_due: AwareDatetime
    held_feed: HeldFeed | None
    held_prices: tuple[HeldPrice, ...]
    set_aside: tuple[str, ...]
    """Records of the last believed feed that could not be read, and why."""
    findings: tuple[str, ...]
    """What else the last run noticed; at most 100."""
    placeholder_dates: int
    """Announced ends of the last believed feed that were too far away to be meant."""
    slots: Slots = Field(default_factory=dict)
    """By job, the newest times of the schedule that were seen to their end, oldest first; at most 24."""


D = TypeVar("D", bound=Published)

DOCUMENTS: Final[Mapping[str, type[Published]]] = {
    MANIFEST: Manifest,
    CURRENT: Current,
    CURATED: Curated,
    DEPRECATIONS: Deprecations,
    SIGNALS: Signals,
    CHANGES: Changes,
    STATUS: Status,
}


def encode(document: Published) -> bytes:
    """Write a document; equal documents give equal bytes."""
    return to_json(document, by_alias=True).replace(b"<", rb"\u003c") + b"\n"


def measurements_digest(signals: Signals) -> str:
    """Digest of the benchmarks alone: a refresh, which reads no other figures, knows by it whether they changed."""
    return hashlib.sha256(to_json((signals.citations, signals.models), by_alias=True)).hexdigest()


def content_of(document: Document) -> tuple[object, ...]:
    """All of a document but its envelope."""
    return tuple(getattr(document, name) for name in type(document).model_fields if name not in Document.model_fields)


def decode(kind: type[D], body: bytes, *, key: str) -> D:
    """Read a document; raises CorruptDocumentError with the first thing that is wrong."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the document"
        raise CorruptDocumentError(key, f"{where}: {first['msg']}") from error
