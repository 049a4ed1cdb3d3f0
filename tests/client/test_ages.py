"""Ages in words, and what they make of a catalog."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.reading.ages import age_of, duration, freshness_of, in_words, read_time, time_text
from modelsync.errors import StoreError, UsageError


@pytest.mark.parametrize(
    ("age", "word"),
    [
        (timedelta(0), "fresh"),
        (timedelta(hours=12), "fresh"),
        (timedelta(hours=12, seconds=1), "stale"),
        (timedelta(days=7), "stale"),
        (timedelta(days=7, seconds=1), "old"),
    ],
)
def test_freshness_changes_after_twelve_hours_and_seven_days(age: timedelta, word: str) -> None:
    assert freshness_of(age) == word


def test_what_the_package_brought_along_is_called_bundled_however_new() -> None:
    assert freshness_of(timedelta(0), is_bundled=True) == "bundled"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (86399, "23 hours"),
        (86400, "1 day"),
        (30 * 86400, "30 days"),
    ],
)
def test_an_age_is_told_in_one_unit_rounded_down(seconds: int, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


def test_a_clock_before_the_catalogs_own_time_makes_it_new() -> None:
    since = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
    assert age_of(since, now=since - timedelta(days=400)) == timedelta(0)


@pytest.mark.parametrize(("text", "length"), [("30m", 1800), ("12h", 43200), ("7d", 604800)])
def test_a_length_of_time_is_a_number_and_a_unit(text: str, length: int) -> None:
    assert duration(text).total_seconds() == length


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "1.5h", "7 d", "7w", "\u0667d", "9999999d"])
def test_any_other_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="expected a number and m, h or d"):
        duration(text)


@pytest.mark.parametrize("value", [None, 5, "", "yesterday", "2026-08-08T18:42:00", "0001-01-01T00:00:00+10:00"])
def test_a_published_time_without_its_zone_is_refused(value: object) -> None:
    with pytest.raises(StoreError, match="expected a time with its zone"):
        read_time(value, where="manifest")


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)))  # noqa: DTZ001  the strategy adds the zone
def test_a_written_time_is_read_back_to_the_second(at: datetime) -> None:
    assert read_time(time_text(at), where="here") == at.replace(microsecond=0)
