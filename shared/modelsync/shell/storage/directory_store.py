"""A folder as an object store: one file per object, safe against crashes and against writers at once.

- A write is a hidden temporary file beside the target, flushed to the disk, then renamed over it. Killed at
  any point, it leaves the old object or the new one. Readers take no lock.
- All writers hold one lock, `.lock` in the root, from reading the old object to the rename. It belongs to the
  process (flock): the kernel releases it however the process ends.
- Temporary files are made and renamed under that lock, so whoever holds it may sweep any that it finds.
- Hidden files, foreign names and symbolic links are no objects: `list` passes over them, and a key that leads
  through a link is refused, so that nothing outside the root is ever read or written.

Works where flock does (Linux, macOS, and network file systems that support it).
"""

import errno
import fcntl
import itertools
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from modelsync.errors import StoreError
from modelsync.shell.storage.object_store import (
    JSON,
    JSON_TYPE,
    NOT_MODIFIED,
    Headers,
    NotModified,
    StoredObject,
    check_condition,
    check_key,
    check_prefix,
    etag_of,
    is_key,
)

LOCK_NAME = ".lock"
TEMPORARY_PREFIX = ".tmp-"
LOCK_SECONDS = 30.0
"""A write takes milliseconds; who waits this long waits for a process that hangs."""

SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.0005, 0.01

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": JSON_TYPE,
    ".md": "text/markdown; charset=utf-8",
    ".ndjson": "application/x-ndjson",
    ".gz": "application/gzip",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
}
OTHER_CONTENT_TYPE = "application/octet-stream"

_ADVICE = {
    errno.EACCES: "give this user the right to do so",
    errno.EPERM: "give this user the right to do so",
    errno.EROFS: "choose a folder that can be written",
    errno.ENOSPC: "free some space and run again",
    errno.EDQUOT: "free some space and run again",
    errno.EEXIST: "a file stands where a folder belongs: move it away",
    errno.ENOTDIR: "a file stands where a folder belongs: move it away",
    errno.EISDIR: "a folder stands where an object belongs: move it away",
    errno.ELOOP: "a symbolic link stands where a file belongs: move it away",
}


class DirectoryStore:
    """Objects as files below `root`, which the first write creates.

    The content type follows from the key's suffix (CONTENT_TYPES) and no other header is kept: `put` takes
    headers and drops them, so that the folder holds the documents and nothing else. `sync` flushes a
    file or folder to the disk; `lock_seconds` bounds the wait for other writers.
    """

    def __init__(
        self, root: str | Path, *, sync: Callable[[int], None] = os.fsync, lock_seconds: float = LOCK_SECONDS
    ) -> None:
        self._root = Path(root).absolute()
        self._sync, self._lock_seconds = sync, lock_seconds
        self._swept: set[Path] = set()
        self._numbers = itertools.count()

    def __repr__(self) -> str:
        return f"DirectoryStore({str(self._root)!r})"

    def get(self, key: str) -> StoredObject | None:
        """The object at `key`, or None."""
        path = self._path(key)
        with self._named_errors(key, "read"):
            body = _read_file(path)
        return None if body is None else StoredObject(key, body, etag_of(body), Headers(_content_type(key)))

    def get_if_changed(self, key: str, etag: str) -> StoredObject | NotModified | None:
        """The object at `key`, NOT_MODIFIED where it still has `etag`, or None; reads the file to know."""
        found = self.get(key)
        return NOT_MODIFIED if found is not None and found.etag == etag else found

    def put(
        self,
        key: str,
        body: bytes,
        *,
        headers: Headers = JSON,  # noqa: ARG002  the suffix says the type, there is no sidecar
        if_absent: bool = False,
        if_match: str | None = None,
    ) -> str:
        """Write the object and return its ETag; raises PreconditionFailedError where a condition fails."""
        path = self._path(key)
        with self._named_errors(key, "written"), self._locked():
            found = _read_file(path) if if_absent or if_match is not None else None
            found_etag = None if found is None else etag_of(found)
            check_condition(key, found_etag, if_absent=if_absent, if_match=if_match)
            self._make_folder(path.parent)
            self._sweep(path.parent)
            self._replace(path, body)
        return etag_of(body)

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """Keys that begin with `prefix`, in order."""
        check_prefix(prefix)
        inside = prefix.rpartition("/")[0]
        folder = self._path(inside) if inside else self._checked_root()
        with self._named_errors(f"{prefix}*", "listed"):
            keys = _keys(folder, f"{inside}/" if inside else "")
            return tuple(sorted(key for key in keys if key.startswith(prefix)))

    def delete(self, key: str) -> None:
        """Remove the object at `key`, if there is one, and the folders it leaves empty."""
        path = self._path(key)
        if not self._checked_root().exists():
            return  # and make no folder only to take its lock
        with self._named_errors(key, "deleted"), self._locked():
            if not path.is_file():
                return
            path.unlink()
            self._sync_folder(path.parent)
            for folder in itertools.takewhile(lambda parent: parent != self._root, path.parents):
                if any(folder.iterdir()):
                    return
                folder.rmdir()

    def _path(self, key: str) -> Path:
        check_key(key)
        root, segments = self._checked_root(), key.split("/")
        expected = os.path.join(os.path.realpath(root), *segments)
        if os.path.realpath(expected) != expected:
            raise StoreError(f"store: {key} in {root}: found a symbolic link on the way, expected none; remove it")
        return root.joinpath(*segments)

    def _checked_root(self) -> Path:
        with self._named_errors("the folder", "found"):
            if self._root.exists() and not self._root.is_dir():
                raise StoreError(f"store: {self._root}: found a file, expected a folder; choose another one")
        return self._root

    def _make_folder(self, folder: Path) -> None:
        missing = list(itertools.takewhile(lambda each: not each.exists(), (folder, *folder.parents)))
        for each in reversed(missing):
            each.mkdir(exist_ok=True)
            self._sync_folder(each.parent)

    def _sweep(self, folder: Path) -> None:
        """Remove what killed writers left in `folder`, once in this store's life; needs the lock."""
        if folder not in self._swept:
            for left in folder.glob(f"{TEMPORARY_PREFIX}*"):
                left.unlink()
            self._swept.add(folder)

    def _replace(self, path: Path, body: bytes) -> None:
        temporary = path.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-{next(self._numbers)}")
        # Not O_EXCL: we hold the lock, so a file of this name is a dead writer's (containers share low pids).
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with open(os.open(temporary, flags, 0o666), "wb") as file:
                file.write(body)
                file.flush()
                self._sync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        self._sync_folder(path.parent)

    def _sync_folder(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._sync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._make_folder(self._root)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self._root / LOCK_NAME, flags, 0o666)
        try:
            self._wait_for_lock(descriptor)
            yield
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing is not enough if another thread forked meanwhile
        finally:
            os.close(descriptor)

    def _wait_for_lock(self, descriptor: int) -> None:
        deadline = time.monotonic() + self._lock_seconds
        pause_seconds = SHORTEST_PAUSE_SECONDS
        while not _try_lock(descriptor):
            if time.monotonic() >= deadline:
                found = f"found it held by another process for {self._lock_seconds:g} s"
                place = self._root / LOCK_NAME
                raise StoreError(f"store: {place}: {found}, expected it free; end that process and run again")
            time.sleep(pause_seconds)
            pause_seconds = min(2 * pause_seconds, LONGEST_PAUSE_SECONDS)

    @contextmanager
    def _named_errors(self, key: str, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or type(error).__name__
            advice = _ADVICE.get(error.errno or 0, "see that the folder is in order and run again")
            raise StoreError(f"store: {key} in {self._root} cannot be {done}: {reason}; {advice}") from error


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_file(path: Path) -> bytes | None:
    """Content of the file at `path`; None where there is none, or a folder."""
    try:
        # Not blocking: a named pipe must not hang the reader.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            return None
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is neither a file nor a folder")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def _keys(folder: Path, prefix: str) -> Iterator[str]:
    """Keys of the objects in `folder`, whose own key is `prefix`, and in the folders below it."""
    try:
        with os.scandir(folder) as scan:
            entries = tuple(scan)
    except (
        FileNotFoundError,
        NotADirectoryError,
    ):  # deleted meanwhile, or the prefix goes on where a file is
        return
    for entry in entries:
        key = f"{prefix}{entry.name}"
        if not is_key(key):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _keys(folder / entry.name, f"{key}/")
        elif entry.is_file(follow_symlinks=False):
            yield key


def _content_type(key: str) -> str:
    return CONTENT_TYPES.get(PurePosixPath(key).suffix.lower(), OTHER_CONTENT_TYPE)
