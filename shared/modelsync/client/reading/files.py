"""Files of the client: read whole or not at all, replaced whole or not at all, locked between processes.

- A write goes to a hidden file beside the target, is flushed to the disk, then renamed over it: killed at any point,
  it leaves the old file or the new one.
- Only a file is read, and no more of it than the limit: whoever may write a folder may put a pipe there.
- A lock belongs to the process; the kernel releases it however the process ends.

Works on Linux, macOS and Windows, and knows nothing of catalogs. Paths are worked on as text: `pathlib` would be a
tenth of what a start takes, and reading one file needs none of it.
"""

import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO

from modelsync.errors import StoreError

AnyPath = str | os.PathLike[str]
"""How a caller may name a file."""

TEMPORARY_PREFIX = ".tmp-"
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
_PAUSE_SECONDS = 0.01
_PIECE_BYTES = 65_536
_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0)
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def read_file(path: AnyPath, *, limit: int) -> bytes | None:
    """Content of the file at `path`; None where there is none; raises StoreError above `limit` bytes.

    A pipe or a device in its place is refused, and not waited for: it may never begin, and never end.
    """
    return _read(path, limit=limit, opener=_open_at_once)


def read_given(path: AnyPath, *, limit: int) -> bytes | None:
    """The same of what somebody named on purpose, to be read once: a pipe is waited for, too, up to `limit` bytes."""
    return _read(path, limit=limit, opener=None)


def replace_file(path: AnyPath, body: bytes, *, mode: int = PRIVATE_FILE) -> None:
    """Write the file whole and durably; raises StoreError and leaves the old one where it cannot be."""
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f"{TEMPORARY_PREFIX}{os.getpid()}-{time.monotonic_ns()}-{name}")
    try:
        _write_whole(temporary, body, mode=mode)
        os.replace(temporary, path)
        _flush_folder(folder)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {_reason(error)}; free space or choose another folder") from error
    finally:
        with suppress(OSError):
            os.unlink(temporary)


def make_private_folder(folder: AnyPath) -> None:
    """Make the folder and those above it that are missing, for this user only; raises StoreError."""
    try:
        for missing in reversed(_missing(os.fspath(folder))):
            _make_one(missing)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made: {_reason(error)}; choose another folder") from error


def sweep(folder: AnyPath, *, name: str = "*") -> None:
    """Remove what killed writers left in `folder`, of one file or of all; only for who holds the lock of those."""
    from pathlib import Path  # late: only who writes sweeps

    for left in Path(folder).glob(f"{TEMPORARY_PREFIX}*-{name}"):
        with suppress(OSError):
            left.unlink()


@contextmanager
def locked(path: AnyPath, *, wait_seconds: float) -> Iterator[bool]:
    """Hold the lock at `path`: True, or False where another process still holds it after `wait_seconds`.

    Raises StoreError where the file system can hold no lock there.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _PLAIN, PRIVATE_FILE)
    except OSError as error:
        raise StoreError(f"{path}: cannot be locked: {_reason(error)}; choose another folder") from error
    try:
        is_held = _wait_for(descriptor, path=path, wait_seconds=wait_seconds)
        yield is_held
        if is_held:
            _release(descriptor)  # closing is not enough where another thread forked meanwhile
    finally:
        os.close(descriptor)


def _read(path: AnyPath, *, limit: int, opener: Callable[[str, int], int] | None) -> bytes | None:
    try:
        with open(path, "rb", buffering=0, opener=opener) as file:
            status = os.fstat(file.fileno())
            is_refused = opener is not None and not stat.S_ISREG(status.st_mode)
            size = status.st_size
            body = b"" if is_refused or size > limit else _read_most(file, most=limit + 1, expected=size)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {_reason(error)}; see that it is a file you may read") from error
    if is_refused:
        raise StoreError(f"{path}: found a pipe or a device, expected a file; move it away")
    if max(size, len(body)) > limit:
        found = size if size > limit else f"more than {limit}"
        raise StoreError(f"{path}: found {found} bytes, expected at most {limit}; move it away")
    return body


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | _WITHOUT_WAITING)


def _read_most(file: FileIO, *, most: int, expected: int) -> bytes:
    """Bytes up to the end, or that many; what a file says of its size is where to begin, and need not be true."""
    pieces = list[bytes]()
    while most > 0 and (piece := file.read(min(most, max(expected + 1, _PIECE_BYTES)))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


def _write_whole(path: str, body: bytes, *, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(descriptor)


def _flush_folder(folder: str) -> None:
    if sys.platform == "win32":
        return  # there, a folder cannot be opened to be flushed
    descriptor = os.open(folder or os.curdir, os.O_RDONLY | _PLAIN)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, *, path: AnyPath, wait_seconds: float) -> bool:
    deadline = time.monotonic() + wait_seconds
    while not _try_lock(descriptor, path=path):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def _try_lock(descriptor: int, *, path: AnyPath) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        raise StoreError(f"{path}: cannot be locked: {_reason(error)}; choose another folder") from error
    return True


def _release(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _make_one(folder: str) -> None:
    try:
        os.mkdir(folder, PRIVATE_FOLDER)
    except FileExistsError:
        if not os.path.isdir(folder):  # else somebody made it meanwhile
            raise


def _missing(folder: str) -> list[str]:
    """The folder and those above it that are not there, the deepest first."""
    missing = list[str]()
    while folder and not os.path.exists(folder):
        missing.append(folder)
        folder = os.path.dirname(folder.rstrip(os.sep))
    return missing
