"""The one composition root: what a job runs with, and how a door's settings become it.

Everything below gets what it needs from here as an argument; nothing below knows where it comes from. The clock
and the environment are read here and nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from modelsync.pipeline.overrides import Overrides
from modelsync.shell.publishing.repository import Repository
from modelsync.shell.running.inputs import FeedBody, default_overrides, feed_reader, load_overrides
from modelsync.shell.running.settings import DEFAULT_PREFIX, Settings
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.self_check import check_conditions
from modelsync.sources.facts import Source
from modelsync.sources.openrouter import OpenRouter


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a job runs with."""

    store: ObjectStore
    source: Source
    read_feed: Callable[[], FeedBody]
    read_overrides: Callable[[], Overrides]
    now: Callable[[], datetime]
    prefix: str = DEFAULT_PREFIX
    check_store: Callable[[], None] = lambda: None
    """Run before the first publish into a store; raises StoreError where the store does not keep its promises."""

    @property
    def repository(self) -> Repository:
        """The source's documents in the store."""
        return Repository(self.store, source=self.source.name, prefix=self.prefix)


def build_runtime(settings: Settings, store: ObjectStore | None = None) -> Runtime:
    """Put a job's parts together; touches neither the network nor the store.

    `store` is for whoever has opened the one that the settings name.
    """
    source, now = OpenRouter(), settings.now
    store = settings.open_store() if store is None else store
    return Runtime(
        store=store,
        source=source,
        read_feed=feed_reader(source, settings.feed, api_key=settings.api_key),
        read_overrides=lambda: load_overrides(settings.overrides or default_overrides()),
        now=utc_now if now is None else lambda: now,
        prefix=settings.prefix,
        check_store=lambda: check_conditions(store, prefix=f"{settings.prefix}{source.name}/"),
    )


def utc_now() -> datetime:
    """The present time, to the second: documents never need more."""
    return datetime.now(UTC).replace(microsecond=0)
