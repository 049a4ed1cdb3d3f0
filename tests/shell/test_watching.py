"""OpenRouter's hosts, asked over HTTP: what is asked for, how fast, and what misbehaving hosts cost."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from modelsync.errors import FeedUnavailableError, UsageError
from modelsync.fetch.limits import FetchLimits
from modelsync.fetch.rounds import Round
from modelsync.shell.running.settings import Settings
from modelsync.shell.running.watching import Watch, watch_of
from modelsync.shell.storage.secrets import no_key
from modelsync.sources import openrouter
from tests.feeds.feed_server import Answer
from tests.feeds.host_server import HostServer, a_served_body, an_endpoint, served

QUICK = Round(per_second=200.0, at_once=4, budget_seconds=60)
ORDERS = {
    "latency-low-to-high": ("a/m", "b/m"),
    "throughput-high-to-low": ("b/m", "a/m"),
    "most-popular": ("a/m", "b/m"),
}
BUSY = Answer(429, headers={"Retry-After": "0"})
DRIPPING = Answer(body=b"", pieces=(b'{"data": ', b'{"id"'), pause_seconds=60)


def a_watch(hosts: HostServer, *, endpoints: Round = QUICK) -> Watch:
    return Watch(hosts.list_url, no_key, endpoints=endpoints, lists=QUICK)


def hosts_of(
    answers: Mapping[str, Answer | Sequence[Answer]], *, orders: Mapping[str, Sequence[str]] = ORDERS
) -> HostServer:
    return HostServer(answers, orders=orders)


def test_three_orders_are_asked_for_and_then_the_models_that_are_chosen_by_use() -> None:
    chosen: list[Sequence[str]] = []

    def choose(by_use: Sequence[str]) -> Sequence[str]:
        chosen.append(by_use)
        return ("b/m",)

    with hosts_of({"b/m": served("b/m")}) as hosts:
        seen = a_watch(hosts).look(choose)
    assert sorted(hosts.asked[:3]) == [f"sort={order}" for order in sorted(ORDERS)]
    assert hosts.asked[3:] == ["b/m"]
    assert chosen == [("a/m", "b/m")]
    assert {order: tuple(ids) for order, ids in seen.orders.items()} == {
        "latency": ("a/m", "b/m"),
        "throughput": ("b/m", "a/m"),
        "popularity": ("a/m", "b/m"),
    }
    assert (list(seen.served), seen.findings) == (["b/m"], ())


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, b"{}"),
        Answer(500, b"{}"),
        BUSY,
        Answer(body=b"<html>"),
        Answer(body=b""),
        Answer(body=a_served_body("a/m", an_endpoint())[:-30]),
        Answer(body=a_served_body("another/model", an_endpoint())),
        Answer(body=b'{"data": {"id": "a/m", "endpoints": [5]}}'),
        Answer(body=b'{"data": {"id": "a/m", "endpoints": []}}' * 60_000),
    ],
    ids=["404", "500", "429", "a page", "nothing", "half", "another model", "no endpoint", "2 MB"],
)
def test_a_model_whose_answer_is_of_no_use_is_told_and_costs_the_others_nothing(answer: Answer) -> None:
    quick = replace(QUICK, per_second=1000.0)
    with hosts_of({"a/m": answer, "b/m": served("b/m")}) as hosts:
        seen = a_watch(hosts, endpoints=quick).look(lambda _: ("a/m", "b/m"))
    assert list(seen.served) == ["b/m"]
    (finding,) = seen.findings
    assert finding.startswith("signals: 1 of 2 models' endpoints could not be read, the first a/m: ")


def test_a_host_that_drips_is_left_and_the_round_ends_within_its_budget() -> None:
    hasty = FetchLimits(attempts=3, read_seconds=0.2, attempt_seconds=0.4)
    round_ = Round(per_second=200.0, at_once=2, budget_seconds=2)
    with hosts_of({"a/m": DRIPPING, "b/m": served("b/m")}) as hosts:
        started = time.monotonic()
        seen = replace(a_watch(hosts, endpoints=round_), limits=hasty).look(lambda _: ("a/m", "b/m"))
        assert time.monotonic() - started < 30  # it drips for a minute
    assert list(seen.served) == ["b/m"]
    (finding,) = seen.findings
    assert "silence for 0.2 s" in finding or "left for the next run" in finding


def test_a_busy_server_is_asked_again() -> None:
    with hosts_of({"a/m": [BUSY, served("a/m")]}) as hosts:
        seen = a_watch(hosts).look(lambda _: ("a/m",))
    assert (list(seen.served), hosts.endpoints_asked()) == (["a/m"], ["a/m", "a/m"])


def test_an_order_that_is_refused_is_told_and_the_endpoints_are_read_all_the_same() -> None:
    orders = {name: ids for name, ids in ORDERS.items() if name != "most-popular"}
    with hosts_of({"a/m": served("a/m")}, orders=orders) as hosts:
        seen = a_watch(hosts).look(lambda by_use: ("a/m",) if not by_use else ())
    assert sorted(seen.orders) == ["latency", "throughput"]
    assert seen.findings[0].startswith("signals: 1 of 3 orders of the list could not be read, the first popularity: ")


def test_an_endpoint_that_cannot_be_read_is_told() -> None:
    with hosts_of({"a/m": served("a/m", an_endpoint(), an_endpoint(status="up"))}) as hosts:
        seen = a_watch(hosts).look(lambda _: ("a/m",))
    (finding,) = seen.findings
    assert finding.startswith("signals: 1 endpoints could not be read, the first of a/m: endpoints.1: status: ")


def test_where_nothing_can_be_read_it_is_an_error() -> None:
    with hosts_of({}, orders={}) as hosts, pytest.raises(FeedUnavailableError, match=r"^signals: no list and no end"):
        a_watch(hosts).look(lambda _: ("a/m",))


def test_a_hundred_models_a_fifth_of_which_fail_are_asked_within_the_rate_and_the_budget() -> None:
    models = [f"v{number}/m" for number in range(100)]
    failing = set(random.Random(1).sample(models, 20))
    answers = {i: Answer(503) if i in failing else served(i) for i in models}
    steady = Round(per_second=50.0, at_once=4, budget_seconds=60)
    with hosts_of(answers) as hosts:
        started = time.monotonic()
        seen = a_watch(hosts, endpoints=steady).look(lambda _: models)
        assert time.monotonic() - started < steady.budget_seconds
        times = sorted(hosts.times[3:])
    assert len(seen.served) == 80
    (finding,) = seen.findings  # of those that failed, and of none that was left
    assert finding.startswith("signals: 20 of 100 models' endpoints could not be read")
    assert len(times) == 80 + 20 * 3
    # Attempts begin 20 ms apart; on their way to the server those under way at once may catch up with each other.
    assert all(late - early > 0.5 for early, late in zip(times, times[25 + steady.at_once + 1 :], strict=False))


def test_the_key_goes_to_openrouter_alone() -> None:
    with hosts_of({"a/m": served("a/m")}) as hosts:
        Watch(hosts.list_url, lambda: "sk-canary", endpoints=QUICK, lists=QUICK).look(lambda _: ("a/m",))
    assert set(hosts.keys) == {None}


def test_it_looks_where_the_list_lies() -> None:
    assert watch_of(Settings()).list_url == openrouter.URL
    assert watch_of(Settings(feed="http://127.0.0.1:1/models")).list_url == "http://127.0.0.1:1/models"
    with pytest.raises(UsageError, match=r"^signals: --feed: expected the address of the list, found 'list\.json'"):
        watch_of(Settings(feed="list.json"))
