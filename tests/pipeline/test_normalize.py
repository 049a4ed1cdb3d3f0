"""One model's facts, its past and people's word become its published record."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.detect import Resolver
from modelsync.pipeline.normalize import Normalizer
from tests.timeline import DAY, HOUR, SECOND, START, Entries, facts, overrides

ZERO = {"prompt": "0", "completion": "0"}


def normalize(
    model_id: str = "a/b",
    *,
    previous: ModelInfo | None = None,
    at: datetime = START,
    accept: bool = False,
    people: Entries = (),
    **fields: Any,
) -> ModelInfo:
    read = overrides(capability_overrides=people)
    normalizer = Normalizer(
        source="openrouter",
        resolver=Resolver((), read.capabilities),
        backends={"a/b": {"bedrock": "a.b-v1:0"}},
        now=at,
        accept=accept,
    )
    return normalizer.normalize(facts(model_id, **fields), alias="the-alias", previous=previous, first_seen=START - DAY)


def test_an_ordinary_record_becomes_an_ordinary_model() -> None:
    model = normalize(
        "anthropic/claude-haiku-4.5",
        name="Anthropic: Claude Haiku 4.5",
        description="Small and fast.",
        canonical_slug="anthropic/claude-4.5-haiku-20251001",
        created=1760486400,
        context_length=200000,
        top_provider={"context_length": 200000, "max_completion_tokens": 64000},
        architecture={"input_modalities": ["text", "image"], "output_modalities": ["text"]},
        pricing={"prompt": "0.000001", "completion": "0.000005"},
        supported_parameters=["tools", "response_format", "reasoning", "include_reasoning"],
        reasoning={"mandatory": False},
    )
    published = model.model_dump(mode="json", by_alias=True, exclude={"pricing"})
    assert published == {
        "id": "anthropic/claude-haiku-4.5",
        "name": "Anthropic: Claude Haiku 4.5",
        "description": "Small and fast.",
        "canonicalSlug": "anthropic/claude-4.5-haiku-20251001",
        "createdAt": "2025-10-15T00:00:00Z",
        "vendor": "anthropic",
        "family": "anthropic/claude",
        "series": "anthropic/claude-haiku",
        "variant": None,
        "isRouter": False,
        "aliasTarget": None,
        "alias": "the-alias",
        "maxContext": 200000,
        "maxOutput": 64000,
        "cost": "$1.00 / $5.00",
        "pricingStatus": "priced",
        "priceTier": "standard",
        "isFree": False,
        "pendingPricing": None,
        "supportsVision": True,
        "supportsTools": True,
        "structuredOutput": False,
        "jsonMode": True,
        "isImageGen": False,
        "reasoning": "configurable",
        "detectionSource": {
            "supportsVision": "api",
            "supportsTools": "api",
            "structuredOutput": "api",
            "jsonMode": "api",
            "isImageGen": "api",
            "reasoning": "api",
            "isFree": "api",
        },
        "inputModalities": ["image", "text"],
        "outputModalities": ["text"],
        "supportedParameters": ["include_reasoning", "reasoning", "response_format", "tools"],
        "provider": "openrouter",
        "buckets": ["coding", "reasoning", "chat", "fast", "vision"],
        "state": "active",
        "firstSeen": "2026-05-31T06:00:00Z",
        "missingSince": None,
        "expiresAt": None,
        "backends": {},
    }


def test_a_router_has_a_price_that_varies_and_stands_in_no_bucket() -> None:
    model = normalize("openrouter/auto", pricing={"prompt": "-1", "completion": "-1"}, supported_parameters=[])
    assert (model.is_router, model.pricing_status, model.price_tier, model.cost) == (True, "dynamic", None, "varies")
    assert (model.is_free, model.supports_tools, model.buckets) == (False, None, ())
    assert (model.pricing.prompt_per_million, model.pricing.completion_per_million) == (None, None)


def test_the_router_over_free_models_is_free_and_stands_in_no_bucket() -> None:
    model = normalize("openrouter/free", pricing=ZERO)
    assert (model.pricing_status, model.price_tier, model.is_free, model.buckets) == ("free", "free", True, ())


def test_a_moving_pointer_names_its_target_and_stands_in_no_bucket() -> None:
    model = normalize("~anthropic/claude-opus-latest", alias_target={"slug": "anthropic/claude-opus-4.8"})
    assert (model.alias_target, model.vendor, model.family) == (
        "anthropic/claude-opus-4.8",
        "anthropic",
        "anthropic/claude",
    )
    assert model.buckets == ()


def test_a_pointer_whose_target_is_away_is_known_to_be_nothing() -> None:
    model = normalize(
        "~anthropic/claude-fable-latest",
        pricing={"prompt": "-1", "completion": "-1"},
        supported_parameters=[],
        context_length=None,
        top_provider={"context_length": None, "max_completion_tokens": None},
    )
    assert (model.pricing_status, model.price_tier, model.is_free) == ("dynamic", None, False)
    assert (model.supports_tools, model.structured_output, model.json_mode) == (None, None, None)
    assert model.detection_source.supports_tools is None
    assert (model.max_context, model.max_output, model.alias_target) == (None, None, None)


@pytest.mark.parametrize(
    ("outputs", "model_id"),
    [
        (["image"], "black-forest-labs/flux.2-pro"),
        (["video"], "openai/sora-2-pro"),
        (["text", "audio"], "google/lyria-3-pro-preview"),
        (["rerank"], "cohere/rerank-4-pro"),
        (["text", "image"], "openrouter/auto-image"),
    ],
)
def test_a_model_billed_by_another_unit_is_not_free_at_zero(outputs: list[str], model_id: str) -> None:
    model = normalize(model_id, pricing=ZERO, architecture={"input_modalities": ["text"], "output_modalities": outputs})
    assert (model.is_free, model.price_tier, model.pricing_status, model.cost) == (False, None, "unknown", "?")
    assert model.buckets == ()


def test_a_name_makes_nothing_free() -> None:
    model = normalize("a/b:free", name="B (free)", pricing={"prompt": "0.000001", "completion": "0"})
    assert (model.is_free, model.price_tier, model.pricing_status) == (False, "standard", "priced")


def test_a_free_variant_is_free_by_its_price() -> None:
    model = normalize("a/b:free", pricing=ZERO)
    assert (model.is_free, model.price_tier, model.cost, model.variant) == (True, "free", "free", "free")


@pytest.mark.parametrize(
    ("date", "end"),
    [
        ("2026-08-08", datetime(2026, 8, 8, 13, tzinfo=UTC)),
        ("2028-05-31", None),
        ("2028-05-30", datetime(2028, 5, 30, 13, tzinfo=UTC)),
        ("2098-12-31", None),
        ("9999-01-01", None),
        ("2020-01-01", datetime(2020, 1, 1, 13, tzinfo=UTC)),
    ],
)
def test_a_placeholder_end_is_dropped(date: str, end: datetime | None) -> None:
    assert normalize(expiration_date=date).expires_at == end


def test_backends_are_those_of_the_table() -> None:
    assert normalize("a/b").backends == {"bedrock": "a.b-v1:0"}
    assert normalize("a/c").backends == {}


def test_people_may_call_a_paid_model_free_and_a_free_one_paid() -> None:
    free = normalize(people=[{"match": "a/b", "flags": {"isFree": True}}])
    assert (free.is_free, free.detection_source.is_free, free.pricing_status) == (True, "override", "priced")
    paid = normalize(people=[{"match": "a/b", "flags": {"isFree": False}}], pricing=ZERO)
    assert (paid.is_free, paid.detection_source.is_free, paid.price_tier) == (False, "override", None)


# The price that is believed


def test_a_paid_model_listed_at_zero_for_one_snapshot_keeps_its_price() -> None:
    """As recorded twice in 62 days."""
    before = normalize()
    zero = normalize(previous=before, at=START + 6 * HOUR, pricing=ZERO)
    assert (zero.is_free, zero.cost, zero.price_tier) == (False, "$1.00 / $2.00", "standard")
    assert zero.pending_pricing is not None
    assert zero.pending_pricing.pricing.prompt_per_million == "0"
    back = normalize(previous=zero, at=START + 12 * HOUR)
    assert (back.pending_pricing, back.pricing) == (None, before.pricing)


@pytest.mark.parametrize(("waited", "free"), [(48 * HOUR - SECOND, False), (48 * HOUR, True)])
def test_a_price_of_zero_is_believed_after_48_hours(waited: timedelta, free: bool) -> None:
    zero = normalize(previous=normalize(), pricing=ZERO)
    again = normalize(previous=zero, at=START + waited, pricing=ZERO)
    assert again.is_free is free


def test_a_free_model_that_shows_a_price_is_not_free_from_that_moment_on() -> None:
    before = normalize(pricing=ZERO)
    assert before.is_free
    shown = normalize(previous=before, at=START + HOUR)
    assert (shown.is_free, shown.price_tier) == (False, None)
    assert shown.pending_pricing is not None
    later = normalize(previous=shown, at=START + 2 * HOUR)
    assert (later.is_free, later.price_tier, later.pending_pricing) == (False, "standard", None)


def test_a_free_model_that_begins_to_charge_per_request_is_not_free() -> None:
    shown = normalize(previous=normalize(pricing=ZERO), at=START + HOUR, pricing={**ZERO, "request": "0.01"})
    assert not shown.is_free


def test_a_model_that_stops_charging_per_request_is_not_free_at_once() -> None:
    """Zero must hold for 48 hours, whichever leg fell to it."""
    before = normalize(pricing={**ZERO, "request": "0.01"})
    assert not before.is_free
    assert not normalize(previous=before, at=START + HOUR, pricing=ZERO).is_free


def test_a_price_that_varied_for_a_while_is_not_zero_at_once() -> None:
    """From 1.00 to -1 to 0 is as much of a fall to zero as the straight way."""
    away = normalize(previous=normalize(), at=START + HOUR, pricing={"prompt": "-1", "completion": "-1"})
    assert not normalize(previous=away, at=START + 2 * HOUR, pricing=ZERO).is_free


def test_an_image_price_that_jumped_is_held_like_any_other() -> None:
    paints = {"input_modalities": ["text"], "output_modalities": ["image"]}
    before = normalize(pricing={**ZERO, "image_output": "0.00003"}, architecture=paints)
    shown = normalize(previous=before, at=START + HOUR, pricing={**ZERO, "image_output": "0.03"}, architecture=paints)
    assert shown.pricing.image_output_per_million == "30"
    assert shown.pending_pricing is not None


def test_an_operator_may_accept_a_jump() -> None:
    accepted = normalize(previous=normalize(), at=START + HOUR, pricing=ZERO, accept=True)
    assert (accepted.is_free, accepted.pending_pricing) == (True, None)


def test_conditional_prices_follow_the_feed_at_once() -> None:
    long = {"min_prompt_tokens": 200000, "prompt": "0.000002"}
    before = normalize()
    priced = {"prompt": "0.000001", "completion": "0.000002", "overrides": [long]}
    after = normalize(previous=before, at=START + HOUR, pricing=priced)
    assert [each.min_prompt_tokens for each in after.pricing.overrides] == [200000]
    assert normalize(previous=after, at=START + 2 * HOUR).pricing.overrides == ()
