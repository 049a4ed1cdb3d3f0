"""The JavaScript resolver against the vectors, and against the Python one wherever they are asked the same."""

from typing import Any, Final

import pytest
from hypothesis import given

from modelsync.client.catalog import Catalog
from tests.client.records import GENERATED_AT, a_record, free, prices
from tests.client.vectors import CONTENT, VECTORS
from tests.client.worlds import documents, losses, questions
from tests.examples.javascript import JavaScript, as_given, parts_in_python, python_answer

Question = tuple[str, dict[str, Any]]


def both(reader: JavaScript, world: dict[str, Any], question: Question) -> tuple[dict[str, Any], dict[str, Any]]:
    """What both languages answer."""
    text, keywords = question
    asked = as_given(text, keywords)
    reader.ask({"documents": world})
    return reader.ask(asked), python_answer(Catalog.of(world), asked)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_a_vector_is_answered_as_it_expects(reader: JavaScript, vector: dict[str, Any]) -> None:
    reader.ask({"documents": CONTENT["catalogs"][vector["catalog"]]})
    answer = reader.ask(vector["given"])
    answer["candidates"] = [model_id for model_id, _, _ in answer.get("candidates", ())]
    assert {name: answer.get(name, "no such member") for name in vector["expect"]} == vector["expect"]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_a_vector_is_answered_as_python_does_in_every_member(reader: JavaScript, vector: dict[str, Any]) -> None:
    world = CONTENT["catalogs"][vector["catalog"]]
    reader.ask({"documents": world})
    assert reader.ask(vector["given"]) == python_answer(Catalog.of(world), vector["given"])


@pytest.mark.parametrize(
    "substituted_at", ["2026-07-23T06:00:00Z", "2026-07-23T05:59:59Z", "2026-07-23T08:00:00+02:00"]
)
def test_thirty_days_are_counted_alike(reader: JavaScript, substituted_at: str) -> None:
    (late,) = [each for each in VECTORS if each["expect"].get("reason") == "returned_late"]
    world = CONTENT["catalogs"][late["catalog"]]
    asked = {**late["given"], "binding": {**late["given"]["binding"], "substitutedAt": substituted_at}}
    reader.ask({"documents": world})
    assert reader.ask(asked) == python_answer(Catalog.of(world), asked)


def test_a_time_without_an_offset_is_nobodys(reader: JavaScript) -> None:
    (late,) = [each for each in VECTORS if each["expect"].get("reason") == "returned_late"]
    binding = {**late["given"]["binding"], "substitutedAt": "2026-07-23T06:00:00"}
    reader.ask({"documents": CONTENT["catalogs"][late["catalog"]]})
    assert reader.ask({**late["given"], "binding": binding}) == {"error": "usage"}


ODD_IDS: Final = (
    "anthropic/claude-3-haiku",
    "anthropic/claude-3-5-sonnet-20241022",
    "openai/gpt-4-1106-preview",
    "openai/gpt-4o-2024-05-13",
    "perplexity/r1-1776",
    "mistralai/mistral-small-2501",
    "mistralai/mixtral-8x22b-instruct",
    "nvidia/llama-3.1-nemotron-70b-instruct:free",
    "qwen/qwen3-235b-a22b-2507",
    "qwen/qwen3-235b-a22b-2207",
    "google/gemma-3n-e4b-it",
    "x-ai/grok-4.20",
    "x-ai/grok-4.3",
    "a/b/c-12m@2024-05",
    "~anthropic/claude-opus-latest",
    "unvendored-7b",
    "acme/1t-model",
    "acme/0b",
    "acme/..",
    "no id",
    "deepseek/deepseek-chat-v3.1",
    "other/deepseek-r1-distill-qwen-32b",
    "acme/one-05-2024",
    "acme/one-05-20",
    "acme/ONE_V2-exp",
)


@pytest.mark.parametrize("model_id", ODD_IDS)
def test_an_id_says_the_same_in_both_languages(reader: JavaScript, model_id: str) -> None:
    assert reader.ask({"read": model_id})["parts"] == parts_in_python(model_id)


@given(documents(), questions())
def test_both_languages_answer_alike(reader: JavaScript, world: dict[str, Any], question: Question) -> None:
    ours, theirs = both(reader, world, question)
    assert ours == theirs


@given(losses())
def test_both_languages_replace_alike(reader: JavaScript, loss: tuple[dict[str, Any], Question]) -> None:
    ours, theirs = both(reader, *loss)
    assert ours == theirs


@pytest.mark.parametrize("bad", ["1e-7", "NaN", "-1", "", 0.5, None])
def test_a_price_that_is_none_is_unknown_and_breaks_nothing(reader: JavaScript, bad: Any) -> None:
    at = {"generation": 7, "generatedAt": GENERATED_AT}
    records = [
        a_record("acme/one", pricing={**prices("1", "1"), "promptPerMillion": bad}),
        a_record("acme/gift:free", **free()),
        a_record("acme/gift", pricing=prices("0", "0", perUnit={"request": bad})),
        a_record("acme/fee", pricing=prices("1", "1", perUnit={"request": bad})),
    ]
    world = {"manifest": at, "current": {**at, "models": records}}
    reader.ask({"documents": world})
    saved: dict[str, Any] = {"text": "acme/gift:free", "gone": True}
    saved["binding"] = {"desired": "acme/gift:free", "boundAt": GENERATED_AT, "isFree": True}
    texts = ("acme/one", "acme/gift", "acme/gift:free", "acme/fee")
    questions = [{"text": text, "gone": gone, "policy": {"priceCap": "2"}} for text in texts for gone in (False, True)]
    for asked in (*questions, saved):
        assert reader.ask(asked) == python_answer(Catalog.of(world), asked)
