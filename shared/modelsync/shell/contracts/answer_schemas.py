"""JSON Schema of what `models COMMAND --json` prints, for whoever writes a script around it.

One schema holds for every answer and every refusal, and has a definition for each command, which the member `command`
chooses. A model is the published record, of which it may lack what only a list knows, since a user's own models are
among them; a newer publisher's fields, and what the user said of it, may stand beside.
"""

from collections.abc import Mapping
from typing import Any, Final

from modelsync.shell.contracts.answer_items import (
    BESIDES,
    CANDIDATE,
    CATALOG,
    HIDDEN,
    ITEMS,
    NOTICE,
    SOMETIMES_BESIDES,
    TEXT,
    TOTAL,
)
from modelsync.shell.contracts.json_schema import Json, list_of, object_of, or_null

ANSWER: Final = "command/answer"
"""The schema's name."""

_MAY_LACK: Final = frozenset({"description", "provider", "firstSeen"})
"""Fields of a published record that a user's own model, which no list has, is without."""

ERROR: Final = object_of(
    {
        "schema": {"const": 1},
        "error": object_of(
            {
                "kind": {
                    **TEXT,
                    "description": "One word: bug, usage, not-found, ambiguous, unavailable, credentials, no-catalog, "
                    "not-fresh, check-failed, refused or interrupted",
                },
                "exitCode": {"type": "integer", "minimum": 1, "maximum": 141},
                "message": TEXT,
                "hint": or_null(TEXT),
                "candidates": list_of(CANDIDATE),
            }
        ),
    },
    description="Why there is no answer; the same number is the exit code.",
)


def answer_schema(current: Mapping[str, Any]) -> Json:
    """The schema of every answer, around the record that the schema of `current.json` describes."""
    shapes = dict(current["$defs"])
    record = shapes.pop("ModelInfo")
    commands = {name: _answer(name) for name in ITEMS}
    shared = {"catalog": CATALOG, "notices": list_of(NOTICE), "total": TOTAL, "hidden": HIDDEN}
    return {
        "description": "What `models COMMAND --json` prints: an answer or an error.",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in ("error", *commands)],
        "$defs": {**shapes, **shared, "model": _as_seen(record), "error": ERROR, **commands},
    }


def _as_seen(record: Json) -> Json:
    """A published record as a user sees it: open, and without what no list told."""
    return {
        **record,
        "description": "A model as published, with the user's word on it.",
        "required": [name for name in record["required"] if name not in _MAY_LACK],
        "additionalProperties": True,
    }


def _answer(command: str) -> Json:
    items, besides = ITEMS[command], BESIDES.get(command, {})
    members = {
        "schema": {"const": 1},
        "command": {"const": command},
        "catalog": or_null({"$ref": "#/$defs/catalog"}),
        "items": list_of(items[0] if len(items) == 1 else {"anyOf": [*items]}),
        "total": {"$ref": "#/$defs/total"},
        "hidden": {"$ref": "#/$defs/hidden"},
        "notices": {"$ref": "#/$defs/notices"},
    }
    return object_of({**members, **besides}, SOMETIMES_BESIDES.get(command), description=f"`models {command} --json`")
