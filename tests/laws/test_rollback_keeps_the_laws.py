"""A rollback keeps the laws: 3 (no id is forgotten), 5 (an alias never moves to another model), 6 (redirects are one
step long and lead to somebody), and the log still tells where everybody stands."""

from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.events import fold_states
from modelsync.pipeline.overrides import Overrides
from tests.strategies import Step, feeds, override_sets, steps
from tests.timeline import START, Timeline

Act = tuple[Step, Overrides, int | None]
acts = st.lists(st.tuples(steps(feeds()), override_sets(), st.none() | st.integers(1, 9)), min_size=2, max_size=4)


def lines(history: list[Act]) -> Any:
    """What stands after each act: a step under some overrides, then perhaps a rollback to some generation."""
    line = Timeline()
    at: datetime = START
    for step, people, back in history:
        at += step.gap
        line.overrides = people
        step.take(line, at=at)
        yield line
        if back is not None and back in line.generations:
            line.roll_back(back, at=at)
            yield line


@given(acts)
def test_no_id_is_forgotten(history: list[Act]) -> None:
    ever: set[str] = set()
    stones: set[str] = set()
    for line in lines(history):
        ever |= line.models.keys()
        assert ever == line.models.keys() | line.tombstones.keys()
        assert stones <= line.tombstones.keys()
        stones = set(line.tombstones)


@given(acts)
def test_the_log_tells_where_everybody_stands(history: list[Act]) -> None:
    for line in lines(history):
        assert fold_states(line.log) == line.published.states()


@given(acts)
def test_an_alias_never_moves_to_another_model(history: list[Act]) -> None:
    owners: dict[str, str] = {}
    for line in lines(history):
        for model in line.models.values():
            assert owners.setdefault(model.alias, model.id) == model.id
        assert len({model.alias for model in line.models.values()}) == len(line.models)


@given(acts)
def test_every_alias_ever_published_is_still_known(history: list[Act]) -> None:
    owners: dict[str, str] = {}
    for line in lines(history):
        owners |= {model.alias: model.id for model in line.models.values()}
        known = {stone.last_known.alias: stone.id for stone in line.tombstones.values()}
        known |= {model.alias: model.id for model in line.models.values()}
        if line.published.deprecations is not None:
            known |= {each.old_alias: each.model_id for each in line.published.deprecations.alias_history}
        assert owners.items() <= known.items()


@given(acts)
def test_redirects_are_one_step_long_and_lead_to_somebody(history: list[Act]) -> None:
    for line in lines(history):
        targets = {redirect.to for redirect in line.redirects.values()}
        assert targets <= line.models.keys() | {"auto"}
        assert not targets & line.redirects.keys()
        gone = {i for i, state in line.states.items() if state in ("deprecated", "removed")}
        assert gone <= line.redirects.keys()


@given(acts)
def test_the_shortlist_names_nobody_who_is_gone(history: list[Act]) -> None:
    """As long as the generation that is restored had one."""
    line = Timeline()
    at: datetime = START
    for step, people, back in history:
        at += step.gap
        line.overrides = people
        line.read(*step.records, at=at, accept=True)
        line.curate(at=at)
        if back is not None and back in line.generations and line.generations[back].curated is not None:
            target = line.generations[back]
            line.roll_back(back, at=at)
            assert line.models == target.models()
            assert target.curated is not None
            assert line.published.curated is not None
            assert line.published.curated.models == target.curated.models
