"""Law 2: idempotent. A later run over an unchanged world writes no document."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from modelsync.pipeline.overrides import Overrides
from tests.strategies import FEWER, Step, feeds, histories, override_sets, replay
from tests.timeline import DAY, HOUR, SECOND, START, Timeline
from tests.world import MODELS, Record, a_record


@FEWER
@given(histories(), override_sets())
def test_the_same_feed_a_moment_later_writes_nothing(history: list[Step], people: Overrides) -> None:
    line = Timeline(people)
    at = replay(history, line)
    again = line.read(*history[-1].records, at=at + SECOND)
    assert (again.documents, again.events) == ({}, ())


@FEWER
@given(histories(), override_sets())
def test_the_same_shortlist_a_moment_later_writes_nothing(history: list[Step], people: Overrides) -> None:
    line = Timeline(people)
    at = replay(history, line)
    line.curate(at=at)
    again = line.curate(at=at + SECOND)
    assert (again.documents, again.events) == ({}, ())
    between = line.read(*history[-1].records, at=at + 2 * SECOND)
    assert (between.documents, between.events) == ({}, ())


@given(feeds(with_ends=False), st.lists(st.sampled_from([HOUR, DAY, 20 * DAY, 400 * DAY]), min_size=1, max_size=4))
def test_a_world_in_which_nothing_happens_is_never_written_again(records: list[Record], waits: list[timedelta]) -> None:
    line = Timeline()
    at = START
    line.read(*records, at=at)
    for wait in waits:
        at += wait
        again = line.read(*records, at=at)
        assert (again.documents, again.events, again.held) == ({}, (), None)


def test_a_shortlist_of_an_unchanged_world_is_never_written_again() -> None:
    line = Timeline()
    line.read(*(a_record(i) for i in MODELS), at=START)
    line.curate(at=START)
    for days in (1, 2, 30, 200):
        again = line.curate(at=START + days * DAY)
        assert (again.documents, again.events) == ({}, ())
