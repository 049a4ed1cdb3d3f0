"""Every way to end has its code and its one sentence."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modelsync.cli.exit_codes import MEANINGS, ExitCode, code_of
from modelsync.cli.main import main
from modelsync.errors import ModelsyncError
from tests.cli.command_line import CommandLine, environment, process
from tests.world import MODELS


def test_done_is_0(sync: CommandLine) -> None:
    assert sync.publish().code == 0
    assert sync("status").code == 0


def test_nothing_new_is_0_as_well(sync: CommandLine) -> None:
    sync.publish()
    ran = sync.publish(at="2026-06-01T18:00Z")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "all: nothing changed, generation 1 stands")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            (),
            (
                "expected a command (all, refresh, signals, curate, enrich, replay, rollback, status, diff, show, why, "
                "telemetry, bindings, verify, bundle, schema, invoke, serve-admin)"
            ),
        ),
        (("publish",), "argument COMMAND: invalid choice: 'publish'"),
        (("show",), "the following arguments are required: ID; run `syncmodels show --help`"),
        (("status", "--nonsense"), "unrecognized arguments: --nonsense; run `syncmodels --help`"),
        (("status", "--now", "2026-06-01T12:00"), "argument --now: expected a time with its zone, 2026-08-08T18:42Z"),
        (("status", "--now", "noon"), "argument --now: expected a time with its zone, 2026-08-08T18:42Z"),
        (("rollback", "-1"), "argument N: expected the number of a generation, found '-1'; run `syncmodels rollback"),
        (("rollback", "one"), "argument N: expected the number of a generation, found 'one'"),
        (("why", "x/y", "colour"), "argument TOPIC: expected one of vision, tools, structured, json, image"),
        (("status", "--prefix", "../up"), "--prefix: '../up' cannot begin a key; give plain words such as models/"),
        (("schema", "current", "--write", "x"), "schema: NAME prints one schema, --write and --publish write all"),
        (("status", "--sto", "x"), "unrecognized arguments: --sto"),
    ],
)
def test_words_that_do_not_fit_together_are_2(sync: CommandLine, words: tuple[str, ...], sentence: str) -> None:
    ran = sync(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"syncmodels: {sentence}")
    assert ran.err.count("\n") == 1


def test_a_store_of_an_unknown_kind_is_2(sync: CommandLine) -> None:
    ran = sync("status", store="gopher://x")
    assert ran.code == 2
    assert ran.err.startswith("syncmodels: store: expected a folder, a file:// URL or s3://bucket/prefix")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "a/b"), "no model has the id or alias 'a/b'"),
        (("why", "a/b"), "no model has the id or alias 'a/b'"),
        (("rollback", "9"), "generation 9: the newest is 1"),
        (("diff", "9"), "generation 9: the newest is 1"),
        (("all", "--feed", "/nowhere/feed.json"), "feed file '/nowhere/feed.json': there is no such file"),
        (("replay", "/nowhere"), "replay: '/nowhere': found no folder"),
        (("schema", "nope"), "schema: there is none named 'nope'; choose one of manifest"),
    ],
)
def test_what_is_not_there_is_3(sync: CommandLine, words: tuple[str, ...], sentence: str) -> None:
    sync.publish()
    ran = sync(*words)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(f"syncmodels: {sentence}")


@pytest.mark.parametrize("command", ["curate", "diff", "verify", "show x", "why x"])
def test_a_store_without_a_catalog_is_3_and_says_what_to_run(sync: CommandLine, command: str) -> None:
    ran = sync(*command.split())
    assert ran.code == 3
    assert "run `syncmodels" in ran.err


def test_a_refused_feed_is_4_and_what_was_published_stands(sync: CommandLine) -> None:
    sync.publish()
    before = sync.written()
    ran = sync("all", "--feed", sync.file("bad.json", b"<html>"), "--now", "2026-06-01T18:00Z")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith("syncmodels: openrouter feed: body: expected JSON, found 6 bytes of HTML or XML")
    changed = {name for name, body in sync.written().items() if before.get(name) != body}
    assert changed == {"models/openrouter/status.json"}


def test_a_held_feed_is_5_and_says_what_to_do(sync: CommandLine) -> None:
    sync.publish()
    ran = sync.publish(MODELS[:10], at="2026-06-01T18:00Z")
    assert (ran.code, ran.out.splitlines()[0]) == (5, "all: the feed is held, generation 1 stands")
    assert ran.err.startswith("syncmodels: all: the feed is held: ids gone: 14 of 24")
    assert ran.err.endswith("--accept takes it now\n")


def test_an_accepted_feed_is_0(sync: CommandLine) -> None:
    sync.publish()
    ran = sync("all", "--feed", sync.feed(MODELS[:10]), "--now", "2026-06-01T18:00Z", "--accept")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "all: published generation 2")


def test_a_store_that_fails_is_6(sync: CommandLine) -> None:
    ran = sync("status", store=sync.file("a-file", b""))
    assert ran.code == 6
    assert "found a file, expected a folder; choose another one" in ran.err


def test_a_raw_body_that_was_damaged_in_the_store_is_6_and_named(sync: CommandLine) -> None:
    sync.publish()
    (raw,) = sync.folder.rglob("raw-*.json")
    raw.write_bytes(b"{}")
    ran = sync("why", MODELS[0])
    assert ran.code == 6
    assert f"store: openrouter/{raw.name}: it was a list when it was kept" in ran.err


def test_a_store_in_which_something_is_wrong_is_6_and_everything_is_listed(sync: CommandLine) -> None:
    sync.publish()
    (sync.store / "models/openrouter/current.json").unlink()
    (sync.store / "models/openrouter/raw-2026060112.json").unlink()
    ran = sync("verify")
    assert ran.code == 6
    assert "openrouter/current.json: it is not there" in ran.out
    assert "openrouter/raw-2026060112.json: a document names it as its source and it is not there" in ran.out
    assert ran.err.startswith(f"syncmodels: verify: {sync.store}: found 2 problems, expected none")


def test_a_sound_store_is_0(sync: CommandLine) -> None:
    sync.publish()
    ran = sync("verify")
    assert (ran.code, ran.err) == (0, "")
    assert "none; every law holds" in ran.out


def test_bad_overrides_are_7_and_every_problem_has_its_line(sync: CommandLine) -> None:
    sync.file("overrides/alias-overrides.json", b'{"entries": [{"id": "a b", "alias": "X"}]}')
    sync.file("overrides/typo.json", b"{}")
    ran = sync("all", "--feed", sync.feed(), "--overrides", str(sync.folder / "overrides"))
    first, *problems = ran.err.splitlines()
    assert (ran.code, ran.out) == (7, "")
    assert first == "syncmodels: overrides: found 6 problems, expected none; mend the files and run it again"
    assert problems[0].startswith("  typo.json: expected one of capability-overrides.json")
    assert [line.partition(": expected")[0] for line in problems[1:]] == [
        "  alias-overrides.json: entries.0.reason",
        "  alias-overrides.json: entries.0.source",
        "  alias-overrides.json: entries.0.since",
        "  alias-overrides.json: entries.0.id",
        "  alias-overrides.json: entries.0.alias",
    ]


def test_an_error_of_a_kind_without_a_code_is_a_defect() -> None:
    assert code_of(ModelsyncError("odd")) == (ExitCode.BUG, "bug")


def test_an_interrupted_run_is_130_and_says_so_in_one_sentence() -> None:
    command = [sys.executable, "-m", "modelsync", "all", "--feed", "-"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment(), **pipes) as running:  # type: ignore[call-overload]
        _wait_until_it_reads(running.pid)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, b"")
    assert err == b"syncmodels: interrupted; what was published stands\n"


def _wait_until_it_reads(pid: int) -> None:
    """Until the process sleeps in a read of its standard input."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if Path(f"/proc/{pid}/syscall").read_text(encoding="ascii").split()[:2] == ["0", "0x0"]:
            return
        time.sleep(0.01)
    pytest.fail("the process never read its standard input")


def test_a_reader_that_goes_away_ends_the_run_without_a_word(sync: CommandLine) -> None:
    sync.publish()
    command = f"{sys.executable} -m modelsync diff 0 1 --full --store {sync.store} | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], env=environment(), capture_output=True, check=False)
    assert (done.returncode in (0, 141), done.stdout, done.stderr) == (True, b"generation 0 to 1\n", b"")


def test_the_module_is_the_command_line_too() -> None:
    ran = process("--version")
    assert (ran.code, ran.out, ran.err) == (0, "syncmodels 0.1.0\n", "")


def test_the_help_lists_every_code_and_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"\n  {int(code):<3}  {meaning}" in said for code, meaning in MEANINGS.items())
    assert "why ID [TOPIC]  why a model is published as it is" in said
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize(
    "command", ["all", "replay", "diff", "show", "why", "verify", "schema", "rollback", "invoke", "serve-admin"]
)
def test_every_command_has_its_help_within_80_columns(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: syncmodels {command}")
    assert max(map(len, said.splitlines())) <= 80


def test_debug_shows_where_an_error_came_from(sync: CommandLine) -> None:
    ran = sync("show", "x", "--debug")
    assert "Traceback (most recent call last)" in ran.err
    assert ran.err.splitlines()[-1].startswith("syncmodels: show: nothing is published")


def test_without_debug_no_error_shows_a_traceback(sync: CommandLine) -> None:
    assert "Traceback" not in sync("show", "x").err


def test_a_base_install_says_what_it_lacks() -> None:
    block = "import sys; sys.modules['rich'] = None; from modelsync.cli.main import main; sys.exit(main(['status']))"
    command = [sys.executable, "-c", block]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "syncmodels: rich is not installed; the command line needs the extra: pip install 'modelsync[sync]'\n"
    )


def test_an_error_is_json_too_where_a_program_listens(sync: CommandLine) -> None:
    ran = sync("show", "x", "--json")
    told = json.loads(ran.out)["error"]
    assert (told["kind"], told["exitCode"]) == ("not-found", 3)
    assert told["message"].startswith("show: nothing is published")
