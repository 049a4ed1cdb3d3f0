"""What a door is told, by its environment or its command line: where the catalog is kept, and what to run with.

Read by functions before anything else is imported: nothing here knows documents, sources or the pipeline.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.secrets import ReadCredentials, ReadSecret, credentials_reader, key_reader, no_key
from modelsync.shell.storage.stores import open_store

DEFAULT_STORE: Final = "./data"
DEFAULT_PREFIX: Final = "models/"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run; None means the default. Secrets are read when they are needed.

    `store` is a folder, a `file://` URL or `s3://bucket/prefix`, for which `endpoint_url` and `s3_profile` say whose S3
    it is, and `credentials` as whom to ask it; `feed` a file, `-` or a URL instead of the source's own address;
    `now` a moment to stand for the present time.
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

    def open_store(self) -> ObjectStore:
        """The store that they name; touches nothing. Raises UsageError where they name none."""
        return open_store(
            self.store, endpoint_url=self.endpoint_url, profile=self.s3_profile, credentials=self.credentials
        )
