"""Short texts as people type them: nothing binds unless it is exact, or all its words are one model's alone."""

import pytest

from modelsync.client.resolving.resolution import Outcome
from modelsync.client.resolving.resolve import resolve
from modelsync.client.spelling import tokens_of
from tests.client.records import a_catalog, a_record

IDS = (
    "anthropic/claude-haiku-4.5",
    "anthropic/claude-haiku-4.5:batch",
    "anthropic/claude-3-haiku",
    "anthropic/claude-sonnet-5",
    "anthropic/claude-opus-5",
    "~anthropic/claude-opus-latest",
    "openai/gpt-5.6-luna",
    "openai/gpt-5.6-luna:batch",
    "openai/gpt-5.6-sol",
    "openai/gpt-oss-20b",
    "openai/gpt-oss-20b:free",
    "openai/o3",
    "google/gemini-3.7-flash",
    "google/gemini-3.7-flash-lite",
    "google/gemini-3.7-pro",
    "google/gemma-4-31b-it:free",
    "deepseek/deepseek-v4-flash",
    "deepseek/deepseek-r1",
    "qwen/qwen3-coder",
    "qwen/qwen3-coder:free",
    "meta/llama-4-maverick",
    "x-ai/grok-4.5",
    "moonshotai/kimi-k3",
    "openrouter/auto",
    "openrouter/free",
)
CATALOG = a_catalog(
    *(
        a_record(
            each, isRouter=each.startswith("openrouter/"), alias=each.partition("/")[2].translate({46: 45, 58: 45})
        )
        for each in IDS
    )
)
TYPED = [
    ("claude", "ambiguous", None),
    ("haiku", "ambiguous", None),
    ("sonnet", "matched", "anthropic/claude-sonnet-5"),
    ("opus", "matched", "anthropic/claude-opus-5"),
    ("gpt", "ambiguous", None),
    ("luna", "matched", "openai/gpt-5.6-luna"),
    ("sol", "matched", "openai/gpt-5.6-sol"),
    ("oss", "matched", "openai/gpt-oss-20b"),
    ("o3", "alias", "openai/o3"),
    ("gemini", "ambiguous", None),
    ("flash", "ambiguous", None),
    ("gemma", "not_found", None),
    ("deepseek", "ambiguous", None),
    ("r1", "matched", "deepseek/deepseek-r1"),
    ("qwen", "matched", "qwen/qwen3-coder"),
    ("qwen3", "matched", "qwen/qwen3-coder"),
    ("coder", "matched", "qwen/qwen3-coder"),
    ("llama", "matched", "meta/llama-4-maverick"),
    ("grok", "matched", "x-ai/grok-4.5"),
    ("kimi", "matched", "moonshotai/kimi-k3"),
    ("auto", "alias", "openrouter/auto"),
    ("free", "alias", "openrouter/free"),
    ("latest", "matched", "~anthropic/claude-opus-latest"),
    ("batch", "ambiguous", None),
    ("router", "ambiguous", None),
    ("openai", "ambiguous", None),
    ("anthropic", "ambiguous", None),
    ("4", "ambiguous", None),
    ("5", "ambiguous", None),
    ("5.6", "ambiguous", None),
    ("k3", "matched", "moonshotai/kimi-k3"),
    ("v4", "matched", "deepseek/deepseek-v4-flash"),
    ("lite", "matched", "google/gemini-3.7-flash-lite"),
    ("pro", "matched", "google/gemini-3.7-pro"),
    ("maverick", "matched", "meta/llama-4-maverick"),
    ("son", "not_found", None),
    ("haik", "ambiguous", None),
    ("gem", "ambiguous", None),
    ("deep", "ambiguous", None),
    ("claude-sonet-5", "not_found", None),
    ("gpt5.6luna", "matched", "openai/gpt-5.6-luna"),
    ("kimi k3", "matched", "moonshotai/kimi-k3"),
    ("Claude Sonnet 5", "matched", "anthropic/claude-sonnet-5"),
    ("GPT OSS 20B", "matched", "openai/gpt-oss-20b"),
    ("gemini 3.7 flash", "matched", "google/gemini-3.7-flash"),
    ("haiku 4.5", "matched", "anthropic/claude-haiku-4.5"),
    ("flash lite", "matched", "google/gemini-3.7-flash-lite"),
    ("coder free", "matched", "qwen/qwen3-coder:free"),
    ("opus latest", "matched", "~anthropic/claude-opus-latest"),
    ("luna batch", "matched", "openai/gpt-5.6-luna:batch"),
    ("openai/gpt", "ambiguous", None),
    ("chatgpt", "not_found", None),
    ("mistral", "not_found", None),
    ("zzz", "not_found", None),
]


@pytest.mark.parametrize(("text", "outcome", "model_id"), TYPED)
def test_a_short_text_is_read_so(text: str, outcome: str, model_id: str | None) -> None:
    answer = resolve(CATALOG, text)
    assert (str(answer.outcome), answer.id) == (outcome, model_id)


@pytest.mark.parametrize("text", [text for text, *_ in TYPED])
def test_what_is_taken_is_exact_or_has_every_word_and_is_not_kept_unasked(text: str) -> None:
    answer = resolve(CATALOG, text)
    if answer.outcome is Outcome.MATCHED:
        letters = "".join(filter(str.isalnum, text.lower()))
        assert tokens_of(text) <= tokens_of(str(answer.id)) or letters in "".join(filter(str.isalnum, str(answer.id)))
        assert answer.persist == "after_ack"


@pytest.mark.parametrize("text", [text for text, *_ in TYPED])
def test_a_suggestion_is_never_what_was_typed(text: str) -> None:
    assert text.lower() not in {each.id for each in resolve(CATALOG, text).candidates}


def test_the_table_is_long_enough() -> None:
    assert len({text for text, *_ in TYPED}) >= 50
