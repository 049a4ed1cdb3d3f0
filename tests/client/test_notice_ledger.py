"""Telling once: leases, what was shown and accepted, and what a crash may cost."""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.own.notice_ledger import Ledger, acknowledged, due, leased, rebound, settled, shown, unaccepted
from modelsync.client.own.notices import Cause, Notice
from modelsync.errors import NotFoundError, UsageError

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
DAY: Final = timedelta(days=1)


def a_notice(effective: str = "acme/new", *, scope: str = "me", price_class: str = "standard") -> Notice:
    return Notice(scope, Cause.SUBSTITUTED, "acme/gone", effective, price_class, "acme/gone is gone")


def tell(ledger: Ledger, notices: Iterable[Notice], *, now: datetime) -> tuple[Ledger, list[Notice]]:
    """What a client does at every start: settle, lease, tell, note."""
    facts, told = list(notices), []
    ledger = settled(ledger, facts, now=now)
    for notice in due(facts, ledger, now=now):
        taken = leased(ledger, notice, now=now)
        assert taken is not None
        told.append(notice)
        ledger = shown(taken, notice, now=now)
    return ledger, told


def test_what_was_told_is_not_told_again_while_it_stays_so() -> None:
    ledger, told = tell({}, [a_notice()], now=NOW)
    assert told == [a_notice()]
    for day in range(1, 400):
        ledger, told = tell(ledger, [a_notice()], now=NOW + day * DAY)
        assert told == []


@pytest.mark.parametrize("changed", [a_notice("acme/newer"), a_notice(price_class="pro"), a_notice(scope="a chat")])
def test_a_new_fact_is_told_exactly_once(changed: Notice) -> None:
    ledger, _ = tell({}, [a_notice()], now=NOW)
    ledger, told = tell(ledger, [changed], now=NOW + DAY)
    assert told == [changed]
    assert tell(ledger, [changed], now=NOW + 2 * DAY)[1] == []


def test_only_one_takes_a_lease() -> None:
    taken = leased({}, a_notice(), now=NOW)
    assert taken is not None
    assert leased(taken, a_notice(), now=NOW + 59 * SECOND) is None
    assert due([a_notice()], taken, now=NOW + 59 * SECOND) == ()


def test_a_lease_is_over_after_a_minute() -> None:
    taken = leased({}, a_notice(), now=NOW)
    assert taken is not None
    assert due([a_notice()], taken, now=NOW + 60 * SECOND) == (a_notice(),)


@pytest.mark.parametrize("dies_after", ["settling", "leasing", "telling", "noting"])
def test_a_crash_at_any_step_costs_one_repetition_at_most(dies_after: str) -> None:
    told, ledger = 0, settled({}, [a_notice()], now=NOW)
    if dies_after != "settling":
        ledger = leased(ledger, a_notice(), now=NOW) or {}
    if dies_after in {"telling", "noting"}:
        told += 1
    if dies_after == "noting":
        ledger = shown(ledger, a_notice(), now=NOW)
    for second in range(1, 200):
        ledger, again = tell(ledger, [a_notice()], now=NOW + second * SECOND)
        told += len(again)
    assert told == (2 if dies_after == "telling" else 1)


def test_what_was_accepted_stays_quiet() -> None:
    ledger, _ = tell({}, [a_notice()], now=NOW)
    ledger = acknowledged(ledger, a_notice().key[:4], now=NOW + SECOND)
    assert ledger[a_notice().key].standing == "acked"
    assert tell(ledger, [a_notice()], now=NOW + DAY)[1] == []


def test_what_was_accepted_is_not_to_be_accepted_any_more() -> None:
    ledger, _ = tell({}, [a_notice()], now=NOW)
    assert unaccepted([a_notice()], ledger) == (a_notice(),)
    assert unaccepted([a_notice()], acknowledged(ledger, a_notice().key, now=NOW)) == ()


def test_an_acceptance_that_came_before_the_note_stands() -> None:
    taken = leased({}, a_notice(), now=NOW) or {}
    ledger = acknowledged(taken, a_notice().key, now=NOW)
    assert shown(ledger, a_notice(), now=NOW) == ledger


def test_the_letters_of_no_notice_are_refused() -> None:
    with pytest.raises(NotFoundError) as refused:
        acknowledged({}, "7f3a", now=NOW)
    assert (
        str(refused.value)
        == "notice: found none with '7f3a', expected the letters that its sentence ends with; look again"
    )


def test_letters_of_several_notices_are_refused() -> None:
    notices = [a_notice(f"acme/{number}") for number in range(17)]  # by then two keys begin alike
    ledger, _ = tell({}, notices, now=NOW)
    first = next(a[0] for a, b in itertools.combinations(sorted(ledger), 2) if a[0] == b[0])
    with pytest.raises(UsageError, match="expected one; type more of its letters"):
        acknowledged(ledger, first, now=NOW)
    with pytest.raises(NotFoundError):
        acknowledged(ledger, "", now=NOW)


def test_a_new_choice_accepts_all_that_its_scope_was_told() -> None:
    mine, theirs = a_notice(), a_notice(scope="a chat")
    ledger, _ = tell({}, [mine, theirs], now=NOW)
    ledger = rebound(ledger, "me", now=NOW)
    assert {entry.scope: str(entry.standing) for entry in ledger.values()} == {"me": "acked", "a chat": "shown"}


def test_a_fact_that_comes_and_goes_is_told_again_after_a_month_without() -> None:
    ledger, _ = tell({}, [a_notice()], now=NOW)
    ledger, _ = tell(ledger, [], now=NOW + DAY)
    assert ledger[a_notice().key].standing == "superseded"
    assert tell(ledger, [a_notice()], now=NOW + 30 * DAY)[1] == []
    assert tell(ledger, [a_notice()], now=NOW + 31 * DAY)[1] == [a_notice()]


def test_what_was_no_fact_for_a_month_leaves_the_ledger() -> None:
    ledger, _ = tell({}, [a_notice()], now=NOW)
    ledger, _ = tell(ledger, [], now=NOW + DAY)
    assert tell(ledger, [], now=NOW + 31 * DAY)[0] == {}


FACTS: Final = [a_notice("acme/a"), a_notice("acme/b"), a_notice("acme/a", price_class="pro")]


@given(st.lists(st.tuples(st.integers(0, 3), st.sets(st.sampled_from(range(3)))), max_size=40))
def test_within_a_month_no_fact_is_told_twice(days: list[tuple[int, set[int]]]) -> None:
    ledger: Ledger = {}
    at, last_told = NOW, dict.fromkeys(range(3), NOW - 365 * DAY)
    for passed, facts in days:
        at += passed * DAY
        ledger, told = tell(ledger, [FACTS[number] for number in sorted(facts)], now=at)
        for notice in told:
            number = FACTS.index(notice)
            assert at - last_told[number] >= 30 * DAY
            last_told[number] = at


@given(st.lists(st.integers(0, 90), max_size=20))
def test_steps_change_no_ledger_that_they_are_given(seconds: list[int]) -> None:
    ledger: Ledger = {}
    for passed in seconds:
        before = dict(ledger)
        tell(ledger, FACTS, now=NOW + passed * SECOND)
        assert ledger == before
        ledger, _ = tell(ledger, FACTS, now=NOW + passed * SECOND)
