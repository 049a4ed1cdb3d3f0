"""One published model: the record that `current.json` holds once per id.

Field rules stand in the descriptions below and become the JSON Schema. Money is text in plain decimal
notation; the words of the closed sets live in `pricing`, `capabilities`, `lifecycle` and `buckets`.
This room holds no rule that decides a value.
"""

from collections.abc import Mapping, Sized
from datetime import date, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.capabilities import DetectionSource, ReasoningMode
from modelsync.catalog.lifecycle import LifecycleState
from modelsync.catalog.pricing import PriceTier, PricingStatus

V = TypeVar("V")

Money = Annotated[str, Field(pattern=r"^\d+(\.\d+)?$", description="USD in plain decimal notation")]


def is_none(value: object) -> bool:
    """Tells which fields are left out, rather than written as null."""
    return value is None


def is_empty(value: Sized) -> bool:
    """Tells which maps and lists are left out."""
    return len(value) == 0


def _in_key_order(pairs: Mapping[str, V]) -> dict[str, V]:
    return dict(sorted(pairs.items()))


SortedMap = Annotated[Mapping[str, V], AfterValidator(_in_key_order)]
"""A map whose order has no meaning, so that it is written in the order of its keys."""


Leg = Annotated[Money | None, Field(exclude_if=is_none)]
"""A price that is left out, not null, where the feed does not charge it."""


class Published(BaseModel):
    """Base of all published values: immutable, closed, camelCase in JSON."""

    model_config = ConfigDict(
        frozen=True,
        allow_inf_nan=False,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
        revalidate_instances="never",
    )


class TokenPrices(Published):
    """Prices in USD per million tokens; a leg that is not charged, or not known, is left out."""

    prompt_per_million: Leg = None
    completion_per_million: Leg = None
    cache_read_per_million: Leg = None
    cache_write_per_million: Leg = None
    cache_write_1h_per_million: Annotated[Leg, Field(alias="cacheWrite1hPerMillion")] = None
    reasoning_per_million: Leg = None
    audio_per_million: Leg = None
    audio_output_per_million: Leg = None
    audio_cache_per_million: Leg = None
    image_token_per_million: Leg = None
    image_output_per_million: Leg = None


class PriceOverride(TokenPrices):
    """Prices that hold under a condition instead of the plain ones; of several that match, the last wins per leg."""

    min_prompt_tokens: Annotated[int | None, Field(exclude_if=is_none)] = None
    """Holds for prompts strictly longer than this many tokens."""
    utc_start: Annotated[int | None, Field(exclude_if=is_none)] = None
    """Holds daily from this time on, as HHMM (1630 is 16:30 UTC), inclusive."""
    utc_end: Annotated[int | None, Field(exclude_if=is_none)] = None
    """Holds daily until this time, as HHMM, exclusive; it may lie before `utcStart`."""
    other: Annotated[SortedMap[JsonValue] | None, Field(exclude_if=is_none)] = None
    """Conditions and prices of names not known here, as the feed gave them."""


class Pricing(TokenPrices):
    """All that a model costs."""

    per_unit: SortedMap[Money]
    """Legs that are not per token, as the feed gave them: USD per request, image, web_search and the like."""
    overrides: tuple[PriceOverride, ...]
    """Conditional prices (long prompts, times of day)."""
    raw: SortedMap[str]
    """Every leg exactly as the feed gave it, in USD per unit."""


class PendingPricing(Published):
    """A price seen but not yet believed: a jump of more than ten times, or to or from zero."""

    pricing: Pricing
    since: AwareDatetime
    """When it was first seen."""
    reason: str


class DetectionSources(Published):
    """The layer that decided each flag; null where no layer knows."""

    supports_vision: DetectionSource | None
    supports_tools: DetectionSource | None
    structured_output: DetectionSource | None
    json_mode: DetectionSource | None
    is_image_gen: DetectionSource | None
    reasoning: DetectionSource | None
    is_free: DetectionSource | None


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]
"""A day, or only a month where nobody says more."""

Tokens = Annotated[int, Field(gt=0)]


class Origin(Published):
    """Where a value was read that the record's own source does not tell."""

    source: str
    """The reference, such as `models.dev`."""
    record: str
    """Whose entry of it, and the model's id there: `anthropic/claude-haiku-4-5`."""
    day: date
    """Day on which the copy was read that first said so."""


class Enrichment(Published):
    """What a reference knows of a model and its source does not tell; a value nobody knows is left out.

    It fills gaps and overrules nothing: `knowledgeCutoff`, `maxContext` and `maxOutput` stand here only where the
    record has none itself.
    No flag, no state and no place in the shortlist follows from it.
    """

    release_date: Annotated[Day | None, Field(exclude_if=is_none)] = None
    """When the vendor released it; `createdAt` is when the source listed it."""
    knowledge_cutoff: Annotated[Day | None, Field(exclude_if=is_none)] = None
    family: Annotated[str | None, Field(exclude_if=is_none, max_length=80)] = None
    """The line as the reference calls it; the `family` of the record stays what it is."""
    open_weights: Annotated[bool | None, Field(exclude_if=is_none)] = None
    max_context: Annotated[Tokens | None, Field(exclude_if=is_none)] = None
    """Context window in tokens, of the vendor's own service; a reseller's may be another."""
    max_output: Annotated[Tokens | None, Field(exclude_if=is_none)] = None
    """Completion limit in tokens, likewise."""
    origins: SortedMap[Origin]
    """Of each value that is there, by its name, where it was read."""


class ModelInfo(Published):
    """One model, normalised and judged."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    """The routable id, exactly as the feed has it."""
    name: Annotated[str, Field(max_length=200)]
    """Display name; it changes, so it is no key."""
    description: Annotated[str, Field(max_length=4200)]
    canonical_slug: str | None
    """Permanent slug, shared by the variants of one model."""
    created_at: AwareDatetime | None
    """When the source listed it first."""
    vendor: str
    family: str
    """Vendor and line, for example `anthropic/claude`: the unit of the diversity cap."""
    series: str
    """Finer line, for example `anthropic/claude-haiku`: what a fallback tries first."""
    variant: str | None
    """What follows the colon of the id: `free`, `batch`, `thinking`."""
    is_router: bool
    """Whether it only hands requests on to models it chooses."""
    alias_target: str | None
    """The id that a moving `~…-latest` pointer stands for today."""
    alias: str
    """Short unique name; it stays with the model for ever."""
    max_context: int | None
    """Context window in tokens; null where unknown or not counted in tokens."""
    max_output: int | None
    """Completion limit in tokens; null where unknown."""
    cost: str
    """Prompt and completion price for people: `$0.30 / $1.00`, `free`, `varies`, `?`."""
    pricing: Pricing
    pricing_status: PricingStatus
    """`priced`; `free` (nothing is charged for any unit); `unknown`; `dynamic` (that of the routed model)."""
    price_tier: PriceTier | None
    """Of the prompt price per million: `free` = 0 and really free, `budget` (0, 1), `standard` [1, 5),
    `pro` [5, 15), `premium` from 15; null where unknown, dynamic or not per token."""
    is_free: bool
    """All prices are zero, and that is the whole price: the output is text, or the id is a `:free` variant.
    Never judged by the name alone."""
    pending_pricing: PendingPricing | None
    """A price that jumped and waits for a second snapshot; `pricing` is the one believed until then."""
    supports_vision: bool | None
    supports_tools: bool | None
    structured_output: bool | None
    """Output constrained by a JSON Schema; plain JSON mode is `jsonMode`."""
    json_mode: bool | None
    is_image_gen: bool | None
    reasoning: ReasoningMode
    """`none`; `fixed` (it always reasons and there is no control); `configurable`."""
    detection_source: DetectionSources
    input_modalities: tuple[str, ...]
    output_modalities: tuple[str, ...]
    supported_parameters: tuple[str, ...]
    """Request parameters that at least one endpoint accepts; empty where the feed does not say."""
    provider: str
    """The source this record was read from."""
    buckets: tuple[Bucket, ...]
    """Buckets of the shortlist that this model may stand in."""
    state: LifecycleState
    first_seen: AwareDatetime
    """When this catalog first saw the id."""
    missing_since: AwareDatetime | None
    """When the feed was first seen without it; null while it is there."""
    expires_at: AwareDatetime | None
    """Announced end; a bare date is taken as 13:00 UTC, placeholders far in the future are dropped."""
    backends: SortedMap[str]
    """Its id under other backends, where a table or a verified rule knows it."""
    backends_by_rule: Annotated[tuple[str, ...], Field(exclude_if=is_empty)] = ()
    """Those of `backends` that no table names: a rule proposed the id, and the backend was seen to list it."""
    knowledge_cutoff: Annotated[Day | None, Field(exclude_if=is_none)] = None
    """Until when its training data reach, as the source says; left out where it does not."""
    enrichment: Annotated[Enrichment | None, Field(exclude_if=is_none)] = None
    """What a reference adds; left out where it adds nothing."""


def expired(model: ModelInfo, now: datetime) -> bool:
    """Tell whether a model's announced end has passed."""
    return model.expires_at is not None and model.expires_at <= now
