"""Which keys an environment holds, and what follows for a model; the keys themselves show nowhere."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from modelsync.client.own.user_layer import CustomModel
from modelsync.client.switching.credentials import NO_KEY, Key, KeySource, KeyState, Refusal, effective_credentials
from modelsync.client.switching.environment_keys import (
    KEY_VARIABLES,
    key_of_model,
    keys_in,
    situation_of,
    situation_of_own,
    variables_of,
)
from tests.client.records import a_catalog, a_record

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
FOUND: Final = Key(KeyState.PRESENT, KeySource.ENV)
SECRET: Final = "sk-live-0123456789abcdef"
CATALOG: Final = a_catalog(a_record("acme/gamma", backends={"openai": "gamma", "groq": "acme/gamma"}))


@pytest.mark.parametrize(
    ("variable", "backend"),
    [
        ("OPENROUTER_API_KEY", "openrouter"), ("ANTHROPIC_API_KEY", "anthropic"), ("OPENAI_API_KEY", "openai"),
        ("GEMINI_API_KEY", "google"), ("GOOGLE_API_KEY", "google"), ("XAI_API_KEY", "x-ai"),
        ("DEEPSEEK_API_KEY", "deepseek"), ("DASHSCOPE_API_KEY", "dashscope"), ("MOONSHOT_API_KEY", "moonshot"),
        ("ZAI_API_KEY", "z-ai"), ("MINIMAX_API_KEY", "minimax"), ("MISTRAL_API_KEY", "mistral"),
        ("COHERE_API_KEY", "cohere"), ("GROQ_API_KEY", "groq"), ("CEREBRAS_API_KEY", "cerebras"),
        ("NVIDIA_API_KEY", "nim"), ("AWS_BEARER_TOKEN_BEDROCK", "bedrock"), ("GATEWAY_API_KEY", "gateway"),
    ],
)  # fmt: skip
def test_each_backend_has_its_variable(variable: str, backend: str) -> None:
    assert keys_in({variable: SECRET}, now=NOW) == {backend: FOUND}


def test_a_gateway_of_another_name_has_a_variable_of_that_name() -> None:
    assert keys_in({"DEXTO_API_KEY": SECRET, "GATEWAY_API_KEY": SECRET}, gateway="dexto", now=NOW) == {"dexto": FOUND}


def test_an_empty_environment_has_no_keys() -> None:
    assert keys_in({}, now=NOW) == {}


@pytest.mark.parametrize("value", ["", "  ", "changeme", "sk-...", "<your key>"])
def test_what_stands_where_a_key_belongs_is_none(value: str) -> None:
    assert keys_in({"OPENAI_API_KEY": value}, now=NOW) == {}


def test_of_two_variables_the_first_that_holds_a_key_counts() -> None:
    assert keys_in({"GEMINI_API_KEY": "", "GOOGLE_API_KEY": SECRET}, now=NOW) == {"google": FOUND}


def test_a_key_that_was_just_refused_is_rejected() -> None:
    refusals = {"openai": Refusal(401, NOW - timedelta(minutes=1))}
    found = keys_in({"OPENAI_API_KEY": SECRET}, refusals=refusals, now=NOW)
    assert found == {"openai": Key(KeyState.REJECTED, KeySource.ENV)}


def test_a_backend_that_nobody_knows_has_no_variable() -> None:
    assert variables_of("acme") == ()
    assert all(names for names in KEY_VARIABLES.values())


def test_the_key_of_a_custom_model_lies_where_its_user_says() -> None:
    model = CustomModel("custom", "ours", key_ref="env:TEAM_KEY")
    assert key_of_model(model, {"TEAM_KEY": SECRET}, now=NOW) == FOUND
    assert key_of_model(model, {"OTHER_KEY": SECRET}, now=NOW) == NO_KEY


def test_keychains_are_not_read() -> None:
    assert key_of_model(CustomModel("custom", "ours", key_ref="keychain:TEAM"), {"TEAM": SECRET}, now=NOW) == NO_KEY


def test_who_else_serves_a_listed_model_says_the_list() -> None:
    found = situation_of("acme/gamma", catalog=CATALOG, bound="openrouter", keys={"openai": FOUND})
    assert (found.in_namespace, found.direct) == (True, ("openai", "groq"))
    assert effective_credentials(found).suggested == "openai"


def test_a_model_that_is_not_listed_is_in_no_namespace() -> None:
    found = situation_of("acme/zeta", catalog=CATALOG, bound="openrouter", keys={"openrouter": FOUND})
    assert effective_credentials(found).reason == "not_served"


def test_the_terms_of_routing_reach_the_decision() -> None:
    found = situation_of(
        "acme/gamma", catalog=CATALOG, bound="openai", keys={"dexto": FOUND}, gateway="dexto",
        prefers_gateway=True, is_flexible=True,
    )  # fmt: skip
    assert effective_credentials(found).runs == "dexto"


@pytest.mark.parametrize(
    ("model", "own_key", "runs"),
    [
        (CustomModel("custom", "ours"), NO_KEY, "custom"),
        (CustomModel("ollama", "llama3:8b"), NO_KEY, "ollama"),
        (CustomModel("ollama", "llama3:8b", key_ref="env:OWN"), NO_KEY, None),
        (CustomModel("custom", "ours", key_ref="env:OWN"), NO_KEY, None),
        (CustomModel("custom", "ours", key_ref="env:OWN"), FOUND, "custom"),
        (CustomModel("openai", "ft:gpt-4o:ours"), NO_KEY, "openai"),
        (CustomModel("openai", "ft:gpt-4o:ours", key_ref="env:OWN"), NO_KEY, None),
        (CustomModel("mistral", "ours"), NO_KEY, None),
    ],
)
def test_a_custom_model_runs_with_the_key_that_its_user_named_or_that_of_its_backend(
    model: CustomModel, own_key: Key, runs: str | None
) -> None:
    assert effective_credentials(situation_of_own(model, keys={"openai": FOUND}, own_key=own_key)).runs == runs


def test_a_custom_id_of_openrouters_is_called_there() -> None:
    found = situation_of_own(CustomModel("openrouter", "acme/secret-preview"), keys={"openrouter": FOUND})
    assert effective_credentials(found).runs == "openrouter"
