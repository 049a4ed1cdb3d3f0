"""Object names: where each document lies below the store's prefix.

Keys are made only here, of numbers, dates, fixed words and words of the operator; no text of a feed or of a client
ever becomes part of one.
"""

import re
from datetime import UTC, date, datetime

from modelsync.errors import UsageError

_REPORTER = r"(?P<reporter>[a-z0-9-]{1,40})/(?P<place>[0-9a-f]{2})\.json"
_KEPT_BINDINGS = rf"(?:.*/)?bindings/v1/{_REPORTER}"
_KEPT_TELEMETRY = rf"(?a:telemetry/v1/(?P<day>\d{{4}}-\d{{2}}-\d{{2}})/{_REPORTER})"
"""As text: whoever reads a catalog takes none of these apart, and a pattern is compiled once it is used."""

OPENROUTER = "openrouter"
PROVIDERS = ("deepseek", "dashscope", "moonshot")
"""The sources, each the first part of its documents' keys: the one with a shortlist, and the direct providers."""

MANIFEST, STATUS = "manifest", "status"
CURRENT, CURATED, DEPRECATIONS, SIGNALS, CHANGES = "current", "curated", "deprecations", "signals", "changes"

SET_DOCUMENTS = (CURRENT, CURATED, DEPRECATIONS, SIGNALS, CHANGES)
"""The documents of one generation, in the order in which they are written."""


def provider_named(name: str | None) -> str:
    """The direct provider of that name; raises UsageError where there is none."""
    if name in PROVIDERS:
        return name
    raise UsageError(f"provider: expected one of {', '.join(PROVIDERS)}, found {(name or 'none')[:40]!a}")


def document_key(source: str, name: str) -> str:
    """Fixed name of a document, for example `openrouter/current.json`."""
    return f"{source}/{name}.json"


def set_key(source: str, generation: int, name: str) -> str:
    """Immutable copy of a document as one generation published it."""
    return f"{source}/sets/{generation}/{name}.json"


def generation_of(key: str) -> int:
    """The generation that a key below `all_sets_prefix` belongs to."""
    return int(key.partition("/sets/")[2].partition("/")[0])


def all_sets_prefix(source: str) -> str:
    """Prefix of everything that any generation published."""
    return f"{source}/sets/"


def snapshot_key(source: str, at: datetime) -> str:
    """Name of the raw snapshot of an hour (UTC): `openrouter/raw-2026080818.json`."""
    return f"{source}/raw-{at:%Y%m%d%H}.json"


def snapshot_time(key: str) -> datetime:
    """The hour (UTC) of a raw snapshot, by its key."""
    return datetime.strptime(key.rpartition("/raw-")[2], "%Y%m%d%H.json").replace(tzinfo=UTC)


def schema_key(major: str, file: str) -> str:
    """A JSON Schema of one major version, for example `schemas/v1/current.schema.json`."""
    return f"schemas/v{major}/{file}"


def history_key(source: str, month: str) -> str:
    """Event log of one month; `month` is `YYYY-MM`."""
    return f"{source}/history/changes-{month}.ndjson"


def history_prefix(source: str) -> str:
    """Prefix of all month files."""
    return f"{source}/history/"


BINDINGS_PREFIX = "bindings/"


def bindings_key(reporter: str, place: int) -> str:
    """Where one client's bindings are kept; `reporter` is a word of the operator, `place` from 0 to 255."""
    return f"{BINDINGS_PREFIX}v1/{reporter}/{place:02x}.json"


def bindings_reporter(key: str) -> str | None:
    """Whose credential brought what `bindings_key` named, below any prefix; None: the deployment's own clients."""
    kept = re.fullmatch(_KEPT_BINDINGS, key)
    return kept["reporter"] if kept is not None else None


TELEMETRY_PREFIX = "telemetry/v1/"


def telemetry_key(day: date, reporter: str, place: int) -> str:
    """Where one client's outcomes of a day are kept; `reporter` and `place` as for bindings."""
    return f"{TELEMETRY_PREFIX}{day}/{reporter}/{place:02x}.json"


def telemetry_place(key: str) -> tuple[date, str, int] | None:
    """The day, the reporter and the place that `telemetry_key` was given; None for a key that it never gives."""
    kept = re.fullmatch(_KEPT_TELEMETRY, key)
    try:
        return None if kept is None else (date.fromisoformat(kept["day"]), kept["reporter"], int(kept["place"], 16))
    except ValueError:  # a day that no calendar has
        return None


ENRICHMENT_COPY = "enrichment/models-dev.json"
"""What the catalog keeps of models.dev: the last good copy, reduced."""

ASKED_RUN = "admin/run.json"
"""The run that was asked for by hand last."""
