"""JSON Schemas of what clients report, for whoever writes a client in another language.

Reports are read by hand (`sources.reports`), for the door that reads them has to start quickly; so these are the
only schemas that no class makes. They are made of the same words and bounds, and a test holds them to say the same
as the reader, but for three rules that a schema cannot state: a report's day is one of the last eight, today or
tomorrow; no row or lease speaks of what another one speaks of; and a count is written without a fraction, also
without one of zero.
"""

import re
from collections.abc import Mapping
from typing import Final

from modelsync.catalog.capabilities import Capability
from modelsync.catalog.model_ids import MAX_LENGTH
from modelsync.catalog.reports import (
    BACKEND,
    CLIENT_ID,
    CLIENT_VERSION,
    FAILURES,
    HIGHEST_COUNT,
    MOST_LEASES,
    MOST_ROWS,
    SCHEMA,
)
from modelsync.shell.contracts.json_schema import Json, object_of
from modelsync.sources.reports import LEASE_COUNTS

_PART: Final = r"[A-Za-z0-9][A-Za-z0-9._+@-]*"


def _text(pattern: re.Pattern[str], description: str) -> Json:
    return {"type": "string", "pattern": f"^(?:{pattern.pattern})$", "description": description}


_COUNT: Final[Json] = {"type": "integer", "minimum": 0, "maximum": HIGHEST_COUNT}
_DAY: Final[Json] = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_MODEL_ID: Final[Json] = {
    "type": "string",
    "maxLength": MAX_LENGTH,
    "pattern": f"^~?{_PART}(/{_PART})*(:{_PART})?$",
    "not": {"pattern": r"\.\."},
    "description": "OpenRouter's id, as its list spells it; ids of people's own models are never sent",
}
_CLIENT: Final = _text(CLIENT_ID, "128 random bits, drawn by the client and drawn anew at least once a year")
_SCHEMA: Final[Json] = {"const": SCHEMA}


def _row(capability: Capability) -> Json:
    failures = {str(failure): _COUNT for failure in FAILURES[capability]}
    return {
        "type": "array",
        "description": "[model, backend, capability, calls that ended well, calls that failed by how they did]",
        "prefixItems": [
            _MODEL_ID,
            _text(BACKEND, "Who executed the calls, for example `openrouter`"),
            {"const": str(capability)},
            _COUNT,
            object_of({}, failures, description="Calls by how they failed"),
        ],
        "items": False,
        "minItems": 5,
    }


_LEASE: Final = object_of(
    {"id": _MODEL_ID, "lastUsedDay": {**_DAY, "description": "When it was last used (UTC), at the latest tomorrow"}},
    {"n": {"enum": [*LEASE_COUNTS], "description": "How many bindings it stands for; not kept"}},
    description="One saved choice",
)

REPORT_SCHEMAS: Final[Mapping[str, Json]] = {
    "reports/telemetry": object_of(
        {
            "schema": _SCHEMA,
            "client": _CLIENT,
            "clientVersion": _text(CLIENT_VERSION, "Version of the client's software, for example `1.4.0`"),
            "day": {**_DAY, "description": "The day that is reported on (UTC)"},
            "rows": {"type": "array", "maxItems": MOST_ROWS, "items": {"anyOf": [_row(each) for each in FAILURES]}},
        },
        description="`POST /v1/telemetry`: how the calls of one client and one day ended.",
    ),
    "reports/bindings": object_of(
        {
            "schema": _SCHEMA,
            "client": _CLIENT,
            "day": {**_DAY, "description": "The day of the report (UTC)"},
            "leases": {"type": "array", "maxItems": MOST_LEASES, "items": _LEASE},
        },
        {"gen": {"type": "integer", "description": "The generation that the client has; not kept"}},
        description="`PUT /v1/bindings`: which models are a saved choice of one client.",
    ),
}
