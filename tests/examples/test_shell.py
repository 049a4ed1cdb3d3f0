"""The shell reader against a server on this machine: what it keeps, what it refuses, and what it says."""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_model
from tests.client.loopback import Loopback, Oddity, body, endless, loopback, redirect
from tests.client.published_sets import MANIFEST_PATH, objects
from tests.examples.published import CURRENT_PATH, REFUSED, bomb, publish_refused, published, with_current
from tests.examples.shell import SHELLS, Shell

pytestmark = pytest.mark.usefixtures("sh")


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A server that has published generation 7 of ten models."""
    with loopback() as running:
        running.publish(published(7, count=10))
        yield running


@pytest.fixture(params=SHELLS, ids=[" ".join(each) for each in SHELLS])
def any_shell(request: pytest.FixtureRequest, tmp_path: Path) -> Shell:
    """A reader in each shell that there is."""
    return Shell(tmp_path / "cache", command=request.param)


@pytest.fixture
def shell(sh: list[str], tmp_path: Path) -> Shell:
    """A reader in the shell that every machine has."""
    return Shell(tmp_path / "cache", command=sh)


def record(model_id: str, **fields: Any) -> dict[str, Any]:
    """A record as it is published, but for what a test says of it."""
    return {**a_model(model_id).model_dump(mode="json", by_alias=True), **fields}


def priced(model_id: str, prompt: str, completion: str, **fields: Any) -> dict[str, Any]:
    prices = {"promptPerMillion": prompt, "completionPerMillion": completion, "perUnit": {}, "overrides": [], "raw": {}}
    return record(model_id, pricing=prices, pricingStatus="priced", isFree=False, **fields)


def catalog(*models: dict[str, Any], gone: dict[str, dict[str, Any]] | None = None) -> dict[str, bytes]:
    """A generation of these models, and of others that are gone, by the ids that they lead to."""
    stones = [{"id": each["id"], "lastKnown": each} for each in (gone or {}).values()]
    redirects = [{"from": each["id"], "to": to, "kind": "override"} for to, each in (gone or {}).items()]
    bucket = {"models": [{"id": each["id"]} for each in models]}
    documents: dict[str, dict[str, Any]] = {
        "current": {"models": list(models)},
        "curated": {"models": [], "buckets": {"chat": bucket}, "autoTargets": {}},
        "deprecations": {"redirects": redirects, "tombstones": stones, "aliasHistory": []},
    }
    return objects(documents, generation=8)


def reading(shell: Shell, found: Mapping[str, bytes]) -> Shell:
    """The reader after a refresh from a server that published just this."""
    with loopback() as server:
        server.publish(found)
        shell.url = server.url
        assert shell("refresh").code == 0
    return shell


@pytest.fixture(scope="module")
def small(sh: list[str], tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A reader of two models, which answers and changes nothing."""
    one, two = priced("acme/one-1", "1", "1", alias="acme-one-1"), priced("acme/one-2", "1", "1", alias="one-two")
    return reading(Shell(tmp_path_factory.mktemp("small") / "cache", command=sh), catalog(one, two))


def test_a_refresh_fetches_the_set_and_the_next_one_asks_once(any_shell: Shell, server: Loopback) -> None:
    any_shell.url = server.url
    assert any_shell("refresh") == (0, "changed: generation 7\n", "")
    kept = any_shell.kept()
    assert len(kept) == 1
    server.asked.clear()
    assert any_shell("refresh") == (0, "unchanged: generation 7\n", "")
    ((path, etag, _),) = server.asked
    assert path == "/models/openrouter/manifest.json"
    assert etag == f'W/"{hashlib.md5(published(7)[MANIFEST_PATH]).hexdigest()}--gzip;x=1"'
    assert any_shell.kept() == kept


def test_a_newer_generation_takes_the_place_of_the_kept_one(any_shell: Shell, server: Loopback) -> None:
    any_shell.url = server.url
    any_shell("refresh")
    server.publish(published(8, count=5))
    assert any_shell("refresh") == (0, "changed: generation 8\n", "")
    (text,) = any_shell.kept().values()
    assert json.loads(text)["manifest"]["generation"] == 8


def test_each_address_has_a_catalog_of_its_own(any_shell: Shell, server: Loopback) -> None:
    model = priced("acme/one", "1", "1")
    reading(any_shell, catalog(model))
    first, any_shell.url = any_shell.url, server.url
    assert any_shell("resolve", "acme/one").code == 7
    assert any_shell("refresh") == (0, "changed: generation 7\n", "")
    assert [each.if_none_match for each in server.asked_for("manifest")] == [None]
    assert any_shell("resolve", "vendor/model-1").out == "vendor/model-1\n"
    any_shell.url = f"{first}/"
    assert any_shell("resolve", "acme/one").out == "acme/one\n"


def test_no_address_is_needed_where_one_catalog_is_kept(any_shell: Shell, server: Loopback) -> None:
    reading(any_shell, catalog(priced("acme/one", "1", "1"))).url = ""
    assert any_shell("resolve", "acme/one").out == "acme/one\n"
    any_shell.url = server.url
    assert any_shell("refresh").code == 0
    any_shell.url = ""
    told = "modelsync.sh: found several catalogs, expected MODELSYNC_URL to say which\n"
    assert any_shell("resolve", "acme/one") == (2, "", told)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_leaves_what_is_kept(shell: Shell, server: Loopback, name: str) -> None:
    shell.url = server.url
    shell("refresh")
    kept = shell.kept()
    publish_refused(server, name)
    ran = shell("refresh")
    assert (ran.code, ran.out, shell.kept()) == (5, "", kept)
    assert ran.err.startswith("modelsync.sh: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("key", [MANIFEST_PATH, CURRENT_PATH], ids=["manifest", "current"])
@pytest.mark.parametrize("oddity", [endless, bomb])
def test_no_more_is_written_than_the_manifest_says(
    any_shell: Shell, server: Loopback, key: str, oddity: Oddity
) -> None:
    any_shell.url = server.url
    any_shell("refresh")
    kept = any_shell.kept()
    server.publish(published(8))
    server.misbehave(key, oddity)
    any_shell.command = ["sh", "-c", 'ulimit -f 1024 && trap "" XFSZ && exec "$@"', "sh", *any_shell.command]
    ran = any_shell("refresh")
    told = {
        MANIFEST_PATH: "modelsync.sh: manifest: found none as it is published; refresh, or ask who publishes it\n",
        CURRENT_PATH: "modelsync.sh: current: found other bytes than the manifest says\n",
    }
    assert (ran, any_shell.kept()) == ((5, "", told[key]), kept)


@pytest.mark.parametrize("size", ["1", -1, 1.5, 1e9, None], ids=str)
def test_a_size_that_is_none_is_refused(shell: Shell, server: Loopback, size: object) -> None:
    shell.url = server.url
    server.publish(with_current(published(8), bytes=size))
    ran = shell("refresh")
    assert (ran.code, ran.err.count("\n")) == (5, 1)
    assert ran.err.startswith("modelsync.sh: manifest: found no")


def test_a_server_that_is_gone_leaves_what_is_kept(shell: Shell) -> None:
    kept = reading(shell, published(7)).kept()
    ran = shell("refresh")
    assert (ran.code, shell.kept()) == (5, kept)
    assert ran.err == "modelsync.sh: no answer from MODELSYNC_URL (curl ends with 7)\n"


KILLED = 'mkdir -p "$MODELSYNC_CACHE_DIR/shell/refresh.$$" && exec sh "$0" "$@"'
"""A refresh with the number of one that was killed, as happens in a container."""


def test_a_refresh_that_was_killed_is_in_nobodys_way(any_shell: Shell, server: Loopback) -> None:
    any_shell.url = server.url
    killed = Shell(any_shell.cache, command=["sh", "-c", KILLED], url=server.url)
    assert killed("refresh") == (0, "changed: generation 7\n", "")
    (left,) = (any_shell.cache / "shell").glob("refresh.*")
    (left / "current").write_text("half of it")
    assert any_shell("refresh").code == 0
    assert left.is_dir()
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(left, (two_days_ago, two_days_ago))
    assert any_shell("refresh").code == 0
    assert [path.suffix for path in (any_shell.cache / "shell").iterdir()] == [".json"]


def test_a_cache_that_cannot_be_written_is_told_in_one_sentence(any_shell: Shell, server: Loopback) -> None:
    any_shell.url = server.url
    any_shell.cache.write_text("no folder")
    told = "modelsync.sh: the cache cannot be written; set MODELSYNC_CACHE_DIR\n"
    assert any_shell("refresh") == (5, "", told)


def test_a_kept_file_that_is_damaged_says_so_and_is_fetched_anew(shell: Shell, server: Loopback) -> None:
    shell.url = server.url
    shell("refresh")
    (kept,) = (shell.cache / "shell").iterdir()
    kept.write_text('{"manifest": {"generation": 900')
    assert shell("list").code == 5
    assert shell("refresh").code == 0
    assert server.asked[-4].if_none_match is None


def test_without_anything_kept_a_question_says_so(any_shell: Shell) -> None:
    ran = any_shell("list")
    assert ran == (7, "", "modelsync.sh: found nothing kept, expected a catalog; refresh once\n")


@pytest.mark.parametrize("word", ["image", "image-gen"])
def test_either_word_for_painting_is_understood(any_shell: Shell, word: str) -> None:
    models = [record("acme/easel", cost="$1.00 / $4.00", maxContext=9), record("acme/talker")]
    documents: dict[str, dict[str, Any]] = {
        "current": {"models": models},
        "curated": {
            "models": [],
            "buckets": {"chat": {"models": [{"id": "acme/talker"}]}, "image-gen": {"models": [{"id": "acme/easel"}]}},
        },
        "deprecations": {"redirects": [], "tombstones": [], "aliasHistory": []},
    }
    ran = reading(any_shell, objects(documents, generation=8))("list", word)
    assert (ran.code, ran.out) == (0, "image-gen\tacme/easel\t$1.00 / $4.00\t9\n")


@pytest.mark.parametrize("words", [[], ["resolve"], ["price"], ["price", "a", "b"], ["list", "a", "b"], ["--help"]])
def test_words_that_make_no_command_are_told_what_would(any_shell: Shell, words: list[str]) -> None:
    ran = any_shell(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "modelsync.sh: expected refresh, resolve NAME, list [BUCKET] or price NAME\n"


def test_a_refresh_without_an_address_is_told_what_is_missing(any_shell: Shell) -> None:
    assert any_shell("refresh").code == 2


@pytest.mark.parametrize("home", [{}, {"HOME": ""}], ids=["unset", "empty"])
@pytest.mark.parametrize("words", [("refresh",), ("resolve", "acme/one")], ids=" ".join)
def test_without_a_home_or_a_folder_for_the_cache_nothing_is_made(
    any_shell: Shell, words: tuple[str, ...], home: dict[str, str]
) -> None:
    ran = any_shell(*words, MODELSYNC_CACHE_DIR="", **home)
    assert ran == (2, "", "modelsync.sh: found no HOME, expected a place for the cache; set MODELSYNC_CACHE_DIR\n")


def test_the_cache_is_in_the_home_where_no_folder_is_named(any_shell: Shell, server: Loopback, tmp_path: Path) -> None:
    any_shell.url = server.url
    assert any_shell("refresh", MODELSYNC_CACHE_DIR="", HOME=str(tmp_path / "home")).code == 0
    (kept,) = (tmp_path / "home" / ".cache" / "modelsync" / "shell").iterdir()
    assert kept.is_file()


@pytest.fixture(scope="module")
def doubled(sh: list[str], tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A reader of models that share an id or an alias, and of entries that are none."""
    models = [
        priced("acme/two", "1", "1", alias="same"),
        priced("acme/one", "1", "1", alias="same", cost="first"),
        priced("acme/one", "2", "2", alias="other", cost="second"),
        priced("Acme/One", "3", "3", alias="third", cost="third"),
        {"id": "acme/odd", "alias": "odd"},
    ]
    gone = {"acme/one": priced("acme/gone", "3", "3")}
    found = catalog(*models, gone=gone)
    documents = {
        name: json.loads(found[f"openrouter/sets/8/{name}.json"]) for name in ("current", "curated", "deprecations")
    }
    documents["current"]["models"] += [{}, None, 5]
    for name in ("redirects", "tombstones"):
        documents["deprecations"][name].insert(0, {})
    return reading(Shell(tmp_path_factory.mktemp("doubled") / "cache", command=sh), objects(documents, generation=8))


@pytest.mark.parametrize(
    ("name", "code", "out"),
    [
        ("same", 0, "acme/two\n"),
        ("acme/one", 0, "acme/one\n"),
        ("Acme/One", 0, "Acme/One\n"),
        ("ACME/ONE", 0, "acme/one\n"),
        ("acme/gone", 0, "acme/one\n"),
        ("other", 3, ""),
        ("odd", 3, ""),
        ("acme/odd", 3, ""),
    ],
)
def test_the_first_model_of_an_id_or_an_alias_stays(doubled: Shell, name: str, code: int, out: str) -> None:
    ran = doubled("resolve", name)
    assert (ran.code, ran.out) == (code, out)


def test_a_price_is_that_of_the_first_model_of_an_id(doubled: Shell) -> None:
    assert doubled("price", "acme/one").out.splitlines()[0] == "first"


@pytest.mark.parametrize(
    ("name", "code", "out"),
    [
        ("acme/One-1", 0, "acme/one-1\n"),
        (" /acme/one-1\t", 0, "acme/one-1\n"),
        ("acme_one_1", 0, "acme/one-1\n"),
        ("one", 4, ""),
        ("one-1", 3, ""),
        ("nothing", 3, ""),
        ("!", 3, ""),
        ("", 3, ""),
    ],
)
def test_a_name_is_an_id_or_an_alias_and_never_a_part_of_one(small: Shell, name: str, code: int, out: str) -> None:
    ran = small("resolve", name)
    assert (ran.code, ran.out) == (code, out)
    assert bool(ran.err) == (code != 0)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (("1", "10"), ("1", "10"), 0),
        (("1", "10"), ("0.999999999999999999999", "9"), 0),
        (("1", "9"), ("1", "10"), 5),
        (("0.30000000000000000000001", "1"), ("0.30000000000000000000002", "1"), 5),
        (("0.25", "1"), ("0.3", "1"), 5),
    ],
)
def test_a_redirect_leads_to_a_model_that_is_no_dearer(
    shell: Shell, before: tuple[str, str], after: tuple[str, str], code: int
) -> None:
    here, gone = priced("acme/new", *after), priced("acme/old", *before, state="deprecated")
    ran = reading(shell, catalog(here, gone={"acme/new": gone}))("resolve", "Acme/Old")
    assert (ran.code, ran.out) == (code, "acme/new\n" if code == 0 else "")
    assert code == 0 or ran.err.startswith("modelsync.sh: acme/old is gone; name acme/new at ")


@pytest.mark.parametrize(
    "text", ["1e9", "NaN", "Infinity", "-5", "+5", "0x99", "", ".5", "5.", "1,5", " 1", "007", "٣", "1\n2"]
)
def test_nobody_is_led_by_a_price_that_is_none(shell: Shell, text: str) -> None:
    here, gone = priced("acme/new", text, "1"), priced("acme/old", "2000", "10000")
    other, odd = priced("acme/other", "1", "1"), priced("acme/odd", "1", text)
    reading(shell, catalog(here, other, gone={"acme/new": gone, "acme/other": odd}))
    told = [shell("resolve", name) for name in ("acme/old", "acme/odd")]
    assert [(ran.code, ran.out) for ran in told] == [(5, "")] * 2
    assert told[0].err.startswith("modelsync.sh: acme/old is gone; name acme/new at ")


@pytest.mark.parametrize(
    "lack",
    [{"supportsTools": False}, {"reasoning": "none"}, {"maxContext": 7999}, {"outputModalities": ["text", "image"]}],
    ids=str,
)
def test_a_redirect_leads_to_a_model_that_can_do_as_much(shell: Shell, lack: dict[str, Any]) -> None:
    able = {"supportsTools": True, "reasoning": "fixed", "maxContext": 8000, "outputModalities": ["text"]}
    here, gone = priced("acme/new", "1", "1", **{**able, **lack}), priced("acme/old", "1", "1", **able)
    assert reading(shell, catalog(here, gone={"acme/new": gone}))("resolve", "acme/old").code == 5


def test_who_paid_nothing_is_not_led_to_a_model_that_charges(shell: Shell) -> None:
    zero = {"promptPerMillion": "0", "completionPerMillion": "0", "perUnit": {}, "overrides": [], "raw": {}}
    free = record("acme/one:free", pricing=zero, pricingStatus="free", isFree=True, state="deprecated")
    unknown = record("acme/one", pricing=zero, pricingStatus="priced", isFree=False)
    assert reading(shell, catalog(unknown, gone={"acme/one": free}))("resolve", "acme/one:free").code == 5


def test_redirects_that_go_in_a_circle_lead_nowhere(shell: Shell) -> None:
    gone = {"acme/b": priced("acme/a", "1", "1"), "acme/a": priced("acme/b", "1", "1")}
    ran = reading(shell, catalog(priced("acme/c", "1", "1"), gone=gone))("resolve", "acme/a")
    assert ran == (5, "", "modelsync.sh: acme/a is gone, and leads nowhere\n")


HOSTILE = 'acme/$(touch stolen)`touch stolen`"; touch stolen #\x1b[2J\x07\u202e\u0085\u2028'


def test_what_a_catalog_says_is_shown_and_never_obeyed(any_shell: Shell) -> None:
    shown = 'acme/$(touch stolen)`touch stolen`"; touch stolen # [2J    '
    model = priced("acme/one", "1", "1", id=HOSTILE, alias="hostile", cost="\x1b[31mfree\nof charge", maxContext=None)
    ran = reading(any_shell, catalog(model))("list")
    assert ran == (0, f"chat\t{shown}\t [31mfree of charge\t?\n", "")
    assert any_shell("resolve", "hostile").out == f"{shown}\n"
    assert any_shell("price", HOSTILE).out.splitlines() == [" [31mfree of charge", *PRICES]
    assert not list(any_shell.cache.parent.rglob("stolen"))


def test_a_price_with_conditions_is_marked_and_told_with_them(any_shell: Shell) -> None:
    model = priced("acme/one", "0.6", "2.4", cost="$0.60 / $2.40", maxContext=9)
    model["pricing"]["overrides"] = [
        {"minPromptTokens": 32000, "promptPerMillion": "1.2", "completionPerMillion": "4.8"},
        {"utcStart": 1630, "utcEnd": 30, "other": {"moon": "full"}, "promptPerMillion": "0.3"},
    ]
    reading(any_shell, catalog(model))
    assert any_shell("list").out == "chat\tacme/one\t$0.60 / $2.40+\t9\n"
    assert any_shell("price", "acme/one").out.splitlines() == [
        "$0.60 / $2.40+",
        "promptPerMillion\t0.6",
        "completionPerMillion\t2.4",
        "promptPerMillion\t1.2\tminPromptTokens=32000",
        "completionPerMillion\t4.8\tminPromptTokens=32000",
        'promptPerMillion\t0.3\tutcStart=1630 utcEnd=30 other={"moon":"full"}',
    ]


PRICES = ("promptPerMillion\t1", "completionPerMillion\t1")


@pytest.mark.parametrize("command", ["resolve", "price", "list"])
@pytest.mark.parametrize("name", [HOSTILE, "-n", "--arg", "%s%n", "\\n", "* ?", "$HOME", "a\nb", '"'])
def test_what_a_user_types_is_text_and_nothing_else(small: Shell, command: str, name: str) -> None:
    ran = small(command, name)
    assert (ran.code in {3, 4}, ran.out) == (True, "")
    assert ran.err.rstrip("\n").isprintable()
    assert not list(small.cache.parent.rglob("stolen"))


def test_a_redirect_of_the_server_is_followed_to_https_only(shell: Shell, server: Loopback) -> None:
    shell.url = server.url
    server.misbehave(MANIFEST_PATH, redirect(f"{server.url}/openrouter/elsewhere.json"))
    assert (shell("refresh").code, len(server.asked)) == (5, 1)


def test_an_etag_is_nothing_but_text(any_shell: Shell, server: Loopback) -> None:
    any_shell.url = server.url
    etag = "\"$(touch stolen) `touch stolen` * '"
    server.misbehave(MANIFEST_PATH, body(published(7)[MANIFEST_PATH], ETag=etag))
    any_shell("refresh")
    any_shell("refresh")
    assert server.asked[-1].path.endswith("/deprecations.json")
    assert [each.if_none_match for each in server.asked_for("manifest")] == [None, etag]
    assert not list(any_shell.cache.parent.rglob("stolen"))
