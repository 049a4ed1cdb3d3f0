"""Where a catalog is published: a folder, a bundled file, or an address that HTTP answers.

- A folder is a store's root, its `models/` prefix, or the manifest in it; `file://` says the same.
- An address is the web's name of that prefix, a bucket's included: `https://bucket.example.org/models`. It holds no
  credentials and no query, because it is shown, and because each document's key is put behind it.
- A key comes from a manifest, which is a stranger's: only plain relative segments are ever put behind a source.

Reads nothing of a source but whether a path is a file or a folder; `transport` and `sets` do that.
"""

import os
import re
from typing import NamedTuple

from modelsync.catalog.keys import MANIFEST, OPENROUTER, document_key
from modelsync.client.files import AnyPath
from modelsync.errors import StoreError, UsageError

MANIFEST_KEY = document_key(OPENROUTER, MANIFEST)
STATUS_KEY = document_key(OPENROUTER, "status")

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # two characters at least: C:\ is a path
_PLAIN = re.compile(r"(?i:(https?))://([A-Za-z0-9.-]+(?::[1-9][0-9]{0,3}|:[1-5][0-9]{4})?)((?:/[A-Za-z0-9._~=-]*)*)")
_SEGMENT = re.compile(r"[A-Za-z0-9_~=-][A-Za-z0-9._~=-]*")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
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
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _on_disk(text)
    if scheme[1].lower() == "file":
        return _on_disk(_path_of(text))
    if scheme[1].lower() in {"http", "https"}:
        return Web(_base_of(text))
    if scheme[1].lower() == "s3":
        found = "found s3://, which needs credentials to read"
        raise UsageError(f"source: {found}, expected the bucket's public address; give it as https://…")
    raise UsageError(f"source: found the scheme {scheme[1][:_SHOWN_CHARACTERS]!a}, expected none or http(s); {_ADVICE}")


def web_source(text: str) -> Web:
    """The source at an address, where nothing on this machine is meant; raises UsageError."""
    found = source_named(text)
    if isinstance(found, Web):
        return found
    raise UsageError(f"source: found {text[:_SHOWN_CHARACTERS]!a}, expected an http(s) address; mend it")


def checked_key(key: str) -> str:
    """The key itself where it is a plain relative path; raises StoreError."""
    if len(key) <= _MAX_KEY_CHARACTERS and all(_SEGMENT.fullmatch(segment) for segment in key.split("/")):
        return key
    found = f"found the key {key[:_SHOWN_CHARACTERS]!a}"
    raise StoreError(f"manifest: {found}, expected a relative path of plain segments; ask who publishes it")


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
    plain = _PLAIN.fullmatch(text)
    if plain is not None:
        return f"{plain[1].lower()}://{plain[2]}{_above_manifest(plain[3])}/"
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
    if not is_plain or parts.query or parts.fragment or not _PRINTABLE.fullmatch(text):
        expected = "expected http(s)://host/path without query, spaces and fragments"
        raise UsageError(f"source: found an address that keys cannot go behind, {expected}; mend it")
    return f"{parts.scheme.lower()}://{parts.netloc}{_above_manifest(parts.path)}/"


def _above_manifest(path: str) -> str:
    return path.removesuffix(MANIFEST_KEY).rstrip("/")
