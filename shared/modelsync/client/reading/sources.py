"""Where a catalog is published: a folder, a bundled file, or an address that HTTP answers.

- A folder is a store's root, its `models/` prefix, or the manifest in it; `file://` says the same.
- An address is the web's name of that prefix, a bucket's included: `https://bucket.example.org/models`. It holds no
  credentials and no query, because it is shown, and because each document's key is put behind it.
- A key comes from a manifest, which is a stranger's: only plain relative segments are ever put behind a source.

Reads nothing of a source but whether a path is a file or a folder; `transport` and `sets` do that.
"""

import os
from typing import NamedTuple

from modelsync.catalog.keys import MANIFEST, OPENROUTER, document_key
from modelsync.client.reading.files import AnyPath
from modelsync.errors import StoreError, UsageError

MANIFEST_KEY = document_key(OPENROUTER, MANIFEST)
STATUS_KEY = document_key(OPENROUTER, "status")

_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SCHEME = _LETTERS | _DIGITS | frozenset("+.-")
_SEGMENT = _LETTERS | _DIGITS | frozenset("._~=-")
_HOST = _LETTERS | _DIGITS | frozenset(".-")
_MOST_PORT, _MOST_DIGITS = 65535, 6
_MAX_KEY_CHARACTERS = 512
_SHOWN_CHARACTERS = 80
_ADVICE = "give a folder, a bundled file, or an http(s) address"


class Folder(NamedTuple):
    """A store on this machine; `path` is what keys lie below."""

    path: AnyPath

    def __str__(self) -> str:
        return os.fspath(self.path)


class Bundle(NamedTuple):
    """One file that holds a whole published set."""

    path: AnyPath

    def __str__(self) -> str:
        return os.fspath(self.path)


class Web(NamedTuple):
    """An address that HTTP answers; it ends with a slash, and keys go behind it."""

    base: str

    def __str__(self) -> str:
        return self.base

    def address(self, key: str) -> str:
        """Where the object of that key is; raises StoreError for a key that leads elsewhere."""
        return self.base + checked_key(key)


Source = Folder | Bundle | Web


def source_named(text: str) -> Source:
    """The source that a person named; raises UsageError for words that name none."""
    scheme = _scheme_of(text)
    if not scheme:
        return _on_disk(text)
    if scheme.lower() == "file":
        return _on_disk(_path_of(text))
    if scheme.lower() in {"http", "https"}:
        return Web(_base_of(text))
    if scheme.lower() == "s3":
        found = "found s3://, which needs credentials to read"
        raise UsageError(f"source: {found}, expected the bucket's public address; give it as https://…")
    raise UsageError(f"source: found the scheme {scheme[:_SHOWN_CHARACTERS]!a}, expected none or http(s); {_ADVICE}")


def web_source(text: str) -> Web:
    """The source at an address, where nothing on this machine is meant; raises UsageError."""
    found = source_named(text)
    if isinstance(found, Web):
        return found
    raise UsageError(f"source: found {text[:_SHOWN_CHARACTERS]!a}, expected an http(s) address; mend it")


def checked_key(key: str) -> str:
    """The key itself where it is a plain relative path; raises StoreError."""
    if len(key) <= _MAX_KEY_CHARACTERS and all(map(_is_plain, key.split("/"))):
        return key
    found = f"found the key {key[:_SHOWN_CHARACTERS]!a}"
    raise StoreError(f"manifest: {found}, expected a relative path of plain segments; ask who publishes it")


def _is_plain(segment: str) -> bool:
    return segment != "" and segment[0] != "." and _SEGMENT.issuperset(segment)


def _scheme_of(text: str) -> str:
    """What an address begins with; empty for a path. It has two characters at least: `C:` is a drive."""
    scheme, colon, _ = text.partition(":")
    is_one = len(scheme) > 1 and scheme[0] in _LETTERS and _SCHEME.issuperset(scheme)
    return scheme if colon and is_one else ""


def _on_disk(text: str) -> Folder | Bundle:
    if not text or "\0" in text:
        raise UsageError(f"source: found an empty name or one with a NUL, expected a path; {_ADVICE}")
    from pathlib import Path

    path = Path(text).expanduser().absolute()
    if path.parts[-2:] == tuple(MANIFEST_KEY.split("/")):
        return Folder(path.parent.parent)
    if path.is_file():
        return Bundle(path)
    inside = path / "models"
    return Folder(inside if not (path / MANIFEST_KEY).exists() and (inside / MANIFEST_KEY).exists() else path)


def _path_of(text: str) -> str:
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(text)
    if parts.netloc not in {"", "localhost"} or parts.query or parts.fragment or not parts.path.startswith("/"):
        raise UsageError("source: found a file: address with a host or a query, expected file:///path; mend it")
    return unquote(parts.path)


def _base_of(text: str) -> str:
    """What keys go behind; an address without anything unusual in it needs no library to take it apart."""
    scheme, _, rest = text.partition(":")
    place, slash, path = rest.removeprefix("//").partition("/")
    if rest.startswith("//") and _is_plain_place(place) and (_SEGMENT | {"/"}).issuperset(path):
        return f"{scheme.lower()}://{place}{_above_manifest(slash + path)}/"
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        is_plain = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise UsageError(
            "source: found an address with an unreadable host or port, expected http(s)://host/…"
        ) from None
    if parts.username is not None or parts.password is not None:
        raise UsageError("source: found credentials in the address, expected none; publish to readers without them")
    if not is_plain or parts.query or parts.fragment or not (text.isascii() and text.isprintable() and " " not in text):
        expected = "expected http(s)://host/path without query, spaces and fragments"
        raise UsageError(f"source: found an address that keys cannot go behind, {expected}; mend it")
    return f"{parts.scheme.lower()}://{parts.netloc}{_above_manifest(parts.path)}/"


def _is_plain_place(place: str) -> bool:
    """Whether this is a host of plain letters, with a port that there is, or with none."""
    host, colon, port = place.partition(":")
    is_port = 0 < len(port) <= _MOST_DIGITS and _DIGITS.issuperset(port) and 0 < int(port) <= _MOST_PORT
    return host != "" and _HOST.issuperset(host) and (is_port or not colon)


def _above_manifest(path: str) -> str:
    return path.removesuffix(MANIFEST_KEY).rstrip("/")
