"""`signals` from the command line, against hosts on the loopback interface; what `show` and `why` say of it."""

from collections.abc import Iterator

import pytest

from modelsync.sources.openrouter_endpoints import ORDERS
from tests.cli.command_line import CommandLine
from tests.feeds.host_server import HostServer, an_endpoint, served
from tests.world import MODELS

FEW = MODELS[:3]
MODEL = FEW[0]


@pytest.fixture
def hosts() -> Iterator[HostServer]:
    one = an_endpoint(context_length=64_000, pricing={"prompt": "0.000003"})
    another = an_endpoint(supported_parameters=["max_tokens"], status=-2)
    answers = {i: served(i) for i in FEW} | {MODEL: served(MODEL, one, another)}
    with HostServer(answers, orders=dict.fromkeys(ORDERS.values(), FEW)) as server:
        yield server


def test_it_publishes_what_was_seen_and_show_and_why_tell_it(sync: CommandLine, hosts: HostServer) -> None:
    sync.publish(FEW)
    ran = sync("signals", "--feed", hosts.list_url, "--now", "2026-06-01T13:00Z")
    assert ran.code == 0
    assert ran.out.startswith("signals: published generation 2")
    assert sorted(hosts.endpoints_asked()) == sorted(FEW)
    shown = [" ".join(line.split()) for line in sync("show", MODEL).out.splitlines()]
    for line in (
        "endpoints 2, 1 in order, seen 2026-06-01 13:00Z",
        "tools at 1 of 2",
        "structured output at 1 of 2",
        "context 64,000 to 128,000 tokens, by host",
        "prompt $1 to $3, by host",
        "uptime 0.99 over 1d, seen 2026-06-01 13:00Z",
        "first token 800 ms over 30m, seen 2026-06-01 13:00Z",
    ):
        assert line in shown
    why = " ".join(sync("why", MODEL, "tools").out.split())
    assert "1 of 2 endpoints offer it, seen 2026-06-01 13:00Z; a request that needs it reaches those alone" in why


def test_a_dry_run_says_so_and_writes_nothing(sync: CommandLine, hosts: HostServer) -> None:
    sync.publish(FEW)
    before = sync.written()
    ran = sync("signals", "--feed", hosts.list_url, "--dry-run", "--json")
    assert (ran.json["outcome"], ran.json["dryRun"], ran.json["documents"]) == ("published", True, ["signals"])
    assert sync.written() == before


def test_before_the_first_refresh_it_says_what_to_run(sync: CommandLine, hosts: HostServer) -> None:
    ran = sync("signals", "--feed", hosts.list_url)
    assert (ran.code, ran.err) == (
        3,
        "syncmodels: signals: nothing is published yet; run `syncmodels refresh` first\n",
    )


def test_hosts_that_cannot_be_had_are_4_and_the_figures_stand(sync: CommandLine, hosts: HostServer) -> None:
    sync.publish(FEW)
    sync("signals", "--feed", hosts.list_url, "--now", "2026-06-01T13:00Z")
    signals = (sync.store / "models/openrouter/signals.json").read_bytes()
    with HostServer({}) as silent:
        ran = sync("signals", "--feed", silent.list_url, "--now", "2026-06-02T13:00Z")
    assert ran.code == 4
    assert ran.err.startswith("syncmodels: signals: no list and no endpoints could be read: ")
    assert (sync.store / "models/openrouter/signals.json").read_bytes() == signals


def test_a_file_is_no_place_to_look(sync: CommandLine) -> None:
    ran = sync("signals", "--feed", "list.json")
    assert (ran.code, "expected the address of the list, found 'list.json'" in ran.err) == (2, True)
