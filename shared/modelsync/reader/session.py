"""What one command works with: its words, the catalog, what is the user's own, and the present time.

Each is opened when a command first needs it, so that `keys` reads no catalog, and a command that shows no choice writes
nothing. Failures to open a catalog have a code of their own. Where no folder of the user is known nothing is their own,
and a change says so.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from modelsync.catalog.keys import OPENROUTER
from modelsync.client.catalog import Catalog
from modelsync.client.opening import Opened
from modelsync.client.own.personal import Personal
from modelsync.client.own.user_layer import CustomModel, UserLayer
from modelsync.client.own.user_state import UserState
from modelsync.client.own.view import View, worded
from modelsync.client.reading.ages import duration, in_words
from modelsync.client.reading.loading import THE_WORLD, Loader, Mode, open_loader
from modelsync.client.reading.settings import Settings, read_settings, user_folder
from modelsync.errors import NotFoundError, StoreError, UsageError
from modelsync.reader.exit_codes import NoCatalogError, NotFreshError
from modelsync.reader.terms import stated_now
from modelsync.reader.words import Words

DEFAULT_BACKEND: Final = OPENROUTER


class Session:
    """One command on its way to an answer."""

    def __init__(
        self, words: Words, *, environment: Mapping[str, str], now: datetime, is_watched: bool = False
    ) -> None:
        """Begin; `is_watched` says that people read the answer as it is printed, a screen at a time."""
        self.words, self.environment, self.now, self.is_watched = words, environment, now, is_watched

    @cached_property
    def loader(self) -> Loader:
        """The catalog's source; nothing is read yet."""
        words = self.words
        mode = Mode.OFFLINE if words.offline else Mode.ONLINE if words.online else Mode.AUTO
        return open_loader(
            words.source,
            mode=mode,
            cache_dir=words.cache_dir,
            timeout=words.timeout,
            environment=self.environment,
            world=THE_WORLD._replace(clock=lambda: self.now),
        )

    @cached_property
    def opened(self) -> Opened:
        """The catalog as it can be had; raises NoCatalogError, or NotFreshError where it is older than was asked."""
        try:
            loaded = self.loader.load()
            opened = Opened(Catalog.of(loaded.documents), loaded, self.loader)
        except (NotFoundError, StoreError) as error:
            raise NoCatalogError(str(error)) from error
        self._refuse_old(opened)
        return opened

    @property
    def has_opened(self) -> bool:
        """Whether the command opened a catalog."""
        return "opened" in vars(self)

    @property
    def catalog(self) -> Catalog:
        """What the generation says."""
        return self.opened.catalog

    @property
    def worded(self) -> Catalog:
        """The same with what the user says of its models: what is judged is judged by that."""
        return worded(self.catalog, self.layer)

    @property
    def catalog_summary(self) -> dict[str, Any] | None:
        """Which catalog answered, for JSON; None where none was opened."""
        return self.opened.loaded.summary() if self.has_opened else None

    @property
    def settings(self) -> Settings:
        """Where the catalog is, and where it is kept, as words and environment say; raises UsageError."""
        return read_settings(self.environment, source=self.words.source, cache_dir=self.words.cache_dir)

    @property
    def user_folder(self) -> Path | None:
        """Where what is the user's own lies; None where no place for it is known."""
        return user_folder(self.environment, given=self.words.user_dir)

    @cached_property
    def personal(self) -> Personal:
        """What is the user's own; raises UsageError where no folder for it is known."""
        folder = self.user_folder
        if folder is None:
            raise UsageError("user folder: found no home, expected one; name one with --user-dir")
        return Personal(folder, lambda: self.now)

    @cached_property
    def state(self) -> UserState:
        """All that the user keeps, as it was when the command began."""
        return self.state_now()

    def state_now(self) -> UserState:
        """The same by now: the command itself may have changed it."""
        return UserState() if self.user_folder is None else self.personal.state

    @property
    def layer(self) -> UserLayer:
        """What the user added."""
        return self.state.layer

    def own_models(self, model_id: str) -> tuple[CustomModel, ...]:
        """The user's own models of an id, each for its backend and address, in the order in which they were added."""
        return tuple(each for each in self.layer.models if each.id == model_id)

    def own_model(self, model_id: str, *, backend: str | None = None) -> CustomModel | None:
        """The first of them, at a backend if one is given; None where there is none."""
        return next((each for each in self.own_models(model_id) if backend in {None, each.backend}), None)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a command should say of the catalog itself: what was advised, and why the newest did not come."""
        if not self.has_opened:
            return ()
        loaded = self.opened.loaded
        error = loaded.error if self.words.online else None
        return (*loaded.advice, *((f"{error}; this is what was kept",) if error is not None else ()))

    @property
    def view(self) -> View:
        """How saved choices are looked at."""
        return View(self.catalog, self.opened.loaded.freshness, stated=stated_now(self.words))

    def finish(self, seconds: float) -> tuple[str, ...]:
        """Wait a moment for a refresh that the command began, and give what it advises.

        A process that ends takes its threads along, and nobody advises the same again for a week.
        """
        if not self.has_opened:
            return ()
        self.loader.wait(seconds)
        return self.loader.take_advice()

    def _refuse_old(self, opened: Opened) -> None:
        if self.words.require_fresh is None:
            return
        loaded, limit = opened.loaded, duration(self.words.require_fresh)
        if not loaded.is_fresh_within(limit):
            found = f"found one {loaded.freshness} ({in_words(loaded.age)})"
            raise NotFreshError(f"catalog: {found}, expected at most {in_words(limit)}; run `models refresh`")
