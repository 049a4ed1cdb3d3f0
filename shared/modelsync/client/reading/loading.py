"""How a catalog is opened: from memory, from the cache, from what the package brought along, from the network.

- `load` answers at once from the nearest place that has a set. A set that was not confirmed for an hour is still
  given, while one thread asks for a newer one; the next `load` has it.
- The network is waited for where nothing else exists, or where the mode is `online`, and then no longer than `timeout`.
- Offline means no network, not no cache. A folder and a file are read each time, and are never replaced by something
  else: whoever names one means it.
- Nothing is printed, and nothing is raised for what a network does while there is anything to give.

A `Loader` belongs to its caller: there is no state of the process.
"""

import os
from _thread import RLock
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from modelsync.catalog.keys import CURRENT
from modelsync.client.reading.ages import OLD_AFTER, age_of, duration, freshness_of
from modelsync.client.reading.background import Background
from modelsync.client.reading.bundle import folder_observed_at, read_bundle, read_folder
from modelsync.client.reading.cache import Cache, Stamp, State, cache_folder
from modelsync.client.reading.diff import Diff, diff_of
from modelsync.client.reading.files import AnyPath
from modelsync.client.reading.guard import Status
from modelsync.client.reading.loaded import Loaded, Origin, RefreshResult
from modelsync.client.reading.patience import is_due, is_waiting
from modelsync.client.reading.sets import DocumentSet
from modelsync.client.reading.settings import OFFLINE, URL, Settings, read_settings
from modelsync.client.reading.sources import Bundle, Folder, Web
from modelsync.errors import NotFoundError, StoreError, UsageError

BUNDLED = os.path.join(os.path.dirname(os.path.dirname(__file__)), "bundled.catalog")
"""What the package brings along; a checkout of the sources need not have it."""

OPEN_SECONDS, REFRESH_SECONDS = 3.0, 5.0
UNWATCHED_SECONDS = 30.0
"""All requests of a refresh that nobody waits for."""


class Mode(StrEnum):
    """How much a caller wants the network."""

    AUTO = "auto"
    ONLINE = "online"
    OFFLINE = "offline"


class World(NamedTuple):
    """What a loader has of the world; a test gives its own."""

    bundled: AnyPath = BUNDLED
    get: Callable[..., Any] | None = None
    """In place of `transport.get`, which is loaded when it is needed."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] | None = None
    """In place of `random.random`: numbers in [0, 1)."""


THE_WORLD = World()
_BUNDLED_ADVICE = (
    "catalog: this is the copy that the package brought along; set MODELSYNC_URL, or refresh, for a newer one"
)


def forbidden_by(name: str) -> str:
    """That a refresh may not use the network, and who says so."""
    return f"refresh: found the network forbidden by {name}, expected it allowed; take that away"


class Loader:
    """One source's catalog, opened as often as one likes; threads may share it."""

    def __init__(
        self,
        settings: Settings,
        *,
        mode: Mode = Mode.AUTO,
        open_seconds: float = OPEN_SECONDS,
        old_after: timedelta = OLD_AFTER,
        world: World = THE_WORLD,
    ) -> None:
        self._settings, self._world = settings, world
        self._mode = Mode.OFFLINE if settings.is_offline else mode
        self._open_seconds, self._old_after = open_seconds, old_after
        source, root = settings.source, settings.cache_root
        is_kept = isinstance(source, Web) and root is not None
        self._cache = Cache(cache_folder(root, str(source))) if is_kept and root is not None else None
        self._documents: DocumentSet | None = None
        self._origin = Origin.CACHE
        self._state, self._seen, self._is_ahead_of_disk = State(), State(), False
        self._stamp: Stamp | None = None
        self._advice: list[str] = []
        self._advised: set[str] = set()
        self._bundled_error = ""
        self._result = RefreshResult(Status.WAITING)
        self._background = Background()
        self._guard = RLock()  # that of `threading`, which only a refresh needs

    @property
    def is_offline(self) -> bool:
        """Whether the network is forbidden."""
        return self._mode is Mode.OFFLINE

    def load(self) -> Loaded:
        """The catalog as it can be had now.

        Raises NotFoundError where there is nothing to give at all, and for a folder or file that was named what is
        wrong with it.
        """
        if isinstance(self._settings.source, Folder | Bundle):
            return self._read_place(self._settings.source)
        with self._guard:
            self._look_on_disk()
            has_any = self._documents is not None or self._take_bundled()
            self._refresh_if_due()
        if self._mode is Mode.ONLINE or not has_any:
            self.wait(self._open_seconds)
        return self._given()

    def refresh(self, *, force: bool = True, accept: bool = False, timeout: float = REFRESH_SECONDS) -> RefreshResult:
        """Ask for a newer set now, though one was asked for just before; never raises for what a network does.

        `accept` takes an older generation or a shrunken list, this once. A refresh of this or of another process that
        is under way is waited for, and its outcome is the answer.
        """
        if isinstance(self._settings.source, Folder | Bundle):
            return self._read_again(self._settings.source)
        if not isinstance(self._settings.source, Web):
            return RefreshResult(Status.OFFLINE, error=f"refresh: found no source, expected one; set {URL}")
        if self._mode is Mode.OFFLINE:
            by = OFFLINE if self._settings.is_offline else "the mode offline"
            return RefreshResult(Status.OFFLINE, error=forbidden_by(by))
        if accept:
            self.wait(timeout)  # what is under way accepts nothing
        with self._guard:
            self._look_on_disk()
            before = None if self._origin is Origin.BUNDLED else self._documents
            self._start(force=force, accept=accept, seconds=timeout, wait_seconds=timeout)
        if not self.wait(timeout):
            return RefreshResult(Status.BUSY, error=f"catalog: found the refresh under way after {timeout:g} s")
        return self._result._replace(diff=_diff(before, self._documents))

    def wait(self, seconds: float) -> bool:
        """Wait for a refresh that is under way, at most so long; True where none is any more.

        A command that ends at once calls this before it does, else no refresh of it ever comes to its end.
        """
        return self._background.wait(seconds)

    def take_advice(self) -> tuple[str, ...]:
        """Sentences for people that no answer has said yet, such as what a refresh brought behind the last one."""
        with self._guard:
            advice, self._advice = tuple(self._advice), []
        return advice

    def _look_on_disk(self) -> None:
        """Take what the cache has, where that is another set than the one in memory."""
        if self._cache is None:
            return
        stamp = self._cache.stamp()
        if stamp is not None and stamp != self._stamp:
            found = self._cache.load()
            if found is not None:
                self._documents, self._origin, self._stamp = found, Origin.CACHE, stamp
                self._is_ahead_of_disk = False
        if not self._background.is_under_way():
            self._seen = self._cache.state()
            self._state = self._state if self._is_ahead_of_disk else self._seen

    def _take_bundled(self) -> bool:
        try:
            self._documents, self._origin = read_bundle(self._world.bundled), Origin.BUNDLED
        except (NotFoundError, StoreError) as error:
            self._bundled_error = str(error)
            return False
        self._advise(_BUNDLED_ADVICE)
        return True

    def _refresh_if_due(self) -> None:
        if self._mode is Mode.OFFLINE or not isinstance(self._settings.source, Web) or self._background.is_under_way():
            return
        now, is_online = self._world.clock(), self._mode is Mode.ONLINE
        is_lacking = self._documents is None or self._origin is Origin.BUNDLED
        if is_waiting(self._state, now=now) or not (is_online or is_lacking or is_due(self._state, now=now)):
            return
        wait_seconds = self._open_seconds if is_online or self._documents is None else 0.0
        self._start(force=is_online, accept=False, seconds=UNWATCHED_SECONDS, wait_seconds=wait_seconds)

    def _start(self, *, force: bool, accept: bool, seconds: float, wait_seconds: float) -> None:
        self._background.start(
            lambda: self._refresh_now(force=force, accept=accept, seconds=seconds, wait_seconds=wait_seconds)
        )

    def _refresh_now(self, *, force: bool, accept: bool, seconds: float, wait_seconds: float) -> None:
        import random

        from modelsync.client.reading import transport
        from modelsync.client.reading.refresh import Order, Upstream, refresh

        upstream = Upstream(
            sources=tuple(each for each in (self._settings.source, self._settings.fallback) if isinstance(each, Web)),
            get=self._world.get or transport.get,
            seconds=seconds,
            clock=self._world.clock,
            chance=self._world.chance or random.random,
        )
        kept = None if self._origin is Origin.BUNDLED else self._documents
        order = Order(force=force, accept=accept, wait_seconds=wait_seconds, seen=self._seen)
        done = refresh(self._cache, kept, state=self._state, upstream=upstream, order=order)
        with self._guard:
            if done.documents is not None and done.documents is not kept:
                self._origin = Origin.NETWORK if done.result.status is Status.CHANGED else Origin.CACHE
                self._documents = done.documents
            if done.stamp is not None:
                self._stamp = done.stamp
            self._state, self._result, self._is_ahead_of_disk = done.state, done.result, done.stamp is None
            left_out = done.documents.left_out if done.result.status is Status.CHANGED and done.documents else ()
            self._advise(*done.result.advice, *left_out)

    def _advise(self, *sentences: str) -> None:
        """Have the next answer say what none has said yet."""
        self._advice += [sentence for sentence in sentences if sentence not in self._advised]
        self._advised |= set(sentences)

    def _given(self) -> Loaded:
        with self._guard:
            if self._documents is None:
                raise NotFoundError(self._nothing())
            return self._loaded(self._documents, origin=self._origin, state=self._state, advice=self.take_advice())

    def _nothing(self) -> str:
        if not isinstance(self._settings.source, Web):
            return f"catalog: found no source, and no copy in the package ({self._bundled_error}); set MODELSYNC_URL"
        if self._mode is Mode.OFFLINE:
            return "catalog: found nothing kept and the network forbidden, expected a kept copy; go online once"
        why = self._state.error or f"no answer after {self._open_seconds:g} s"
        return f"catalog: found nothing kept, and the network gave none ({why}); try again later"

    def _loaded(self, documents: DocumentSet, *, origin: Origin, state: State, advice: tuple[str, ...] = ()) -> Loaded:
        manifest, source = documents.manifest, self._settings.source
        is_its_state = state.etag_of == manifest.sha256
        observed_at = state.observed_at if is_its_state else None
        answered = state.address if is_its_state and isinstance(source, Web) else None
        since = max(manifest.generated_at, observed_at or manifest.generated_at)
        age = age_of(since, now=self._world.clock())
        is_bundled = origin is Origin.BUNDLED
        return Loaded(
            documents,
            origin,
            source=answered or (None if source is None else str(source)),
            generation=documents.generation,
            generated_at=manifest.generated_at,
            age=age,
            freshness=freshness_of(age, is_bundled=is_bundled, old_after=self._old_after),
            checked_at=None if is_bundled else state.checked_at,
            status=state.status,
            error=state.error,
            advice=advice,
        )

    def _read_place(self, place: Folder | Bundle) -> Loaded:
        try:
            return self._read(place)
        except (NotFoundError, StoreError) as error:
            if self._settings.named_by is None:
                raise
            kind = NotFoundError if isinstance(error, NotFoundError) else StoreError
            raise kind(f"{self._settings.named_by}: {error}") from error

    def _read(self, place: Folder | Bundle) -> Loaded:
        if isinstance(place, Bundle):
            self._documents, state, origin = read_bundle(place.path), State(), Origin.FILE
        else:
            self._documents, origin = read_folder(place), Origin.FOLDER
            observed_at = folder_observed_at(place, self._documents, now=self._world.clock())
            state = State(observed_at=observed_at, etag_of=self._documents.manifest.sha256)
            _ = self._documents[CURRENT]  # whoever reads a folder learns what of it cannot be read
        return self._loaded(self._documents, origin=origin, state=state, advice=self._documents.left_out)

    def _read_again(self, place: Folder | Bundle) -> RefreshResult:
        before, after = self._documents, self._read_place(place)
        is_same = before is not None and before.generation == after.generation
        return RefreshResult(
            Status.UNCHANGED if is_same else Status.CHANGED,
            from_generation=None if before is None else before.generation,
            to_generation=after.generation,
            diff=_diff(before, self._documents),
        )


def _diff(before: DocumentSet | None, after: DocumentSet | None) -> Diff | None:
    """What changed, where one set took the place of another."""
    if before is None or after is None or before.manifest.sha256 == after.manifest.sha256:
        return None
    with suppress(StoreError):  # a set that was kept before may turn out damaged only when it is read
        return diff_of(before, after)
    return None


def open_loader(
    source: str | None = None,
    *,
    mode: str = Mode.AUTO,
    cache_dir: AnyPath | None = None,
    timeout: float = OPEN_SECONDS,
    max_age: str = "7d",
    environment: Mapping[str, str] | None = None,
    world: World = THE_WORLD,
) -> Loader:
    """A loader as a caller's words and the environment say (`settings`); touches neither network nor cache yet.

    `timeout` bounds the wait of a first answer, in seconds; above `max_age` a catalog is called old. Raises
    UsageError for words that make no sense.
    """
    if mode not in set(Mode):
        raise UsageError(f"mode: found {mode[:40]!a}, expected one of {', '.join(Mode)}; mend it")
    settings = read_settings(os.environ if environment is None else environment, source=source, cache_dir=cache_dir)
    return Loader(settings, mode=Mode(mode), open_seconds=timeout, old_after=duration(max_age), world=world)
