"""Ids lead from OpenRouter to a backend and back: the table's word first, a rule where the other side lists it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.backends import (
    ONE_WAY,
    RULED,
    VENDOR_OF,
    native_candidates,
    native_id,
    openrouter_candidates,
    openrouter_id,
)

SHIPPED = Path(__file__).resolve().parents[2] / "overrides" / "backend-mappings.json"
TABLE = {entry["id"]: entry["backends"] for entry in json.loads(SHIPPED.read_text(encoding="utf-8"))["entries"]}
ROWS = [(model_id, backend, name) for model_id, row in TABLE.items() for backend, name in row.items()]

LISTED_BY = {
    "anthropic": {"claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "claude-3-7-sonnet-20250219"},
    "openai": {"gpt-4.1", "gpt-5-chat-latest", "gpt-oss-120b", "o3-mini"},
    "google": {"gemini-2.5-flash", "gemini-2.0-flash-001", "gemma-3-27b-it"},
    "x-ai": {"grok-4-fast-reasoning", "grok-4.3"},
    "z-ai": {"glm-4.6"},
    "minimax": {"MiniMax-M2.5", "M2-her"},
    "cohere": {"command-r-08-2024"},
    "mistral": {"mistral-large-2512"},
    "moonshot": {"kimi-k2.6"},
    "deepseek": {"deepseek-chat"},
    "dashscope": {"qwen3-max"},
}

slugs = st.from_regex(r"[a-z]{1,6}(-[a-z0-9]{1,6}(\.[0-9])?){0,4}", fullmatch=True)


@pytest.mark.parametrize(("model_id", "backend", "name"), ROWS)
def test_every_row_of_the_shipped_table_leads_there_and_back(model_id: str, backend: str, name: str) -> None:
    assert native_id(model_id, backend, accept=(), table=TABLE) == name
    assert openrouter_id(name, backend, accept=TABLE.keys(), table=TABLE) == model_id


@pytest.mark.parametrize(("model_id", "backend", "_"), ROWS)
def test_no_row_of_the_shipped_table_names_the_backend_of_another_vendor(model_id: str, backend: str, _: str) -> None:
    assert VENDOR_OF[backend] == model_id.partition("/")[0]


@pytest.mark.parametrize(
    ("model_id", "backend", "permaslug", "name"),
    [
        ("anthropic/claude-sonnet-4.5", "anthropic", None, "claude-sonnet-4-5"),
        (
            "anthropic/claude-3.7-sonnet",
            "anthropic",
            "anthropic/claude-3-7-sonnet-20250219",
            "claude-3-7-sonnet-20250219",
        ),
        ("openai/gpt-4.1", "openai", None, "gpt-4.1"),
        ("openai/gpt-5-chat", "openai", None, "gpt-5-chat-latest"),
        ("openai/o3-mini", "openai", None, "o3-mini"),
        ("google/gemini-2.5-flash", "google", None, "gemini-2.5-flash"),
        ("google/gemini-2.0-flash", "google", None, "gemini-2.0-flash-001"),
        ("x-ai/grok-4.3", "x-ai", None, "grok-4.3"),
        ("z-ai/glm-4.6", "z-ai", None, "glm-4.6"),
        ("minimax/minimax-m2.5", "minimax", None, "MiniMax-M2.5"),
        ("cohere/command-r-08-2024", "cohere", None, "command-r-08-2024"),
        ("mistralai/mistral-large-2512", "mistral", None, "mistral-large-2512"),
    ],
)
def test_a_rule_finds_what_the_backend_lists(model_id: str, backend: str, permaslug: str | None, name: str) -> None:
    assert native_id(model_id, backend, accept=LISTED_BY[backend], permaslug=permaslug) == name


@pytest.mark.parametrize(
    ("model_id", "backend"),
    [
        ("anthropic/claude-opus-4.5", "anthropic"),
        ("openai/gpt-5", "openai"),
        ("openai/o3-mini-high", "openai"),
        ("x-ai/grok-4-fast", "x-ai"),
        ("minimax/minimax-m2-her", "minimax"),
    ],
)
def test_what_the_backend_does_not_list_is_not_guessed(model_id: str, backend: str) -> None:
    assert native_candidates(model_id, backend) != ()
    assert native_id(model_id, backend, accept=LISTED_BY[backend]) is None


@pytest.mark.parametrize(
    ("model_id", "backend"),
    [
        ("openai/gpt-oss-120b", "openai"),
        ("deepseek/deepseek-chat", "deepseek"),
        ("qwen/qwen3-max", "dashscope"),
        ("moonshotai/kimi-k2.6", "moonshot"),
        ("meta-llama/llama-3.3-70b-instruct", "groq"),
        ("openai/gpt-4.1", "anthropic"),
        ("openai/gpt-4.1", "nobody-knows-it"),
    ],
)
def test_names_that_follow_no_rule_are_known_by_the_table_alone(model_id: str, backend: str) -> None:
    assert native_candidates(model_id, backend) == ()
    assert native_candidates(model_id, backend, table={model_id: {backend: "its-name"}}) == ("its-name",)


@pytest.mark.parametrize(
    ("name", "backend", "ids"),
    [
        ("claude-sonnet-4-5", "anthropic", ("anthropic/claude-sonnet-4.5", "anthropic/claude-sonnet-4-5")),
        ("gpt-5-chat-latest", "openai", ("openai/gpt-5-chat-latest", "openai/gpt-5-chat")),
        ("gemini-2.0-flash-001", "google", ("google/gemini-2.0-flash-001", "google/gemini-2.0-flash")),
        ("grok-4.3", "x-ai", ("x-ai/grok-4.3",)),
        ("glm-4.6", "z-ai", ("z-ai/glm-4.6",)),
        ("MiniMax-M2.5", "minimax", ("minimax/minimax-m2.5",)),
        ("mistral-large-2512", "mistral", ("mistralai/mistral-large-2512",)),
        ("kimi-k2.6", "moonshot", ("moonshotai/kimi-k2.6",)),
        ("deepseek-chat", "deepseek", ()),
        ("qwen3-max", "dashscope", ()),
        ("gpt-oss-120b", "openai", ()),
        ("openai/gpt-oss-120b", "groq", ()),
        ("llama3:8b", "ollama", ()),
        ("anything", "custom", ()),
    ],
)
def test_native_names_lead_to_candidates_in_order(name: str, backend: str, ids: tuple[str, ...]) -> None:
    assert openrouter_candidates(name, backend) == ids


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("claude-3-7-sonnet-20250219", "anthropic/claude-3.7-sonnet"),
        ("claude-haiku-4-5-20251001", "anthropic/claude-haiku-4.5"),
        ("claude-sonnet-4-20250514", "anthropic/claude-sonnet-4"),
        ("claude-3-haiku-20240307", "anthropic/claude-3-haiku"),
    ],
)
def test_a_dated_claude_leads_to_the_model_without_a_date(name: str, model_id: str) -> None:
    assert openrouter_id(name, "anthropic", accept={model_id}) == model_id


def test_a_dated_claude_leads_to_the_dated_model_where_that_is_active() -> None:
    active = {"anthropic/claude-3.5-sonnet", "anthropic/claude-3.5-sonnet-20240620"}
    found = openrouter_id("claude-3-5-sonnet-20240620", "anthropic", accept=active)
    assert found == "anthropic/claude-3.5-sonnet-20240620"


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("claude-sonnet-4-5@20250929", "anthropic/claude-sonnet-4.5"),
        ("gemini-2.0-flash-001", "google/gemini-2.0-flash"),
    ],
)
def test_vertex_writes_versions_behind_an_at_sign(name: str, model_id: str) -> None:
    assert openrouter_id(name, "vertex", accept={model_id}) == model_id
    assert native_candidates(model_id, "vertex") == ()


def test_a_model_that_is_not_active_is_no_answer() -> None:
    assert openrouter_id("gpt-4.1", "openai", accept={"openai/gpt-4o"}) is None


def test_the_table_comes_before_every_rule() -> None:
    table = {"openai/gpt-4.1": {"openai": "gpt-4.1-table"}, "openai/other": {"openai": "gpt-4.1"}}
    assert native_candidates("openai/gpt-4.1", "openai", table=table) == ("gpt-4.1-table", "gpt-4.1")
    assert native_id("openai/gpt-4.1", "openai", accept={"gpt-4.1"}, table=table) == "gpt-4.1-table"
    assert openrouter_candidates("gpt-4.1", "openai", table=table) == ("openai/other", "openai/gpt-4.1")


@pytest.mark.parametrize("backend", ["gateway", "openrouter"])
@pytest.mark.parametrize("model_id", ["openai/gpt-4.1:free", "~anthropic/claude-latest", "openrouter/auto"])
def test_the_gateway_speaks_our_ids_with_everything_in_them(model_id: str, backend: str) -> None:
    assert native_candidates(model_id, backend) == (model_id,)
    assert openrouter_candidates(model_id, backend) == (model_id,)


@pytest.mark.parametrize(
    "model_id", ["openai/gpt-4.1:free", "~openai/gpt-latest", "openrouter/auto", "stealth/one", "bare"]
)
@pytest.mark.parametrize("backend", [*RULED, "deepseek", *ONE_WAY])
def test_what_is_openrouters_own_maps_to_no_direct_backend_even_by_a_table(model_id: str, backend: str) -> None:
    table = {model_id: {backend: "name"}}
    assert native_candidates(model_id, backend, table=table) == ()
    assert native_id(model_id, backend, accept={"name", "gpt-4.1"}, table=table) is None
    assert openrouter_candidates("name", backend, table=table)[:1] != (model_id,)


@given(slug=slugs, day=st.dates(), backend=st.sampled_from(RULED))
def test_every_candidate_by_rule_leads_back_to_where_it_came_from(slug: str, day: object, backend: str) -> None:
    model_id = f"{VENDOR_OF[backend]}/{slug}"
    for name in native_candidates(model_id, backend, permaslug=f"{model_id}-{day}".replace("-", "")):
        assert model_id in openrouter_candidates(name, backend)


@given(slug=slugs, backend=st.sampled_from(RULED), listed=st.sets(slugs))
def test_no_rule_ever_names_what_is_not_listed(slug: str, backend: str, listed: set[str]) -> None:
    found = native_id(f"{VENDOR_OF[backend]}/{slug}", backend, accept=listed)
    assert found is None or found in listed


@given(slug=slugs, variant=st.sampled_from(["free", "batch", "thinking", "nitro"]), backend=st.sampled_from(RULED))
def test_no_variant_ever_maps_to_a_direct_backend(slug: str, variant: str, backend: str) -> None:
    assert native_candidates(f"{VENDOR_OF[backend]}/{slug}:{variant}", backend) == ()
