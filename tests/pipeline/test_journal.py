"""What happened between two catalogs; a price is news once it has stayed 5 % away for 24 hours."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modelsync.catalog.documents import AliasChange, Redirect, Tombstone
from modelsync.catalog.events import Event, EventKind
from modelsync.catalog.model_info import ModelInfo, PriceOverride, Pricing
from modelsync.pipeline.journal import Journalist, in_order, price_news
from modelsync.pipeline.retire import Census
from tests.builders import a_model
from tests.timeline import DAY, HOUR, SECOND, START

JOURNALIST = Journalist(now=START, generation=7, last_look=START - 6 * HOUR)


def census(*everyone: ModelInfo | Tombstone) -> Census:
    return Census(
        {each.id: each for each in everyone if isinstance(each, ModelInfo)},
        {each.id: each for each in everyone if isinstance(each, Tombstone)},
    )


def a_stone(model_id: str = "a/b", *, state: str = "deprecated", cause: str = "left the feed unannounced") -> Tombstone:
    return Tombstone.model_validate(
        {
            "id": model_id,
            "state": state,
            "cause": cause,
            "replacement": None,
            "first_seen": START - 90 * DAY,
            "missing_since": START - 20 * DAY,
            "deprecated_at": START - 6 * DAY,
            "removed_at": None,
            "returned_at": None,
            "last_known": a_model(id=model_id),
        }
    )


def a_stale(model_id: str = "a/b") -> ModelInfo:
    return a_model(id=model_id, state="stale", missing_since=START - DAY)


def report(
    before: Census,
    after: Census,
    *,
    alias_changes: Iterable[AliasChange] = (),
    redirects: Iterable[Redirect] = (),
    known: Iterable[Redirect] = (),
) -> list[Event]:
    return list(
        JOURNALIST.report(before, after, alias_changes=alias_changes, redirects=redirects, known_redirects=known)
    )


def an_event(kind: str, **details: Any) -> Event:
    return Event(**{"at": START, "generation": 7, "kind": EventKind(kind), "id": "a/b", **details})


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Event]:
    """What is told of a model that stayed, and that had and has these fields."""
    return report(census(a_model(id="a/b", **before)), census(a_model(id="a/b", **after)))


# Lives


def test_nothing_happened_where_nothing_changed() -> None:
    assert report(census(a_model(id="a/b"), a_stone("c/d")), census(a_model(id="a/b"), a_stone("c/d"))) == []


def test_a_model_that_was_never_seen_is_added() -> None:
    assert report(census(), census(a_model(id="a/b"))) == [an_event("added")]


@pytest.mark.parametrize(
    ("before", "state"), [(a_stale(), "stale"), (a_stone(), "deprecated"), (a_stone(state="removed"), "removed")]
)
def test_a_model_that_returns_has_reappeared(before: ModelInfo | Tombstone, state: str) -> None:
    stones = [a_stone(state="active")] if isinstance(before, Tombstone) else []
    assert report(census(before), census(a_model(id="a/b"), *stones)) == [
        an_event("reappeared", before=state, after="active")
    ]


@pytest.mark.parametrize(
    ("before", "after", "kind", "details"),
    [
        (a_model(id="a/b"), a_stale(), "stale", {"before": "active", "after": "stale"}),
        (
            a_stale(),
            a_stone(),
            "deprecated",
            {"before": "stale", "after": "deprecated", "note": "left the feed unannounced"},
        ),
        (
            a_stone(),
            a_stone(state="removed"),
            "removed",
            {"before": "deprecated", "after": "removed", "note": "left the feed unannounced"},
        ),
        (
            a_stale(),
            a_stone(state="removed", cause="ended as announced for 2026-05-01"),
            "removed",
            {"before": "stale", "after": "removed", "note": "ended as announced for 2026-05-01"},
        ),
    ],
)
def test_every_step_towards_the_grave_is_told(
    before: ModelInfo | Tombstone, after: ModelInfo | Tombstone, kind: str, details: dict[str, Any]
) -> None:
    assert report(census(before), census(after)) == [an_event(kind, **details)]


def test_a_model_that_stays_away_is_told_of_once() -> None:
    assert report(census(a_stale()), census(a_stale())) == []


# Changes of who stayed


def a_pricing(prompt: str, completion: str = "2", **more: Any) -> Pricing:
    return Pricing(
        prompt_per_million=prompt,
        completion_per_million=completion,
        **{"per_unit": {}, "overrides": (), "raw": {}, **more},
    )


def test_a_price_is_told_by_the_legs_that_changed() -> None:
    old = a_pricing("1", cache_read_per_million="0.1", per_unit={"image": "0.04"})
    new = a_pricing("1.5", per_unit={"image": "0.04", "web_search": "0.01"})
    assert changes({"pricing": old}, {"pricing": new}) == [
        an_event(
            "price",
            before={"cacheReadPerMillion": "0.1", "promptPerMillion": "1", "web_search": None},
            after={"cacheReadPerMillion": None, "promptPerMillion": "1.5", "web_search": "0.01"},
        )
    ]


def test_conditional_prices_are_told_apart_from_plain_ones() -> None:
    condition = PriceOverride(min_prompt_tokens=200000, prompt_per_million="2")
    assert changes({"pricing": a_pricing("1")}, {"pricing": a_pricing("1", overrides=(condition,))}) == [
        an_event("price", field="overrides", note="conditional prices changed")
    ]


def test_another_spelling_of_the_same_price_is_no_change() -> None:
    assert changes({"pricing": a_pricing("1", raw={"prompt": "0.000001"})}, {"pricing": a_pricing("1")}) == []


@pytest.mark.parametrize(
    ("before", "after", "event"),
    [
        (
            {"max_context": 163840},
            {"max_context": 131072},
            an_event("context", field="maxContext", before=163840, after=131072),
        ),
        ({"max_output": 8192}, {"max_output": None}, an_event("context", field="maxOutput", before=8192, after=None)),
        (
            {"supports_tools": True},
            {"supports_tools": False},
            an_event("capability", field="supportsTools", before=True, after=False),
        ),
        (
            {"structured_output": None},
            {"structured_output": True},
            an_event("capability", field="structuredOutput", before=None, after=True),
        ),
        (
            {"reasoning": "none"},
            {"reasoning": "fixed"},
            an_event("capability", field="reasoning", before="none", after="fixed"),
        ),
        ({"is_free": True}, {"is_free": False}, an_event("capability", field="isFree", before=True, after=False)),
        ({"json_mode": True}, {"json_mode": False}, an_event("capability", field="jsonMode", before=True, after=False)),
    ],
)
def test_a_limit_or_a_flag_that_changed_is_told(before: dict[str, Any], after: dict[str, Any], event: Event) -> None:
    assert changes(before, after) == [event]


END, LATER = datetime(2026, 8, 8, 13, tzinfo=UTC), datetime(2026, 9, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after", "kind", "was", "is_now"),
    [
        (None, END, "expiry-announced", None, "2026-08-08T13:00:00Z"),
        (END, LATER, "expiry-moved", "2026-08-08T13:00:00Z", "2026-09-01T13:00:00Z"),
        (END, None, "expiry-withdrawn", "2026-08-08T13:00:00Z", None),
    ],
)
def test_an_end_is_announced_moved_or_withdrawn(
    before: datetime | None, after: datetime | None, kind: str, was: str | None, is_now: str | None
) -> None:
    assert changes({"expires_at": before}, {"expires_at": after}) == [an_event(kind, before=was, after=is_now)]


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (START + SECOND, False),
        (START, True),
        (START - 6 * HOUR + SECOND, True),
        (START - 6 * HOUR, False),
        (START - DAY, False),
    ],
)
def test_an_end_that_passed_since_the_last_look_is_told_once(end: datetime, told: bool) -> None:
    passed = an_event("expiry-passed", before=f"{end:%Y-%m-%dT%H:%M:%SZ}", note="it is still listed")
    assert changes({"expires_at": end}, {"expires_at": end}) == ([passed] if told else [])


def test_nothing_has_passed_at_the_first_look() -> None:
    first = Journalist(now=START, generation=1, last_look=None)
    model, again = (a_model(id="a/b", expires_at=START - DAY) for _ in range(2))
    assert first.report(census(model), census(again), alias_changes=(), redirects=(), known_redirects=()) == ()


def test_names_and_descriptions_may_change_in_silence() -> None:
    assert changes({"name": "xAI: Grok", "description": "a"}, {"name": "SpaceXAI: Grok", "description": "b"}) == []


def test_a_model_that_came_back_changed_tells_both() -> None:
    back = a_model(id="a/b", max_context=1000)
    assert [event.kind for event in report(census(a_stale()), census(back))] == ["reappeared", "context"]


def test_a_model_that_came_back_from_the_dead_changed_tells_both() -> None:
    back = census(a_model(id="a/b", pricing=a_pricing("9")), a_stone(state="active"))
    assert [event.kind for event in report(census(a_stone()), back)] == ["reappeared", "price"]


# Names


def a_redirect(source: str, to: str, kind: str = "renamed") -> Redirect:
    return Redirect.model_validate(
        {
            "from": source,
            "to": to,
            "kind": kind,
            "confidence": "certain",
            "priceSafe": True,
            "reason": "a test",
            "since": START,
        }
    )


def test_a_rename_is_told_when_it_is_found() -> None:
    rename = a_redirect("a/old", "a/new")
    assert report(census(), census(), redirects=[rename]) == [
        an_event("renamed", id="a/old", before="a/old", after="a/new")
    ]
    assert report(census(), census(), redirects=[rename], known=[rename]) == []


def test_a_rename_that_was_first_redirected_otherwise_is_told() -> None:
    guess, rename = a_redirect("a/old", "auto", kind="auto"), a_redirect("a/old", "a/new")
    assert len(report(census(), census(), redirects=[rename], known=[guess])) == 1


def test_other_redirects_are_no_rename() -> None:
    assert report(census(), census(), redirects=[a_redirect("a/old", "a/new", kind="family")]) == []


def test_a_new_alias_is_told() -> None:
    change = AliasChange(old_alias="old", new_alias="new", model_id="a/b", since=START)
    assert report(census(), census(), alias_changes=[change]) == [an_event("alias", before="old", after="new")]


def test_the_events_of_a_run_are_in_the_order_of_ids_and_kinds() -> None:
    events = [
        an_event("capability", field="supportsTools"),
        an_event("added", id="b/b"),
        an_event("capability", field="jsonMode"),
        an_event("price"),
        an_event("stale"),
        an_event("added", id="a/a"),
    ]
    ordered = [(event.id, str(event.kind), event.field) for event in in_order(events)]
    assert ordered == [
        ("a/a", "added", None),
        ("a/b", "stale", None),
        ("a/b", "price", None),
        ("a/b", "capability", "jsonMode"),
        ("a/b", "capability", "supportsTools"),
        ("b/b", "added", None),
    ]
    assert in_order(reversed(events)) == in_order(events)


# News


def a_move(before: str | None, after: str | None, *, ago: timedelta, model_id: str = "a/b") -> Event:
    return Event(
        at=START - ago,
        generation=1,
        kind=EventKind.PRICE,
        id=model_id,
        before={"promptPerMillion": before},
        after={"promptPerMillion": after},
    )


def news(*log: Event) -> list[tuple[str, Any, Any]]:
    told = price_news(log, now=START, generation=7)
    assert all((event.at, event.generation, event.kind) == (START, 7, "price-news") for event in told)
    return [(event.id, event.before, event.after) for event in told]


@pytest.mark.parametrize(("ago", "told"), [(24 * HOUR - SECOND, False), (24 * HOUR, True), (30 * DAY, True)])
def test_a_price_that_held_for_24_hours_is_news(ago: timedelta, told: bool) -> None:
    expected = [("a/b", {"promptPerMillion": "1"}, {"promptPerMillion": "2"})]
    assert news(a_move("1", "2", ago=ago)) == (expected if told else [])


@pytest.mark.parametrize(
    ("after", "told"), [("1.049", False), ("1.05", True), ("0.951", False), ("0.95", True), ("0", True), (None, True)]
)
def test_a_move_of_at_least_5_percent_is_news(after: str | None, told: bool) -> None:
    assert bool(news(a_move("1", after, ago=2 * DAY))) is told


def test_a_price_out_of_nothing_is_news() -> None:
    assert len(news(a_move(None, "1", ago=2 * DAY))) == 1
    assert len(news(a_move("0", "1", ago=2 * DAY))) == 1


def test_a_price_that_went_back_is_no_news() -> None:
    assert news(a_move("1", "2", ago=3 * DAY), a_move("2", "1.01", ago=2 * DAY)) == []


def test_a_price_that_kept_moving_away_from_the_last_news_is_news() -> None:
    log = [a_move("1", "2", ago=25 * HOUR), a_move("2", "3", ago=2 * HOUR), a_move("3", "2.5", ago=HOUR)]
    assert news(*log) == [("a/b", {"promptPerMillion": "1"}, {"promptPerMillion": "2.5"})]


def test_a_price_that_came_back_in_between_begins_anew() -> None:
    log = [a_move("1", "2", ago=3 * DAY), a_move("2", "1", ago=2 * DAY), a_move("1", "2", ago=HOUR)]
    assert news(*log) == []


def test_small_steps_add_up_to_news() -> None:
    log = [a_move("1", "1.04", ago=5 * DAY), a_move("1.04", "1.08", ago=2 * DAY)]
    assert news(*log) == [("a/b", {"promptPerMillion": "1"}, {"promptPerMillion": "1.08"})]


def test_news_is_told_once() -> None:
    log = [a_move("1", "2", ago=3 * DAY)]
    told = price_news(log, now=START, generation=7)
    assert price_news([*log, *told], now=START + DAY, generation=8) == ()


def test_the_next_news_is_measured_from_the_last() -> None:
    told = Event(
        at=START - 5 * DAY,
        generation=3,
        kind=EventKind.PRICE_NEWS,
        id="a/b",
        before={"promptPerMillion": "1"},
        after={"promptPerMillion": "2"},
    )
    first = a_move("1", "2", ago=6 * DAY)
    assert news(first, told, a_move("2", "2.09", ago=2 * DAY)) == []
    assert news(first, told, a_move("2", "1", ago=2 * DAY)) == [
        ("a/b", {"promptPerMillion": "2"}, {"promptPerMillion": "1"})
    ]


def test_news_says_since_when_it_has_held() -> None:
    (event,) = price_news([a_move("1", "2", ago=30 * HOUR)], now=START, generation=7)
    assert event.note == "held since 2026-05-31T00:00:00Z"


def test_conditional_prices_are_no_news() -> None:
    event = an_event("price", at=START - 2 * DAY, field="overrides", note="conditional prices changed")
    assert price_news([event], now=START, generation=7) == ()


def test_prices_of_other_units_are_no_news() -> None:
    event = an_event("price", at=START - 2 * DAY, before={"web_search": "1"}, after={"web_search": "9"})
    assert price_news([event], now=START, generation=7) == ()


def test_each_model_has_its_own_news_in_the_order_of_the_ids() -> None:
    log = [
        a_move("1", "2", ago=2 * DAY, model_id="b/b"),
        a_move("1", "2", ago=2 * DAY, model_id="a/a"),
        a_move("1", "1.01", ago=2 * DAY, model_id="c/c"),
    ]
    assert [model_id for model_id, _, _ in news(*log)] == ["a/a", "b/b"]


def test_two_legs_that_move_at_different_times_are_one_news() -> None:
    prompt = a_move("1", "2", ago=3 * DAY)
    completion = an_event(
        "price", at=START - 2 * DAY, before={"completionPerMillion": "5"}, after={"completionPerMillion": "9"}
    )
    assert news(prompt, completion) == [
        (
            "a/b",
            {"promptPerMillion": "1", "completionPerMillion": "5"},
            {"promptPerMillion": "2", "completionPerMillion": "9"},
        )
    ]
