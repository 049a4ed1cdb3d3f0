"""Whether a published set keeps the laws: what `verify` asks of a store, and the oracle of the tests.

Every rule is written from its law, not from the stage that should keep it, and reads documents alone. A violation
is one sentence: the law, the id, what was found. Laws about bytes and runs (1, 2, 10, 11) cannot be seen in a set.

3 conserving · 4 ageing · 5 aliases · 6 redirects · 7 provenance · 8 tiers · 9 shortlist
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from modelsync.catalog.capabilities import DetectionSource
from modelsync.catalog.documents import Curated, Redirect, Tombstone
from modelsync.catalog.events import Event, fold_states
from modelsync.catalog.lifecycle import (
    AUTO,
    DEPRECATED_AFTER,
    LISTED,
    REMOVED_AFTER,
    LifecycleState,
)
from modelsync.catalog.model_info import DetectionSources, Enrichment, ModelInfo
from modelsync.catalog.pricing import ZERO, PriceTier, PricingStatus, price_tier
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.price import NOT_PER_TOKEN
from modelsync.pipeline.ranking.auto_targets import CHEAPEST_FIRST
from modelsync.pipeline.ranking.shortlist_law import shortlist_problems
from modelsync.pipeline.retire import BURIED_EARLY
from modelsync.pipeline.rollback import WITHDRAWN

Found = Iterator[tuple[str, str]]
"""Ids (or names of documents) and what is wrong with them."""


def violations(
    published: PublishedSet,
    log: Sequence[Event],
    *,
    now: datetime,
    curated_at: datetime | None = None,
    excused: Callable[[str], bool] = lambda _: False,
) -> tuple[str, ...]:
    """One sentence for each law that a set breaks, by law and then by id; () where it keeps them all.

    `log` is every event ever written; `now` the time of the last feed that was believed; `curated_at` that of the
    last curation (None: when the shortlist came to be). Ages of ids that are `excused` are not judged: people
    decided them, or a saved choice keeps them.
    """
    case = _Case(published, tuple(log), now, curated_at, excused)
    return tuple(
        dict.fromkeys(
            f"{law}: {subject}: {problem}" for law, judge in _LAWS for subject, problem in sorted(judge(case))
        )
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """A set before its judge."""

    published: PublishedSet
    log: tuple[Event, ...]
    now: datetime
    curated_at: datetime | None
    excused: Callable[[str], bool]

    @property
    def listed(self) -> tuple[ModelInfo, ...]:
        return self.published.current.models if self.published.current else ()

    @property
    def stones(self) -> tuple[Tombstone, ...]:
        return self.published.deprecations.tombstones if self.published.deprecations else ()

    @property
    def redirects(self) -> tuple[Redirect, ...]:
        return self.published.deprecations.redirects if self.published.deprecations else ()

    def buried(self) -> dict[str, Tombstone]:
        return {stone.id: stone for stone in self.stones if stone.state not in LISTED}

    def records(self) -> Iterator[ModelInfo]:
        """Every record that any document holds."""
        yield from self.listed
        yield from (stone.last_known for stone in self.stones)
        yield from self.published.curated.models if self.published.curated else ()


def _conserving(case: _Case) -> Found:
    logged, standing = fold_states(case.log).keys(), case.published.states().keys()
    yield from ((i, "the log names it, but it has neither a record nor a tombstone") for i in logged - standing)
    yield from ((i, "it is published, but the log never added it") for i in standing - logged)
    for name, ids in (("records", _ids(case.listed)), ("tombstones", _ids(case.stones))):
        yield from ((i, f"found {n} {name}, expected one") for i, n in Counter(ids).items() if n > 1)


def _ids(entries: Iterable[ModelInfo | Tombstone]) -> list[str]:
    return [entry.id for entry in entries]


def _ageing(case: _Case) -> Found:
    models = case.published.models()
    logged = fold_states(case.log)
    for model_id, state in case.published.states().items():
        if logged.get(model_id, state) is not state:
            yield model_id, f"it is {state}, but the log says {logged[model_id]}"
    for stone in case.stones:
        model = models.get(stone.id)
        if model is not None and model.state is not stone.state:
            yield stone.id, f"it is listed as {model.state}, but its tombstone says {stone.state}"
        elif model is None and stone.state in LISTED:
            yield stone.id, f"its tombstone says {stone.state}, but it is not listed"
    yield from _ages_of_the_listed(case)
    yield from _ages_of_the_buried(case)


def _ages_of_the_listed(case: _Case) -> Found:
    # A rollback restores records without ageing them: until the next feed they are older than their last look.
    judged = case.published.current is not None and case.published.current.generated_at <= case.now
    for model in case.listed:
        if model.state not in LISTED:
            yield model.id, f"it is {model.state} and still listed"
        if (model.state is LifecycleState.ACTIVE) is not (model.missing_since is None):
            yield model.id, f"it is {model.state}, but missingSince is {model.missing_since}"
        missing = case.now - model.missing_since if model.missing_since is not None and judged else timedelta()
        if missing >= DEPRECATED_AFTER and not case.excused(model.id):
            yield model.id, f"still stale {missing.days} days after it went missing"


def _ages_of_the_buried(case: _Case) -> Found:
    for stone in case.buried().values():
        if (stone.state is LifecycleState.REMOVED) is not (stone.removed_at is not None):
            yield stone.id, f"it is {stone.state}, but removedAt is {stone.removed_at}"
        if case.excused(stone.id):
            continue
        if stone.deprecated_at - stone.missing_since < DEPRECATED_AFTER and stone.cause not in (
            WITHDRAWN,
            BURIED_EARLY,
        ):
            yield stone.id, f"deprecated {(stone.deprecated_at - stone.missing_since).days} days after it went missing"
        if stone.removed_at is not None and stone.removed_at - stone.missing_since < REMOVED_AFTER:
            yield stone.id, f"removed {(stone.removed_at - stone.missing_since).days} days after it went missing"
        if stone.removed_at is None and case.now - stone.missing_since >= REMOVED_AFTER:
            yield stone.id, f"not removed {(case.now - stone.missing_since).days} days after it went missing"


def _aliases(case: _Case) -> Found:
    history = case.published.deprecations.alias_history if case.published.deprecations else ()
    owners: dict[str, set[str]] = defaultdict(set)
    for record in (*case.listed, *(stone.last_known for stone in case.stones)):
        owners[record.alias].add(record.id)
    for change in history:
        owners[change.old_alias].add(change.model_id)
        owners[change.new_alias].add(change.model_id)
        if change.model_id not in case.published.states():
            yield change.old_alias, f"it resolves to {change.model_id}, which was never published"
    yield from (
        (alias, f"it belongs to {len(ids)} models: {', '.join(sorted(ids))}")
        for alias, ids in owners.items()
        if len(ids) > 1
    )
    for entry in _entries(case.published.curated):
        if owners.get(entry[0]) != {entry[1]}:
            yield entry[0], f"the shortlist has it for {entry[1]}, to which it does not resolve"


def _entries(curated: Curated | None) -> Iterator[tuple[str, str]]:
    for shortlist in curated.buckets.values() if curated else ():
        yield from ((entry.alias, entry.id) for entry in shortlist.models)


def _redirects(case: _Case) -> Found:
    models, buried = case.published.models(), case.buried()
    targets = {redirect.from_id: redirect.to for redirect in case.redirects}
    counted = Counter(redirect.from_id for redirect in case.redirects)
    yield from ((i, f"found {n} redirects, expected one") for i, n in counted.items() if n > 1)
    for source, to in targets.items():
        if to != AUTO and to not in models:
            yield source, f"it leads to {to}, which is not listed"
        if to == source or to in targets:
            yield source, f"it leads to {to}, which leads to {targets[to]}"
        if source in models and models[source].state is LifecycleState.ACTIVE:
            yield source, f"it is active, but leads to {to}"
    for model_id, stone in buried.items():
        if model_id not in targets:
            yield model_id, "it is gone, and nothing says where its users go"
        elif stone.replacement != targets[model_id]:
            yield model_id, f"its tombstone names {stone.replacement}, its redirect {targets[model_id]}"
    yield from _auto_targets(case)


def _auto_targets(case: _Case) -> Found:
    """Where a redirect to `auto` leads is a target, too: it is there, and never of a dearer tier."""
    curated = case.published.curated
    if curated is None:
        return
    models = case.published.models()
    judged = models | {model.id: model for model in curated.models}
    for tier, by_need in curated.auto_targets.items():
        for need, target in by_need.items():
            if target is None:
                continue
            where, its_tier = f"autoTargets.{tier}.{need}", judged[target].price_tier if target in judged else None
            if target not in models or models[target].state is not LifecycleState.ACTIVE:
                yield where, f"{target} is not active"
            if its_tier is None or CHEAPEST_FIRST.index(its_tier) > CHEAPEST_FIRST.index(tier):
                yield where, f"{target} is of tier {its_tier}, which is not {tier} or cheaper"


def _provenance(case: _Case) -> Found:
    for record in case.records():
        for name, field in DetectionSources.model_fields.items():
            if getattr(record, name) is not None and getattr(record.detection_source, name) is None:
                yield record.id, f"{field.alias} is {getattr(record, name)}, and no layer says so"
        if record.enrichment is not None:
            yield from ((record.id, problem) for problem in _enrichment_problems(record, record.enrichment))


def _enrichment_problems(record: ModelInfo, enrichment: Enrichment) -> Iterator[str]:
    """Values without an origin and the other way round, and values that stand beside the record's own."""
    told = enrichment.model_dump(mode="json", by_alias=True, exclude={"origins"})
    yield from (f"{name} has no origin, or an origin no value" for name in sorted(told.keys() ^ enrichment.origins))
    own = record.model_dump(mode="json", by_alias=True, include={"knowledge_cutoff", "max_context", "max_output"})
    yield from (f"{name} was added, and the record has its own" for name in told if own.get(name) is not None)


def _tiers(case: _Case) -> Found:
    for record in case.records():
        yield from ((record.id, problem) for problem in _price_problems(record))


def _price_problems(record: ModelInfo) -> Iterator[str]:
    legs = [Decimal(price) for price in record.pricing.raw.values()]
    routed = any(leg < ZERO for leg in legs)
    if routed is not (record.pricing_status is PricingStatus.DYNAMIC):
        yield f"pricingStatus is {record.pricing_status}, and {'a' if routed else 'no'} leg is negative"
    if record.is_free and record.detection_source.is_free is not DetectionSource.OVERRIDE and any(legs):
        yield "it is called free, and a leg is not zero"
    expected = _tier(record)
    if record.price_tier is not expected:
        yield f"priceTier is {record.price_tier}, expected {expected} for {record.pricing.prompt_per_million}"


def _tier(record: ModelInfo) -> PriceTier | None:
    known = record.pricing_status in (PricingStatus.PRICED, PricingStatus.FREE)
    prompt = record.pricing.prompt_per_million
    if not known or prompt is None or not NOT_PER_TOKEN.isdisjoint(record.output_modalities):
        return None
    tier = price_tier(Decimal(prompt))
    return tier if tier is not PriceTier.FREE or record.is_free else None


def _shortlist(case: _Case) -> Found:
    curated = case.published.curated
    if curated is not None:
        made_at = max(case.curated_at or curated.generated_at, curated.generated_at)
        yield from shortlist_problems(curated, case.published.models(), made_at=made_at)


_LAWS: Final[tuple[tuple[str, Callable[[_Case], Found]], ...]] = (
    ("law 3 (conserving)", _conserving),
    ("law 4 (ageing)", _ageing),
    ("law 5 (aliases)", _aliases),
    ("law 6 (redirects)", _redirects),
    ("law 7 (provenance)", _provenance),
    ("law 8 (tiers)", _tiers),
    ("law 9 (shortlist)", _shortlist),
)
