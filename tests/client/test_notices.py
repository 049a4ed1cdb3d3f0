"""What people are told of their saved choices: the causes, their sentences, and keys that make them once-only."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from modelsync.client.asked import Binding, Needs, Policy, User
from modelsync.client.catalog import Catalog
from modelsync.client.own.notices import Cause, Notice, digest_of, messages, notice_key, pending_notices
from tests.client.records import a_catalog, a_record, a_tombstone, flags, free, prices

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
BOUND_AT: Final = "2026-07-01T00:00:00Z"


def chosen(desired: str = "acme/gamma", price: str | None = "1.75", **more: Any) -> Binding:
    """A choice made when the model cost what `a_record` costs."""
    return Binding(desired, BOUND_AT, blended_price=price, **more)


def told(catalog: Catalog, binding: Binding, *, now: datetime = NOW, **terms: Any) -> list[Notice]:
    return list(pending_notices(catalog, {"me": [binding]}, now=now, **terms))


def only(catalog: Catalog, binding: Binding, **terms: Any) -> tuple[str, str]:
    (notice,) = told(catalog, binding, **terms)
    return str(notice.cause), notice.text


def redirecting(kind: str) -> Catalog:
    """A catalog in which people, or the pipeline, sent the users of one model on to another."""
    envelope = {"generation": 42, "generatedAt": "2026-08-08T18:42:00Z"}
    gone, new = a_record("acme/gone", canonicalSlug="acme/gone-1"), a_record("acme/new")
    redirect = {"from": "acme/gone", "to": "acme/new", "kind": kind}
    return Catalog.of(
        {
            "current": {**envelope, "models": [new]},
            "deprecations": {
                "redirects": [redirect], "tombstones": [a_tombstone(gone)], "aliasHistory": []
            },
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "effective", "command"),
    [
        *((cause, "acme/new", "ack") for cause in (
            "redirected", "substituted", "price_up", "free_ended", "capability_lost"
        )),
        *((cause, None, "use") for cause in ("redirected", "capability_lost", "free_ended", "stopped")),
        ("expiring", "acme/gamma", "pick"), ("absorbed", "acme/gamma", "user absorb"),
        ("renamed", "acme/new", None), ("back", "acme/gamma", None),
    ],
)  # fmt: skip
def test_what_to_type_follows_from_the_cause_and_from_what_runs(
    cause: str, effective: str | None, command: str | None
) -> None:
    notice = Notice("me", Cause(cause), "acme/gamma", effective, "standard", "whatever; keep it")
    assert notice.command == command
    assert notice.asks_to_keep == (command == "ack")


def test_a_sentence_says_what_happened_and_no_command() -> None:
    (rise,) = told(a_catalog(a_record(pricing=prices("2", "8"))), chosen())
    assert rise.sentence == "acme/gamma costs more than when you chose it ($3.50 per million, before $1.75)"
    (end,) = told(a_catalog(a_record(expiresAt="2026-08-09T13:00:00Z")), chosen())
    assert end.sentence == "acme/gamma ends on 2026-08-09, tomorrow"


def test_a_choice_that_still_stands_is_no_news() -> None:
    assert told(a_catalog(a_record()), chosen()) == []


def test_a_redirect_of_peoples_is_told_with_what_runs_now() -> None:
    assert only(redirecting("override"), chosen("acme/gone")) == (
        "redirected",
        (
            "acme/gone is gone, and acme/new runs in its place ($1.75 per million, before $1.75); "
            "keep it with `models ack 86be`"
        ),
    )


def test_a_new_name_leaves_nothing_to_do() -> None:
    gone = a_record("acme/gone", canonicalSlug="acme/same")
    catalog = a_catalog(a_record("acme/new", canonicalSlug="acme/same"), tombstones=(a_tombstone(gone),))
    assert only(catalog, chosen("acme/gone")) == (
        "renamed", "acme/gone is called acme/new now, and goes on ($1.75 per million, before $1.75)"
    )  # fmt: skip


def test_a_substitute_is_told_with_its_price() -> None:
    gone = a_tombstone(a_record("acme/gone", family="acme/line", series="acme/line", canonicalSlug="acme/gone-1"))
    catalog = a_catalog(a_record("acme/new", family="acme/line", series="acme/line"), tombstones=(gone,))
    assert only(catalog, chosen("acme/gone")) == (
        "substituted",
        (
            "acme/gone is gone, and acme/new runs for now ($1.75 per million, before $1.75); "
            "keep it with `models ack f393`"
        ),
    )


def test_a_price_that_rose_is_told() -> None:
    catalog = a_catalog(a_record(pricing=prices("2", "8")))
    assert only(catalog, chosen()) == (
        "price_up",
        (
            "acme/gamma costs more than when you chose it ($3.50 per million, before $1.75); "
            "keep it with `models ack 5bfd`"
        ),
    )


def test_where_free_ended_and_nobody_consented_nothing_runs() -> None:
    catalog = a_catalog(a_record())
    assert only(catalog, chosen(price="0", is_free=True)) == (
        "free_ended",
        (
            "acme/gamma is not free any more, and nothing runs; acme/gamma ($1.00 / $4.00) would do: "
            "choose with `models use`"
        ),
    )


def test_where_free_ended_and_its_price_is_agreed_it_goes_on() -> None:
    found = only(
        a_catalog(a_record()), chosen(price="0", is_free=True), policy=Policy(free_to_paid="allow", price_cap="2")
    )
    assert found == (
        "free_ended",
        (
            "acme/gamma is not free any more, and goes on as you allowed ($1.75 per million, before free); "
            "keep it with `models ack 3cf1`"
        ),
    )


def test_an_ability_that_was_lost_is_named() -> None:
    catalog = a_catalog(a_record(**flags(supportsTools=False)))
    assert only(catalog, chosen(needs=Needs(frozenset({"tools"})))) == (
        "capability_lost",
        "acme/gamma does not do any more what you need (tools); keep it with `models ack 37d7`",
    )


def test_a_model_that_is_back_runs_again() -> None:
    catalog = a_catalog(a_record(), a_record("acme/other"))
    binding = chosen(effective="acme/other", substituted_at="2026-08-01T00:00:00Z")
    assert only(catalog, binding) == (
        "back", "acme/gamma is listed again, and runs again ($1.75 per million, before $1.75)"
    )  # fmt: skip


def test_a_model_that_is_back_after_long_does_not_push_out_its_substitute() -> None:
    catalog = a_catalog(a_record(), a_record("acme/other"))
    binding = chosen(effective="acme/other", substituted_at="2026-07-02T00:00:00Z")
    assert only(catalog, binding) == ("back", "acme/gamma is listed again, and acme/other goes on in its place")


def test_zero_a_token_alone_is_not_told_as_free() -> None:
    painter = a_record(pricing=prices("0", "0", perUnit={"image": "0.04"}))
    binding = chosen(price="0", effective="acme/other", substituted_at="2026-08-01T00:00:00Z")
    assert only(a_catalog(painter, a_record("acme/other")), binding) == (
        "back", "acme/gamma is listed again, and runs again (at an unknown price, before free)"
    )  # fmt: skip


def test_where_nothing_fits_a_stop_is_told() -> None:
    gone = a_tombstone(a_record("acme/gone", canonicalSlug="acme/gone-1"))
    cause, text = only(a_catalog(tombstones=(gone,)), chosen("acme/gone"))
    assert cause == "stopped"
    assert text == ("acme/gone is gone, and nothing fits the terms; nothing runs: choose with `models use`")


def test_a_users_own_model_that_is_listed_now_is_told() -> None:
    user = User(custom_ids=frozenset({"acme/gamma"}))
    assert only(a_catalog(a_record()), chosen(), user=user) == (
        "absorbed", "acme/gamma, which you added, is listed now: take it over with `models user absorb acme/gamma`"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "milestone", "when"),
    [
        ("2026-09-08", None, ""), ("2026-09-07", 30, "in 30 days"), ("2026-08-16", 30, "in 8 days"),
        ("2026-08-15", 7, "in 7 days"), ("2026-08-10", 7, "in 2 days"), ("2026-08-09", 1, "tomorrow"),
        ("2026-08-08", 0, "today"), ("2026-08-07", 0, "which is past"), ("2098-12-31", None, ""),
    ],
)  # fmt: skip
def test_of_an_end_only_the_milestone_that_is_reached_is_told(day: str, milestone: int | None, when: str) -> None:
    found = told(a_catalog(a_record(expiresAt=f"{day}T13:00:00Z")), chosen())
    texts = [f"acme/gamma ends on {day}, {when}: choose another with `models pick`"] if when else []
    assert [(each.milestone, each.text) for each in found] == ([(milestone, texts[0])] if texts else [])


def test_over_a_countdown_each_milestone_is_one_fact() -> None:
    catalog = a_catalog(a_record(expiresAt="2026-10-01T13:00:00Z"))
    keys = [each.key for day in range(70) for each in told(catalog, chosen(), now=NOW + timedelta(days=day))]
    assert len(set(keys)) == 4


def test_a_rise_does_not_hide_an_end() -> None:
    catalog = a_catalog(a_record(pricing=prices("2", "8"), expiresAt="2026-08-09T13:00:00Z"))
    assert [each.cause for each in told(catalog, chosen())] == [Cause.PRICE_UP, Cause.EXPIRING]


def test_the_key_is_the_digest_of_six_lines() -> None:
    facts: dict[str, Any] = {"desired": "acme/gone:free", "effective": "acme/new:free", "price_class": "free"}
    assert notice_key("me", "substituted", milestone=None, **facts) == "b942c8f209f41e71"
    facts = {"desired": "acme/gamma", "effective": "acme/gamma", "price_class": "standard"}
    assert notice_key("me", "expiring", milestone=7, **facts) == "9d35b10594530518"


@pytest.mark.parametrize("fact", ["scope", "cause", "desired", "effective", "price_class", "milestone"])
def test_every_fact_is_part_of_the_key(fact: str) -> None:
    facts: dict[str, Any] = {
        "scope": "me", "cause": "price_up", "desired": "a/b", "effective": "a/c", "price_class": "pro", "milestone": 1
    }  # fmt: skip
    changed = {**facts, fact: 7 if fact == "milestone" else "another"}
    assert notice_key(**facts) != notice_key(**changed)


def test_an_id_that_is_no_text_has_a_key_all_the_same() -> None:
    facts: dict[str, Any] = {"desired": "acme/\ud800", "effective": None, "price_class": "none"}
    assert len(notice_key("me", "stopped", milestone=None, **facts)) == 16


def test_a_rise_within_a_tier_is_told_once_and_into_the_next_tier_again() -> None:
    keys = [
        told(a_catalog(a_record(priceTier=tier, pricing=prices(price, "9"))), chosen())[0].key
        for price, tier in (("3", "standard"), ("4", "standard"), ("5", "pro"))
    ]
    assert keys[0] == keys[1]
    assert keys[1] != keys[2]


def test_another_generation_changes_no_key() -> None:
    first = told(a_catalog(a_record(pricing=prices("2", "8")), generation=1), chosen())
    second = told(a_catalog(a_record(pricing=prices("2", "8")), generation=2), chosen())
    assert [each.key for each in first] == [each.key for each in second]


def test_equal_choices_of_one_scope_are_told_once_and_scopes_are_told_each() -> None:
    catalog = a_catalog(a_record(pricing=prices("2", "8")))
    bindings = {"me": [chosen(), chosen()], "the group": [chosen()]}
    assert [each.scope for each in pending_notices(catalog, bindings, now=NOW)] == ["me", "the group"]


def test_up_to_three_notices_are_told_one_by_one_and_more_in_one_sentence() -> None:
    names = [f"acme/m{number}" for number in range(5)]
    catalog = a_catalog(*(a_record(name, **free(expiresAt="2026-08-08T20:00:00Z")) for name in names))
    bindings = [chosen(name, price="0") for name in names]
    told_at_once = [
        len(messages(pending_notices(catalog, {"me": bindings[:count]}, now=NOW))["me"]) for count in (1, 3, 4, 5)
    ]
    assert told_at_once == [1, 3, 1, 1]
    assert messages(pending_notices(catalog, {"me": bindings}, now=NOW)) == {
        "me": ("5 notices on acme/m0, acme/m1, acme/m2 and 2 more: read them with `models ack`",)
    }


def test_of_a_digest_each_name_is_shown_as_its_reader_shows_names() -> None:
    found = [Notice("me", Cause.BACK, f"acme/m{number}", None, "free", "is back") for number in range(4)]
    assert digest_of(found, named=str.upper) == "4 notices on ACME/M0, ACME/M1, ACME/M2 and 1 more"
    assert digest_of(found[:3]) is None


def test_a_summary_names_three_models_without_more() -> None:
    names = [f"acme/m{number}" for number in range(3)]
    changed = {"pricing": prices("2", "8"), "expiresAt": "2026-08-08T20:00:00Z"}
    catalog = a_catalog(*(a_record(name, **changed) for name in names))
    found = pending_notices(catalog, {"me": [chosen(name) for name in names]}, now=NOW)
    assert messages(found)["me"] == ("6 notices on acme/m0, acme/m1, acme/m2: read them with `models ack`",)
