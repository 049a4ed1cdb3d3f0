"""One line for each change, and what could be used instead of a model that is gone."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.browsing.change_words import WORDS, Alternatives, Told, alternatives, told
from modelsync.client.browsing.changes import KINDS, change_of, changes
from modelsync.client.catalog import Catalog
from tests.client.recorded_catalogs import recorded_catalog
from tests.client.records import a_catalog, a_record, a_tombstone, an_event, free, prices
from tests.client.worlds import IDS, documents, last_known

NOW: Final = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
values: Final = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("2026-08-10T13:00:00Z")
legs: Final = st.dictionaries(
    st.sampled_from(["promptPerMillion", "completionPerMillion", "web_search"]), st.sampled_from([None, "0", "0.5"])
)


def line(kind: str, *, catalog: Catalog | None = None, **fields: Any) -> str:
    """What is said of a change of acme/gamma, which is listed."""
    found = told(change_of(an_event(kind, **fields)), catalog=catalog or a_catalog(a_record()), now=NOW)
    return f"{found.word}: {found.text}"


def gone(model_id: str, *others: dict[str, Any], redirects: dict[str, str] | None = None, **fields: Any) -> Catalog:
    """A catalog that lost a model."""
    stone = a_tombstone(a_record(model_id, **fields))
    return a_catalog(*others, tombstones=(stone,), redirects=redirects or {})


@pytest.mark.parametrize(
    ("kind", "fields", "text"),
    [
        ("added", {}, "new: $1.00 / $4.00, 200,000 tokens of context"),
        ("stale", {}, "missing: back since"),
        ("deprecated", {}, "gone: back since"),
        ("reappeared", {"before": "deprecated"}, "back: listed again, was deprecated"),
        ("renamed", {"before": "acme/gamma", "after": "acme/delta"}, "renamed: -> acme/delta"),
        ("context", {"field": "maxContext", "before": 200000, "after": 1000000},
         "limit: context 200,000 -> 1,000,000 tokens"),
        ("context", {"field": "maxOutput", "before": None, "after": 8000},
         "limit: longest answer unknown -> 8,000 tokens"),
        ("capability", {"field": "supportsTools", "before": True, "after": False, "note": "clients say so"},
         "flag: tools yes -> no (clients say so)"),
        ("capability", {"field": "reasoning", "before": "none", "after": "fixed"}, "flag: reasoning none -> fixed"),
        ("capability", {"field": "isFree", "before": None, "after": True}, "flag: free unknown -> yes"),
        ("expiry-announced", {"after": "2026-08-10T13:00:00Z"}, "ends: in 2 days"),
        ("expiry-announced", {"after": "2026-08-09T13:00:00Z"}, "ends: in 1 day"),
        ("expiry-announced", {"after": "2026-08-08T13:00:00Z"}, "ends: today"),
        ("expiry-announced", {"after": "2026-08-05T13:00:00Z"}, "ends: on 2026-08-05, 3 days ago"),
        ("expiry-moved", {"before": "2026-08-09T13:00:00Z", "after": "2026-09-08T13:00:00Z"},
         "ends: in 31 days, moved from 2026-08-09"),
        ("expiry-withdrawn", {"before": "2026-08-09T13:00:00Z"}, "stays: its end on 2026-08-09 was withdrawn"),
        ("expiry-passed", {"before": "2026-08-07T13:00:00Z"},
         "overdue: its end was announced for 2026-08-07; it is still listed"),
        ("curated-in", {"field": "coding"}, "shortlisted: into the shortlist for coding"),
        ("curated-out", {"field": "coding"}, "dropped: out of the shortlist for coding"),
        ("alias", {"before": "gamma", "after": "g"}, "alias: gamma -> g"),
        ("moved-house", {"field": "street", "before": 1, "after": 2}, "moved-house: street 1 -> 2"),
    ],
)  # fmt: skip
def test_a_change_is_told_in_one_line(kind: str, fields: dict[str, Any], text: str) -> None:
    assert line(kind, **fields) == text


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ({"promptPerMillion": "0.25", "completionPerMillion": "0.95"},
         {"promptPerMillion": "0.55", "completionPerMillion": "1.65"},
         "in $0.25 -> $0.55 (+120 %), out $0.95 -> $1.65 (+74 %)"),
        ({"promptPerMillion": "2"}, {"promptPerMillion": "1"}, "in $2.00 -> $1.00 (-50 %)"),
        ({"promptPerMillion": "1"}, {"promptPerMillion": "1.001"}, "in $1.00 -> $1.00 (+<1 %)"),
        ({"promptPerMillion": "0"}, {"promptPerMillion": "1"}, "in $0.00 -> $1.00"),
        ({"promptPerMillion": "1"}, {"promptPerMillion": "0"}, "in $1.00 -> $0.00 (-100 %)"),
        ({"promptPerMillion": None}, {"promptPerMillion": "1"}, "in ? -> $1.00"),
        ({"web_search": "1", "cacheReadPerMillion": "1"}, {"web_search": "2", "cacheReadPerMillion": None},
         "cache read $1.00 -> ?, web_search $1.00 -> $2.00 (+100 %)"),
    ],
)  # fmt: skip
def test_a_price_is_told_leg_by_leg(before: dict[str, Any], after: dict[str, Any], text: str) -> None:
    assert line("price", before=before, after=after) == f"price: {text}"


def test_a_price_under_conditions_is_told_by_the_publishers_note() -> None:
    note = "conditional prices changed"
    assert line("price", field="overrides", note=note) == f"price: {note}"


def test_a_price_that_held_says_since_when() -> None:
    found = line(
        "price-news", before={"promptPerMillion": "1"}, after={"promptPerMillion": "2"}, note="held since then"
    )
    assert found == "price: in $1.00 -> $2.00 (+100 %), held since then"


def test_a_free_model_that_is_gone_is_told_with_a_free_one_and_its_paid_sibling() -> None:
    others = (a_record("acme/other:free", **free()), a_record())
    catalog = gone("acme/gamma:free", *others, **free())
    assert line("deprecated", model_id="acme/gamma:free", catalog=catalog) == (
        "gone: -> free: acme/other:free · paid: acme/gamma"
    )


def test_a_paid_sibling_is_called_so_also_where_nothing_free_is_left() -> None:
    assert alternatives(gone("acme/gamma:free", a_record(), **free()), "acme/gamma:free") == Alternatives(
        paid="acme/gamma"
    )


def test_a_base_that_charges_nothing_is_no_paid_sibling() -> None:
    catalog = gone("acme/gamma:free", a_record(**free()), **free())
    assert alternatives(catalog, "acme/gamma:free") == Alternatives(free="acme/gamma")


def test_where_users_are_sent_to_a_model_that_is_missing_another_is_named() -> None:
    missing = a_record("acme/sent-to", state="stale")
    catalog = gone("acme/old", missing, redirects={"acme/old": "acme/sent-to"})
    assert alternatives(catalog, "acme/old") == Alternatives()


def test_a_paid_model_that_is_gone_is_told_with_where_its_users_are_sent() -> None:
    catalog = gone("acme/old", a_record(), redirects={"acme/old": "acme/gamma"})
    assert line("removed", model_id="acme/old", catalog=catalog) == "gone: -> acme/gamma"


def test_where_nothing_fits_it_is_said() -> None:
    dearer = a_record(pricing=prices("9", "9"))
    assert line("removed", model_id="acme/old", catalog=gone("acme/old", dearer)) == "gone: nothing fits instead"


def test_a_model_that_is_missing_again_is_not_told_to_be_gone() -> None:
    catalog = a_catalog(a_record(state="stale"))
    assert line("deprecated", catalog=catalog) == "gone: listed again since, and missing now"
    assert line("stale", catalog=catalog) == "missing: not in the last list; it may return"


def test_a_new_model_that_is_gone_already_is_told_so() -> None:
    assert line("added", model_id="acme/never") == "new: and gone again"


def test_every_kind_has_its_word() -> None:
    assert tuple(WORDS) == KINDS


@given(
    documents(), st.sampled_from([*KINDS, "new-kind"]), st.sampled_from(IDS), values | legs, values | legs,
    st.sampled_from([None, "supportsTools", "maxContext", "coding", "anything"]),
)  # fmt: skip
def test_every_kind_has_a_line_whatever_the_catalog_and_the_values(
    world: dict[str, Any], kind: str, model_id: str, before: Any, after: Any, field: str | None
) -> None:
    if not kind.startswith("price"):
        before, after = (None if isinstance(each, dict) else each for each in (before, after))
    after = "2026-08-10T13:00:00Z" if kind.startswith("expiry") and isinstance(after, str) else after
    change = change_of(an_event(kind, model_id, before=before, after=after, field=field))
    found = told(change, catalog=Catalog.of(world), now=NOW)
    assert found.word
    assert found.text
    assert "None" not in found.text


@given(documents(), st.sampled_from(IDS))
def test_what_is_named_instead_is_active_and_free_where_it_says_so(world: dict[str, Any], model_id: str) -> None:
    catalog = Catalog.of(world)
    if model_id not in last_known(world):
        return
    found = alternatives(catalog, model_id)
    free_one = catalog.model(found.free or "")
    assert found.free is None or (free_one is not None and free_one.is_active and free_one.record["isFree"])
    assert found.instead is None or (found.free, found.paid) == (None, None)
    named = [catalog.model(each) for each in found if each is not None]
    assert all(each is not None and each.is_active and each.id != model_id for each in named)


def test_every_change_of_a_recorded_log_is_told(recorded_feeds: Path) -> None:
    catalog = recorded_catalog(recorded_feeds)
    lines = [told(each, catalog=catalog, now=NOW) for each in changes(catalog).items]
    assert {each.word for each in lines} >= {"new", "missing", "gone", "price", "limit", "flag", "ends", "shortlisted"}
    assert Told("flag", "aion-labs/aion-2.0", "tools no -> yes") in lines
    assert Told("gone", "aion-labs/aion-1.0", "-> aion-labs/aion-2.0") in lines
    assert all(each.text and "None" not in each.text for each in lines)
