"""Two conductors: what was published, plus what is now known, becomes what will be published.

`refresh_catalog` reads a feed (every six hours); `refresh_curated` recomputes the shortlist and sweeps (daily).
Both are pure: equal inputs give equal documents. They return only the documents whose content changed; in an
unchanged world that is none. Stages do the work; here is only their order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from modelsync.catalog.aliases import assign_aliases
from modelsync.catalog.documents import (
    AliasChange,
    Changes,
    Current,
    Deprecations,
    Document,
    HeldFeed,
    Redirect,
    Signals,
    content_of,
    measurements_digest,
)
from modelsync.catalog.events import Event
from modelsync.catalog.figures import Measurements
from modelsync.catalog.keys import CHANGES, CURATED, CURRENT, DEPRECATIONS, SIGNALS
from modelsync.catalog.lifecycle import LifecycleState, is_placeholder
from modelsync.catalog.model_ids import ModelId
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.published_set import PublishedSet
from modelsync.catalog.telemetry import Reported
from modelsync.pipeline.backend_drift import inactive_rows, unlisted_rows
from modelsync.pipeline.detect import Resolver
from modelsync.pipeline.enrich import enriched, table_of
from modelsync.pipeline.guard import judge
from modelsync.pipeline.journal import KEPT_FOR, Journalist, price_news
from modelsync.pipeline.normalize import Normalizer
from modelsync.pipeline.observe import Seen, observed
from modelsync.pipeline.overrides import Overrides
from modelsync.pipeline.pinned import is_pinned
from modelsync.pipeline.ranking.curation import curated_document, shortlist_moves
from modelsync.pipeline.redirect import assign_redirects
from modelsync.pipeline.retire import Bound, Census, age
from modelsync.pipeline.stamp import Stamp
from modelsync.pipeline.telemetry.sweep import Notes, sweep_reports
from modelsync.sources.facts import ModelFacts, ParsedFeed
from modelsync.sources.models_dev_copy import EnrichmentCopy

CITATIONS = (
    "Artificial Analysis (artificialanalysis.ai): intelligence, coding and agentic index, as listed by OpenRouter",
    "Design Arena (designarena.ai): Elo, win rate and rank, as listed by OpenRouter",
)


@dataclass(frozen=True, slots=True)
class Refresh:
    """What one run decided: the documents that changed, by name, and what people should know.

    `held` is the feed that is not believed yet; then no document changed.
    """

    documents: Mapping[str, Document]
    events: tuple[Event, ...] = ()
    held: HeldFeed | None = None
    set_aside: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    placeholder_dates: int = 0
    curated: bool = False
    """Whether the shortlist was computed anew."""
    signals: Signals | None = None
    """The figures that the feed told, also where they are those that stand; None where it told none."""

    def then(self, later: "Refresh") -> "Refresh":
        """This run with what was decided on top of it; of a document that both changed, the later one counts.

        What both found is told once.
        """
        return replace(
            self,
            documents={**self.documents, **later.documents},
            events=(*self.events, *later.events),
            findings=(*self.findings, *(each for each in later.findings if each not in self.findings)),
            curated=self.curated or later.curated,
        )

    def observing(self, standing: Signals | None) -> "Refresh":
        """The same with what was observed of how models are served, and with what clients reported.

        No feed tells that, and a run leaves it unread until it has new figures to publish beside it.
        """
        if self.signals is None or standing is None or not (standing.operations or standing.telemetry):
            return self
        kept = {"operations": standing.operations, "telemetry": standing.telemetry}
        signals = self.signals.model_copy(update=kept)
        documents = {name: signals if name == SIGNALS else each for name, each in self.documents.items()}
        return replace(self, documents=documents, signals=signals)


def refresh_catalog(
    feed: ParsedFeed,
    published: PublishedSet,
    *,
    overrides: Overrides,
    bound: Bound,
    held: HeldFeed | None,
    stamp: Stamp,
    accept: bool = False,
    known_figures: str | None = None,
) -> Refresh:
    """Turn a feed into documents; raises FeedFormatError where it is refused.

    `overrides` are those in force; `held` is the feed that waits for a second look, if any; `accept` is an
    operator's word for a feed or prices that would be held; `known_figures` the content digest of the signals that
    stand, where `published` comes without them. Its shortlist is not looked at.
    """
    verdict = judge(feed, published.models(), held=held, source=stamp.source, now=stamp.now, accept=accept)
    if verdict.held is not None:
        return Refresh({}, held=verdict.held, findings=verdict.notes)
    before = census_of(published)
    present, alias_changes, alias_findings = _present(
        feed, published, before=before, overrides=overrides, stamp=stamp, accept=accept
    )
    after = age(before, present, overrides=overrides, bound=bound, seen_until=stamp.now)
    documents, events = catalog_documents(
        published, before, after, alias_changes=alias_changes, overrides=overrides, stamp=stamp
    )
    if published.current is not None and CURRENT not in documents and _marked_anew(published.current, stamp):
        documents[CURRENT] = Current(**stamp.on(), models=published.current.models)
    known = measurements_digest(published.signals) if published.signals is not None else known_figures
    signals = _signals(feed, stamp)
    if known is None or (signals.models and measurements_digest(signals) != known):
        documents[SIGNALS] = signals
    refreshed = Refresh(
        documents,
        events=events,
        set_aside=tuple(f"{each.where} ({each.id or 'no readable id'}): {each.problem}" for each in feed.set_aside),
        findings=(
            *verdict.notes,
            *feed.findings,
            *alias_findings,
            *inactive_rows(overrides.backends, after.states()),
        ),
        placeholder_dates=sum(
            f.expires_at is not None and is_placeholder(f.expires_at, now=stamp.now) for f in feed.models
        ),
        signals=signals if signals.models else None,
    )
    return refreshed.observing(published.signals)


def refresh_signals(published: PublishedSet, seen: Seen, *, stamp: Stamp) -> Refresh:
    """Publish how models are served, as one run saw it, beside the benchmarks and whatever else was measured."""
    operations = observed(published, seen, stamp=stamp)
    if operations == published.operations():
        return Refresh({}, findings=seen.findings)
    known = published.signals or Signals(**stamp.on(), citations=(), models={})
    signals = known.model_copy(update={**stamp.on(), "operations": operations})
    return Refresh({SIGNALS: signals}, findings=seen.findings)


def refresh_curated(
    published: PublishedSet,
    *,
    overrides: Overrides,
    bound: Bound,
    stamp: Stamp,
    reference: EnrichmentCopy | None = None,
    reported: Reported | None = None,
) -> Refresh:
    """Recompute the shortlist and sweep: nobody ages beyond the last feed that was believed (`stamp.last_look`).

    `reference` is what the models are enriched from; without it what they were enriched with stays. `reported` is
    what clients reported; without it no flag is judged by that.
    """
    before = census_of(published)
    judged = sweep_reports(published, reported, stamp=stamp)
    present = judged.applied({i: m for i, m in before.listed.items() if m.state is LifecycleState.ACTIVE})
    after = age(before, present, overrides=overrides, bound=bound, seen_until=stamp.last_look or stamp.now)
    if reference is not None:
        after = replace(after, listed=enriched(after.listed, reference, table=table_of(overrides.backends)))
    rows, states = overrides.backends, after.states()
    drift = (*inactive_rows(rows, states), *unlisted_rows(rows, states, reference))
    documents, events = catalog_documents(
        published, before, after, alias_changes=(), overrides=overrides, stamp=stamp, notes=judged.notes
    )
    if judged.signals is not None:
        documents[SIGNALS] = judged.signals
    swept = published.replacing(documents)
    curated, findings = curated_document(swept, overrides=overrides, stamp=stamp)
    moves = shortlist_moves(published.curated, curated, at=stamp.now, generation=stamp.generation)
    if published.curated is None or content_of(curated) != content_of(published.curated):
        documents[CURATED] = curated
    if moves:
        documents[CHANGES] = with_events(swept.changes, moves, stamp)
    told = (*findings, *drift, *judged.findings)
    return Refresh(documents, events=(*events, *moves), findings=told, curated=True)


def census_of(published: PublishedSet) -> Census:
    """Everyone ever published, as the documents have them."""
    stones = published.deprecations.tombstones if published.deprecations else ()
    return Census(published.models(), {stone.id: stone for stone in stones})


def _present(
    feed: ParsedFeed, published: PublishedSet, *, before: Census, overrides: Overrides, stamp: Stamp, accept: bool
) -> tuple[dict[str, ModelInfo], tuple[AliasChange, ...], tuple[str, ...]]:
    """The models that the feed lists; one that it cannot be asked about, or only unreadably, stays as last known."""
    history = published.deprecations.alias_history if published.deprecations else ()
    kept = {ModelId(i): stone.last_known.alias for i, stone in before.tombstones.items()}
    kept |= {ModelId(i): model.alias for i, model in before.listed.items()}
    assignment = assign_aliases(
        (facts.parts for facts in feed.models),
        kept=kept,
        reserved={alias: i for i, alias in kept.items()} | {each.old_alias: ModelId(each.model_id) for each in history},
        overrides={ModelId(each.id): each.alias for each in overrides.aliases},
    )
    normalizer = Normalizer(
        source=feed.source,
        resolver=Resolver(overrides.family_rules, overrides.capabilities),
        backends=table_of(overrides.backends),
        now=stamp.now,
        accept=accept,
    )
    present: dict[str, ModelInfo] = {
        facts.id: normalizer.normalize(
            facts,
            alias=assignment.aliases[facts.id],
            previous=before.last_known(facts.id),
            first_seen=_first_seen(facts, before, stamp.now),
        )
        for facts in feed.models
    }
    unread = {each.id for each in feed.set_aside if each.id is not None} | feed.unjudged
    for model_id in sorted(unread & before.listed.keys()):
        back = {"state": LifecycleState.ACTIVE, "missing_since": None}
        present[model_id] = before.listed[model_id].model_copy(update=back)
    changes = tuple(
        AliasChange(old_alias=move.old_alias, new_alias=move.new_alias, model_id=move.model_id, since=stamp.now)
        for move in assignment.changes
    )
    return present, changes, assignment.findings


def _marked_anew(current: Current, stamp: Stamp) -> bool:
    """Whether a list and a pinned manifest took each other's place, and said the same."""
    return is_pinned(current.source.url) is not is_pinned(stamp.source.url)


def _first_seen(facts: ModelFacts, before: Census, now: datetime) -> datetime:
    known = before.listed.get(facts.id) or before.tombstones.get(facts.id)
    return known.first_seen if known is not None else now


def catalog_documents(
    published: PublishedSet,
    before: Census,
    after: Census,
    *,
    alias_changes: tuple[AliasChange, ...],
    overrides: Overrides,
    stamp: Stamp,
    notes: Notes | None = None,
) -> tuple[dict[str, Document], tuple[Event, ...]]:
    """Current list, deprecations and events, as far as they changed; `notes` say why a flag did."""
    old = published.deprecations
    known_redirects = old.redirects if old else ()
    redirects = assign_redirects(after, previous=known_redirects, overrides=overrides.redirects, now=stamp.now)
    events = Journalist(stamp.now, stamp.generation, stamp.last_look, notes).report(
        before, after, alias_changes=alias_changes, redirects=redirects, known_redirects=known_redirects
    )
    log = published.changes.events if published.changes else ()
    events += price_news((*log, *events), now=stamp.now, generation=stamp.generation)
    documents: dict[str, Document] = {}
    models = tuple(after.listed.values())
    if published.current is None or published.current.models != models:
        documents[CURRENT] = Current(**stamp.on(), models=models)
    deprecations = _deprecations(after, redirects, (*(old.alias_history if old else ()), *alias_changes), stamp)
    if old is None or content_of(old) != content_of(deprecations):
        documents[DEPRECATIONS] = deprecations
    if events or published.changes is None:
        documents[CHANGES] = with_events(published.changes, events, stamp)
    return documents, events


def _deprecations(
    after: Census, redirects: tuple[Redirect, ...], alias_history: tuple[AliasChange, ...], stamp: Stamp
) -> Deprecations:
    targets = {each.from_id: each.to for each in redirects}
    return Deprecations(
        **stamp.on(),
        redirects=redirects,
        tombstones=tuple(
            stone if stone.replacement == targets.get(i) else stone.model_copy(update={"replacement": targets.get(i)})
            for i, stone in after.tombstones.items()
        ),
        alias_history=alias_history,
    )


def with_events(log: Changes | None, events: tuple[Event, ...], stamp: Stamp) -> Changes:
    """The log of the last 90 days with this run's events at its end."""
    since = stamp.now - KEPT_FOR
    kept = tuple(event for event in (log.events if log else ()) if event.at >= since)
    return Changes(**stamp.on(), events=kept + events)


def _signals(feed: ParsedFeed, stamp: Stamp) -> Signals:
    """What the feed measured; a feed without a single figure is silent, and takes back none of the known ones."""
    measured: dict[str, Measurements] = {
        facts.id: facts.measurements for facts in feed.models if facts.measurements is not None
    }
    return Signals(**stamp.on(), citations=CITATIONS if measured else (), models=measured)
