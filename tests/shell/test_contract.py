"""The frozen contract of version 1: what readers rely on does not change unannounced.

A schema whose digest changed fails here. Then decide:
- a field was added: say so in CHANGELOG.md, put the new digest here, in the commit that adds the field;
- a field was renamed, retyped, removed, or means something else: that is version 2, in a folder beside `v1`.
"""

import hashlib
from pathlib import Path

import pytest

COMMITTED = Path(__file__).resolve().parents[2] / "schemas" / "v1"

DIGESTS = {
    "changes": "aa382e2bbe46d1a2",
    "command/answer": "eae38f70550c4d09",
    "curated": "833b83540989cd02",
    "current": "b9cf38149b6b8e49",
    "deprecations": "b1dd31d0a728a694",
    "manifest": "3af3ff57a82ed80f",
    "overrides/alias-overrides": "8b50ddf7d5afa365",
    "overrides/backend-mappings": "b762b49a5f9b322a",
    "overrides/capability-overrides": "aa27fe62d149d5be",
    "overrides/curated-overrides": "a06fbdb0d98cb5bb",
    "overrides/deprecation-overrides": "1b234b1b3afddbfc",
    "overrides/family-rules": "c006876145e76d4b",
    "overrides/pinned": "678852cec5f8bf54",
    "overrides/quality-overrides": "3e7c8ec65cbf12ab",
    "reports/bindings": "8803605a094c228a",
    "reports/telemetry": "59ddf800feb7a5c3",
    "signals": "5bbeb9c9bdf2f711",
    "status": "cc854948fad2ea8b",
}
"""The first 16 hexadecimal digits of the SHA-256 of each schema file."""


@pytest.mark.parametrize("name", DIGESTS)
def test_no_schema_of_version_1_changed_unannounced(name: str) -> None:
    assert hashlib.sha256((COMMITTED / f"{name}.schema.json").read_bytes()).hexdigest()[:16] == DIGESTS[name]


def test_every_schema_of_version_1_is_frozen() -> None:
    files = (path.relative_to(COMMITTED).as_posix() for path in COMMITTED.rglob("*.schema.json"))
    assert {file.removesuffix(".schema.json") for file in files} == DIGESTS.keys()
