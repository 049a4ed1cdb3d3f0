"""Who serves a model, by which id and with which key; and that every id leads back to its model."""

import json
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.backends import ONE_WAY
from modelsync.client.own.user_layer import CustomModel
from modelsync.client.resolving.naming import VIRTUAL_SUFFIXES
from modelsync.client.switching.backends import (
    BackendOption,
    Mapped,
    backend_options,
    custom_option,
    from_wire,
    wire_id_of,
)
from modelsync.client.switching.credentials import Key, KeySource, KeyState
from modelsync.errors import UsageError
from tests.client.recorded_catalogs import recorded_catalog
from tests.client.records import a_catalog, a_model, a_record, a_tombstone

SHIPPED: Final = Path(__file__).resolve().parents[2] / "overrides" / "backend-mappings.json"
TABLE: Final = {entry["id"]: entry["backends"] for entry in json.loads(SHIPPED.read_text(encoding="utf-8"))["entries"]}
ROWS: Final = [(model_id, backend, name) for model_id, row in TABLE.items() for backend, name in row.items()]
PRESENT: Final = Key(KeyState.PRESENT, KeySource.ENV)
REJECTED: Final = Key(KeyState.REJECTED, KeySource.ENV)
SERVED: Final = {"anthropic": "gamma-1", "google": "gamma-001"}


def options(
    model_id: str = "acme/gamma", *, by_rule: tuple[str, ...] = (), **given: object
) -> dict[str, BackendOption]:
    """Every option of a model that two direct backends serve, by backend."""
    model = a_model(model_id, backends=SERVED, backendsByRule=list(by_rule))
    return {each.backend: each for each in backend_options(model, **given)}  # type: ignore[arg-type]  # by name


def test_each_way_to_call_a_model_says_by_which_id_and_who_says_so() -> None:
    found = options(by_rule=("google",))
    assert [(name, each.wire_id, str(each.mapping)) for name, each in found.items()] == [
        ("gateway", "acme/gamma", "identity"),
        ("openrouter", "acme/gamma", "identity"),
        ("anthropic", "gamma-1", "table"),
        ("google", "gamma-001", "rule"),
    ]


def test_where_nobody_looked_for_keys_availability_is_unknown() -> None:
    assert {each.available for each in options().values()} == {None}


def test_a_backend_without_a_key_says_what_to_do() -> None:
    found = options(credentials={"openrouter": PRESENT, "google": REJECTED})
    assert {name: (each.available, each.why_not) for name, each in found.items()} == {
        "gateway": (False, "gateway has no key: run via openrouter"),
        "openrouter": (True, None),
        "anthropic": (False, "anthropic has no key: run via openrouter"),
        "google": (False, "google rejected its key: run via openrouter"),
    }


def test_a_backend_with_a_key_and_no_id_is_told_to_have_none() -> None:
    found = options(credentials={"groq": PRESENT})["groq"]
    assert (found.wire_id, found.mapping, found.available) == (None, Mapped.NOT, False)
    assert found.why_not == "it has no id for acme/gamma"


def test_a_gateway_goes_by_its_configured_name() -> None:
    found = options(gateway="dexto", credentials={"dexto": PRESENT})
    assert (found["dexto"].wire_id, found["dexto"].available, "gateway" in found) == ("acme/gamma", True, False)


@pytest.mark.parametrize(
    ("backend", "note"),
    [
        ("gateway", "the gateway bills it, at prices of its own"),
        ("openrouter", None),
        ("anthropic", "its vendor bills it; the prices shown are OpenRouter's"),
    ],
)
def test_a_price_that_is_another_ones_is_noted(backend: str, note: str | None) -> None:
    assert options()[backend].price_note == note


def test_a_route_hint_stands_behind_the_catalogs_ids_only() -> None:
    found = options(route_hint="nitro")
    assert [found[each].wire_id for each in ("gateway", "openrouter", "anthropic")] == [
        "acme/gamma:nitro",
        "acme/gamma:nitro",
        "gamma-1",
    ]


def test_an_unknown_route_hint_is_refused() -> None:
    with pytest.raises(UsageError, match="route: found 'free', expected one of nitro, floor, exacto, online"):
        options(route_hint="free")


@pytest.mark.parametrize("model_id", ["acme/gamma:free", "acme/gamma:batch", "~acme/gamma-latest", "stealth/gamma"])
def test_what_is_openrouters_own_has_no_direct_backend_whatever_a_record_says(model_id: str) -> None:
    assert list(options(model_id)) == ["gateway", "openrouter"]


def test_a_router_has_no_direct_backend() -> None:
    model = a_model("acme/router", isRouter=True, backends={"anthropic": "router"})
    assert wire_id_of(model, "anthropic") == (None, Mapped.NOT)


def test_a_model_of_the_users_own_is_called_exactly_as_typed() -> None:
    found = custom_option(CustomModel("custom", "My Model:Q4"), credentials={"custom": PRESENT})
    assert found._asdict() == {
        "backend": "custom", "wire_id": "My Model:Q4", "mapping": "identity", "available": True, "why_not": None,
        "price_note": None, "base_url": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("model", "available"),
    [
        (CustomModel("custom", "own", "http://127.0.0.1:8000/v1"), True),
        (CustomModel("custom", "own", key_ref="env:OWN_KEY"), False),
        (CustomModel("openrouter", "own"), True),
        (CustomModel("bedrock", "own"), False),
    ],
)
def test_a_model_of_the_users_own_needs_the_key_that_its_user_or_its_backend_asks_for(
    model: CustomModel, available: bool
) -> None:
    found = custom_option(model, credentials={"openrouter": PRESENT})
    assert (found.available, found.base_url) == (available, model.base_url)


# --- and back ---


def test_of_two_models_under_one_name_the_table_decides_before_a_rule() -> None:
    by_rule = a_record("anthropic/a", backends={"anthropic": "claude"}, backendsByRule=["anthropic"])
    by_table = a_record("anthropic/b", backends={"anthropic": "claude"})
    found = from_wire(a_catalog(by_rule, by_table), "anthropic", "claude")
    assert found is not None
    assert found.id == "anthropic/b"


@pytest.mark.parametrize(
    ("backend", "wire_id", "model_id"),
    [
        ("anthropic", "claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4.5"),
        ("anthropic", "claude-3-7-sonnet", "anthropic/claude-3-7-sonnet"),
        ("openai", "gpt-5-chat-latest", "openai/gpt-5-chat"),
        ("google", "gemini-2.5-flash-001", "google/gemini-2.5-flash"),
        ("x-ai", "grok-4.3", "x-ai/grok-4.3"),
        ("z-ai", "glm-4.6", "z-ai/glm-4.6"),
        ("moonshot", "kimi-k2.6", "moonshotai/kimi-k2.6"),
        ("minimax", "MiniMax-M2.5", "minimax/minimax-m2.5"),
        ("cohere", "command-r", "cohere/command-r"),
        ("mistral", "mistral-large", "mistralai/mistral-large"),
        ("vertex", "claude-sonnet-4-5@20250929", "anthropic/claude-sonnet-4.5"),
        ("gateway", "z-ai/glm-4.6", "z-ai/glm-4.6"),
        ("openrouter", "x-ai/grok-4.3:nitro", "x-ai/grok-4.3"),
        ("openrouter", "openrouter/auto", "openrouter/auto"),
    ],
)
def test_a_name_leads_to_the_first_candidate_that_is_active(backend: str, wire_id: str, model_id: str) -> None:
    found = from_wire(a_catalog(a_record("acme/other"), a_record(model_id)), backend, wire_id)
    assert found is not None
    assert found.id == model_id


@pytest.mark.parametrize(
    ("backend", "wire_id"),
    [
        ("deepseek", "deepseek-chat"),
        ("dashscope", "qwen-max"),
        ("groq", "deepseek/deepseek-chat"),
        ("ollama", "deepseek-chat:7b"),
        ("custom", "deepseek/deepseek-chat"),
        ("openai", "gpt-oss-120b"),
        ("openrouter", "deepseek/deepseek-chat:free"),
        ("openrouter", "deepseek/gone"),
    ],
)
def test_a_name_that_no_rule_may_guess_leads_nowhere(backend: str, wire_id: str) -> None:
    records = [a_record(each) for each in ("deepseek/deepseek-chat", "qwen/qwen-max", "openai/gpt-oss-120b")]
    gone = a_tombstone(a_record("deepseek/gone"))
    assert from_wire(a_catalog(*records, tombstones=(gone,)), backend, wire_id) is None


def test_a_model_that_is_missing_is_not_meant() -> None:
    missing = a_record("z-ai/glm-4.6", state="stale", backends={"z-ai": "glm-4.6"})
    assert from_wire(a_catalog(missing), "z-ai", "glm-4.6") is None


@pytest.mark.parametrize(("model_id", "backend", "name"), ROWS)
def test_every_row_of_the_shipped_table_leads_there_and_back(model_id: str, backend: str, name: str) -> None:
    catalog = a_catalog(*(a_record(each, backends=row) for each, row in TABLE.items()))
    model = catalog.model(model_id)
    assert model is not None
    assert wire_id_of(model, backend) == (name, Mapped.BY_TABLE)
    assert from_wire(catalog, backend, name) == model


@given(
    st.sampled_from(["acme/gamma", "acme/gamma:free", "openrouter/auto", "~acme/gamma-latest"]),
    st.sampled_from([None, *VIRTUAL_SUFFIXES]),
    st.sampled_from(["gateway", "openrouter", "dexto"]),
)
def test_where_ids_are_the_catalogs_own_every_id_leads_back(model_id: str, hint: str | None, backend: str) -> None:
    model = a_model(model_id)
    wire_id = wire_id_of(model, backend, gateway="dexto", route_hint=hint).id
    assert wire_id is not None
    assert from_wire(a_catalog(model.record), backend, wire_id, gateway="dexto") == model


def test_every_id_of_a_recorded_catalog_leads_back_to_its_model(recorded_feeds: Path) -> None:
    catalog = recorded_catalog(recorded_feeds)
    calls = [(model, each) for model in catalog.models() if model.is_active for each in backend_options(model)]
    assert len({option.backend for _, option in calls}) > len(("gateway", "openrouter"))
    for model, option in calls:
        assert option.wire_id is not None
        assert option.backend in ONE_WAY or from_wire(catalog, option.backend, option.wire_id) == model
