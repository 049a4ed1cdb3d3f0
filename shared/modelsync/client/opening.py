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

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from modelsync.client.asked import ANYTHING, CAREFUL, NOBODY, Binding, Needs, Policy, User
from modelsync.client.catalog import Catalog, Model
from modelsync.client.freshness import Freshness
from modelsync.client.reading.files import AnyPath
from modelsync.client.reading.loaded import Loaded
from modelsync.client.reading.loading import OPEN_SECONDS, THE_WORLD, Loader, Mode, World, open_loader
from modelsync.errors import NotFoundError

if TYPE_CHECKING:  # what only some questions take and give: loading it would cost every start
    from modelsync.client.browsing.browse import Scope, Sort
    from modelsync.client.browsing.changes import Changes, Since
    from modelsync.client.browsing.compare import Table
    from modelsync.client.browsing.explanation import Explanation
    from modelsync.client.browsing.filters import Filter, Usable
    from modelsync.client.browsing.pages import Page
    from modelsync.client.browsing.recommended import Bucket
    from modelsync.client.own.user_layer import UserLayer
    from modelsync.client.resolving.resolution import Resolution
    from modelsync.client.switching.backends import BackendOption
    from modelsync.client.switching.credentials import EffectiveCredentials, Key
    from modelsync.client.switching.estimate import Estimate
    from modelsync.client.switching.switch_report import Probe, Session, SwitchReport, Terms


class Opened(NamedTuple):
    """A catalog as it was opened at one moment, and every question to it.

    A model is named by its id or its alias, in any case of letters; what people type goes through `resolve` first.
    Whose word counts beside the catalog's is the `layer`, that of `own.personal` for a user who keeps one.
    """

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

    def model(self, name: str) -> Model:
        """The listed model of this id or alias; raises NotFoundError where there is none."""
        found = self.get(name) or self.catalog.with_alias(name.lower())
        if found is None:
            raise NotFoundError(f"catalog: found no model {name[:80]!a}, expected an id or an alias; resolve it first")
        return found

    def resolve(
        self,
        text: str,
        *,
        binding: Binding | None = None,
        needs: Needs = ANYTHING,
        policy: Policy = CAREFUL,
        user: User = NOBODY,
        backend: str = "openrouter",
        freshness: Freshness | None = None,
        gone: bool = False,
    ) -> "Resolution":
        """Which model a name means, or what a saved choice comes to; `gone` after a call that nobody served.

        Never raises for a name that means nothing: that is an outcome. UsageError for an empty one.
        """
        from modelsync.client.resolving.resolve import resolve

        return resolve(
            self.catalog, text, binding=binding, needs=needs, policy=policy, user=user, backend=backend,
            freshness=freshness or self.loaded.freshness, gone=gone,
        )  # fmt: skip

    def search(
        self,
        text: str = "",
        *,
        scope: "Scope" = "all",
        filters: "Filter | None" = None,
        sort: "Sort" = "best",
        limit: int = 15,
        cursor: str | None = None,
        layer: "UserLayer | None" = None,
    ) -> "Page":
        """One page of the models that match a text and a `browsing.filters.Filter`, with the cursor of the next.

        Raises UsageError for a word, a limit, a filter or a cursor that is none.
        """
        from modelsync.client.browsing.browse import browse
        from modelsync.client.browsing.filters import EVERYTHING_USUAL
        from modelsync.client.browsing.seen import NOBODYS

        return browse(
            self.catalog, text, scope=scope, filters=filters or EVERYTHING_USUAL, sort=sort, limit=limit, cursor=cursor,
            layer=layer or NOBODYS,
        )  # fmt: skip

    def shortlist(
        self, bucket: str | None = None, *, usable: "Usable | None" = None, layer: "UserLayer | None" = None
    ) -> "tuple[Bucket, ...]":
        """What is recommended, by use, or for one; raises NotFoundError for a use that there is not."""
        from modelsync.client.browsing.recommended import shortlist
        from modelsync.client.browsing.seen import NOBODYS

        return shortlist(self.catalog, bucket, usable=usable, layer=layer or NOBODYS)

    def compare(self, names: Iterable[str]) -> "Table":
        """Two to four models side by side; raises NotFoundError, and UsageError for another number."""
        from modelsync.client.browsing.compare import compare

        return compare([self.model(name) for name in names])

    def explain(self, name: str, about: str) -> "Explanation":
        """Why a flag, `price`, `state`, `alias`, `shortlist` or a limit of a model is what it is."""
        from modelsync.client.browsing.explain import explain

        return explain(self.catalog, self.model(name), about)

    def backends(
        self, name: str, *, credentials: "Mapping[str, Key] | None" = None, route_hint: str | None = None
    ) -> "tuple[BackendOption, ...]":
        """Who serves a model, and under which id; whether they could be asked where `credentials` are given."""
        from modelsync.client.switching.backends import backend_options

        return backend_options(self.model(name), credentials=credentials, route_hint=route_hint)

    def estimate(
        self,
        name: str,
        *,
        prompt: int,
        completion: int,
        cached: int = 0,
        cache_write: int = 0,
        images: int = 0,
        requests: int = 1,
        at: datetime | None = None,
    ) -> "Estimate":
        """What so many equal calls will cost in USD; counts are tokens of one call (`switching.estimate`)."""
        from modelsync.client.switching.estimate import estimate

        return estimate(
            self.model(name), prompt=prompt, completion=completion, cached=cached, cache_write=cache_write,
            images=images, requests=requests, at=at,
        )  # fmt: skip

    def check_switch(
        self,
        name: str,
        *,
        now: datetime,
        running: str | None = None,
        session: "Session | None" = None,
        terms: "Terms | None" = None,
        credentials: "EffectiveCredentials | None" = None,
        probe: "Probe | None" = None,
        ratings: Mapping[str, Any] | None = None,
    ) -> "SwitchReport":
        """Whether a conversation could go on with a model: fourteen checks of what is given; nothing is passed unseen.

        A name that is not listed is judged as it stands. Raises UsageError for a need that nobody knows, negative
        counts, or a time without its zone.
        """
        from modelsync.client.switching.switch_check import check_switch
        from modelsync.client.switching.switch_report import Session, Terms

        target = self.catalog.with_alias(name.lower())
        return check_switch(
            self.catalog, name if target is None else target.id, now=now, running=running,
            session=session or Session(), terms=terms or Terms(), credentials=credentials,
            freshness=self.loaded.freshness, probe=probe, ratings=ratings,
        )  # fmt: skip

    def changes(
        self,
        *,
        since: "Since" = None,
        only: Collection[str] = (),
        ids: Collection[str] = (),
        now: datetime | None = None,
    ) -> "Changes":
        """What happened since a generation, a time, a day or so many days, of these kinds and ids, oldest first."""
        from modelsync.client.browsing.changes import changes

        return changes(self.catalog, since=since, only=only, ids=ids, now=now)


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
