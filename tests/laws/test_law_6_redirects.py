"""Law 6: redirects. No cycle, chains flattened to one step, every target live or `auto`."""

from hypothesis import given

from modelsync.pipeline.overrides import Overrides
from tests.strategies import FEWER, Step, histories, override_sets
from tests.timeline import START, Timeline


def publications(history: list[Step], people: Overrides) -> list[Timeline]:
    """What stood published after each step."""
    line, at, stood = Timeline(people), START, list[Timeline]()
    for step in history:
        at += step.gap
        step.take(line, at=at)
        stood.append(line.copy())
    return stood


@FEWER
@given(histories(), override_sets())
def test_every_target_is_listed_or_auto(history: list[Step], people: Overrides) -> None:
    for line in publications(history, people):
        assert {redirect.to for redirect in line.redirects.values()} <= line.models.keys() | {"auto"}


@FEWER
@given(histories(), override_sets())
def test_every_redirect_is_one_step_long(history: list[Step], people: Overrides) -> None:
    for line in publications(history, people):
        targets = {redirect.to for redirect in line.redirects.values()}
        assert not targets & line.redirects.keys()


@FEWER
@given(histories(), override_sets())
def test_whoever_is_gone_is_redirected_and_nobody_who_is_there(history: list[Step], people: Overrides) -> None:
    for line in publications(history, people):
        gone = {i for i, state in line.states.items() if state in ("deprecated", "removed")}
        there = {i for i, state in line.states.items() if state == "active"}
        assert gone <= line.redirects.keys()
        assert not there & line.redirects.keys()


@FEWER
@given(histories(), override_sets())
def test_a_tombstone_names_the_target_of_its_redirect(history: list[Step], people: Overrides) -> None:
    for line in publications(history, people):
        for stone in line.tombstones.values():
            redirect = line.redirects.get(stone.id)
            assert stone.replacement == (redirect.to if redirect else None)
