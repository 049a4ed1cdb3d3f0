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
from modelsync.shell.secrets import ReadCredentials, ReadSecret, credentials_reader, key_reader, no_key
from modelsync.shell.self_check import check_conditions
from modelsync.shell.stores import open_store
from modelsync.sources.facts import Source
from modelsync.sources.openrouter import OpenRouter

DEFAULT_STORE: Final = "./data"
DEFAULT_PREFIX: Final = "models/"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a door is told: by its environment, or by its command line.

    `store` is a folder, a `file://` URL or `s3://bucket/prefix`, for which `endpoint_url` and `s3_profile` say whose S3
    it is, and `credentials` as whom to ask it; `feed` a file, `-` or a URL instead of the source's own address;
    `now` a moment to stand for the present time. None means the default. Secrets are read when they are needed.
    """

    store: str = DEFAULT_STORE
    prefix: str = DEFAULT_PREFIX
    overrides: Path | None = None
    feed: str | None = None
    api_key: ReadSecret = no_key
    now: datetime | None = None
    endpoint_url: str | None = None
    s3_profile: str | None = None
    credentials: ReadCredentials | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read MODELSYNC_STORE, _PREFIX, _OVERRIDES, _FEED, _ENDPOINT_URL, _S3_PROFILE, and where the secrets are.

        All may be absent.
        """
        overrides = environment.get("MODELSYNC_OVERRIDES")
        return cls(
            store=environment.get("MODELSYNC_STORE", DEFAULT_STORE),
            prefix=environment.get("MODELSYNC_PREFIX", DEFAULT_PREFIX),
            overrides=Path(overrides) if overrides else None,
            feed=environment.get("MODELSYNC_FEED") or None,
            api_key=key_reader(environment, "OPENROUTER_API_KEY"),
            endpoint_url=environment.get("MODELSYNC_ENDPOINT_URL") or None,
            s3_profile=environment.get("MODELSYNC_S3_PROFILE") or None,
            credentials=credentials_reader(environment),
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
    check_store: Callable[[], None] = lambda: None
    """Run before the first publish into a store; raises StoreError where the store does not keep its promises."""

    @property
    def repository(self) -> Repository:
        """The source's documents in the store."""
        return Repository(self.store, source=self.source.name, prefix=self.prefix)


def build_runtime(settings: Settings) -> Runtime:
    """Put a job's parts together; touches neither the network nor the store."""
    source, now = OpenRouter(), settings.now
    store = open_store(
        settings.store,
        endpoint_url=settings.endpoint_url,
        profile=settings.s3_profile,
        credentials=settings.credentials,
    )
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
