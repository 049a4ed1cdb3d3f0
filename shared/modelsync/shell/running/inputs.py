"""What a job reads besides what is published: the feed, the overrides, the bindings.

This room opens files and addresses and hands on values; what the values mean is for the pipeline.
"""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from modelsync.catalog.keys import ENRICHMENT_COPY, bindings_reporter
from modelsync.errors import FeedError, OverridesError, StoreError
from modelsync.fetch.addresses import shown_url
from modelsync.fetch.feed_bytes import MAX_FEED_BYTES, read_feed_file
from modelsync.fetch.limits import DEFAULT_LIMITS, FetchLimits
from modelsync.pipeline.leases import Registry, keeping
from modelsync.pipeline.overrides import FILES, Overrides, parse_overrides
from modelsync.pipeline.pinned import PinnedManifest, parse_pinned
from modelsync.pipeline.retire import Bound, Census, everything_is_bound
from modelsync.shell.publishing.reading import Reader
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.secrets import ReadSecret, no_key
from modelsync.sources.facts import Source
from modelsync.sources.models_dev_copy import EnrichmentCopy, decode_copy
from modelsync.sources.registry import leases_in_force


@dataclass(frozen=True, slots=True)
class FeedBody:
    """A feed as it was read: its bytes, and the address to show for it."""

    body: bytes
    url: str


Reference = tuple[EnrichmentCopy | None, str | None]
"""What models are enriched from, None where there is none, and a sentence where there is one that cannot be read."""

UNREAD: Final[Reference] = (None, None)


def feed_reader(
    source: Source, feed: str | None, *, api_key: ReadSecret = no_key, limits: FetchLimits = DEFAULT_LIMITS
) -> Callable[[], FeedBody]:
    """How to read a source: from its own address, from another one, from a file, or from `-`, standard input."""
    if feed is None or is_address(feed):
        return lambda: _fetched(source, feed or source.url, api_key=api_key, limits=limits)
    return lambda: feed_of_file(feed, source=source.name)


def is_address(feed: str) -> bool:
    """Whether a feed is fetched; else it is a file, or `-`."""
    return feed.startswith(("http://", "https://"))


def feed_of_file(path: str, *, source: str, max_bytes: int = MAX_FEED_BYTES) -> FeedBody:
    """Read a file, or `-`, standard input; told of it is its name, not where it lies on this machine."""
    body = read_feed_file(path, stdin=sys.stdin.buffer, max_bytes=max_bytes, source=source)
    return FeedBody(body, "stdin:" if path == "-" else f"file:{Path(path).name}")


def default_overrides() -> Path:
    """The overrides that ship with the package, or lie in its checkout."""
    package = Path(__file__).resolve().parents[2]
    shipped = package / "overrides"
    return shipped if shipped.is_dir() else package.parents[1] / "overrides"


def load_overrides(folder: Path) -> Overrides:
    """Read all override files of a folder; raises OverridesError with every problem of all of them."""
    if not folder.is_dir():
        raise OverridesError([f"{folder}: expected a folder of override files ({', '.join(FILES)}), found none"])
    try:
        files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.json"))}
        if not files:
            raise OverridesError([f"{folder}: expected override files ({', '.join(FILES)}), found none of them"])
        return parse_overrides(files)
    except OSError as error:
        raise OverridesError([f"{error.filename}: cannot be read: {error.strerror}"]) from error


def load_pinned(folder: Path, provider: str) -> tuple[bytes, PinnedManifest] | None:
    """The pinned manifest of a provider, as bytes and read, below a folder of overrides; None where there is none.

    Raises OverridesError with every problem of it.
    """
    path = folder / "pinned" / f"{provider}.json"
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OverridesError([f"{error.filename}: cannot be read: {error.strerror}"]) from error
    return body, parse_pinned(body, provider=provider)


@dataclass(frozen=True, slots=True)
class Bindings:
    """Who is bound; a sentence where that cannot be known, or else where somebody holds more than it may keep."""

    bound: Bound
    unreadable: str | None = None
    excess: str | None = None


def load_bound(repository: Reader, census: Census, *, now: datetime) -> Bindings:
    """Which ids are bound; where that cannot be known, all of them count as bound."""
    try:
        kept = keeping(load_registry(repository, now=now), census, at=now)
    except (FeedError, StoreError) as error:
        return Bindings(everything_is_bound, f"{error}; every model counts as bound until this is mended")
    return Bindings(kept.binds, excess=kept.finding())


def load_registry(repository: Reader, *, now: datetime) -> Registry:
    """Every lease in force; raises FeedError or StoreError where one report cannot be read."""
    leases: dict[str | None, dict[str, date]] = {}
    clients: Counter[str | None] = Counter()
    for key, body in repository.bindings():
        tenant = bindings_reporter(key)
        held = leases.setdefault(tenant, {})
        clients[tenant] += 1
        for lease in leases_in_force(body, where=key, today=now.date()):
            held[lease.id] = max(lease.last_used_day, held.get(lease.id, lease.last_used_day))
    return Registry(leases, dict(clients))


def load_reference(store: ObjectStore, *, prefix: str) -> Reference:
    """Read the kept copy of models.dev; nothing depends on it: without it models keep what they were enriched with."""
    try:
        stored = store.get(prefix + ENRICHMENT_COPY)
        return (None if stored is None else decode_copy(stored.body, key=ENRICHMENT_COPY)), None
    except StoreError as error:
        return None, f"{error}; nothing is enriched until `syncmodels enrich` has written it again"


def _fetched(source: Source, url: str, *, api_key: ReadSecret, limits: FetchLimits) -> FeedBody:
    """The key is the source's own: no other address ever gets it."""
    from modelsync.fetch.http import same_origin  # late: a run that reads no list loads no HTTP client
    from modelsync.fetch.paging import fetch_all

    key = api_key() if same_origin(url, source.url) else None
    fetched = fetch_all(
        url,
        next_page=source.next_page,
        join_pages=source.join_pages,
        headers={"Authorization": f"Bearer {key}"} if key is not None else {},
        limits=limits,
        source=source.name,
    )
    return FeedBody(fetched.body, shown_url(url))
