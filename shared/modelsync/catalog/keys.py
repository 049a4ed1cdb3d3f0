"""Object names: where each document lies below the store's prefix.

Keys are made only here, of numbers, dates and fixed words; no text of a feed ever becomes part of one.
"""

from datetime import datetime

MANIFEST, STATUS = "manifest", "status"
CURRENT, CURATED, DEPRECATIONS, SIGNALS, CHANGES = "current", "curated", "deprecations", "signals", "changes"

SET_DOCUMENTS = (CURRENT, CURATED, DEPRECATIONS, SIGNALS, CHANGES)
"""The documents of one generation, in the order in which they are written."""


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


def history_key(source: str, month: str) -> str:
    """Event log of one month; `month` is `YYYY-MM`."""
    return f"{source}/history/changes-{month}.ndjson"


def history_prefix(source: str) -> str:
    """Prefix of all month files."""
    return f"{source}/history/"


BINDINGS_PREFIX = "bindings/"
