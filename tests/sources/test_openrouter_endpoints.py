"""The endpoints of one model and the list in an order: what is read, and what is refused."""

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from modelsync.errors import FeedFormatError
from modelsync.sources.openrouter_endpoints import (
    EndpointFacts,
    endpoints_url,
    ids_in_order,
    ordered_url,
    parse_endpoints,
    without_figures,
)
from tests.feeds.host_server import a_served_body, an_endpoint

MODEL = "openai/gpt-5.2"
LIST = "https://openrouter.ai/api/v1/models?output_modalities=all"


def the_endpoint(**fields: Any) -> EndpointFacts:
    """What is read of one endpoint."""
    (read,) = parse_endpoints(a_served_body(MODEL, an_endpoint(**fields)), model_id=MODEL).endpoints
    return read


def test_an_endpoint_is_read_in_shares_milliseconds_and_dollars_per_token() -> None:
    assert the_endpoint() == EndpointFacts(
        is_healthy=True,
        supported_parameters=frozenset({"max_tokens", "tools", "structured_outputs"}),
        context=128_000,
        prompt_price=Decimal("0.000001"),
        uptime_1d=0.99,
        latency_p50_ms=800.0,
        throughput_p50_tps=60.0,
    )


@pytest.mark.parametrize(("status", "healthy"), [(0, True), (None, True), (-1, False), (-10, False)])
def test_a_status_below_zero_is_no_health(status: int | None, healthy: bool) -> None:
    assert the_endpoint(status=status).is_healthy is healthy


@pytest.mark.parametrize(
    "field", ["context_length", "pricing", "uptime_last_1d", "latency_last_30m", "throughput_last_30m"]
)
def test_what_an_endpoint_does_not_say_is_none(field: str) -> None:
    read = {
        "context_length": "context",
        "pricing": "prompt_price",
        "uptime_last_1d": "uptime_1d",
        "latency_last_30m": "latency_p50_ms",
        "throughput_last_30m": "throughput_p50_tps",
    }
    assert getattr(the_endpoint(**{field: None}), read[field]) is None


@pytest.mark.parametrize("price", ["-1", "free", 5, None, "1e999"])
def test_a_price_that_is_none_is_silence(price: object) -> None:
    assert the_endpoint(pricing={"prompt": price}).prompt_price is None


@pytest.mark.parametrize(
    "bad",
    [
        {"status": "up"},
        {"context_length": -5},
        {"supported_parameters": [5]},
    ],
)
def test_an_endpoint_that_cannot_be_read_is_left_out_and_told(bad: dict[str, Any]) -> None:
    model = parse_endpoints(a_served_body(MODEL, an_endpoint(**bad), an_endpoint()), model_id=MODEL)
    assert len(model.endpoints) == 1
    (problem,) = model.problems
    assert problem.startswith(f"endpoints.0: {next(iter(bad))}")


@pytest.mark.parametrize(
    ("field", "odd"),
    [
        ("uptime_last_1d", 150),
        ("uptime_last_1d", -1),
        ("uptime_last_1d", "often"),
        ("latency_last_30m", {"p50": -3}),
        ("latency_last_30m", {"p50": 0}),
        ("latency_last_30m", {"p50": True}),
        ("latency_last_30m", []),
        ("latency_last_30m", 800),
        ("throughput_last_30m", {"p50": 1e12}),
        ("throughput_last_30m", {"p99": 5}),
    ],
)
def test_a_figure_that_is_none_costs_nothing_but_itself(field: str, odd: object) -> None:
    read = {"uptime_last_1d": "uptime_1d", "latency_last_30m": "latency_p50_ms"}.get(field, "throughput_p50_tps")
    endpoint = the_endpoint(**{field: odd})
    assert getattr(endpoint, read) is None
    assert endpoint.context == 128_000


def test_a_hundredth_more_than_always_is_always() -> None:
    assert the_endpoint(uptime_last_1d=100.0001).uptime_1d == 1.0


def test_an_answer_without_one_endpoint_that_can_be_read_is_refused() -> None:
    with pytest.raises(FeedFormatError, match=r"endpoints\.0"):
        parse_endpoints(a_served_body(MODEL, an_endpoint(status="up")), model_id=MODEL)


def test_a_model_without_endpoints_has_none() -> None:
    assert parse_endpoints(a_served_body(MODEL), model_id=MODEL).endpoints == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"data": []}',
        b'{"data": {"id": "openai/gpt-5.2"}}',
        b'{"data": {"id": "openai/gpt-5.2", "endpoints": {}}}',
        a_served_body("openai/gpt-5.1", an_endpoint()),
        a_served_body(MODEL, *[an_endpoint()] * 201),
        a_served_body(MODEL, an_endpoint())[:-40],
    ],
    ids=["nothing", "a list", "no model", "no endpoints", "no list", "another model", "far too many", "half of it"],
)
def test_an_answer_that_is_none_about_this_model_is_refused(body: bytes) -> None:
    with pytest.raises(FeedFormatError, match=r"^openrouter feed: "):
        parse_endpoints(body, model_id=MODEL)


def test_every_recorded_answer_is_read_whole(recorded_feeds: Path) -> None:
    recorded = sorted((recorded_feeds / "extra").glob("endpoints-*.json.gz"))
    read = []
    for path in recorded:
        body = gzip.decompress(path.read_bytes())
        model = parse_endpoints(body, model_id=json.loads(body)["data"]["id"])
        assert model.problems == ()
        read.append(len(model.endpoints))
    assert sorted(read) == [2, 2, 2, 2, 5]


def test_addresses_lie_beside_that_of_the_list() -> None:
    assert endpoints_url(LIST, "deepseek/deepseek-r1:free") == (
        "https://openrouter.ai/api/v1/models/deepseek/deepseek-r1:free/endpoints"
    )
    assert ordered_url(LIST, "latency") == f"{LIST}&sort=latency-low-to-high"
    assert ordered_url("http://127.0.0.1:8000/models", "popularity") == "http://127.0.0.1:8000/models?sort=most-popular"


@pytest.mark.parametrize("model_id", ["", "../../admin", "a/b?c", "a/b/../c"])
def test_no_address_is_made_of_what_is_no_id(model_id: str) -> None:
    with pytest.raises(ValueError, match="expected a model id"):
        endpoints_url(LIST, model_id)


def test_a_list_is_read_in_its_own_order_and_each_id_once() -> None:
    body = b'{"data": [{"id": "b/b"}, {"id": 5}, {"id": "a/a"}, {"id": "b/b"}, "c/c", {}]}'
    assert ids_in_order(body) == ("b/b", "a/a")


@pytest.mark.parametrize("body", [b"{}", b'{"data": []}', b"<html>", b'{"data": [{"id": "no id"}]}'])
def test_a_list_without_ids_is_refused(body: bytes) -> None:
    with pytest.raises(FeedFormatError):
        ids_in_order(body)


def test_two_alike_at_the_end_of_two_orders_may_be_there_by_chance() -> None:
    assert without_figures(("a", "b", "y", "z"), ("b", "a", "y", "z")) == frozenset()
    assert without_figures((), ("a",)) == frozenset()
