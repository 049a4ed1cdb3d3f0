"""The words in which JSON Schemas are written that no class makes."""

from typing import Any

Json = dict[str, Any]


def object_of(required: Json, optional: Json | None = None, **more: Any) -> Json:
    """An object that holds these members and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": [*required],
        "additionalProperties": False,
        **more,
    }


def list_of(items: Json, **more: Any) -> Json:
    """A list of any length whose items are all alike."""
    return {"type": "array", "items": items, **more}


def map_of(values: Json) -> Json:
    """An object with any names, whose values are all alike."""
    return {"type": "object", "additionalProperties": values}


def or_null(schema: Json) -> Json:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(*words: str) -> Json:
    """One of these words."""
    return {"enum": [*words]}
