"""What a reader keeps on disk: the last good set, and how the last refreshes went.

- `catalog` is a bundle, replaced by one rename: a reader finds the old set or the new one, and with it the table of
  that very set. `state.json` is beside it; lost or damaged it costs one request, never the set.
- A set that cannot be read any more is moved aside as `catalog.bad`, never repaired.
- Folders are 0700 and files 0600. Each source has a folder of its own, and so has each major schema, so that clients
  of two versions leave each other's sets alone.

Locks and writes belong to whoever refreshes; reading takes no lock.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, NamedTuple

from modelsync.client.reading.ages import read_time
from modelsync.client.reading.bundle import MAX_BUNDLE_BYTES, decode, encode
from modelsync.client.reading.digests import short_sha256
from modelsync.client.reading.files import locked, make_private_folder, read_file, replace_file, sweep
from modelsync.client.reading.guard import Status
from modelsync.client.reading.sets import SCHEMA_MAJOR, DocumentSet, parse_object
from modelsync.errors import StoreError

_MAX_STATE_BYTES = 64 * 1024
_FOLDER_CHARACTERS = 16


Stamp = tuple[int, int, int]
"""What changes whenever the kept set is replaced."""


class State(NamedTuple):
    """How refreshes went; every field survives the process, none of them the file's loss."""

    address: str | None = None
    """Where `etag` is from."""
    etag: str | None = None
    etag_of: str | None = None
    """Digest of the manifest that the ETag names, so that it is never sent for another one."""
    checked_at: datetime | None = None
    """When a server last confirmed that the kept set is the published one."""
    observed_at: datetime | None = None
    """When the publisher last looked at its own source, where that was asked."""
    failures: int = 0
    retry_at: datetime | None = None
    status: Status | None = None
    error: str | None = None
    told_at: datetime | None = None
    """When somebody was last told to upgrade."""


class Cache:
    """The kept set and state of one source, in `folder`, which the first write makes."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._catalog, self._state = os.path.join(folder, "catalog"), os.path.join(folder, "state.json")

    def stamp(self) -> Stamp | None:
        """The kept set's stamp; None: there is no set."""
        try:
            found = os.stat(self._catalog)
        except OSError:
            return None
        return (found.st_ino, found.st_mtime_ns, found.st_size)

    def load(self) -> DocumentSet | None:
        """The kept set; None where there is none, or none that can be read, which is moved aside."""
        stamp = self.stamp()
        try:
            body = read_file(self._catalog, limit=MAX_BUNDLE_BYTES)
        except StoreError:  # unreadable today is no proof that it is damaged
            return None
        try:
            return None if body is None else decode(body, where=self._catalog)
        except StoreError:
            with suppress(OSError):
                if self.stamp() == stamp:  # nobody replaced it meanwhile
                    os.replace(self._catalog, f"{self._catalog}.bad")
            return None

    def save(self, documents: DocumentSet) -> None:
        """Keep the set in place of the one before; raises StoreError and leaves that one."""
        replace_file(self._catalog, encode(documents))

    def state(self) -> State:
        """The kept state; a blank one where there is none that can be read."""
        try:
            body = read_file(self._state, limit=_MAX_STATE_BYTES)
            return State() if body is None else _state_of(parse_object(body, where=self._state))
        except StoreError:
            return State()

    def save_state(self, state: State) -> None:
        """Keep the state; raises StoreError."""
        replace_file(self._state, json.dumps(_written(state)).encode())

    @contextmanager
    def locked(self, *, wait_seconds: float) -> Iterator[bool]:
        """The only refresh of this source on this machine: True where it is ours; raises StoreError."""
        make_private_folder(self.folder)
        with locked(os.path.join(self.folder, "lock"), wait_seconds=wait_seconds) as is_ours:
            if is_ours:
                sweep(self.folder)
            yield is_ours


def cache_folder(root: str, source: str) -> str:
    """The folder of one source below the cache's root; its name tells nothing of the address."""
    digest = short_sha256(source.encode("utf-8", "surrogateescape"))
    return os.path.join(root, f"v{SCHEMA_MAJOR}", digest[:_FOLDER_CHARACTERS])


def _written(state: State) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in state._asdict().items()
    }


def _state_of(document: Mapping[str, Any]) -> State:
    status = document.get("status")
    failures = document.get("failures")
    return State(
        address=_text(document, "address"),
        etag=_text(document, "etag"),
        etag_of=_text(document, "etag_of"),
        checked_at=_time(document, "checked_at"),
        observed_at=_time(document, "observed_at"),
        failures=failures if isinstance(failures, int) and failures >= 0 else 0,
        retry_at=_time(document, "retry_at"),
        status=Status(status) if status in set(Status) else None,
        error=_text(document, "error"),
        told_at=_time(document, "told_at"),
    )


def _text(document: Mapping[str, Any], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) else None


def _time(document: Mapping[str, Any], name: str) -> datetime | None:
    value = document.get(name)
    return None if value is None else read_time(value, where=name)
