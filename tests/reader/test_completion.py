"""Shells that complete `models`: real ones, where they can be had, and what they are told in any case."""

import os
import socket
from pathlib import Path

import pytest

from modelsync.client.browsing.completion import LAYOUT
from modelsync.client.browsing.uses import USES
from modelsync.reader.command_list import COMMANDS
from modelsync.reader.options import OPTIONS_OF, TOPICS
from modelsync.reader.shell_scripts import SCRIPTS
from modelsync.reader.words import common_options
from tests.reader.command_line import Models
from tests.reader.shells import Typing

HOSTILE = (
    "acme/$(touch ran)", "acme/`touch ran`", "acme/a;touch ran", "acme/a b", "acme/a'b", 'acme/a"b', "acme/\x1b[2J",
    "-acme/option", "acme/a\\b", "acme/a|b", "acme/a&b", "acme/*", "acme/{a,b}", "acme/a%n",
)  # fmt: skip


@pytest.fixture
def typing(models: Models) -> Typing:
    """Shells beside a catalog that a command has opened."""
    models("list")
    return Typing(models)


def sidecar_of(models: Models) -> Path:
    (found,) = (models.folder / "home").rglob("completion-*")
    return found


def offered(models: Models, *words: str) -> list[str]:
    done = models("__complete", *words)
    assert (done.code, done.err) == (0, "")
    return [line.partition("\t")[0] for line in done.lines]


# --- what is offered ---


def test_commands_stand_first(models: Models) -> None:
    assert offered(models, "") == list(COMMANDS)
    assert offered(models, "--json", "co") == ["compare", "cost", "completion"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_offered_and_no_other(models: Models, command: str) -> None:
    parser = common_options()
    OPTIONS_OF[command](parser)
    options = {text for action in parser._actions for text in action.option_strings}
    assert set(offered(models, command, "-")) == options


def test_choices_are_those_of_the_parser(models: Models) -> None:
    assert offered(models, "pick", "") == list(USES)
    assert offered(models, "why", "x", "") == list(TOPICS)
    assert offered(models, "completion", "") == ["bash", "zsh", "fish", "powershell"]
    assert offered(models, "telemetry", "s") == ["show", "send"]
    assert offered(models, "user", "a") == ["add", "absorb"]
    assert offered(models, "list", "--tier", "p") == ["pro", "premium"]
    assert offered(models, "list", "--tier=b") == ["--tier=budget"]


def test_an_option_that_may_have_a_value_leaves_room_for_the_next_word(models: Models) -> None:
    assert offered(models, "pick", "--reasoning", "c") == ["configurable", "coding", "chat"]


def test_models_are_offered_where_one_is_meant(models: Models) -> None:
    models("list")
    assert offered(models, "show", "acme/") == ["acme/small", "acme/large", "acme/small:free"]
    assert offered(models, "compare", "x", "y", "la") == ["large", "large-latest"]
    assert offered(models, "show", "acme/large:") == ["acme/large:batch"]
    assert offered(models, "check", "x", "--from", "view") == ["view"]
    assert offered(models, "check", "--from=vi") == ["--from=view"]
    assert offered(models, "user", "set", "small-") == ["small-free"]


def test_no_model_is_offered_where_none_is_meant(models: Models) -> None:
    models("list")
    assert offered(models, "status", "") == []
    assert offered(models, "cost", "large", "") == []
    assert offered(models, "list", "--vendor", "acme") == []
    assert offered(models, "no-such-command", "la") == []


def test_a_hint_says_what_it_is(models: Models) -> None:
    models("list")
    assert models("__complete", "use", "view").lines == ["view\tzeta/view · $1.00 / $4.00 · 200K"]


def test_own_short_names_are_offered_and_hidden_models_are_not(models: Models) -> None:
    models("alias", "mine", "acme/large")
    models("hide", "zeta/view")
    assert offered(models, "show", "mine") == ["mine"]
    assert offered(models, "show", "vi") == []


def test_the_source_that_is_typed_is_the_one_that_counts(models: Models) -> None:
    models("list", "--cache-dir", str(models.folder / "other"))
    assert offered(models, "show", "larg") == []
    assert offered(models, "--cache-dir", str(models.folder / "other"), "show", "la") == ["large", "large-latest"]
    assert offered(models, "show", f"--cache-dir={models.folder / 'other'}", "large-l") == ["large-latest"]


# --- the file ---


def test_the_file_is_private_and_written_only_where_it_says_something_new(models: Models) -> None:
    models("list")
    before = sidecar_of(models).stat()
    assert before.st_mode & 0o777 == 0o600
    models("show", "large")
    assert sidecar_of(models).stat().st_mtime_ns == before.st_mtime_ns
    models.republish(generation=8)
    models("list")
    assert sidecar_of(models).stat().st_ino != before.st_ino


def test_a_command_that_opens_no_catalog_writes_none(models: Models) -> None:
    models("keys")
    assert not (models.folder / "home").exists()


def test_a_folder_that_cannot_be_had_fails_no_command(models: Models) -> None:
    (models.folder / "home").write_text("no folder")
    done = models("list", "-q")
    assert (done.code, done.err) == (0, "")
    assert offered(models, "show", "la") == []


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", LAYOUT.encode() + b"\nmodel\nmodel\tacme/one\n\t\t\t\n"])
def test_a_damaged_file_offers_nothing(models: Models, body: bytes) -> None:
    models("list")
    sidecar_of(models).write_bytes(body)
    assert offered(models, "show", "") == []
    models("list")
    assert "large" in offered(models, "show", "")


def test_a_place_that_cannot_be_read_offers_nothing(models: Models) -> None:
    models("list")
    place = sidecar_of(models)
    place.unlink()
    place.mkdir()
    assert offered(models, "show", "la") == []


def test_an_environment_that_makes_no_sense_offers_nothing(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    models("list")
    monkeypatch.setenv("MODELSYNC_OFFLINE", "perhaps")
    assert offered(models, "show", "la") == []
    assert offered(models, "sho") == ["show"]


def test_a_shell_that_asks_for_nothing_is_told_the_commands(models: Models) -> None:
    assert offered(models) == list(COMMANDS)


def test_whoever_stops_reading_breaks_nothing(models: Models) -> None:
    models("list")
    done = models.process("__complete", "show", "", PYTHONUNBUFFERED="1")
    assert (done.code, done.err) == (0, "")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("completing went to the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
def test_completing_asks_no_network_even_of_a_source_on_it(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    models("list")
    monkeypatch.setenv("MODELSYNC_URL", "https://catalog.example.org/models")
    assert offered(models, "show", "la") == []
    assert offered(models, "pick", "co") == ["coding"]


# --- words that a shell would read something into ---


def with_hostile_lines(models: Models) -> None:
    place = sidecar_of(models)
    lines = "".join(
        f"model\t{text}\t$(touch ran) `touch ran` \x1b]0;x\x07 'q\" %n\n" for text in (*HOSTILE, "acme/fine")
    )
    place.write_bytes(f"{LAYOUT}\n{lines}".encode())


def test_words_that_a_shell_would_read_something_into_are_not_offered(typing: Typing) -> None:
    with_hostile_lines(typing.models)
    done = typing.models("__complete", "show", "")
    assert done.out == "acme/fine\t$(touch ran) `touch ran`  ]0;x  'q\" %n\n"


def test_no_shell_runs_what_a_hint_says(typing: Typing, monkeypatch: pytest.MonkeyPatch) -> None:
    with_hostile_lines(typing.models)
    monkeypatch.chdir(typing.folder)
    assert typing.bash("models show acme/f", "models", "show", "acme/f") == ["acme/fine"]
    assert [line.partition("\t")[0] for line in typing.fish("models show acme/f")] == ["acme/fine"]
    start = f"autoload -Uz compinit; compinit -u -D; source {typing.script('zsh')}"
    assert typing.typed_into("zsh", start, "models show acme/f") == "models show acme/fine"
    assert not (typing.folder / "ran").exists()


def test_what_stands_on_the_line_is_not_run_either(typing: Typing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(typing.folder)
    typing.bash("models show $(touch ran) la", "models", "show", "$(touch ran)", "la")
    typing.bash("models show $(touch ran)", "models", "show", "$(touch ran)")
    start = f"autoload -Uz compinit; compinit -u -D; source {typing.script('zsh')}"
    typing.typed_into("zsh", start, "models compare $(touch ran) lar")
    assert not (typing.folder / "ran").exists()


# --- shells ---


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_what_its_shell_reads(models: Models, shell: str) -> None:
    assert models("completion", shell).out == SCRIPTS[shell]


def test_bash_completes_a_command_and_a_model(typing: Typing) -> None:
    assert typing.bash("models sta", "models", "sta") == ["status"]
    assert typing.bash("models show acme/la", "models", "show", "acme/la") == ["acme/large"]
    assert typing.bash("models show ", "models", "show", "")[:2] == ["small", "large"]


def test_bash_completes_behind_a_colon_which_it_takes_for_a_break(typing: Typing) -> None:
    assert typing.bash("models show acme/small:f", "models", "show", "acme/small", ":", "f") == ["free"]
    assert typing.bash("models show acme/small:", "models", "show", "acme/small", ":") == ["free"]
    assert typing.bash("models compare a/b:c acme/la", "models", "compare", "a/b", ":", "c", "acme/la") == [
        "acme/large"
    ]


def test_bash_completes_behind_a_colon_where_it_is_no_break(typing: Typing) -> None:
    assert typing.bash("models show acme/small:f", "models", "show", "acme/small:f") == ["acme/small:free"]
    assert typing.bash('models show "acme/small:f', "models", "show", '"acme/small:f') == ["acme/small:free"]


def test_bash_completes_behind_an_equals_sign(typing: Typing) -> None:
    assert typing.bash("models list --tier=b", "models", "list", "--tier", "=", "b") == ["budget"]
    assert typing.bash("models list --tier=", "models", "list", "--tier", "=")[0] == "free"


def test_bash_on_a_terminal(typing: Typing) -> None:
    start = f"source {typing.script('bash')}"
    assert typing.typed_into("bash", start, "models show acme/small:") == "models show acme/small:free"
    assert typing.typed_into("bash", start, "models show acme/lar") == "models show acme/large"


def test_zsh_on_a_terminal_where_the_script_is_sourced(typing: Typing) -> None:
    start = f"autoload -Uz compinit; compinit -u -D; source {typing.script('zsh')}"
    assert typing.typed_into("zsh", start, "models show acme/small:") == "models show acme/small:free"
    assert typing.typed_into("zsh", start, "models stat") == "models status"


def test_zsh_on_a_terminal_where_the_script_lies_in_a_folder_of_functions(typing: Typing) -> None:
    functions = typing.folder / "functions"
    functions.mkdir()
    (functions / "_models").write_text(SCRIPTS["zsh"])
    start = f"fpath=({functions} $fpath); autoload -Uz compinit; compinit -u -D"
    assert typing.typed_into("zsh", start, "models show acme/lar") == "models show acme/large"


def test_fish_completes_with_hints(typing: Typing) -> None:
    assert typing.fish("models show acme/small:f") == ["acme/small:free\tsmall-free · free · 131K"]
    assert [line.partition("\t")[0] for line in typing.fish("models why large too")] == ["tools"]


def test_powershell_is_given_a_script_of_its_own(models: Models) -> None:
    script = models("completion", "powershell").out
    assert "Register-ArgumentCompleter -Native -CommandName models" in script
    assert "models __complete @before $current 2>$null" in script


def test_a_pair_of_quotes_stands_for_an_empty_word(models: Models) -> None:
    assert offered(models, "pick", '""') == list(USES)


def test_shells_hear_nothing_where_models_is_gone(typing: Typing) -> None:
    (typing.folder / "models").write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    assert typing.bash("models sta", "models", "sta") == []
    assert typing.fish("models sta") == []


def test_the_words_of_a_process_are_those_of_this_one(models: Models) -> None:
    models("list")
    assert models.process("__complete", "show", "la").out == models("__complete", "show", "la").out
    assert os.environ["MODELSYNC_URL"] == str(models.store)
