"""What a caller is given: a catalog's documents, where they came from, and how old they are.

Every value here is fit to be shown: no credentials, no bodies. How it came to be is `loading`'s business.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from modelsync.client.freshness import Freshness
from modelsync.client.reading.ages import in_words, time_text
from modelsync.client.reading.diff import Diff
from modelsync.client.reading.guard import Status


class Origin(StrEnum):
    """Which place the documents were read from."""

    CACHE = "cache"
    NETWORK = "network"
    BUNDLED = "bundled"
    FOLDER = "folder"
    FILE = "file"


_READ_FROM = {
    Origin.CACHE: "from the cache",
    Origin.NETWORK: "just fetched",
    Origin.BUNDLED: "as the package brought it along",
    Origin.FOLDER: "from a folder",
    Origin.FILE: "from a file",
}


class Loaded(NamedTuple):
    """One catalog as it was loaded at one moment."""

    documents: Mapping[str, Mapping[str, Any]]
    """By name: `manifest`, `current`, and `curated`, `deprecations`, `changes` where they are published."""
    origin: Origin
    source: str | None
    """Who answered with it, or confirmed it last; where nobody is known to have, where this reader was told to look."""
    generation: int
    generated_at: datetime
    age: timedelta
    """Since the publisher last saw its own source, as far as that is known; never negative."""
    freshness: Freshness
    checked_at: datetime | None
    """When a server last confirmed that this is what is published."""
    status: Status | None
    """How the last refresh ended; None: there was none."""
    error: str | None
    """Why the last refresh brought nothing."""
    advice: tuple[str, ...] = ()
    """Sentences for people, to be shown once."""

    def words(self) -> str:
        """One line for people.

        >>> from datetime import UTC
        >>> at = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
        >>> Loaded({}, Origin.CACHE, None, 290, at, timedelta(hours=2), Freshness.FRESH, at, None, None).words()
        'catalog generation 290, fresh (2 hours), from the cache'
        """
        return (
            f"catalog generation {self.generation}, {self.freshness} ({in_words(self.age)}), {_READ_FROM[self.origin]}"
        )

    def is_fresh_within(self, limit: timedelta) -> bool:
        """Whether it is no older than `limit`; what the package brought along never is, for nobody confirmed it."""
        return self.origin is not Origin.BUNDLED and self.age <= limit

    def summary(self) -> dict[str, str | int | None]:
        """The same facts for a JSON answer."""
        return {
            "source": self.source,
            "loadedFrom": str(self.origin),
            "generation": self.generation,
            "generatedAt": time_text(self.generated_at),
            "freshness": str(self.freshness),
            "ageSeconds": int(self.age.total_seconds()),
            "checkedAt": None if self.checked_at is None else time_text(self.checked_at),
            "lastRefresh": None if self.status is None else str(self.status),
            "lastError": self.error,
        }


class RefreshResult(NamedTuple):
    """How one refresh went, and what it cost."""

    status: Status
    from_generation: int | None = None
    to_generation: int | None = None
    error: str | None = None
    requests: int = 0
    wire_bytes: int = 0
    advice: tuple[str, ...] = ()
    """Sentences for people, each once: an upgrade is due, or nothing can be kept."""
    diff: Diff | None = None
    """Which models came, went and have other prices; None where no set took the place of another one."""
