"""What a user takes back, keeps at hand or hides: the layer as before, or one sentence."""

from collections.abc import Callable
from typing import Final

import pytest

from modelsync.client.own.user_layer import CustomModel, Promotion, UserLayer, layer_problems, promoted, with_alias
from modelsync.client.own.user_lists import (
    imported,
    model_named,
    with_favourite,
    with_hidden,
    without_alias,
    without_favourite,
    without_hidden,
    without_promotion,
)
from modelsync.errors import NotFoundError, UsageError
from tests.client.records import a_catalog, a_record

CATALOG: Final = a_catalog(a_record("acme/gamma"), a_record("acme/delta"))
EMPTY: Final = UserLayer()
OURS: Final = CustomModel("custom", "ours", "https://one.example.org", fields={"alias": "mine"})


def test_favourites_are_in_the_order_in_which_they_came() -> None:
    layer = with_favourite(with_favourite(with_favourite(EMPTY, "acme/gone"), "acme/gamma"), "acme/gone")
    assert layer.favourites == ("acme/gone", "acme/gamma")
    assert without_favourite(layer, "acme/gone").favourites == ("acme/gamma",)


def test_what_is_hidden_comes_into_sight_again() -> None:
    layer = with_hidden(with_hidden(EMPTY, "acme/gamma"), "acme/gamma")
    assert layer.hidden == ("acme/gamma",)
    assert without_hidden(layer, "acme/gamma") == EMPTY


def test_a_short_name_is_taken_back() -> None:
    assert without_alias(with_alias(EMPTY, "g", "acme/gamma", catalog=CATALOG), "g") == EMPTY


def test_a_short_name_is_taken_back_wherever_it_was_said() -> None:
    layer = UserLayer(models=(OURS,), overrides={"acme/gamma": {"alias": "g"}, "acme/delta": {"name": "D"}})
    assert without_alias(layer, "g").overrides == {"acme/delta": {"name": "D"}}
    assert without_alias(layer, "mine").models == (OURS._replace(fields={}),)


def test_a_promotion_is_taken_back_with_the_short_name_that_came_with_it() -> None:
    layer = promoted(EMPTY, Promotion("acme/gamma", alias="g", bucket="coding"), catalog=CATALOG)
    assert without_promotion(layer, "acme/gamma") == EMPTY


def test_a_short_name_that_means_something_else_by_now_outlives_the_promotion() -> None:
    layer = promoted(EMPTY, Promotion("acme/gamma", alias="g"), catalog=CATALOG)
    layer = layer._replace(aliases={"g": "acme/delta"})
    assert without_promotion(layer, "acme/gamma").aliases == {"g": "acme/delta"}


@pytest.mark.parametrize(
    ("take_back", "where"),
    [
        (without_favourite, "favourites"),
        (without_hidden, "hidden"),
        (without_alias, "aliases"),
        (without_promotion, "promoted"),
    ],
)
def test_taking_back_what_is_not_there_is_told(take_back: Callable[[UserLayer, str], UserLayer], where: str) -> None:
    with pytest.raises(NotFoundError) as refused:
        take_back(EMPTY, "acme/gamma")
    assert str(refused.value) == (f"{where}: found no 'acme/gamma', expected one that is there; nothing was changed")


@pytest.mark.parametrize("put", [with_favourite, with_hidden])
def test_an_id_that_is_none_is_refused(put: Callable[[UserLayer, str], UserLayer]) -> None:
    with pytest.raises(UsageError, match="user layer: ids: expected none that is empty"):
        put(EMPTY, " ")


def test_a_custom_model_is_named_by_its_id_as_long_as_one_has_it() -> None:
    other = OURS._replace(base_url="https://two.example.org", fields={})
    layer = UserLayer(models=(OURS, other))
    assert model_named(UserLayer(models=(OURS,)), "ours") == OURS
    assert model_named(layer, "ours", base_url="https://two.example.org") == other
    with pytest.raises(UsageError, match="models: found 2 called 'ours', expected one; name backend and address"):
        model_named(layer, "ours", "custom")
    with pytest.raises(NotFoundError, match="models: found no model of your own called 'Ours', expected one"):
        model_named(layer, "Ours")


def test_an_import_adds_and_its_word_counts() -> None:
    here = UserLayer(
        models=(OURS,), aliases={"g": "acme/gamma", "d": "acme/delta"}, favourites=("a/a",), recents=("a/a",),
        hidden=("x/x",), overrides={"acme/gamma": {"name": "Here", "note": "n"}}, promoted=(Promotion("a/a"),),
    )  # fmt: skip
    there = UserLayer(
        models=(OURS._replace(fields={"maxContext": 8000}),), aliases={"g": "acme/delta"}, favourites=("b/b", "a/a"),
        recents=("b/b",), hidden=("y/y",), overrides={"acme/gamma": {"name": "There"}},
        promoted=(Promotion("a/a", bucket="coding"),),
    )  # fmt: skip
    found = imported(here, there)
    assert found == UserLayer(
        models=there.models, aliases={"g": "acme/delta", "d": "acme/delta"}, favourites=("a/a", "b/b"),
        recents=("a/a",), hidden=("x/x", "y/y"), overrides={"acme/gamma": {"name": "There", "note": "n"}},
        promoted=there.promoted,
    )  # fmt: skip
    assert imported(EMPTY, here) == here


def test_an_import_that_does_not_go_together_with_what_is_there_is_refused() -> None:
    here, there = UserLayer(models=(OURS,)), UserLayer(aliases={"mine": "acme/gamma"})
    assert layer_problems(there) == ()
    with pytest.raises(UsageError, match="aliases: 'mine': two ids have it, expected one"):
        imported(here, there)
