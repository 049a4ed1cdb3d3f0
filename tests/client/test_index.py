"""A kept set is asked by its table: what no table, no letters and no damage can make it answer otherwise."""

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.catalog import Catalog
from modelsync.client.reading.bundle import decode, encode
from modelsync.client.reading.index import Index, index_of
from modelsync.client.reading.indexed import IndexedCatalog
from modelsync.client.resolving.resolve import resolve
from tests.client.published_sets import set_of, whole
from tests.client.records import GENERATED_AT, a_record, a_tombstone
from tests.client.vectors import CATALOGS, CONTENT, VECTORS, answer_of
from tests.client.worlds import documents, last_known, listed, questions

AT: Final = {"generation": 7, "generatedAt": GENERATED_AT}
Write = Callable[[Any], str]
WRITINGS: Final[dict[str, Write]] = {
    "compact": lambda document: json.dumps(document, separators=(",", ":")),
    "indented": lambda document: json.dumps(document, indent=2) + "\n",
    "in UTF-8": lambda document: json.dumps(document, ensure_ascii=False),
    "with tabs and returns": lambda document: json.dumps(document, separators=("\t,\r\n", " :\t")),
    "with other escapes": lambda document: json.dumps(document).replace("/", "\\/").replace("acme", "\\u0061cme"),
}


def kept(world: dict[str, Any]) -> Catalog:
    """The catalog as the next process reads it."""
    return Catalog.of(decode(encode(set_of(world)), where="here"))


def a_world(*records: dict[str, Any], tombstones: tuple[Any, ...] = (), **parts: Any) -> dict[str, Any]:
    gone = {"redirects": [], "tombstones": list(tombstones), "aliasHistory": [], **parts}
    return {"manifest": AT, "current": {**AT, "models": list(records)}, "deprecations": {**AT, **gone}}


def answers(catalog: Catalog, name: str) -> tuple[Any, ...]:
    """All that a catalog can be asked by one name."""
    return (
        catalog.model(name),
        catalog.with_alias(name),
        catalog.gone_with_alias(name),
        catalog.old_aliases(name),
        catalog.of_slug(name),
        catalog.tombstone(name),
        catalog.redirect(name),
    )


def names_in(value: Any) -> set[str]:
    """Every text of a document, each in several cases of letters."""
    if isinstance(value, dict):
        return set().union(*map(names_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    return {value, value.upper(), value.lower()} if isinstance(value, str) else set()


def same_answers(world: dict[str, Any]) -> None:
    parsed, found = Catalog.of(world), kept(world)
    assert isinstance(found, IndexedCatalog)
    for name in names_in(world["current"]) | names_in(world["deprecations"]):
        assert answers(found, name) == answers(parsed, name)


# --- every answer is that of the parsed documents ---


@given(documents(), questions())
def test_a_kept_catalog_resolves_as_the_parsed_one(world: dict[str, Any], question: tuple[str, dict[str, Any]]) -> None:
    text, arguments = question
    assert resolve(kept(world), text, **arguments) == resolve(Catalog.of(world), text, **arguments)


@given(documents(), st.text(max_size=12))
def test_every_name_of_a_world_leads_where_the_parsed_one_does(world: dict[str, Any], text: str) -> None:
    found, parsed = kept(world), Catalog.of(world)
    for name in (text, *listed(world), *last_known(world), *map(str.upper, listed(world))):
        assert answers(found, name) == answers(parsed, name)


KEPT = {name: kept(world) if "current" in world else CATALOGS[name] for name, world in CONTENT["catalogs"].items()}


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_every_vector_is_answered_by_a_kept_catalog(vector: dict[str, Any]) -> None:
    assert answer_of(vector, KEPT) == answer_of(vector)


def test_a_recorded_catalog_answers_to_every_text_in_it_as_the_parsed_one() -> None:
    same_answers({name: whole(document) for name, document in CONTENT["catalogs"]["main"].items()})


def test_ids_and_stones_that_differ_in_case_are_told_apart_as_in_the_documents() -> None:
    records = [a_record(each, canonicalSlug="Acme/Slug") for each in ("acme/one", "Acme/One", "ACME/two")]
    stones = tuple(a_tombstone(a_record(each, alias="old")) for each in ("acme/x", "ACME/x", "acme/one"))
    redirects = [{"from": each, "to": "auto", "kind": "override"} for each in ("acme/x", "Acme/X")]
    same_answers(a_world(*records, tombstones=stones, redirects=redirects))


def test_of_an_id_that_is_listed_twice_the_first_is_the_model_and_the_set_is_read_as_a_whole() -> None:
    found = kept(a_world(a_record("acme/one", name="first"), a_record("acme/one", name="second", alias="other")))
    model = found.model("acme/one")
    assert type(found) is Catalog
    assert (model and model.record["name"], found.with_alias("other")) == ("first", None)


def test_an_alias_that_two_models_have_is_of_the_model_that_the_documents_give() -> None:
    same_answers(a_world(a_record("acme/one"), a_record("acme/two", alias="one")))


def test_old_aliases_come_in_the_order_of_the_document() -> None:
    moves = [{"oldAlias": "one", "modelId": each, "since": GENERATED_AT} for each in ("acme/two", "acme/one")]
    found = kept(a_world(a_record("acme/one"), aliasHistory=moves))
    assert [move.model_id for move in found.old_aliases("one")] == ["acme/two", "acme/one"]


@pytest.mark.parametrize(
    "name", ['acme/o"ne', "acme/o\nne", "acme/o\tne", "acme/\u00e9t\u00e9", "acme/\U0001f600", "acme/\\"]
)
def test_a_name_of_unusual_letters_is_found_and_no_part_of_it_is(name: str) -> None:
    world = a_world(a_record("acme/one"), a_record("acme/two", alias=name, canonicalSlug=name, name="\u00fcber"))
    same_answers(world)
    assert kept(world).with_alias(name) is not None
    assert kept(world).with_alias(name[:-1]) is None


def test_a_text_that_looks_like_lines_of_the_table_finds_nothing() -> None:
    found = kept(a_world(a_record("acme/one"), a_record("acme/two")))
    table = index_of(*two_of(a_world(a_record("acme/one"), a_record("acme/two"))))
    assert all(answers(found, line) == answers(Catalog.of(a_world()), line) for line in table.decode().split('m"'))


@pytest.mark.parametrize("write", WRITINGS.values(), ids=list(WRITINGS))
def test_a_record_is_found_however_its_document_is_written(write: Write) -> None:
    world = a_world(
        a_record("acme/one", name="\u00fcber"),
        a_record("acme/two", name="\U0001f600 <a>"),
        tombstones=(a_tombstone(a_record("acme/old")),),
    )
    bodies = {name: write(document).encode() for name, document in world.items()}
    found = IndexedCatalog(world, Index(index_of(world, bodies), bodies))
    for name in ("acme/one", "ACME/two", "one", "two", "acme/old", "old"):
        assert answers(found, name) == answers(Catalog.of(world), name)


# --- what it spares, and what it does without ---


def test_one_question_reads_one_record_and_no_other() -> None:
    world = a_world(a_record("acme/one"), a_record("acme/two"))
    documents_, bodies = two_of(world)
    record = json.dumps(world["current"]["models"][1], separators=(",", ":")).encode()
    start = bodies["current"].index(record)
    only = b"!" * start + record + b"!" * (len(bodies["current"]) - start - len(record))
    found = IndexedCatalog(documents_, Index(index_of(documents_, bodies), {"current": only}))
    assert resolve(found, "two").id == "acme/two"


def test_a_set_of_which_something_was_left_out_is_read_as_a_whole() -> None:
    found = kept(a_world(a_record("acme/one"), a_record("acme/two", isRouter=None)))
    assert type(found) is Catalog
    assert [model.id for model in found.models()] == ["acme/one"]


def two_of(world: dict[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The documents, and their bytes."""
    return world, {name: json.dumps(document, separators=(",", ":")).encode() for name, document in world.items()}
