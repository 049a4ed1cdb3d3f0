"""The thresholds of ageing, to the second."""

from datetime import UTC, datetime, timedelta

import pytest

from modelsync.catalog.lifecycle import (
    CONFIDENCE_OF,
    LISTED,
    STRONGEST_FIRST,
    LifecycleState,
    RedirectKind,
    is_placeholder,
    is_retiring,
    lifecycle_state,
)

GONE = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("missing", "state"),
    [
        (timedelta(0), "stale"),
        (timedelta(days=14) - SECOND, "stale"),
        (timedelta(days=14), "deprecated"),
        (timedelta(days=30) - SECOND, "deprecated"),
        (timedelta(days=30), "removed"),
        (timedelta(days=4000), "removed"),
    ],
)
def test_an_unbound_model_is_deprecated_after_14_days_and_removed_after_30(missing: timedelta, state: str) -> None:
    assert lifecycle_state(GONE, bound=False, seen_until=GONE + missing) == LifecycleState(state)


@pytest.mark.parametrize(
    ("missing", "state"),
    [
        (timedelta(days=14) - SECOND, "stale"),
        (timedelta(days=14), "deprecated"),
        (timedelta(days=30), "deprecated"),
        (timedelta(days=180) - SECOND, "deprecated"),
        (timedelta(days=180), "removed"),
        (timedelta(days=4000), "removed"),
    ],
)
def test_a_bound_model_is_removed_after_180_days(missing: timedelta, state: str) -> None:
    assert lifecycle_state(GONE, bound=True, seen_until=GONE + missing) == LifecycleState(state)


@pytest.mark.parametrize("bound", [True, False])
def test_a_model_that_is_there_is_active(bound: bool) -> None:
    assert lifecycle_state(None, bound=bound, seen_until=GONE) == LifecycleState.ACTIVE


def test_a_clock_that_went_backwards_removes_nobody() -> None:
    assert lifecycle_state(GONE, bound=False, seen_until=GONE - timedelta(days=60)) == LifecycleState.STALE


def test_active_and_stale_models_are_listed() -> None:
    assert {LifecycleState.ACTIVE, LifecycleState.STALE} == LISTED


@pytest.mark.parametrize(
    ("end", "meant"),
    [
        (datetime(2026, 8, 8, 13, tzinfo=UTC), True),
        (datetime(2028, 5, 31, 12, tzinfo=UTC), True),
        (datetime(2028, 5, 31, 12, 0, 1, tzinfo=UTC), False),
        (datetime(2098, 12, 31, 13, tzinfo=UTC), False),
        (datetime(9999, 1, 1, 13, tzinfo=UTC), False),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), False),
        (datetime(1, 1, 1, tzinfo=UTC), True),
    ],
)
def test_an_end_more_than_two_years_away_is_a_placeholder(end: datetime, meant: bool) -> None:
    assert is_placeholder(end, now=GONE) is not meant


@pytest.mark.parametrize(
    ("end", "retiring"),
    [
        (None, False),
        (GONE + timedelta(days=14) + SECOND, False),
        (GONE + timedelta(days=14), True),
        (GONE, True),
        (GONE - timedelta(days=400), True),
        (datetime(9999, 1, 1, 13, tzinfo=UTC), False),
    ],
)
def test_a_model_retires_within_14_days_of_its_announced_end(end: datetime | None, retiring: bool) -> None:
    assert is_retiring(end, now=GONE) is retiring


def test_redirects_are_as_sure_as_their_kind() -> None:
    assert [(str(kind), str(CONFIDENCE_OF[kind])) for kind in STRONGEST_FIRST] == [
        ("override", "certain"),
        ("renamed", "certain"),
        ("variant", "likely"),
        ("family", "likely"),
        ("auto", "guess"),
    ]
    assert set(STRONGEST_FIRST) == set(RedirectKind)
