"""One user's own things from end to end: choose, be told once, keep or change, and take back what was added."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from modelsync.client.asked import Needs, Policy
from modelsync.client.catalog import Catalog
from modelsync.client.freshness import Freshness
from modelsync.client.own.ledger_file import NoticeFile
from modelsync.client.own.notices import Cause, Notice
from modelsync.client.own.personal import Own, Personal
from modelsync.client.own.user_layer import CustomModel, Promotion
from modelsync.client.own.view import View
from modelsync.client.resolving.resolve import resolve
from modelsync.errors import ModelsyncError, NotFoundError, StoreError, UsageError
from tests.client.readers import Clock
from tests.client.records import a_catalog, a_record, a_tombstone, free, prices

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
DAY: Final = timedelta(days=1)
GAMMA: Final = a_catalog(a_record("acme/gamma"), a_record("acme/delta"))
OURS: Final = CustomModel("custom", "Team/Ours", "https://llm.example.org/v1", "env:TEAM_KEY")


def without_gamma(**sibling: Any) -> Catalog:
    return a_catalog(
        a_record("acme/gamma-2", family="acme/gamma", **sibling), tombstones=(a_tombstone(a_record("acme/gamma")),)
    )


def redirected(kind: str = "override") -> Catalog:
    """Gamma is gone, and people send its users on."""
    envelope = {"generation": 43, "generatedAt": "2026-08-08T18:42:00Z"}
    gone = {
        "redirects": [{"from": "acme/gamma", "to": "acme/next", "kind": kind}],
        "tombstones": [a_tombstone(a_record("acme/gamma"))],
        "aliasHistory": [],
    }
    return Catalog.of(
        {
            "current": {**envelope, "models": [a_record("acme/next")]},
            "deprecations": {**envelope, **gone},
        }
    )


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def own(tmp_path: Path, clock: Clock) -> Personal:
    return Personal(tmp_path / "modelsync", clock)


def use(own: Personal, text: str, catalog: Catalog = GAMMA, *, scope: str = "default") -> None:
    own.bindings.set(scope, resolve(catalog, text, user=own.names()), catalog=catalog)


def tell(own: Personal, view: View, scope: str | None = None) -> list[Notice]:
    """What a command does at its end."""
    mine = own.notices.take(view, scope)
    own.notices.shown(mine)
    own.bindings.keep(view)
    return list(mine)


def test_nothing_is_there_at_first_and_looking_leaves_nothing(own: Personal, tmp_path: Path) -> None:
    assert (own.bindings.all(), own.bindings.get("default"), own.advice) == ({}, None, None)
    assert own.notices.pending(View(GAMMA)) == ()
    assert own.bindings.keep(View(GAMMA)) == {}
    assert list(tmp_path.iterdir()) == []


def test_what_was_chosen_is_there_for_the_next_process(own: Personal, tmp_path: Path, clock: Clock) -> None:
    use(own, "gamma", scope="chat:42")
    binding = Personal(tmp_path / "modelsync", clock).bindings.get("chat:42")
    assert binding is not None
    assert (binding.desired, binding.alias_used, binding.bound_at) == ("acme/gamma", "gamma", "2026-08-08T18:42:00Z")


def test_a_choice_can_be_forgotten(own: Personal) -> None:
    use(own, "gamma")
    own.bindings.unset("default")
    assert own.bindings.all() == {}
    with pytest.raises(NotFoundError):
        own.bindings.unset("default")


def test_a_choice_comes_back_for_the_next_process_as_it_was(own: Personal, tmp_path: Path, clock: Clock) -> None:
    needs = Needs(frozenset({"tools"}))
    answer = resolve(GAMMA, "gamma")
    before = own.bindings.set("default", answer, catalog=GAMMA, needs=needs, backend="azure")
    clock.turn(DAY)
    use(own, "acme/delta")
    again = Personal(tmp_path / "modelsync", clock)
    assert again.bindings.restore("default", again.state.previous["default"]) == before
    assert again.bindings.all() == {"default": before}


def test_a_first_choice_is_taken_back_to_none(own: Personal) -> None:
    use(own, "gamma")
    assert own.bindings.restore("default", None) is None
    assert own.bindings.all() == {}


def test_a_substitute_is_told_once_and_runs_while_the_choice_stays(own: Personal, clock: Clock) -> None:
    use(own, "acme/gamma")
    [notice] = tell(own, View(without_gamma()))
    assert (notice.cause, notice.desired, notice.effective) == (Cause.SUBSTITUTED, "acme/gamma", "acme/gamma-2")
    for _ in range(30):
        clock.turn(DAY)
        assert tell(own, View(without_gamma())) == []
    binding = own.bindings.get("default")
    assert binding is not None
    assert (binding.desired, binding.effective) == ("acme/gamma", "acme/gamma-2")


def test_another_price_class_is_told_once_more(own: Personal, clock: Clock) -> None:
    use(own, "acme/gamma")
    tell(own, View(without_gamma()))
    clock.turn(DAY)
    cheaper = without_gamma(pricing=prices("0.5", "1"), priceTier="budget")
    assert [each.price_class for each in tell(own, View(cheaper))] == ["budget"]
    clock.turn(DAY)
    assert tell(own, View(cheaper)) == []


def test_a_model_that_returns_runs_again_and_that_is_told_once(own: Personal, clock: Clock) -> None:
    use(own, "acme/gamma")
    before = own.bindings.get("default")
    tell(own, View(without_gamma()))
    clock.turn(5 * DAY)
    assert [each.cause for each in tell(own, View(GAMMA))] == [Cause.BACK]
    assert own.bindings.get("default") == before
    assert tell(own, View(GAMMA)) == []


def test_nothing_is_noted_of_a_choice_before_its_user_was_told(own: Personal, clock: Clock) -> None:
    use(own, "acme/gamma")
    before = own.bindings.all()
    assert own.bindings.keep(View(redirected())) == before
    own.notices.take(View(redirected()))
    assert own.bindings.keep(View(redirected())) == before  # who took it may be dead
    clock.turn(DAY)
    assert [each.cause for each in tell(own, View(redirected()))] == [Cause.REDIRECTED]
    binding = own.bindings.get("default")
    assert binding is not None
    assert (binding.desired, binding.effective) == ("acme/next", None)
    assert tell(own, View(redirected())) == []


def test_who_accepts_a_substitute_has_chosen_it(own: Personal) -> None:
    use(own, "acme/gamma")
    [notice] = tell(own, View(without_gamma()))
    assert own.notices.ack(notice.key[:4], View(without_gamma())) == (notice.key, "default")
    binding = own.bindings.get("default")
    assert binding is not None
    assert (binding.desired, binding.effective) == ("acme/gamma-2", None)
    assert tell(own, View(without_gamma())) == []


def test_what_was_accepted_when_something_else_runs_by_now_changes_no_choice(own: Personal) -> None:
    use(own, "acme/gamma")
    [notice] = tell(own, View(without_gamma()))
    own.notices.ack(notice.key, View(GAMMA))
    binding = own.bindings.get("default")
    assert binding is not None
    assert binding.desired == "acme/gamma"


def test_who_takes_note_of_an_announced_end_keeps_the_terms_of_old(own: Personal) -> None:
    use(own, "acme/gamma")
    ending = a_catalog(a_record("acme/gamma", expiresAt="2026-08-11T00:00:00Z", pricing=prices("1", "4.1")))
    [notice] = tell(own, View(ending))
    before = own.bindings.get("default")
    own.notices.ack(notice.key, View(ending))
    assert (notice.cause, own.bindings.get("default")) == (Cause.EXPIRING, before)


def test_who_accepts_a_price_is_told_of_the_next_rise_from_there(own: Personal) -> None:
    use(own, "acme/gamma")
    dear = View(a_catalog(a_record("acme/gamma", pricing=prices("2", "8"))))
    [notice] = tell(own, dear)
    own.notices.ack(notice.key, dear)
    binding = own.bindings.get("default")
    assert binding is not None
    assert (notice.cause, binding.blended_price) == (Cause.PRICE_UP, "3.5")


@pytest.mark.parametrize(
    "anew", [lambda own: use(own, "acme/gamma-2", without_gamma()), lambda own: own.bindings.unset("default")]
)
def test_choosing_anew_or_not_at_all_accepts_what_was_told(
    own: Personal, tmp_path: Path, anew: Callable[[Personal], None]
) -> None:
    use(own, "acme/gamma")
    [notice] = tell(own, View(without_gamma()))
    anew(own)
    assert NoticeFile(tmp_path / "modelsync" / "notices.json").read()[notice.key].standing == "acked"


def test_a_guessed_redirect_is_told_as_one_and_not_again_as_a_substitute(own: Personal, clock: Clock) -> None:
    use(own, "acme/gamma")
    assert [each.cause for each in tell(own, View(redirected("family")))] == [Cause.REDIRECTED]
    assert own.bindings.all()["default"].effective == "acme/next"
    clock.turn(DAY)
    assert tell(own, View(redirected("family"))) == []


def test_looking_at_notices_takes_none(own: Personal) -> None:
    use(own, "acme/gamma")
    view = View(without_gamma())
    assert len(own.notices.pending(view)) == len(own.notices.pending(view, "default")) == 1
    assert own.notices.pending(view, "chat:1") == ()
    assert len(tell(own, view)) == 1


def test_a_substitute_that_goes_on_can_be_accepted_later(own: Personal, clock: Clock) -> None:
    use(own, "acme/gamma")
    [notice] = tell(own, View(without_gamma()))
    clock.turn(9 * DAY)
    tell(own, View(without_gamma()))
    own.notices.ack(notice.key, View(without_gamma()))
    assert own.bindings.all()["default"].desired == "acme/gamma-2"


def test_a_substitute_goes_on_when_a_nearer_one_comes_up_and_nobody_is_told_again(own: Personal, clock: Clock) -> None:
    use(own, "acme/gamma")
    tell(own, View(without_gamma()))
    nearer = a_catalog(
        a_record("acme/gamma-2", family="acme/gamma"), a_record("acme/gamma-1", family="acme/gamma"),
        tombstones=(a_tombstone(a_record("acme/gamma")),),
    )  # fmt: skip
    assert resolve(nearer, "acme/gamma", binding=own.bindings.all()["default"]._replace(effective=None)).id == (
        "acme/gamma-1"
    )
    clock.turn(DAY)
    assert tell(own, View(nearer)) == []
    assert own.bindings.all()["default"].effective == "acme/gamma-2"


def test_a_chat_is_told_of_its_own_choice_only(own: Personal) -> None:
    use(own, "acme/gamma")
    use(own, "acme/gamma", scope="chat:42")
    view = View(without_gamma())
    assert [each.scope for each in tell(own, view, "chat:42")] == ["chat:42"]
    assert [each.scope for each in tell(own, view)] == ["default"]


def test_a_catalog_that_is_old_rewrites_nothing_and_forgets_no_notice(own: Personal, clock: Clock) -> None:
    use(own, "acme/gamma")
    tell(own, View(without_gamma()))
    before = own.state
    clock.turn(DAY)
    tell(own, View(GAMMA, Freshness.BUNDLED))
    clock.turn(40 * DAY)
    assert tell(own, View(without_gamma())) == []
    assert own.state == before


def test_the_users_own_terms_hold_unless_a_call_states_others(own: Personal) -> None:
    use(own, "acme/gamma")
    own.user.set_policy(Policy(family="never", auto="never"))
    assert [each.cause for each in own.notices.pending(View(without_gamma()))] == [Cause.STOPPED]
    careless = View(without_gamma(), policy=Policy())
    assert [each.cause for each in own.notices.pending(careless)] == [Cause.SUBSTITUTED]


def test_a_model_that_is_not_free_any_more_stops_and_says_so(own: Personal) -> None:
    use(own, "acme/gamma", a_catalog(a_record("acme/gamma", **free())))
    assert [each.cause for each in tell(own, View(GAMMA))] == [Cause.FREE_ENDED]
    assert own.bindings.keep(View(GAMMA)) == own.bindings.all()


def test_a_choice_that_cannot_be_kept_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("")
    with pytest.raises(StoreError):
        use(Personal(tmp_path / "in the way", Clock(NOW)), "gamma")


Operation = Callable[[Own], object]


@pytest.mark.parametrize(
    ("do", "undo"),
    [
        (lambda user: user.add_model(OURS), lambda user: user.remove_model("Team/Ours")),
        (lambda user: user.alias("g", "acme/gamma", catalog=GAMMA), lambda user: user.unalias("g")),
        (lambda user: user.favourite("acme/gamma"), lambda user: user.unfavourite("acme/gamma")),
        (lambda user: user.hide("acme/gamma"), lambda user: user.unhide("acme/gamma")),
        (
            lambda user: user.override("acme/gamma", {"note": "ours"}),
            lambda user: user.override("acme/gamma", {"note": None}),
        ),
        (
            lambda user: user.promote(Promotion("acme/gamma", "g", "coding"), catalog=GAMMA),
            lambda user: user.unpromote("acme/gamma"),
        ),
    ],
    ids=["add_model", "alias", "favourite", "hide", "override", "promote"],
)
def test_what_a_user_adds_is_kept_and_taken_back(own: Personal, do: Operation, undo: Operation) -> None:
    own.user.favourite("acme/delta")
    before = own.state
    assert do(own.user) == own.state.layer != before.layer
    undo(own.user)
    assert own.state == before


def test_an_own_model_that_is_listed_by_now_is_taken_over(own: Personal) -> None:
    own.user.add_model(CustomModel("openrouter", "acme/gamma", fields={"note": "ours"}))
    layer = own.user.absorb("acme/gamma", catalog=GAMMA)
    assert (layer.models, layer.overrides) == ((), {"acme/gamma": {"note": "ours"}})


@pytest.mark.parametrize(
    "refused",
    [
        lambda user: user.remove_model("acme/gamma"),
        lambda user: user.alias("acme/delta", "acme/gamma", catalog=GAMMA),
        lambda user: user.alias("d", "g", catalog=GAMMA),
        lambda user: user.unalias("d"),
        lambda user: user.unfavourite("acme/gamma"),
        lambda user: user.unhide("acme/gamma"),
        lambda user: user.override("acme/gamma", {"state": "active"}),
        lambda user: user.promote(Promotion("acme/zeta"), catalog=GAMMA),
        lambda user: user.unpromote("acme/gamma"),
        lambda user: user.absorb("acme/gamma", catalog=GAMMA),
        lambda user: user.import_from({"schema": 2}),
    ],
)
def test_a_refusal_is_one_sentence_and_changes_nothing(own: Personal, refused: Operation) -> None:
    own.user.alias("g", "acme/gamma", catalog=GAMMA)
    before = own.state
    with pytest.raises((UsageError, NotFoundError)) as error:
        refused(own.user)
    assert "\n" not in str(error.value)
    assert own.state == before


def test_an_export_is_what_another_machine_imports(own: Personal, tmp_path: Path) -> None:
    own.user.add_model(OURS)
    own.user.alias("g", "acme/gamma", catalog=GAMMA)
    use(own, "acme/gamma")
    document = json.loads(json.dumps(own.user.export()))
    other = Personal(tmp_path / "other", Clock(NOW))
    assert other.user.import_from(document) == own.state.layer
    assert "bindings" not in document
    assert "policy" not in document


def test_a_short_name_of_the_users_is_known_to_the_resolver(own: Personal) -> None:
    own.user.alias("g", "acme/gamma", catalog=GAMMA)
    assert resolve(GAMMA, "g", user=own.names()).id == "acme/gamma"


def test_a_damaged_file_refuses_every_operation(own: Personal, tmp_path: Path) -> None:
    own.user.favourite("acme/gamma")
    (tmp_path / "modelsync" / "user.json").write_text("{")
    for operation in (own.bindings.all, own.user.export, lambda: own.user.hide("a/b"), lambda: own.state):
        with pytest.raises(ModelsyncError, match=r"user\.json: found bytes that are no JSON object"):
            operation()


def test_of_two_choices_only_that_is_rewritten_whose_user_was_told(own: Personal) -> None:
    use(own, "acme/gamma")
    use(own, "acme/gamma", scope="chat:42")
    tell(own, View(redirected()), "chat:42")
    assert {scope: each.desired for scope, each in own.bindings.all().items()} == {
        "default": "acme/gamma",
        "chat:42": "acme/next",
    }


def test_the_day_of_a_choices_last_use_is_noted_once_a_day_and_outlives_what_becomes_of_it(
    own: Personal, clock: Clock
) -> None:
    own.bindings.set("default", resolve(GAMMA, "acme/gamma"), catalog=GAMMA)
    own.bindings.used("default")
    assert own.bindings.all()["default"].used_on is None  # it was chosen today
    clock.now += 3 * DAY
    own.bindings.used("default")
    own.bindings.used("nobody")
    assert {scope: each.used_on for scope, each in own.bindings.all().items()} == {"default": "2026-08-11"}
    view = View(without_gamma())
    own.notices.shown(own.notices.take(view))
    assert own.bindings.keep(view)["default"].used_on == "2026-08-11"


def test_a_day_that_a_wrong_clock_noted_is_mended(own: Personal, clock: Clock) -> None:
    own.bindings.set("default", resolve(GAMMA, "acme/gamma"), catalog=GAMMA)
    clock.now += 300 * DAY
    own.bindings.used("default")
    clock.now -= 299 * DAY
    own.bindings.used("default")
    assert own.bindings.all()["default"].used_on == "2026-08-09"
