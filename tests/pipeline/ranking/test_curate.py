"""The shortlist: constraints, steadiness, and people's word."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from modelsync.catalog.buckets import MINIMUM, Bucket
from modelsync.catalog.documents import Curated
from modelsync.catalog.figures import Measurements
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.overrides import CuratedRule
from modelsync.pipeline.ranking.curate import curate
from modelsync.pipeline.ranking.lineup import MARGIN
from modelsync.pipeline.ranking.score import score_models
from modelsync.pipeline.ranking.shortlist import Shortlist
from tests.builders import NOW, a_model, a_painter, measured, published_shortlist

ABLE: dict[str, Any] = {"supports_vision": True, "reasoning": "configurable", "prompt_usd_per_mtok": "0.5"}
CROWD = tuple(a_model(f"v{n:02}/m", **ABLE) for n in range(40))
PAINTERS = tuple(a_painter(f"p{n}/brush") for n in range(5))
FIGURES = {f"v{n:02}/m": measured(50 - n, coding=50 - n, agentic=50 - n) for n in range(40)}
FIGURES |= {f"p{n}/brush": measured(image_elo=1200 - n) for n in range(5)}


def shortlist(
    models: Sequence[ModelInfo] = CROWD + PAINTERS,
    *,
    figures: dict[str, Measurements] | None = None,
    previous: Curated | None = None,
    changes_today: int = 0,
    rules: Iterable[CuratedRule] = (),
) -> Shortlist:
    seen = FIGURES if figures is None else figures
    scores = score_models(models, measurements=seen, operations={}, pins=(), now=NOW)
    return curate(models, scores, previous=previous, changes_today=changes_today, pins_and_bans=tuple(rules), now=NOW)


def a_rule(action: str, model_id: str, bucket: str | None = None) -> CuratedRule:
    words = {"reason": "a test", "source": "the test", "since": "2026-01-01"}
    return CuratedRule.model_validate({"action": action, "id": model_id, "bucket": bucket, **words})


def ids(found: Shortlist | Curated, bucket: Bucket = Bucket.CHAT) -> list[str]:
    return [entry.id for entry in found.buckets[bucket].models]


def entries(found: Shortlist | Curated) -> set[tuple[str, str]]:
    return {(str(bucket), entry.id) for bucket, each in found.buckets.items() for entry in each.models}


TODAY = published_shortlist(shortlist())


def overtaken(by: float = 40) -> dict[str, Measurements]:
    """Figures by which v30 is suddenly the best of all."""
    return FIGURES | {"v30/m": measured(50 + by, coding=50 + by, agentic=50 + by)}


def test_every_bucket_meets_its_minimum_and_the_union_has_thirty() -> None:
    found = shortlist()
    assert {bucket: len(each.models) >= MINIMUM[bucket] for bucket, each in found.buckets.items()} == dict.fromkeys(
        Bucket, True
    )
    assert len(found.models) == 30
    assert found.findings == ()


def test_lists_are_best_first() -> None:
    ranks = [entry.rank for entry in shortlist().buckets[Bucket.CHAT].models]
    assert ranks == sorted(ranks, reverse=True)
    assert ids(shortlist())[:3] == ["v00/m", "v01/m", "v02/m"]


def test_an_entry_carries_what_its_rank_is_made_of() -> None:
    entry = shortlist().buckets[Bucket.CODING].models[0]
    parts = entry.components
    assert (entry.id, entry.alias, parts.quality.evidence) == ("v00/m", "v00-m", "measured")
    assert entry.rank == pytest.approx(
        0.45 * parts.quality.value + 0.25 * 0.5 + 0.15 * 0.5 + 0.15 * parts.cost.value, abs=1e-9
    )
    assert entry.reason == "Highest measured coding quality of 40 candidates, at $0.50 / $4.00."


def test_the_union_holds_everyone_once_in_the_order_of_ids_with_the_bucket_they_rank_highest_in() -> None:
    found = shortlist()
    union = [model.id for model in found.models]
    assert union == sorted({model_id for _, model_id in entries(found)})
    assert {model.specialty for model in found.models if model.id.startswith("p")} == {Bucket.IMAGE_GEN}
    for model in found.models:
        ranks = {b: e.rank for b, each in found.buckets.items() for e in each.models if e.id == model.id}
        assert ranks[model.specialty] == max(ranks.values())


def test_at_most_two_of_a_family_stand_in_a_bucket() -> None:
    kin = tuple(a_model(f"kin/line-{n}", **ABLE) for n in range(6))
    figures = FIGURES | {model.id: measured(90, coding=90, agentic=90) for model in kin}
    found = shortlist(CROWD + kin + PAINTERS, figures=figures)
    for bucket in Bucket:
        assert sum(i.startswith("kin/") for i in ids(found, bucket)) in ({0} if bucket is Bucket.IMAGE_GEN else {2})


def test_of_a_base_and_its_variant_only_the_base_stands_though_the_variant_is_free() -> None:
    free = a_model("v00/m:free", **{**ABLE, "prompt_usd_per_mtok": 0, "completion_usd_per_mtok": 0})
    found = shortlist((*CROWD, free))
    assert "v00/m:free" not in {model_id for _, model_id in entries(found)}
    assert "v00/m" in ids(found)


def test_a_variant_stands_where_its_base_may_not() -> None:
    dear = a_model("z/dear", **{**ABLE, "prompt_usd_per_mtok": 3})
    free = a_model("z/dear:free", **{**ABLE, "prompt_usd_per_mtok": 0, "completion_usd_per_mtok": 0})
    figures = FIGURES | {"z/dear": measured(99, coding=99, agentic=99)}
    found = shortlist((*CROWD, dear, free), figures=figures)
    assert "z/dear" in ids(found, Bucket.CHAT)
    assert "z/dear:free" in ids(found, Bucket.FAST)


@pytest.mark.parametrize("fields", [{"state": "stale", "missing_since": NOW}, {"expires_at": NOW + timedelta(days=14)}])
def test_who_is_gone_or_about_to_end_is_not_in_even_if_it_was_ranked(fields: dict[str, Any]) -> None:
    scores = score_models(CROWD, measurements=FIGURES, operations={}, pins=(), now=NOW)
    leaving = (a_model("v00/m", **{**ABLE, **fields}), *CROWD[1:])
    found = curate(leaving, scores, previous=TODAY, changes_today=0, pins_and_bans=(), now=NOW)
    assert "v00/m" not in {model_id for _, model_id in entries(found)}


def test_a_place_goes_to_the_record_that_speaks_for_its_release_now() -> None:
    free = a_model("z/last:free", **{**ABLE, "prompt_usd_per_mtok": 0, "completion_usd_per_mtok": 0})
    others = tuple(model for model in CROWD if model.id != "v00/m")
    figures = FIGURES | {"z/last": measured(99, coding=99, agentic=99)}
    before = shortlist((*others, free), figures=figures)
    assert "z/last:free" in ids(before)
    base = a_model("z/last", **ABLE)
    after = shortlist((*others, free, base), figures=figures, previous=published_shortlist(before), changes_today=2)
    gone, came = set(ids(before)) - set(ids(after)), set(ids(after)) - set(ids(before))
    assert (gone, came) == ({"z/last:free"}, {"z/last"})


def test_a_minimum_that_cannot_be_met_is_stated_and_nothing_is_relaxed() -> None:
    kin = tuple(a_model(f"kin/line-{n}", **ABLE) for n in range(6))
    found = shortlist(kin, figures={})
    chat, painting = found.buckets[Bucket.CHAT], found.buckets[Bucket.IMAGE_GEN]
    assert (len(chat.models), chat.minimum, chat.shortfall) == (2, 8, 6)
    assert chat.shortfall_reason == "Only 6 models of 1 families may stand here, at most 2 of a family."
    assert (painting.models, painting.shortfall) == ((), 3)
    assert found.findings == ("shortlist: 2 distinct models, expected 30 or more: buckets hold all that fit",)


def test_an_empty_catalog_has_an_empty_shortlist_that_says_so() -> None:
    found = shortlist(())
    assert found.models == ()
    assert [each.shortfall for each in found.buckets.values()] == [5, 5, 8, 5, 4, 3]


def test_the_next_ones_are_named_with_what_keeps_them_out() -> None:
    upcoming = shortlist().buckets[Bucket.IMAGE_GEN].next_up
    assert [each.id for each in upcoming] == []
    coding = shortlist().buckets[Bucket.CODING]
    assert len(coding.next_up) == 3
    assert coding.next_up[0].rank < coding.models[-1].rank
    assert coding.next_up[0].reason.endswith(f"behind {coding.models[-1].id}, the last in the list.")


def test_an_unchanged_world_keeps_its_shortlist() -> None:
    assert shortlist(previous=TODAY) == shortlist()


def test_a_newcomer_by_less_than_the_margin_waits_outside() -> None:
    last = TODAY.buckets[Bucket.IMAGE_GEN].models[-1]
    rival = a_painter("z/brush", image_usd_per_mtok=25)
    figures = FIGURES | {"z/brush": FIGURES[last.id]}
    found = shortlist((*CROWD, *PAINTERS, rival), figures=figures, previous=TODAY)
    assert last.id in ids(found, Bucket.IMAGE_GEN)
    near = next(each for each in found.buckets[Bucket.IMAGE_GEN].next_up if each.id == "z/brush")
    again = next(e for e in found.buckets[Bucket.IMAGE_GEN].models if e.id == last.id)
    assert 0 < near.rank - again.rank < MARGIN
    assert near.reason == f"Better than {last.id} by 0.002; a newcomer needs 0.020."


def test_a_day_sees_two_exchanges_in_all_buckets_together() -> None:
    found = shortlist(figures=overtaken(), previous=TODAY)
    assert len(entries(TODAY) - entries(found)) == 2
    assert len(entries(found) - entries(TODAY)) == 2


def test_exchanges_made_earlier_in_the_day_count() -> None:
    once = shortlist(figures=overtaken(), previous=TODAY, changes_today=1)
    assert len(entries(TODAY) - entries(once)) == 1
    for spent in (2, 7):
        none = shortlist(figures=overtaken(), previous=TODAY, changes_today=spent)
        assert entries(none) == entries(TODAY)


def test_after_some_days_a_newcomer_stands_everywhere_it_belongs() -> None:
    day = TODAY
    for _ in range(4):
        day = published_shortlist(shortlist(figures=overtaken(), previous=day))
    for bucket in list(Bucket)[:5]:
        assert "v30/m" in ids(day, bucket)
    assert entries(shortlist(figures=overtaken(), previous=day)) == entries(day)


def test_what_left_is_replaced_at_once_whatever_the_limit() -> None:
    gone = {model_id for _, model_id in entries(TODAY)} - {"v20/m", "v21/m"}
    left = [model for model in CROWD + PAINTERS if model.id not in sorted(gone)[10:20]]
    found = shortlist(left, previous=TODAY, changes_today=2)
    for bucket, each in found.buckets.items():
        assert len(each.models) >= len(TODAY.buckets[bucket].models)
    assert len(found.models) == 30


def test_a_list_keeps_its_length_though_the_union_would_be_large_enough_without_it() -> None:
    more_painters = tuple(a_painter(f"q{n}/brush") for n in range(9))
    today = TODAY.model_copy(
        update={"buckets": {**TODAY.buckets, Bucket.IMAGE_GEN: shortlist(more_painters).buckets[Bucket.IMAGE_GEN]}}
    )
    lengths = [len(each.models) for each in today.buckets.values()]
    found = shortlist((*CROWD, *more_painters), previous=today)
    assert [len(each.models) for each in found.buckets.values()] == lengths


def test_a_union_above_forty_is_shortened_from_the_longest_lists() -> None:
    apart = {bucket: TODAY.buckets[bucket] for bucket in Bucket}
    many = tuple(a_painter(f"r{n:02}/brush") for n in range(30))
    scores = score_models(many, measurements={}, operations={}, pins=(), now=NOW)
    long = curate(many, scores, previous=None, changes_today=0, pins_and_bans=(), now=NOW).buckets[Bucket.IMAGE_GEN]
    assert len(long.models) == 30
    today = TODAY.model_copy(update={"buckets": {**apart, Bucket.IMAGE_GEN: long}})
    found = shortlist((*CROWD, *many), previous=today)
    assert len(found.models) == 40
    assert len(ids(found, Bucket.IMAGE_GEN)) < 30
    assert all(len(ids(found, bucket)) >= MINIMUM[bucket] for bucket in Bucket)


def test_a_pin_stands_in_its_bucket_whatever_its_rank_and_the_list_keeps_its_length() -> None:
    found = shortlist(previous=TODAY, rules=[a_rule("pin", "v39/m", "coding")])
    assert "v39/m" in ids(found, Bucket.CODING)
    assert "v39/m" not in ids(found, Bucket.CHAT)
    assert len(ids(found, Bucket.CODING)) == len(ids(TODAY, Bucket.CODING))


def test_a_pin_without_a_bucket_stands_everywhere_it_may() -> None:
    found = shortlist(rules=[a_rule("pin", "v39/m")])
    assert [str(bucket) for bucket in Bucket if "v39/m" in ids(found, bucket)] == [
        "coding", "reasoning", "chat", "fast", "vision",
    ]  # fmt: skip


def test_a_pinned_variant_speaks_for_its_release() -> None:
    free = a_model("v00/m:free", **{**ABLE, "prompt_usd_per_mtok": 0, "completion_usd_per_mtok": 0})
    found = shortlist((*CROWD, free), rules=[a_rule("pin", "v00/m:free", "fast")])
    assert "v00/m:free" in ids(found, Bucket.FAST)
    assert "v00/m" not in ids(found, Bucket.FAST)
    assert "v00/m" in ids(found, Bucket.CHAT)


@pytest.mark.parametrize("rule", [("pin", "gone/model", None), ("pin", "p0/brush", "chat")])
def test_a_pin_that_no_constraint_allows_is_a_finding(rule: tuple[str, str, str | None]) -> None:
    found = shortlist(rules=[a_rule(*rule)])
    where = rule[2] or "all buckets"
    (finding,) = found.findings
    assert finding == (
        f"overrides: curated: {rule[1]} is pinned in {where}, but it is not listed, not fit, retiring or banned "
        "there, or its family is full; remove the pin or mend the id"
    )


def test_a_third_pin_of_a_family_is_a_finding_and_the_cap_holds() -> None:
    kin = tuple(a_model(f"kin/line-{n}", **ABLE) for n in range(3))
    found = shortlist((*CROWD, *PAINTERS, *kin), rules=[a_rule("pin", model.id, "chat") for model in kin])
    assert sum(i.startswith("kin/") for i in ids(found)) == 2
    assert len(found.findings) == 1


def test_more_pins_than_forty_models_are_a_finding_and_stay() -> None:
    pins = [a_rule("pin", model.id, "chat") for model in CROWD]
    found = shortlist(rules=pins)
    assert len(found.models) == 43
    assert found.findings == ("shortlist: 43 distinct models, expected 40 or fewer: remove pins to make room",)


def test_a_ban_keeps_a_model_out_of_its_bucket_or_of_all_and_beats_a_pin() -> None:
    one = shortlist(rules=[a_rule("ban", "v00/m", "coding")])
    assert "v00/m" not in ids(one, Bucket.CODING)
    assert "v00/m" in ids(one, Bucket.CHAT)
    everywhere = shortlist(previous=TODAY, rules=[a_rule("ban", "v00/m"), a_rule("pin", "v00/m")])
    assert "v00/m" not in {model_id for _, model_id in entries(everywhere)}
    assert "v00/m" not in {i for needs in everywhere.auto_targets.values() for i in needs.values()}


def test_auto_targets_are_chosen_from_the_shortlist() -> None:
    found = shortlist()
    chosen = {i for needs in found.auto_targets.values() for i in needs.values() if i is not None}
    assert chosen
    assert chosen <= {model.id for model in found.models}
