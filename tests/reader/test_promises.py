"""What a new user relied on and did not get: each of these was a surprise once."""

import json
from typing import Any

import pytest

from tests.client.loopback import loopback
from tests.client.records import a_record, a_tombstone, flags
from tests.reader.command_line import Models
from tests.reader.shelf import MODELS, SMALL_FREE, published, published_objects


def many(models: Models, count: int = 60) -> None:
    records = [a_record(f"acme/model-{number:03}", alias=f"model-{number:03}") for number in range(count)]
    published(models.folder / "store", *records, generation=8)


@pytest.mark.parametrize("form", ["", "-q", "--tsv", "--jsonl", "--json"])
def test_a_script_gets_every_model_that_it_asked_for(models: Models, form: str) -> None:
    many(models)
    ran = models("list", "--all", *form.split())
    found = len(ran.json["items"]) if form == "--json" else len(ran.lines) - (form == "--tsv")
    assert found == 60


def test_who_looks_at_a_list_gets_a_screen_of_it_and_the_way_on(models: Models) -> None:
    many(models)
    ran = models.on_a_terminal("list", "--all")
    assert "40 of 60; more: models list --all --cursor " in ran.out


@pytest.mark.parametrize("command", ["use", "fav", "hide"])
def test_a_part_of_a_name_is_not_kept(models: Models, command: str) -> None:
    ran = models(command, "zeta 2")
    assert (ran.code, ran.out) == (4, "")
    assert "zeta 2 is part of a name; nothing was changed" in ran.err
    assert "zeta/haiku-2" in ran.err
    assert list(models.files()) == []


def test_a_name_without_its_punctuation_is_a_whole_name(models: Models) -> None:
    assert models("use", "haiku2").lines == ["zeta/haiku-2"]


def terms_of(models: Models, scope: str = "default") -> dict[str, Any] | None:
    kept = json.loads((models.user / "user.json").read_text())
    assert kept["policy"] == {}
    terms: dict[str, Any] | None = kept["bindings"][scope].get("terms")
    return terms


def test_terms_that_are_typed_hold_for_their_scope_from_then_on(models: Models) -> None:
    ran = models("use", "acme/small", "--price-cap", "3", "--free-to-paid", "never")
    assert ran.code == 0
    assert terms_of(models) == {"priceCap": "3", "freeToPaid": "never"}
    again = models.on_a_terminal("use", "acme/small:free")
    assert "terms for default: price cap 3, free to paid never" in again.out
    assert "price cap 3, free to paid never" in models.on_a_terminal("current").out
    assert models("use", "acme/large").code == 5


def test_terms_of_one_scope_are_no_other_scopes(models: Models) -> None:
    models("use", "acme/small", "--free-to-paid", "allow", "--price-cap", "3")
    assert models("use", "acme/large", "--scope", "chat:1").code == 0
    assert terms_of(models, "chat:1") is None


def test_a_cap_is_lifted_by_its_own_word(models: Models) -> None:
    models("use", "acme/small", "--price-cap", "3")
    assert models("use", "acme/large", "--price-cap", "none").code == 0
    assert terms_of(models) == {"priceCap": None}


def test_consent_to_pay_that_one_scope_gave_is_not_taken_in_another(models: Models) -> None:
    models("use", "acme/small:free", "--scope", "careful")
    models("use", "acme/small:free", "--scope", "bold", "--free-to-paid", "allow")
    stones = {"generatedAt": "2026-08-08T18:42:00Z", "redirects": [], "tombstones": [a_tombstone(SMALL_FREE)]}
    others = (each for each in MODELS if not each["isFree"])
    models.republish(*others, deprecations={**stones, "aliasHistory": []})
    assert models("current", "--scope", "careful").code == 5
    bold = models("current", "--scope", "bold")
    assert (bold.code, bold.lines) == (0, ["acme/small"])


@pytest.mark.parametrize("factor", ["0.5", "0", "-1"])
def test_a_factor_below_one_is_refused(models: Models, factor: str) -> None:
    ran = models("use", "acme/small", f"--price-factor={factor}")
    assert ran.code == 2
    assert "expected a number from 1, such as 1.25" in ran.err


def test_a_model_that_is_known_to_lack_what_is_needed_is_not_chosen(models: Models) -> None:
    ran = models("use", "acme/small", "--need", "vision")
    assert (ran.code, ran.out) == (5, "")
    assert "acme/small lacks what you need (vision), and nothing was changed" in ran.err
    assert models("use", "acme/large", "--need", "schema").code == 0


def test_a_model_above_the_cap_is_not_chosen(models: Models) -> None:
    ran = models("use", "acme/large", "--price-cap", "0.01")
    assert (ran.code, ran.out) == (5, "")
    assert "acme/large costs $4.00 per million, blended, above your cap of $0.01" in ran.err
    assert list(models.files()) == []


def test_a_model_of_ones_own_runs_where_it_was_added(models: Models) -> None:
    models("user", "add", "team/own", "--backend", "local", "--base-url", "http://127.0.0.1:8000/v1")
    ran = models("use", "team/own", "--json")
    assert (ran.code, ran.json["backend"]) == (0, "local")
    assert models("check", "team/own", "--json").json["items"][0]["effective"]["backend"] == "local"


def test_a_word_on_a_model_of_ones_own_is_kept(models: Models) -> None:
    models("user", "add", "team/own", "--backend", "local")
    assert models("user", "set", "team/own", "--field", "maxContext=8192").code == 0
    assert models("show", "team/own", "--json").json["items"][0]["maxContext"] == 8192


def test_what_the_user_knows_of_a_model_is_what_the_choice_agrees_to(models: Models) -> None:
    models("user", "set", "acme/large", "--field", "supportsTools=false")
    models("use", "acme/large")
    kept = json.loads((models.user / "user.json").read_text())
    assert kept["bindings"]["default"]["abilities"] == ["reasoning", "structuredOutput", "vision"]


def test_nothing_fits_instead_where_only_a_key_is_missing(models: Models) -> None:
    ran = models("check", "acme/small", "--json")
    assert (ran.code, ran.json["items"][0]["fitsInstead"]) == (9, [])


def test_a_filter_alone_looks_at_every_model(models: Models) -> None:
    assert models("list", "--vendor", "zeta").lines == models("list", "--all", "--vendor", "zeta").lines
    assert len(models("list", "--vendor", "zeta").lines) > 1


def test_what_telemetry_would_tell_is_said_when_it_is_switched_on(models: Models) -> None:
    ran = models("telemetry", "on")
    assert "which models are chosen" in ran.err
    assert "random name" in ran.err
    assert "nothing else" not in ran.err


@pytest.mark.parametrize(("text", "code"), [("nosuch-name-at-all", 3), ("haiku", 4), ("large", 0)])
def test_a_name_that_leads_nowhere_is_no_success(models: Models, text: str, code: int) -> None:
    assert models("why", text).code == code


def test_who_asked_for_the_newest_is_told_that_it_did_not_come(models: Models) -> None:
    with loopback() as server:
        server.publish(published_objects())
        models("refresh", "--source", server.url)
        address = server.url
    ran = models("list", "--source", address, "--online")
    assert ran.code == 0
    assert "this is what was kept" in ran.err


def test_a_use_shows_its_best_models_though_they_are_best_at_something_else(models: Models) -> None:
    ran = models.on_a_terminal("list")
    chat = ran.out[ran.out.index("chat:") :]
    assert "acme/large" in chat


def test_a_guess_by_the_name_is_no_listed_flag(models: Models) -> None:
    published(models.folder / "store", a_record("acme/one", alias="one", **flags("heuristic")), generation=8)
    assert "tools yes? (guessed by its name)" in models("show", "acme/one", "--tsv").out


def test_a_name_that_the_catalog_gives_to_another_model_is_told(models: Models) -> None:
    ran = models("alias", "small", "acme/large")
    assert (ran.code, ran.err) == (0, "models: the catalog calls acme/small so; for you it is acme/large now\n")
    assert models("alias", "big", "acme/large").err == ""
