"""A log of typed changes, from which the states of all ids can be rebuilt."""

from datetime import UTC, datetime

import pytest

from modelsync.catalog.events import KIND_OF_STATE, STATE_AFTER, Event, EventKind, fold_states
from modelsync.catalog.lifecycle import LifecycleState

AT = datetime(2026, 6, 1, tzinfo=UTC)


def an_event(kind: EventKind, model_id: str = "a/b") -> Event:
    return Event(at=AT, generation=1, kind=kind, id=model_id)


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (["added"], "active"),
        (["added", "stale"], "stale"),
        (["added", "stale", "deprecated"], "deprecated"),
        (["added", "stale", "deprecated", "removed"], "removed"),
        (["added", "stale", "removed"], "removed"),
        (["added", "stale", "reappeared"], "active"),
        (["added", "stale", "deprecated", "removed", "reappeared"], "active"),
        (["added", "price", "capability", "context", "alias", "curated-in", "expiry-passed"], "active"),
        (["added", "stale", "renamed", "price-news"], "stale"),
    ],
)
def test_the_last_move_of_a_life_is_its_state(kinds: list[str], state: str) -> None:
    events = [an_event(EventKind(kind)) for kind in kinds]
    assert fold_states(events) == {"a/b": LifecycleState(state)}


def test_an_empty_log_knows_nobody() -> None:
    assert fold_states([]) == {}


def test_each_id_has_its_own_life() -> None:
    log = [an_event(EventKind.ADDED, "a/b"), an_event(EventKind.ADDED, "c/d"), an_event(EventKind.STALE, "a/b")]
    assert fold_states(log) == {"a/b": LifecycleState.STALE, "c/d": LifecycleState.ACTIVE}


def test_the_kind_that_tells_a_state_leads_to_that_state() -> None:
    assert all(STATE_AFTER[kind] is state for state, kind in KIND_OF_STATE.items())
    assert set(KIND_OF_STATE) == {LifecycleState.STALE, LifecycleState.DEPRECATED, LifecycleState.REMOVED}
