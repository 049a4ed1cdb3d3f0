"""A catalog as a pipeline publishes it from two recorded lists, weeks apart, shortlist and log included."""

import gzip
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from modelsync.catalog.documents import encode
from modelsync.client.catalog import Catalog
from modelsync.pipeline.overrides import parse_overrides
from tests.timeline import Timeline

FIRST: Final = ("openrouter-20260608T0111Z.json.gz", datetime(2026, 6, 8, 1, 11, tzinfo=UTC))
SECOND: Final = ("openrouter-20260721T0835Z.json.gz", datetime(2026, 7, 21, 8, 35, tzinfo=UTC))
NEWEST: Final = ("openrouter-20260808T1842Z.json.gz", datetime(2026, 8, 8, 18, 42, tzinfo=UTC))
OVERRIDES: Final = Path(__file__).resolve().parents[2] / "overrides"


@cache
def recorded_documents(recorded_feeds: Path) -> dict[str, Any]:
    """The documents by name, with the repository's own overrides."""
    files = {path.name: path.read_bytes() for path in OVERRIDES.glob("*.json")}
    line = Timeline(overrides=parse_overrides(files))
    for name, at in (FIRST, SECOND, NEWEST):
        line.read_body(gzip.decompress((recorded_feeds / name).read_bytes()), at=at, accept=True)
    line.curate(at=NEWEST[1])
    documents = {name: json.loads(encode(document)) for name, document in line.published.by_name().items()}
    generated = max(document["generatedAt"] for document in documents.values())
    return {**documents, "manifest": {"generation": line.generation, "generatedAt": generated}}


def recorded_catalog(recorded_feeds: Path) -> Catalog:
    """The view of them."""
    return Catalog.of(recorded_documents(recorded_feeds))
