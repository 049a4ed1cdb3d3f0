"""The documents that stand together, and what can be asked of them."""

from datetime import UTC, datetime

import pytest

from modelsync.catalog.documents import Current, Manifest, Source, encode
from modelsync.catalog.lifecycle import LifecycleState
from modelsync.catalog.model_info import ModelInfo, expired
from modelsync.catalog.published_set import PublishedSet, decode_set, lost_from_shortlist
from modelsync.errors import CorruptDocumentError
from tests.builders import a_model
from tests.timeline import DAY, START, Timeline
from tests.world import a_record

AT = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
SOURCE = Source(url="memory:feed", snapshot=None, sha256="0" * 64, fetched_at=AT, model_count=1)


A_MANIFEST = Manifest(
    generation=1,
    generated_at=AT,
    source=SOURCE,
    documents={},
    counts={},
    next_due=AT,
    stale_after=AT,
    note=None,
)


def a_set(*models: ModelInfo) -> PublishedSet:
    return PublishedSet(current=Current(generation=1, generated_at=AT, source=SOURCE, models=models))


def test_an_empty_set_knows_nobody() -> None:
    nothing = PublishedSet()
    assert (nothing.models(), nothing.states(), nothing.by_name()) == ({}, {}, {})
    assert nothing.counts() == {"active": 0, "stale": 0, "deprecated": 0, "removed": 0, "curated": 0}
    assert lost_from_shortlist(nothing) == ()


def test_replacing_a_document_leaves_the_others() -> None:
    one, other = a_set(a_model(id="a/b")), a_set(a_model(id="c/d"))
    replaced = one.replacing(other.by_name())
    assert list(replaced.models()) == ["c/d"]
    assert list(one.models()) == ["a/b"]
    assert one.replacing({}) == one


def test_a_set_is_read_by_the_names_of_its_documents() -> None:
    published = a_set(a_model("a/b"))
    assert decode_set({"current": encode(published.by_name()["current"])}) == published
    assert decode_set({}) == PublishedSet()


@pytest.mark.parametrize(
    ("name", "body", "problem"),
    [
        ("current", b"{}", "generation: Field required"),
        ("changes", b"<html>", "the document: Invalid JSON"),
        ("manifest", encode(A_MANIFEST), "it is no document of a set"),
    ],
)
def test_a_set_with_a_document_that_is_none_is_corrupt(name: str, body: bytes, problem: str) -> None:
    with pytest.raises(CorruptDocumentError) as caught:
        decode_set({name: body})
    assert caught.value.key == name
    assert caught.value.problem.startswith(problem)


@pytest.fixture(scope="module")
def after_a_month() -> Timeline:
    """`a/a` was removed, `b/b` deprecated, `c/c` came back from the dead and is missing again, the rest is there."""
    line = Timeline()
    a, b, c, d = (a_record(f"{name}/{name}") for name in "abcd")
    line.read(a, b, c, d, at=START)
    line.curate(at=START)
    line.read(b, d, at=START + DAY, accept=True)
    line.read(b, d, at=START + 15 * DAY, accept=True)
    line.read(b, c, d, at=START + 16 * DAY, accept=True)
    line.read(c, d, at=START + 17 * DAY, accept=True)
    line.read(d, at=START + 31 * DAY, accept=True)
    return line


def test_a_state_is_that_of_the_record_or_else_of_the_tombstone(after_a_month: Timeline) -> None:
    assert after_a_month.states == {"a/a": "removed", "b/b": "deprecated", "c/c": "stale", "d/d": "active"}


def test_counts_are_by_state_and_of_the_shortlist(after_a_month: Timeline) -> None:
    assert after_a_month.published.counts() == {"active": 1, "stale": 1, "deprecated": 1, "removed": 1, "curated": 4}


def test_who_left_is_lost_from_the_shortlist(after_a_month: Timeline) -> None:
    assert lost_from_shortlist(after_a_month.published) == ("a/a", "b/b", "c/c")


def test_an_active_model_is_not_lost() -> None:
    line = Timeline()
    line.read(a_record("a/a"), at=START)
    line.curate(at=START)
    assert line.published.counts()["curated"] == 1
    assert lost_from_shortlist(line.published) == ()
    assert line.published.states() == {"a/a": LifecycleState.ACTIVE}


@pytest.mark.parametrize(
    ("end", "over"),
    [
        (None, False),
        (datetime(2026, 8, 8, 18, 42, 1, tzinfo=UTC), False),
        (datetime(2026, 8, 8, 18, 42, tzinfo=UTC), True),
        (datetime(2026, 8, 8, 13, tzinfo=UTC), True),
    ],
)
def test_a_model_has_expired_from_its_announced_end_on(end: datetime | None, over: bool) -> None:
    assert expired(a_model(id="a/b", expires_at=end), AT) is over
