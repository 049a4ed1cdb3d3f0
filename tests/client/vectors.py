"""The resolver's vectors as Python reads them: JSON in, the arguments of `resolve` out, and its answer as JSON.

The file is language-neutral: a reader in another language needs these hundred lines and nothing else of the tests.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from modelsync.client.asked import Binding, Needs, Policy, User
from modelsync.client.catalog import Catalog
from modelsync.client.freshness import Freshness
from modelsync.client.resolving.resolution import Resolution
from modelsync.client.resolving.resolve import resolve
from modelsync.errors import UsageError

FILE: Final = Path(__file__).with_name("resolve-vectors.json")
CONTENT: Final[Mapping[str, Any]] = json.loads(FILE.read_text())
CATALOGS: Final = {name: Catalog.of(documents) for name, documents in CONTENT["catalogs"].items()}
VECTORS: Final[list[dict[str, Any]]] = CONTENT["vectors"]


def answer_of(vector: Mapping[str, Any], catalogs: Mapping[str, Catalog] = CATALOGS) -> dict[str, Any]:
    """What the resolver says to one vector, in the words of the file."""
    given = dict(vector["given"])
    try:
        return as_json(resolve(catalogs[vector["catalog"]], given.pop("text"), **arguments(given)))
    except UsageError:
        return {"error": "usage"}


def arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments of `resolve`, from the members of `given`."""
    made: dict[str, Callable[[Any], object]] = {
        "binding": a_binding,
        "needs": a_need,
        "policy": lambda each: Policy(**_snake(each)),
        "user": a_user,
        "freshness": Freshness,
    }
    return {name: made[name](value) if name in made else value for name, value in given.items()}


def a_need(given: Mapping[str, Any]) -> Needs:
    abilities = given.get("abilities")
    return Needs(frozenset(abilities) if abilities is not None else None, given.get("context", 0))


def a_user(given: Mapping[str, Any]) -> User:
    fields: dict[str, Any] = {n: v if n == "aliases" else frozenset(v) for n, v in _snake(given).items()}
    return User(**fields)


def a_binding(given: Mapping[str, Any]) -> Binding:
    fields = _snake(given)
    made: dict[str, Callable[[Any], object]] = {"needs": a_need, "abilities": frozenset}
    arguments: dict[str, Any] = {name: made[name](value) if name in made else value for name, value in fields.items()}
    return Binding(**arguments)


def as_json(resolution: Resolution) -> dict[str, Any]:
    """Every member that `expect` may name; candidates by their ids."""
    fields = {_camel(name): value for name, value in resolution._asdict().items()}
    lists = {name: list(fields[name]) for name in ("notes", "lost", "gained")}
    return {**fields, **lists, "candidates": [each.id for each in resolution.candidates]}


def _snake(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"".join(f"_{c.lower()}" if c.isupper() else c for c in name): value for name, value in given.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
