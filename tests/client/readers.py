"""Loaders with a clock of the test's own, and what they have kept on disk."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from modelsync.client.reading.loading import Loader, World, open_loader
from tests.client.published_sets import TWO_HOURS_LATER


@dataclass
class Clock:
    """A clock that stands until a test turns it."""

    now: datetime = TWO_HOURS_LATER

    def __call__(self) -> datetime:
        return self.now

    def turn(self, by: timedelta) -> None:
        self.now += by


def reader(
    source: str | None,
    folder: Path,
    *,
    mode: str = "auto",
    clock: Clock | None = None,
    bundled: Path | None = None,
    environment: dict[str, str] | None = None,
    timeout: float = 5.0,
    max_age: str = "7d",
) -> Loader:
    """A loader that keeps its cache in `folder`, and by default has no bundled copy."""
    world = World(bundled=bundled or folder / "no bundle", clock=clock or Clock(), chance=lambda: 0.0)
    return open_loader(
        source,
        mode=mode,
        cache_dir=folder / "cache",
        timeout=timeout,
        max_age=max_age,
        environment=environment or {},
        world=world,
    )


def kept_files(folder: Path) -> dict[str, bytes]:
    """Everything below the cache by its name, but for the lock, which is empty."""
    found = {path.name: path.read_bytes() for path in (folder / "cache").rglob("*") if path.is_file()}
    found.pop("lock", None)
    return found
