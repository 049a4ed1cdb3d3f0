"""What people pinned fills what a provider's list leaves open, stands in for it, and says how old it is."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from modelsync.catalog.capabilities import ReasoningMode
from modelsync.catalog.model_ids import parse_model_id
from modelsync.errors import OverridesError
from modelsync.pipeline.pinned import PinnedManifest, is_pinned, parse_pinned
from modelsync.sources.facts import ModelFacts, ParsedFeed, ReasoningFacts
from modelsync.sources.listed_record import silent_facts

SHIPPED: Final = Path(__file__).resolve().parents[2] / "overrides" / "pinned"
REVIEWED: Final = date(2026, 8, 1)
DAY: Final = date(2026, 8, 8)

LINE: Final[dict[str, Any]] = {
    "id": "seer-2",
    "name": "Seer 2",
    "source": "https://example.org/pricing",
    "read": "2026-08-01",
    "description": "The seeing line.",
    "maxContext": 200000,
    "maxOutput": 8000,
    "inputModalities": ["text", "image"],
    "outputModalities": ["text"],
    "flags": {"supportsTools": True, "jsonMode": False, "reasoning": "fixed"},
    "usdPerMillion": {"prompt": "0.5", "completion": "2", "cacheRead": "0.05"},
    "conditions": [{"usdPerMillion": {"prompt": "1", "completion": "4"}, "minPromptTokens": 128000}],
}


def content(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    models = [{**LINE, **line} for line in lines or ({},)]
    return {"provider": "acme", "vendor": "acmeai", "reviewed": "2026-08-01", "models": models, **fields}


def manifest(*lines: dict[str, Any], **fields: Any) -> PinnedManifest:
    """A manifest of these lines; what one does not say is as in LINE."""
    return parse_pinned(json.dumps(content(*lines, **fields)).encode(), provider="acme")


def without(*keys: str, **fields: Any) -> PinnedManifest:
    """A manifest of the one line without some of its keys."""
    line = {key: value for key, value in LINE.items() if key not in keys}
    return parse_pinned(json.dumps(content(**fields) | {"models": [line]}).encode(), provider="acme")


def problems(body: object) -> tuple[str, ...]:
    with pytest.raises(OverridesError) as caught:
        parse_pinned(body if isinstance(body, bytes) else json.dumps(body).encode(), provider="acme")
    return caught.value.problems


def bare(model_id: str = "seer-2", **fields: Any) -> ModelFacts:
    return replace(silent_facts(parse_model_id(model_id)), **fields)


def filled(facts: ModelFacts, *, by: PinnedManifest | None = None, day: date = DAY) -> ModelFacts:
    feed = ParsedFeed("acme", (facts,), (), ())
    return (by or manifest()).fill(feed, day=day).models[0]


def findings(by: PinnedManifest, *ids: str, day: date = DAY) -> tuple[str, ...]:
    return by.fill(ParsedFeed("acme", tuple(map(bare, ids)), (), ("told before",)), day=day).findings


# --- the files that ship ---


@pytest.mark.parametrize("provider", ["deepseek", "dashscope", "moonshot"])
def test_every_line_that_ships_names_its_source_and_the_day_it_was_read(provider: str) -> None:
    shipped = parse_pinned((SHIPPED / f"{provider}.json").read_bytes(), provider=provider)
    for line in shipped.models:
        assert "https://" in line.source or "models.dev" in line.source, line.id
        assert date(2024, 1, 1) <= line.read <= shipped.reviewed, line.id


def test_a_manifest_ships_for_each_direct_provider_and_for_nobody_else() -> None:
    assert {path.name for path in SHIPPED.iterdir()} == {"deepseek.json", "dashscope.json", "moonshot.json"}


@pytest.mark.parametrize(
    ("provider", "chats", "reasons", "others"),
    [
        ("deepseek", "deepseek-chat", "deepseek-reasoner", {"deepseek-flash"}),
        ("moonshot", "kimi-k2.6", "kimi-k2.7-code", {"kimi-k2.7-code-highspeed", "kimi-k3"}),
        (
            "dashscope",
            "qwen-max",
            "qwen3-235b-a22b-thinking-2507",
            {"qwen-turbo", "qwen-plus", "qwen-max", "qwen3-coder-plus", "qwen3-coder-flash"},
        ),
    ],
)
def test_the_lines_of_each_provider_are_tracked(provider: str, chats: str, reasons: str, others: set[str]) -> None:
    shipped = parse_pinned((SHIPPED / f"{provider}.json").read_bytes(), provider=provider)
    reasoning = {line.id: line.flags.reasoning for line in shipped.models}
    assert reasoning[chats] is not ReasoningMode.FIXED
    assert reasoning[reasons] is ReasoningMode.FIXED
    assert others <= reasoning.keys()


# --- reading ---


def test_a_line_becomes_facts_in_usd_per_token() -> None:
    (facts,) = manifest().stand_in(day=DAY).models
    assert (facts.id, facts.parts.vendor, facts.name) == ("seer-2", "acmeai", "Seer 2")
    assert facts.raw_prices == {"prompt": "0.0000005", "completion": "0.000002", "input_cache_read": "0.00000005"}
    assert {leg: str(price) for leg, price in facts.prices.items()} == {
        "prompt": "5E-7",
        "completion": "0.000002",
        "input_cache_read": "5E-8",
    }
    (condition,) = facts.conditional_prices
    assert (condition.min_prompt_tokens, str(condition.prices["completion"])) == (128000, "0.000004")
    assert (facts.max_context, facts.max_output, facts.expires_at) == (200000, 8000, None)
    assert facts.pinned_flags == {
        "supports_vision": True,
        "is_image_gen": False,
        "supports_tools": True,
        "json_mode": False,
        "reasoning": ReasoningMode.FIXED,
    }


def test_days_of_the_week_stay_with_the_hours_they_belong_to() -> None:
    peak = {"usdPerMillion": {"prompt": "1", "completion": "4"}, "utcStart": 100, "utcEnd": 400, "days": "Mon-Fri"}
    (condition,) = manifest({"conditions": [peak]}).stand_in(day=DAY).models[0].conditional_prices
    assert (condition.utc_start, condition.utc_end, condition.other) == (100, 400, {"days": "Mon-Fri"})


def test_every_problem_of_a_file_is_told_at_once() -> None:
    line = {**LINE, "maxContext": 0, "read": "soon", "surprise": 1, "usdPerMillion": {"prompt": "free"}}
    del line["source"]
    told = problems({"provider": "acme", "vendor": "acmeai", "reviewed": "2026-08-01", "models": [line]})
    assert {each.split(": expected")[0] for each in told} == {
        "pinned/acme.json: models.0.source",
        "pinned/acme.json: models.0.read",
        "pinned/acme.json: models.0.maxContext",
        "pinned/acme.json: models.0.surprise",
        "pinned/acme.json: models.0.usdPerMillion.prompt",
        "pinned/acme.json: models.0.usdPerMillion.completion",
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "pinned/acme.json: file: expected JSON"),
        (b"[]", "pinned/acme.json: file: expected an object"),
        (content() | {"models": []}, "pinned/acme.json: models: expected at least one model, found none"),
        (content(provider="other"), "pinned/acme.json: provider: expected acme, found other"),
        (content({"id": "a b"}), "pinned/acme.json: models.0.id: expected model id: expected [~]vendor/slug"),
        (content({}, {}), "pinned/acme.json: models.1.id: expected one line for each model, found another for seer-2"),
        (
            content({"usdPerMillion": None}),
            "pinned/acme.json: models.0.conditions: expected plain prices beside them, found none",
        ),
        (
            content({"usdPerMillion": {"prompt": "-1", "completion": "1"}}),
            "pinned/acme.json: models.0.usdPerMillion.prompt: expected USD",
        ),
        (
            content({"read": "2026-08-02"}),
            "pinned/acme.json: models.0.read: expected a day up to the review, 2026-08-01, found 2026-08-02",
        ),
    ],
)
def test_a_file_that_cannot_be_right_is_an_error(body: object, said: str) -> None:
    (problem,) = problems(body)
    assert problem.startswith(said)


# --- filling ---


def test_a_line_fills_what_a_list_leaves_open() -> None:
    facts = filled(bare())
    assert (facts.name, facts.description, facts.max_context, facts.max_output) == (
        "Seer 2",
        "The seeing line.",
        200000,
        8000,
    )
    assert (facts.input_modalities, facts.output_modalities) == (("image", "text"), ("text",))
    assert (facts.raw_prices["prompt"], len(facts.conditional_prices)) == ("0.0000005", 1)
    assert facts.pinned_flags["supports_tools"] is True


def test_what_a_list_says_is_never_overruled() -> None:
    told = bare(
        name="Its own name",
        description="Its own words.",
        max_context=100,
        max_output=10,
        input_modalities=("text",),
        output_modalities=("text", "audio"),
        supported_parameters=("temperature",),
        reasoning=ReasoningFacts(mandatory=False, efforts=None, takes_max_tokens=False),
    )
    facts = filled(told)
    assert replace(facts, prices={}, raw_prices={}, conditional_prices=()) == told
    assert facts.raw_prices["completion"] == "0.000002"


def test_prices_of_a_list_and_of_a_line_are_never_mixed() -> None:
    from_list = replace(bare(), prices={"prompt": filled(bare()).prices["prompt"]}, raw_prices={"prompt": "1"})
    facts = filled(from_list)
    assert (facts.raw_prices, facts.conditional_prices) == ({"prompt": "1"}, ())


@pytest.mark.parametrize(
    ("reasoning", "pinned", "kept"),
    [
        (None, "fixed", True),
        (ReasoningFacts(None, None, takes_max_tokens=False), "fixed", True),
        (ReasoningFacts(None, None, takes_max_tokens=False), "none", False),
        (ReasoningFacts(None, ("high",), takes_max_tokens=False), "fixed", False),
        (ReasoningFacts(mandatory=False, efforts=None, takes_max_tokens=False), "fixed", False),
        (ReasoningFacts(None, None, takes_max_tokens=False, supported=False), "fixed", False),
    ],
)
def test_reasoning_is_pinned_as_far_as_the_list_does_not_tell(
    reasoning: ReasoningFacts | None, pinned: str, kept: bool
) -> None:
    facts = filled(bare(reasoning=reasoning), by=manifest({"flags": {"reasoning": pinned}}))
    assert ("reasoning" in facts.pinned_flags) is kept


def test_a_flag_that_the_list_states_itself_is_not_pinned() -> None:
    facts = filled(bare(listed_flags={"supports_tools": False}))
    assert "supports_tools" not in facts.pinned_flags
    assert facts.pinned_flags["json_mode"] is False


def test_a_model_without_a_line_stays_as_the_list_has_it() -> None:
    assert filled(bare("other")) == bare("other")


def test_a_line_without_prices_and_modalities_claims_none() -> None:
    facts = filled(bare(), by=without("usdPerMillion", "conditions", "inputModalities", "outputModalities", "flags"))
    assert (facts.prices, facts.input_modalities, facts.pinned_flags) == ({}, (), {})
    assert facts.max_context == 200000


def test_prices_hold_in_their_region_alone() -> None:
    regional = manifest(region="intl")
    assert filled(bare(), by=regional.in_region("intl")).raw_prices["prompt"] == "0.0000005"
    elsewhere = filled(bare(), by=regional.in_region("cn"))
    assert (elsewhere.prices, elsewhere.conditional_prices, elsewhere.max_context) == ({}, (), 200000)
    assert manifest().in_region("cn") == manifest()


# --- standing in ---


def test_a_line_whose_model_ended_fills_a_list_and_stands_in_for_none() -> None:
    ended = manifest({"until": "2026-08-07"})
    assert ended.stand_in(day=date(2026, 8, 7)).models != ()
    assert ended.stand_in(day=date(2026, 8, 8)).models == ()
    assert filled(bare(), by=ended).expires_at == datetime(2026, 8, 8, tzinfo=UTC)


def test_nobody_but_those_of_ended_lines_is_missed_where_a_manifest_stands_in() -> None:
    ended = manifest({}, {"id": "old-1", "until": "2026-08-07"})
    stand_in = ended.stand_in(day=DAY, unjudged=frozenset({"seer-2", "old-1", "never-pinned"}))
    assert [str(model.id) for model in stand_in.models] == ["seer-2"]
    assert stand_in.unjudged == {"never-pinned"}


def test_the_address_of_a_document_says_that_a_manifest_stood_in() -> None:
    assert (manifest().file, manifest().url) == ("pinned/acme.json", "pinned:acme.json")
    assert (is_pinned(manifest().url), is_pinned("https://api.example.org/models")) == (True, False)


# --- findings ---


@pytest.mark.parametrize(("day", "told"), [("2026-09-30", False), ("2026-10-01", True), ("2027-10-01", True)])
def test_a_manifest_that_was_not_compared_for_more_than_60_days_is_a_finding(day: str, told: bool) -> None:
    old = tuple(each for each in findings(manifest(), "seer-2", day=date.fromisoformat(day)) if "reviewed" in each)
    assert bool(old) is told
    assert manifest().stand_in(day=date.fromisoformat(day)).findings == old


def test_the_finding_says_which_file_how_old_and_what_to_do() -> None:
    age = "reviewed on 2026-08-01, 61 days ago, expected at most 60"
    advice = "compare its lines with their sources and set the day"
    told = findings(manifest(), "seer-2", day=date(2026, 10, 1))
    assert told == ("told before", f"overrides: pinned/acme.json: {age}; {advice}")


def test_lines_and_lists_that_do_not_meet_are_findings() -> None:
    alone = "listed and without a line, so that the list alone says what it costs"
    many = [f"new-{number}" for number in range(7)]
    assert findings(manifest({}, {"id": "old-1", "until": "2026-08-07"}), *many) == (
        "told before",
        f"overrides: pinned/acme.json: new-0, new-1, new-2, new-3, new-4 and 2 more: {alone}",
        "overrides: pinned/acme.json: seer-2: has a line and is not listed; give the line an `until` if it ended",
    )
    assert findings(manifest(), "seer-2") == ("told before",)
