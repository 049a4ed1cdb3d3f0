"""The one composition root: what a job runs with, and how a door's settings become it.

Everything below gets what it needs from here as an argument; nothing below knows where it comes from. The clock
and the environment are read here and nowhere else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from modelsync.pipeline.overrides import Overrides
from modelsync.shell.inputs import FeedBody, default_overrides, feed_reader, load_overrides
from modelsync.shell.object_store import ObjectStore
from modelsync.shell.repository import Repository
from modelsync.shell.stores import open_store
from modelsync.sources.facts import Source
from modelsync.sources.openrouter import OpenRouter

DEFAULT_STORE: Final = "./data"
DEFAULT_PREFIX: Final = "models/"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a door is told: by its environment, or by its command line.

    `store` is a folder or a `file://` URL; `feed` a file, `-` or a URL instead of the source's own address;
    `now` a moment to stand for the present time. None means the default.
    """

    store: str = DEFAULT_STORE
    prefix: str = DEFAULT_PREFIX
    overrides: Path | None = None
    feed: str | None = None
    api_key: str | None = None
    now: datetime | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read MODELSYNC_STORE, _PREFIX, _OVERRIDES, _FEED and OPENROUTER_API_KEY; all may be absent."""
        overrides = environment.get("MODELSYNC_OVERRIDES")
        return cls(
            store=environment.get("MODELSYNC_STORE", DEFAULT_STORE),
            prefix=environment.get("MODELSYNC_PREFIX", DEFAULT_PREFIX),
            overrides=Path(overrides) if overrides else None,
            feed=environment.get("MODELSYNC_FEED") or None,
            api_key=environment.get("OPENROUTER_API_KEY") or None,
        )


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a job runs with."""

    store: ObjectStore
    source: Source
    read_feed: Callable[[], FeedBody]
    read_overrides: Callable[[], Overrides]
    now: Callable[[], datetime]
    prefix: str = DEFAULT_PREFIX

    @property
    def repository(self) -> Repository:
        """The source's documents in the store."""
        return Repository(self.store, source=self.source.name, prefix=self.prefix)


def build_runtime(settings: Settings) -> Runtime:
    """Put a job's parts together; touches neither the network nor the store."""
    source, now = OpenRouter(), settings.now
    return Runtime(
        store=open_store(settings.store),
        source=source,
        read_feed=feed_reader(source, settings.feed, api_key=settings.api_key),
        read_overrides=lambda: load_overrides(settings.overrides or default_overrides()),
        now=utc_now if now is None else lambda: now,
        prefix=settings.prefix,
    )


def utc_now() -> datetime:
    """The present time, to the second: documents never need more."""
    return datetime.now(UTC).replace(microsecond=0)
