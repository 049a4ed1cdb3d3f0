"""What `models doctor` finds about the catalog and the way to it: settings, source, age, network, proxy, certificates.

The network is asked once, for the manifest, where the catalog lies on it and the network may be used; nothing is kept
of the answer.
"""

import os
import sys
import time
from pathlib import Path
from typing import Final

from modelsync import __version__
from modelsync.client.freshness import Freshness
from modelsync.client.reading.loaded import Origin
from modelsync.client.reading.sets import SCHEMA_MAJOR, read_manifest
from modelsync.client.reading.settings import CACHE_DIR, FILE, OFFLINE, URL
from modelsync.client.reading.sources import MANIFEST_KEY, Folder, Web
from modelsync.errors import ModelsyncError
from modelsync.reader.finding import Finding, Health, fine
from modelsync.reader.session import Session

PROXIES: Final = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
CERTIFICATES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_MOST_BYTES: Final = 1_000_000


def versions(session: Session) -> Finding:
    """Of this program, of Python, and of the documents that it reads."""
    del session  # it is about the program
    python = ".".join(map(str, sys.version_info[:3]))
    said = f"modelsync {__version__}, Python {python} on {sys.platform}, documents of schema {SCHEMA_MAJOR}"
    return fine("versions", said)


def source(session: Session) -> Finding:
    """Which kind of source is named, and by whom; a folder's name is not told."""
    named = session.settings.source
    by = "--source" if session.words.source else FILE if session.environment.get(FILE) else URL
    if named is None:
        hint = f"set {URL} to where the catalog is published"
        return Finding("source", Health.WARN, "none is named, so that only the package's own copy is read", hint)
    if isinstance(named, Web):
        return fine("source", f"{named}, named by {by}")
    place = Path(named.path) / MANIFEST_KEY if isinstance(named, Folder) else Path(named.path)
    kind = "a folder" if isinstance(named, Folder) else "a bundled file"
    if not place.is_file():
        return Finding("source", Health.FAIL, f"{kind} without a catalog, named by {by}", f"mend {by}")
    return fine("source", f"{kind}, named by {by}")


def catalog(session: Session) -> Finding:
    """Whether there is one, and how old it is."""
    try:
        loaded = session.opened.loaded
    except ModelsyncError as error:
        return Finding("catalog", Health.FAIL, str(error), "models refresh" if _is_fetched(session) else None)
    if loaded.origin is Origin.BUNDLED:
        return Finding("catalog", Health.WARN, loaded.words(), f"set {URL}, then run `models refresh`")
    if loaded.freshness is not Freshness.FRESH:
        hint = "models refresh" if _is_fetched(session) else "publish a newer one"
        return Finding("catalog", Health.WARN, loaded.words(), hint)
    return fine("catalog", loaded.words())


def _is_fetched(session: Session) -> bool:
    """Whether a refresh could bring a catalog: what lies on this machine is read anew by every command."""
    return isinstance(session.settings.source, Web | None)


def network(session: Session) -> Finding:
    """Whether the source answers, where it is on the network and the network may be used."""
    settings = session.settings
    if not isinstance(settings.source, Web):
        return fine("network", "not needed: the source is on this machine")
    if session.words.offline or settings.is_offline:
        by = "--offline" if session.words.offline else OFFLINE
        return fine("network", f"not used: {by}")
    problem, took = _asked(settings.source, seconds=session.words.timeout)
    if problem is None:
        return fine("network", f"the source answers in {took:.0f} ms")
    is_there = session.has_opened
    hint = "check the address, the network and the proxy; what is kept is used meanwhile"
    return Finding("network", Health.WARN if is_there else Health.FAIL, problem, hint)


def proxy(session: Session) -> Finding:
    """Whether one is set; never which."""
    names = [name for name in PROXIES if session.environment.get(name) or session.environment.get(name.lower())]
    return fine("proxy", f"set: {', '.join(names)}" if names else "none is set")


def certificates(session: Session) -> Finding:
    """Whether those that servers are checked by can be read."""
    named = [name for name in CERTIFICATES if session.environment.get(name)]
    if not named:
        return fine("certificates", "those of this system")
    for name in named:
        if not os.access(session.environment[name], os.R_OK):
            return Finding("certificates", Health.FAIL, f"{name} names nothing that can be read", f"mend {name}")
    import ssl

    try:
        if "SSL_CERT_FILE" in named:
            ssl.create_default_context(cafile=session.environment["SSL_CERT_FILE"])
    except OSError:  # ssl.SSLError is one
        return Finding("certificates", Health.FAIL, "SSL_CERT_FILE holds no certificates", "mend SSL_CERT_FILE")
    return fine("certificates", f"as {' and '.join(named)} say")


def kind_of_cache(session: Session) -> str:
    """Who says where the cache is."""
    if session.words.cache_dir:
        return "--cache-dir"
    return CACHE_DIR if session.environment.get(CACHE_DIR) else "the platform's own place"


def _asked(source: Web, *, seconds: float) -> tuple[str | None, float]:
    """What is wrong with a source's answer, and how many milliseconds it took."""
    from modelsync.client.reading.transport import OK, Limits, get

    before = time.monotonic()
    try:
        answer = get(source.address(MANIFEST_KEY), etag=None, limits=Limits(seconds=seconds, bytes=_MOST_BYTES))
        if answer.status != OK:
            return f"the source answers with status {answer.status}", 0.0
        read_manifest(answer.body, where=source.address(MANIFEST_KEY))
    except ModelsyncError as error:
        return str(error), 0.0
    return None, (time.monotonic() - before) * 1000
