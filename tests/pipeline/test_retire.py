"""Models that the feed no longer lists age, and leave a tombstone that is never taken back."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from modelsync.catalog.documents import Tombstone
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.overrides import Overrides
from modelsync.pipeline.retire import Bound, Census, age, everything_is_bound, is_buried
from tests.builders import a_model
from tests.timeline import DAY, HOUR, SECOND, START, nobody_is_bound, overrides

HERE, GONE = a_model(id="a/here"), a_model(id="a/gone")


def census(*models: ModelInfo, stones: Iterable[Tombstone] = ()) -> Census:
    return Census({model.id: model for model in models}, {stone.id: stone for stone in stones})


def missing_for(time: timedelta, **fields: Any) -> Census:
    """A census in which `a/gone` went missing that long before START."""
    return census(HERE, a_model(id="a/gone", state="stale", missing_since=START - time, **fields))


def aged(
    before: Census,
    present: Iterable[ModelInfo] = (HERE,),
    *,
    rules: Overrides | None = None,
    bound: Bound = nobody_is_bound,
    at: datetime = START,
) -> Census:
    return age(
        before,
        {model.id: model for model in present},
        overrides=rules or Overrides(),
        bound=bound,
        seen_until=at,
    )


def states(of: Census) -> Mapping[str, str]:
    buried = {i: str(stone.state) for i, stone in of.tombstones.items()}
    return {**buried, **{i: str(model.state) for i, model in of.listed.items()}}


def test_a_model_that_is_not_there_for_the_first_time_is_stale_from_now_on() -> None:
    after = aged(census(HERE, GONE))
    assert (after.listed["a/gone"].state, after.listed["a/gone"].missing_since) == ("stale", START)
    assert after.tombstones == {}


def test_who_is_there_stays_as_judged() -> None:
    assert aged(census(HERE)).listed["a/here"] is HERE


def test_a_stale_model_that_nothing_happens_to_is_the_same_value() -> None:
    before = missing_for(DAY)
    assert aged(before).listed["a/gone"] is before.listed["a/gone"]


@pytest.mark.parametrize(
    ("missing", "state"),
    [
        (14 * DAY - SECOND, "stale"),
        (14 * DAY, "deprecated"),
        (30 * DAY - SECOND, "deprecated"),
        (30 * DAY, "removed"),
    ],
)
def test_a_missing_model_grows_old(missing: timedelta, state: str) -> None:
    assert states(aged(missing_for(missing)))["a/gone"] == state


@pytest.mark.parametrize(("missing", "state"), [(14 * DAY, "deprecated"), (30 * DAY, "deprecated")])
def test_a_bound_model_is_not_removed(missing: timedelta, state: str) -> None:
    assert states(aged(missing_for(missing), bound="a/gone".__eq__))["a/gone"] == state


def test_a_model_bound_by_nobody_is_removed_beside_one_that_is_bound() -> None:
    assert states(aged(missing_for(30 * DAY), bound="a/here".__eq__))["a/gone"] == "removed"


def test_while_the_registry_cannot_be_read_everything_is_bound() -> None:
    assert everything_is_bound("whatever")
    assert states(aged(missing_for(179 * DAY), bound=everything_is_bound))["a/gone"] == "deprecated"
    assert states(aged(missing_for(180 * DAY), bound=everything_is_bound))["a/gone"] == "removed"


def test_a_tombstone_keeps_the_last_known_record() -> None:
    after = aged(missing_for(14 * DAY + HOUR, first_seen=START - 90 * DAY))
    assert "a/gone" not in after.listed
    stone = after.tombstones["a/gone"]
    assert (stone.state, stone.first_seen, stone.missing_since) == (
        "deprecated",
        START - 90 * DAY,
        START - 14 * DAY - HOUR,
    )
    assert (stone.deprecated_at, stone.removed_at, stone.returned_at) == (START, None, None)
    assert stone.last_known.pricing == GONE.pricing
    assert stone.last_known.state == "stale"
    assert is_buried(stone)


def test_a_model_not_looked_at_for_a_month_is_removed_at_once() -> None:
    stone = aged(missing_for(31 * DAY)).tombstones["a/gone"]
    assert (stone.state, stone.deprecated_at, stone.removed_at) == ("removed", START, START)


def test_a_deprecated_model_is_removed_in_its_time() -> None:
    deprecated = aged(missing_for(14 * DAY))
    later = aged(deprecated, at=START + 16 * DAY)
    stone = later.tombstones["a/gone"]
    assert (stone.state, stone.deprecated_at, stone.removed_at) == ("removed", START, START + 16 * DAY)


def test_a_deprecated_model_that_nothing_happens_to_is_the_same_value() -> None:
    deprecated = aged(missing_for(14 * DAY))
    assert aged(deprecated, at=START + DAY).tombstones["a/gone"] is deprecated.tombstones["a/gone"]


def test_a_removed_model_stays_removed_whoever_binds_it_later() -> None:
    removed = aged(missing_for(30 * DAY))
    assert states(aged(removed, bound=everything_is_bound, at=START + DAY))["a/gone"] == "removed"


@pytest.mark.parametrize("missing", [DAY, 14 * DAY, 30 * DAY])
def test_a_model_that_returns_is_active_from_any_state(missing: timedelta) -> None:
    after = aged(aged(missing_for(missing)), (HERE, GONE), at=START + DAY)
    assert states(after) == {"a/gone": "active", "a/here": "active"}


def test_a_tombstone_stays_when_its_model_returns() -> None:
    after = aged(aged(missing_for(14 * DAY)), (HERE, GONE), at=START + DAY)
    stone = after.tombstones["a/gone"]
    assert (stone.state, stone.returned_at, stone.deprecated_at) == ("active", START + DAY, START)
    assert not is_buried(stone)
    assert aged(after, (HERE, GONE), at=START + 2 * DAY).tombstones["a/gone"] is stone


def test_a_tombstone_remembers_the_first_return() -> None:
    back = aged(aged(missing_for(14 * DAY)), (HERE, GONE), at=START + DAY)
    away = aged(back, at=START + 2 * DAY)
    assert (away.tombstones["a/gone"].state, away.tombstones["a/gone"].returned_at) == ("stale", START + DAY)
    again = aged(away, (HERE, GONE), at=START + 3 * DAY)
    assert (again.tombstones["a/gone"].state, again.tombstones["a/gone"].returned_at) == ("active", START + DAY)


def test_a_model_that_left_again_grows_old_from_its_second_leave() -> None:
    back = aged(aged(missing_for(14 * DAY)), (HERE, GONE), at=START + DAY)
    again = aged(back, at=START + 2 * DAY)
    assert states(again)["a/gone"] == "stale"
    assert again.tombstones["a/gone"].state == "stale"
    assert states(aged(again, at=START + 16 * DAY - SECOND))["a/gone"] == "stale"
    dead = aged(again, at=START + 16 * DAY)
    assert states(dead)["a/gone"] == "deprecated"
    assert dead.tombstones["a/gone"].missing_since == START + 2 * DAY


def test_people_may_bury_a_missing_model_at_once() -> None:
    for state in ("deprecated", "removed"):
        rules = overrides(deprecation_overrides={"tombstones": [{"id": "a/gone", "state": state}]})
        assert states(aged(census(HERE, GONE), rules=rules))["a/gone"] == state


def test_nobody_is_buried_while_the_feed_lists_them() -> None:
    rules = overrides(deprecation_overrides={"tombstones": [{"id": "a/here", "state": "removed"}]})
    assert states(aged(census(HERE), rules=rules)) == {"a/here": "active"}


def test_a_burial_never_makes_a_model_younger() -> None:
    rules = overrides(deprecation_overrides={"tombstones": [{"id": "a/gone", "state": "deprecated"}]})
    assert states(aged(missing_for(30 * DAY), rules=rules))["a/gone"] == "removed"


def test_people_may_keep_a_missing_model_waiting() -> None:
    rules = overrides(deprecation_overrides={"pins": [{"id": "a/gone"}]})
    assert states(aged(missing_for(400 * DAY), rules=rules))["a/gone"] == "stale"


def test_a_pin_comes_too_late_for_the_dead() -> None:
    rules = overrides(deprecation_overrides={"pins": [{"id": "a/gone"}]})
    deprecated = aged(missing_for(14 * DAY))
    assert states(aged(deprecated, rules=rules, at=START + 30 * DAY))["a/gone"] == "deprecated"


@pytest.mark.parametrize(
    ("expires", "cause"),
    [
        (None, "left the feed unannounced"),
        (-16 * DAY, "ended as announced for 2026-05-16"),
        (-15 * DAY, "ended as announced for 2026-05-17"),
        (-15 * DAY + SECOND, "left the feed before its announced end of 2026-05-17"),
        (20 * DAY, "left the feed before its announced end of 2026-06-21"),
    ],
)
def test_a_tombstone_says_whether_the_end_was_announced(expires: timedelta | None, cause: str) -> None:
    end = None if expires is None else START + expires
    assert aged(missing_for(15 * DAY, expires_at=end)).tombstones["a/gone"].cause == cause


def test_a_price_that_waited_is_not_remembered() -> None:
    pending = {"pricing": GONE.pricing, "since": START, "reason": "a jump"}
    model = a_model(id="a/gone", state="stale", missing_since=START - 15 * DAY, pending_pricing=pending)
    assert aged(census(model), ()).tombstones["a/gone"].last_known.pending_pricing is None


def test_everyone_is_in_the_order_of_the_ids() -> None:
    models = [a_model(id=i) for i in ("c/c", "a/a", "b/b")]
    after = aged(census(*models), models)
    assert list(after.listed) == ["a/a", "b/b", "c/c"]
