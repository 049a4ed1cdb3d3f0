"""The shapes of what `models COMMAND --json` lists, in JSON Schema, and which command lists which.

The command knows no third party and so no class makes these: tests run every command and hold its answers to them.
"""

from collections.abc import Mapping
from typing import Final

from modelsync.shell.contracts.json_schema import Json, list_of, map_of, object_of, one_of, or_null

TEXT: Final[Json] = {"type": "string"}
_FLAG: Final[Json] = {"type": "boolean"}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_TIME: Final[Json] = {"type": "string", "format": "date-time"}
_ID: Final[Json] = {"type": "string", "minLength": 1, "description": "An id, exactly as it is called by"}
_AMOUNT: Final[Json] = {"type": "string", "pattern": "^[0-9]+([.][0-9]+)?$", "description": "USD as decimal text"}
_MODEL: Final[Json] = {"$ref": "#/$defs/model"}
_ANYTHING: Final[Json] = {}

_IDS: Final = list_of(_ID)
_TEXTS: Final = list_of(TEXT)
CANDIDATE: Final = object_of({"id": _ID, "cost": TEXT, "why": TEXT})
_SAID: Final = list_of(object_of({"layer": TEXT, "words": TEXT}))

_RESOLUTION: Final[Json] = {
    "outcome": TEXT,
    "reason": TEXT,
    "sentence": TEXT,
    "confidence": one_of("certain", "likely", "stopped"),
    "existence": one_of("listed", "not listed", "unknown"),
    "priceBefore": or_null(_AMOUNT),
    "priceAfter": or_null(_AMOUNT),
    "lost": _TEXTS,
    "gained": _TEXTS,
    "notes": _TEXTS,
    "candidates": list_of(CANDIDATE),
    "steps": list_of(object_of({"name": TEXT, "cameTo": TEXT})),
}
_HOW_A_NAME_LEADS: Final = object_of(
    {"asked": TEXT, "id": or_null(_ID), **_RESOLUTION}, description="Which model a name means, step by step"
)
_WHO_SAYS_SO: Final = object_of(
    {
        "id": _ID,
        "about": TEXT,
        "value": _ANYTHING,
        "source": or_null(TEXT),
        "confidence": or_null(one_of("high", "medium", "low")),
        "since": or_null(object_of({"at": TEXT, "generation": or_null(_COUNT)})),
        "evidence": _SAID,
        "overridden": _SAID,
    },
    description="Who says what a flag, a price or a state is",
)
NOTICE: Final = object_of(
    {
        "key": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "scope": TEXT,
        "cause": TEXT,
        "desired": _ID,
        "effective": or_null(_ID),
        "milestone": or_null(_COUNT),
        "text": TEXT,
    },
    description="What became of a saved choice",
)
CATALOG: Final = object_of(
    {
        "source": or_null(TEXT),
        "loadedFrom": one_of("cache", "network", "bundled", "folder", "file"),
        "generation": _COUNT,
        "generatedAt": _TIME,
        "freshness": TEXT,
        "ageSeconds": _COUNT,
        "checkedAt": or_null(_TIME),
        "lastRefresh": or_null(TEXT),
        "lastError": or_null(TEXT),
    },
    description="Which catalog answered",
)
TOTAL: Final[Json] = {
    **_COUNT,
    "description": "How many there are, shown or not, whatever was filtered: those of all pages, and the hidden ones",
}
HIDDEN: Final[Json] = {**map_of({"type": "integer", "minimum": 1}), "description": "How many are not shown, by why"}
_ESTIMATE: Final = object_of(
    {
        "id": _ID,
        "status": one_of("exact", "range", "unknown"),
        "low": or_null(_AMOUNT),
        "high": or_null(_AMOUNT),
        "text": TEXT,
        "parts": list_of(
            object_of({"leg": TEXT, "units": _COUNT, "low": or_null(_AMOUNT), "high": or_null(_AMOUNT)}),
        ),
        "notes": _TEXTS,
    }
)
_CHANGE: Final = object_of(
    {
        "kind": TEXT,
        "id": _ID,
        "at": _TIME,
        "generation": _COUNT,
        "field": or_null(TEXT),
        "before": _ANYTHING,
        "after": _ANYTHING,
        "note": or_null(TEXT),
        "text": TEXT,
    }
)
_BACKEND: Final = object_of(
    {
        "backend": TEXT,
        "wireId": or_null(_ID),
        "mapping": TEXT,
        "available": or_null(_FLAG),
        "whyNot": or_null(TEXT),
        "priceNote": or_null(TEXT),
        "baseUrl": or_null(TEXT),
    }
)
_CHOICE: Final = object_of(
    {"scope": TEXT, "desired": _ID, "effective": or_null(_ID), "backend": TEXT, "boundAt": _TIME, **_RESOLUTION}
)
_LEVEL: Final = one_of("pass", "warn", "fail")
_REPORT: Final = object_of(
    {
        "id": _ID,
        "target": _ID,
        "ok": _FLAG,
        "verdict": _LEVEL,
        "checks": list_of(
            object_of(
                {
                    "code": {"type": "string", "pattern": "^S[0-9]{2}$"},
                    "level": _LEVEL,
                    "message": TEXT,
                    "hint": or_null(TEXT),
                    "data": map_of(_ANYTHING),
                }
            )
        ),
        "unchecked": _TEXTS,
        "effective": map_of(_ANYTHING),
        "cost": object_of({"before": or_null(TEXT), "after": or_null(TEXT)}),
        "fitsInstead": _IDS,
    }
)
_KEY: Final = object_of(
    {"backend": TEXT, "configured": _FLAG, "state": TEXT, "source": TEXT, "readFrom": TEXT},
    description="That there is a key, and where; never the key",
)
_OWN_MODEL: Final = object_of(
    {"backend": TEXT, "id": _ID}, {"baseUrl": TEXT, "keyRef": TEXT, "fields": map_of(_ANYTHING)}
)
_OWN: Final = object_of(
    {
        "schema": {"const": 1},
        "models": list_of(_OWN_MODEL),
        "aliases": map_of(_ID),
        "favourites": _IDS,
        "recents": _IDS,
        "hidden": _IDS,
        "overrides": map_of(map_of(_ANYTHING)),
        "promoted": list_of(object_of({"id": _ID}, {"alias": or_null(TEXT), "bucket": or_null(TEXT)})),
    },
    description="All that a user added, as `models user export` prints it",
)
_USE: Final[Json] = {**TEXT, "description": "What it is the best for, where no use was asked for"}
_KEPT: Final = object_of({"id": _ID, "reason": or_null(TEXT), "replacement": or_null(_ID)})
_JUST_AN_ID: Final = object_of({"id": _ID})
_COUNTS: Final = object_of(dict.fromkeys(("listed", "active", "recommended", "gone"), _COUNT))

ITEMS: Final[Mapping[str, tuple[Json, ...]]] = {
    "list": (_MODEL,),
    "search": (_MODEL,),
    "show": (_MODEL,),
    "pick": ({"allOf": [_MODEL, {"properties": {"why": TEXT, "use": _USE}, "required": ["why"]}]},),
    "compare": (_MODEL,),
    "cost": (_ESTIMATE,),
    "changes": (_CHANGE,),
    "why": (_WHO_SAYS_SO, _HOW_A_NAME_LEADS),
    "backends": (_BACKEND,),
    "use": (_MODEL,),
    "current": (_CHOICE,),
    "check": (_REPORT,),
    "keys": (_KEY,),
    "ack": (NOTICE, object_of({"key": NOTICE["properties"]["key"], "scope": TEXT})),
    "alias": (object_of({"alias": TEXT, "id": _ID}),),
    "fav": (_KEPT, _JUST_AN_ID),
    "hide": (_KEPT, _JUST_AN_ID),
    "promote": (object_of({"id": _ID}, {"alias": or_null(TEXT), "bucket": or_null(TEXT)}),),
    "user": (
        _OWN,
        object_of({"id": _ID, "backend": TEXT, "existence": _RESOLUTION["existence"]}),
        object_of({"id": _ID, "fields": map_of(_ANYTHING)}),
        _JUST_AN_ID,
    ),
    "status": (object_of({**CATALOG["properties"], "counts": _COUNTS}),),
    "refresh": (
        object_of(
            {
                "status": TEXT,
                "fromGeneration": or_null(_COUNT),
                "toGeneration": or_null(_COUNT),
                "requests": _COUNT,
                "bytes": _COUNT,
                "error": or_null(TEXT),
            },
            {"models": object_of({"added": _COUNT, "removed": _COUNT, "repriced": _COUNT})},
        ),
    ),
    "doctor": (object_of({"name": TEXT, "level": TEXT, "message": TEXT, "hint": or_null(TEXT)}),),
    "telemetry": (
        object_of(
            {
                "kind": TEXT,
                "isOn": _FLAG,
                "forbiddenBy": or_null(TEXT),
                "target": or_null(TEXT),
                "waiting": _COUNT,
                "kept": _COUNT,
                "retryAt": or_null(TEXT),
            }
        ),
        object_of({"path": TEXT, "body": {**TEXT, "description": "The document, byte for byte"}}),
        object_of({"kind": TEXT, "status": TEXT, "sent": list_of(TEXT), "waiting": _COUNT, "error": or_null(TEXT)}),
    ),
    "completion": (object_of({"shell": TEXT, "script": TEXT}),),
}
"""What the items of each command are."""

_PAGE: Final[Json] = {
    "cursor": or_null({**TEXT, "description": "What `--cursor` takes for the next page"}),
    "isResemblance": {**_FLAG, "description": "Whether no name has the text in it, and these only resemble it"},
}
_MATCHES: Final[Json] = {
    "matches": {
        **_COUNT,
        "description": "How many are all that was asked for, on all pages: `total` but the hidden ones",
    }
}
_ROW: Final = object_of(
    {
        "label": TEXT,
        "cells": list_of(object_of({"value": _ANYTHING, "note": or_null(TEXT)})),
        "best": list_of(_COUNT, description="Places of the best cells, from 0"),
        "differs": _FLAG,
    }
)
BESIDES: Final[Mapping[str, Json]] = {
    "list": _PAGE,
    "search": _PAGE,
    "show": {"similar": list_of(object_of({"id": _ID, "ratio": TEXT}))},
    "compare": {"rows": list_of(_ROW)},
    "changes": {"since": TEXT, "begins": or_null(TEXT), "gap": or_null(TEXT)},
    "use": {"scope": TEXT, "chosen": or_null(_ID)},
}
"""What each answer has beside the members that all have."""
SOMETIMES_BESIDES: Final[Mapping[str, Json]] = {
    "list": _MATCHES,
    "search": _MATCHES,
    "use": {"backend": TEXT, "lost": _TEXTS},
}
"""What it may have."""
