"""The small file that one kind of report is kept in between processes: read whole, changed under a lock, or taken away.

- Every change reads what is there by then and writes what follows from it, so that processes add to each other and
  lose nothing. What cannot be written leaves the file as it was, and says so.
- Only a change makes a folder or a file, and only where it has something to keep.
- One process at a time sends; another lock than that of the file, so that nobody who counts waits for a network.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

from modelsync.client.reading.files import locked, make_private_folder, read_file, replace_file, sweep
from modelsync.errors import StoreError

MOST_BYTES: Final = 8_000_000
WAIT_SECONDS: Final = 5.0

Document = Mapping[str, Any]


class ReportFile:
    """One file in a user's folder, and its locks beside it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._path, self._lock, self._sending = (
            folder / f"{name}{suffix}" for suffix in (".json", ".lock", ".sending")
        )

    def read(self) -> Document | None:
        """What is kept; None where there is nothing, or nothing that can be read as a document."""
        body = read_file(self._path, limit=MOST_BYTES)
        return None if body is None else _document(body)

    def change(self, step: Callable[[Document | None], Document | None]) -> Document | None:
        """Keep what `step` makes of what is there; None takes the file away. Raises StoreError, and changes nothing."""
        with self._held(self._lock) as is_ours:
            if not is_ours:
                raise StoreError(
                    f"{self._path}: found another process writing it for {WAIT_SECONDS:g} s; try again later"
                )
            before = self.read()
            after = step(before)
            if after is None:
                self._remove()
            elif after != before:
                self._write(json.dumps(after, separators=(",", ":")).encode())
            return after

    def forget(self) -> None:
        """Take the file away; raises StoreError."""
        if self._path.exists():
            self.change(lambda _: None)

    def sending(self) -> AbstractContextManager[bool]:
        """The right to send: True where no other process has it."""
        return self._held(self._sending, wait_seconds=0.0)

    @contextmanager
    def _held(self, lock: Path, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[bool]:
        make_private_folder(self._folder)
        with locked(lock, wait_seconds=wait_seconds) as is_ours:
            if is_ours and lock == self._lock:
                sweep(self._folder, name=self._path.name)
            yield is_ours

    def _write(self, body: bytes) -> None:
        try:
            replace_file(self._path, body)
        except StoreError:
            if read_file(self._path, limit=MOST_BYTES) != body:  # where only its folder could not be flushed, it stands
                raise

    def _remove(self) -> None:
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StoreError(f"{self._path}: cannot be taken away: {reason}; delete it by hand") from error


def _document(body: bytes) -> Document | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
