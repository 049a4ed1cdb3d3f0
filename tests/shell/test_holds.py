"""Feeds and prices that wait for a second look: what confirms them, what does not, and what an operator may do."""

from datetime import timedelta

import pytest

from tests.feeds.bad_feeds import GOOD_IDS
from tests.promises import assert_in_order
from tests.world import MODELS, START, World

TEN_MINUTES = timedelta(minutes=10)
SOME, OTHERS = GOOD_IDS[:12], GOOD_IDS[12:24]
PRICED = "openai/gpt-5.2"


@pytest.fixture
def crowded() -> World:
    """A hundred models, published."""
    world = World(GOOD_IDS)
    world.run()
    world.wait()
    return world


def lose(world: World, *ids: str) -> str:
    """Drop models and run; how that ended."""
    world.feed.drop(*ids)
    return world.run().run.outcome


# Held feeds.


def test_a_held_feed_is_believed_when_ten_minutes_later_it_still_shows_the_same(crowded: World) -> None:
    assert lose(crowded, *SOME) == "held"
    crowded.wait(TEN_MINUTES)
    assert crowded.run().run.outcome == "published"
    assert {crowded.state_of(model_id) for model_id in SOME} == {"stale"}


def test_a_confirmed_feed_leaves_no_hold_and_says_what_confirmed_it(crowded: World) -> None:
    lose(crowded, *SOME)
    crowded.wait(TEN_MINUTES)
    crowded.run()
    assert crowded.status.held_feed is None
    assert crowded.status.findings[0].startswith("confirmed by a second fetch: ids gone: 12 of 100")


def test_who_was_lost_in_a_held_feed_is_missing_since_it_was_confirmed(crowded: World) -> None:
    lose(crowded, *SOME)
    crowded.wait(TEN_MINUTES)
    crowded.run()
    assert crowded.model(SOME[0]).missing_since == START + timedelta(hours=6, minutes=10)


def test_a_second_look_too_soon_may_be_the_same_answer_and_confirms_nothing(crowded: World) -> None:
    lose(crowded, *SOME)
    crowded.wait(TEN_MINUTES - timedelta(seconds=1))
    assert crowded.run().run.outcome == "held"


def test_a_look_too_soon_does_not_start_the_ten_minutes_anew(crowded: World) -> None:
    lose(crowded, *SOME)
    crowded.wait(timedelta(minutes=6))
    crowded.run()
    crowded.wait(timedelta(minutes=4))
    assert crowded.run().run.outcome == "published"


def test_another_loss_confirms_nothing_and_is_held_itself(crowded: World) -> None:
    lose(crowded, *SOME)
    for model_id in SOME:
        crowded.feed.add(model_id)
    crowded.wait()
    assert lose(crowded, *OTHERS) == "held"
    assert crowded.status.held_feed is not None
    assert crowded.status.held_feed.since == crowded.now


def test_the_other_loss_is_confirmed_by_a_third_look(crowded: World) -> None:
    lose(crowded, *SOME)
    for model_id in SOME:
        crowded.feed.add(model_id)
    crowded.wait()
    lose(crowded, *OTHERS)
    crowded.wait(TEN_MINUTES)
    assert crowded.run().run.outcome == "published"


def test_a_loss_that_grew_counts_anew_as_far_as_it_grew(crowded: World) -> None:
    lose(crowded, *SOME)
    crowded.wait()
    assert lose(crowded, *OTHERS) == "held"


def test_a_loss_that_shrank_is_confirmed(crowded: World) -> None:
    lose(crowded, *SOME)
    crowded.feed.add(SOME[0])
    crowded.wait()
    assert crowded.run().run.outcome == "published"
    assert crowded.state_of(SOME[0]) == "active"


def test_a_loss_that_goes_away_leaves_no_trace(crowded: World) -> None:
    before = crowded.bytes_of_documents()
    lose(crowded, *SOME)
    for model_id in SOME:
        crowded.feed.add(model_id)
    crowded.wait()
    assert crowded.run().run.outcome == "unchanged"
    assert crowded.bytes_of_documents() == before
    assert crowded.status.held_feed is None


def test_a_loss_that_comes_back_after_a_good_feed_is_held_again(crowded: World) -> None:
    lose(crowded, *SOME)
    for model_id in SOME:
        crowded.feed.add(model_id)
    crowded.wait()
    crowded.run()
    crowded.wait()
    assert lose(crowded, *SOME) == "held"


def test_a_refused_feed_in_between_does_not_end_a_hold(crowded: World) -> None:
    lose(crowded, *SOME)
    crowded.wait()
    with pytest.raises(Exception, match="expected JSON"):
        crowded.run(body=b"<html>")
    crowded.wait()
    assert crowded.run().run.outcome == "published"


def test_a_curation_in_between_does_not_end_a_hold(crowded: World) -> None:
    lose(crowded, *SOME)
    held = crowded.status.held_feed
    crowded.wait()
    crowded.curate()
    assert crowded.status.held_feed == held


def test_an_operator_may_accept_a_held_feed_at_once(crowded: World) -> None:
    lose(crowded, *SOME)
    assert crowded.run(accept=True).run.outcome == "published"
    assert crowded.status.findings[0].startswith("accepted by an operator: ids gone: 12 of 100")


def test_nobody_may_accept_a_feed_that_is_refused(crowded: World) -> None:
    with pytest.raises(Exception, match="found an empty list"):
        crowded.run(body=b'{"data": []}', accept=True)


def test_a_dry_run_on_a_doubtful_feed_holds_nothing(crowded: World) -> None:
    before = {key: crowded.store.get(key) for key in crowded.store.list()}
    crowded.feed.drop(*SOME)
    assert crowded.run(dry_run=True).run.outcome == "held"
    assert {key: crowded.store.get(key) for key in crowded.store.list()} == before


def test_a_price_a_thousandfold_on_all_is_held_twice_by_the_feed_and_by_the_price(crowded: World) -> None:
    for model_id in GOOD_IDS:
        crowded.feed.set(model_id, prompt="0.001", completion="0.002")
    outcomes = []
    seen = []
    for _ in range(3):
        outcomes.append(crowded.run().run.outcome)
        seen.append(crowded.model(GOOD_IDS[0]).pricing.prompt_per_million)
        crowded.wait(TEN_MINUTES)
    assert outcomes == ["held", "published", "published"]
    assert seen == ["1", "1", "1000"]


# Held prices.


@pytest.fixture
def world() -> World:
    made = World(MODELS)
    made.run()
    made.wait()
    return made


def price_of(world: World, model_id: str = PRICED) -> tuple[str | None, str | None]:
    """The prompt price that is published, and the one that is pending."""
    model = world.model(model_id)
    pending = model.pending_pricing
    return model.pricing.prompt_per_million, pending.pricing.prompt_per_million if pending else None


def test_a_price_ten_times_as_high_is_news_and_no_mistake(world: World) -> None:
    world.feed.set(PRICED, prompt="0.00001")
    world.run()
    assert price_of(world) == ("10", None)


@pytest.mark.parametrize("text", ["0.0000101", "0.00000009", "0"], ids=["up", "down", "to zero"])
def test_a_price_that_jumps_is_pending_at_first(world: World, text: str) -> None:
    world.feed.set(PRICED, prompt=text)
    world.run()
    assert price_of(world)[0] == "1"
    assert price_of(world)[1] in {"10.1", "0.09", "0"}


def test_a_completion_price_that_jumps_holds_the_whole_price(world: World) -> None:
    world.feed.set(PRICED, prompt="0.0000015", completion="0.0001")
    world.run()
    assert price_of(world) == ("1", "1.5")


def test_a_pending_price_is_published_with_its_reason_and_named_by_the_heartbeat(world: World) -> None:
    world.feed.set(PRICED, prompt="0.0001")
    world.run()
    pending = next(m for m in world.document("current")["models"] if m["id"] == PRICED)["pendingPricing"]
    assert pending["since"] == "2026-06-01T12:00:00Z"
    assert pending["reason"].startswith("prompt 1 -> 100")
    [held] = world.status.held_prices
    assert (held.id, held.prompt_per_million, held.pending_prompt_per_million) == (PRICED, "1", "100")


def test_a_pending_price_is_believed_ten_minutes_later(world: World) -> None:
    world.feed.set(PRICED, prompt="0.0001")
    world.run()
    world.wait(TEN_MINUTES)
    world.run()
    assert price_of(world) == ("100", None)
    assert world.status.held_prices == ()


def test_a_pending_price_is_not_believed_sooner(world: World) -> None:
    world.feed.set(PRICED, prompt="0.0001")
    world.run()
    world.wait(TEN_MINUTES - timedelta(seconds=1))
    assert world.run().run.outcome == "unchanged"
    assert price_of(world) == ("1", "100")


def test_a_curation_in_between_confirms_no_price(world: World) -> None:
    world.feed.set(PRICED, prompt="0.0001")
    world.run()
    world.wait(timedelta(days=3))
    world.curate()
    assert price_of(world) == ("1", "100")


def test_a_price_that_falls_to_zero_is_believed_after_two_days(world: World) -> None:
    world.feed.set(PRICED, prompt="0", completion="0")
    world.run()
    world.wait(timedelta(hours=47, minutes=59))
    world.run()
    assert price_of(world) == ("1", "0")
    world.wait(timedelta(minutes=1))
    world.run()
    assert price_of(world) == ("0", None)


def test_a_model_that_costs_is_not_free_while_zero_is_pending(world: World) -> None:
    world.feed.set(PRICED, prompt="0", completion="0")
    world.run()
    assert (world.model(PRICED).is_free, world.model(PRICED).price_tier) == (False, "standard")


def test_a_free_model_is_not_free_any_more_while_a_price_is_pending(world: World) -> None:
    free = "qwen/qwen3-free"
    world.feed.add(free, prompt="0", completion="0")
    world.run()
    assert world.model(free).is_free
    world.feed.set(free, prompt="0.000001", completion="0.000001")
    world.wait()
    world.run()
    assert price_of(world, free) == ("0", "1")
    assert not world.model(free).is_free


def test_a_price_from_zero_is_believed_ten_minutes_later(world: World) -> None:
    free = "qwen/qwen3-free"
    world.feed.add(free, prompt="0", completion="0")
    world.run()
    world.feed.set(free, prompt="0.000001", completion="0.000001")
    world.wait()
    world.run()
    world.wait(TEN_MINUTES)
    world.run()
    assert price_of(world, free) == ("1", None)


def test_a_jump_that_goes_away_leaves_no_trace(world: World) -> None:
    before = world.model(PRICED)
    world.feed.set(PRICED, prompt="0", completion="0")
    world.run()
    world.feed.set(PRICED, prompt="0.000001", completion="0.000002")
    world.wait()
    world.run()
    assert world.model(PRICED) == before
    assert world.happened_to(PRICED) == ("added",)
    assert world.status.held_prices == ()


def test_a_jump_that_becomes_another_jump_waits_anew(world: World) -> None:
    world.feed.set(PRICED, prompt="0.0001")
    world.run()
    world.feed.set(PRICED, prompt="0.1")
    world.wait()
    world.run()
    assert price_of(world) == ("1", "100000")


def test_an_operator_may_accept_a_price_at_once(world: World) -> None:
    world.feed.set(PRICED, prompt="0", completion="0")
    world.run()
    world.run(accept=True)
    assert price_of(world) == ("0", None)


def test_a_jumped_price_is_in_the_log_once_when_it_is_believed(world: World) -> None:
    world.feed.set(PRICED, prompt="0.0001")
    for _ in range(3):
        world.run()
        world.wait(TEN_MINUTES)
    assert world.happened_to(PRICED) == ("added", "price")


def test_a_hold_on_one_price_holds_no_other_change(world: World) -> None:
    world.feed.set(PRICED, prompt="0", context_length=262144)
    world.run()
    assert world.model(PRICED).max_context == 262144
    assert_in_order(world.store)


def test_a_model_that_returns_with_a_jumped_price_is_held_to_the_price_it_left_with(world: World) -> None:
    world.feed.drop(PRICED)
    world.run()
    world.feed.add(PRICED, prompt="0.0001")
    world.wait()
    world.run()
    assert price_of(world) == ("1", "100")
