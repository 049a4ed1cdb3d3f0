"""One generation's documents, whole: the bytes that were published, held against their manifest.

- A document is its key's bytes and no other: length and SHA-256 are what the manifest says. That is computed when a
  set is fetched or read from a folder; of a kept one `bundle` says how it is known to be the same since.
- A set has a `current`; of the others it has those that its manifest names and that this client reads.
- Bytes are parsed when they are asked for, once; entries that cannot be read are left out (`entries`).

Whether a set may replace another is `guard`'s business, where it comes from is `transport`'s.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeGuard

from modelsync.catalog.keys import CHANGES, CURATED, CURRENT, DEPRECATIONS, MANIFEST
from modelsync.client.catalog import Catalog, Documents
from modelsync.client.reading.ages import read_time
from modelsync.client.reading.digests import short_sha256
from modelsync.client.reading.index import Index
from modelsync.client.reading.indexed import IndexedCatalog
from modelsync.client.reading.sources import checked_key
from modelsync.errors import StoreError

DOCUMENTS = (CURRENT, CURATED, DEPRECATIONS, CHANGES)
"""What this client reads of a generation; with the manifest at most five requests."""

SCHEMA_MAJOR = 1
MAX_MANIFEST_BYTES = 256 * 1024
MAX_DOCUMENT_BYTES = 32 * 1024 * 1024
"""A catalog of 437 models is 0.7 MB; its manifest is 2 KB."""

_LONGEST_NUMBER = 6
_DEEPEST, _INFINITE = 64, float("inf")
_NESTING = frozenset({dict, list})
_GREATEST = 2**53 - 1
"""Of whole numbers: beyond it, readers that count in binary fractions take two for one."""
_HEX, _DIGEST_CHARACTERS = frozenset("0123456789abcdef"), 64
_ADVICE = "fetch it again, or ask who publishes it"


Body = bytes | memoryview
"""A document's bytes, or where they stand in those of a bundle: cutting a bundle up copies nothing."""


class Entry(NamedTuple):
    """What a manifest says of one document."""

    key: str
    sha256: str
    bytes: int
    generation: int


class Manifest(NamedTuple):
    """The pointer that is polled; of a schema that is too new only `major` is known."""

    body: bytes
    major: int
    generation: int
    generated_at: datetime
    stale_after: datetime
    entries: Mapping[str, Entry]

    @property
    def sha256(self) -> str:
        """Digest of the manifest itself."""
        return short_sha256(self.body)


class DocumentSet(Documents):
    """The parsed documents of one generation by name, the manifest among them."""

    __slots__ = ("_parsed", "_table", "bodies", "left_out", "manifest")

    def __init__(self, manifest: Manifest, bodies: Mapping[str, Body], *, table: bytes = b"") -> None:
        """Hold the documents; raises StoreError where they are not those of the manifest.

        Those that a `table` (`index`) was kept with were held against the manifest when that was made: whoever hands
        it on says that they are the same bytes.
        """
        for name, entry in manifest.entries.items():
            if name not in bodies:
                raise StoreError(f"{entry.key}: found no document, expected {entry.bytes} bytes; {_ADVICE}")
            if not table:
                check_body(entry, bodies[name])
        self.manifest = manifest
        self.bodies: Mapping[str, Body] = {MANIFEST: manifest.body, **{name: bodies[name] for name in manifest.entries}}
        self._table = table
        self._parsed: dict[str, Mapping[str, Any]] = {}
        self.left_out: tuple[str, ...] = ()
        """What was left out of the documents that were parsed so far, a sentence for each list (`entries`)."""

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        if name not in self._parsed:
            self._parsed[name] = self._read(name)
        return self._parsed[name]

    def _read(self, name: str) -> Mapping[str, Any]:
        """One document; of a set that has a table every entry was looked at before it was kept, and none left out."""
        if self._table:
            return _parsed(self.bodies[name], where=name)
        document = parse_object(self.bodies[name], where=name)
        if name == MANIFEST:
            return document
        from modelsync.client.reading.entries import sound

        entry = self.manifest.entries[name]
        _check_document(document, entry=entry)
        found = sound(name, document, where=entry.key)
        self.left_out += found.left_out
        return found.document

    def __contains__(self, name: object) -> bool:
        return name in self.bodies  # without this, Mapping would parse the document to find out

    def __iter__(self) -> Iterator[str]:
        return iter(self.bodies)

    def __len__(self) -> int:
        return len(self.bodies)

    def view(self) -> Catalog | None:
        """The catalog by the table that was kept with these documents; None: there is none."""
        return IndexedCatalog(self, Index(self._table, self.bodies)) if self._table else None

    @property
    def generation(self) -> int:
        """The number of the set, which rises with each publish."""
        return self.manifest.generation

    def active_count(self) -> int:
        """How many models are listed and there."""
        return sum(1 for model in self[CURRENT]["models"] if model.get("state") == "active")


def read_manifest(body: bytes, *, where: str = MANIFEST) -> Manifest:
    """The manifest in those bytes; raises StoreError where they are none."""
    document = parse_object(body, where=where)
    major = _major_of(document, where=where)
    if major > SCHEMA_MAJOR:
        epoch = read_time("1970-01-01T00:00:00Z", where=where)
        return Manifest(body, major, generation=0, generated_at=epoch, stale_after=epoch, entries={})
    return Manifest(
        body,
        major,
        generation=_whole_number(document.get("generation"), where=f"{where}: generation"),
        generated_at=read_time(document.get("generatedAt"), where=f"{where}: generatedAt"),
        stale_after=read_time(document.get("staleAfter"), where=f"{where}: staleAfter"),
        entries=_entries_of(document, where=where),
    )


def observed_at(body: bytes) -> datetime | None:
    """When the publisher last read its own source, by its heartbeat; None where that does not say.

    It tells a still world from a pipeline that stands still, which a set cannot say of itself.
    """
    try:
        return read_time(parse_object(body, where="status").get("observedAt"), where="status")
    except StoreError:
        return None


def check_body(entry: Entry, body: Body) -> None:
    """Raise StoreError unless the bytes are the ones that the manifest names."""
    if len(body) != entry.bytes:
        raise StoreError(f"{entry.key}: found {len(body)} bytes, expected {entry.bytes}; {_ADVICE}")
    import hashlib

    if hashlib.sha256(body).hexdigest() != entry.sha256:
        raise StoreError(f"{entry.key}: found another SHA-256 than the manifest says, expected the same; {_ADVICE}")


def parse_object(body: Body, *, where: str) -> Mapping[str, Any]:
    """The JSON object in those bytes; raises StoreError, also where another reader could not read it.

    NaN and its like are no JSON. How deep a parser goes depends on where it is called from, so a limit far below that
    is kept instead: what is taken once can be read everywhere.
    """
    parsed = _parsed(body, where=where)
    _check_depth(parsed, where=where)
    return parsed


def _parsed(body: Body, *, where: str) -> dict[str, Any]:
    try:
        parsed = json.loads(str(body, "utf-8"), parse_constant=_refused, parse_float=_finite)
    except RecursionError:
        raise _too_deep(where) from None
    except ValueError:  # UnicodeDecodeError is one
        parsed = None
    if not isinstance(parsed, dict):
        raise StoreError(f"{where}: found bytes that are no JSON object, expected one; {_ADVICE}")
    return parsed


def _refused(text: str) -> float:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    return number if abs(number) != _INFINITE else _refused(text)


def _check_depth(document: dict[str, Any], *, where: str) -> None:
    level: list[Any] = [document]
    for _ in range(_DEEPEST):
        parts = [each.values() if type(each) is dict else each for each in level]
        level = [value for part in parts for value in part if type(value) in _NESTING]
        if not level:
            return
    raise _too_deep(where)


def _too_deep(where: str) -> StoreError:
    return StoreError(f"{where}: found parts nested deeper than {_DEEPEST}, expected at most that; {_ADVICE}")


def _entries_of(document: Mapping[str, Any], *, where: str) -> dict[str, Entry]:
    listed = document.get("documents")
    if not isinstance(listed, dict) or CURRENT not in listed:
        raise StoreError(f"{where}: documents: found no {CURRENT}, expected its key and digest; {_ADVICE}")
    return {name: entry_of(listed[name], where=f"{where}: documents.{name}") for name in DOCUMENTS if name in listed}


def entry_of(value: object, *, where: str) -> Entry:
    """What a manifest says of one document; raises StoreError."""
    if not isinstance(value, dict):
        raise StoreError(f"{where}: found no object, expected key, sha256, bytes and generation; {_ADVICE}")
    key, digest = value.get("key"), value.get("sha256")
    size = _whole_number(value.get("bytes"), where=f"{where}.bytes")
    if not isinstance(key, str) or not _is_digest(digest):
        raise StoreError(f"{where}: found no key or no SHA-256, expected both; {_ADVICE}")
    if size > MAX_DOCUMENT_BYTES:
        raise StoreError(f"{where}: found {size} bytes, expected at most {MAX_DOCUMENT_BYTES}; ask who publishes it")
    generation = _whole_number(value.get("generation"), where=f"{where}.generation")
    return Entry(checked_key(key), digest, size, generation)


def _check_document(document: Mapping[str, Any], *, entry: Entry) -> None:
    major, generation = _major_of(document, where=entry.key), document.get("generation")
    if major != SCHEMA_MAJOR or generation != entry.generation:
        found = f"found schema {major} and generation {str(generation)[:20]}"
        raise StoreError(f"{entry.key}: {found}, expected {SCHEMA_MAJOR} and {entry.generation}; {_ADVICE}")


def _major_of(document: Mapping[str, Any], *, where: str) -> int:
    version = document.get("schemaVersion")
    parts = version.split(".") if isinstance(version, str) else []
    if len(parts) != len(("major", "minor")) or not all(map(_is_short_number, parts)):
        raise StoreError(f"{where}: schemaVersion: found {str(version)[:20]!a}, expected one like 1.0; {_ADVICE}")
    return int(parts[0])


def _is_short_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER


def _is_digest(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) == _DIGEST_CHARACTERS and _HEX.issuperset(value)


def _whole_number(value: object, *, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _GREATEST:
        return value
    raise StoreError(f"{where}: found {str(value)[:20]!a}, expected a whole number from 0 to {_GREATEST}; {_ADVICE}")
