"""Which store an address names, and the store that lives in memory.

`open_store` is the one place that knows every kind of store. What they all promise: `object_store`.
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from modelsync.errors import StoreError, UsageError
from modelsync.shell.storage.directory_store import DirectoryStore
from modelsync.shell.storage.object_store import (
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
from modelsync.shell.storage.patience import DEFAULT_LIMITS, Limits
from modelsync.shell.storage.s3_profile import Credentials, Profile, profile_of
from modelsync.shell.storage.secrets import credentials_reader

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class MemoryStore:
    """Objects in this process's memory, for tests and dry runs; threads may share it. Keeps all headers but tags."""

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
        written = StoredObject(key, bytes(body), etag_of(body), replace(headers, tags={}))
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


def open_store(
    address: str | Path,
    *,
    endpoint_url: str | None = None,
    profile: str | None = None,
    credentials: Callable[[], Credentials] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> ObjectStore:
    """The store that a folder's path, a `file://` URL or `s3://bucket[/prefix]` names; touches nothing.

    The rest is for S3: `endpoint_url` of a store that is not AWS, the name of its `profile` where the endpoint does
    not tell, and `credentials`, asked for once at the first request, in place of the usual AWS configuration; `limits`
    say how patient to be. Raises UsageError for any other kind of address, and for words that do not fit.
    """
    if isinstance(address, Path):
        return DirectoryStore(address)
    scheme = _SCHEME.match(address)
    if scheme is None and address and "\0" not in address:
        return DirectoryStore(Path(address))
    if scheme is not None and scheme[1].lower() == "file":
        return DirectoryStore(_path_of_file_url(address))
    if scheme is not None and scheme[1].lower() == "s3":
        bucket, key_prefix = _bucket_and_prefix(address)
        return _s3_store(
            bucket,
            key_prefix,
            endpoint_url=endpoint_url,
            profile=profile_of(profile, endpoint_url),
            credentials=credentials,
            limits=limits,
        )
    expected = "a folder, a file:// URL or s3://bucket/prefix"
    raise UsageError(f"store: expected {expected}, found {address[:80]!a}; write ./NAME for a folder")


def store_of(environment: Mapping[str, str], *, limits: Limits = DEFAULT_LIMITS) -> ObjectStore:
    """The store that the environment of a function names, for doors that need a store and no job."""
    address = environment.get("MODELSYNC_STORE")
    if not address:
        raise UsageError("MODELSYNC_STORE: expected a folder, a file:// URL or s3://bucket/prefix, found nothing")
    return open_store(
        address,
        endpoint_url=environment.get("MODELSYNC_ENDPOINT_URL") or None,
        profile=environment.get("MODELSYNC_S3_PROFILE") or None,
        credentials=credentials_reader(environment),
        limits=limits,
    )


def _s3_store(
    bucket: str,
    key_prefix: str,
    *,
    endpoint_url: str | None,
    profile: Profile,
    credentials: Callable[[], Credentials] | None,
    limits: Limits,
) -> ObjectStore:
    try:  # late, so that a folder needs no boto3 and does not pay for it
        from modelsync.shell.storage.s3_client import make_client
        from modelsync.shell.storage.s3_store import S3Store
    except ModuleNotFoundError as error:
        if error.name != "botocore":
            raise
        raise UsageError("store: s3:// needs boto3, found none; pip install 'modelsync[aws]'") from error
    make = partial(make_client, profile, endpoint_url, credentials=credentials, limits=limits)
    return S3Store(bucket, key_prefix, make_client=make, profile=profile, limits=limits)


def _bucket_and_prefix(url: str) -> tuple[str, str]:
    """What `s3://bucket/prefix` names; it is not quoted in an error, for it may hold a password."""
    bucket, _, path = url.partition("://")[2].partition("/")
    prefix = f"{path.rstrip('/')}/" if path else ""
    if not _BUCKET.fullmatch(bucket):
        found = "a name or password in it" if "@" in bucket else "no bucket's name (3 to 63 of a-z, 0-9, . and -)"
        raise UsageError(f"store: expected s3://bucket or s3://bucket/prefix, found {found}")
    try:
        check_prefix(prefix)
    except StoreError as error:
        raise UsageError(f"store: expected s3://{bucket}/ and plain words such as models, found others") from error
    return bucket, prefix


def _path_of_file_url(url: str) -> Path:
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc not in ("", "localhost") or not path.startswith("/") or "\0" in path:
        raise UsageError(f"store: expected file:///absolute/folder, found {url[:80]!a}")
    return Path(path)
