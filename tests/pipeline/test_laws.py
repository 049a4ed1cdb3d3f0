"""A set that keeps the laws is told so, and each way to break one is seen and named."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.documents import AliasChange, Curated
from modelsync.catalog.events import Event, EventKind
from modelsync.catalog.lifecycle import LifecycleState
from modelsync.catalog.model_info import Enrichment, Origin
from modelsync.catalog.pricing import PriceTier, PricingStatus
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.laws import violations
from tests.timeline import DAY, HOUR, START, Timeline
from tests.world import MODELS, a_record

GONE, STALE, ACTIVE = "x-ai/grok-4.3", "qwen/qwen3-coder", "openai/gpt-5.2"
NOW = START + 15 * DAY

Break = Callable[[PublishedSet], PublishedSet]


@pytest.fixture(scope="module")
def line() -> Timeline:
    """Fifteen days in which one model was deprecated and another went missing."""
    line = Timeline()
    everyone = {model_id: a_record(model_id) for model_id in MODELS}
    line.read(*everyone.values(), at=START)
    del everyone[GONE]
    line.read(*everyone.values(), at=START + 6 * HOUR)
    del everyone[STALE]
    line.read(*everyone.values(), at=NOW - DAY)
    line.read(*everyone.values(), at=NOW)
    line.curate(at=NOW)
    return line


def told(line: Timeline, broken: PublishedSet, *, now: datetime = NOW, **options: Any) -> tuple[str, ...]:
    return violations(broken, line.log, now=now, **options)


def test_a_set_that_the_pipeline_made_keeps_every_law(line: Timeline) -> None:
    assert line.states[GONE] == "deprecated"
    assert line.states[STALE] == "stale"
    assert told(line, line.published) == ()


def test_nothing_published_breaks_no_law() -> None:
    assert violations(PublishedSet(), (), now=START) == ()


# --- ways to change one thing ---


def model(model_id: str, **changes: Any) -> Break:
    """Change one listed record."""

    def broken(published: PublishedSet) -> PublishedSet:
        assert published.current is not None
        models = tuple(m.model_copy(update=changes) if m.id == model_id else m for m in published.current.models)
        return published.replacing({"current": published.current.model_copy(update={"models": models})})

    return broken


def forget(model_id: str) -> Break:
    """Take one record out."""

    def broken(published: PublishedSet) -> PublishedSet:
        assert published.current is not None
        models = tuple(m for m in published.current.models if m.id != model_id)
        return published.replacing({"current": published.current.model_copy(update={"models": models})})

    return broken


def stone(**changes: Any) -> Break:
    """Change the tombstone."""

    def broken(published: PublishedSet) -> PublishedSet:
        assert published.deprecations is not None
        stones = tuple(each.model_copy(update=changes) for each in published.deprecations.tombstones)
        return published.replacing({"deprecations": published.deprecations.model_copy(update={"tombstones": stones})})

    return broken


def redirect(**changes: Any) -> Break:
    """Change the redirect of the model that is gone."""

    def broken(published: PublishedSet) -> PublishedSet:
        assert published.deprecations is not None
        redirects = tuple(each.model_copy(update=changes) for each in published.deprecations.redirects)
        return published.replacing({"deprecations": published.deprecations.model_copy(update={"redirects": redirects})})

    return broken


def no_redirects(published: PublishedSet) -> PublishedSet:
    assert published.deprecations is not None
    return published.replacing({"deprecations": published.deprecations.model_copy(update={"redirects": ()})})


def alias_change(model_id: str, old_alias: str) -> Break:
    """Add an old alias to the history."""

    def broken(published: PublishedSet) -> PublishedSet:
        assert published.deprecations is not None
        change = AliasChange(old_alias=old_alias, new_alias=f"{old_alias}-new", model_id=model_id, since=START)
        return published.replacing(
            {"deprecations": published.deprecations.model_copy(update={"alias_history": (change,)})}
        )

    return broken


def curated(change: Callable[[Curated], dict[str, Any]]) -> Break:
    """Change the shortlist."""

    def broken(published: PublishedSet) -> PublishedSet:
        assert published.curated is not None
        return published.replacing({"curated": published.curated.model_copy(update=change(published.curated))})

    return broken


def chat(**changes: Any) -> Break:
    """Change the chat bucket."""
    return curated(lambda c: {"buckets": {**c.buckets, Bucket.CHAT: c.buckets[Bucket.CHAT].model_copy(update=changes)}})


def recommended(**changes: Any) -> Break:
    """Change the shortlist's copy of one record."""
    return curated(lambda c: {"models": tuple(m.model_copy(update=changes) if m.id == ACTIVE else m for m in c.models)})


def source_of(line: Timeline, **changes: Any) -> Any:
    return line.models[ACTIVE].detection_source.model_copy(update=changes)


def raw_price(line: Timeline, **raw: str) -> Any:
    return line.models[ACTIVE].pricing.model_copy(update={"raw": raw})


# --- and what is said of it ---


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (
            forget(ACTIVE),
            f"law 3 (conserving): {ACTIVE}: the log names it, but it has neither a record nor a tombstone",
        ),
        (model(ACTIVE, id="a/new"), "law 3 (conserving): a/new: it is published, but the log never added it"),
        (model(ACTIVE, id=STALE), f"law 3 (conserving): {STALE}: found 2 records, expected one"),
        (
            model(ACTIVE, state=LifecycleState.STALE, missing_since=NOW),
            f"law 4 (ageing): {ACTIVE}: it is stale, but the log says active",
        ),
        (model(STALE, missing_since=None), f"law 4 (ageing): {STALE}: it is stale, but missingSince is None"),
        (model(ACTIVE, state=LifecycleState.REMOVED), f"law 4 (ageing): {ACTIVE}: it is removed and still listed"),
        (
            model(STALE, missing_since=NOW - 14 * DAY),
            f"law 4 (ageing): {STALE}: still stale 14 days after it went missing",
        ),
        (stone(deprecated_at=START + 14 * DAY), f"law 4 (ageing): {GONE}: deprecated 13 days after it went missing"),
        (stone(removed_at=NOW), f"law 4 (ageing): {GONE}: removed 14 days after it went missing"),
        (
            stone(state=LifecycleState.ACTIVE),
            f"law 4 (ageing): {GONE}: its tombstone says active, but it is not listed",
        ),
        (
            model(ACTIVE, alias="grok-4-3"),
            f"law 5 (aliases): grok-4-3: it belongs to 2 models: {ACTIVE}, {GONE}",
        ),
        (
            alias_change(STALE, "gpt-5-2"),
            f"law 5 (aliases): gpt-5-2: it belongs to 2 models: {ACTIVE}, {STALE}",
        ),
        (
            alias_change("a/never", "old"),
            "law 5 (aliases): old: it resolves to a/never, which was never published",
        ),
        (redirect(to="a/dead"), f"law 6 (redirects): {GONE}: it leads to a/dead, which is not listed"),
        (redirect(to=GONE), f"law 6 (redirects): {GONE}: it leads to {GONE}, which leads to {GONE}"),
        (redirect(from_id=ACTIVE), f"law 6 (redirects): {ACTIVE}: it is active, but leads to x-ai/grok-4.3-fast"),
        (no_redirects, f"law 6 (redirects): {GONE}: it is gone, and nothing says where its users go"),
        (
            stone(replacement="auto"),
            f"law 6 (redirects): {GONE}: its tombstone names auto, its redirect x-ai/grok-4.3-fast",
        ),
        (
            curated(lambda _: {"auto_targets": {PriceTier.PRO: {"any": STALE}}}),
            f"law 6 (redirects): autoTargets.pro.any: {STALE} is not active",
        ),
        (
            curated(lambda _: {"auto_targets": {PriceTier.BUDGET: {"any": ACTIVE}}}),
            f"law 6 (redirects): autoTargets.budget.any: {ACTIVE} is of tier standard, which is not budget or cheaper",
        ),
        (
            model(ACTIVE, price_tier=PriceTier.PRO),
            f"law 8 (tiers): {ACTIVE}: priceTier is pro, expected standard for 1",
        ),
        (model(ACTIVE, price_tier=None), f"law 8 (tiers): {ACTIVE}: priceTier is None, expected standard for 1"),
        (
            model(ACTIVE, pricing_status=PricingStatus.DYNAMIC),
            f"law 8 (tiers): {ACTIVE}: pricingStatus is dynamic, and no leg is negative",
        ),
        (model(ACTIVE, is_free=True), f"law 8 (tiers): {ACTIVE}: it is called free, and a leg is not zero"),
        (chat(models=()), "law 9 (shortlist): chat: 0 of 8 models, and the shortfall says 0"),
        (chat(models=(), minimum=0), "law 9 (shortlist): chat: 0 of 0 models, and the shortfall says 0"),
        (chat(shortfall_reason="few"), "law 9 (shortlist): chat: 0 models short, and the reason says few"),
        (recommended(family="google/gemini"), "law 9 (shortlist): chat: 3 models of google/gemini, at most 2"),
        (recommended(is_router=True), f"law 9 (shortlist): {ACTIVE}: it is recommended, and a router"),
        (recommended(variant="batch"), f"law 9 (shortlist): {ACTIVE}: it is recommended, and a batch variant"),
        (
            recommended(pricing_status=PricingStatus.UNKNOWN),
            f"law 9 (shortlist): {ACTIVE}: it is recommended, and without a price",
        ),
        (
            recommended(expires_at=NOW + 14 * DAY),
            f"law 9 (shortlist): {ACTIVE}: it is recommended, and about to end",
        ),
        (
            recommended(buckets=(Bucket.CODING,)),
            f"law 9 (shortlist): chat: {ACTIVE} may not stand here",
        ),
        (
            recommended(specialty=Bucket.VISION),
            f"law 9 (shortlist): {ACTIVE}: its specialty is vision, where it does not stand",
        ),
        (
            model(ACTIVE, state=LifecycleState.STALE, missing_since=NOW),
            f"law 9 (shortlist): {ACTIVE}: it is recommended, and stale",
        ),
        (forget(ACTIVE), f"law 9 (shortlist): {ACTIVE}: it is recommended, and not listed"),
    ],
)
def test_a_broken_law_is_named_with_the_id_and_what_was_found(line: Timeline, broken: Break, sentence: str) -> None:
    assert sentence in told(line, broken(line.published))


def test_a_flag_without_its_layer_is_seen(line: Timeline) -> None:
    broken = model(ACTIVE, detection_source=source_of(line, supports_tools=None))(line.published)
    assert f"law 7 (provenance): {ACTIVE}: supportsTools is True, and no layer says so" in told(line, broken)


ELSEWHERE = Origin(source="models.dev", record="openai/gpt", day=date(2026, 6, 1))


@pytest.mark.parametrize(
    ("enrichment", "problem"),
    [
        (Enrichment(family="gpt", origins={}), "family has no origin, or an origin no value"),
        (Enrichment(origins={"family": ELSEWHERE}), "family has no origin, or an origin no value"),
        (
            Enrichment(max_context=5, origins={"maxContext": ELSEWHERE}),
            "maxContext was added, and the record has its own",
        ),
    ],
)
def test_an_added_value_needs_its_origin_and_a_gap(line: Timeline, enrichment: Enrichment, problem: str) -> None:
    broken = model(ACTIVE, enrichment=enrichment)(line.published)
    assert f"law 7 (provenance): {ACTIVE}: {problem}" in told(line, broken)


def test_a_value_that_fills_a_gap_and_says_where_it_is_from_breaks_no_law(line: Timeline) -> None:
    filled = Enrichment(knowledge_cutoff="2025-08", origins={"knowledgeCutoff": ELSEWHERE})
    broken = model(ACTIVE, enrichment=filled)(line.published)
    assert not any("provenance" in sentence for sentence in told(line, broken))


def test_a_negative_price_is_no_price(line: Timeline) -> None:
    broken = model(ACTIVE, pricing=raw_price(line, prompt="-1"))(line.published)
    assert f"law 8 (tiers): {ACTIVE}: pricingStatus is priced, and a leg is negative" in told(line, broken)


def test_a_rank_that_is_not_the_sum_of_its_parts_is_seen(line: Timeline) -> None:
    assert line.published.curated is not None
    first, *others = line.published.curated.buckets[Bucket.CHAT].models
    broken = chat(models=(first.model_copy(update={"rank": 1.0}), *others))(line.published)
    (sentence,) = told(line, broken)
    assert sentence.startswith(f"law 9 (shortlist): chat: the rank of {first.id} is 1.0, its parts add up to 0.")


def test_a_bucket_that_is_not_best_first_is_seen(line: Timeline) -> None:
    assert line.published.curated is not None
    first, *others = line.published.curated.buckets[Bucket.CHAT].models
    lowered = first.model_copy(update={"rank": 0.0})
    assert "law 9 (shortlist): chat: its entries are not distinct and best first" in told(
        line, chat(models=(lowered, *others))(line.published)
    )


def test_a_bucket_that_is_missing_is_seen(line: Timeline) -> None:
    broken = curated(lambda c: {"buckets": {b: s for b, s in c.buckets.items() if b is not Bucket.VISION}})
    assert "law 9 (shortlist): vision: the bucket is missing" in told(line, broken(line.published))


def test_the_union_must_be_that_of_the_buckets(line: Timeline) -> None:
    broken = curated(lambda c: {"models": c.models[1:]})(line.published)
    assert any("the buckets and the union of the shortlist disagree about it" in each for each in told(line, broken))


def test_an_event_more_than_the_documents_know_is_seen(line: Timeline) -> None:
    ghost = Event(at=NOW, generation=9, kind=EventKind.ADDED, id="a/ghost")
    assert violations(line.published, (*line.log, ghost), now=NOW) == (
        "law 3 (conserving): a/ghost: the log names it, but it has neither a record nor a tombstone",
    )


def test_ages_that_people_decided_are_not_judged(line: Timeline) -> None:
    broken = stone(deprecated_at=START + DAY)(line.published)
    assert told(line, broken, excused={GONE}.__contains__) == ()


def test_nobody_is_removed_too_late(line: Timeline) -> None:
    late = START + 6 * HOUR + timedelta(days=30)
    aged = model(STALE, missing_since=late)(line.published)
    assert told(line, aged, now=late) == (f"law 4 (ageing): {GONE}: not removed 30 days after it went missing",)


def test_a_model_that_was_withdrawn_by_a_rollback_need_not_have_waited(line: Timeline) -> None:
    later = line.copy()
    newcomers = [a_record(i) for i in (*MODELS, "a/newcomer") if i not in (GONE, STALE)]
    later.read(*newcomers, at=NOW + HOUR)
    later.roll_back(later.generation - 1, at=NOW + 2 * HOUR)
    assert later.states["a/newcomer"] == "deprecated"
    assert violations(later.published, later.log, now=NOW + HOUR) == ()


def test_a_shortlist_is_judged_by_the_day_on_which_it_was_made(line: Timeline) -> None:
    ending = recommended(expires_at=NOW + 15 * DAY)(line.published)
    assert told(line, ending, now=NOW + 2 * DAY) == ()
    assert told(line, ending, curated_at=NOW + 2 * DAY) == (
        f"law 9 (shortlist): {ACTIVE}: it is recommended, and about to end",
    )
