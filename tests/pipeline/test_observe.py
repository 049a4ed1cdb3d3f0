"""Whom a run asks about, and what is known after it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from modelsync.catalog.documents import Current, Signals
from modelsync.catalog.figures import Operations
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.published_set import PublishedSet
from modelsync.pipeline.observe import IN_ROTATION, Seen, observed, whom_to_ask
from modelsync.pipeline.refresh import refresh_signals
from modelsync.sources.openrouter_endpoints import EndpointFacts, ServedModel
from tests.builders import NOW, a_model, served
from tests.timeline import a_stamp
from tests.world import World

STAMP = a_stamp(2, at=NOW)
DAY = NOW.date()


def a_set(models: Sequence[ModelInfo], operations: dict[str, Operations] | None = None) -> PublishedSet:
    envelope = a_stamp(1, at=NOW - timedelta(days=1)).on()
    signals = Signals(**envelope, citations=(), models={}, operations=operations or {})
    return PublishedSet(current=Current(**envelope, models=tuple(models)), signals=signals)


def an_endpoint(**fields: Any) -> EndpointFacts:
    usual: dict[str, Any] = {
        "is_healthy": True,
        "supported_parameters": frozenset({"tools", "structured_outputs"}),
        "context": 128_000,
        "prompt_price": Decimal("0.000001"),
        "uptime_1d": 0.99,
        "latency_p50_ms": 800.0,
        "throughput_p50_tps": 60.0,
    }
    return EndpointFacts(**usual | fields)


def seen_of(*endpoints: EndpointFacts, before: Operations | None = None) -> Operations:
    """What is known of one model after these endpoints were seen."""
    published = a_set([a_model("a/one")], {"a/one": before} if before else {})
    return observed(published, Seen(served={"a/one": ServedModel("a/one", endpoints)}), stamp=STAMP)["a/one"]


def ordered(**orders: Sequence[str]) -> dict[str, Operations]:
    """What is known of five models after their list was seen in these orders."""
    return observed(a_set([a_model(f"{name}/m") for name in "abcde"]), Seen(orders=orders), stamp=STAMP)


def test_the_recommended_and_those_next_to_them_are_asked_about_first() -> None:
    world = World()
    world.run()
    published = world.published
    assert published.curated is not None
    nearly = {each.id for bucket in published.curated.buckets.values() for each in bucket.next_up}
    wanted = {model.id for model in published.curated.models} | nearly
    asked = whom_to_ask(published, by_use=("mistralai/mistral-small-3.2",), day=DAY)
    assert set(asked[: len(wanted)]) == wanted
    assert set(asked) == {i for i, model in published.models().items() if not model.is_router}


def test_behind_them_the_most_used_come_first() -> None:
    models = [a_model(f"v{number}/m") for number in range(5)]
    assert whom_to_ask(a_set(models), by_use=("v3/m", "v1/m"), day=DAY)[:2] == ("v3/m", "v1/m")


def test_the_others_take_turns_and_who_never_answers_keeps_nobody_waiting() -> None:
    published = a_set([a_model(f"v{number:03}/m", buckets=()) for number in range(150)])
    days = [whom_to_ask(published, by_use=(), day=DAY + timedelta(days=each)) for each in range(3)]
    assert [len(asked) for asked in days] == [IN_ROTATION] * 3
    assert {model_id for asked in days for model_id in asked} == published.models().keys()


def test_a_short_list_is_asked_about_whole() -> None:
    published = a_set([a_model(f"v{number}/m", buckets=()) for number in range(5)])
    assert sorted(whom_to_ask(published, by_use=(), day=DAY)) == sorted(published.models())


@pytest.mark.parametrize(
    "fields", [{"state": "stale", "missing_since": NOW}, {"is_router": True}, {"id": "~openai/gpt-latest"}]
)
def test_who_has_no_endpoints_of_its_own_is_not_asked_about(fields: dict[str, Any]) -> None:
    assert whom_to_ask(a_set([a_model(**{"id": "a/one"} | fields)]), by_use=(), day=DAY) == ()


def test_the_figures_of_a_model_are_the_medians_of_its_endpoints() -> None:
    found = seen_of(
        an_endpoint(latency_p50_ms=100.0), an_endpoint(latency_p50_ms=900.0), an_endpoint(latency_p50_ms=300.0)
    )
    assert found.latency_p50_ms is not None
    assert (found.latency_p50_ms.value, found.latency_p50_ms.window) == (300.0, "30m")
    assert (found.latency_p50_ms.fetched_at, found.latency_p50_ms.source) == (NOW, "OpenRouter endpoints")


def test_a_host_that_is_down_slows_nobody_and_counts_in_the_uptime() -> None:
    found = seen_of(an_endpoint(), an_endpoint(is_healthy=False, latency_p50_ms=9000.0, uptime_1d=0.5))
    assert (found.latency_p50_ms and found.latency_p50_ms.value, found.uptime_1d and found.uptime_1d.value) == (
        800.0,
        0.745,
    )


def test_hosts_are_counted_by_what_they_claim() -> None:
    claims = seen_of(
        an_endpoint(context=1_000_000, prompt_price=Decimal("0.0000003")),
        an_endpoint(supported_parameters=frozenset({"tools"}), is_healthy=False),
        an_endpoint(supported_parameters=None, context=None, prompt_price=None),
    ).hosts
    assert claims is not None
    assert (claims.endpoints, claims.healthy, claims.offering_tools, claims.offering_structured_output) == (3, 2, 2, 1)
    assert (claims.largest_context, claims.smallest_context) == (1_000_000, 128_000)
    assert (claims.cheapest_prompt_per_million, claims.dearest_prompt_per_million) == ("0.3", "1")


def test_a_model_that_did_not_answer_keeps_its_figures_with_their_age() -> None:
    before = served(uptime_1d=0.97, endpoints=2, at=NOW - timedelta(days=3))
    published = a_set([a_model("a/one")], {"a/one": before})
    assert observed(published, Seen(), stamp=STAMP) == {"a/one": before}


def test_a_figure_that_is_no_longer_told_is_kept_with_its_age() -> None:
    before = served(latency_p50_ms=700, at=NOW - timedelta(days=3))
    found = seen_of(an_endpoint(latency_p50_ms=None), before=before)
    assert found.latency_p50_ms == before.latency_p50_ms
    assert found.uptime_1d is not None


def test_who_left_the_list_is_forgotten() -> None:
    published = a_set([a_model("a/one")], {"gone/model": served(uptime_1d=1.0)})
    assert observed(published, Seen(), stamp=STAMP) == {}


def test_places_in_an_order_run_from_1_to_0() -> None:
    found = ordered(popularity=("a/m", "b/m", "c/m", "d/m", "e/m"))
    assert [found[f"{name}/m"].popularity_order.value for name in "abcde"] == [1.0, 0.75, 0.5, 0.25, 0.0]  # type: ignore[union-attr]


def test_models_at_the_end_of_both_orders_for_want_of_a_figure_have_no_place() -> None:
    found = ordered(latency=("a/m", "b/m", "c/m", "d/m", "e/m"), throughput=("b/m", "a/m", "c/m", "d/m", "e/m"))
    assert sorted(found) == ["a/m", "b/m"]
    assert [found[f"{name}/m"].latency_order.value for name in "ab"] == [1.0, 0.0]  # type: ignore[union-attr]


def test_one_order_alone_tells_not_who_has_no_figure_and_is_passed_over() -> None:
    assert ordered(latency=("a/m", "b/m", "c/m", "d/m", "e/m")) == {}


def test_a_run_that_saw_nothing_new_publishes_nothing() -> None:
    published = a_set([a_model("a/one")], {"a/one": served(uptime_1d=0.97)})
    assert refresh_signals(published, Seen(findings=("quiet",)), stamp=STAMP).documents == {}


def test_what_was_seen_is_published_beside_the_benchmarks() -> None:
    world = World()
    world.feed.set("openai/gpt-5.2", benchmarks={"artificial_analysis": {"intelligence_index": 50.0}})
    world.run()
    published = replace(world.published)
    assert published.signals is not None
    seen = Seen(served={"openai/gpt-5.2": ServedModel("openai/gpt-5.2", (an_endpoint(),))})
    (signals,) = refresh_signals(published, seen, stamp=STAMP).documents.values()
    assert isinstance(signals, Signals)
    assert (signals.models, signals.citations) == (published.signals.models, published.signals.citations)
    assert list(signals.operations) == ["openai/gpt-5.2"]
