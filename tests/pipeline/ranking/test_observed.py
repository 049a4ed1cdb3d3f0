"""Reliability and latency: their parts, their scales, what is missing, and how figures age."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.documents import Component
from modelsync.catalog.figures import Operations
from modelsync.pipeline.ranking.observed import latency_components, reliability_components, weight
from tests.builders import NOW, a_model, served


def reliability(**operations: Operations) -> dict[str, Component]:
    """Of one model each."""
    models = [a_model(f"{name}/m") for name in operations]
    found = reliability_components(models, {f"{name}/m": seen for name, seen in operations.items()}, now=NOW)
    return {name: found[f"{name}/m"] for name in operations}


def latency(**operations: Operations) -> dict[str, float]:
    """Of one model each, the value alone."""
    models = [a_model(f"{name}/m") for name in operations]
    found = latency_components(models, {f"{name}/m": seen for name, seen in operations.items()}, now=NOW)
    return {name: found[f"{name}/m"].value for name in operations}


def test_without_any_observation_both_are_neutral_and_say_so() -> None:
    neutral = Component(value=0.5, evidence="neutral", source="no input yet", date=None)
    assert reliability(a=Operations()) == {"a": neutral}
    assert latency(a=Operations()) == {"a": 0.5}


def test_reliability_is_the_mean_of_uptime_health_endpoints_and_tool_success() -> None:
    seen = served(uptime_1d=0.99, endpoints=2, healthy=1, tool_error_rate=0.1)
    assert reliability(a=seen)["a"] == Component(
        value=0.7375, evidence="measured", source="OpenRouter endpoints, probes", date="2026-08-01"
    )  # (0.8 + 0.5 + 0.75 + 0.9) / 4


@pytest.mark.parametrize(
    ("operations", "value"),
    [
        (served(uptime_1d=1.0), 1.0),
        (served(uptime_1d=0.95), 0.0),
        (served(uptime_1d=0.5), 0.0),
        (served(tool_error_rate=0.04), 0.96),
        (served(endpoints=1), 0.75),
        (served(endpoints=2), 0.875),
        (served(endpoints=4, healthy=1), 0.5938),
        (served(endpoints=0), 0.0),
    ],
)
def test_each_part_of_reliability_has_its_scale(operations: Operations, value: float) -> None:
    assert reliability(a=operations)["a"].value == value


def test_a_missing_part_takes_the_median_of_the_models_that_have_it() -> None:
    found = reliability(
        a=served(uptime_1d=1.0),
        b=served(uptime_1d=0.98),
        c=served(uptime_1d=0.96),
        d=served(tool_error_rate=0.0),
        e=Operations(),
    )
    assert found["d"].value == pytest.approx((0.6 + 1.0) / 2)
    assert found["a"].value == pytest.approx((1.0 + 1.0) / 2)
    assert (found["e"].value, found["e"].evidence) == (0.8, "neutral")


def test_latency_is_logarithmic_in_waiting_and_in_speed() -> None:
    found = latency(
        a=served(latency_p50_ms=200, throughput_p50_tps=200),
        b=served(latency_p50_ms=30_000, throughput_p50_tps=10),
        c=served(latency_p50_ms=2449.49, throughput_p50_tps=44.7214),
    )
    assert found == {"a": 1.0, "b": 0.0, "c": 0.5}


def test_twice_as_fast_is_the_same_step_anywhere() -> None:
    found = latency(**{f"m{tps}": served(latency_p50_ms=1000, throughput_p50_tps=tps) for tps in (20, 40, 80, 160)})
    steps = [found[f"m{2 * tps}"] - found[f"m{tps}"] for tps in (20, 40, 80)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.0002)


def test_a_place_in_the_order_stands_in_where_no_figure_is_told() -> None:
    assert latency(a=served(latency_order=0.25, throughput_order=0.75), b=Operations())["a"] == 0.5
    assert latency(a=served(latency_p50_ms=200, latency_order=0.1))["a"] == 1.0


def test_a_fresh_place_counts_for_more_than_a_figure_that_has_lost_its_worth() -> None:
    old = served(latency_p50_ms=200, throughput_p50_tps=200, at=NOW - timedelta(days=9))
    fresh = served(latency_order=0.25, throughput_order=0.25)
    both = old.model_copy(update={"latency_order": fresh.latency_order, "throughput_order": fresh.throughput_order})
    assert latency(a=both)["a"] == 0.25


def test_a_model_that_nobody_serves_has_no_reliability_whatever_was_seen_before() -> None:
    gone = served(endpoints=0, uptime_1d=1.0, tool_error_rate=0.0)
    assert reliability(a=gone, b=served(endpoints=2, uptime_1d=1.0))["a"].value == 0.0


@pytest.mark.parametrize(("hours", "worth"), [(0, 1.0), (24, 1.0), (96, 0.5), (168, 0.0), (10_000, 0.0), (-1, 1.0)])
def test_a_figure_counts_in_full_for_a_day_and_for_nothing_after_a_week(hours: int, worth: float) -> None:
    assert weight(NOW - timedelta(hours=hours), now=NOW) == worth


def test_an_old_figure_shrinks_to_the_median_of_the_catalogue() -> None:
    now = {"b": served(uptime_1d=0.98), "c": served(uptime_1d=0.96)}
    old = served(uptime_1d=1.0, at=NOW - timedelta(days=4))
    assert reliability(a=old, **now)["a"].value == 0.8  # half of 1.0, half of the median 0.6
    gone = served(uptime_1d=1.0, at=NOW - timedelta(days=8))
    found = reliability(a=gone, **now)["a"]
    assert (found.value, found.evidence) == (0.6, "neutral")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0, 400))
def test_every_component_lies_between_0_and_1_and_within_what_was_seen(shares: list[float], hours: float) -> None:
    at = NOW - timedelta(hours=hours)
    seen = {f"m{place}": served(tool_error_rate=share, at=at) for place, share in enumerate(shares)}
    values = [each.value for each in reliability(**seen).values()]
    assert all(1 - max(shares) - 1e-4 <= value <= 1 - min(shares) + 1e-4 for value in values)
