"""Law 9: at most two per family and bucket; every minimum met or a stated shortfall; never a retired, retiring
(14 days), router, `~latest`, `:batch` or unreachable model."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from modelsync.catalog.buckets import CHANGES_PER_DAY, MINIMUM, UNION_AT_LEAST, UNION_AT_MOST, Bucket
from modelsync.catalog.documents import Curated
from modelsync.catalog.figures import Measurements, Operations
from modelsync.catalog.lifecycle import LifecycleState, is_retiring
from modelsync.catalog.model_ids import parse_model_id
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import PriceTier, PricingStatus
from modelsync.pipeline.ranking.curate import curate
from modelsync.pipeline.ranking.kinship import release_key
from modelsync.pipeline.ranking.score import rank_of, score_models
from modelsync.pipeline.ranking.shortlist import Shortlist
from tests.builders import NOW, a_model, measured, published_shortlist, served

VENDORS = [*(f"v{n}" for n in range(20)), "openrouter", "stealth", "~v0"]
SLUGS = ["one", "one-2", "one-3", "one-3-preview", "one-3-mini", "two", "guard-1"]
PRICES = ["0", "0.1", "0.1", "0.5", "1", "2", "20"]
OUTPUTS = [*[("text",)] * 6, ("image",), ("audio", "text")]
STAYS: Mapping[str, Any] = {}
LIVES: Sequence[Mapping[str, Any]] = [
    *[STAYS] * 7,
    {"expires_at": NOW + timedelta(days=90)},
    {"expires_at": NOW + timedelta(days=9)},
    {"state": LifecycleState.STALE, "missing_since": NOW},
    {"pricing_status": PricingStatus.UNKNOWN},
]


def a_pool(chance: random.Random) -> tuple[ModelInfo, ...]:
    """Every id of the words above once, with traits and a life by chance: what worlds are drawn from."""
    ids = [f"{vendor}/{slug}" for vendor in VENDORS for slug in SLUGS]
    ids += [f"{model_id}:{variant}" for model_id in ids[::3] for variant in ("free", "batch")]
    return tuple(
        a_model(
            model_id,
            prompt_usd_per_mtok=chance.choice(PRICES),
            days_old=chance.randrange(900),
            supports_vision=chance.choice([True, True, False, None]),
            supports_tools=chance.choice([True, True, False, None]),
            reasoning=chance.choice(["none", "fixed", "configurable"]),
            output_modalities=chance.choice(OUTPUTS),
            **chance.choice(LIVES),
        )
        for model_id in ids
    )


POOL = a_pool(random.Random(9))
SEEDS = st.integers(0, 999)


@dataclass(frozen=True, repr=False)
class World:
    """A catalog with what was measured and observed of it; it shows itself by the ids of the pool."""

    models: tuple[ModelInfo, ...]
    measurements: Mapping[str, Measurements]
    operations: Mapping[str, Operations]

    def __repr__(self) -> str:
        return f"World({', '.join(model.id for model in self.models)})"

    def shortlist(
        self, previous: Curated | None = None, *, changes_today: int = 0, shuffled_by: int | None = None
    ) -> Shortlist:
        models: Sequence[ModelInfo] = self.models
        if shuffled_by is not None:
            models = random.Random(shuffled_by).sample(self.models, len(self.models))
        scores = score_models(models, measurements=self.measurements, operations=self.operations, pins=(), now=NOW)
        return curate(models, scores, previous=previous, changes_today=changes_today, pins_and_bans=(), now=NOW)

    def turned(self, seed: int) -> "World":
        """The same catalog, measured and observed anew; one model in ten is gone."""
        chance = random.Random(seed)
        return a_world([model for model in self.models if chance.random() > 0.1], seed)


def a_world(models: Sequence[ModelInfo], seed: int) -> World:
    """A catalog of which two thirds were measured and a third was observed."""
    chance = random.Random(seed)
    measurements, operations = {}, {}
    for model in models:
        figure = chance.uniform(0, 70)
        if chance.random() < 2 / 3:
            measurements[model.id] = measured(figure, coding=figure, agentic=figure, image_elo=figure)
        if chance.random() < 1 / 3:
            operations[model.id] = served(uptime_1d=chance.random(), latency_p50_ms=chance.uniform(1, 1e5))
    return World(tuple(models), measurements, operations)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    least = draw(st.sampled_from([0, 10, 60, 140]))
    models = draw(st.lists(st.sampled_from(POOL), min_size=least, max_size=180, unique_by=lambda model: model.id))
    return a_world(models, draw(SEEDS))


def members(found: Shortlist | Curated) -> dict[Bucket, list[str]]:
    return {bucket: [entry.id for entry in each.models] for bucket, each in found.buckets.items()}


def outsiders(bucket: Bucket, found: Shortlist, world: World) -> list[ModelInfo]:
    """Models that may stand in a bucket, and whose release does not."""
    inside = {release_key(i) for i in members(found)[bucket]}
    return [
        model
        for model in world.models
        if bucket in model.buckets and unfit(model) is None and release_key(model.id) not in inside
    ]


def unfit(model: ModelInfo) -> str | None:
    """Why a model must not be recommended, judged from its record alone."""
    parts = parse_model_id(model.id)
    reasons = {
        "gone": model.state is not LifecycleState.ACTIVE,
        "retiring": is_retiring(model.expires_at, now=NOW),
        "router": parts.is_router,
        "unannounced": parts.is_stealth,
        "latest": model.id.startswith("~"),
        "batch": model.id.endswith(":batch"),
        "classifier": "guard" in model.id,
        "without a price": model.pricing_status not in (PricingStatus.PRICED, PricingStatus.FREE),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def obeys_the_law(found: Shortlist, world: World) -> None:
    models = {model.id: model for model in world.models}
    for bucket, ids in members(found).items():
        assert [(i, unfit(models[i])) for i in ids if unfit(models[i])] == []
        assert all(bucket in models[i].buckets for i in ids)
        families = Counter(models[i].family for i in ids)
        assert max(families.values(), default=0) <= 2
        assert len({release_key(i) for i in ids}) == len(ids)
        each = found.buckets[bucket]
        assert each.shortfall == max(0, MINIMUM[bucket] - len(ids))
        assert (each.shortfall_reason is not None) is (each.shortfall > 0)
        if each.shortfall:
            assert [model.id for model in outsiders(bucket, found, world) if families[model.family] < 2] == []
        assert [entry.rank for entry in each.models] == [rank_of(entry.components) for entry in each.models]
        assert [(-e.rank, e.id) for e in each.models] == sorted((-e.rank, e.id) for e in each.models)
        assert {each.id for each in each.next_up}.isdisjoint(ids)
    union = {i for ids in members(found).values() for i in ids}
    assert [model.id for model in found.models] == sorted(union)
    assert len(union) <= UNION_AT_MOST
    assert (len(union) < UNION_AT_LEAST) is bool(found.findings)


@given(worlds())
def test_a_first_shortlist_obeys_the_law(world: World) -> None:
    obeys_the_law(world.shortlist(), world)


@settings(max_examples=40)
@given(worlds(), st.lists(SEEDS, min_size=1, max_size=4))
def test_the_shortlist_obeys_the_law_however_the_world_turns(world: World, turns: list[int]) -> None:
    found = world.shortlist()
    for seed in turns:
        world = world.turned(seed)
        found = world.shortlist(published_shortlist(found))
        obeys_the_law(found, world)


@settings(max_examples=40)
@given(worlds(), SEEDS)
def test_who_could_have_stayed_makes_room_at_most_twice_a_day(before: World, seed: int) -> None:
    yesterday, after = published_shortlist(before.shortlist()), before.turned(seed)
    # With the day's exchanges spent, everyone stays who still can.
    steady = members(after.shortlist(yesterday, changes_today=CHANGES_PER_DAY))
    today = members(after.shortlist(yesterday))
    left = [
        (bucket, i)
        for bucket, ids in members(yesterday).items()
        for i in ids
        if i in set(steady[bucket]) - set(today[bucket])
    ]
    assert len(left) <= CHANGES_PER_DAY


@given(worlds())
def test_an_unchanged_world_keeps_its_shortlist(world: World) -> None:
    first = world.shortlist()
    assert world.shortlist(published_shortlist(first)) == first


@given(worlds(), st.integers())
def test_the_order_of_the_catalog_has_no_meaning(world: World, shuffled_by: int) -> None:
    assert world.shortlist(shuffled_by=shuffled_by) == world.shortlist()


@given(worlds())
def test_a_stand_in_never_costs_more_than_its_tier(world: World) -> None:
    tiers = list(PriceTier)
    models = {model.id: model for model in world.models}
    for tier, needs in world.shortlist().auto_targets.items():
        for target in filter(None, needs.values()):
            theirs = models[target].price_tier
            assert theirs is not None
            assert tiers.index(theirs) <= tiers.index(tier)
            assert theirs is not PriceTier.FREE or models[target].is_free
