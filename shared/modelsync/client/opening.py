"""The client's front door: one call gives a catalog to ask, and says where it came from and how old it is.

    catalog = open_catalog("https://models.example.org/models")
    catalog.resolve("sonnet").id          # which model a name means
    catalog.search("gemini", filters=Filter(tools=True)).items
    catalog.loaded.words()                # catalog generation 290, fresh (2 hours), from the cache
    catalog.loader.refresh()              # ask for a newer one now
    catalog.again()                       # what is there by now: after a refresh, or in a process that lives long

Decides nothing itself: `loading` says which place answers, `catalog` what the documents say, and each question has a
room of its own, which is imported when it is first asked. Only `open_catalog`, `again` and the loader touch the world.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from modelsync.client.catalog import Catalog, Model
from modelsync.client.reading.files import AnyPath
from modelsync.client.reading.loaded import Loaded
from modelsync.client.reading.loading import OPEN_SECONDS, THE_WORLD, Loader, Mode, World, open_loader
from modelsync.errors import NotFoundError

if TYPE_CHECKING:  # the types of answers: loading them would cost every start what only some questions need
    from modelsync.client.browsing.changes import Changes
    from modelsync.client.browsing.compare import Table
    from modelsync.client.browsing.explanation import Explanation
    from modelsync.client.browsing.pages import Page
    from modelsync.client.browsing.recommended import Bucket
    from modelsync.client.resolving.resolution import Resolution
    from modelsync.client.switching.backends import BackendOption
    from modelsync.client.switching.estimate import Estimate
    from modelsync.client.switching.switch_report import SwitchReport


class Opened(NamedTuple):
    """A catalog as it was opened at one moment; its questions take what those of their rooms take."""

    catalog: Catalog
    """What the generation says; immutable."""
    loaded: Loaded
    """Where it came from, and how old it is."""
    loader: Loader

    def again(self) -> "Opened":
        """What can be had now; the same view where nothing has changed. Raises as `open_catalog` does."""
        loaded = self.loader.load()
        is_same = loaded.documents is self.loaded.documents
        return Opened(self.catalog if is_same else Catalog.of(loaded.documents), loaded, self.loader)

    def get(self, model_id: str) -> Model | None:
        """The listed model of exactly this id, in any case of letters."""
        return self.catalog.model(model_id)

    def model(self, model_id: str) -> Model:
        """The same; raises NotFoundError where it is not listed."""
        found = self.get(model_id)
        if found is None:
            raise NotFoundError(f"catalog: found no model {model_id[:80]!a}, expected a listed id; resolve it first")
        return found

    def resolve(self, text: str, **asked: Any) -> "Resolution":
        """Which model a name or a saved choice means: `resolve.resolve`."""
        from modelsync.client.resolving.resolve import resolve

        return resolve(self.catalog, text, **{"freshness": self.loaded.freshness, **asked})

    def search(self, text: str = "", **asked: Any) -> "Page":
        """A page of models: `browse.browse`, of all models where nothing else is said."""
        from modelsync.client.browsing.browse import browse

        return browse(self.catalog, text, **{"scope": "all", **asked})

    def shortlist(self, bucket: str | None = None, **asked: Any) -> "tuple[Bucket, ...]":
        """What is recommended, by use: `recommended.shortlist`."""
        from modelsync.client.browsing.recommended import shortlist

        return shortlist(self.catalog, bucket, **asked)

    def compare(self, ids: Iterable[str]) -> "Table":
        """Two to four models side by side: `compare.compare`."""
        from modelsync.client.browsing.compare import compare

        return compare([self.model(model_id) for model_id in ids])

    def explain(self, model_id: str, about: str) -> "Explanation":
        """Why a flag, a price or a state is what it is: `explain.explain`."""
        from modelsync.client.browsing.explain import explain

        return explain(self.catalog, self.model(model_id), about)

    def backends(self, model_id: str, **asked: Any) -> "tuple[BackendOption, ...]":
        """Who serves a model, and under which id: `backends.backend_options`."""
        from modelsync.client.switching.backends import backend_options

        return backend_options(self.model(model_id), **asked)

    def estimate(self, model_id: str, *, prompt: int, completion: int, **counts: Any) -> "Estimate":
        """What calls will cost: `estimate.estimate`."""
        from modelsync.client.switching.estimate import estimate

        return estimate(self.model(model_id), prompt=prompt, completion=completion, **counts)

    def check_switch(self, model_id: str, *, now: datetime, **asked: Any) -> "SwitchReport":
        """Whether a conversation could go on with a model: `switch_check.check_switch`."""
        from modelsync.client.switching.switch_check import check_switch

        return check_switch(self.catalog, model_id, now=now, **{"freshness": self.loaded.freshness, **asked})

    def changes(self, **asked: Any) -> "Changes":
        """What happened lately: `changes.changes`."""
        from modelsync.client.browsing.changes import changes

        return changes(self.catalog, **asked)


def open_catalog(
    source: str | None = None,
    *,
    mode: str = Mode.AUTO,
    cache_dir: AnyPath | None = None,
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
