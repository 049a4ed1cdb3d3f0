"""Which store an address names, and the store that lives in memory.

`open_store` is the one place that knows every kind of store. What they all promise: `object_store`.
"""

import re
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

from modelsync.errors import UsageError
from modelsync.shell.directory_store import DirectoryStore
from modelsync.shell.object_store import (
    JSON,
    NOT_MODIFIED,
    Headers,
    NotModified,
    ObjectStore,
    StoredObject,
    check_condition,
    check_key,
    check_prefix,
    etag_of,
)

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


class MemoryStore:
    """Objects in this process's memory, for tests and dry runs; threads may share it. Keeps all headers."""

    def __init__(self) -> None:
        self._objects: dict[str, StoredObject] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> StoredObject | None:
        """The object at `key`, or None."""
        check_key(key)
        return self._objects.get(key)

    def get_if_changed(self, key: str, etag: str) -> StoredObject | NotModified | None:
        """The object at `key`, NOT_MODIFIED where it still has `etag`, or None."""
        found = self.get(key)
        return NOT_MODIFIED if found is not None and found.etag == etag else found

    def put(
        self,
        key: str,
        body: bytes,
        *,
        headers: Headers = JSON,
        if_absent: bool = False,
        if_match: str | None = None,
    ) -> str:
        """Keep the object and return its ETag; raises PreconditionFailedError where a condition fails."""
        check_key(key)
        written = StoredObject(key, bytes(body), etag_of(body), headers)
        with self._lock:
            found = self._objects.get(key)
            found_etag = None if found is None else found.etag
            check_condition(key, found_etag, if_absent=if_absent, if_match=if_match)
            self._objects[key] = written
        return written.etag

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """Keys that begin with `prefix`, in order."""
        check_prefix(prefix)
        with self._lock:
            return tuple(sorted(key for key in self._objects if key.startswith(prefix)))

    def delete(self, key: str) -> None:
        """Forget the object at `key`, if there is one."""
        check_key(key)
        with self._lock:
            self._objects.pop(key, None)


def open_store(address: str | Path) -> ObjectStore:
    """The store that a folder's path or a `file://` URL names; touches nothing.

    Raises UsageError for any other kind of address.
    """
    if isinstance(address, Path):
        return DirectoryStore(address)
    scheme = _SCHEME.match(address)
    if scheme is None and address and "\0" not in address:
        return DirectoryStore(Path(address))
    if scheme is not None and scheme[1].lower() == "file":
        return DirectoryStore(_path_of_file_url(address))
    if scheme is not None and scheme[1].lower() == "s3":
        raise UsageError("store: s3:// is not in this version, object stores come with the aws extra; give a folder")
    raise UsageError(f"store: expected a folder or a file:// URL, found {address[:80]!a}; write ./NAME for a folder")


def _path_of_file_url(url: str) -> Path:
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc not in ("", "localhost") or not path.startswith("/") or "\0" in path:
        raise UsageError(f"store: expected file:///absolute/folder, found {url[:80]!a}")
    return Path(path)
