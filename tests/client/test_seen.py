"""What one user sees: the list with the user's own models, words, names and marks on it."""

from collections.abc import Mapping

from modelsync.client.browsing.seen import Seen, seen_models
from modelsync.client.own.user_layer import CustomModel, Promotion, UserLayer
from tests.client.records import a_catalog, a_record

ALPHA, BETA = a_record("acme/alpha"), a_record("acme/beta")
CATALOG = a_catalog(ALPHA, BETA)


def look(layer: UserLayer) -> Mapping[tuple[str, str, str], Seen]:
    return {seen.key: seen for seen in seen_models(CATALOG, layer)}


def one(layer: UserLayer, model_id: str = "acme/alpha") -> Seen:
    return next(seen for seen in seen_models(CATALOG, layer) if seen.id == model_id)


def test_who_added_nothing_sees_the_published_records_themselves() -> None:
    assert [seen.model.record for seen in seen_models(CATALOG)] == [ALPHA, BETA]
    assert one(UserLayer()).model.record is ALPHA


def test_what_the_user_says_of_a_listed_model_is_in_its_record() -> None:
    seen = one(UserLayer(overrides={"acme/alpha": {"supportsTools": False}}))
    assert seen.model.record["supportsTools"] is False
    assert ALPHA["supportsTools"] is True


def test_a_model_that_two_servers_serve_is_there_twice() -> None:
    own = (CustomModel("local", "my-model"), CustomModel("ollama", "my-model", "http://localhost:11434"))
    keys = [key for key in look(UserLayer(models=own)) if key[0] == "my-model"]
    assert keys == [("my-model", "local", ""), ("my-model", "ollama", "http://localhost:11434")]


def test_of_a_model_on_two_servers_each_has_what_was_said_of_it() -> None:
    own = (
        CustomModel("local", "my-model", fields={"maxContext": 1000}),
        CustomModel("local", "my-model", "http://localhost:1", fields={"maxContext": 2000}),
    )
    assert [s.model.context for s in seen_models(CATALOG, UserLayer(models=own)) if s.own] == [1000, 2000]


def test_a_model_of_the_users_own_that_is_listed_stands_in_its_place() -> None:
    layer = UserLayer(models=(CustomModel("local", "acme/alpha", fields={"name": "Mine"}),))
    assert list(look(layer)) == [("acme/beta", "", ""), ("acme/alpha", "local", "")]
    assert (one(layer).model.record["name"], one(layer).model.record["maxOutput"]) == ("Mine", 64000)


def test_marks_are_told() -> None:
    layer = UserLayer(
        favourites=("acme/alpha",), recents=("acme/beta",), hidden=("acme/beta",), promoted=(Promotion("acme/alpha"),)
    )
    alpha, beta = one(layer), one(layer, "acme/beta")
    assert (alpha.is_favourite, alpha.is_promoted, alpha.is_recent, alpha.is_hidden) == (True, True, False, False)
    assert (beta.is_favourite, beta.is_promoted, beta.is_recent, beta.is_hidden) == (False, False, True, True)


def test_a_model_is_written_by_its_own_alias_and_by_the_users() -> None:
    layer = UserLayer(
        aliases={"workhorse": "acme/alpha"},
        promoted=(Promotion("acme/alpha", alias="best-one"),),
        overrides={"acme/alpha": {"alias": "al"}},
    )
    assert {"alpha", "workhorse", "bestone", "al"} <= one(layer).spelling.names


def test_what_the_user_added_or_marked_is_the_users() -> None:
    layer = UserLayer(models=(CustomModel("local", "my-model"),), recents=("acme/alpha",))
    assert {key[0]: seen.is_mine for key, seen in look(layer).items()} == {
        "acme/alpha": True,
        "acme/beta": False,
        "my-model": True,
    }
