"""Every code of the resolver has words."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given

import modelsync.client.resolving.resolve
from modelsync.client.asked import Needs, Policy, User
from modelsync.client.catalog import ABILITIES, Catalog
from modelsync.client.instants import instant
from modelsync.client.resolving.objections import lost_model, objections
from modelsync.client.resolving.resolution import Candidate, Resolution, Step
from modelsync.client.resolving.resolution_words import (
    CAME_TO,
    NOTES,
    STEPS,
    WHYS,
    candidate_in_words,
    explained,
    step_in_words,
)
from modelsync.client.resolving.resolve import resolve
from tests.client.records import a_catalog, a_model, a_record, a_tombstone
from tests.client.vectors import CATALOGS, VECTORS, arguments
from tests.client.worlds import documents, losses, questions

CLIENT: Final = Path(modelsync.client.resolving.resolve.__file__).parent
LADDER: Final = ("guessing", "naming", "resolve", "standing", "substitutes")
"""The rooms that write steps."""


def parsed(room: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse((CLIENT / f"{room}.py").read_text(encoding="utf-8")))


def texts(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def calls(room: str, name: str) -> Iterator[ast.Call]:
    for node in parsed(room):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
            yield node


def rungs(room: str) -> set[str]:
    """The names that stand beside a method of the room: the rules, or the rungs, in their order."""
    pairs = (node.elts for node in parsed(room) if isinstance(node, ast.Tuple) and len(node.elts) == len("ab"))
    return {
        name.value
        for name, rule in pairs
        if isinstance(name, ast.Constant) and isinstance(name.value, str) and isinstance(rule, ast.Attribute)
    }


def test_every_step_that_is_written_anywhere_has_words() -> None:
    written = [call for room in LADDER for call in calls(room, "Step")]
    names = set[str]().union(*(texts(call.args[0]) for call in written)) | rungs("naming") | rungs("substitutes")
    outcomes = set[str]().union(*(texts(call.args[1]) for call in written))
    assert {"exact", "kept", "stale", "search"} <= names
    assert {"hit", "miss", "free_ended", "several"} <= outcomes
    assert names <= STEPS.keys()
    assert outcomes <= CAME_TO.keys()


def test_every_reason_for_an_offer_that_is_written_has_words() -> None:
    offered = [call.args[1] for call in calls("substitutes", "_offer")]
    offered += [call.args[1] for room in ("standing", "guessing") for call in calls(room, "Candidate")]
    offered += [call.args[1] for call in calls("guessing", "_as_candidate")]
    assert set[str]().union(*map(texts, offered)) <= WHYS.keys()


def test_every_note_about_a_lacking_ability_has_words() -> None:
    assert {f"lacks_{each}" for each in ABILITIES} <= NOTES.keys()


@pytest.mark.parametrize(
    ("changes", "policy", "spoken"),
    [
        ({"state": "stale"}, Policy(), ("missing",)),
        ({"expiresAt": "2026-08-10T13:00:00Z"}, Policy(), ("ending",)),
        ({"outputModalities": ["image"]}, Policy(), ("output",)),
        ({"supportsTools": False}, Policy(), ("abilities",)),
        ({"maxContext": 10}, Policy(), ("context",)),
        ({"pricingStatus": "unknown"}, Policy(price_cap="1"), ("unknown_price", "over_cap")),
    ],
)
def test_every_objection_has_words(changes: dict[str, Any], policy: Policy, spoken: tuple[str, ...]) -> None:
    gone = a_record("acme/gone")
    catalog = a_catalog(tombstones=(a_tombstone(gone),))
    lost = lost_model(catalog, "acme/gone", binding=None, needs=Needs())
    found = objections(
        a_model("acme/new", **changes), lost, policy=policy, user=User(), now=instant(catalog.generated_at)
    )
    assert found == spoken
    assert set(found) <= CAME_TO.keys()


def has_words(resolution: Resolution) -> bool:
    lines = explained(resolution)
    return len(lines) == 1 + len(resolution.steps) + len(resolution.notes) + len(resolution.candidates)


@given(documents(), questions())
def test_no_answer_has_a_code_without_words(world: dict[str, Any], question: tuple[str, dict[str, Any]]) -> None:
    assert has_words(resolve(Catalog.of(world), question[0], **question[1]))


@given(losses())
def test_no_substitute_has_a_code_without_words(loss: tuple[dict[str, Any], tuple[str, dict[str, Any]]]) -> None:
    world, (text, given_) = loss
    assert has_words(resolve(Catalog.of(world), text, **given_))


@pytest.mark.parametrize("vector", [each for each in VECTORS if "error" not in each["expect"]], ids=lambda v: v["name"])
def test_every_vector_can_be_explained(vector: dict[str, Any]) -> None:
    terms = dict(vector["given"])
    assert has_words(resolve(CATALOGS[vector["catalog"]], terms.pop("text"), **arguments(terms)))


def test_a_step_is_one_line() -> None:
    assert step_in_words(Step("redirect", "over_cap")) == "where people send its users: one above your price limit"


def test_a_candidate_is_told_with_its_price() -> None:
    found = candidate_in_words(Candidate("acme/gamma", "paid_sibling", "$1.00 / $4.00"))
    assert found == "acme/gamma ($1.00 / $4.00): the same model, paid"


def test_an_answer_is_explained_from_its_sentence_to_what_else_could_be_chosen() -> None:
    found = explained(resolve(a_catalog(a_record("~acme/gamma-latest", alias="gamma-latest")), "gamma-latest"))
    assert found == (
        "gamma-latest is the alias of ~acme/gamma-latest",
        "an id, or a model of your own: nothing",
        "your own short names: nothing",
        "a way of routing behind the colon: nothing",
        "an id that was listed before: nothing",
        "a backend's name in front: nothing",
        "the catalog's short names: found",
        "note: it stands for the newest of its line, and will change again",
    )
