"""What one command works with: its words, the catalog, what is the user's own, and the present time.

Each is opened when a command first needs it, so that `alias` reads no catalog that it does not need, and a damaged
user file does not keep `list` from listing. Failures to open a catalog have a code of their own.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from modelsync.client.ages import duration, in_words
from modelsync.client.catalog import Catalog
from modelsync.client.loading import Mode
from modelsync.client.opening import Opened, open_catalog
from modelsync.errors import NotFoundError, StoreError
from modelsync.reader.exit_codes import NoCatalogError, NotFreshError
from modelsync.reader.words import Words


class Session:
    """One command on its way to an answer."""

    def __init__(self, words: Words, *, environment: Mapping[str, str], now: datetime) -> None:
        self.words, self.environment, self.now = words, environment, now

    @cached_property
    def opened(self) -> Opened:
        """The catalog as it can be had; raises NoCatalogError, or NotFreshError where it is older than was asked."""
        words = self.words
        mode = Mode.OFFLINE if words.offline else Mode.ONLINE if words.online else Mode.AUTO
        try:
            opened = open_catalog(words.source, mode=mode, cache_dir=words.cache_dir, timeout=words.timeout)
        except (NotFoundError, StoreError) as error:
            raise NoCatalogError(str(error)) from error
        self._refuse_old(opened)
        return opened

    @property
    def catalog(self) -> Catalog:
        """What the generation says."""
        return self.opened.catalog

    @property
    def catalog_summary(self) -> dict[str, Any] | None:
        """Which catalog answered, for JSON; None where none was opened."""
        return self.opened.loaded.summary() if "opened" in vars(self) else None

    def _refuse_old(self, opened: Opened) -> None:
        if self.words.require_fresh is None:
            return
        loaded, limit = opened.loaded, duration(self.words.require_fresh)
        if not loaded.is_fresh_within(limit):
            found = f"found one {loaded.freshness} ({in_words(loaded.age)})"
            raise NotFreshError(f"catalog: {found}, expected at most {in_words(limit)}; run `models refresh`")
