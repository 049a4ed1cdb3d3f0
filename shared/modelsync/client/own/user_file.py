"""The user's own file on disk: `user.json` in the user's folder, private, and never half-written.

- A change reads the file anew, decides, and replaces it, all under the lock that the folder has for its files: two
  processes never lose a change of each other.
- Reading takes no lock and never writes: it works where nothing may be written. No file is an empty state.
- A file that cannot be read as this version's is an error, and stays as it is: what a user said is never overwritten
  by who does not understand it.
- Files are 0600 and folders 0700. One that others may read is told of when it is read, and tightened when it is
  written next.
"""

import json
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from modelsync.client.own.user_state import NOTHING, UserState, read_state, state_document
from modelsync.client.reading.files import PRIVATE_FILE, locked, make_private_folder, read_file, replace_file, sweep
from modelsync.errors import StoreError, UsageError

NAME: Final = "user.json"
MOST_BYTES: Final = 4 * 1024 * 1024
WAIT_SECONDS: Final = 10.0
"""How long a change waits for those of others, each of which takes milliseconds."""


class Found(NamedTuple):
    """What the file holds."""

    state: UserState
    advice: str | None = None
    """What its user should know of the file itself; None where it is as it should be."""


class UserFile:
    """One user's state at `path`, which the first change makes."""

    def __init__(self, path: Path, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self.path = path
        self._wait_seconds = wait_seconds

    def read(self) -> Found:
        """The state; an empty one where there is no file. Raises StoreError or UsageError for one that is damaged."""
        document = self._document()
        return Found(UserState() if document is None else self._state(document), self._advice())

    def change(self, decide: Callable[[UserState], UserState]) -> UserState:
        """The state that `decide` makes of the one that is kept, kept in its place.

        What `decide` raises leaves everything as it is. Raises StoreError where nothing can be written.
        """
        folder = self.path.parent
        with changing(folder, wait_seconds=self._wait_seconds) as is_ours:
            if not is_ours:
                raise busy(folder, wait_seconds=self._wait_seconds)
            document = self._document()
            before = UserState() if document is None else self._state(document)
            after = decide(before)
            if after != before or self._advice() is not None:
                self._write(state_document(after, over=NOTHING if document is None else document))
            return after

    def _document(self) -> Mapping[str, Any] | None:
        body = read_file(self.path, limit=MOST_BYTES)
        return None if body is None else parsed(body, where=self.path)

    def _state(self, document: Mapping[str, Any]) -> UserState:
        try:
            return read_state(document)
        except UsageError as error:
            raise UsageError(f"{self.path}: {error}") from error

    def _write(self, document: Mapping[str, Any]) -> None:
        body = json.dumps(document, indent=2).encode() + b"\n"
        if len(body) > MOST_BYTES:
            raise UsageError(
                f"{self.path}: found {len(body)} bytes to keep, expected at most {MOST_BYTES}; remove some"
            )
        read_state(json.loads(body))  # what could not be read again is not written
        replace_file(self.path.resolve(), body)  # where the name is a link, what it leads to

    def _advice(self) -> str | None:
        try:
            mode = stat.S_IMODE(self.path.stat().st_mode)
        except OSError:
            return None
        if sys.platform == "win32" or not mode & ~PRIVATE_FILE:
            return None
        return f"{self.path}: found mode {mode:o}, expected {PRIVATE_FILE:o}; the next change mends it"


@contextmanager
def changing(folder: Path, *, wait_seconds: float) -> Iterator[bool]:
    """The only change of a user's folder at a time: True where it is ours; raises StoreError where none can be."""
    make_private_folder(folder)
    with locked(folder / "lock", wait_seconds=wait_seconds) as is_ours:
        if is_ours:
            sweep(folder)
        yield is_ours


def busy(folder: Path, *, wait_seconds: float) -> StoreError:
    """The sentence for a change that is not ours."""
    return StoreError(
        f"{folder}: found another process changing it for {wait_seconds:g} seconds, expected none; try again"
    )


def parsed(body: bytes, *, where: Path) -> Mapping[str, Any]:
    """The JSON object in a file of the user's; raises StoreError for anything else."""
    try:
        document = json.loads(body.decode())
    except (ValueError, RecursionError):  # UnicodeDecodeError is one
        document = None
    if not isinstance(document, dict):
        raise StoreError(f"{where}: found bytes that are no JSON object, expected one; mend it, or move it away")
    return document
