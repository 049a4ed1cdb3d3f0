"""Choosing for a scope, and what becomes of it: terms are kept, substitutes noted, and only leave rewrites a choice."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.asked import ANYTHING, Binding, Needs, Policy
from modelsync.client.catalog import Catalog
from modelsync.client.freshness import Freshness
from modelsync.client.own.choices import choose, kept, kept_binding, restored, unset
from modelsync.client.own.user_layer import CustomModel, UserLayer, as_user
from modelsync.client.own.user_state import UserState
from modelsync.client.resolving.resolution import Outcome, Resolution
from modelsync.client.resolving.resolve import resolve
from modelsync.errors import NotFoundError, UsageError
from tests.client.records import a_catalog, a_record, a_tombstone, free, prices
from tests.client.worlds import bindings, documents, policies

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
DAY: Final = timedelta(days=1)
EMPTY: Final = UserState()


def chosen(
    text: str,
    catalog: Catalog,
    *,
    state: UserState = EMPTY,
    accepted: bool = False,
    needs: Needs = ANYTHING,
    **how: Any,
) -> UserState:
    """The state after `text` was chosen by default, as of now."""
    answer = resolve(catalog, text, user=as_user(state.layer), **how)
    return choose(state, answer, scope="default", catalog=catalog, now=NOW, needs=needs, accepted=accepted)


def after(
    state: UserState, catalog: Catalog, *, now: datetime = NOW + DAY, accepted: bool = False, **how: Any
) -> Binding:
    """The default choice after this catalog was asked for it."""
    binding = state.bindings["default"]
    answer = resolve(catalog, binding.desired, binding=binding, user=as_user(state.layer), **how)
    return kept(state, answer, scope="default", catalog=catalog, now=now, accepted=accepted).bindings["default"]


GAMMA: Final = a_catalog(a_record("acme/gamma"), a_record("acme/gamma-2", family="acme/gamma"))
CHOSEN: Final = chosen("acme/gamma", GAMMA)


def without_gamma(**sibling: Any) -> Catalog:
    """Gamma is gone, and one of its family is there."""
    return a_catalog(
        a_record("acme/gamma-2", family="acme/gamma", **sibling), tombstones=(a_tombstone(a_record("acme/gamma")),)
    )


def renamed(kind: str = "override") -> Catalog:
    """Gamma is gone, and people send its users on."""
    envelope = {"generation": 43, "generatedAt": "2026-08-09T18:42:00Z"}
    return Catalog.of(
        {
            "manifest": envelope,
            "current": {**envelope, "models": [a_record("acme/next", pricing=prices("1", "3"))]},
            "deprecations": {
                **envelope,
                "redirects": [{"from": "acme/gamma", "to": "acme/next", "kind": kind}],
                "tombstones": [a_tombstone(a_record("acme/gamma"))],
                "aliasHistory": [],
            },
        }
    )


def test_a_choice_holds_the_id_and_what_was_agreed_to() -> None:
    state = chosen("gamma", GAMMA, needs=Needs(frozenset({"tools"}), 1000))
    assert state.bindings == {
        "default": Binding(
            desired="acme/gamma",
            bound_at="2026-08-08T18:42:00Z",
            alias_used="gamma",
            slug="acme/gamma",
            variant=None,
            blended_price="1.75",
            is_free=False,
            abilities=frozenset({"tools", "vision", "structuredOutput", "reasoning"}),
            context=200000,
            needs=Needs(frozenset({"tools"}), 1000),
        )
    }


def test_an_id_in_other_letters_is_no_alias() -> None:
    binding = chosen("Acme/Gamma", GAMMA).bindings["default"]
    assert (binding.desired, binding.alias_used) == ("acme/gamma", None)


def test_a_slash_of_a_chat_command_is_no_part_of_the_alias() -> None:
    assert chosen("/gamma", GAMMA).bindings["default"].alias_used == "gamma"


def test_what_was_chosen_was_used_last() -> None:
    state = chosen("acme/gamma-2", GAMMA, state=CHOSEN)
    assert state.layer.recents == ("acme/gamma-2", "acme/gamma")


def test_a_way_of_routing_stays_behind_the_id() -> None:
    state = chosen("acme/gamma:nitro", GAMMA)
    binding = state.bindings["default"]
    assert binding.desired == "acme/gamma:nitro"
    again = resolve(GAMMA, binding.desired, binding=binding)
    assert (again.id, again.route_hint) == ("acme/gamma", "nitro")
    assert after(state, GAMMA) == binding


def test_each_scope_has_a_choice_of_its_own() -> None:
    answer = resolve(GAMMA, "acme/gamma-2")
    state = choose(CHOSEN, answer, scope="chat:42", catalog=GAMMA, now=NOW)
    assert {scope: each.desired for scope, each in state.bindings.items()} == {
        "default": "acme/gamma",
        "chat:42": "acme/gamma-2",
    }


def test_a_name_that_is_no_scope_is_refused() -> None:
    with pytest.raises(UsageError, match="scope: found 'Chat 42'"):
        choose(EMPTY, resolve(GAMMA, "acme/gamma"), scope="Chat 42", catalog=GAMMA, now=NOW)


def test_terms_that_come_with_a_choice_are_its_own() -> None:
    answer, terms = resolve(GAMMA, "acme/gamma"), {"price_cap": "5"}
    state = choose(EMPTY, answer, scope="default", catalog=GAMMA, now=NOW, terms=terms)
    assert (state.bindings["default"].terms, state.policy) == (terms, EMPTY.policy)


def test_terms_of_a_scope_go_on_with_its_next_choice_unless_others_are_stated() -> None:
    first = choose(EMPTY, resolve(GAMMA, "acme/gamma"), scope="a", catalog=GAMMA, now=NOW, terms={"price_cap": "5"})
    answer = resolve(GAMMA, "acme/gamma-2")
    assert choose(first, answer, scope="a", catalog=GAMMA, now=NOW).bindings["a"].terms == {"price_cap": "5"}
    assert choose(first, answer, scope="a", catalog=GAMMA, now=NOW, terms={}).bindings["a"].terms == {}
    assert choose(first, answer, scope="b", catalog=GAMMA, now=NOW).bindings["b"].terms == {}


def test_a_free_model_is_written_down_as_free_and_an_unknown_price_as_none() -> None:
    assert chosen("acme/gamma", a_catalog(a_record(**free()))).bindings["default"].is_free is True
    unknown = a_record(pricing=prices(None, None), pricingStatus="unknown", priceTier=None)
    binding = chosen("acme/gamma", a_catalog(unknown)).bindings["default"]
    assert (binding.is_free, binding.blended_price) == (None, None)


def test_of_a_model_of_ones_own_the_users_words_are_agreed_to() -> None:
    own = CustomModel("custom", "Team/Ours", fields={"maxContext": 8000, "supportsTools": True})
    state = chosen("Team/Ours", GAMMA, state=UserState(UserLayer(models=(own,))))
    binding = state.bindings["default"]
    assert (binding.desired, binding.context, binding.abilities) == ("Team/Ours", 8000, frozenset({"tools"}))
    assert after(state, GAMMA) == binding


def test_several_models_are_no_choice() -> None:
    catalog = a_catalog(a_record("acme/blue-gamma"), a_record("acme/red-gamma"))
    with pytest.raises(UsageError) as refused:
        chosen("gamma", catalog)
    assert str(refused.value) == (
        "use: gamma may be several models: name one by its id; nothing was changed, "
        "and acme/blue-gamma, acme/red-gamma could be chosen"
    )


def test_a_name_of_no_model_is_no_choice() -> None:
    with pytest.raises(NotFoundError, match="use: no model is called zzzz; nothing was changed"):
        chosen("zzzz", GAMMA)


def test_what_merely_resembles_the_text_needs_the_users_word() -> None:
    catalog = a_catalog(a_record("acme/gamma-large"))
    with pytest.raises(UsageError, match="which needs your word; name acme/gamma-large, or accept it"):
        chosen("large", catalog)
    assert chosen("large", catalog, accepted=True).bindings["default"].desired == "acme/gamma-large"


def test_a_substitute_for_what_was_typed_needs_the_users_word() -> None:
    with pytest.raises(UsageError, match="needs your word"):
        chosen("acme/gamma", without_gamma())
    binding = chosen("acme/gamma", without_gamma(), accepted=True).bindings["default"]
    assert (binding.desired, binding.effective, binding.alias_used) == ("acme/gamma-2", None, None)


def test_an_exact_name_is_chosen_also_from_the_catalog_of_the_package() -> None:
    assert chosen("gamma", GAMMA, freshness=Freshness.BUNDLED).bindings["default"].desired == "acme/gamma"


def test_a_choice_can_be_forgotten() -> None:
    assert unset(CHOSEN, "default").bindings == {}
    with pytest.raises(NotFoundError, match="use: found no choice for chat:1, expected one; nothing was changed"):
        unset(CHOSEN, "chat:1")


def test_the_choice_before_comes_back_just_as_it_was() -> None:
    bound = CHOSEN.bindings["default"]._replace(backend="azure", needs=Needs(frozenset({"tools"}), 1000))
    state = chosen("acme/gamma-2", GAMMA, state=EMPTY._replace(bindings={"default": bound}))
    back = restored(state, "default", before=bound)
    assert back.bindings == {"default": bound}
    assert restored(back, "default", before=state.bindings["default"]).bindings == state.bindings


def test_what_no_choice_stood_before_goes_back_to_none() -> None:
    assert restored(CHOSEN, "default", before=None) == CHOSEN._replace(bindings={})


def test_choosing_the_same_model_again_leaves_what_stood_before_it() -> None:
    twice = chosen("acme/gamma-2", GAMMA, state=chosen("acme/gamma-2", GAMMA, state=CHOSEN))
    assert restored(twice, "default", before=CHOSEN.bindings["default"]).bindings == CHOSEN.bindings


@pytest.mark.parametrize("before", [None, Binding("acme/other", "2026-08-01T00:00:00Z")])
def test_nothing_comes_back_but_what_stood_before(before: Binding | None) -> None:
    state = chosen("acme/gamma-2", GAMMA, state=CHOSEN)
    with pytest.raises(NotFoundError, match="use: default: found another choice before this one, or none, expected"):
        restored(state, "default", before=before)


def test_of_a_choice_that_was_forgotten_nothing_comes_back() -> None:
    state = unset(chosen("acme/gamma-2", GAMMA, state=CHOSEN), "default")
    assert state.previous == {}
    with pytest.raises(NotFoundError, match="nothing was changed"):
        restored(state, "default", before=None)


def test_a_substitute_runs_and_the_choice_stays() -> None:
    found = after(CHOSEN, without_gamma())
    assert found == CHOSEN.bindings["default"]._replace(effective="acme/gamma-2", substituted_at="2026-08-09T18:42:00Z")


def test_another_substitute_counts_from_the_first() -> None:
    state = EMPTY._replace(bindings={"default": after(CHOSEN, without_gamma())})
    catalog = a_catalog(
        a_record("acme/gamma-3", family="acme/gamma"), tombstones=(a_tombstone(a_record("acme/gamma")),)
    )
    found = after(state, catalog, now=NOW + 9 * DAY)
    assert (found.effective, found.substituted_at) == ("acme/gamma-3", "2026-08-09T18:42:00Z")


def test_a_model_that_returns_runs_again() -> None:
    state = EMPTY._replace(bindings={"default": after(CHOSEN, without_gamma())})
    assert after(state, GAMMA) == CHOSEN.bindings["default"]


def test_with_the_users_word_the_substitute_is_the_choice_on_the_terms_of_today() -> None:
    found = after(CHOSEN, without_gamma(pricing=prices("1", "4.4")), accepted=True)
    assert (found.desired, found.effective, found.blended_price) == ("acme/gamma-2", None, "1.85")
    assert found.bound_at == "2026-08-09T18:42:00Z"


def test_the_word_that_was_typed_goes_on_standing_for_what_was_accepted() -> None:
    state = chosen("gamma", GAMMA)
    assert after(state, without_gamma(), accepted=True).alias_used == "gamma"


def test_a_rename_by_people_rewrites_the_choice_and_not_what_was_agreed_to() -> None:
    found = after(CHOSEN, renamed())
    assert (found.desired, found.slug, found.effective) == ("acme/next", "acme/next", None)
    assert (found.blended_price, found.bound_at) == ("1.75", "2026-08-08T18:42:00Z")


def test_a_guessed_redirect_waits_for_the_users_word() -> None:
    found = after(CHOSEN, renamed("family"))
    assert (found.desired, found.effective) == ("acme/gamma", "acme/next")


@pytest.mark.parametrize("freshness", [Freshness.OLD, Freshness.BUNDLED])
@pytest.mark.parametrize("accepted", [False, True])
def test_nothing_is_kept_of_an_old_catalog(freshness: Freshness, accepted: bool) -> None:
    for catalog in (renamed(), without_gamma()):
        assert after(CHOSEN, catalog, freshness=freshness, accepted=accepted) == CHOSEN.bindings["default"]


def test_what_a_failed_call_says_holds_for_the_session_only() -> None:
    found = after(CHOSEN, GAMMA, gone=True)
    assert resolve(GAMMA, "acme/gamma", gone=True, binding=CHOSEN.bindings["default"]).id == "acme/gamma-2"
    assert found == CHOSEN.bindings["default"]


def test_a_model_that_is_missing_for_days_changes_nothing() -> None:
    substituted = CHOSEN.bindings["default"]._replace(effective="acme/gamma-2", substituted_at="2026-08-01T00:00:00Z")
    catalog = a_catalog(a_record("acme/gamma", state="stale"), a_record("acme/gamma-2", family="acme/gamma"))
    for binding in (CHOSEN.bindings["default"], substituted):
        assert after(EMPTY._replace(bindings={"default": binding}), catalog) == binding


def test_what_does_not_run_changes_nothing() -> None:
    stopped = Resolution("acme/gamma", Outcome.STOPPED, "nothing_fits", persist="yes")
    binding = CHOSEN.bindings["default"]
    assert kept_binding(binding, stopped, layer=UserLayer(), catalog=GAMMA, now=NOW, accepted=True) == binding


def test_a_scope_without_a_choice_is_left_alone() -> None:
    assert kept(CHOSEN, resolve(GAMMA, "acme/gamma"), scope="chat:1", catalog=GAMMA, now=NOW) is CHOSEN


@given(documents(), st.sampled_from(["acme/one-1", "one-2", "beta/two:free"]))
def test_choosing_twice_is_choosing_once(world: dict[str, Any], text: str) -> None:
    catalog = Catalog.of(world)
    answer = resolve(catalog, text)
    if answer.id is None:
        return
    once = choose(EMPTY, answer, scope="default", catalog=catalog, now=NOW, accepted=True)
    assert choose(once, answer, scope="default", catalog=catalog, now=NOW, accepted=True) == once


@given(documents(), bindings, policies, st.sampled_from(Freshness), st.booleans())
def test_the_choice_is_rewritten_only_with_leave(
    world: dict[str, Any], binding: Binding, policy: Policy, freshness: Freshness, accepted: bool
) -> None:
    catalog = Catalog.of(world)
    answer = resolve(catalog, binding.desired, binding=binding, policy=policy, freshness=freshness)
    found = kept_binding(binding, answer, layer=UserLayer(), catalog=catalog, now=NOW, accepted=accepted)
    if found.desired != binding.desired:
        assert answer.persist == "yes" or (answer.persist == "after_ack" and accepted)
        assert freshness.is_trusted
    if not freshness.is_trusted or "missing_from_feed" in answer.notes:
        assert found == binding


@given(documents(), bindings, policies)
def test_keeping_an_answer_twice_is_keeping_it_once(world: dict[str, Any], binding: Binding, policy: Policy) -> None:
    catalog = Catalog.of(world)
    answer = resolve(catalog, binding.desired, binding=binding, policy=policy)
    once = kept_binding(binding, answer, layer=UserLayer(), catalog=catalog, now=NOW)
    assert kept_binding(once, answer, layer=UserLayer(), catalog=catalog, now=NOW + DAY) == once
