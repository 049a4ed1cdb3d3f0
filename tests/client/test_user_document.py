"""A user's layer as JSON: what was written is read again, and what is not of its shape is refused."""

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.own.user_document import read_user_layer, user_document
from modelsync.client.own.user_layer import CustomModel, Promotion, UserLayer
from modelsync.errors import UsageError

CANARY: Final = "sk-canary0123456789"
LAYER: Final = UserLayer(
    models=(
        CustomModel("custom", "Team/Our Model", "https://llm.example.org/v1", "env:TEAM_KEY", {"maxContext": 8000}),
    ),
    aliases={"ours": "Team/Our Model"},
    favourites=("acme/gamma", "acme/gone"),
    recents=("acme/gamma",),
    hidden=("acme/noise",),
    overrides={"acme/gamma": {"name": "Mine"}},
    promoted=(Promotion("acme/new", bucket="coding"),),
)
DOCUMENT: Final[dict[str, Any]] = {
    "schema": 1,
    "models": [
        {
            "backend": "custom",
            "id": "Team/Our Model",
            "baseUrl": "https://llm.example.org/v1",
            "keyRef": "env:TEAM_KEY",
            "fields": {"maxContext": 8000},
        }
    ],
    "aliases": {"ours": "Team/Our Model"},
    "favourites": ["acme/gamma", "acme/gone"],
    "recents": ["acme/gamma"],
    "hidden": ["acme/noise"],
    "overrides": {"acme/gamma": {"name": "Mine"}},
    "promoted": [{"id": "acme/new", "bucket": "coding"}],
}


def test_a_layer_is_written_as_its_document() -> None:
    assert user_document(LAYER) == DOCUMENT


def test_a_document_is_read_as_its_layer() -> None:
    assert read_user_layer(DOCUMENT) == LAYER


def test_an_empty_file_of_the_schema_is_an_empty_layer() -> None:
    assert read_user_layer({"schema": 1, "policy": {"family": "ask"}, "bindings": {}}) == UserLayer()


@pytest.mark.parametrize("schema", [None, 0, 2, "1"])
def test_another_schema_is_refused(schema: object) -> None:
    with pytest.raises(UsageError, match="schema: found another one, expected 1"):
        read_user_layer({**DOCUMENT, "schema": schema})


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("models", {}), ("models", [1]), ("models", [{"backend": "x"}]), ("models", [{"backend": "x", "id": 1}]),
        ("models", [{"backend": "x", "id": "y", "key": CANARY}]),
        ("models", [{"backend": "x", "id": "y", "fields": 1}]),
        ("models", [{"backend": "x", "id": "y", "keyRef": CANARY}]),
        ("models", [{"backend": "x", "id": "y", "fields": {"apiKey": CANARY}}]),
        ("models", [{"backend": "x", "id": "y"}, {"backend": "x", "id": "y"}]),
        ("aliases", []), ("aliases", {"a": 1}), ("aliases", {"A": "x/y"}), ("aliases", {"a": "b", "b": "x/y"}),
        ("favourites", "x"), ("favourites", [1]), ("favourites", [""]), ("recents", [None]), ("hidden", ["a\x00"]),
        ("overrides", []), ("overrides", {"x/y": 1}), ("overrides", {"x/y": {"state": "active"}}),
        ("promoted", [{"alias": "x"}]), ("promoted", [{"id": "x/y", "why": "z"}]), ("promoted", ["x/y"]),
    ],
)  # fmt: skip
def test_what_is_not_of_its_shape_is_refused_and_not_repeated(part: str, value: object) -> None:
    with pytest.raises(UsageError) as refused:
        read_user_layer({**DOCUMENT, part: value})
    message = str(refused.value)
    assert message.startswith("user layer: ")
    assert CANARY not in message


def test_all_problems_are_counted() -> None:
    with pytest.raises(UsageError) as refused:
        read_user_layer({**DOCUMENT, "favourites": 1, "recents": 1, "hidden": 1})
    assert str(refused.value) == "user layer: favourites: expected a list of ids (and 2 more); mend it"


ANY_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(DOCUMENT.keys() - {"schema"})), ANY_JSON))
def test_any_json_is_a_layer_or_a_refusal(parts: dict[str, Any]) -> None:
    try:
        layer = read_user_layer({"schema": 1, **parts})
    except UsageError:
        return
    assert read_user_layer(json.loads(json.dumps(user_document(layer)))) == layer
