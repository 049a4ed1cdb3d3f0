"""What the commands about one's choice do: use, current, check, keys, ack; and what is told beside any answer."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from tests.client.records import a_record, a_tombstone, prices
from tests.reader.command_line import Models
from tests.reader.shelf import LARGE, MODELS

KEY: Final = "sk-or-v1-0123456789abcdef0123456789abcdef"


def kept(models: Models) -> Mapping[str, Any]:
    """The saved choices."""
    found = models.user / "user.json"
    bindings = json.loads(found.read_text()).get("bindings", {}) if found.exists() else {}
    assert isinstance(bindings, dict)
    return bindings


def lose(models: Models, *ids: str, generation: int = 8) -> None:
    """Publish a list without these, each sent on to a newer one of the same kind."""
    left = [each for each in MODELS if each["id"] not in ids]
    gone = [each for each in MODELS if each["id"] in ids]
    heirs = [{**each, **dict.fromkeys(("id", "canonicalSlug"), f"{each['id']}-2"), "alias": "heir"} for each in gone]
    models.republish(
        *left,
        *heirs,
        generation=generation,
        deprecations={
            "generatedAt": "2026-08-08T18:42:00Z",
            "redirects": [_redirect(each["id"]) for each in gone],
            "tombstones": [a_tombstone(each) for each in gone],
            "aliasHistory": [],
        },
    )


def _redirect(model_id: str) -> dict[str, Any]:
    return {
        "from": model_id, "to": f"{model_id}-2", "kind": "override", "since": "2026-08-02T00:00:00Z",
        "confidence": "high", "priceSafe": True, "note": None,
    }  # fmt: skip


# --- use ---


@pytest.mark.parametrize("typed", ["acme/large", "ACME/Large", "large", "acme large"])
def test_what_can_mean_one_model_alone_is_chosen(models: Models, typed: str) -> None:
    ran = models("use", typed)
    assert (ran.code, ran.lines) == (0, ["acme/large"])
    assert kept(models)["default"]["desired"] == "acme/large"


def test_the_choice_is_said_in_a_sentence_with_what_is_missing(models: Models) -> None:
    assert models.on_a_terminal("use", "large", width=120).lines == [
        " you use acme/large now ($2.00 / $10.00, 1M context, tools, vision, schema, reasoning)",
        "models: openrouter has no key: set OPENROUTER_API_KEY; see `models keys`",
    ]


@pytest.mark.parametrize(
    ("line", "code", "candidates"),
    [
        ("use haiku", 4, ["zeta/haiku-2", "zeta/haiku-1"]),
        ("use acme/lrage", 3, ["acme/large"]),
        ("use nothing-like-it-zz", 3, []),
        ("use acme/old", 5, ["acme/small"]),
        ("use zeta/gift:free", 5, ["acme/small:free"]),
        ("use acme/large --need flying", 2, []),
        ("use acme/large --unset", 2, []),
    ],
)
def test_what_does_not_stand_for_itself_changes_nothing(
    models: Models, line: str, code: int, candidates: list[str]
) -> None:
    models("use", "zeta/view")
    before = kept(models)
    ran = models(*line.split(), "--json")
    assert ran.code == code
    assert [each["id"] for each in ran.json["error"]["candidates"]][: len(candidates)] == candidates
    assert kept(models) == before


def test_what_could_be_meant_says_where_its_price_has_conditions(models: Models) -> None:
    dearer = {"minPromptTokens": 1000, "promptPerMillion": "9"}
    later = a_record("zeta/haiku-3", alias="haiku-3", pricing=prices("1", "4", overrides=[dearer]))
    models.republish(later, a_record("zeta/haiku-4", alias="haiku-4"))
    found = models("use", "haiku", "--json").json["error"]["candidates"]
    assert {each["id"]: each["cost"] for each in found} == {
        "zeta/haiku-3": "$1.00 / $4.00+",
        "zeta/haiku-4": "$1.00 / $4.00",
    }


SHORT: Final = (
    "a", "ac", "acm", "l", "la", "lar", "larg", "s", "sm", "sma", "smal", "z", "ze", "zet", "vi", "vie", "h", "ha",
    "hai", "haik", "haiku", "-", "/", "1", "2", "k", "e", "auto-", "fre", "free", "batch", "latest", "acme", "zeta",
    "small f", "haiku 3", "large small", "acme zeta", "larger", "views", "old", "gift", "aut", "out", "open", "router",
    "mini", "pro", "gpt", "?",
)  # fmt: skip
"""Fifty texts, none of which is a name."""


@pytest.mark.parametrize("text", SHORT)
def test_a_part_of_a_name_chooses_nothing_and_is_never_suggested_back(models: Models, text: str) -> None:
    ran = models("use", "--json", "--", text)
    if ran.code == 0:
        found = ran.json["items"][0]["id"].replace(":", "/").replace("-", "/")
        assert set(text.lower().split()) <= set(found.split("/"))
    else:
        assert ran.code in {2, 3, 4, 5}
        assert text not in [each["id"] for each in ran.json["error"]["candidates"]]
        assert kept(models) == {}


def test_what_is_lost_with_the_new_choice_is_said(models: Models) -> None:
    models("use", "large")
    answer = models("use", "small", "--json").json
    assert answer["lost"] == ["reasoning", "vision"]


def test_a_choice_has_a_scope_a_backend_and_needs(models: Models) -> None:
    models("use", "large", "--scope", "chat:42", "--backend", "anthropic", "--need", "tools")
    found = kept(models)
    assert found.keys() == {"chat:42"}
    assert (found["chat:42"]["backend"], found["chat:42"]["needs"]["abilities"]) == ("anthropic", ["tools"])


def test_a_choice_can_be_taken_back(models: Models) -> None:
    models("use", "large")
    assert models("use", "--unset").code == 0
    assert kept(models) == {}
    assert models("use", "--unset").code == 3


def test_your_own_name_can_be_chosen_by(models: Models) -> None:
    models("alias", "quick", "acme/small")
    assert models("use", "quick").lines == ["acme/small"]


# --- current ---


def test_what_runs_is_one_line_for_a_script(models: Models) -> None:
    assert models("current").code == 3
    models("use", "large")
    assert models("current").lines == ["acme/large"]


def test_a_substitute_runs_and_the_choice_stays_what_it_was(models: Models) -> None:
    models("use", "large")
    lose(models, "acme/large")
    answer = models("current", "--json").json["items"][0]
    assert (answer["desired"], answer["effective"]) == ("acme/large", "acme/large-2")
    assert kept(models)["default"]["desired"] == "acme/large"


def test_a_choice_that_nothing_can_replace_stops(models: Models) -> None:
    models("use", "acme/small:free")
    models.republish(*(each for each in MODELS if not each["isFree"]), deprecations=_without("acme/small:free"))
    ran = models("current", "--json")
    assert (ran.code, ran.json["error"]["kind"]) == (5, "unavailable")


def _without(model_id: str) -> dict[str, Any]:
    record = next(each for each in MODELS if each["id"] == model_id)
    return {
        "generatedAt": "2026-08-08T18:42:00Z", "redirects": [], "tombstones": [a_tombstone(record)], "aliasHistory": [],
    }  # fmt: skip


def test_every_choice_is_listed_also_one_that_stops(models: Models) -> None:
    models("use", "acme/small:free", "--scope", "one")
    models("use", "large", "--scope", "two")
    models.republish(*(each for each in MODELS if not each["isFree"]), deprecations=_without("acme/small:free"))
    ran = models("current", "--all", "--json")
    assert ran.code == 0
    assert [(each["scope"], each["effective"]) for each in ran.json["items"]] == [("one", None), ("two", "acme/large")]
    assert models("current", "--all").lines == ["acme/large"]


def test_what_a_failed_call_says_is_asked_for_and_not_kept(models: Models) -> None:
    models("use", "large")
    before = kept(models)
    assert models("current", "--gone").code in {0, 5}
    assert kept(models) == before


def test_the_blended_price_of_a_choice_is_written_as_money(models: Models) -> None:
    models.republish(a_record("acme/later", alias="later", pricing=prices("0.6", "2.5")))
    models("use", "later")
    said = models.on_a_terminal("current", NO_COLOR="1", width=120).lines
    assert [line.split(None, 1)[1] for line in said if line.strip().startswith("blended ")] == [
        "$1.08 per million, $1.08 when chosen"
    ]


# --- check and keys ---


@pytest.fixture
def with_a_key(models: Models, monkeypatch: pytest.MonkeyPatch) -> Models:
    monkeypatch.setenv("OPENROUTER_API_KEY", KEY)
    return models


@pytest.mark.parametrize(
    ("line", "code", "verdict"),
    [
        ("check large", 0, "pass"),
        ("check large --images 1", 0, "pass"),
        ("check small --images 1", 9, "fail"),
        ("check small --tokens 500K", 9, "fail"),
        ("check large --temperature 0.5 --strict", 0, "pass"),
        ("check view --tools", 0, "warn"),
        ("check view --tools --strict", 9, "warn"),
        ("check acme/old", 9, "fail"),
    ],
)
def test_a_check_has_a_verdict_and_a_code(with_a_key: Models, line: str, code: int, verdict: str) -> None:
    ran = with_a_key(*line.split(), "--json")
    assert (ran.code, ran.json["items"][0]["verdict"]) == (code, verdict)


def test_what_fails_without_a_key_names_where_to_put_one(models: Models) -> None:
    checks = {each["code"]: each for each in models("check", "large", "--json").json["items"][0]["checks"]}
    assert (checks["S03"]["level"], checks["S03"]["hint"]) == ("fail", "set OPENROUTER_API_KEY")
    checks = {
        each["code"]: each
        for each in models("check", "large", "--backend", "anthropic", "--json").json["items"][0]["checks"]
    }
    assert checks["S03"]["hint"] == "set ANTHROPIC_API_KEY"


def test_a_check_is_a_table_that_ends_with_its_verdict(with_a_key: Models) -> None:
    said = with_a_key.on_a_terminal("check", "small", "--images", "1", NO_COLOR="1", OPENROUTER_API_KEY=KEY).lines
    assert said[:2] == ["acme/small via openrouter", " level  code  what was found"]
    assert ["verdict", "FAIL"] in [line.split() for line in said]


def test_the_choice_is_what_a_check_starts_from(with_a_key: Models) -> None:
    with_a_key("use", "large")
    found = with_a_key("check", "small", "--json").json["items"][0]["cost"]
    assert (found["before"] is not None, found["after"] is not None) == (True, True)


def test_keys_are_told_by_where_they_lie(with_a_key: Models) -> None:
    ran = with_a_key("keys", "--json")
    found = {each["backend"]: each for each in ran.json["items"]}
    assert (found["openrouter"]["configured"], found["openrouter"]["source"]) == (True, "env")
    assert (found["anthropic"]["configured"], found["anthropic"]["readFrom"]) == (False, "ANTHROPIC_API_KEY")
    assert (found["gateway"]["configured"], found["gateway"]["readFrom"]) == (False, "GATEWAY_API_KEY")
    assert with_a_key("keys").lines == ["openrouter"]
    assert ran.json["catalog"] is None


@pytest.mark.parametrize("letter", ["\u200b", "\u00ad", "\u202e"])
@pytest.mark.parametrize(("words", "code"), [(("use",), 3), (("user", "add"), 2), (("alias", "quick"), 3)])
def test_no_id_is_taken_that_looks_like_another(models: Models, words: tuple[str, ...], code: int, letter: str) -> None:
    ran = models(*words, f"acme/large{letter}")
    assert (ran.out, ran.err.count("\n")) == ("", 1)
    assert ran.code == code
    assert models("current").code != 0
    assert models("user", "--json").json["items"][0]["models"] == []
    assert models("user", "--json").json["items"][0]["aliases"] == {}


# --- what is told beside an answer ---

_TOLD: Final = "models: acme/large is gone, and acme/large-2 runs in its place ($4.00 per million, before $4.00); keep"


def test_what_became_of_a_choice_is_told_once(models: Models) -> None:
    models("use", "large")
    lose(models, "acme/large")
    first, second = models("list"), models("list")
    assert first.err.startswith(_TOLD)
    assert second.err == ""
    assert first.out == second.out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this platform has no disk that is full")
def test_a_notice_that_found_no_room_is_told_again(models: Models) -> None:
    models("use", "large")
    lose(models, "acme/large")
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "modelsync.reader", "list"]
        subprocess.run(command, env=models.environment(), stdout=subprocess.DEVNULL, stderr=full, check=True)
    models.now += timedelta(minutes=2)  # until then it is the other process's to tell
    assert models("list").err.startswith(_TOLD)


def test_quiet_takes_no_notice_away(models: Models) -> None:
    models("use", "large")
    lose(models, "acme/large")
    assert models("list", "--quiet").err == ""
    assert models("list").err.startswith(_TOLD)


def test_json_lists_notices_and_takes_them_where_it_is_told_to(models: Models) -> None:
    models("use", "large")
    lose(models, "acme/large")
    for words in (("list", "--json"), ("list", "--json", "--ack")):
        ran = models(*words)
        assert [each["desired"] for each in ran.json["notices"]] == ["acme/large"]
        assert ran.err == ""
    assert models("list", "--json").json["notices"] == []
    assert models("list").err == ""


def test_lines_of_json_take_a_notice_only_where_it_is_told_to_and_then_say_it(models: Models) -> None:
    models("use", "large")
    lose(models, "acme/large")
    assert models("list", "--jsonl").err == ""
    assert models("list", "--jsonl", "--ack").err.startswith(_TOLD)
    assert models("list").err == ""


def test_another_scope_is_not_told(models: Models) -> None:
    models("use", "large", "--scope", "chat:42")
    lose(models, "acme/large")
    assert models("list").err == ""
    assert models("list", "--scope", "chat:42").err.startswith(_TOLD)


def test_a_notice_is_accepted_by_the_letters_of_its_sentence(models: Models) -> None:
    models("use", "large")
    lose(models, "acme/large")
    letters = models("list").err.rpartition("`models ack ")[2][:4]
    assert models("ack", letters).code == 0
    assert kept(models)["default"]["desired"] == "acme/large-2"
    assert models("ack").lines == []


@pytest.mark.parametrize("is_told", [True, False])
def test_a_notice_of_any_scope_is_accepted_by_its_letters_alone(models: Models, is_told: bool) -> None:
    models("use", "large", "--scope", "chat:7")
    models("use", "large")
    lose(models, "acme/large")
    [listed] = models("ack", "--scope", "chat:7", "--json").json["items"]
    if is_told:
        models("list", "--scope", "chat:7")
    letters = listed["text"].rpartition("`models ack ")[2][:4]
    assert models("ack", letters, "--json").json["items"] == [{"key": listed["key"], "scope": "chat:7"}]
    assert {scope: each["desired"] for scope, each in kept(models).items()} == {
        "chat:7": "acme/large-2",
        "default": "acme/large",
    }
    assert models("list").err.startswith(_TOLD)


def test_notices_can_be_listed_and_accepted_unseen(models: Models) -> None:
    models("use", "large")
    lose(models, "acme/large")
    [listed] = models("ack", "--json").json["items"]
    assert listed["effective"] == "acme/large-2"
    assert models("ack", "--all", "--json").json["items"] == [{"key": listed["key"], "scope": "default"}]
    assert kept(models)["default"]["desired"] == "acme/large-2"


def test_a_higher_price_is_told_and_goes_on(models: Models) -> None:
    models("use", "large")
    dearer = a_record("acme/large", alias="large", cost="$20.00 / $100.00", pricing=prices("20", "100"))
    models.republish(dearer, *(each for each in MODELS if each["id"] != "acme/large"))
    ran = models("current")
    assert ran.lines == ["acme/large"]
    assert "costs more than when you chose it" in ran.err


def test_what_was_accepted_is_listed_no_more_though_it_goes_on(models: Models) -> None:
    models("use", "acme/large")
    ends = (models.now + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    models.republish({**LARGE, "expiresAt": ends}, *MODELS[1:])
    [listed] = models("ack", "--json").json["items"]
    assert models("ack", "--all").code == 0
    assert models("ack", "--json").json["items"] == []
    assert models("ack", "--all", "--json").json["items"] == []
    assert models("ack", listed["key"][:4]).code == 0  # typed again it goes on being accepted
