"""One record of the OpenRouter list, as it was ever served since 2024-11, and the facts it claims.

A record whose id, prices, limits or modalities cannot be read raises ValueError with the place and what was
found: the caller sets it aside. A part that only enriches (benchmarks, reasoning, an announced end, an alias
target) is dropped with a finding instead. Keys come without a version, so unknown ones are noticed and ignored.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache, partial
from typing import Annotated, Any, Final

from pydantic import Field, StrictBool, ValidationError

from modelsync.catalog.figures import Measurements
from modelsync.catalog.model_ids import is_model_id, parse_model_id
from modelsync.catalog.pricing import parse_price
from modelsync.sources.facts import ModelFacts, PriceCondition, ReasoningFacts
from modelsync.sources.records import Notice
from modelsync.sources.text import one_line, paragraphs, quoted
from modelsync.sources.wire import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    LONGEST_WORD,
    MOST_TOKENS,
    Tokens,
    W,
    Wire,
    complaint,
    created,
    day_or_month,
    read_wire,
    word,
    words,
)

EXPIRES_AT_HOUR: Final = time(13, 0, tzinfo=UTC)
"""When a bare `expiration_date` takes effect, by OpenRouter's documentation of the field."""

KNOWN_KEYS: Final = frozenset(
    """id canonical_slug hugging_face_id name created description context_length architecture pricing
    top_provider per_request_limits supported_parameters default_parameters supported_voices
    knowledge_cutoff expiration_date links benchmarks reasoning alias_target""".split()
)

NOT_PRICES: Final = frozenset({"overrides", "discount"})
"""Keys of `pricing` that hold no price: conditions, and a share from 0 to 1 that endpoints carry."""

MOST_USD: Final = 1_000_000
"""No unit costs more; the dearest on record is a fraction of a dollar."""

MOST_WORDS: Final = 50


class _Architecture(Wire):
    modality: str | None = None
    input_modalities: tuple[str, ...] | None = None
    output_modalities: tuple[str, ...] | None = None


class _TopProvider(Wire):
    context_length: Tokens | None = None
    max_completion_tokens: Tokens | None = None


class _Record(Wire):
    id: str
    name: str = ""
    description: str | None = None
    canonical_slug: str | None = None
    created: float | None = None
    context_length: Tokens | None = None
    architecture: _Architecture
    pricing: dict[str, Any]
    top_provider: _TopProvider | None = None
    supported_parameters: tuple[str, ...] | None = None


class _Condition(Wire):
    min_prompt_tokens: Tokens | None = None
    utc_start: Annotated[int, Field(ge=0, le=2400)] | None = None
    utc_end: Annotated[int, Field(ge=0, le=2400)] | None = None


class _Reasoning(Wire):
    mandatory: StrictBool
    supported_efforts: tuple[str, ...] | None = None
    supports_max_tokens: bool | None = None


class _AliasTarget(Wire):
    slug: str


def facts_of(record: Mapping[str, Any], *, notice: Notice) -> ModelFacts:
    """Translate one record; `notice` is told what was dropped.

    Raises ValueError where the record cannot be used, with the place and what was found.
    """
    wire = read_wire(_Record, record)
    parts = parse_model_id(wire.id)
    for key in record.keys() - KNOWN_KEYS:
        notice(f"unknown key {quoted(key)}, ignored")
    optional = partial(_optional, record, notice)
    inputs, outputs = _modalities(wire.architecture)
    top = wire.top_provider or _TopProvider()
    prices = _prices(wire.pricing, where="pricing")
    return ModelFacts(
        parts=parts,
        name=one_line(wire.name, LONGEST_NAME) or wire.id,
        description=paragraphs(wire.description or "", LONGEST_DESCRIPTION),
        canonical_slug=wire.canonical_slug if is_model_id(wire.canonical_slug) else None,
        created_at=created(wire.created),
        max_context=wire.context_length or top.context_length or None,
        max_output=top.max_completion_tokens or None,
        input_modalities=inputs,
        output_modalities=outputs,
        supported_parameters=words(wire.supported_parameters),
        prices=prices,
        raw_prices={leg: _raw_text(wire.pricing[leg]) for leg in prices},
        conditional_prices=_conditions(wire.pricing.get("overrides")),
        reasoning=_reasoning(optional(_Reasoning, "reasoning"), notice),
        measurements=_measurements(record.get("benchmarks"), notice),
        expires_at=_expiry(record.get("expiration_date"), notice),
        alias_target=_alias_target(optional(_AliasTarget, "alias_target")),
        knowledge_cutoff=_cutoff(record.get("knowledge_cutoff"), notice),
    )


def _cutoff(value: object, notice: Notice) -> str | None:
    if value is None:
        return None
    try:
        return day_or_month(str(value))
    except ValueError:
        notice(f"knowledge_cutoff {quoted(value)} is no day, ignored")
        return None


def _optional(record: Mapping[str, Any], notice: Notice, kind: type[W], key: str) -> W | None:
    value = record.get(key)
    if value is None:
        return None
    try:
        return read_wire(kind, value)
    except ValueError as error:
        notice(f"{key}.{error}, ignored")
        return None


def _price(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"expected a decimal string, found {quoted(value)}")
    price = parse_price(_raw_text(value))
    if price > MOST_USD:
        raise ValueError(f"expected at most {MOST_USD:,} USD, found {quoted(value)}")
    return price


def _raw_text(value: str | float) -> str:
    return value if isinstance(value, str) else repr(value)


def _prices(legs: Mapping[str, Any], *, where: str) -> dict[str, Decimal]:
    prices = _leg_prices(legs, where=where)
    for leg in ("prompt", "completion"):
        if leg not in prices:
            raise ValueError(f"{where}.{leg}: expected a decimal string, found nothing")
    return prices


def _leg_prices(legs: Mapping[str, Any], *, where: str) -> dict[str, Decimal]:
    prices: dict[str, Decimal] = {}
    for leg in sorted(legs):
        if leg in NOT_PRICES or legs[leg] is None:
            continue
        try:
            prices[word(leg)] = _price(legs[leg])
        except ValueError as error:
            raise ValueError(f"{where}.{one_line(leg, LONGEST_WORD)}: {error}") from None
    return prices


_CONDITION_LEGS: Final = frozenset(
    """prompt completion request image image_token image_output audio audio_output input_audio_cache
    input_cache_read input_cache_write input_cache_write_1h internal_reasoning web_search""".split()
)


def _conditions(value: object) -> tuple[PriceCondition, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError(f"pricing.overrides: expected a list, found {quoted(value)}")
    return tuple(_condition(item, f"pricing.overrides[{index}]") for index, item in enumerate(value))


def _condition(item: object, where: str) -> PriceCondition:
    try:
        wire = read_wire(_Condition, item)
    except ValueError as error:
        raise ValueError(f"{where}.{error}") from None
    legs = item if isinstance(item, dict) else {}
    prices = _leg_prices({leg: legs[leg] for leg in legs.keys() & _CONDITION_LEGS}, where=where)
    if any(price < 0 for price in prices.values()):
        raise ValueError(f"{where}: expected prices of zero or more, found {quoted(legs)}")
    unknown = sorted(legs.keys() - _CONDITION_LEGS - _Condition.model_fields.keys())
    other = {one_line(key, LONGEST_WORD): _plain(legs[key]) for key in unknown}
    return PriceCondition(prices, wire.min_prompt_tokens, wire.utc_start, wire.utc_end, other)


def _plain(value: object) -> object:
    """A condition of a kind not known here, small and flat: what is not a word, number or switch becomes its text."""
    if isinstance(value, list) and len(value) <= MOST_WORDS:
        return [_scalar(each) for each in value]
    return _scalar(value)


def _scalar(value: object) -> object:
    if value is None or isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < MOST_TOKENS):
        return value
    return one_line(value if isinstance(value, str) else json.dumps(value, sort_keys=True), LONGEST_WORD)


def _modalities(architecture: _Architecture) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Until 2025-04 there was only `modality`, such as `text+image->text`; since then the arrays are right."""
    inputs, outputs = words(architecture.input_modalities), words(architecture.output_modalities)
    if inputs is not None and outputs is not None:
        return inputs, outputs
    before, arrow, after = (architecture.modality or "").partition("->")
    if not arrow:
        raise ValueError(f"architecture: expected modalities, found {quoted(architecture.modality)}")
    old_inputs, old_outputs = words(tuple(before.split("+"))), words(tuple(after.split("+")))
    return inputs or old_inputs or (), outputs or old_outputs or ()


def _expiry(value: object, notice: Notice) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        text = str(value)
        if "T" not in text:
            return datetime.combine(date.fromisoformat(text), EXPIRES_AT_HOUR)
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        notice(f"expiration_date: expected YYYY-MM-DD, found {quoted(value)}, ignored")
        return None


def _reasoning(wire: _Reasoning | None, notice: Notice) -> ReasoningFacts | None:
    if wire is None:
        return None
    try:
        efforts = words(wire.supported_efforts)
    except ValueError as error:
        notice(f"reasoning.supported_efforts: {error}, ignored")
        return None
    return ReasoningFacts(wire.mandatory, efforts, bool(wire.supports_max_tokens))


def _measurements(value: Any, notice: Notice) -> Measurements | None:
    """Benchmarks as they are published, checked in one go: they are a third of all values in the feed."""
    if value is None:
        return None
    try:
        indices = value.get("artificial_analysis") or {}
        arenas = {_arena_name(each["arena"], each["category"]): each for each in value.get("design_arena") or ()}
        measured = Measurements.model_validate(
            {
                "intelligence_index": indices.get("intelligence_index"),
                "coding_index": indices.get("coding_index"),
                "agentic_index": indices.get("agentic_index"),
                "design_arena": {
                    name: {"elo": each["elo"], "win_rate": each.get("win_rate"), "rank": each.get("rank")}
                    for name, each in sorted(arenas.items())
                },
            }
        )
    except ValidationError as error:
        notice(f"benchmarks.{complaint(error)}, ignored")
    except (AttributeError, KeyError, TypeError):
        notice(f"benchmarks: expected design_arena and artificial_analysis, found {quoted(value)}, ignored")
    else:
        return None if measured == Measurements() else measured
    return None


@lru_cache(maxsize=1024)
def _arena_name(arena: str, category: str) -> str:
    return f"{one_line(arena, LONGEST_WORD)}/{one_line(category, LONGEST_WORD)}"


def _alias_target(wire: _AliasTarget | None) -> str | None:
    return wire.slug if wire is not None and is_model_id(wire.slug) else None
