"""What a call costs: exact, a range, or unknown; never cheaper than it is."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.client.catalog import Model
from modelsync.client.switching.estimate import NOTES, Part, estimate
from modelsync.errors import UsageError
from tests.client.records import a_model, flags, free, prices, recorded_models

LONG: Final = {"minPromptTokens": 272000, "promptPerMillion": "0.4", "completionPerMillion": "0.9"}
NIGHT: Final = {"utcStart": 1630, "utcEnd": 30, "promptPerMillion": "0.5"}
BOUNDLESS: Final[dict[str, Any]] = {"maxContext": None, "maxOutput": None}
"""Limits that nobody knows, so that a million tokens may be counted."""
EVENING: Final = {"utcStart": 1630, "utcEnd": 2000, "promptPerMillion": "0.5"}


def priced(*overrides: dict[str, Any], **legs: Any) -> Model:
    return a_model(pricing=prices("0.2", "1.2", overrides=list(overrides), **legs), **BOUNDLESS)


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 8, 8, hour, minute, tzinfo=UTC)


def bill(model: Model, **counts: Any) -> tuple[str, str | None, str | None]:
    found = estimate(model, **{"prompt": 0, "completion": 0, **counts})
    texts = [None if end is None else str(end.normalize()) for end in (found.low, found.high)]
    return str(found.status), texts[0], texts[1]


def test_prompt_and_completion_are_charged_by_the_million() -> None:
    assert bill(priced(), prompt=8000, completion=1000) == ("exact", "0.0028", "0.0028")


def test_requests_are_charged_each() -> None:
    assert bill(priced(), prompt=8000, completion=1000, requests=10) == ("exact", "0.028", "0.028")


def test_no_digit_is_lost_to_binary_fractions() -> None:
    model = a_model(pricing=prices("0.0833333333333333", "0.1"))
    assert estimate(model, prompt=3, completion=7).low == Decimal("9.499999999999999E-7")


@pytest.mark.parametrize(
    ("tokens", "usd"),
    [(271999, "0.0543998"), (272000, "0.0544"), (272001, "0.1088004")],
    ids=["below", "at", "above"],
)
def test_a_long_prompt_is_dearer_only_above_the_limit(tokens: int, usd: str) -> None:
    assert bill(priced(LONG), prompt=tokens) == ("exact", usd, usd)


def test_cached_tokens_count_towards_the_length_of_a_prompt() -> None:
    model = priced(LONG, cacheReadPerMillion="0.02")
    assert bill(model, prompt=272001, cached=272000) == ("exact", "0.0054404", "0.0054404")


def test_requests_do_not_add_up_to_a_long_prompt() -> None:
    assert bill(priced(LONG), prompt=200000, requests=2) == ("exact", "0.08", "0.08")


@pytest.mark.parametrize(
    ("hour", "minute", "usd"),
    [(16, 29, "0.2"), (16, 30, "0.5"), (19, 59, "0.5"), (20, 0, "0.2"), (0, 0, "0.2")],
)
def test_a_window_of_the_day_holds_from_its_start_to_before_its_end(hour: int, minute: int, usd: str) -> None:
    assert bill(priced(EVENING), prompt=1000000, at=at(hour, minute)) == ("exact", usd, usd)


@pytest.mark.parametrize(
    ("hour", "minute", "usd"), [(16, 30, "0.5"), (23, 59, "0.5"), (0, 29, "0.5"), (0, 30, "0.2"), (12, 0, "0.2")]
)
def test_a_window_may_go_over_midnight(hour: int, minute: int, usd: str) -> None:
    assert bill(priced(NIGHT), prompt=1000000, at=at(hour, minute)) == ("exact", usd, usd)


@pytest.mark.parametrize(
    ("side", "hour", "usd"), [("utcStart", 17, "0.5"), ("utcStart", 16, "0.2"), ("utcEnd", 16, "0.5")]
)
def test_a_window_without_one_end_reaches_to_midnight(side: str, hour: int, usd: str) -> None:
    model = priced({side: 1630, "promptPerMillion": "0.5"})
    assert bill(model, prompt=1000000, at=at(hour, 0)) == ("exact", usd, usd)
    assert bill(model, prompt=1000000) == ("range", "0.2", "0.5")


def test_an_hour_is_read_in_its_zone() -> None:
    moment = datetime.fromisoformat("2026-08-08T19:00:00+02:00")
    assert bill(priced(EVENING), prompt=1000000, at=moment) == ("exact", "0.5", "0.5")


def test_without_an_hour_every_hour_is_possible() -> None:
    found = estimate(priced(EVENING), prompt=1000000, completion=0)
    assert (found.status, found.text, found.notes) == ("range", "$0.20 to $0.50", ("time_of_day",))


def test_of_several_conditions_the_last_that_holds_wins_leg_by_leg() -> None:
    longer = {"minPromptTokens": 500000, "promptPerMillion": "0.8"}
    model = priced(LONG, longer)
    assert bill(model, prompt=1000000, completion=1000000) == ("exact", "1.7", "1.7")


def test_a_condition_that_nobody_knows_may_hold() -> None:
    model = priced({"promptPerMillion": "0.1", "other": {"moon": "full"}})
    found = estimate(model, prompt=1000000, completion=0)
    assert (found.status, found.text, found.notes) == ("range", "$0.10 to $0.20", ("unknown_condition",))


def test_a_long_prompt_under_an_unknown_condition_costs_what_it_may_cost() -> None:
    model = priced({**LONG, "other": {"moon": "full"}})
    assert bill(model, prompt=1000000) == ("range", "0.2", "0.4")
    assert bill(model, prompt=1000) == ("exact", "0.0002", "0.0002")


def test_reads_and_writes_of_the_cache_have_prices_of_their_own() -> None:
    model = priced(cacheReadPerMillion="0.02", cacheWritePerMillion="0.25")
    found = estimate(model, prompt=1000000, completion=0, cached=600000, cache_write=300000)
    assert found.parts == (
        Part("prompt", 100000, Decimal("0.02"), Decimal("0.02")),
        Part("cache_read", 600000, Decimal("0.012"), Decimal("0.012")),
        Part("cache_write", 300000, Decimal("0.075"), Decimal("0.075")),
    )
    assert found.low == Decimal("0.107")


@pytest.mark.parametrize("count", ["cached", "cache_write"])
def test_a_leg_that_is_used_at_an_unknown_price_makes_the_estimate_unknown(count: str) -> None:
    counts: dict[str, Any] = {count: 5}
    found = estimate(priced(), prompt=1000, completion=10, **counts)
    assert (found.status, found.low, found.high, found.text) == ("unknown", None, None, "?")
    assert "leg_unknown" in found.notes


def test_the_parts_that_are_known_stay_visible_in_an_unknown_estimate() -> None:
    found = estimate(priced(), prompt=1000, completion=0, cached=500)
    assert found.parts == (
        Part("prompt", 500, Decimal("0.0001"), Decimal("0.0001")),
        Part("cache_read", 500, None, None),
    )


def test_a_leg_that_is_not_used_may_be_unknown() -> None:
    model = a_model(pricing=prices("2", None))
    assert bill(model, prompt=1000000) == ("exact", "2", "2")
    assert bill(model, prompt=1000000, completion=1) == ("unknown", None, None)


def test_images_and_requests_have_prices_for_each() -> None:
    model = priced(perUnit={"image": "0.004", "request": "0.01", "web_search": "5"})
    assert bill(model, prompt=1000000, images=2, requests=3) == ("exact", "0.654", "0.654")


@pytest.mark.parametrize("image", ["0", "0.0000002", "0.00000045"], ids=["nothing", "a token", "two tokens"])
def test_images_at_the_price_of_a_token_are_tokens_that_nobody_counted(image: str) -> None:
    found = estimate(priced(perUnit={"image": image}), prompt=1000, completion=0, images=4)
    assert (found.status, found.low, found.high) == ("unknown", Decimal("0.0002"), None)
    assert (found.text, found.notes) == ("at least $0.0002", ("image_tokens",))
    assert found.parts == (Part("prompt", 1000, Decimal("0.0002"), Decimal("0.0002")), Part("image", 4, None, None))


def test_images_without_a_price_of_their_own_are_tokens_that_nobody_counted() -> None:
    found = estimate(priced(), prompt=1000, completion=1000, images=2, requests=10)
    assert (found.status, found.text, found.notes) == ("unknown", "at least $0.014", ("image_tokens",))


@pytest.mark.parametrize(
    ("image", "usd"), [("0.0000128", None), ("0.0000512", "0.0000512")], ids=["64 tokens", "256 tokens"]
)
def test_the_price_of_a_picture_is_that_of_many_tokens(image: str, usd: str | None) -> None:
    found = estimate(priced(perUnit={"image": image}), prompt=0, completion=0, images=1)
    assert found.high == (None if usd is None else Decimal(usd))


def test_images_alone_at_an_unknown_number_of_tokens_cost_no_number() -> None:
    found = estimate(priced(perUnit={"image": "0.0000002"}), prompt=0, completion=0, images=4)
    assert (found.status, found.low, found.high, found.text) == ("unknown", None, None, "?")


@pytest.mark.parametrize("pricing", [prices("0", "0", perUnit={"image": "0.01"}), prices("0", "2")])
def test_a_prompt_that_costs_nothing_says_nothing_of_its_images(pricing: dict[str, Any]) -> None:
    found = estimate(a_model(pricing=pricing), prompt=1000, completion=0, images=2)
    assert found.text == ("$0.02" if "image" in pricing["perUnit"] else "?")


def test_an_image_at_a_price_that_is_no_number_is_an_unknown_leg() -> None:
    found = estimate(priced(perUnit={"image": "dear"}), prompt=1000, completion=0, images=2)
    assert (found.low, found.text, found.notes) == (None, "?", ("leg_unknown",))


def test_a_model_that_sees_nothing_is_not_said_to_count_images() -> None:
    blind = a_model(pricing=prices("0.2", "1.2"), **flags(supportsVision=False))
    found = estimate(blind, prompt=1000, completion=0, images=2)
    assert (found.text, found.notes) == ("at least $0.0002", ("takes_no_images",))
    assert estimate(a_model(**free(), **flags(supportsVision=False)), prompt=1, completion=1, images=1).notes == (
        "takes_no_images",
    )


def test_reasoning_at_another_price_makes_a_range() -> None:
    model = a_model(pricing=prices("2", "8", reasoningPerMillion="3"), **BOUNDLESS)
    found = estimate(model, prompt=0, completion=1000000)
    assert (found.text, found.notes) == ("$3.00 to $8.00", ("reasoning",))


def test_reasoning_at_the_price_of_answers_is_no_range() -> None:
    model = a_model(pricing=prices("2", "8", reasoningPerMillion="8"))
    assert bill(model, completion=1000000) == ("exact", "8", "8")


def test_a_free_model_is_free_in_every_leg() -> None:
    found = estimate(a_model(**free()), prompt=1000, completion=10, cached=200, cache_write=100, images=3)
    assert (found.status, found.low, found.text) == ("exact", Decimal(0), "free")


def test_nothing_counted_at_a_priced_model_is_not_free() -> None:
    assert estimate(priced(), prompt=0, completion=0).text == "$0.00"


@pytest.mark.parametrize(
    ("status", "text", "note"), [("dynamic", "varies", "price_varies"), ("unknown", "?", "price_unknown")]
)
def test_a_price_that_nobody_can_know_is_never_a_number(status: str, text: str, note: str) -> None:
    model = a_model(pricingStatus=status, pricing=prices("0", "0"))
    found = estimate(model, prompt=1000, completion=10)
    assert (found.status, found.low, found.text, found.notes) == ("unknown", None, text, (note,))


def test_what_is_not_in_an_estimate_is_said() -> None:
    assert estimate(a_model(isImageGen=True), prompt=1, completion=1).notes == ("paints",)
    assert estimate(a_model(pendingPricing={"reason": "x20"}), prompt=1, completion=1).notes == ("price_pending",)


@pytest.mark.parametrize(
    ("state", "notes"), [("active", ()), ("stale", ()), ("deprecated", ("gone",)), ("removed", ("gone",))]
)
def test_the_prices_of_a_model_that_is_gone_are_said_to_be_its_last(state: str, notes: tuple[str, ...]) -> None:
    assert estimate(a_model(state=state), prompt=1, completion=1).notes == notes
    unpriced = a_model(state=state, pricingStatus="dynamic")
    assert estimate(unpriced, prompt=1, completion=1).notes == ("price_varies", *notes)


@pytest.mark.parametrize(
    ("prompt", "completion", "notes"),
    [
        (136000, 64000, ()),
        (136001, 64000, ("beyond_window",)),
        (1000, 64001, ("beyond_output",)),
        (200000, 64001, ("beyond_window", "beyond_output")),
    ],
)
def test_a_call_that_the_model_cannot_answer_is_priced_with_a_word_on_that(
    prompt: int, completion: int, notes: tuple[str, ...]
) -> None:
    found = estimate(a_model(), prompt=prompt, completion=completion, requests=9)
    assert (found.notes, found.low is None) == (notes, False)
    assert estimate(a_model(pricingStatus="dynamic"), prompt=prompt, completion=completion).notes == (
        "price_varies",
        *notes,
    )
    assert estimate(a_model(**BOUNDLESS), prompt=prompt, completion=completion).notes == ()


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"prompt": -1}, "estimate: prompt: found -1, expected none or more; count again"),
        ({"images": -2}, "estimate: images: found -2, expected none or more; count again"),
        ({"prompt": 5, "cached": 4, "cache_write": 2},
         "estimate: cached: found 6 tokens, expected at most the 5 of the prompt; mend it"),
        ({"at": datetime(2026, 8, 8)},  # noqa: DTZ001 - what a careless caller brings
         "estimate: at: found a time without its zone, expected one with it; say which it is"),
    ],
)  # fmt: skip
def test_counts_that_cannot_be_are_refused(counts: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as refused:
        estimate(priced(), **{"prompt": 0, "completion": 0, **counts})
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("model_id", "counts", "text"),
    [
        ("openai/gpt-5.6-luna", {"prompt": 8000, "completion": 1000}, "$0.0014"),
        ("openai/gpt-5.6-luna", {"prompt": 300000, "completion": 1000}, "$0.0609"),
        ("openai/gpt-5.6-luna", {"prompt": 300000, "completion": 1000, "cached": 290000}, "$0.0087"),
        ("openai/gpt-oss-20b:free", {"prompt": 8000, "completion": 1000}, "free"),
        ("openrouter/auto", {"prompt": 8000, "completion": 1000}, "varies"),
        ("perplexity/sonar-deep-research", {"prompt": 8000, "completion": 1000}, "$0.019 to $0.024"),
        ("google/gemini-3-pro-image", {"prompt": 0, "completion": 0, "images": 4}, "?"),
        ("google/gemini-3.6-flash", {"prompt": 1000, "completion": 0, "images": 4}, "at least $0.0015"),
        ("openai/gpt-4o", {"prompt": 1000, "completion": 0, "images": 4}, "at least $0.0025"),
    ],
)
def test_recorded_models_cost_what_their_list_says(
    recorded_feeds: Path, model_id: str, counts: dict[str, int], text: str
) -> None:
    more: dict[str, Any] = {name: counts.get(name, 0) for name in ("cached", "images")}
    model = recorded_models(recorded_feeds)[model_id]
    assert estimate(model, prompt=counts["prompt"], completion=counts["completion"], **more).text == text


def test_of_all_recorded_models_only_those_without_a_price_have_no_estimate(recorded_feeds: Path) -> None:
    found = {
        each.id: (each.record["pricingStatus"], estimate(each, prompt=300000, completion=1000))
        for each in recorded_models(recorded_feeds).values()
    }
    unknown = {model_id for model_id, (_, each) in found.items() if each.low is None}
    assert unknown == {model_id for model_id, (status, _) in found.items() if status in {"dynamic", "unknown"}}
    assert (len(found), len(unknown)) == (400, 7)
    assert all(each.low > 0 for status, each in found.values() if status == "priced" and each.low is not None)
    assert all(each.text == "free" for status, each in found.values() if status == "free")


MONEY: Final = st.decimals(min_value=0, max_value=1000, places=6).map(lambda price: format(price, "f"))
TOKENS: Final = st.integers(min_value=0, max_value=2_000_000)


@st.composite
def overridden(draw: st.DrawFn) -> dict[str, Any]:
    override: dict[str, Any] = {"promptPerMillion": draw(MONEY)}
    if draw(st.booleans()):
        override["completionPerMillion"] = draw(MONEY)
    if draw(st.booleans()):
        override["minPromptTokens"] = draw(TOKENS)
    if draw(st.booleans()):
        override |= {"utcStart": draw(st.integers(0, 23)) * 100, "utcEnd": draw(st.integers(0, 24)) * 100}
    if draw(st.booleans()):
        override["other"] = {"moon": "full"}
    return override


MODELS: Final = st.builds(
    lambda prompt, completion, overrides: a_model(pricing=prices(prompt, completion, overrides=overrides)),
    MONEY,
    MONEY,
    st.lists(overridden(), max_size=4),
)


@given(MODELS, TOKENS, TOKENS, st.times(), st.integers(min_value=1, max_value=9))
def test_an_estimate_at_an_hour_lies_within_that_of_any_hour(
    model: Model, prompt: int, completion: int, time: Any, requests: int
) -> None:
    moment = datetime.combine(datetime(2026, 8, 8, tzinfo=UTC), time, tzinfo=UTC)
    then = estimate(model, prompt=prompt, completion=completion, requests=requests, at=moment)
    ever = estimate(model, prompt=prompt, completion=completion, requests=requests)
    assert ever.low is not None
    assert ever.high is not None
    assert then.low is not None
    assert then.high is not None
    assert Decimal(0) <= ever.low <= then.low <= then.high <= ever.high


@given(MODELS, TOKENS, TOKENS, st.integers(min_value=1, max_value=9))
def test_as_many_requests_cost_as_many_times_as_much(model: Model, prompt: int, completion: int, requests: int) -> None:
    one = estimate(model, prompt=prompt, completion=completion)
    many = estimate(model, prompt=prompt, completion=completion, requests=requests)
    assert one.low is not None
    assert one.high is not None
    assert (many.low, many.high) == (one.low * requests, one.high * requests)


@given(MODELS, TOKENS, TOKENS)
def test_every_note_has_a_sentence(model: Model, prompt: int, completion: int) -> None:
    assert set(estimate(model, prompt=prompt, completion=completion).notes) <= NOTES.keys()
