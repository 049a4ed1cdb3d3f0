"""The JavaScript resolver against the vectors, and against the Python one wherever they are asked the same."""

from typing import Any

import pytest
from hypothesis import given

from modelsync.client.catalog import Catalog
from tests.client.vectors import CONTENT, VECTORS
from tests.client.worlds import documents, losses, questions
from tests.examples.javascript import JavaScript, as_given, python_answer

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


@given(documents(), questions())
def test_both_languages_answer_alike(reader: JavaScript, world: dict[str, Any], question: Question) -> None:
    ours, theirs = both(reader, world, question)
    assert ours == theirs


@given(losses())
def test_both_languages_replace_alike(reader: JavaScript, loss: tuple[dict[str, Any], Question]) -> None:
    ours, theirs = both(reader, *loss)
    assert ours == theirs
