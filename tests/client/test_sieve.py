"""For every model the one reason why a filter hides it, and that what nobody knows is its own reason."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from modelsync.client.browsing.filters import Filter
from modelsync.client.browsing.seen import Seen
from modelsync.client.browsing.sieve import Sieve
from modelsync.client.own.user_layer import CustomModel
from modelsync.client.spelling import spelling_of
from modelsync.errors import UsageError
from tests.client.records import GENERATED_AT, a_model, flags, free, prices


def seen(model_id: str = "acme/gamma", own: CustomModel | None = None, **changes: Any) -> Seen:
    model = a_model(model_id, **changes)
    return Seen(model, spelling_of(model.record), own)


def reason(wanted: Filter, model: Seen, *, is_named: bool = False) -> str | None:
    return Sieve(wanted, generated_at=GENERATED_AT).reason(model, is_named=is_named)


UNKNOWN_PRICE: dict[str, Any] = {"pricing": prices(None, None), "pricingStatus": "unknown", "priceTier": None}
VARYING_PRICE: dict[str, Any] = {"pricing": prices(None, None), "pricingStatus": "dynamic", "priceTier": None}
PER_IMAGE: dict[str, Any] = {"pricing": prices("0", "0", perUnit={"image": "0.04"}), "priceTier": None}


def test_a_filter_that_asks_for_nothing_shows_an_active_model() -> None:
    assert reason(Filter(), seen()) is None


@pytest.mark.parametrize(
    ("model_id", "changes", "expected"),
    [
        ("acme/gamma:batch", {}, "batch variants"),
        ("~acme/gamma-latest", {}, "latest pointers"),
        ("openrouter/auto", {"isRouter": True}, "routers"),
        ("acme/gamma", {"state": "stale"}, "stale"),
        ("acme/gamma:free", {}, None),
        ("acme/gamma:thinking", {}, None),
    ],
)
def test_what_is_never_shown_unasked(model_id: str, changes: dict[str, Any], expected: str | None) -> None:
    assert reason(Filter(), seen(model_id, **changes)) == expected


@pytest.mark.parametrize("model_id", ["acme/gamma:batch", "~acme/gamma-latest", "openrouter/auto"])
def test_what_is_asked_for_is_shown(model_id: str) -> None:
    model = seen(model_id, isRouter=model_id == "openrouter/auto")
    assert reason(Filter(include_routers=True, include_variants=True), model) is None
    assert reason(Filter(), model, is_named=True) is None


def test_what_the_user_hid_stays_hidden_also_by_its_name() -> None:
    assert reason(Filter(), seen()._replace(is_hidden=True), is_named=True) == "hidden by you"


@pytest.mark.parametrize(
    ("wanted", "changes", "expected"),
    [
        (Filter(free=True), free(), None),
        (Filter(free=True), {}, "not free"),
        (Filter(free=True), UNKNOWN_PRICE, "price unknown"),
        (Filter(free=True), VARYING_PRICE, "price varies"),
        (Filter(free=True), PER_IMAGE, "not free"),
        (Filter(free=False), free(), "free"),
        (Filter(free=False), {}, None),
        (Filter(free=False), PER_IMAGE, None),
        (Filter(free=False), UNKNOWN_PRICE, "price unknown"),
        (Filter(max_price_in="1"), {}, None),
        (Filter(max_price_in="0.99"), {}, "dearer input"),
        (Filter(max_price_in="0"), free(), None),
        (Filter(max_price_in="100"), UNKNOWN_PRICE, "price unknown"),
        (Filter(max_price_in="100"), VARYING_PRICE, "price varies"),
        (Filter(max_price_in="100"), PER_IMAGE, "priced by other units"),
        (Filter(max_price_out=Decimal(4)), {}, None),
        (Filter(max_price_out="3.999"), {}, "dearer output"),
        (Filter(tier=frozenset({"standard", "free"})), {}, None),
        (Filter(tier=frozenset({"budget"})), {}, "other price tiers"),
        (Filter(tier=frozenset({"budget"})), UNKNOWN_PRICE, "price unknown"),
        (Filter(tier=frozenset({"free"})), PER_IMAGE, "priced by other units"),
    ],
)
def test_prices(wanted: Filter, changes: dict[str, Any], expected: str | None) -> None:
    assert reason(wanted, seen(**changes)) == expected


@pytest.mark.parametrize(
    ("wanted", "changes", "expected"),
    [
        (Filter(min_context=200_000), {}, None),
        (Filter(min_context=200_001), {}, "less context"),
        (Filter(min_context=1), {"maxContext": None}, "context unknown"),
        (Filter(min_output=64_001), {}, "less output"),
        (Filter(min_output=1), {"maxOutput": None}, "output unknown"),
        (Filter(tools=True), {}, None),
        (Filter(tools=True), flags(supportsTools=False), "no tools"),
        (Filter(tools=True), flags(supportsTools=None), "tools unknown"),
        (Filter(tools=False), flags(supportsTools=None), "tools unknown"),
        (Filter(tools=False), {}, "with tools"),
        (Filter(tools=False), flags(supportsTools=False), None),
        (Filter(vision=True), flags(supportsVision=None), "vision unknown"),
        (Filter(structured=True), flags(structuredOutput=False), "no structured output"),
        (Filter(image_gen=True), {}, "no image generation"),
        (Filter(reasoning="any"), flags(reasoning="fixed"), None),
        (Filter(reasoning="configurable"), flags(reasoning="fixed"), "fixed reasoning"),
        (Filter(reasoning="any"), flags(reasoning="none"), "no reasoning"),
        (Filter(reasoning="none"), flags(reasoning="none"), None),
        (Filter(reasoning="none"), flags(source=None, reasoning="none"), "reasoning unknown"),
        (Filter(reasoning="none"), {}, "configurable reasoning"),
        (Filter(tools=True, min_confidence="medium"), flags(source="heuristic"), None),
        (Filter(tools=True, min_confidence="high"), flags(source="heuristic"), "tools unsure"),
        (Filter(reasoning="any", min_confidence="high"), flags(source="heuristic"), "reasoning unsure"),
        (Filter(tools=True, min_confidence="high"), flags(source="override"), None),
        (Filter(min_confidence="high"), flags(source="heuristic"), None),
    ],
)
def test_limits_and_abilities(wanted: Filter, changes: dict[str, Any], expected: str | None) -> None:
    assert reason(wanted, seen(**changes)) == expected


@pytest.mark.parametrize(
    ("wanted", "changes", "expected"),
    [
        (Filter(vendor=frozenset({"acme"})), {}, None),
        (Filter(vendor=frozenset({"ACME"})), {}, None),
        (Filter(vendor=frozenset({"acme"})), {"vendor": "Acme"}, None),
        (Filter(vendor=frozenset({"other"})), {}, "other vendors"),
        (Filter(family=frozenset({"acme/gamma"})), {}, None),
        (Filter(family=frozenset({"gamma"})), {}, None),
        (Filter(family=frozenset({"Acme/Gamma"})), {}, None),
        (Filter(family=frozenset({"GAMMA"})), {}, None),
        (Filter(family=frozenset({"delta"})), {}, "other families"),
        (Filter(state=frozenset({"stale"})), {}, "active"),
        (Filter(state=frozenset()), {"state": "stale"}, None),
        (Filter(backend=frozenset({"openrouter"})), {}, None),
        (Filter(backend=frozenset({"google"})), {"backends": {"google": "gamma"}}, None),
        (Filter(backend=frozenset({"Google"})), {"backends": {"google": "gamma"}}, None),
        (Filter(backend=frozenset({"google"})), {}, "other backends"),
        (Filter(new_within=timedelta(days=30)), {"createdAt": "2026-07-20T00:00:00Z"}, None),
        (Filter(new_within=timedelta(days=30)), {}, "older"),
        (Filter(new_within=timedelta(days=30)), {"createdAt": None}, "age unknown"),
        (Filter(usable=frozenset({"acme/gamma"})), {}, None),
        (Filter(usable=frozenset({"acme/delta"})), {}, "without a key"),
        (Filter(usable=lambda model: model.id == "acme/gamma"), {}, None),
        (Filter(usable=lambda _: False), {}, "without a key"),
    ],
)
def test_origin_age_and_keys(wanted: Filter, changes: dict[str, Any], expected: str | None) -> None:
    assert reason(wanted, seen(**changes)) == expected


def test_a_model_of_the_users_own_is_known_by_the_backend_that_it_was_added_for() -> None:
    mine = seen(own=CustomModel("ollama", "acme/gamma"))
    assert reason(Filter(backend=frozenset({"ollama"})), mine) is None
    assert reason(Filter(backend=frozenset({"openrouter"})), mine) == "other backends"


def test_of_several_reasons_the_first_rule_names_the_one() -> None:
    wanted = Filter(free=True, tools=True, vendor=frozenset({"other"}))
    assert reason(wanted, seen(**flags(supportsTools=None))) == "not free"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_price_in", "cheap"),
        ("max_price_in", "-1"),
        ("max_price_out", Decimal("NaN")),
        ("max_price_out", 0.1),
        ("min_context", 0),
        ("min_output", True),
        ("tools", 1),
        ("include_routers", "yes"),
        ("reasoning", "some"),
        ("min_confidence", "sure"),
        ("tier", frozenset({"dear"})),
        ("state", frozenset({"dead"})),
        ("vendor", "acme"),
        ("family", frozenset({7})),
        ("new_within", timedelta(0)),
        ("new_within", "7d"),
        ("usable", "acme/gamma"),
    ],
)
def test_a_value_that_no_model_can_have_is_refused_by_its_name(field: str, value: object) -> None:
    nonsense: dict[str, Any] = {field: value}
    with pytest.raises(UsageError, match=rf"^filter: {field}: found .*, expected .*; mend it$"):
        Sieve(Filter(**nonsense), generated_at=GENERATED_AT)
