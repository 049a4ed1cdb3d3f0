"""A feed is believed, held for a second look, or refused; the bounds are exact."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from modelsync.catalog.documents import HeldFeed
from modelsync.catalog.model_info import ModelInfo
from modelsync.errors import FeedFormatError
from modelsync.pipeline.guard import Verdict, judge
from tests.builders import a_model
from tests.timeline import HOUR, SECOND, START, a_source, parsed
from tests.world import Record, a_record, crowd

MINUTE = timedelta(minutes=1)
BELIEVED = Verdict(None, ())


def published(*ids: str, state: str = "active") -> dict[str, ModelInfo]:
    missing = None if state == "active" else START - HOUR
    tools = ("max_tokens", "tools")
    return {i: a_model(i, state=state, missing_since=missing, supported_parameters=tools) for i in ids}


def verdict(
    records: Sequence[object],
    models: Mapping[str, ModelInfo],
    *,
    held: HeldFeed | None = None,
    at: datetime = START,
    accept: bool = False,
) -> Verdict:
    return judge(parsed(*records), models, held=held, source=a_source(at=at), now=at, accept=accept)


def records(ids: list[str] | tuple[str, ...]) -> list[Record]:
    return [a_record(i) for i in ids]


def doubts(judged: Verdict) -> dict[str, int]:
    """How many subjects each rule doubts."""
    assert judged.held is not None, "the feed is believed"
    return {name: len(subjects) for name, subjects in judged.held.doubts.items()}


HUNDRED = crowd(100, vendors=20)
MODELS = published(*HUNDRED)


# Refused


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(FeedFormatError, match="data: expected at least one model, found an empty list"):
        verdict([], {})


@pytest.mark.parametrize("unreadable", [0, 1, 5])
def test_up_to_5_percent_unreadable_records_are_set_aside(unreadable: int) -> None:
    listed = [*records(HUNDRED[unreadable:]), *(a_record(i, prompt="x") for i in HUNDRED[:unreadable])]
    assert verdict(listed, MODELS) == BELIEVED


@pytest.mark.parametrize("unreadable", [6, 50, 100])
def test_more_than_5_percent_unreadable_records_refuse_the_feed(unreadable: int) -> None:
    listed = [*records(HUNDRED[unreadable:]), *(a_record(i, prompt="x") for i in HUNDRED[:unreadable])]
    with pytest.raises(FeedFormatError) as caught:
        verdict(listed, MODELS)
    assert str(caught.value).endswith(
        f"pricing.prompt: expected a decimal number, found 'x': "
        f"{unreadable} of 100 records cannot be read, where at most 5 % may"
    )


def test_a_feed_of_unreadable_records_is_refused_even_by_an_operator() -> None:
    with pytest.raises(FeedFormatError):
        verdict(["x", "y"], {}, accept=True)


# Held


def test_the_first_feed_is_believed() -> None:
    assert verdict(records(["a/b"]), {}) == BELIEVED


def test_the_same_feed_is_believed() -> None:
    assert verdict(records(HUNDRED), MODELS) == BELIEVED


@pytest.mark.parametrize("lost", [1, 8, 10])
def test_a_loss_of_up_to_10_percent_is_believed(lost: int) -> None:
    assert verdict(records(HUNDRED[lost:]), MODELS) == BELIEVED


@pytest.mark.parametrize("lost", [11, 50, 90, 99])
def test_a_loss_of_more_than_10_percent_is_held(lost: int) -> None:
    judged = verdict(records(HUNDRED[lost:]), MODELS)
    assert doubts(judged)["ids gone"] == lost


def test_a_swap_of_all_ids_is_held() -> None:
    judged = verdict(records(["new/one", *(f"new/m-{n}" for n in range(99))]), MODELS)
    assert doubts(judged) == {"ids gone": 100, "vendors gone": 20}


def test_a_record_that_is_there_but_unreadable_is_not_gone() -> None:
    listed = [*records(HUNDRED[14:]), *(a_record(i, prompt="x") for i in HUNDRED[10:14])]
    assert verdict(listed, MODELS) == BELIEVED


def test_a_model_that_a_feed_cannot_be_asked_about_is_not_gone() -> None:
    feed = replace(parsed(*records(HUNDRED[:50])), unjudged=frozenset(HUNDRED[50:]))
    judged = judge(feed, MODELS, held=None, source=a_source(at=START), now=START, accept=False)
    assert judged == BELIEVED
    fewer = replace(feed, unjudged=feed.unjudged - set(HUNDRED[89:]))
    judged = judge(fewer, MODELS, held=None, source=a_source(at=START), now=START, accept=False)
    assert doubts(judged)["ids gone"] == 11


def test_stale_models_are_not_missed_twice() -> None:
    models = {**published(*HUNDRED[:50]), **published(*HUNDRED[50:], state="stale")}
    assert verdict(records(HUNDRED[:50]), models) == BELIEVED


@pytest.mark.parametrize(
    ("vendors", "lost", "held"), [(24, 6, False), (24, 7, True), (20, 5, False), (20, 6, True), (5, 5, False)]
)
def test_more_than_five_vendors_and_a_quarter_of_them_gone_is_held(vendors: int, lost: int, held: bool) -> None:
    """One vendor with many models keeps the loss of ids below a tenth."""
    small = [f"v-{n}/m" for n in range(vendors - 1)]
    ids = [*small, *(f"big/m-{n}" for n in range(200))]
    gone = small[:lost]
    judged = verdict(records([i for i in ids if i not in gone]), published(*ids))
    assert (judged.held is not None) is held
    if held:
        assert doubts(judged) == {"vendors gone": lost}


def jumped(count: int) -> list[Record]:
    return [a_record(i, **({"prompt": "0.001"} if n < count else {})) for n, i in enumerate(HUNDRED)]


@pytest.mark.parametrize(("count", "held"), [(10, False), (11, True), (100, True)])
def test_prices_that_jump_in_more_than_a_tenth_of_the_models_are_held(count: int, held: bool) -> None:
    judged = verdict(jumped(count), MODELS)
    assert (judged.held is not None) is held
    if held:
        assert doubts(judged) == {"prices jumped": count}


@pytest.mark.parametrize("price", ["0", "0.001"])
def test_all_prices_at_zero_or_times_a_thousand_are_held(price: str) -> None:
    judged = verdict([a_record(i, prompt=price, completion=price) for i in HUNDRED], MODELS)
    assert doubts(judged) == {"prices jumped": 100}


@pytest.mark.parametrize(("count", "held"), [(5, False), (6, True)])
def test_up_to_five_jumps_are_judged_one_by_one_however_small_the_feed(count: int, held: bool) -> None:
    ids = HUNDRED[:10]
    listed = [a_record(i, **({"prompt": "0.001"} if n < count else {})) for n, i in enumerate(ids)]
    assert (verdict(listed, published(*ids)).held is not None) is held


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"supported_parameters": []}, "parameters gone"),
        ({"supported_parameters": None}, "parameters gone"),
        ({"context_length": None, "top_provider": None}, "limits gone"),
    ],
)
@pytest.mark.parametrize(("count", "held"), [(10, False), (11, True)])
def test_a_kind_of_facts_lost_by_more_than_a_tenth_is_held(
    fields: dict[str, object], name: str, count: int, held: bool
) -> None:
    listed = [a_record(i, **(fields if n < count else {})) for n, i in enumerate(HUNDRED)]
    judged = verdict(listed, MODELS)
    assert (judged.held is not None) is held
    if held:
        assert doubts(judged) == {name: count}


@pytest.mark.parametrize(("count", "held"), [(10, False), (11, True)])
def test_prices_that_become_variable_in_more_than_a_tenth_of_the_models_are_held(count: int, held: bool) -> None:
    listed = [a_record(i, **({"prompt": "-1", "completion": "-1"} if n < count else {})) for n, i in enumerate(HUNDRED)]
    judged = verdict(listed, MODELS)
    assert (judged.held is not None) is held
    if held:
        assert doubts(judged) == {"prices gone": count}


def test_prices_that_always_varied_are_not_missed() -> None:
    models = {i: a_model(i, pricing_status="dynamic") for i in HUNDRED}
    assert verdict([a_record(i, prompt="-1", completion="-1") for i in HUNDRED], models) == BELIEVED


def test_facts_that_were_never_there_are_not_missed() -> None:
    models = {i: a_model(id=i, supported_parameters=(), max_context=None) for i in HUNDRED}
    bare = [a_record(i, supported_parameters=[], context_length=None, top_provider=None) for i in HUNDRED]
    assert verdict(bare, models) == BELIEVED


def test_a_hold_says_why_and_of_which_feed() -> None:
    judged = verdict(records(HUNDRED[50:]), MODELS)
    assert judged.held is not None
    assert judged.held.reason == (
        "ids gone: 50 of 100, at most 10% expected (vendor-00/model-000, vendor-00/model-020, vendor-00/model-040, ...)"
    )
    assert judged.notes == (judged.held.reason,)
    assert judged.held.since == START
    assert judged.held.sha256 == "0" * 64


# The second look


def held_at(since: datetime, lost: int = 50) -> HeldFeed:
    judged = verdict(records(HUNDRED[lost:]), MODELS, at=since)
    assert judged.held is not None
    return judged.held


@pytest.mark.parametrize(("waited", "believed"), [(10 * MINUTE - SECOND, False), (10 * MINUTE, True), (6 * HOUR, True)])
def test_the_same_feed_again_is_believed_from_the_tenth_minute_on(waited: timedelta, believed: bool) -> None:
    held = held_at(START)
    judged = verdict(records(HUNDRED[50:]), MODELS, held=held, at=START + waited)
    assert judged.held is (None if believed else held)
    if believed:
        assert judged.notes == (f"confirmed by a second fetch: {held.reason}",)


def test_a_whole_feed_ends_a_hold() -> None:
    assert verdict(records(HUNDRED), MODELS, held=held_at(START), at=START + HOUR) == BELIEVED


def test_fewer_losses_than_were_held_confirm_it() -> None:
    judged = verdict(records(HUNDRED[30:]), MODELS, held=held_at(START), at=START + HOUR)
    assert judged.held is None


def test_a_few_more_losses_than_were_held_confirm_it_still() -> None:
    judged = verdict(records(HUNDRED[60:]), MODELS, held=held_at(START), at=START + HOUR)
    assert judged.held is None


def test_many_more_losses_than_were_held_count_anew() -> None:
    judged = verdict(records(HUNDRED[61:]), MODELS, held=held_at(START), at=START + HOUR)
    assert judged.held is not None
    assert judged.held.since == START + HOUR
    assert doubts(judged)["ids gone"] == 61


def test_other_losses_than_were_held_count_anew() -> None:
    judged = verdict(records(HUNDRED[:50]), MODELS, held=held_at(START), at=START + HOUR)
    assert judged.held is not None
    assert judged.held.since == START + HOUR


def test_another_doubt_than_the_one_held_counts_anew() -> None:
    judged = verdict(jumped(50), MODELS, held=held_at(START), at=START + HOUR)
    assert judged.held is not None
    assert doubts(judged) == {"prices jumped": 50}


def test_an_operator_may_accept_a_doubtful_feed() -> None:
    judged = verdict(records(HUNDRED[50:]), MODELS, accept=True)
    assert judged.held is None
    assert judged.notes[0].startswith("accepted by an operator: ids gone: 50 of 100")
