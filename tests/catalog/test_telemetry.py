"""What reports add up to: nobody decides alone, and a rate knows how sure it is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.capabilities import Capability
from modelsync.catalog.reports import Failure, Outcomes
from modelsync.catalog.telemetry import FOUR_WEEKS, Count, count_of, tally, wilson_interval
from tests.outcomes import DAY, TODAY, counts

YESTERDAY = TODAY - DAY


def a_count(reporter: str, ok: int, failed: int, *, day: date = YESTERDAY) -> Count:
    return Count(reporter, day, "openrouter", ok, failed)


@pytest.mark.parametrize(
    ("failed", "requests", "lower"),
    [(18, 50, 0.2113), (17, 50, 0.1955), (31, 100, 0.2058), (55, 200, 0.2019), (124, 500, 0.2018), (123, 500, 0.1999)],
)
def test_the_lower_end_of_a_rate_is_wilsons(failed: int, requests: int, lower: float) -> None:
    assert round(wilson_interval(failed, requests)[0], 4) == lower


@pytest.mark.parametrize(("failed", "upper"), [(9, 0.0995), (10, 0.1061)])
def test_the_upper_end_of_a_rate_is_wilsons(failed: int, upper: float) -> None:
    assert round(wilson_interval(failed, 200)[1], 4) == upper


def test_a_lower_z_is_surer_of_less() -> None:
    assert [round(end, 4) for end in wilson_interval(10, 30, z=1.645)] == [0.2108, 0.4834]


def test_of_no_requests_every_rate_is_possible() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_rate_lies_in_its_interval_and_the_interval_between_0_and_1(pair: tuple[int, int]) -> None:
    failed, requests = pair
    lower, upper = wilson_interval(failed, requests)
    assert 0 <= lower <= failed / requests + 1e-12
    assert failed / requests - 1e-12 <= upper <= 1


def test_few_reporters_count_as_they_are() -> None:
    seen = tally(counts(requests=50, failed=18, reporters=5, days=3), today=TODAY)
    assert (round(seen.requests, 6), round(seen.failed, 6), seen.reporters, seen.days) == (50, 18, 5, 3)


@pytest.mark.parametrize(("age", "counted"), [(0, False), (1, True), (7, True), (8, False)])
def test_the_week_is_the_seven_days_that_are_over(age: int, counted: bool) -> None:
    seen = tally([a_count("a", 10, 0, day=TODAY - DAY * age)], today=TODAY)
    assert (seen.requests == 10) is counted


def test_four_weeks_are_28_days() -> None:
    old = [a_count("a", 10, 0, day=TODAY - timedelta(days=age)) for age in (28, 29)]
    seen = tally(old, today=TODAY, window=FOUR_WEEKS)
    assert (seen.requests, seen.first_day, seen.last_day) == (10, date(2026, 7, 11), date(2026, 8, 7))


def test_what_was_reported_before_a_given_day_does_not_count() -> None:
    reported = [a_count("a", 10, 0, day=TODAY - DAY * age) for age in (1, 2, 3)]
    assert tally(reported, today=TODAY, since=TODAY - 2 * DAY).requests == 20


def test_a_reporter_counts_for_200_requests_a_day() -> None:
    days = [a_count("a", 900, 100), a_count("a", 900, 100, day=YESTERDAY - DAY)]
    seen = tally(days, today=TODAY)
    assert (seen.requests, seen.failed, seen.days) == (400, 40, 2)


def test_all_clients_of_a_reporter_share_its_200_requests() -> None:
    seen = tally([a_count("a", 0, 100) for _ in range(50)], today=TODAY)
    assert (seen.requests, seen.reporters) == (200, 1)


def test_one_of_five_reporters_weighs_two_fifths_at_most() -> None:
    others = [a_count(name, 10, 0) for name in "bcde"]
    seen = tally([a_count("a", 0, 200), *others], today=TODAY)
    assert round(seen.rate, 4) == 0.4


def test_one_of_many_reporters_weighs_a_tenth_at_most() -> None:
    others = [a_count(f"b{number:02}", 9, 1) for number in range(29)]
    seen = tally([a_count("a", 180, 20), *others], today=TODAY)
    # 30 reporters, of whom three at each end are dropped: all have the same rate, so that names decide; `a` goes.
    assert (seen.reporters, round(seen.requests, 6)) == (24, 240)
    kept = tally([a_count("m", 160, 40), *others, *(a_count(f"x{n}", 0, 10) for n in range(4))], today=TODAY)
    heaviest = 0.1 * kept.requests
    assert kept.requests == pytest.approx(heaviest + 10 * (kept.reporters - 1))


@pytest.mark.parametrize(("reporters", "left"), [(9, 9), (10, 8), (19, 17), (20, 16), (23, 19)])
def test_of_ten_reporters_or_more_the_outermost_tenths_are_dropped(reporters: int, left: int) -> None:
    assert tally([a_count(f"{n:02}", 10, n % 5) for n in range(reporters)], today=TODAY).reporters == left


def test_it_is_rates_that_are_extreme_not_sizes() -> None:
    honest = [a_count(f"h{n}", 90, 10) for n in range(8)]
    seen = tally([*honest, a_count("liar", 0, 200), a_count("flatterer", 200, 0)], today=TODAY)
    assert (seen.reporters, round(seen.rate, 6)) == (8, 0.1)


@pytest.mark.parametrize(("without", "rate"), [(0, 0.5), (1, 0.375), (2, 0.2), (3, 0.1), (4, 0.0), (5, 0.0), (9, 0.0)])
def test_what_the_others_say_is_the_tally_without_the_highest(without: int, rate: float) -> None:
    reported = [a_count(f"r{n}", 10 - failed, failed) for n, failed in enumerate((0, 2, 4, 9, 10))]
    assert round(tally(reported, today=TODAY, without_highest=without).rate, 6) == rate


def test_a_reporter_that_saw_no_request_is_none() -> None:
    assert tally([a_count("a", 0, 0), a_count("b", 1, 0)], today=TODAY).reporters == 1


a_world_of_counts = st.lists(
    st.builds(
        Count,
        reporter=st.sampled_from([f"r{n}" for n in range(14)]),
        day=st.integers(0, 9).map(lambda age: TODAY - DAY * age),
        backend=st.sampled_from(["openrouter", "gateway"]),
        ok=st.integers(0, 1_000_000),
        failed=st.integers(0, 1_000_000),
    ),
    max_size=40,
)


@given(a_world_of_counts, st.randoms(use_true_random=False))
def test_the_order_of_reports_has_no_meaning(reported: list[Count], chance: object) -> None:
    shuffled = list(reported)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert tally(shuffled, today=TODAY) == tally(reported, today=TODAY)


@given(st.lists(st.integers(1, 1_400), min_size=1, max_size=30), st.integers(1, 1_000_000))
def test_one_liar_alone_moves_a_rate_by_two_equal_parts_at_most(honest: list[int], lies: int) -> None:
    reported = [a_count(f"h{number:02}", ok, 0, day=TODAY - DAY) for number, ok in enumerate(honest)]
    seen = tally([*reported, a_count("liar", 0, lies)], today=TODAY)
    assert seen.rate <= max(0.1, 2 / seen.reporters) + 1e-9


def test_a_row_counts_its_failures_and_which_of_them_the_router_refused() -> None:
    failures = {Failure.INVALID_JSON: 2, Failure.REFUSED_BY_ROUTER: 3}
    row = Outcomes("a/b", "openrouter", Capability.TOOLS, 5, failures)
    assert count_of(row, reporter="acme", day=TODAY) == Count("acme", TODAY, "openrouter", 5, 5, 3)
