"""What is the user's own: alias, fav, hide, promote, user; and the catalog itself: status and refresh."""

import json
import os
import shlex
import subprocess
import sys
from typing import Any

import pytest

from tests.client.loopback import loopback, status
from tests.client.records import a_record, a_tombstone, prices
from tests.reader.command_line import Models
from tests.reader.shelf import LARGE, MODELS, published_objects


def exported(models: Models) -> dict[str, Any]:
    found = json.loads(models("user", "export").out)
    assert isinstance(found, dict)
    return found


def test_a_name_of_your_own_is_given_used_listed_and_taken_back(models: Models) -> None:
    assert models("alias", "quick", "small").code == 0
    assert models("show", "quick").lines == ["acme/small"]
    assert models("alias", "--tsv").lines == ["alias\tmodel", "quick\tacme/small"]
    assert models("alias", "quick", "--undo").code == 0
    assert models("alias").lines == []
    assert models("alias", "quick", "--undo").code == 3


@pytest.mark.parametrize(
    "line", ["alias quick", "alias acme/large small", "alias UPPER! small", "alias quick nothing-zz"]
)
def test_a_name_that_cannot_be_is_refused_in_a_sentence(models: Models, line: str) -> None:
    ran = models(*line.split())
    assert (ran.code in {2, 3, 5}, ran.out, ran.err.count("\n")) == (True, "", 1)
    assert exported(models)["aliases"] == {}


@pytest.mark.parametrize(("word", "member"), [("fav", "favourites"), ("hide", "hidden")])
def test_a_list_of_ids_is_added_to_shown_and_taken_from(models: Models, word: str, member: str) -> None:
    assert models(word, "large").lines == ["acme/large"]
    assert models(word).lines == ["acme/large"]
    assert exported(models)[member] == ["acme/large"]
    assert models(word, "large", "--undo").lines == ["acme/large"]
    assert models(word).lines == []


@pytest.mark.parametrize("word", ["alias", "fav", "hide"])
def test_an_empty_list_says_how_to_fill_it(models: Models, word: str) -> None:
    assert f"`models {word} " in models.on_a_terminal(word, width=120).out


def test_a_favourite_that_is_gone_stays_with_the_reason_and_where_it_leads(models: Models) -> None:
    models("fav", "acme/large")
    models.republish(*(each for each in MODELS if each is not LARGE), deprecations=_gone())
    [found] = models("fav", "--json").json["items"]
    assert (found["id"], found["reason"] is not None) == ("acme/large", True)
    assert models("fav", "acme/large", "--undo").code == 0


def _gone() -> dict[str, Any]:
    envelope = {"generatedAt": "2026-08-08T18:42:00Z", "redirects": [], "aliasHistory": []}
    return {**envelope, "tombstones": [a_tombstone(LARGE)]}


def test_a_favourite_that_leads_to_no_model_does_not_name_the_router(models: Models) -> None:
    models("fav", "acme/large")
    leads = {"from": "acme/large", "to": "auto", "kind": "auto", "since": "2026-08-02T00:00:00Z"}
    models.republish(*(each for each in MODELS if each is not LARGE), deprecations={**_gone(), "redirects": [leads]})
    [found] = models("fav", "--json").json["items"]
    assert (found["id"], found["replacement"]) == ("acme/large", None)


def test_a_promoted_model_is_among_the_recommended_under_its_name(models: Models) -> None:
    assert models("promote", "zeta/haiku-2", "--alias", "poet", "--bucket", "coding").lines == ["zeta/haiku-2"]
    assert models("pick", "coding").lines == ["acme/large", "zeta/haiku-2"]
    assert models("show", "poet").lines == ["zeta/haiku-2"]
    assert models("promote", "zeta/haiku-2", "--undo").code == 0
    assert models("pick", "coding").lines == ["acme/large"]


def test_a_model_of_your_own_is_added_looked_at_and_removed(models: Models) -> None:
    ran = models("user", "add", "Acme/Private", "--base-url", "http://127.0.0.1:8000/v1", "--field", "maxContext=4096")
    assert (ran.code, ran.lines) == (0, ["Acme/Private"])
    assert models("user", "--tsv").lines == [
        "own model\tbackend\tserver\tkey",
        "Acme/Private\tcustom\thttp://127.0.0.1:8000/v1\t-",
    ]
    assert models("show", "Acme/Private", "--json").json["items"][0]["maxContext"] == 4096
    assert models("user", "remove", "Acme/Private").code == 0
    assert exported(models)["models"] == []


@pytest.mark.parametrize(("model", "existence"), [("acme/private", "not listed"), ("acme/small", "listed")])
def test_whether_a_model_of_your_own_is_listed_is_advice_only(models: Models, model: str, existence: str) -> None:
    assert models("user", "add", model, "--json").json["items"][0]["existence"] == existence


def test_what_nobody_said_of_a_model_of_your_own_is_unknown_and_never_a_no(models: Models) -> None:
    models("user", "add", "me/private")
    said = models.on_a_terminal("show", "me/private").out
    assert "tools ?" in said
    assert "reasoning ?" in said


@pytest.mark.parametrize(
    ("model", "doubt"),
    [
        ("acme/two words", "'acme/two words' has a space in it, as hardly any id has; "),
        ("large", "the catalog calls acme/large so; for you it is a model of your own now; "),
        ("Large", "the catalog calls acme/large so; for you it is a model of your own now; "),
    ],
)
def test_an_id_that_is_hardly_meant_so_is_added_with_a_warning(models: Models, model: str, doubt: str) -> None:
    ran = models("user", "add", model)
    assert (ran.code, ran.lines) == (0, [model])
    undo = ran.err.removeprefix(f"models: {doubt}").removesuffix(" takes it back\n").strip("`")
    assert models(*shlex.split(undo)[1:]).code == 0
    assert exported(models)["models"] == []


@pytest.mark.parametrize("model", ["acme/private", "acme/large", "private:7b"])
def test_an_id_that_may_well_be_meant_so_is_added_without_a_warning(models: Models, model: str) -> None:
    assert models("user", "add", model).err == ""


def test_tokens_of_a_field_are_written_as_everywhere(models: Models) -> None:
    models("user", "add", "acme/private", "--field", "maxContext=32K", "--field", "maxOutput=4096")
    models("user", "set", "acme/private", "--field", "maxOutput=1.5M")
    found = models("show", "acme/private", "--json").json["items"][0]
    assert (found["maxContext"], found["maxOutput"]) == (32_000, 1_500_000)
    models("user", "set", "acme/private", "--field", "maxOutput=null")
    assert models("show", "acme/private", "--json").json["items"][0]["maxOutput"] == 4096


def test_your_word_on_a_listed_model_is_kept_and_taken_back(models: Models) -> None:
    models("user", "set", "acme/large", "--field", "supportsTools=false", "--field", "pricing.promptPerMillion=0.3")
    assert exported(models)["overrides"] == {
        "acme/large": {"supportsTools": False, "pricing": {"promptPerMillion": "0.3"}}
    }
    assert models("user", "set", "acme/large", "--field", "supportsTools=null").code == 0
    assert exported(models)["overrides"]["acme/large"] == {"pricing": {"promptPerMillion": "0.3"}}


@pytest.mark.parametrize(
    "line",
    [
        "user set acme/large",
        "user set acme/large --field maxContext",
        "user set acme/large --field maxContext=many",
        "user set acme/large --field maxContext=0K",
        "user set nothing/here --field maxContext=1",
        "user add",
        "user import nowhere-at-all.json",
        "user remove nothing/here",
        "user absorb nothing/here",
        "user nonsense",
    ],
)
def test_what_makes_no_sense_changes_nothing(models: Models, line: str) -> None:
    before = exported(models)
    ran = models(*line.split())
    assert (ran.code in {2, 3}, ran.out, ran.err.count("\n")) == (True, "", 1)
    assert exported(models) == before


def test_a_model_that_came_to_be_listed_is_absorbed(models: Models) -> None:
    models("user", "add", "acme/small")
    assert models("user", "absorb", "acme/small").lines == ["acme/small"]
    assert exported(models)["models"] == []


def test_what_is_exported_can_be_imported_elsewhere(models: Models) -> None:
    models("user", "add", "acme/private", "--key-ref", "env:TEAM_KEY", "--base-url", "http://127.0.0.1:8000/v1")
    models("alias", "quick", "acme/small")
    models("fav", "large")
    mine = models.folder / "mine.json"
    mine.write_text(models("user", "export").out)
    assert models("user", "import", str(mine), "--user-dir", str(models.folder / "other")).code == 0
    assert models("user", "export", "--user-dir", str(models.folder / "other")).out == mine.read_text()


def test_an_export_can_come_through_a_pipe(models: Models) -> None:
    models("fav", "large")
    pipe = models.folder / "pipe"
    os.mkfifo(pipe)
    script = f"{sys.executable} -m modelsync.reader user export >{pipe} & "
    script += f"{sys.executable} -m modelsync.reader user import {pipe} --user-dir {models.folder / 'other'}"
    done = subprocess.run(["sh", "-c", script], env=models.environment(), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert models("fav", "--user-dir", str(models.folder / "other")).lines == ["acme/large"]


def test_what_is_your_own_is_summed_up_for_people(models: Models) -> None:
    assert "nothing is your own yet" in models.on_a_terminal("user").out
    models("fav", "large")
    assert models.on_a_terminal("user", NO_COLOR="1").out == " favourites  acme/large\n"


# --- status and refresh ---


def test_the_status_says_which_catalog_this_is(models: Models) -> None:
    found = models("status", "--json").json["items"][0]
    assert (found["generation"], found["loadedFrom"], found["freshness"]) == (7, "folder", "fresh")
    assert found["counts"] == {"listed": 10, "active": 9, "recommended": 4, "gone": 2}


def test_a_folder_has_nothing_to_be_asked_for(models: Models) -> None:
    ran = models("refresh")
    assert (ran.code, ran.lines) == (0, [" generation 7 lies on this machine, and is read anew by every command"])


def test_a_refresh_says_what_came_and_what_it_cost(models: Models) -> None:
    with loopback() as server:
        server.publish(published_objects())
        first = models("refresh", "--source", server.url, "--json").json["items"][0]
        assert (first["status"], first["fromGeneration"], first["toGeneration"]) == ("changed", None, 7)
        again = models("refresh", "--source", server.url)
        assert again.lines == [" generation 7 is what is published, 1 request"]
        server.publish(published_objects(generation=8))
        assert models("refresh", "--source", server.url).lines[0].startswith(" generation 7 -> 8, ")
        listed = models("list", "--source", server.url, "--json")
    assert listed.json["catalog"]["generation"] == 8


def test_a_refresh_says_how_many_models_came_went_and_changed_price(models: Models) -> None:
    with loopback() as server:
        server.publish(published_objects())
        assert "models" not in models("refresh", "--source", server.url, "--json").json["items"][0]
        dearer = {**LARGE, "pricing": prices("3", "10")}
        more = (a_record("acme/new", alias="new"), a_record("acme/newer", alias="newer"))
        server.publish(published_objects(dearer, *MODELS[1:-1], *more, generation=8))
        assert models("refresh", "--source", server.url).lines[1:] == [
            " models that came: 2, that went: 1, at another price: 1; see `models changes`"
        ]
        server.publish(published_objects(dearer, *MODELS[1:-1], *more, generation=9))
        assert models("refresh", "--source", server.url).lines[1:] == [" no model came, went or changed its price"]
        server.publish(published_objects(dearer, *MODELS[1:-1], *more, generation=10))
        ran = models("refresh", "--source", server.url, "--json")
        assert ran.json["items"][0]["models"] == {"added": 0, "removed": 0, "repriced": 0}
        assert models("refresh", "--source", server.url).lines == [" generation 10 is what is published, 1 request"]


def test_a_refresh_that_brought_nothing_says_why_and_what_is_kept_stays(models: Models) -> None:
    with loopback() as server:
        server.publish(published_objects())
        assert models("refresh", "--source", server.url).code == 0
        server.misbehave("openrouter/manifest.json", status(500))
        ran = models("refresh", "--source", server.url)
        assert (ran.code, ran.out) == (10, " nothing newer was taken: unavailable\n")
        assert "500" in ran.err
        assert models("list", "--source", server.url).lines[0] == "acme/large"


def test_an_older_catalog_is_taken_only_where_that_is_accepted(models: Models) -> None:
    with loopback() as server:
        server.publish(published_objects(generation=8))
        models("refresh", "--source", server.url)
        server.publish(published_objects(generation=7))
        assert models("refresh", "--source", server.url).code == 10
        assert models("refresh", "--source", server.url, "--accept").code == 0
