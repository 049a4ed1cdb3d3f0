"""Ranks: the formula, what enters it, and what happens where something was not observed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.figures import Measurements, Operations
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.ranking.score import Scored, rank_of, score_models
from tests.builders import NOW, a_model, a_painter, measured, served

ONE, TWO, THREE = a_model("a/one"), a_model("b/two"), a_model("c/three")


def scored(
    *models: ModelInfo,
    bucket: Bucket = Bucket.CHAT,
    seen: Mapping[str, Measurements] | None = None,
    operations: Mapping[str, Operations] | None = None,
) -> dict[str, Scored]:
    scores = score_models(models, measurements=seen or {}, operations=operations or {}, pins=(), now=NOW)
    return {each.id: each for each in scores.by_bucket[bucket]}


def test_a_rank_is_the_weighted_sum_of_its_published_parts() -> None:
    one = scored(ONE, TWO, seen={"a/one": measured(60), "b/two": measured(40)})["a/one"]
    parts = one.components
    assert (parts.quality.value, parts.reliability.value, parts.latency.value, parts.cost.value) == (
        0.5329, 0.5, 0.5, 0.4595,
    )  # fmt: skip
    assert one.rank == rank_of(parts) == 0.508730


def test_a_list_is_best_first_and_equals_stand_in_the_order_of_their_ids() -> None:
    seen = {"c/three": measured(60), "a/one": measured(40), "b/two": measured(40)}
    assert list(scored(TWO, ONE, THREE, seen=seen)) == ["c/three", "a/one", "b/two"]


def test_every_model_is_ranked_in_the_buckets_it_may_stand_in_and_no_other() -> None:
    scores = score_models([ONE, a_painter()], measurements={}, operations={}, pins=(), now=NOW)
    standing = {str(bucket): [each.id for each in ranked] for bucket, ranked in scores.by_bucket.items()}
    assert standing == {
        "coding": ["a/one"], "reasoning": [], "chat": ["a/one"], "fast": ["a/one"], "vision": [],
        "image-gen": ["acme/brush"],
    }  # fmt: skip


@pytest.mark.parametrize("fields", [{"state": "stale", "missing_since": NOW}, {"expires_at": NOW + timedelta(days=10)}])
def test_who_is_gone_or_about_to_end_is_not_ranked_and_moves_nobody(fields: dict[str, Any]) -> None:
    seen = {"a/one": measured(60), "b/two": measured(40), "c/three": measured(90)}
    going = a_model("c/three", **fields)
    assert scored(ONE, TWO, going, seen=seen) == scored(ONE, TWO, seen=seen)


def test_what_was_observed_enters_the_rank() -> None:
    found = scored(ONE, TWO, operations={"a/one": served(uptime_1d=1.0, latency_p50_ms=200)})
    assert (found["a/one"].reliability.value, found["a/one"].latency.value) == (1.0, 1.0)
    assert found["a/one"].rank == rank_of(found["a/one"].components)


def test_an_empty_list_has_empty_ranks() -> None:
    assert scored() == {}


def test_equal_inputs_in_another_order_give_equal_ranks() -> None:
    seen = {"a/one": measured(60), "b/two": measured(40)}
    assert scored(ONE, TWO, THREE, seen=seen) == scored(THREE, TWO, ONE, seen=dict(reversed(seen.items())))
