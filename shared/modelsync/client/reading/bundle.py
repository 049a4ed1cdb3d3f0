"""One file that holds a whole published set: what a cache keeps, and what the package brings along.

The first line says what follows, as JSON: the format's version, the digest of the manifest, and each document's name
and size, in order. Behind it stand the documents' own bytes, so that they can still be held against the manifest, and
last the table of `index`, which ends with the CRC-32 of the whole file before it. One file is replaced by one rename,
so no reader ever finds half a set, or the table of another one.

- A table is made of a set whose digests were checked and which opens as a catalog. Where the CRC-32 is right, these
  are the bytes that were checked then: digests are not computed again, and nothing but the manifest is parsed.
- Where it is not, or there is no table, every document is held against its digest, and the table is not looked at.
  It guards against damage, as the digests in the same file do; neither could tell who wrote the file.

Does not decide where a bundle lies: `cache` and the command that ships one do.
"""

import json
import os
import zlib
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from modelsync.catalog.keys import MANIFEST
from modelsync.client.catalog import Catalog
from modelsync.client.reading.files import AnyPath, read_file, replace_file
from modelsync.client.reading.index import index_of
from modelsync.client.reading.sets import (
    MAX_DOCUMENT_BYTES,
    MAX_MANIFEST_BYTES,
    SCHEMA_MAJOR,
    DocumentSet,
    observed_at,
    parse_object,
    read_manifest,
)
from modelsync.client.reading.sources import MANIFEST_KEY, STATUS_KEY, Folder, source_named
from modelsync.errors import NotFoundError, StoreError, UsageError

FORMAT = 1
MAX_BUNDLE_BYTES = 4 * MAX_DOCUMENT_BYTES
_MAX_HEADER_BYTES = 4096
_TABLE, _CRC_BYTES = "index", 8
_ADVICE = "make it again with `syncmodels bundle`"


def encode(documents: DocumentSet) -> bytes:
    """The set as one file's bytes; equal sets give equal bytes."""
    table = index_of(documents, documents.bodies)
    sizes = {name: len(body) for name, body in documents.bodies.items()}
    sizes |= {_TABLE: len(table) + _CRC_BYTES} if table else {}
    header = {"modelsyncBundle": FORMAT, "manifestSha256": documents.manifest.sha256, "sizes": sizes}
    line = json.dumps(header, separators=(",", ":")).encode()
    body = b"".join((line, b"\n", *documents.bodies.values(), table))
    return body + _crc_of(body) if table else body


def decode(body: bytes, *, where: str) -> DocumentSet:
    """The set in those bytes, known to be those that were checked; raises StoreError where anything is off.

    One that this client cannot open is off too: kept by another version, it would stand in the way for ever.
    """
    end = body.find(b"\n", 0, _MAX_HEADER_BYTES)
    if end < 0:
        raise StoreError(f"{where}: found no first line of JSON, expected a bundled set; {_ADVICE}")
    header = parse_object(body[:end], where=where)
    bodies = _cut(body, end + 1, sizes=_sizes_of(header, where=where), where=where)
    manifest = read_manifest(bytes(bodies.pop(MANIFEST)), where=where)
    table = bytes(bodies.get(_TABLE, b"")[:-_CRC_BYTES])
    if table and manifest.major == SCHEMA_MAJOR and _crc_of(memoryview(body)[:-_CRC_BYTES]) == body[-_CRC_BYTES:]:
        return DocumentSet(manifest, bodies, table=table)
    if manifest.sha256 != header.get("manifestSha256"):
        raise StoreError(f"{where}: found a manifest of another SHA-256, expected the first line's; {_ADVICE}")
    if manifest.major != SCHEMA_MAJOR:
        raise StoreError(f"{where}: found schema {manifest.major}, expected {SCHEMA_MAJOR}; upgrade modelsync")
    documents = DocumentSet(manifest, bodies)
    Catalog.of(documents)
    return documents


def read_bundle(path: AnyPath) -> DocumentSet:
    """The set in the file at `path`; raises NotFoundError where there is none, else StoreError."""
    body = read_file(path, limit=MAX_BUNDLE_BYTES)
    if body is None:
        raise NotFoundError(f"{path}: found no file, expected a bundled set; {_ADVICE}")
    return decode(body, where=os.path.basename(path))


def read_folder(folder: Folder) -> DocumentSet:
    """The set that stands published in a store on this machine; raises NotFoundError where there is none."""
    body = read_file(os.path.join(folder.path, MANIFEST_KEY), limit=MAX_MANIFEST_BYTES)
    if body is None:
        raise NotFoundError(_nothing_in(folder))
    manifest = read_manifest(body, where=MANIFEST_KEY)
    if manifest.major != SCHEMA_MAJOR:
        raise StoreError(f"{folder}: found schema {manifest.major}, expected {SCHEMA_MAJOR}; upgrade modelsync")
    bodies = {name: read_file(os.path.join(folder.path, e.key), limit=e.bytes) for name, e in manifest.entries.items()}
    return DocumentSet(manifest, {name: found for name, found in bodies.items() if found is not None})


def _nothing_in(folder: Folder) -> str:
    """What is wrong with a folder that has no catalog; above it no folder is told by its name."""
    if not os.path.exists(folder.path):
        expected = "a published catalog: a store's folder or a bundled file"
        return f"{folder}: found nothing there, expected {expected}; mend the path"
    path, advice = os.fspath(folder.path), "publish or mend the path"
    for above in ("the folder above", "the folder two above"):
        path = os.path.dirname(path)
        if os.path.exists(os.path.join(path, MANIFEST_KEY)):
            advice = f"it is in {above}: name that"
            break
    return f"{folder}: found no {MANIFEST_KEY}, expected a published catalog; {advice}"


def folder_observed_at(folder: Folder, documents: DocumentSet, *, now: datetime) -> datetime | None:
    """When the store's pipeline last read its own source, asked only once the set is past its time; None: unknown."""
    if now <= documents.manifest.stale_after:
        return None
    body = read_file(os.path.join(folder.path, STATUS_KEY), limit=MAX_MANIFEST_BYTES)
    return None if body is None else observed_at(body)


def write_bundle(store: str, target: AnyPath) -> DocumentSet:
    """Write what stands published in the store's folder to one file at `target`, whole, and return it.

    Raises UsageError where `store` is no folder, NotFoundError where nothing is published, StoreError for the rest.
    """
    source = source_named(store)
    if not isinstance(source, Folder):
        raise UsageError(f"bundle: found {store[:80]!a}, expected a store's folder; publish into one first")
    documents = read_folder(source)
    for name in documents:
        _ = documents[name]  # what is shipped must parse
    if documents.left_out:
        raise StoreError(f"bundle: {documents.left_out[0]}")
    Catalog.of(documents)  # and must open
    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    replace_file(target, encode(documents), mode=0o644)
    return documents


def _crc_of(body: bytes | memoryview) -> bytes:
    return f"{zlib.crc32(body):08x}".encode()


def _sizes_of(header: Mapping[str, Any], *, where: str) -> Mapping[str, int]:
    sizes = header.get("sizes")
    if header.get("modelsyncBundle") != FORMAT or not isinstance(sizes, dict) or MANIFEST not in sizes:
        raise StoreError(f"{where}: found a first line that is none of a bundle, expected format {FORMAT}; {_ADVICE}")
    if not all(type(size) is int and size >= 0 for size in sizes.values()):
        raise StoreError(f"{where}: found sizes that are no whole numbers from 0, expected such; {_ADVICE}")
    return sizes


def _cut(body: bytes, start: int, *, sizes: Mapping[str, int], where: str) -> dict[str, memoryview]:
    view, ends = memoryview(body), [start]
    for size in sizes.values():
        ends.append(ends[-1] + size)
    if ends[-1] != len(body):
        raise StoreError(f"{where}: found {len(body)} bytes, expected {ends[-1]}; {_ADVICE}")
    return {name: view[begin:end] for name, (begin, end) in zip(sizes, pairwise(ends), strict=True)}
