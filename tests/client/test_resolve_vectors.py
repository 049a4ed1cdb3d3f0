"""Every vector of the language-neutral file, by its name, and what the file itself promises to other languages."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from modelsync.catalog.model_info import ModelInfo
from modelsync.client.resolving.resolution import SENTENCES, Outcome, Resolution
from tests.builders import a_model
from tests.client.vectors import CATALOGS, CONTENT, FILE, VECTORS, answer_of

THE_TABLE = {f"V{number}" for number in range(1, 31)}
"""The vectors that the specification names."""


def records() -> Iterator[Mapping[str, Any]]:
    """Every record of the file, alive or gone."""
    for documents in CONTENT["catalogs"].values():
        yield from documents.get("current", {}).get("models", ())
        yield from (stone["lastKnown"] for stone in documents.get("deprecations", {}).get("tombstones", ()))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_the_resolver_answers(vector: dict[str, Any]) -> None:
    answer = answer_of(vector)
    assert {name: answer.get(name, "no such member") for name in vector["expect"]} == vector["expect"]


def test_the_file_holds_every_vector_that_was_asked_for_and_as_many_again() -> None:
    assert {vector["spec"] for vector in VECTORS if "spec" in vector} == THE_TABLE
    assert len([vector for vector in VECTORS if "spec" not in vector]) >= 30


def test_a_vector_is_known_by_its_name() -> None:
    names = [vector["name"] for vector in VECTORS]
    assert len(names) == len(set(names))


def test_every_outcome_has_a_vector() -> None:
    assert {vector["expect"].get("outcome") for vector in VECTORS} - {None} == {str(each) for each in Outcome}


def test_every_reason_has_a_vector() -> None:
    assert {vector["expect"].get("reason") for vector in VECTORS} - {None} == SENTENCES.keys()


def test_every_vector_says_what_is_expected() -> None:
    assert all({"error", "outcome"} & vector["expect"].keys() for vector in VECTORS)


def test_the_file_is_ascii_so_that_no_reader_mistakes_its_encoding() -> None:
    assert FILE.read_bytes().isascii()


def test_the_hand_made_records_are_like_the_published_ones() -> None:
    for record in records():
        whole = a_model(record["id"]).model_dump(mode="json", by_alias=True)
        sources = {**whole["detectionSource"], **record["detectionSource"]}
        pricing = {**record["pricing"], "raw": {}}
        written = ModelInfo.model_validate({**whole, **record, "detectionSource": sources, "pricing": pricing})
        assert (
            written.model_dump(mode="json", by_alias=True).items()
            >= {name: value for name, value in record.items() if name not in {"detectionSource", "pricing"}}.items()
        )


def test_every_reason_is_a_whole_sentence() -> None:
    answers = [Resolution("asked/id", Outcome.EXACT, reason, id="some/id").sentence for reason in SENTENCES]
    assert [each for each in answers if "{" in each or "}" in each] == []


def test_the_catalogs_of_the_file_are_of_one_generation() -> None:
    assert {name: catalog.generation for name, catalog in CATALOGS.items()} == {
        "main": 42,
        "nothing-free": 42,
        "shortlist-only": 42,
    }
