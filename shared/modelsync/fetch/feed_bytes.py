"""Feed bytes within a limit: out of gzip, out of a file, out of standard input.

The limit counts unpacked bytes, so that a small gzip body cannot fill the memory. A body comes out whole or
not at all. This room judges no content (HTML or an empty body pass) and knows no network: `fetch` does.
"""

import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from modelsync.errors import FeedFormatError, FeedTooLargeError, NotFoundError, UsageError

MEGABYTE = 1_000_000
MAX_FEED_BYTES = 64 * MEGABYTE
"""About a hundred times the largest list seen by 2026-08 (655 kB): room to grow, no room to fill a memory."""

STANDARD_INPUT = "-"

_GZIP_MAGIC = b"\x1f\x8b"  # no JSON text begins with it
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_CHUNK_BYTES = 64 * 1024


class DamagedGzipError(Exception):
    """A gzip stream ended early or is not gzip; whoever knows where it came from says so in its own error."""


class BoundedBody:
    """A body that grows by chunks, is unpacked on the way if it is gzip, and stops growing at a limit.

    `place` begins the sentence of its errors. With `is_gzip` a body that is not gzip is damaged; without it
    the first two bytes decide.
    """

    def __init__(self, place: str, *, max_bytes: int, is_gzip: bool = False) -> None:
        self._place, self._max_bytes, self._is_gzip = place, max_bytes, is_gzip
        self._body = bytearray()
        self._packed_bytes = 0
        self._first_bytes: bytes | None = b""  # None as soon as there were enough of them to decide
        self._member: zlib._Decompress | None = None

    def add(self, chunk: bytes) -> None:
        """Take the next chunk; raises FeedTooLargeError beyond the limit, DamagedGzipError for bad gzip."""
        self._packed_bytes += len(chunk)
        if self._packed_bytes > self._max_bytes:  # gzip members that unpack to nothing must end, too
            raise self._too_large()
        if self._first_bytes is not None:
            chunk = self._first_bytes + chunk
            if len(chunk) < len(_GZIP_MAGIC):
                self._first_bytes = chunk
                return
            self._first_bytes = None
            if self._is_gzip or chunk.startswith(_GZIP_MAGIC):
                self._member = zlib.decompressobj(_GZIP_WINDOW)
        self._grow(chunk)

    def whole(self) -> bytes:
        """The unpacked body, all of it; raises DamagedGzipError where gzip ended early."""
        if self._first_bytes:
            if self._is_gzip:
                raise DamagedGzipError("its gzip data ends after one byte")
            return self._first_bytes
        if self._member is not None and not self._member.eof:
            raise DamagedGzipError(f"its gzip data ends early, after {self._packed_bytes} bytes")
        return bytes(self._body)

    def _grow(self, chunk: bytes) -> None:
        if self._member is None:
            self._body += chunk
        else:
            self._unpack(chunk)
        if len(self._body) > self._max_bytes:
            raise self._too_large()

    def _unpack(self, chunk: bytes) -> None:
        while chunk and len(self._body) <= self._max_bytes:
            if self._member is None or self._member.eof:  # a gzip file may be several members, then zero bytes
                chunk = chunk.lstrip(b"\0")
                if not chunk:
                    return
                self._member = zlib.decompressobj(_GZIP_WINDOW)
            try:
                self._body += self._member.decompress(chunk, self._max_bytes - len(self._body) + 1)
            except zlib.error as error:
                raise DamagedGzipError(f"its gzip data is damaged ({error})") from error
            chunk = self._member.unused_data

    def _too_large(self) -> FeedTooLargeError:
        limit = f"{self._max_bytes / MEGABYTE:g} MB"
        return FeedTooLargeError(f"{self._place}: found more than {limit} of body, expected at most {limit}")


def read_feed_file(
    path: str | Path,
    *,
    stdin: BinaryIO | None = None,
    max_bytes: int = MAX_FEED_BYTES,
    source: str = "openrouter",
) -> bytes:
    """Bytes of a recorded feed, plain or gzip (its first bytes tell), from a file or `-` for standard input.

    Raises NotFoundError for no such file, UsageError for one that cannot be read, FeedTooLargeError beyond
    `max_bytes` unpacked, FeedFormatError for damaged gzip. `stdin` None means that of this program.
    """
    place = "standard input" if str(path) == STANDARD_INPUT else ascii(str(path))
    body = BoundedBody(f"{source} feed: {place}", max_bytes=max_bytes)
    try:
        for chunk in _chunks(path, stdin):
            body.add(chunk)
        return body.whole()
    except DamagedGzipError as error:
        raise FeedFormatError(source, place, f"{error}; expected a whole .gz or plain JSON") from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(f"feed file {place}: there is no such file; give a file, `-` or a URL") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path, a closed stream
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise UsageError(f"feed file {place}: cannot be read ({reason}); give a readable file") from error


def _chunks(path: str | Path, stdin: BinaryIO | None) -> Iterator[bytes]:
    if str(path) == STANDARD_INPUT:
        yield from iter(lambda: (stdin or sys.stdin.buffer).read(_CHUNK_BYTES), b"")
        return
    with Path(path).open("rb") as file:
        yield from iter(lambda: file.read(_CHUNK_BYTES), b"")
