"""A catalog with its user's word on it: the records that something is said of differ, and nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.asked import Needs
from modelsync.client.catalog import Catalog, Model
from modelsync.client.own.choices import choose
from modelsync.client.own.notices import Cause
from modelsync.client.own.user_layer import UserLayer, as_user
from modelsync.client.own.user_state import UserState
from modelsync.client.own.view import View, worded
from modelsync.client.own.worded import WordedCatalog
from modelsync.client.resolving.resolution import Outcome
from modelsync.client.resolving.resolve import resolve
from tests.client.recorded_catalogs import recorded_catalog
from tests.client.records import a_catalog, a_record, a_tombstone, prices
from tests.client.worlds import documents, texts

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
SAID: Final = {"supportsTools": False, "maxContext": 8000, "pricing": {"promptPerMillion": "99"}}
WORLD: Final = a_catalog(
    a_record("acme/gamma", backends={"anthropic": "gamma"}),
    a_record("acme/delta", family="acme/gamma"),
    a_record("openrouter/free", alias="free-router"),
    tombstones=(a_tombstone(a_record("acme/gone")),),
    buckets={"chat": ("acme/gamma",)},
)


def models_in(catalog: Catalog, model_id: str) -> Iterator[Model | None]:
    """One model, found in every way in which a catalog finds one."""
    yield catalog.model(model_id)
    yield catalog.model(model_id.upper())
    yield from (each for each in catalog.models() if each.id == model_id)
    yield from (each for each, _ in catalog.spelled if each.id == model_id)
    yield catalog.with_alias("gamma")
    yield from catalog.of_slug("acme/gamma")
    yield from (each for each in catalog.of_family("acme/gamma") if each.id == model_id)
    yield from catalog.with_native_id("anthropic", "gamma")


def test_every_way_to_a_model_leads_to_the_users_word_on_it() -> None:
    found = list(models_in(worded(WORLD, UserLayer(overrides={"acme/gamma": SAID})), "acme/gamma"))
    assert len(found) == 8
    for each in found:
        assert each is not None
        assert (each.context, "tools" in each.abilities, each.record["cost"]) == (8000, False, "$99.00 / $4.00")


def test_what_is_gone_or_routes_is_told_with_the_users_word_too() -> None:
    catalog = worded(WORLD, UserLayer(overrides={"acme/gone": SAID, "openrouter/free": SAID}))
    stone, router = catalog.tombstone("acme/gone"), catalog.free_router
    assert stone is not None
    assert router is not None
    assert (stone.last_known.context, router.context) == (8000, 8000)


def test_nothing_is_looked_up_twice_where_nothing_is_said() -> None:
    assert worded(WORLD, UserLayer(hidden=("acme/gamma",))) is WORLD


def test_every_public_question_to_a_catalog_is_answered() -> None:
    questions = {name for name in vars(Catalog) if not name.startswith("_")} - {"of"}
    assert questions <= vars(WordedCatalog).keys()


@given(documents(), texts)
def test_a_word_on_no_listed_model_changes_no_answer(world: dict[str, Any], text: str) -> None:
    catalog = Catalog.of(world)
    assert resolve(worded(catalog, UserLayer(overrides={"nobody/lists-it": SAID})), text) == resolve(catalog, text)


@given(data=st.data())
def test_on_a_recorded_list_only_what_something_is_said_of_differs(data: st.DataObject, recorded_feeds: Any) -> None:
    catalog = recorded_catalog(recorded_feeds)
    ids = [each.id for each in catalog.models()]
    said = data.draw(st.sampled_from(ids))
    found = worded(catalog, UserLayer(overrides={said: SAID}))
    assert [each.id for each, listed in zip(found.models(), catalog.models(), strict=True) if each != listed] == [said]
    other = data.draw(st.sampled_from([each for each in ids if each != said]))
    assert (found.model(other), found.place(said)) == (catalog.model(other), catalog.place(said))


# --- what choices come to ---


def losing(*left: str) -> Catalog:
    """Gamma is gone, and these of its family are left."""
    records = [a_record(each, family="acme/gamma") for each in left]
    return a_catalog(*records, tombstones=(a_tombstone(a_record("acme/gamma")),))


def chosen(layer: UserLayer, *, needs: Needs | None = None, model_id: str = "acme/gamma") -> UserState:
    catalog = a_catalog(a_record("acme/gamma"), a_record("acme/gamma-2"))
    answer = resolve(catalog, model_id, user=as_user(layer))
    wanted = needs or Needs()
    return choose(UserState(layer=layer), answer, scope="default", catalog=catalog, now=NOW, needs=wanted)


@pytest.mark.parametrize("said", [{"supportsTools": False}, {"pricing": {"promptPerMillion": "99"}}, {"maxContext": 9}])
def test_what_its_user_says_of_a_model_keeps_it_from_standing_in(said: dict[str, Any]) -> None:
    layer = UserLayer(overrides={"acme/gamma-2": said})
    state = chosen(layer, needs=Needs(frozenset({"tools"}), 1000))
    view = View(losing("acme/gamma-2", "acme/gamma-3"))
    assert view.answer(state._replace(layer=UserLayer()), "default").id == "acme/gamma-2"
    assert view.answer(state, "default").id == "acme/gamma-3"


def test_a_hidden_model_stands_in_for_nothing_and_is_not_offered() -> None:
    state = chosen(UserLayer(hidden=("acme/gamma-2",)))
    assert View(losing("acme/gamma-2", "acme/gamma-3")).answer(state, "default").id == "acme/gamma-3"
    answer = View(losing("acme/gamma-2")).answer(state, "default")
    assert (answer.outcome, answer.id, answer.candidates) == (Outcome.STOPPED, None, ())


def test_what_runs_in_the_place_of_another_is_left_when_its_user_hides_it() -> None:
    state = chosen(UserLayer(hidden=("acme/gamma-2",)))
    binding = state.bindings["default"]._replace(effective="acme/gamma-2", substituted_at="2026-08-01T00:00:00Z")
    found = View(losing("acme/gamma-2", "acme/gamma-3")).answer(
        state._replace(bindings={"default": binding}), "default"
    )
    assert found.id == "acme/gamma-3"


@pytest.mark.parametrize("typed", ["acme/gamma-2", "gamma-2", "gamma 2", "acme/gamma-2:nitro"])
def test_a_hidden_model_runs_where_its_user_names_it(typed: str) -> None:
    catalog = a_catalog(a_record("acme/gamma-2"))
    user = as_user(UserLayer(hidden=("acme/gamma-2",)))
    assert resolve(catalog, typed, user=user).id == "acme/gamma-2"


def test_a_price_that_its_user_knew_is_no_rise() -> None:
    layer = UserLayer(overrides={"acme/gamma": {"pricing": {"promptPerMillion": "99"}}})
    catalog = a_catalog(a_record("acme/gamma"))
    state = chosen(layer)
    assert View(catalog).facts(state, now=NOW) == ()
    assert state.bindings["default"].blended_price == "75.25"


def test_a_price_that_its_user_says_later_is_told_as_a_rise() -> None:
    said = {"pricing": {"promptPerMillion": "99"}}
    state = chosen(UserLayer())._replace(layer=UserLayer(overrides={"acme/gamma": said}))
    [notice] = View(a_catalog(a_record("acme/gamma"))).facts(state, now=NOW)
    assert notice.cause is Cause.PRICE_UP
    assert notice.sentence == (
        "acme/gamma costs more than when you chose it ($75.25 per million, before $1.75); keep it"
    )


def test_a_rise_of_the_listed_price_is_none_where_its_user_says_what_it_costs() -> None:
    layer = UserLayer(overrides={"acme/gamma": {"pricing": {"promptPerMillion": "1", "completionPerMillion": "4"}}})
    dearer = a_catalog(a_record("acme/gamma", pricing=prices("50", "200")))
    assert View(dearer).facts(chosen(layer), now=NOW) == ()
