"""What an object store promises: whole objects under keys, and writes that can be conditional.

- A reader sees a whole object or none, however a writer ends.
- `put` with `if_absent` or `if_match` succeeds for exactly one of several writers at once.
- A key is a relative path of plain ASCII segments. Any other is refused before anything is touched, so that a
  name from a feed can never lead out of a store.
- An ETag names one content; it is opaque: compare it, do not compute it.

Values and rules only; the stores themselves are in `stores`, `directory_store` and the like.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal, Protocol

from modelsync.errors import PreconditionFailedError, StoreError, UsageError

MAX_KEY_CHARACTERS = 512
MAX_SEGMENT_CHARACTERS = 200
"""Below the 255 bytes of common file systems, and the key below the 1,024 of S3, a prefix included."""

JSON_TYPE = "application/json"

# No dot in front, which leaves out `.`, `..` and the hidden files that a store keeps for itself.
_SEGMENT = re.compile(r"[A-Za-z0-9_~=-][A-Za-z0-9._~=-]*")
_SHOWN_CHARACTERS = 80


class NotModified(Enum):
    """The type of NOT_MODIFIED, which says that an object is still the one the caller has."""

    NOT_MODIFIED = "not modified"


NOT_MODIFIED: Literal[NotModified.NOT_MODIFIED] = NotModified.NOT_MODIFIED


@dataclass(frozen=True, slots=True)
class Headers:
    """What is kept of an object besides its bytes, and sent to whoever reads it; None means no such header."""

    content_type: str = JSON_TYPE
    cache_control: str | None = None
    content_encoding: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Small words of ours by name: lower case, digits and dashes; values of printable ASCII."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Words by which a store's lifecycle rules choose; never read back, dropped by a store that knows none."""


JSON: Final = Headers()
"""The headers of a JSON document that nothing else is said of."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One whole object as it was at one moment; `body` is as it was put, also where it is encoded."""

    key: str
    body: bytes = field(repr=False)
    etag: str
    headers: Headers = JSON


class ObjectStore(Protocol):
    """Objects under keys; every method raises StoreError for a bad key and for a store that fails."""

    def get(self, key: str) -> StoredObject | None:
        """The object at `key`; None means that there is none."""

    def get_if_changed(self, key: str, etag: str) -> StoredObject | NotModified | None:
        """The object at `key` unless it still has `etag`, which NOT_MODIFIED says; None: there is none."""

    def put(
        self,
        key: str,
        body: bytes,
        *,
        headers: Headers = JSON,
        if_absent: bool = False,
        if_match: str | None = None,
    ) -> str:
        """Write an object whole and durably, and return its ETag.

        With `if_absent` only where there is none, with `if_match` only over the object with that ETag; else
        PreconditionFailedError. Both at once are a UsageError. A store may keep no headers (its docstring
        says so).
        """

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """Keys that begin with `prefix`, which may end within a segment, in ascending order of characters."""

    def delete(self, key: str) -> None:
        """Remove the object at `key`; one that is not there is no error."""


def etag_of(body: bytes) -> str:
    """The ETag that the stores of this project give a content: SHA-256 in hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def check_key(key: str) -> None:
    """Raise StoreError unless `key` is one that every store takes."""
    problem = _problem_of(key)
    if problem:
        raise StoreError(f"store: key {key[:_SHOWN_CHARACTERS]!a}: {problem}")


def is_key(key: str) -> bool:
    """True for a key that every store takes."""
    return _problem_of(key) is None


def check_prefix(prefix: str) -> None:
    """Raise StoreError unless `prefix` is empty or the beginning of a key that every store takes."""
    if prefix:
        check_key(f"{prefix}x" if prefix.endswith("/") else prefix)


def check_condition(key: str, found: str | None, *, if_absent: bool, if_match: str | None) -> None:
    """Raise PreconditionFailedError unless `found`, an ETag or None for no object, is what is expected."""
    if if_absent and if_match is not None:
        raise UsageError(f"store: {key}: if_absent and if_match exclude each other; give one of them")
    if if_absent and found is not None:
        raise PreconditionFailedError(key, found, "no object")
    if if_match is not None and found != if_match:
        raise PreconditionFailedError(key, found, if_match)


def _problem_of(key: str) -> str | None:
    if len(key) > MAX_KEY_CHARACTERS:
        return f"is {len(key)} characters long, expected at most {MAX_KEY_CHARACTERS}"
    for segment in key.split("/"):
        if len(segment) > MAX_SEGMENT_CHARACTERS:
            return f"has a segment of {len(segment)} characters, expected at most {MAX_SEGMENT_CHARACTERS}"
        if not _SEGMENT.fullmatch(segment):
            found = f"segment {segment[:_SHOWN_CHARACTERS]!a}"
            return f"has {found}, expected letters, digits and any of . _ ~ = - with no dot in front"
    return None
