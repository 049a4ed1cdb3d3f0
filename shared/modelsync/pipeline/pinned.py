"""What people know of a direct provider's models, pinned: `overrides/pinned/<provider>.json`.

A provider's own list says which ids there are, and often nothing else. The pinned manifest says the rest, each line
with the page that it was read from (`source`) and the day (`read`); `reviewed` is the day on which somebody last
compared all of it. The list decides which models there are; a line only fills what the list leaves open.

Where no list can be had the manifest stands in for it. It cannot tell who is gone: a model that it does not name
stays as it was last known. So a line is not deleted when its model ends, it gets an `until`.

Prices are USD per million tokens, as the pages have them; a model that costs otherwise has no price here.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from modelsync.catalog.capabilities import ReasoningMode
from modelsync.catalog.model_ids import of_vendor, parse_model_id
from modelsync.catalog.pricing import decimal_text, parse_price
from modelsync.errors import OverridesError
from modelsync.pipeline.overrides import Flags, Id, read_strictly
from modelsync.sources.facts import ModelFacts, ParsedFeed, PriceCondition

TRUSTED_FOR: Final = timedelta(days=60)
"""Prices and limits change monthly; a manifest that was not compared for longer is told in the heartbeat."""

PINNED: Final = "pinned:"
"""Begins the address of a document's source where a pinned manifest stood in for the list."""

NAMED_AT_MOST: Final = 5
"""So many ids are named in a finding."""

USD_PER_TOKEN: Final = Decimal("0.000001")
"""Of one USD per million tokens."""


def _usd(text: str) -> str:
    if parse_price(text) < 0:
        raise ValueError("expected USD per million tokens, zero or more, as text")
    return text


Usd = Annotated[str, AfterValidator(_usd)]
Tokens = Annotated[int, Field(gt=0)]
Clock = Annotated[int, Field(ge=0, le=2400)]
Words = Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z]+$")], ...], Field(min_length=1)]


class _Pinned(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        use_attribute_docstrings=True,
    )


class Prices(_Pinned):
    """USD per million tokens."""

    prompt: Usd
    completion: Usd
    cache_read: Usd | None = None
    cache_write: Usd | None = None

    def per_token(self) -> dict[str, Decimal]:
        """USD per token, by the legs of a feed."""
        legs = {"prompt": self.prompt, "completion": self.completion}
        legs |= {f"input_{name}": text for name in ("cache_read", "cache_write") if (text := getattr(self, name))}
        return {leg: parse_price(text) * USD_PER_TOKEN for leg, text in legs.items()}


class ConditionalPrices(_Pinned):
    """Prices that hold instead of the plain ones for long prompts, or at times of the day."""

    usd_per_million: Prices
    min_prompt_tokens: Tokens | None = None
    """For prompts strictly longer than this."""
    utc_start: Clock | None = None
    """Daily from this time on, as HHMM."""
    utc_end: Clock | None = None
    days: Literal["Mon-Fri"] | None = None
    """On these days only."""


class PinnedModel(_Pinned):
    """One model, as the provider's own pages describe it; what they do not say is left out."""

    id: Id
    name: Annotated[str, Field(min_length=1, max_length=200)]
    source: Annotated[str, Field(min_length=10)]
    """The page, and by whom it was read where that was somebody else."""
    read: date
    until: date | None = None
    """Last day on which the provider serves it."""
    description: Annotated[str, Field(max_length=500)] = ""
    max_context: Tokens | None = None
    max_output: Tokens | None = None
    input_modalities: Words | None = None
    output_modalities: Words | None = None
    flags: Flags = Flags()
    usd_per_million: Prices | None = None
    conditions: tuple[ConditionalPrices, ...] = ()

    def is_served(self, day: date) -> bool:
        """Whether the provider serves it on a day."""
        return self.until is None or day <= self.until


class PinnedManifest(_Pinned):
    """`pinned/<provider>.json`: the models of one provider."""

    provider: Annotated[str, Field(pattern=r"^[a-z]+$")]
    vendor: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    """Whose models those are whose id does not say it."""
    region: Annotated[str | None, Field(pattern=r"^[a-z]+$")] = None
    """Where its prices hold; null where they are the same everywhere."""
    reviewed: date
    """The day on which somebody last compared its lines with their sources."""
    models: tuple[PinnedModel, ...]

    @property
    def file(self) -> str:
        """Its name below the folder of the overrides."""
        return f"pinned/{self.provider}.json"

    @property
    def url(self) -> str:
        """What a document whose list it stood in for names as its source."""
        return f"{PINNED}{self.provider}.json"

    def in_region(self, region: str | None) -> "PinnedManifest":
        """The manifest as it holds in a region of the provider: elsewhere without prices."""
        if self.region in (None, region):
            return self
        unpriced = (model.model_copy(update={"usd_per_million": None, "conditions": ()}) for model in self.models)
        return self.model_copy(update={"models": tuple(unpriced)})

    def stand_in(self, *, day: date, unjudged: frozenset[str] = frozenset()) -> ParsedFeed:
        """The manifest in place of a list; `unjudged` are other models that are listed today."""
        served = sorted((model for model in self.models if model.is_served(day)), key=lambda model: model.id)
        return ParsedFeed(
            source=self.provider,
            models=tuple(self._facts(model) for model in served),
            set_aside=(),
            findings=self._age(day),
            unjudged=unjudged - {model.id for model in self.models},
        )

    def fill(self, feed: ParsedFeed, *, day: date) -> ParsedFeed:
        """A list, with what it leaves open filled, and findings on where the two do not meet."""
        known = {model.id: self._facts(model) for model in self.models}
        models = tuple(_filled(facts, known.get(facts.id)) for facts in feed.models)
        listed = {facts.id for facts in feed.models}
        served = {model.id for model in self.models if model.is_served(day)}
        findings = (
            *feed.findings,
            *self._age(day),
            *self._told("listed and without a line, so that the list alone says what it costs", listed - known.keys()),
            *self._told("has a line and is not listed; give the line an `until` if it ended", served - listed),
        )
        return replace(feed, models=models, findings=findings)

    def _age(self, day: date) -> tuple[str, ...]:
        age = day - self.reviewed
        reviewed = f"reviewed on {self.reviewed}, {age.days} days ago, expected at most {TRUSTED_FOR.days}"
        advice = "compare its lines with their sources and set the day"
        return (f"overrides: {self.file}: {reviewed}; {advice}",) if age > TRUSTED_FOR else ()

    def _told(self, what: str, ids: Collection[str]) -> tuple[str, ...]:
        if not ids:
            return ()
        some = sorted(ids)[:NAMED_AT_MOST]
        more = f" and {len(ids) - len(some)} more" if len(ids) > len(some) else ""
        return (f"overrides: {self.file}: {', '.join(some)}{more}: {what}",)

    def _facts(self, model: PinnedModel) -> ModelFacts:
        prices = model.usd_per_million.per_token() if model.usd_per_million else {}
        end = None if model.until is None else datetime.combine(model.until + timedelta(days=1), time(0, tzinfo=UTC))
        return ModelFacts(
            parts=of_vendor(parse_model_id(model.id), self.vendor),
            name=model.name,
            description=model.description,
            canonical_slug=None,
            created_at=None,
            max_context=model.max_context,
            max_output=model.max_output,
            input_modalities=tuple(sorted(model.input_modalities or ())),
            output_modalities=tuple(sorted(model.output_modalities or ())),
            supported_parameters=None,
            prices=prices,
            raw_prices={leg: decimal_text(price) for leg, price in prices.items()},
            conditional_prices=tuple(_condition(each) for each in model.conditions),
            reasoning=None,
            measurements=None,
            expires_at=end,
            alias_target=None,
            pinned_flags=_flags(model),
        )


def is_pinned(url: str) -> bool:
    """Whether the address of a document's source says that a pinned manifest stood in for the list."""
    return url.startswith(PINNED)


def parse_pinned(body: bytes, *, provider: str) -> PinnedManifest:
    """Read a pinned manifest; raises OverridesError with every problem of it."""
    problems: list[str] = []
    name = f"pinned/{provider}.json"
    manifest: PinnedManifest | None = read_strictly(PinnedManifest, body, name=name, problems=problems)
    if manifest is not None:
        problems += _contradictions(manifest, provider)
    if manifest is None or problems:
        raise OverridesError(problems)
    return manifest


def _contradictions(manifest: PinnedManifest, provider: str) -> list[str]:
    found = [] if manifest.provider == provider else [("provider", f"expected {provider}, found {manifest.provider}")]
    if not manifest.models:
        found.append(("models", "expected at least one model, found none"))
    seen: set[str] = set()
    for index, model in enumerate(manifest.models):
        where = f"models.{index}"
        if model.id in seen:
            found.append((f"{where}.id", f"expected one line for each model, found another for {model.id}"))
        if model.read > manifest.reviewed:
            found.append((f"{where}.read", f"expected a day up to the review, {manifest.reviewed}, found {model.read}"))
        if model.conditions and model.usd_per_million is None:
            found.append((f"{where}.conditions", "expected plain prices beside them, found none"))
        seen.add(model.id)
    return [f"pinned/{provider}.json: {place}: {problem}" for place, problem in found]


def _condition(each: ConditionalPrices) -> PriceCondition:
    other: dict[str, object] = {} if each.days is None else {"days": each.days}
    return PriceCondition(each.usd_per_million.per_token(), each.min_prompt_tokens, each.utc_start, each.utc_end, other)


def _flags(model: PinnedModel) -> dict[str, object]:
    """What a line says a model can do; modalities say whether it sees and paints."""
    flags: dict[str, object] = {}
    if model.input_modalities is not None:
        flags["supports_vision"] = "image" in model.input_modalities
    if model.output_modalities is not None:
        flags["is_image_gen"] = "image" in model.output_modalities
    return flags | {name: getattr(model.flags, name) for name in sorted(model.flags.model_fields_set)}


def _filled(facts: ModelFacts, line: ModelFacts | None) -> ModelFacts:
    """A record with what it leaves open, from the line of its id."""
    if line is None:
        return facts
    priced = facts if facts.prices else line
    return replace(
        facts,
        name=line.name if facts.name == facts.id else facts.name,
        description=facts.description or line.description,
        max_context=facts.max_context or line.max_context,
        max_output=facts.max_output or line.max_output,
        input_modalities=facts.input_modalities or line.input_modalities,
        output_modalities=facts.output_modalities or line.output_modalities,
        prices=priced.prices,
        raw_prices=priced.raw_prices,
        conditional_prices=priced.conditional_prices,
        expires_at=facts.expires_at or line.expires_at,
        pinned_flags={name: value for name, value in line.pinned_flags.items() if not _is_told(name, value, facts)},
    )


def _is_told(flag: str, pinned: object, facts: ModelFacts) -> bool:
    """Whether a list itself says what a flag is, or at least that it is not what was pinned."""
    if flag == "reasoning":
        told = facts.reasoning
        return told is not None and (
            not told.supported or told.mandatory is not None or bool(told.efforts) or pinned is ReasoningMode.NONE
        )
    elsewhere: Mapping[str, Collection[object]] = {
        "supports_vision": facts.input_modalities,
        "is_image_gen": facts.output_modalities,
        "is_free": facts.prices,
    }
    return flag in facts.listed_flags or bool(elsewhere.get(flag, facts.supported_parameters or ()))
