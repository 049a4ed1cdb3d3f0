"""The pipeline over time, without a store: tests give it records and times, and look at what would be published.

    line = Timeline()
    line.read(a_record("a/b"), a_record("c/d"), at=START)
    line.read(a_record("c/d"), at=START + 6 * HOUR, accept=True)
    assert line.states == {"a/b": "stale", "c/d": "active"}

After each step every document is written and read again, so that nothing lives on that its bytes do not hold.
Nothing here decides anything; jobs, stores and the heartbeat have a world of their own (`tests.world`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from modelsync.catalog.documents import DOCUMENTS, Document, HeldFeed, Redirect, Source, Tombstone, decode, encode
from modelsync.catalog.events import Event
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.overrides import Overrides, parse_overrides
from modelsync.pipeline.refresh import Refresh, refresh_catalog, refresh_curated
from modelsync.pipeline.retire import Bound
from modelsync.pipeline.rollback import roll_back
from modelsync.pipeline.stamp import Stamp
from modelsync.sources.facts import ModelFacts, ParsedFeed
from modelsync.sources.openrouter import OpenRouter
from modelsync.sources.openrouter_record import facts_of
from tests.world import a_body, a_record

START: Final = datetime(2026, 6, 1, 6, tzinfo=UTC)
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
SECOND: Final = timedelta(seconds=1)

WORDS: Final[Mapping[str, str]] = {"reason": "made for a test", "source": "the test", "since": "2020-01-01"}
"""What every override has to say of itself."""

Entries = Iterable[Mapping[str, Any]]


def nobody_is_bound(_: str) -> bool:
    """No saved choice points at any id."""
    return False


def facts(model_id: str, /, **fields: Any) -> ModelFacts:
    """What one record of the list claims, its fields as in `a_record`."""
    return facts_of(a_record(model_id, **fields), notice=lambda _: None)


def parsed(*records: object) -> ParsedFeed:
    """A list of these records."""
    return OpenRouter().parse(a_body(records))


def override_file(entries: Entries | Mapping[str, Entries]) -> bytes:
    """The bytes of an override file, with the words filled in that every entry has to say of itself."""
    if isinstance(entries, Mapping):
        return json.dumps({name: [{**WORDS, **each} for each in listed] for name, listed in entries.items()}).encode()
    return json.dumps({"entries": [{**WORDS, **each} for each in entries]}).encode()


def overrides(**files: Entries | Mapping[str, Entries]) -> Overrides:
    """Overrides from the entries of files: `overrides(alias_overrides=[{"id": "a/b", "alias": "best"}])`."""
    return parse_overrides(
        {f"{name.replace('_', '-')}.json": override_file(entries) for name, entries in files.items()}
    )


def a_source(*, count: int = 0, at: datetime = START) -> Source:
    """Where a document's content was read; always the same digest, so that bytes tell what the content is alone."""
    return Source(url="memory:feed", snapshot=None, sha256="0" * 64, fetched_at=at, model_count=count)


def a_stamp(generation: int = 1, *, at: datetime = START, last_look: datetime | None = None) -> Stamp:
    """The envelope of one run's documents."""
    return Stamp(now=at, generation=generation, source=a_source(at=at), last_look=last_look)


def stored(published: PublishedSet) -> PublishedSet:
    """The set as it is after its documents were written and read again."""
    read: dict[str, Document] = {}
    for name, document in published.by_name().items():
        again = decode(DOCUMENTS[name], encode(document), key=name)
        assert isinstance(again, Document)
        read[name] = again
    return PublishedSet().replacing(read)


@dataclass
class Timeline:
    """What stands published, and the steps that lead to what stands next."""

    overrides: Overrides = field(default_factory=Overrides)
    bound: Bound = nobody_is_bound
    published: PublishedSet = field(default_factory=PublishedSet)
    generation: int = 0
    last_look: datetime | None = None
    held: HeldFeed | None = None
    log: tuple[Event, ...] = ()
    generations: dict[int, PublishedSet] = field(default_factory=dict)

    def read(self, *records: object, at: datetime, accept: bool = False) -> Refresh:
        """Refresh from a list of these records."""
        return self.read_body(a_body(records), at=at, accept=accept)

    def read_body(self, body: bytes, *, at: datetime, accept: bool = False) -> Refresh:
        """Refresh from a list as the source sends it; a refused one raises and changes nothing."""
        feed = OpenRouter().parse(body)
        source = a_source(count=feed.record_count, at=at)
        refresh = refresh_catalog(
            feed,
            self.published,
            overrides=self.overrides.on(at.date()),
            bound=self.bound,
            held=self.held,
            stamp=Stamp(at, self.generation + 1, source, self.last_look),
            accept=accept,
        )
        self.held = refresh.held
        if refresh.held is None:
            self.last_look = at
        return self._publish(refresh)

    def curate(self, *, at: datetime) -> Refresh:
        """Recompute the shortlist and sweep."""
        return self._publish(
            refresh_curated(
                self.published,
                overrides=self.overrides.on(at.date()),
                bound=self.bound,
                stamp=a_stamp(self.generation + 1, at=at, last_look=self.last_look),
            )
        )

    def roll_back(self, generation: int, *, at: datetime) -> Refresh:
        """Publish an older generation again."""
        stamp = a_stamp(self.generation + 1, at=at, last_look=self.last_look)
        target = self.generations[generation]
        return self._publish(roll_back(self.published, target, overrides=self.overrides.on(at.date()), stamp=stamp))

    def copy(self) -> "Timeline":
        """Another timeline with the same past."""
        return replace(self, generations=dict(self.generations))

    def _publish(self, refresh: Refresh) -> Refresh:
        if refresh.documents:
            self.generation += 1
            self.published = stored(self.published.replacing(refresh.documents))
            self.generations[self.generation] = self.published
            self.log += refresh.events
        return refresh

    @property
    def states(self) -> dict[str, str]:
        """The state of every id ever published."""
        return {model_id: str(state) for model_id, state in self.published.states().items()}

    @property
    def models(self) -> dict[str, ModelInfo]:
        """The listed models by id."""
        return self.published.models()

    @property
    def tombstones(self) -> dict[str, Tombstone]:
        """The tombstones by id."""
        stones = self.published.deprecations.tombstones if self.published.deprecations else ()
        return {stone.id: stone for stone in stones}

    @property
    def redirects(self) -> dict[str, Redirect]:
        """The redirects by the id that they lead away from."""
        redirects = self.published.deprecations.redirects if self.published.deprecations else ()
        return {redirect.from_id: redirect for redirect in redirects}

    @property
    def bytes(self) -> dict[str, bytes]:
        """What stands published, as it is written."""
        return {name: encode(document) for name, document in self.published.by_name().items()}

    def happened_to(self, model_id: str) -> list[str]:
        """The kinds of all events of one model, oldest first."""
        return [str(event.kind) for event in self.log if event.id == model_id]
