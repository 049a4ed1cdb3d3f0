"""What a terminal shows, what a pipe gets, and what neither ever obeys."""

import json
import re
from pathlib import Path

import pytest

from modelsync.catalog.documents import Current, encode
from modelsync.client.safe_text import one_safe_line
from modelsync.shell.storage.directory_store import DirectoryStore
from tests.cli.command_line import CommandLine, on_a_terminal, process
from tests.ran import Ran
from tests.world import MODELS, World, a_body, a_record

COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-7]|4[0-7]|9[0-7]|38;|48;)[0-9;]*m")
BAR = "━"

HOSTILE_NAME = "\x1b[2J\x1b]0;owned\x07[bold red]Model[/]\u202egnp.exe\u200b\r\n\x9b31m :smile: \u2066"
HOSTILE_CHARACTERS = "\x1b\x07\r\x9b\u202e\u200b\u2066"


# --- hostile text ---


@pytest.fixture
def hostile(sync: CommandLine) -> CommandLine:
    """A store whose documents hold hostile text, as if anybody had written them."""
    world = World(store=DirectoryStore(sync.store))
    world.run()
    world.wait()
    loaded = world.runtime().repository.load()
    assert loaded.published.current is not None
    assert loaded.published.deprecations is not None
    models = tuple(
        model.model_copy(
            update={
                "name": HOSTILE_NAME,
                "description": HOSTILE_NAME,
                "cost": HOSTILE_NAME,
                "vendor": HOSTILE_NAME,
                "canonical_slug": HOSTILE_NAME,
                "output_modalities": (HOSTILE_NAME,),
                "backends": {HOSTILE_NAME: HOSTILE_NAME},
            }
        )
        for model in loaded.published.current.models
    )
    source = loaded.published.current.source.model_copy(update={"url": HOSTILE_NAME})
    current = loaded.published.current.model_copy(update={"generation": 2, "models": models, "source": source})
    world.runtime().repository.publish(loaded, {"current": current}, note=HOSTILE_NAME)
    return sync


@pytest.mark.parametrize(
    "command", ["status", "diff", "diff 0 2", "show openai/gpt-5.2", "why openai/gpt-5.2", "verify", "show nobody"]
)
@pytest.mark.parametrize("option", [(), ("--json",)])
def test_stored_text_never_reaches_the_terminal_raw(
    hostile: CommandLine, command: str, option: tuple[str, ...]
) -> None:
    ran = hostile(*command.split(), *option)
    assert not set(HOSTILE_CHARACTERS) & set(ran.out + ran.err)


def test_markup_in_a_name_is_shown_and_not_obeyed(hostile: CommandLine) -> None:
    shown = hostile("show", "openai/gpt-5.2").out
    assert shown.splitlines()[0] == "[2J ]0;owned [bold red]Model[/] gnp.exe 31m :smile:"


def test_a_feed_with_hostile_names_is_published_with_harmless_ones(sync: CommandLine) -> None:
    ran = sync.publish(records=[a_record("evil/model", name=HOSTILE_NAME, description=HOSTILE_NAME)])
    assert ran.code == 0
    for words in (("show", "evil/model"), ("diff",), ("show", "evil/model", "--json")):
        shown = sync(*words)
        assert not set(HOSTILE_CHARACTERS) & set(shown.out + shown.err)


def test_a_feed_that_is_refused_cannot_speak_through_its_error(sync: CommandLine) -> None:
    ran = sync("all", "--feed", sync.file("feed.json", HOSTILE_NAME.encode()))
    assert ran.code == 4
    assert not set(HOSTILE_CHARACTERS) & set(ran.err)
    assert ran.err.count("\n") == 1


def test_the_words_of_the_command_itself_are_no_exception(sync: CommandLine) -> None:
    ran = sync("status", HOSTILE_NAME)
    assert ran.code == 2
    assert not set(HOSTILE_CHARACTERS) & set(ran.err)


def test_an_id_as_long_as_ids_may_be_is_shown_whole(sync: CommandLine) -> None:
    long_id = f"vendor/{'m' * 193}"
    sync.publish(records=[a_record(long_id)])
    assert long_id in sync("diff", "--full").out.replace("\n", "").replace(" ", "")


def test_every_unseen_character_becomes_a_space_and_every_line_ends() -> None:
    assert one_safe_line("a\u00adb\u061cc\U000e0001d\ud800e") == "a b c d e"
    assert one_safe_line("x" * 50, limit=10) == "xxxxxxxxx…"


# --- terminals and pipes ---


@pytest.fixture
def feeds(tmp_path: Path) -> str:
    """A folder of three snapshots."""
    folder = tmp_path / "feeds"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"openrouter-2026060{day}T0600Z.json").write_bytes(a_body(a_record(each) for each in MODELS))
    return str(folder)


def test_a_terminal_shows_a_bar_while_it_replays(feeds: str, tmp_path: Path) -> None:
    ran = on_a_terminal("replay", feeds, "--store", str(tmp_path / "store"))
    assert ran.code == 0
    assert BAR in ran.out
    assert "3/3" in ran.out
    assert "24 active, 0 stale" in ran.out


def test_a_pipe_gets_no_bar(feeds: str, tmp_path: Path) -> None:
    ran = process("replay", feeds, "--store", str(tmp_path / "store"))
    assert ran.err == "syncmodels: replay: 3 snapshots, 2026-06-01 06:00Z to 2026-06-03 06:00Z\n"
    assert BAR not in ran.out
    assert "\x1b" not in ran.out


def test_a_terminal_has_colours(sync: CommandLine) -> None:
    assert COLOUR.search(_overdue(sync).out)


def test_no_colour_is_honoured_and_the_words_are_the_same(sync: CommandLine) -> None:
    coloured, plain = _overdue(sync), _overdue(sync, NO_COLOR="1")
    assert not COLOUR.search(plain.out)
    assert _words(plain.out) == _words(coloured.out)


def _overdue(sync: CommandLine, **variables: str) -> Ran:
    """A status with a hint in it."""
    if not sync.store.exists():
        sync.publish()
    words = ("status", "--store", str(sync.store), "--now", "2026-07-01T12:00Z")
    return on_a_terminal(*words, variables=variables)


def _words(seen: str) -> str:
    return "\n".join(line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", seen).splitlines())


def test_a_pipe_has_no_colours_no_boxes_and_no_trailing_spaces(sync: CommandLine) -> None:
    sync.publish()
    ran = process("show", "openai/gpt-5.2", "--store", str(sync.store))
    assert not re.search(r"[\x1b─-╿]", ran.out)
    assert not any(line.endswith(" ") for line in ran.out.splitlines())


def test_a_terminal_that_knows_only_ascii_gets_no_error(sync: CommandLine) -> None:
    sync.publish(records=[a_record("a/b", name="Modèle ☃")])
    ran = process("show", "a/b", "--store", str(sync.store), PYTHONIOENCODING="ascii")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Mod?le ?")


# --- environment ---


def test_the_store_may_come_from_the_environment(sync: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    sync.publish()
    monkeypatch.setenv("MODELSYNC_STORE", str(sync.store))
    assert sync("status", "--json", store=None).json["store"] == str(sync.store)


def test_the_command_line_beats_the_environment(sync: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    sync.publish()
    monkeypatch.setenv("MODELSYNC_STORE", str(sync.store))
    other = str(sync.folder / "other")
    assert sync("status", "--json", store=other).json["generation"] is None


def test_options_before_the_command_are_not_taken_back_behind_it(sync: CommandLine) -> None:
    sync.publish()
    before = sync("--json", "--now", "2026-06-01T13:00Z", "status").json
    assert (before["generation"], before["now"]) == (1, "2026-06-01T13:00:00Z")


def test_a_key_is_never_in_an_output(sync: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "sk-or-v1-0123456789"
    monkeypatch.setenv("OPENROUTER_API_KEY", secret)
    good, bad = sync.publish(), sync("all", "--feed", "/nowhere", "--debug")
    assert (good.code, bad.code) == (0, 3)
    assert secret not in good.out + good.err + bad.out + bad.err
    assert not any(secret.encode() in body for body in sync.written().values())


def test_a_prefix_may_be_given_with_or_without_its_slash(sync: CommandLine) -> None:
    sync("all", "--feed", sync.feed(), "--prefix", "catalogs/mine")
    assert "catalogs/mine/openrouter/manifest.json" in sync.written()
    assert sync("status", "--json", "--prefix", "/catalogs/mine/").json["generation"] == 1


def test_a_moment_in_another_zone_is_the_same_moment(sync: CommandLine) -> None:
    sync("all", "--feed", sync.feed(), "--now", "2026-06-01T14:00:00.5+02:00")
    manifest = json.loads(sync.written()["models/openrouter/manifest.json"])
    assert manifest["generatedAt"] == "2026-06-01T12:00:00Z"


def test_a_file_url_names_the_same_store(sync: CommandLine) -> None:
    sync.publish()
    assert sync("status", "--json", store=sync.store.as_uri()).json["generation"] == 1


def test_documents_of_a_test_are_encoded_like_all(sync: CommandLine) -> None:
    sync.publish()
    body = sync.written()["models/openrouter/current.json"]
    assert encode(Current.model_validate_json(body)) == body
