"""The direct providers: each runs the same refresh as OpenRouter's list, on its own list and its own documents.

A provider's list wants a key, which goes to the provider's own origin and nowhere else. What the list leaves open
is filled from the pinned manifest that ships with the overrides (`pipeline.pinned`). The manifest stands in for the
list where there is no key, where the list cannot be had and none was ever believed, and after three runs in a row
that failed. Until then a list that fails is an error, and what was published stands; whoever names a feed of his
own gets that feed or an error.

Providers publish no shortlist: a redirect to `auto` says that none of the provider's own models can stand in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final

from modelsync.catalog.keys import CURRENT, provider_named
from modelsync.catalog.lifecycle import LifecycleState
from modelsync.errors import FeedError, FeedUnavailableError, OverridesError
from modelsync.fetch.limits import FetchLimits
from modelsync.pipeline.guard import refuse_unreadable
from modelsync.pipeline.overrides import Overrides
from modelsync.pipeline.pinned import PinnedManifest, is_pinned, parse_pinned
from modelsync.shell.publishing.reading import Reader
from modelsync.shell.running.inputs import FeedBody, default_overrides, feed_reader, load_overrides, load_pinned
from modelsync.shell.running.runtime import Runtime, build_runtime
from modelsync.shell.running.settings import Settings
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.secrets import ReadSecret, key_reader
from modelsync.shell.storage.self_check import check_conditions
from modelsync.sources.dashscope import dashscope
from modelsync.sources.deepseek import deepseek
from modelsync.sources.facts import ParsedFeed, Source
from modelsync.sources.moonshot import moonshot

UNSTABLE_AFTER: Final = 3
"""So many runs in a row may fail before the pinned manifest stands in for a list that was believed once."""

PATIENCE: Final = FetchLimits(attempts=3, read_seconds=15, attempt_seconds=30, retry_after_seconds=30)
"""Lists of providers are small: one that takes longer is not going to come."""


@dataclass(frozen=True, slots=True)
class Provider:
    """How a provider's list is reached: where its key and its region are told, and what that makes of a source."""

    key_variable: str
    source_in: Callable[[str | None], Source]
    region_variable: str | None = None
    default_region: str | None = None


DIRECT: Final[Mapping[str, Provider]] = {
    "deepseek": Provider("DEEPSEEK_API_KEY", lambda _: deepseek()),
    "dashscope": Provider("DASHSCOPE_API_KEY", lambda region: dashscope(region or ""), "DASHSCOPE_REGION", "intl"),
    "moonshot": Provider("MOONSHOT_API_KEY", lambda region: moonshot(region or ""), "MOONSHOT_REGION", "intl"),
}


def provider_runtime(
    settings: Settings, provider: str | None, environment: Mapping[str, str], store: ObjectStore | None = None
) -> Runtime:
    """What a refresh of one provider runs with; touches neither the network nor the store.

    The environment tells the key (`DEEPSEEK_API_KEY`, or where it is kept: see `secrets`) and the region. Raises
    UsageError for a provider or a region that there is not.
    """
    known = DIRECT[provider_named(provider)]
    region = _region(known, environment)
    source = known.source_in(region)
    folder = settings.overrides or default_overrides()
    runtime = replace(build_runtime(settings, store), source=source)
    listing = ProviderList(
        source=source,
        region=region,
        key=key_reader(environment, known.key_variable),
        key_variable=known.key_variable,
        feed=settings.feed,
        pinned=cache(lambda: load_pinned(folder, source.name)),
        standing=runtime.repository,
        today=lambda: runtime.now().date(),
    )
    return replace(
        runtime,
        source=listing,
        read_feed=listing.read,
        read_overrides=lambda: Overrides(family_rules=load_overrides(folder).family_rules),
        check_store=lambda: check_conditions(runtime.store, prefix=f"{settings.prefix}{source.name}/"),
    )


@dataclass(slots=True)
class ProviderList:
    """One provider's list as a `Source`, filled from its pinned manifest, or that manifest in its place.

    `pinned` gives the manifest with its bytes; `standing` are the provider's documents. From `read` to `parse` it
    remembers why the manifest stands in, and of whom nobody can tell meanwhile.
    """

    source: Source
    region: str | None
    key: ReadSecret
    key_variable: str
    feed: str | None
    pinned: Callable[[], tuple[bytes, PinnedManifest] | None]
    standing: Reader
    today: Callable[[], date]
    limits: FetchLimits = PATIENCE
    _because: tuple[str, ...] = ()
    _unjudged: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Prefix of its documents."""
        return self.source.name

    @property
    def url(self) -> str:
        """Address of the provider's own list."""
        return self.source.url

    def read(self) -> FeedBody:
        """The list, or the manifest that stands in for it; raises FeedError where neither is to be had."""
        if self.feed is not None:
            return feed_reader(self.source, self.feed, api_key=self.key, limits=self.limits)()
        key = self.key()
        if key is None:
            return self._stand_in(f"there is no key in {self.key_variable}", failure=None)
        try:
            body = feed_reader(self.source, None, api_key=lambda: key, limits=self.limits)()
            refuse_unreadable(self.source.parse(body.body))
        except FeedError as error:
            return self._stand_in(self._excuse(error), failure=error)
        return body

    def parse(self, body: bytes) -> ParsedFeed:
        """Facts of a list, what it leaves open filled; or those of a manifest that stood in for one."""
        today = self.today()
        stood_in = _manifest_in(body, self.name)
        if stood_in is not None:
            feed = stood_in.in_region(self.region).stand_in(day=today, unjudged=self._unjudged)
            return replace(feed, findings=(*self._because, *feed.findings))
        feed, pinned = self.source.parse(body), self.pinned()
        return feed if pinned is None else pinned[1].in_region(self.region).fill(feed, day=today)

    def next_page(self, body: bytes) -> str | None:
        """As the provider's list."""
        return self.source.next_page(body)

    def join_pages(self, bodies: Sequence[bytes]) -> bytes:
        """As the provider's list."""
        return self.source.join_pages(bodies)

    def _excuse(self, error: FeedError) -> str:
        """Why the manifest may stand in for a list that failed; raises the failure where it may not."""
        manifest, status = self.standing.load_manifest(), self.standing.load_status()
        if manifest is None or is_pinned(manifest.source.url):
            return f"the list cannot be had, and none was believed before: {error}"
        failures = status.consecutive_failures if status is not None else 0
        if failures < UNSTABLE_AFTER:
            raise error
        return f"{failures} runs in a row failed, and so does this one: {error}"

    def _stand_in(self, why: str, *, failure: FeedError | None) -> FeedBody:
        pinned = self.pinned()
        if pinned is None:
            raise failure or FeedUnavailableError(
                f"{self.name} feed: {why}, and no pinned/{self.name}.json is among the overrides; give one of them"
            )
        body, manifest = pinned
        models = self.standing.load((CURRENT,)).published.models()
        self._unjudged = frozenset(i for i, model in models.items() if model.state is LifecycleState.ACTIVE)
        self._because = (f"{manifest.file} of {manifest.reviewed} stands in for the list: {why}",)
        return FeedBody(body, manifest.url)


def _region(provider: Provider, environment: Mapping[str, str]) -> str | None:
    if provider.region_variable is None:
        return None
    return environment.get(provider.region_variable) or provider.default_region


def _manifest_in(body: bytes, provider: str) -> PinnedManifest | None:
    """The manifest that a body is; None where it is a list."""
    if b'"reviewed"' not in body:
        return None
    try:
        return parse_pinned(body, provider=provider)
    except OverridesError:
        return None
