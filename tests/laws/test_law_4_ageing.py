"""Law 4: ageing. `active` -> `stale` (missing) -> `deprecated` (14 days) -> `removed` (30 days and no active binding;
an unreadable registry means everything is bound). A returning model becomes `active` with a `reappeared` event. A held
or refused feed moves no clock."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.errors import FeedError
from modelsync.pipeline.retire import everything_is_bound
from tests.strategies import FEWER, IDS, Step, gaps, histories, plain_feeds
from tests.timeline import DAY, HOUR, START, Timeline
from tests.world import MODELS, a_body, a_record, crowd

AGE: Final = ("active", "stale", "deprecated", "removed")


class Register:
    """What the law says of everybody, written down by the simplest rules there are."""

    def __init__(self, bound: Collection[str]) -> None:
        self.bound = bound
        self.state: dict[str, str] = {}
        self.missing_since: dict[str, datetime] = {}

    def look(self, present: set[str], at: datetime) -> set[str]:
        """Take in who is there; gives those who returned."""
        returned = {i for i in present if self.state.get(i, "active") != "active"}
        for i in present:
            self.state[i] = "active"
            self.missing_since.pop(i, None)
        for i in self.state.keys() - present:
            days = (at - self.missing_since.setdefault(i, at)) / DAY
            reached = "removed" if days >= 30 and i not in self.bound else "deprecated" if days >= 14 else "stale"
            self.state[i] = max(self.state[i], reached, key=AGE.index)
        return returned


bindings = st.lists(st.sampled_from(IDS), unique=True, max_size=3)
believed = st.lists(st.tuples(gaps, plain_feeds()), min_size=1, max_size=7)
Believed = list[tuple[timedelta, list[dict[str, object]]]]


@FEWER
@given(believed, bindings)
def test_everybody_is_as_old_as_the_law_says(history: Believed, bound: list[str]) -> None:
    line, register, at = Timeline(bound=bound.__contains__), Register(bound), START
    for gap, records in history:
        at += gap
        events = line.read(*records, at=at, accept=True).events
        returned = register.look({str(record["id"]) for record in records}, at)
        assert line.states == register.state
        assert {event.id for event in events if event.kind == "reappeared"} == returned


@FEWER
@given(believed)
def test_while_the_registry_cannot_be_read_nobody_is_removed(history: Believed) -> None:
    line, register, at = Timeline(bound=everything_is_bound), Register(IDS), START
    for gap, records in history:
        at += gap
        line.read(*records, at=at, accept=True)
        register.look({str(record["id"]) for record in records}, at)
        assert line.states == register.state
        assert "removed" not in line.states.values()


@FEWER
@given(believed, bindings)
def test_who_is_missing_says_since_when(history: Believed, bound: list[str]) -> None:
    line, register, at = Timeline(bound=bound.__contains__), Register(bound), START
    for gap, records in history:
        at += gap
        line.read(*records, at=at, accept=True)
        register.look({str(record["id"]) for record in records}, at)
    missing = {i: model.missing_since for i, model in line.models.items() if model.missing_since is not None}
    missing |= {i: stone.missing_since for i, stone in line.tombstones.items() if i not in line.models}
    assert missing == register.missing_since


@FEWER
@given(believed, gaps)
def test_the_sweep_ages_nobody_beyond_the_last_feed_that_was_believed(history: Believed, later: timedelta) -> None:
    line, at = Timeline(), START
    for gap, records in history:
        at += gap
        line.read(*records, at=at, accept=True)
        states = line.states
        line.curate(at=at + later)
        assert line.states == states


@FEWER
@given(histories(plain_feeds()))
def test_a_held_feed_moves_nothing(history: list[Step]) -> None:
    line, at = Timeline(), START
    for step in history:
        at += step.gap
        bytes_before, look_before = line.bytes, line.last_look
        refresh = line.read(*step.records, at=at, accept=step.accept)
        if refresh.held is not None:
            assert (line.bytes, line.last_look, refresh.events) == (bytes_before, look_before, ())


@FEWER
@given(believed, st.binary(max_size=40))
def test_a_refused_feed_moves_nothing(history: Believed, junk: bytes) -> None:
    line, at = Timeline(), START
    for gap, records in history:
        at += gap
        line.read(*records, at=at, accept=True)
        before = line.bytes
        for body in (b"", b'{"data":[]}', b"<" + junk, a_body(["x", *records, "x"])[:-1]):
            with pytest.raises(FeedError):
                line.read_body(body, at=at + 400 * DAY, accept=True)
        assert line.bytes == before


def test_a_life_from_beginning_to_end_and_back() -> None:
    line = Timeline()
    everyone = [a_record(i) for i in MODELS]
    rest = everyone[1:]
    times = [START + offset for offset in (timedelta(0), DAY, 15 * DAY - HOUR, 15 * DAY, 31 * DAY - HOUR, 31 * DAY)]
    states = []
    for records, at in zip([everyone, rest, rest, rest, rest, rest], times, strict=True):
        line.read(*records, at=at)
        states.append(line.states[MODELS[0]])
    assert states == ["active", "stale", "stale", "deprecated", "deprecated", "removed"]
    line.read(*everyone, at=START + 99 * DAY)
    assert line.states[MODELS[0]] == "active"
    assert line.happened_to(MODELS[0]) == ["added", "stale", "deprecated", "removed", "reappeared"]


def test_a_hold_of_many_days_lets_nobody_grow_old_meanwhile() -> None:
    ids = crowd(100, vendors=20)
    line = Timeline()
    line.read(*(a_record(i) for i in ids), at=START)
    line.read(*(a_record(i) for i in ids[1:]), at=START + HOUR)
    for number in range(1, 30):
        half = ids[50:] if number % 2 else ids[:50]
        assert line.read(*(a_record(i) for i in half), at=START + number * DAY).held is not None
        line.curate(at=START + number * DAY)
        assert line.states[ids[0]] == "stale"
        assert list(line.states.values()).count("active") == 99
