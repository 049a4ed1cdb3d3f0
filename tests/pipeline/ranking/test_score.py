"""Ranks: the formula, what enters it, and what happens where something was not observed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.documents import Component, Measurements
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.ranking.score import OperationalSignals, Operations, Scored, rank_of, score_models
from tests.builders import NOW, a_model, a_painter, measured

ONE, TWO, THREE = a_model("a/one"), a_model("b/two"), a_model("c/three")


def scored(
    *models: ModelInfo,
    bucket: Bucket = Bucket.CHAT,
    seen: Mapping[str, Measurements] | None = None,
    operations: Mapping[str, Operations] | None = None,
) -> dict[str, Scored]:
    signals = OperationalSignals(by_model=operations or {}, source="probes", date="2026-08-01")
    scores = score_models(models, measurements=seen or {}, signals=signals, pins=(), now=NOW)
    return {each.id: each for each in scores.by_bucket[bucket]}


def reliability(**operations: Operations) -> dict[str, Component]:
    models = [a_model(f"{name}/m") for name in operations]
    found = scored(*models, operations={f"{name}/m": seen for name, seen in operations.items()})
    return {name: found[f"{name}/m"].reliability for name in operations}


def latency(**operations: Operations) -> dict[str, float]:
    models = [a_model(f"{name}/m") for name in operations]
    found = scored(*models, operations={f"{name}/m": seen for name, seen in operations.items()})
    return {name: found[f"{name}/m"].latency.value for name in operations}


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
    scores = score_models([ONE, a_painter()], measurements={}, signals=OperationalSignals(), pins=(), now=NOW)
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


def test_without_any_observation_reliability_and_latency_are_neutral_and_say_so() -> None:
    parts = scored(ONE)["a/one"].components
    neutral = Component(value=0.5, evidence="neutral", source="no input yet", date=None)
    assert (parts.reliability, parts.latency) == (neutral, neutral)


def test_reliability_is_the_mean_of_uptime_health_endpoints_and_tool_success() -> None:
    seen = Operations(uptime_1d=0.99, healthy_share=0.5, endpoints=3, tool_error_rate=0.1)
    assert reliability(a=seen)["a"] == Component(value=0.7375, evidence="measured", source="probes", date="2026-08-01")


@pytest.mark.parametrize(
    ("operations", "value"),
    [
        (Operations(uptime_1d=1.0), 1.0),
        (Operations(uptime_1d=0.95), 0.0),
        (Operations(uptime_1d=0.5), 0.0),
        (Operations(endpoints=1), 0.25),
        (Operations(endpoints=4), 1.0),
        (Operations(endpoints=32), 1.0),
        (Operations(tool_error_rate=0.04), 0.96),
    ],
)
def test_each_part_of_reliability_has_its_scale(operations: Operations, value: float) -> None:
    assert reliability(a=operations)["a"].value == value


def test_a_missing_part_takes_the_median_of_the_models_that_have_it() -> None:
    found = reliability(
        a=Operations(healthy_share=1.0),
        b=Operations(healthy_share=0.6),
        c=Operations(healthy_share=0.2),
        d=Operations(endpoints=4),
        e=Operations(),
    )
    assert found["d"].value == pytest.approx((0.6 + 1.0) / 2)
    assert found["a"].value == pytest.approx((1.0 + 1.0) / 2)
    assert (found["e"].value, found["e"].evidence) == (0.8, "neutral")


def test_latency_is_logarithmic_in_waiting_and_in_speed() -> None:
    found = latency(
        a=Operations(latency_p50_ms=300, throughput_p50_tps=200),
        b=Operations(latency_p50_ms=10_000, throughput_p50_tps=10),
        c=Operations(latency_p50_ms=1732.05, throughput_p50_tps=44.7214),
    )
    assert found == {"a": 1.0, "b": 0.0, "c": 0.5}


def test_twice_as_fast_is_the_same_step_anywhere() -> None:
    found = latency(**{f"m{tps}": Operations(latency_p50_ms=1000, throughput_p50_tps=tps) for tps in (20, 40, 80, 160)})
    steps = [found[f"m{2 * tps}"] - found[f"m{tps}"] for tps in (20, 40, 80)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.0002)


def test_an_empty_list_has_empty_ranks() -> None:
    assert scored() == {}


def test_equal_inputs_in_another_order_give_equal_ranks() -> None:
    seen = {"a/one": measured(60), "b/two": measured(40)}
    assert scored(ONE, TWO, THREE, seen=seen) == scored(THREE, TWO, ONE, seen=dict(reversed(seen.items())))
