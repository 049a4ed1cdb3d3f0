"""Where the users of a model that is gone are sent: strongest first, one step, to somebody who is there."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from modelsync.catalog.documents import Redirect, Tombstone
from modelsync.catalog.model_info import ModelInfo, Pricing
from modelsync.pipeline.redirect import assign_redirects
from modelsync.pipeline.retire import Census
from tests.builders import a_model
from tests.timeline import DAY, START, overrides


def a_pricing(prompt: str, completion: str, **more: Any) -> Pricing:
    legs = {"prompt_per_million": prompt, "completion_per_million": completion, **more}
    return Pricing(per_unit={}, overrides=(), raw={}, **legs)


def a_stone(model_id: str, *, state: str = "deprecated", **fields: Any) -> Tombstone:
    """A model that is gone; `fields` are those of its last known record."""
    return Tombstone.model_validate(
        {
            "id": model_id,
            "state": state,
            "cause": "left the feed unannounced",
            "replacement": None,
            "first_seen": START - 90 * DAY,
            "missing_since": START - 20 * DAY,
            "deprecated_at": START - 6 * DAY,
            "removed_at": None,
            "returned_at": None,
            "last_known": a_model(id=model_id, state="stale", **fields),
        }
    )


def a_stale(model_id: str, **fields: Any) -> ModelInfo:
    return a_model(id=model_id, state="stale", missing_since=START - DAY, **fields)


def redirects(
    *everyone: ModelInfo | Tombstone,
    people: Mapping[str, str] | None = None,
    previous: Iterable[Redirect] = (),
    at: datetime = START,
) -> dict[str, Redirect]:
    """All redirects by the id they lead away from; `people` are the overrides, from and to."""
    listed = {each.id: each for each in everyone if isinstance(each, ModelInfo)}
    stones = {each.id: each for each in everyone if isinstance(each, Tombstone)}
    written = [{"from": source, "to": to} for source, to in (people or {}).items()]
    rules = overrides(deprecation_overrides={"redirects": written})
    found = assign_redirects(Census(listed, stones), previous=previous, overrides=rules.redirects, now=at)
    assert [each.from_id for each in found] == sorted(each.from_id for each in found)
    return {each.from_id: each for each in found}


def leads(*everyone: ModelInfo | Tombstone, **options: Any) -> dict[str, tuple[str, str]]:
    """Target and kind of every redirect."""
    return {i: (each.to, str(each.kind)) for i, each in redirects(*everyone, **options).items()}


def test_nobody_is_redirected_who_is_there() -> None:
    assert leads(a_model(id="a/b"), a_model(id="c/d")) == {}


# By name


def test_a_rename_is_told_by_slug_and_variant() -> None:
    """As recorded on 2026-04-02."""
    old, new = a_stone("reka/reka-edge"), a_model(id="rekaai/reka-edge", canonical_slug="reka/reka-edge")
    redirect = redirects(old, new)["reka/reka-edge"]
    assert (redirect.to, redirect.kind, redirect.confidence) == ("rekaai/reka-edge", "renamed", "certain")
    assert (redirect.price_safe, redirect.since) == (True, START)
    assert redirect.reason == "the same model, reka/reka-edge, is listed under this id"


def test_a_renamed_model_need_not_wait_to_be_deprecated() -> None:
    new = a_model(id="rekaai/reka-edge", canonical_slug="reka/reka-edge")
    assert leads(a_stale("reka/reka-edge"), new) == {"reka/reka-edge": ("rekaai/reka-edge", "renamed")}


@pytest.mark.parametrize(
    "new",
    [
        a_model(id="b/two:free", canonical_slug="a/one"),
        a_model(id="b/two", canonical_slug="b/two"),
        a_model(id="b/two", canonical_slug=None),
        a_stale("b/two", canonical_slug="a/one"),
    ],
)
def test_another_variant_or_slug_or_a_missing_model_is_no_rename(new: ModelInfo) -> None:
    assert leads(a_stone("a/one", canonical_slug="a/one"), new)["a/one"] == ("auto", "auto")


def test_two_models_of_one_slug_are_no_rename() -> None:
    twins = [a_model(id=i, canonical_slug="a/one") for i in ("b/two", "c/three")]
    assert leads(a_stone("a/one", canonical_slug="a/one"), *twins)["a/one"] == ("auto", "auto")


def test_a_variant_leads_to_its_living_base() -> None:
    redirect = redirects(a_stone("a/one:free", is_free=True), a_model(id="a/one"))["a/one:free"]
    assert (redirect.to, redirect.kind, redirect.confidence) == ("a/one", "variant", "likely")
    assert not redirect.price_safe
    assert redirect.reason == "its free variant ended and the base model is listed"


def test_a_base_that_is_missing_is_no_living_base() -> None:
    assert leads(a_stone("a/one:free"), a_stale("a/one"))["a/one:free"] == ("auto", "auto")


def test_a_base_never_leads_to_its_variant() -> None:
    assert leads(a_stone("a/one"), a_model(id="a/one:free"))["a/one"] == ("auto", "auto")


def test_a_stale_variant_waits() -> None:
    assert leads(a_stale("a/one:free"), a_model(id="a/one")) == {}


# By kinship

CLAUDE: dict[str, Any] = {"pricing": a_pricing("1", "5"), "max_context": 200_000}


def test_a_relative_of_the_same_abilities_stands_in() -> None:
    old = a_stone("anthropic/claude-haiku-4", **CLAUDE)
    redirect = redirects(old, a_model(id="anthropic/claude-haiku-4.5", **CLAUDE))["anthropic/claude-haiku-4"]
    assert (redirect.to, redirect.kind, redirect.confidence) == ("anthropic/claude-haiku-4.5", "family", "likely")
    assert redirect.price_safe
    assert redirect.reason == "the nearest model of the same series with the same abilities"


@pytest.mark.parametrize(
    ("fields", "stands_in"),
    [
        ({}, True),
        ({"supports_vision": True}, True),
        ({"supports_tools": False}, False),
        ({"supports_tools": None}, False),
        ({"structured_output": False}, False),
        ({"reasoning": "none"}, False),
        ({"reasoning": "fixed"}, True),
        ({"output_modalities": ("image",)}, False),
        ({"output_modalities": ("image", "text")}, True),
        ({"max_context": 180_000}, True),
        ({"max_context": 179_999}, False),
        ({"max_context": None}, False),
        ({"pricing": a_pricing("1.25", "6.25")}, True),
        ({"pricing": a_pricing("1.26", "6.25")}, False),
        ({"pricing": a_pricing("0.1", "0.1")}, True),
        ({"pricing": Pricing(per_unit={}, overrides=(), raw={})}, False),
        ({"state": "stale", "missing_since": START}, False),
        ({"expires_at": START + 14 * DAY}, False),
        ({"expires_at": START + 15 * DAY}, True),
        ({"is_router": True}, False),
    ],
)
def test_a_relative_can_do_as_much_in_no_smaller_a_window_for_no_more_money(
    fields: dict[str, Any], stands_in: bool
) -> None:
    able: dict[str, Any] = {"supports_tools": True, "structured_output": True, "reasoning": "configurable", **CLAUDE}
    old, new = a_stone("anthropic/claude-3", **able), a_model(id="anthropic/claude-4", **{**able, **fields})
    target = ("anthropic/claude-4", "family") if stands_in else ("auto", "auto")
    assert leads(old, new)["anthropic/claude-3"] == target


@pytest.mark.parametrize("window", [None, 1000])
def test_any_window_will_do_where_the_old_one_is_unknown(window: int | None) -> None:
    old = a_stone("anthropic/claude-3", **{**CLAUDE, "max_context": None})
    new = a_model("anthropic/claude-4", **{**CLAUDE, "max_context": window})
    assert leads(old, new)["anthropic/claude-3"] == ("anthropic/claude-4", "family")


@pytest.mark.parametrize(
    "model_id", ["anthropic/claude-4:batch", "~anthropic/claude-latest", "anthropic/claude-4:free", "openai/claude-4"]
)
def test_no_pointer_no_batch_no_other_variant_and_no_other_vendor_stands_in(model_id: str) -> None:
    old = a_stone("anthropic/claude-3", **CLAUDE)
    assert leads(old, a_model(id=model_id, **CLAUDE))["anthropic/claude-3"] == ("auto", "auto")


def test_a_batch_variant_that_ended_is_not_replaced_by_another() -> None:
    old = a_stone("anthropic/claude-3:batch", **CLAUDE)
    assert leads(old, a_model(id="anthropic/claude-4:batch", **CLAUDE))["anthropic/claude-3:batch"] == ("auto", "auto")


@pytest.mark.parametrize(
    ("others", "nearest"),
    [
        (("anthropic/claude-opus-4", "anthropic/claude-haiku-5"), "anthropic/claude-haiku-5"),
        (("anthropic/claude-haiku-4.5", "anthropic/claude-haiku-5"), "anthropic/claude-haiku-4.5"),
        (("anthropic/claude-haiku-3.5", "anthropic/claude-haiku-5"), "anthropic/claude-haiku-5"),
        (("anthropic/claude-haiku-3", "anthropic/claude-haiku-3.5"), "anthropic/claude-haiku-3.5"),
        (("anthropic/claude-opus-4", "anthropic/claude-opus-5"), "anthropic/claude-opus-4"),
    ],
)
def test_the_same_series_and_the_smallest_step_upwards_are_nearest(others: tuple[str, ...], nearest: str) -> None:
    old = a_stone("anthropic/claude-haiku-4", **CLAUDE)
    found = redirects(old, *(a_model(id=i, **CLAUDE) for i in others))["anthropic/claude-haiku-4"]
    assert found.to == nearest


def test_among_equals_the_price_and_then_the_id_decide() -> None:
    old = a_stone("anthropic/claude-haiku-4", **CLAUDE)
    cheap = a_model(id="anthropic/claude-haiku-4-a", pricing=a_pricing("0.5", "2"), max_context=200_000)
    near = [a_model(id=f"anthropic/claude-haiku-4-{n}", **CLAUDE) for n in ("c", "b")]
    assert redirects(old, cheap, *near)["anthropic/claude-haiku-4"].to == "anthropic/claude-haiku-4-b"


def test_whoever_was_free_is_sent_to_who_is_free() -> None:
    old = a_stone("a/one-1:free", is_free=True, pricing=a_pricing("0", "0"))
    dear, free = a_model(id="a/one-2:free"), a_model(id="a/one-3:free", is_free=True, pricing=a_pricing("0", "0"))
    assert leads(old, dear)["a/one-1:free"] == ("auto", "auto")
    assert leads(old, dear, free)["a/one-1:free"] == ("a/one-3:free", "family")


def test_an_image_model_is_not_replaced_by_one_that_costs_ten_times_as_much() -> None:
    """Their prompt and completion are zero; the price is in another leg."""
    paints: dict[str, Any] = {"output_modalities": ("image",), "is_image_gen": True}
    old = a_stone("acme/painter-1", **paints, pricing=a_pricing("0", "0", image_output_per_million="30"))
    new = a_model(id="acme/painter-2", **paints, pricing=a_pricing("0", "0", image_output_per_million="300"))
    redirect = redirects(old, new)["acme/painter-1"]
    assert (redirect.to, redirect.price_safe) == ("auto", True)


def test_who_has_nobody_leads_to_auto() -> None:
    redirect = redirects(a_stone("a/one"), a_model(id="b/two"))["a/one"]
    assert (redirect.to, redirect.kind, redirect.confidence, redirect.price_safe) == ("auto", "auto", "guess", True)
    assert redirect.reason == "no listed model of its family can stand in"


# By people


def test_people_come_before_a_rename() -> None:
    new = a_model(id="rekaai/reka-edge", canonical_slug="reka/reka-edge")
    found = redirects(a_stone("reka/reka-edge"), new, a_model(id="c/d"), people={"reka/reka-edge": "c/d"})[
        "reka/reka-edge"
    ]
    assert (found.to, found.kind, found.confidence, found.reason) == ("c/d", "override", "certain", "made for a test")


def test_people_may_redirect_an_id_that_was_never_published() -> None:
    redirect = redirects(a_model(id="c/d"), people={"never/seen": "c/d"})["never/seen"]
    assert (redirect.to, redirect.kind, redirect.price_safe) == ("c/d", "override", False)


def test_people_may_send_to_auto() -> None:
    assert leads(a_stone("a/one"), people={"a/one": "auto"}) == {"a/one": ("auto", "override")}


def test_people_do_not_redirect_who_is_there() -> None:
    assert leads(a_model(id="a/one"), a_model(id="c/d"), people={"a/one": "c/d"}) == {}


def test_a_stale_model_is_redirected_where_people_say_so() -> None:
    assert leads(a_stale("a/one"), a_model(id="c/d"), people={"a/one": "c/d"}) == {"a/one": ("c/d", "override")}


def test_a_chain_that_people_wrote_is_one_step_long() -> None:
    found = leads(a_stone("a/1"), a_stone("a/2"), a_model(id="a/3x"), people={"a/1": "a/2", "a/2": "a/3x"})
    assert found == {"a/1": ("a/3x", "override"), "a/2": ("a/3x", "override")}


def test_a_chain_goes_on_where_nobody_wrote() -> None:
    renamed = a_model(id="rekaai/reka-edge", canonical_slug="reka/reka-edge")
    found = leads(a_stone("a/1"), a_stone("reka/reka-edge"), renamed, people={"a/1": "reka/reka-edge"})
    assert found["a/1"] == ("rekaai/reka-edge", "override")


@pytest.mark.parametrize(
    "people",
    [
        {"a/1": "a/1"},
        {"a/1": "a/2", "a/2": "a/1"},
        {"a/1": "a/2", "a/2": "a/3", "a/3": "a/2"},
        {"a/1": "never/seen"},
        {"a/1": "never/seen", "never/seen": "never/either"},
    ],
)
def test_a_circle_or_a_dead_end_that_people_wrote_leads_to_auto(people: dict[str, str]) -> None:
    stones = [a_stone(f"{name}/{number}", vendor=name) for name, number in (("a", 1), ("a", 2), ("a", 3))]
    found = leads(*stones, people=people)
    assert {to for to, _ in found.values()} == {"auto"}
    assert "a/1" in found


def test_people_who_send_each_other_in_a_circle_of_missing_models_send_nobody_there() -> None:
    found = leads(a_stale("a/1"), a_stale("b/2"), people={"a/1": "b/2", "b/2": "a/1"})
    assert not {to for to, _ in found.values()} & found.keys()


def test_a_redirect_to_a_missing_model_follows_where_that_one_leads() -> None:
    found = leads(a_stone("a/1"), a_stale("b/2"), a_model(id="c/3"), people={"a/1": "b/2", "b/2": "c/3"})
    assert found == {"a/1": ("c/3", "override"), "b/2": ("c/3", "override")}


def test_an_old_redirect_follows_the_rename_of_its_target() -> None:
    old = redirects(a_stone("x/1", canonical_slug="y/2"), a_model(id="y/2"))["x/1"]
    assert old.to == "y/2"
    renamed = a_model(id="z/2", canonical_slug="y/2")
    found = leads(a_stone("x/1", canonical_slug="y/2"), a_stale("y/2"), renamed, previous=[old])
    assert found == {"x/1": ("z/2", "renamed"), "y/2": ("z/2", "renamed")}


# Over time


def before(*everyone: ModelInfo | Tombstone, **options: Any) -> list[Redirect]:
    return list(redirects(*everyone, at=START - timedelta(days=3), **options).values())


def test_a_redirect_stays_as_it_is() -> None:
    world: list[ModelInfo | Tombstone] = [a_stone("a/one:free"), a_model(id="a/one")]
    old = before(*world)
    assert list(redirects(*world, previous=old).values()) == old


def test_a_redirect_stays_when_a_nearer_relative_arrives() -> None:
    old_model, first = a_stone("anthropic/claude-haiku-4", **CLAUDE), a_model(id="anthropic/claude-haiku-5", **CLAUDE)
    old = before(old_model, first)
    found = redirects(old_model, first, a_model(id="anthropic/claude-haiku-4.5", **CLAUDE), previous=old)
    assert list(found.values()) == old


def test_a_redirect_to_a_missing_model_stays_while_it_may_come_back() -> None:
    old = before(a_stone("a/one:free"), a_model(id="a/one"))
    assert list(redirects(a_stone("a/one:free"), a_stale("a/one"), previous=old).values()) == old


def test_a_redirect_whose_target_died_is_found_anew() -> None:
    old = before(a_stone("a/one:free"), a_model(id="a/one"))
    found = redirects(a_stone("a/one:free"), a_stone("a/one"), previous=old)
    assert (found["a/one:free"].to, found["a/one:free"].since) == ("auto", START)


def test_a_stronger_redirect_replaces_a_weaker_one() -> None:
    stone = a_stone("reka/reka-edge")
    renamed = a_model(id="rekaai/reka-edge", canonical_slug="reka/reka-edge")
    assert leads(stone, renamed, previous=before(stone)) == {"reka/reka-edge": ("rekaai/reka-edge", "renamed")}


def test_people_may_change_their_mind() -> None:
    world: list[ModelInfo | Tombstone] = [a_stone("a/one"), a_model(id="c/d"), a_model(id="e/f")]
    old = before(*world, people={"a/one": "c/d"})
    assert leads(*world, people={"a/one": "e/f"}, previous=old) == {"a/one": ("e/f", "override")}
    assert leads(*world, previous=old) == {"a/one": ("auto", "auto")}


def test_a_relative_that_became_dear_is_given_up() -> None:
    stone = a_stone("anthropic/claude-haiku-4", **CLAUDE)
    old = before(stone, a_model(id="anthropic/claude-haiku-5", **CLAUDE))
    dearer = a_model(id="anthropic/claude-haiku-5", pricing=a_pricing("2", "10"), max_context=200_000)
    assert leads(stone, dearer, previous=old) == {"anthropic/claude-haiku-4": ("auto", "auto")}


def test_the_price_of_a_redirect_is_judged_anew() -> None:
    stone = a_stone("a/one:thinking", pricing=a_pricing("1", "5"))
    old = before(stone, a_model(id="a/one", pricing=a_pricing("1", "5")))
    assert old[0].price_safe
    found = redirects(stone, a_model(id="a/one", pricing=a_pricing("2", "10")), previous=old)["a/one:thinking"]
    assert (found.to, found.price_safe, found.since) == ("a/one", False, START - timedelta(days=3))


def test_a_redirect_ends_when_its_model_returns() -> None:
    old = before(a_stone("a/one:free"), a_model(id="a/one"))
    back = a_stone("a/one:free", state="active")
    assert leads(back, a_model(id="a/one:free"), a_model(id="a/one"), previous=old) == {}


def test_a_removed_model_is_redirected_for_ever() -> None:
    assert leads(a_stone("a/one:free", state="removed"), a_model(id="a/one")) == {"a/one:free": ("a/one", "variant")}
