"""What clients reported outlives the return to an older generation."""

from datetime import date

import pytest

from modelsync.catalog.capabilities import Capability, DetectionSource
from modelsync.catalog.figures import Rating, Telemetry
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.telemetry.flags import flag_of, with_flag
from modelsync.pipeline.telemetry.rollback import telemetry_of_now, with_flags_of_now
from tests.builders import a_model

TOOLS = Capability.TOOLS
API, TELEMETRY, OVERRIDE = DetectionSource.API, DetectionSource.TELEMETRY, DetectionSource.OVERRIDE
Flag = tuple[bool | None, DetectionSource]
LISTED, LOWERED, UNKNOWN = (True, API), (False, TELEMETRY), (None, TELEMETRY)
EARLY, LATE = date(2026, 5, 1), date(2026, 7, 1)


def a_record(flag: Flag, *, slug: str = "a/b", parameters: tuple[str, ...] = ("tools",)) -> ModelInfo:
    model = a_model("a/b", canonical_slug=slug, supported_parameters=parameters)
    return with_flag(model, TOOLS, value=flag[0], source=flag[1])


def restored(then: ModelInfo, now: ModelInfo | None) -> Flag:
    """The flag of a record of then, after the rollback from what stands now."""
    models = with_flags_of_now({"a/b": then}, now={} if now is None else {"a/b": now})
    found = flag_of(models["a/b"], TOOLS)
    assert found.source is not None
    return found.value, found.source


@pytest.mark.parametrize(
    ("then", "now", "after"),
    [
        (LISTED, LISTED, LISTED),
        (LISTED, LOWERED, LOWERED),
        (LISTED, UNKNOWN, UNKNOWN),
        (LOWERED, UNKNOWN, UNKNOWN),
        (LOWERED, LISTED, LISTED),
        (LOWERED, (True, OVERRIDE), LOWERED),
        ((True, OVERRIDE), LOWERED, (True, OVERRIDE)),
        ((False, API), LOWERED, (False, API)),
        (LISTED, (False, OVERRIDE), LISTED),
    ],
)
def test_a_flag_is_that_of_then_but_for_what_clients_found_out_since(then: Flag, now: Flag, after: Flag) -> None:
    assert restored(a_record(then), a_record(now)) == after


@pytest.mark.parametrize("then", [LISTED, LOWERED])
def test_another_release_has_its_own_flag(then: Flag) -> None:
    now = LOWERED if then == LISTED else LISTED
    assert restored(a_record(then), a_record(now, slug="a/b-2")) == then


@pytest.mark.parametrize(("parameters", "after"), [(("tool_choice", "tools"), LISTED), (("seed", "tools"), LOWERED)])
def test_where_the_list_says_something_else_of_the_capability_its_own_flag_counts(
    parameters: tuple[str, ...], after: Flag
) -> None:
    assert restored(a_record(LISTED), a_record(LOWERED, parameters=parameters)) == after


def test_who_is_not_listed_now_is_as_it_was() -> None:
    assert restored(a_record(LOWERED), None) == LOWERED


def told(since: date, standing: str | None = None) -> Telemetry:
    rating = {} if standing is None else {"a/b": {"supportsTools": Rating.model_validate({"standing": standing})}}
    return Telemetry(since=since, ratings=rating)


def test_reports_are_judged_since_the_day_that_stands() -> None:
    assert telemetry_of_now(told(EARLY), told(LATE), restored={}) == told(LATE)
    assert telemetry_of_now(None, told(LATE), restored={}) == told(LATE)
    assert telemetry_of_now(told(EARLY), None, restored={}) == told(EARLY)
    assert telemetry_of_now(None, None, restored={}) is None


@pytest.mark.parametrize(
    ("flag", "then", "now", "after"),
    [
        (LOWERED, "lowered", "watched", "lowered"),
        (LOWERED, "lowered", None, "lowered"),
        (LOWERED, "watched", "lowered", "lowered"),
        (UNKNOWN, "lowered", "unverified", "unverified"),
        (LISTED, "lowered", "watched", "watched"),
        (LISTED, "lowered", None, None),
    ],
)
def test_a_rating_is_that_of_now_unless_it_was_taken_back_with_its_flag(
    flag: Flag, then: str | None, now: str | None, after: str | None
) -> None:
    found = telemetry_of_now(told(EARLY, then), told(LATE, now), restored={"a/b": a_record(flag)})
    assert found == told(LATE, after)


def test_a_rating_that_stands_goes_before_an_older_one_of_the_same_flag() -> None:
    older, newer = (
        Telemetry(since=EARLY, ratings={"a/b": {"supportsTools": Rating(standing="lowered", decided_on=day)}})
        for day in (EARLY, LATE)
    )
    assert telemetry_of_now(older, newer, restored={"a/b": a_record(LOWERED)}) == newer
