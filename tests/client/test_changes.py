"""What changed since when, and what the log cannot tell."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.events import EventKind
from modelsync.client.browsing.changes import GAPS, KEPT_FOR, KINDS, Change, Changes, changes
from modelsync.errors import UsageError
from modelsync.pipeline import journal
from tests.client.recorded_catalogs import recorded_catalog
from tests.client.records import a_catalog, an_event

EVENTS: Final = (
    an_event("added", "acme/one", at="2026-07-01T00:00:00Z", generation=20),
    an_event("price", "acme/one", at="2026-08-05T12:00:00Z", generation=38),
    an_event("stale", "acme/two", at="2026-08-08T18:42:00Z", generation=42),
)


def asked(since: Any = None, *, events: Any = EVENTS, **given: Any) -> Changes:
    return changes(a_catalog(events=events), since=since, **given)


def kinds(since: Any = None, **given: Any) -> list[str]:
    return [each.kind for each in asked(since, **given).items]


def test_a_change_has_every_member_that_is_published() -> None:
    event = an_event("capability", field="reasoning", before="none", after="fixed", note="they said so")
    assert asked(events=[event]).items == (
        Change(
            "capability", "acme/gamma", "none", "fixed", "2026-08-01T18:42:00Z", 40, "reasoning", "they said so"
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("since", "found"),
    [
        (None, ["added", "price", "stale"]),
        (38, ["stale"]),
        (37, ["price", "stale"]),
        ("37", ["price", "stale"]),
        (42, []),
        (date(2026, 8, 5), ["price", "stale"]),
        (date(2026, 8, 6), ["stale"]),
        ("2026-08-06", ["stale"]),
        ("20260806", ["stale"]),
        (datetime(2026, 8, 5, 12, tzinfo=UTC), ["price", "stale"]),
        ("2026-08-05T14:00:01+02:00", ["stale"]),
        ("7d", ["price", "stale"]),
        ("1h", ["stale"]),
    ],
)
def test_since_is_after_a_generation_or_from_a_moment_on(since: Any, found: list[str]) -> None:
    assert kinds(since) == found


def test_days_are_counted_back_from_the_time_that_is_given() -> None:
    assert kinds("1d", now=datetime(2026, 8, 9, 20, tzinfo=UTC)) == []


def test_kinds_and_ids_narrow_the_answer() -> None:
    assert kinds(only=["price", "stale"]) == ["price", "stale"]
    assert kinds(ids=["ACME/one"]) == ["added", "price"]
    assert kinds(only=["stale"], ids=["acme/one"]) == []


@pytest.mark.parametrize("text", ["", "yesterday", "7w", "2026-13-01", "2026-08-05T14:00:00"])
def test_a_text_that_names_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"since: found '.*', expected a generation, a day such as 2026-08-01, or"):
        asked(text)


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="since: found a time without its zone"):
        asked(datetime(2026, 8, 1))  # noqa: DTZ001  it is what is refused


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="changes: found the kind 'gone', expected of added, stale"):
        asked(only=["gone"])


@pytest.mark.parametrize(
    ("since", "gap"),
    [
        (None, None),
        ("7d", None),
        ("90d", None),
        ("91d", "begins_later"),
        ("999999d", "begins_later"),
        (date(2026, 5, 1), "begins_later"),
        (19, None),
        (18, "begins_later"),
        (42, None),
        (43, "catalog_is_older"),
        (date(2026, 8, 9), "catalog_is_older"),
    ],
)
def test_what_the_log_does_not_hold_is_said(since: Any, gap: str | None) -> None:
    assert asked(since).gap == gap


def test_a_log_that_begins_with_the_catalog_itself_holds_everything() -> None:
    events = [an_event(at="2026-08-01T00:00:00Z", generation=1)]
    assert [asked(since, events=events).gap for since in (0, "2020-01-01", "999999d")] == [None, None, None]


def test_a_log_that_reaches_further_back_than_90_days_is_believed() -> None:
    events = [an_event(at="2026-01-01T00:00:00Z", generation=5)]
    found = asked("2026-01-01", events=events)
    assert (found.gap, found.begins) == (None, "2026-01-01T00:00:00Z")


def test_a_set_without_a_log_says_so() -> None:
    found = asked("7d", events=None)
    assert found == Changes((), "not_published", None)
    assert found.sentence == "no log of changes came with this catalog"


def test_a_gap_is_told_in_a_sentence() -> None:
    found = asked("2026-01-01").sentence
    assert found == "the published log begins on 2026-05-10: what happened before is not in it"
    assert asked("7d").sentence is None


def test_every_gap_has_its_sentence() -> None:
    assert set(GAPS) == {"not_published", "begins_later", "catalog_is_older"}


def test_the_kinds_and_the_time_that_they_are_kept_are_those_of_the_publisher() -> None:
    assert list(KINDS) == list(EventKind)
    assert KEPT_FOR == journal.KEPT_FOR


@given(st.integers(0, 60), st.integers(0, 60))
def test_what_is_asked_for_later_is_a_part_of_what_is_asked_for_earlier(one: int, other: int) -> None:
    earlier, later = sorted((one, other))
    assert asked(earlier).items[-len(asked(later).items) or len(EVENTS) :] == asked(later).items


@given(st.dates(date(2026, 6, 1), date(2026, 8, 8)))
def test_of_a_recorded_log_exactly_what_is_not_before_a_day_is_found(recorded_feeds: Path, day: date) -> None:
    catalog = recorded_catalog(recorded_feeds)
    everything = changes(catalog)
    found = changes(catalog, since=day)
    assert found.gap is None
    assert found.items == tuple(each for each in everything.items if each.at >= f"{day}")
    assert len(everything.items) > timedelta(days=90).days
