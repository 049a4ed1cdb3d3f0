"""The client's front door: one call gives a catalog to ask, and says where it came from and how old it is.

    opened = open_catalog("https://models.example.org/models")
    opened.catalog            # what the generation says; immutable
    opened.loaded.words()     # catalog generation 290, fresh (2 hours), from the cache
    opened.loader.refresh()   # ask for a newer one now
    opened.again()            # what is there by now: after a refresh, or in a process that lives long

Decides nothing itself: `loading` says which place answers, `catalog` what the documents say.
"""

from pathlib import Path
from typing import NamedTuple

from modelsync.client.catalog import Catalog
from modelsync.client.loaded import Loaded
from modelsync.client.loading import OPEN_SECONDS, THE_WORLD, Loader, Mode, World, open_loader


class Opened(NamedTuple):
    """A catalog as it was opened at one moment."""

    catalog: Catalog
    loaded: Loaded
    loader: Loader

    def again(self) -> "Opened":
        """What can be had now; the same view where nothing has changed. Raises as `open_catalog` does."""
        loaded = self.loader.load()
        is_same = loaded.documents is self.loaded.documents
        return Opened(self.catalog if is_same else Catalog.of(loaded.documents), loaded, self.loader)


def open_catalog(
    source: str | None = None,
    *,
    mode: str = Mode.AUTO,
    cache_dir: str | Path | None = None,
    timeout: float = OPEN_SECONDS,
    max_age: str = "7d",
    world: World = THE_WORLD,
) -> Opened:
    """The catalog that is published at `source`, or where the environment says, as it can be had now.

    Waits for the network at most `timeout` seconds, and only where nothing else exists or the mode is `online`. Raises
    NotFoundError where there is nothing to give at all, UsageError for words that make no sense, and for a folder or a
    file that was named what is wrong with it.
    """
    loader = open_loader(source, mode=mode, cache_dir=cache_dir, timeout=timeout, max_age=max_age, world=world)
    loaded = loader.load()
    return Opened(Catalog.of(loaded.documents), loaded, loader)
