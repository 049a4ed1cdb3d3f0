"""A client's document keeps an id for 35 days, if the choice was used within 90."""

import json
from datetime import date
from typing import Any

import pytest

from modelsync.errors import FeedFormatError
from modelsync.sources.registry import bound_ids

TODAY = date(2026, 8, 8)


def bound(document: Any, today: date = TODAY) -> list[str]:
    return list(bound_ids(json.dumps(document).encode(), where="bindings/anna.json", today=today))


def a_report(day: str = "2026-08-08", **last_used: str) -> dict[str, Any]:
    leases = [{"id": f"a/{name}", "lastUsedDay": used, "n": "2-9"} for name, used in last_used.items()]
    return {"schema": 1, "client": "anna", "gen": 3, "day": day, "leases": leases}


def test_every_leased_id_is_bound() -> None:
    assert bound(a_report(b="2026-08-08", c="2026-08-01")) == ["a/b", "a/c"]


@pytest.mark.parametrize(
    ("day", "kept"),
    [("2026-08-08", True), ("2026-07-04", True), ("2026-07-03", False), ("2025-01-01", False), ("2026-08-09", True)],
)
def test_a_report_holds_for_35_days(day: str, kept: bool) -> None:
    assert bound(a_report(day, b="2026-08-01")) == (["a/b"] if kept else [])


@pytest.mark.parametrize(
    ("used", "kept"), [("2026-08-08", True), ("2026-05-10", True), ("2026-05-09", False), ("2020-01-01", False)]
)
def test_a_choice_counts_if_it_was_used_within_90_days(used: str, kept: bool) -> None:
    assert bound(a_report(b=used)) == (["a/b"] if kept else [])


def test_field_names_may_be_written_in_snake_case_too() -> None:
    assert bound({"day": "2026-08-08", "leases": [{"id": "a/b", "last_used_day": "2026-08-08"}]}) == ["a/b"]


def test_an_id_need_not_be_known() -> None:
    lease = {"id": "never heard of", "lastUsedDay": "2026-08-08"}
    assert bound({"day": "2026-08-08", "leases": [lease]}) == ["never heard of"]


def test_no_leases_bind_nothing() -> None:
    assert bound(a_report()) == []


def test_a_document_has_at_most_500_leases() -> None:
    lease = {"id": "a/b", "lastUsedDay": "2026-08-08"}
    assert len(bound({"day": "2026-08-08", "leases": [lease] * 500})) == 500
    with pytest.raises(FeedFormatError, match="leases: "):
        bound({"day": "2026-08-08", "leases": [lease] * 501})


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "document"),
        (b"[]", "document"),
        (b"{}", "day"),
        (b'{"day":"2026-08-08"}', "leases"),
        (b'{"day":"yesterday","leases":[]}', "day"),
        (b'{"day":"2026-08-08","leases":[{"id":"","lastUsedDay":"2026-08-08"}]}', "leases.0.id"),
        (b'{"day":"2026-08-08","leases":[{"id":"' + b"x" * 201 + b'","lastUsedDay":"2026-08-08"}]}', "leases.0.id"),
        (b'{"day":"2026-08-08","leases":[{"id":"a/b"}]}', "leases.0.lastUsedDay"),
    ],
)
def test_a_document_that_cannot_be_read_is_an_error_with_its_place(body: bytes, place: str) -> None:
    with pytest.raises(FeedFormatError) as caught:
        list(bound_ids(body, where="bindings/anna.json", today=TODAY))
    assert str(caught.value).startswith(f"bindings feed: bindings/anna.json: {place}: ")
