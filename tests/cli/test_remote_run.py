"""`--remote` asks an admin API for the run, and ends as if it had run here."""

import json
from collections.abc import Iterator

import pytest

from modelsync.shell.asking.asked_runs import finish
from tests.admin.desk import NOW
from tests.admin.served import Served, serving_runs
from tests.admin.served import serving as serving_an_api
from tests.cli.command_line import CommandLine
from tests.cli.test_serve_admin import serving
from tests.world import FEW, World

TOKEN = "a-token-of-some-length"


@pytest.fixture
def world() -> World:
    """What the remote catalog is made of."""
    return World(FEW)


@pytest.fixture
def server(world: World) -> Iterator[Served]:
    """A server whose runs are done."""
    with serving_runs(world) as each:
        yield each


@pytest.fixture
def api() -> Iterator[Served]:
    """A server whose runs never start."""
    with serving_an_api() as each:
        yield each


def test_serve_admin_is_a_remote_whose_run_is_waited_for_and_whose_end_is_shown(sync: CommandLine) -> None:
    with serving("--store", str(sync.folder / "remote"), "--feed", sync.feed()) as process:
        ran = sync("all", "--remote", process.url, store=None)
    first, *rows = ran.out.splitlines()
    assert (ran.code, ran.err, first) == (0, "", "all at the remote: published, generation 1")
    assert rows[1] == f"status       {process.url}/api/admin/models/status"
    assert (sync.folder / "remote/models/openrouter/curated.json").exists()


@pytest.mark.parametrize(("command", "target"), [("refresh", "openrouter"), ("curate", "curated"), ("all", "all")])
def test_each_job_asks_for_its_target_and_can_leave_without_waiting(
    sync: CommandLine, api: Served, command: str, target: str
) -> None:
    ran = sync(command, "--remote", api.url, "--no-wait", "--dry-run", "--json", store=None)
    assert ran.code == 0
    assert ran.json == {
        "run": "r1",
        "target": target,
        "dryRun": True,
        "outcome": None,
        "status": f"{api.url}/api/admin/models/status",
    }
    assert api.api.started == [target]


def test_a_provider_is_asked_for_by_its_name(sync: CommandLine, api: Served) -> None:
    assert sync("refresh", "--source", "deepseek", "--remote", api.url, "--no-wait", store=None).code == 0
    assert api.api.started == ["deepseek"]


def test_a_remote_run_is_json_as_it_is_kept(sync: CommandLine, server: Served) -> None:
    told = sync("refresh", "--remote", server.url, "--json", store=None).json
    assert (told["outcome"], told["generation"], told["target"], told["dryRun"]) == (
        "published",
        1,
        "openrouter",
        False,
    )


def test_a_remote_feed_that_is_held_is_5(sync: CommandLine, server: Served, world: World) -> None:
    assert sync("all", "--remote", server.url, store=None).code == 0
    world.wait()
    world.feed.drop(*FEW[:6])
    ran = sync("all", "--remote", server.url, store=None)
    assert (ran.code, ran.out.splitlines()[0]) == (5, "all at the remote: held, generation 1")
    assert ran.err.startswith("syncmodels: all at the remote: held: ids gone: 6 of 12")


def test_a_remote_feed_that_is_refused_is_4(sync: CommandLine, server: Served, world: World) -> None:
    world.feed.drop(*FEW)
    ran = sync("refresh", "--remote", server.url, store=None)
    assert (ran.code, ran.out.splitlines()[0]) == (4, "refresh at the remote: refused")
    assert ran.err.startswith("syncmodels: refresh at the remote: refused: openrouter feed: data: expected")


def test_a_remote_run_that_failed_is_8(sync: CommandLine, server: Served) -> None:
    ran = sync("curate", "--remote", server.url, store=None)
    assert ran.code == 8
    assert ran.err == (
        "syncmodels: curate at the remote: failed: curate: nothing is published yet; run `syncmodels refresh` first\n"
    )


def test_a_remote_that_is_busy_is_8_and_says_with_what(sync: CommandLine, api: Served) -> None:
    sync("all", "--remote", api.url, "--no-wait", store=None)
    ran = sync("curate", "--remote", api.url, "--json", store=None)
    assert (ran.code, json.loads(ran.out)["error"]["kind"]) == (8, "under-way")
    assert ran.err.startswith("syncmodels: run r1 of all is under way since 2026-08-08T18:42:00Z")
    finish(api.api.store, "models/", run="r1", outcome="published", message=None, now=NOW)
    assert sync("curate", "--remote", api.url, "--no-wait", store=None).code == 0


def test_the_token_of_the_environment_is_sent(sync: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving_an_api(TOKEN) as api:
        refused = sync("all", "--remote", api.url, "--no-wait", store=None)
        monkeypatch.setenv("MODELSYNC_ADMIN_TOKEN", TOKEN)
        taken = sync("all", "--remote", api.url, "--no-wait", store=None)
    assert (refused.code, taken.code) == (8, 0)
    assert "set MODELSYNC_ADMIN_TOKEN to the server's token" in refused.err


def test_a_remote_that_is_not_there_is_8(sync: CommandLine) -> None:
    ran = sync("all", "--remote", "http://127.0.0.1:9", store=None)
    assert (ran.code, ran.out) == (8, "")
    assert ran.err.startswith("syncmodels: 127.0.0.1: expected an answer, found EndpointConnectionError")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("all", "--feed", "x"), "--feed: expected none with --remote, where the run is as it is set up there"),
        (("refresh", "--accept"), "--accept: expected none with --remote"),
        (("curate", "--store", "x"), "--store: expected none with --remote"),
        (("all", "--prefix", "x"), "--prefix: expected none with --remote"),
        (("all", "--now", "2026-06-01T12:00Z"), "--now: expected none with --remote"),
    ],
)
def test_words_that_a_remote_does_not_hear_are_2(sync: CommandLine, words: tuple[str, ...], sentence: str) -> None:
    ran = sync(*words, "--remote", "http://127.0.0.1:9", store=None)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"syncmodels: {sentence}")


def test_an_address_that_is_none_is_2(sync: CommandLine) -> None:
    ran = sync("all", "--remote", "catalog.example", store=None)
    assert (ran.code, "--remote: expected an address like https://host" in ran.err) == (2, True)
