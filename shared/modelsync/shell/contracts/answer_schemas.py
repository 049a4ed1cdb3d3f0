"""JSON Schema of what `models COMMAND --json` prints, for whoever writes a script around it.

One schema holds for every answer and every refusal, and has a definition for each command, which the member `command`
chooses. A model is the published record, of which it may lack what only a list knows, since a user's own models are
among them; a newer publisher's fields, and what the user said of it, may stand beside. The command knows no third party
and so no class makes this: tests run every command and hold its answers to it.
"""

from collections.abc import Mapping
from typing import Any, Final

Json = dict[str, Any]

ANSWER: Final = "command/answer"
"""The schema's name."""

_TEXT: Final[Json] = {"type": "string"}
_FLAG: Final[Json] = {"type": "boolean"}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_TIME: Final[Json] = {"type": "string", "format": "date-time"}
_ID: Final[Json] = {"type": "string", "minLength": 1, "description": "An id, exactly as it is called by"}
_AMOUNT: Final[Json] = {"type": "string", "pattern": "^[0-9]+([.][0-9]+)?$", "description": "USD as decimal text"}
_MODEL: Final[Json] = {"$ref": "#/$defs/model"}
_ANYTHING: Final[Json] = {}

_MAY_LACK: Final = frozenset({"description", "provider", "firstSeen"})
"""Fields of a published record that a user's own model, which no list has, is without."""


def _object(required: Json, optional: Json | None = None, **more: Any) -> Json:
    """An object that holds these members and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": [*required],
        "additionalProperties": False,
        **more,
    }


def _list(items: Json, **more: Any) -> Json:
    return {"type": "array", "items": items, **more}


def _map(values: Json) -> Json:
    return {"type": "object", "additionalProperties": values}


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(*words: str) -> Json:
    return {"enum": [*words]}


_IDS: Final = _list(_ID)
_TEXTS: Final = _list(_TEXT)
_CANDIDATE: Final = _object({"id": _ID, "cost": _TEXT, "why": _TEXT})
_SAID: Final = _list(_object({"layer": _TEXT, "words": _TEXT}))

_RESOLUTION: Final[Json] = {
    "outcome": _TEXT,
    "reason": _TEXT,
    "sentence": _TEXT,
    "confidence": _one_of("certain", "likely", "stopped"),
    "existence": _one_of("listed", "not listed", "unknown"),
    "priceBefore": _or_null(_AMOUNT),
    "priceAfter": _or_null(_AMOUNT),
    "lost": _TEXTS,
    "gained": _TEXTS,
    "notes": _TEXTS,
    "candidates": _list(_CANDIDATE),
    "steps": _list(_object({"name": _TEXT, "cameTo": _TEXT})),
}
_HOW_A_NAME_LEADS: Final = _object(
    {"asked": _TEXT, "id": _or_null(_ID), **_RESOLUTION}, description="Which model a name means, step by step"
)
_WHO_SAYS_SO: Final = _object(
    {
        "id": _ID,
        "about": _TEXT,
        "value": _ANYTHING,
        "source": _or_null(_TEXT),
        "confidence": _or_null(_one_of("high", "medium", "low")),
        "since": _or_null(_object({"at": _TEXT, "generation": _or_null(_COUNT)})),
        "evidence": _SAID,
        "overridden": _SAID,
    },
    description="Who says what a flag, a price or a state is",
)
_NOTICE: Final = _object(
    {
        "key": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "scope": _TEXT,
        "cause": _TEXT,
        "desired": _ID,
        "effective": _or_null(_ID),
        "milestone": _or_null(_COUNT),
        "text": _TEXT,
    },
    description="What became of a saved choice",
)
_CATALOG: Final = _object(
    {
        "source": _or_null(_TEXT),
        "loadedFrom": _one_of("cache", "network", "bundled", "folder", "file"),
        "generation": _COUNT,
        "generatedAt": _TIME,
        "freshness": _TEXT,
        "ageSeconds": _COUNT,
        "checkedAt": _or_null(_TIME),
        "lastRefresh": _or_null(_TEXT),
        "lastError": _or_null(_TEXT),
    },
    description="Which catalog answered",
)
_TOTAL: Final[Json] = {**_COUNT, "description": "How many there are, shown or not"}
_HIDDEN: Final[Json] = {**_map({"type": "integer", "minimum": 1}), "description": "How many are not shown, by why"}
_ESTIMATE: Final = _object(
    {
        "id": _ID,
        "status": _one_of("exact", "range", "unknown"),
        "low": _or_null(_AMOUNT),
        "high": _or_null(_AMOUNT),
        "text": _TEXT,
        "parts": _list(
            _object({"leg": _TEXT, "units": _COUNT, "low": _or_null(_AMOUNT), "high": _or_null(_AMOUNT)}),
        ),
        "notes": _TEXTS,
    }
)
_CHANGE: Final = _object(
    {
        "kind": _TEXT,
        "id": _ID,
        "at": _TIME,
        "generation": _COUNT,
        "field": _or_null(_TEXT),
        "before": _ANYTHING,
        "after": _ANYTHING,
        "note": _or_null(_TEXT),
        "text": _TEXT,
    }
)
_BACKEND: Final = _object(
    {
        "backend": _TEXT,
        "wireId": _or_null(_ID),
        "mapping": _TEXT,
        "available": _or_null(_FLAG),
        "whyNot": _or_null(_TEXT),
        "priceNote": _or_null(_TEXT),
    }
)
_CHOICE: Final = _object(
    {"scope": _TEXT, "desired": _ID, "effective": _or_null(_ID), "backend": _TEXT, "boundAt": _TIME, **_RESOLUTION}
)
_LEVEL: Final = _one_of("pass", "warn", "fail")
_REPORT: Final = _object(
    {
        "id": _ID,
        "target": _ID,
        "ok": _FLAG,
        "verdict": _LEVEL,
        "checks": _list(
            _object(
                {
                    "code": {"type": "string", "pattern": "^S[0-9]{2}$"},
                    "level": _LEVEL,
                    "message": _TEXT,
                    "hint": _or_null(_TEXT),
                    "data": _map(_ANYTHING),
                }
            )
        ),
        "unchecked": _TEXTS,
        "effective": _map(_ANYTHING),
        "cost": _object({"before": _or_null(_TEXT), "after": _or_null(_TEXT)}),
        "fitsInstead": _IDS,
    }
)
_KEY: Final = _object(
    {"backend": _TEXT, "configured": _FLAG, "state": _TEXT, "source": _TEXT, "readFrom": _TEXT},
    description="That there is a key, and where; never the key",
)
_OWN_MODEL: Final = _object(
    {"backend": _TEXT, "id": _ID}, {"baseUrl": _TEXT, "keyRef": _TEXT, "fields": _map(_ANYTHING)}
)
_OWN: Final = _object(
    {
        "schema": {"const": 1},
        "models": _list(_OWN_MODEL),
        "aliases": _map(_ID),
        "favourites": _IDS,
        "recents": _IDS,
        "hidden": _IDS,
        "overrides": _map(_map(_ANYTHING)),
        "promoted": _list(_object({"id": _ID}, {"alias": _or_null(_TEXT), "bucket": _or_null(_TEXT)})),
    },
    description="All that a user added, as `models user export` prints it",
)
_KEPT: Final = _object({"id": _ID, "reason": _or_null(_TEXT), "replacement": _or_null(_ID)})
_JUST_AN_ID: Final = _object({"id": _ID})
_COUNTS: Final = _object(dict.fromkeys(("listed", "active", "recommended", "gone"), _COUNT))

ITEMS: Final[Mapping[str, tuple[Json, ...]]] = {
    "list": (_MODEL,),
    "search": (_MODEL,),
    "show": (_MODEL,),
    "pick": ({"allOf": [_MODEL, {"properties": {"why": _TEXT}, "required": ["why"]}]},),
    "compare": (_MODEL,),
    "cost": (_ESTIMATE,),
    "changes": (_CHANGE,),
    "why": (_WHO_SAYS_SO, _HOW_A_NAME_LEADS),
    "backends": (_BACKEND,),
    "use": (_MODEL,),
    "current": (_CHOICE,),
    "check": (_REPORT,),
    "keys": (_KEY,),
    "ack": (_NOTICE, _object({"key": _NOTICE["properties"]["key"], "scope": _TEXT})),
    "alias": (_object({"alias": _TEXT, "id": _ID}),),
    "fav": (_KEPT, _JUST_AN_ID),
    "hide": (_KEPT, _JUST_AN_ID),
    "promote": (_object({"id": _ID}, {"alias": _or_null(_TEXT), "bucket": _or_null(_TEXT)}),),
    "user": (
        _OWN,
        _object({"id": _ID, "backend": _TEXT, "existence": _RESOLUTION["existence"]}),
        _object({"id": _ID, "fields": _map(_ANYTHING)}),
        _JUST_AN_ID,
    ),
    "status": (_object({**_CATALOG["properties"], "counts": _COUNTS}),),
    "refresh": (
        _object(
            {
                "status": _TEXT,
                "fromGeneration": _or_null(_COUNT),
                "toGeneration": _or_null(_COUNT),
                "requests": _COUNT,
                "bytes": _COUNT,
                "error": _or_null(_TEXT),
            }
        ),
    ),
    "doctor": (_object({"name": _TEXT, "level": _TEXT, "message": _TEXT, "hint": _or_null(_TEXT)}),),
    "telemetry": (
        _object(
            {
                "kind": _TEXT,
                "isOn": _FLAG,
                "forbiddenBy": _or_null(_TEXT),
                "target": _or_null(_TEXT),
                "waiting": _COUNT,
                "kept": _COUNT,
                "retryAt": _or_null(_TEXT),
            }
        ),
        _object({"path": _TEXT, "body": {**_TEXT, "description": "The document, byte for byte"}}),
        _object({"kind": _TEXT, "status": _TEXT, "sent": _list(_TEXT), "waiting": _COUNT, "error": _or_null(_TEXT)}),
    ),
    "completion": (_object({"shell": _TEXT, "script": _TEXT}),),
}
"""What the items of each command are."""

_PAGE: Final[Json] = {
    "cursor": _or_null({**_TEXT, "description": "What `--cursor` takes for the next page"}),
    "isResemblance": {**_FLAG, "description": "Whether no name has the text in it, and these only resemble it"},
}
_ROW: Final = _object(
    {
        "label": _TEXT,
        "cells": _list(_object({"value": _ANYTHING, "note": _or_null(_TEXT)})),
        "best": _list(_COUNT, description="Places of the best cells, from 0"),
        "differs": _FLAG,
    }
)
_BESIDES: Final[Mapping[str, Json]] = {
    "list": _PAGE,
    "search": _PAGE,
    "show": {"similar": _list(_object({"id": _ID, "ratio": _TEXT}))},
    "compare": {"rows": _list(_ROW)},
    "changes": {"since": _TEXT, "begins": _or_null(_TEXT), "gap": _or_null(_TEXT)},
    "use": {"scope": _TEXT, "chosen": _or_null(_ID)},
}
"""What each answer has beside the members that all have."""
_SOMETIMES_BESIDES: Final[Mapping[str, Json]] = {"use": {"backend": _TEXT, "lost": _TEXTS}}

ERROR: Final = _object(
    {
        "schema": {"const": 1},
        "error": _object(
            {
                "kind": {
                    **_TEXT,
                    "description": "One word: bug, usage, not-found, ambiguous, unavailable, credentials, no-catalog, "
                    "not-fresh, check-failed, refused or interrupted",
                },
                "exitCode": {"type": "integer", "minimum": 1, "maximum": 141},
                "message": _TEXT,
                "hint": _or_null(_TEXT),
                "candidates": _list(_CANDIDATE),
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
    shared = {"catalog": _CATALOG, "notices": _list(_NOTICE), "total": _TOTAL, "hidden": _HIDDEN}
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
    items, besides = ITEMS[command], _BESIDES.get(command, {})
    members = {
        "schema": {"const": 1},
        "command": {"const": command},
        "catalog": _or_null({"$ref": "#/$defs/catalog"}),
        "items": _list(items[0] if len(items) == 1 else {"anyOf": [*items]}),
        "total": {"$ref": "#/$defs/total"},
        "hidden": {"$ref": "#/$defs/hidden"},
        "notices": {"$ref": "#/$defs/notices"},
    }
    return _object({**members, **besides}, _SOMETIMES_BESIDES.get(command), description=f"`models {command} --json`")
