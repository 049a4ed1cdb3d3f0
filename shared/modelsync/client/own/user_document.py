"""A user's layer as the JSON of its file: read with every shape checked, written without a secret.

An export is the same document, for nothing in it is secret: a key is named by where it lies. `policy` and `bindings`,
which lie in the same file, are left to who reads them. Nothing here opens a file.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from modelsync.client.own.user_layer import CustomModel, Promotion, UserLayer, layer_problems, refuse

SCHEMA: Final = 1

Document = Mapping[str, Any]


def read_user_layer(document: Document) -> UserLayer:
    """The layer that a parsed file holds; raises UsageError with the first thing that is wrong, and how many are."""
    if document.get("schema") != SCHEMA:
        refuse((f"schema: found another one, expected {SCHEMA}",))
    refuse(tuple(_shape_problems(document)))
    layer = UserLayer(
        models=tuple(_custom_model(each) for each in document.get("models", ())),
        aliases=document.get("aliases", {}),
        favourites=tuple(document.get("favourites", ())),
        recents=tuple(document.get("recents", ())),
        hidden=tuple(document.get("hidden", ())),
        overrides=document.get("overrides", {}),
        promoted=tuple(Promotion(**each) for each in document.get("promoted", ())),
    )
    refuse(layer_problems(layer))
    return layer


def user_document(layer: UserLayer) -> dict[str, Any]:
    """The layer as JSON."""
    return {
        "schema": SCHEMA,
        "models": [_model_document(each) for each in layer.models],
        "aliases": dict(layer.aliases),
        "favourites": list(layer.favourites),
        "recents": list(layer.recents),
        "hidden": list(layer.hidden),
        "overrides": {model_id: dict(fields) for model_id, fields in layer.overrides.items()},
        "promoted": [{n: v for n, v in each._asdict().items() if v is not None} for each in layer.promoted],
    }


def _custom_model(document: Document) -> CustomModel:
    return CustomModel(
        backend=document["backend"],
        id=document["id"],
        base_url=document.get("baseUrl"),
        key_ref=document.get("keyRef"),
        fields=document.get("fields", {}),
    )


def _model_document(model: CustomModel) -> dict[str, Any]:
    optional = {"baseUrl": model.base_url, "keyRef": model.key_ref}
    return {
        "backend": model.backend,
        "id": model.id,
        **{name: value for name, value in optional.items() if value is not None},
        "fields": dict(model.fields),
    }


def _shape_problems(document: Document) -> list[str]:
    found = []
    for name, (is_shaped, expected) in _SHAPES.items():
        if name in document and not is_shaped(document[name]):
            found.append(f"{name}: expected {expected}")
    return found


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _text_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in (*value, *value.values()))


def _object_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, dict) for each in value.values())


def _objects(required: frozenset[str], optional: frozenset[str]) -> Callable[[object], bool]:
    """Lists of objects with these texts; `fields` alone is an object."""

    def is_shaped(value: object) -> bool:
        return isinstance(value, list) and all(
            isinstance(each, dict)
            and required <= each.keys() <= required | optional
            and all(isinstance(each[name], dict if name == "fields" else str) for name in each)
            for each in value
        )

    return is_shaped


_SHAPES: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "models": (
        _objects(frozenset({"backend", "id"}), frozenset({"baseUrl", "keyRef", "fields"})),
        "a list of objects with backend and id, and perhaps baseUrl, keyRef and fields",
    ),
    "aliases": (_text_map, "short names with an id each"),
    "favourites": (_texts, "a list of ids"),
    "recents": (_texts, "a list of ids"),
    "hidden": (_texts, "a list of ids"),
    "overrides": (_object_map, "fields by id"),
    "promoted": (
        _objects(frozenset({"id"}), frozenset({"alias", "bucket"})),
        "a list of objects with id, and perhaps alias and bucket",
    ),
}
"""What each part of the file must be, as a test and in words."""
