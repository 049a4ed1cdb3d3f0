"""What a feed claims, before anybody judges it.

Facts are neutral of the wire: every source translates its own format into these values. None means that
the feed is silent, which is not the same as false, zero or empty. Nothing here is published as it stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from modelsync.catalog.figures import Measurements
from modelsync.catalog.model_ids import IdParts, ModelId


@dataclass(frozen=True, slots=True)
class ReasoningFacts:
    """What a feed says of a model's reasoning: `supported` False means that there is none.

    `mandatory` None leaves open whether it can be switched off.
    """

    mandatory: bool | None
    efforts: tuple[str, ...] | None
    takes_max_tokens: bool
    supported: bool = True


@dataclass(frozen=True, slots=True)
class PriceCondition:
    """Prices that replace the plain ones under a condition.

    `prices` is USD per unit by leg; times are HHMM numbers in UTC, start inclusive and end exclusive.
    """

    prices: Mapping[str, Decimal]
    min_prompt_tokens: int | None = None
    utc_start: int | None = None
    utc_end: int | None = None
    other: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One record of a feed.

    `prices` is USD per unit by leg, `raw_prices` the same as text; limits count tokens; `expires_at` is
    aware, and None also where the feed gave a date that cannot be read. Empty modalities and prices mean that the
    feed is silent on them.
    """

    parts: IdParts
    name: str
    description: str
    canonical_slug: str | None
    created_at: datetime | None
    max_context: int | None
    max_output: int | None
    input_modalities: tuple[str, ...]
    output_modalities: tuple[str, ...]
    supported_parameters: tuple[str, ...] | None
    prices: Mapping[str, Decimal]
    raw_prices: Mapping[str, str]
    conditional_prices: tuple[PriceCondition, ...]
    reasoning: ReasoningFacts | None
    measurements: Measurements | None
    expires_at: datetime | None
    alias_target: str | None
    knowledge_cutoff: str | None = None
    """Day or month until which its training data reach, as ISO text."""
    listed_flags: Mapping[str, object] = field(default_factory=dict)
    """Flags by field name that the feed itself states; those left out follow from parameters and modalities."""
    pinned_flags: Mapping[str, object] = field(default_factory=dict)
    """Flags by field name that people wrote of this model, because its source's list is silent about them."""

    @property
    def id(self) -> ModelId:
        """The id, exactly as the feed has it."""
        return self.parts.id


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that cannot become facts; `id` is None where not even that could be read."""

    where: str
    id: str | None
    problem: str


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A whole feed: its facts in the order of their ids, what was set aside, and what else was noticed."""

    source: str
    models: tuple[ModelFacts, ...]
    set_aside: tuple[SetAside, ...]
    findings: tuple[str, ...]
    unjudged: frozenset[str] = frozenset()
    """Ids of which this feed cannot tell whether they are still there: they stay as they were last known."""

    @property
    def record_count(self) -> int:
        """Records in the feed, readable or not."""
        return len(self.models) + len(self.set_aside)


class Source(Protocol):
    """One place that is read: where it lies, and how its bytes become facts."""

    @property
    def name(self) -> str:
        """Prefix of its documents and value of `provider`."""
        ...

    @property
    def url(self) -> str:
        """Address of the whole list."""
        ...

    def parse(self, body: bytes) -> ParsedFeed:
        """Read a whole body; raises FeedFormatError where no list of records can be found in it."""
        ...

    def next_page(self, body: bytes) -> str | None:
        """Address of the next page, where the body is only a part of the list."""
        ...

    def join_pages(self, bodies: Sequence[bytes]) -> bytes:
        """Make one body of all pages."""
        ...
