"""Law 3: conserving. Every id ever published is in `current` or has a tombstone."""

from hypothesis import given

from modelsync.catalog.events import fold_states
from modelsync.pipeline.overrides import Overrides
from tests.strategies import FEWER, Step, histories, override_sets, replay
from tests.timeline import START, Timeline


@FEWER
@given(histories(), override_sets())
def test_no_id_is_ever_forgotten(history: list[Step], people: Overrides) -> None:
    line, at = Timeline(people), START
    ever: set[str] = set()
    for step in history:
        at += step.gap
        step.take(line, at=at)
        ever |= line.models.keys()
        assert ever == line.models.keys() | line.tombstones.keys()


@FEWER
@given(histories(), override_sets())
def test_tombstones_and_old_aliases_are_never_taken_back(history: list[Step], people: Overrides) -> None:
    line, at = Timeline(), START
    stones: set[str] = set()
    aliases: list[str] = []
    for step in history:
        at += step.gap
        step.take(line, at=at)
        line.overrides = people
        assert stones <= line.tombstones.keys()
        stones = set(line.tombstones)
        changes = line.published.deprecations.alias_history if line.published.deprecations else ()
        assert [change.old_alias for change in changes][: len(aliases)] == aliases
        aliases = [change.old_alias for change in changes]


@FEWER
@given(histories(), override_sets())
def test_the_log_knows_everybody_and_where_they_stand(history: list[Step], people: Overrides) -> None:
    line, at = Timeline(people), START
    for step in history:
        at += step.gap
        step.take(line, at=at)
        assert fold_states(line.log) == line.published.states()


@FEWER
@given(histories(), override_sets())
def test_what_a_run_reports_is_what_it_logs(history: list[Step], people: Overrides) -> None:
    line = Timeline(people)
    at = replay(history, line)
    recent = [event for event in line.log if (at - event.at).days < 90]
    logged = line.published.changes.events if line.published.changes else ()
    assert list(logged)[len(logged) - len(recent) :] == recent
