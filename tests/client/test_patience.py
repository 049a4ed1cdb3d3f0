"""When to ask again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.reading.cache import State
from modelsync.client.reading.guard import Status
from modelsync.client.reading.patience import after_failure, is_due, is_waiting

NOW = datetime(2026, 8, 8, 20, 42, tzinfo=UTC)
times = st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  the strategy adds the zone
states = st.builds(
    State, checked_at=st.none() | times, failures=st.integers(0, 50), retry_at=st.none() | times
)  # fmt: skip


def failed(state: State, *, chance: float = 0.0, retry_after_seconds: float | None = None) -> State:
    return after_failure(
        state,
        status=Status.UNAVAILABLE,
        error="it did not answer",
        retry_after_seconds=retry_after_seconds,
        now=NOW,
        chance=lambda: chance,
    )


def wait_of(state: State) -> timedelta:
    assert state.retry_at is not None
    return state.retry_at - NOW


def test_waits_are_a_minute_five_thirty_and_then_always_six_hours() -> None:
    state, minutes = State(), []
    for _ in range(6):
        state = failed(state)
        minutes.append(wait_of(state) / timedelta(minutes=1))
    assert minutes == [1, 5, 30, 360, 360, 360]


def test_chance_lengthens_a_wait_by_a_quarter_at_most() -> None:
    assert wait_of(failed(State(), chance=1.0)) == timedelta(seconds=75)


@pytest.mark.parametrize(("asked", "seconds"), [(None, 60), (10, 60), (90, 90), (10**9, 6 * 3600)])
def test_a_servers_own_wish_counts_within_bounds(asked: float | None, seconds: int) -> None:
    assert wait_of(failed(State(), retry_after_seconds=asked)) == timedelta(seconds=seconds)


def test_a_failure_leaves_what_was_confirmed() -> None:
    before = State(checked_at=NOW - timedelta(hours=3), etag='"x"', etag_of="y", address="https://example.org/")
    after = failed(before)
    assert after.checked_at == NOW - timedelta(hours=3)
    assert (after.etag, after.etag_of, after.address) == ('"x"', "y", "https://example.org/")


@pytest.mark.parametrize(
    ("minutes_ago", "is_asked"), [(0, False), (59, False), (60, True), (10**6, True), (-4, False), (-6, True)]
)
def test_a_set_is_asked_for_an_hour_after_it_was_confirmed(minutes_ago: int, *, is_asked: bool) -> None:
    assert is_due(State(checked_at=NOW - timedelta(minutes=minutes_ago)), now=NOW) is is_asked


@given(states, times)
def test_whatever_a_state_says_no_clock_waits_longer_than_seven_and_a_half_hours(state: State, now: datetime) -> None:
    assert is_due(state, now=now) or is_due(state, now=now + timedelta(hours=7, minutes=31))


@given(states, times)
def test_nothing_is_due_while_a_wait_is_under_way(state: State, now: datetime) -> None:
    assert not (is_waiting(state, now=now) and is_due(state, now=now))
