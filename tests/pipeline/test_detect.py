"""Every flag leaves with the layer that decided it: the feed, a family rule in its silence, or people."""

from dataclasses import replace
from typing import Any

import pytest

from modelsync.catalog.capabilities import Detected, DetectionSource
from modelsync.catalog.model_ids import of_vendor
from modelsync.pipeline.detect import DetectedFlags, Resolver
from modelsync.sources.facts import ReasoningFacts
from tests.timeline import Entries, facts, overrides
from tests.world import ABSENT

NOBODY_KNOWS = (None, None)

# The table of resolver cases: a reasoning object (or None), the parameters, and what is made of it.
MANDATORY = {"mandatory": True}
OPTIONAL = {"mandatory": False}
EFFORTS = {"mandatory": True, "supported_efforts": ["high", "low"]}
BUDGET = {"mandatory": True, "supports_max_tokens": True}


def detect(
    model_id: str = "a/b",
    *,
    rules: Entries = (),
    people: Entries = (),
    is_free: bool = False,
    **fields: Any,
) -> DetectedFlags:
    """The flags of one record under some family rules and some overrides."""
    read = overrides(family_rules=rules, capability_overrides=people)
    return Resolver(read.family_rules, read.capabilities).detect(facts(model_id, **fields), is_free=is_free)


def pair(flag: Detected[Any]) -> tuple[Any, str | None]:
    return flag.value, None if flag.source is None else str(flag.source)


@pytest.mark.parametrize(
    ("parameters", "tools", "structured", "json_mode"),
    [
        (["tools", "structured_outputs", "response_format"], True, True, True),
        (["response_format"], False, False, True),
        (["structured_outputs"], False, True, False),
        (["tool_choice"], False, False, False),
        (["json_schema", "functions"], False, False, False),
    ],
)
def test_a_listed_parameter_is_a_yes_and_an_unlisted_one_a_no(
    parameters: list[str], tools: bool, structured: bool, json_mode: bool
) -> None:
    flags = detect(supported_parameters=parameters)
    assert pair(flags.supports_tools) == (tools, "api")
    assert pair(flags.structured_output) == (structured, "api")
    assert pair(flags.json_mode) == (json_mode, "api")


@pytest.mark.parametrize("silence", [[], None, ABSENT])
def test_a_feed_without_parameters_leaves_tools_and_structured_output_open(silence: object) -> None:
    flags = detect(supported_parameters=silence)
    assert pair(flags.supports_tools) == NOBODY_KNOWS
    assert pair(flags.structured_output) == NOBODY_KNOWS
    assert pair(flags.json_mode) == NOBODY_KNOWS
    assert pair(flags.reasoning) == ("none", "heuristic")


RULE = {
    "pattern": "/b",
    "flags": {"supportsTools": True, "structuredOutput": True, "jsonMode": True, "reasoning": "fixed"},
}


def test_a_family_rule_fills_the_silence_of_the_feed() -> None:
    flags = detect(rules=[RULE], supported_parameters=[])
    assert pair(flags.supports_tools) == (True, "heuristic")
    assert pair(flags.structured_output) == (True, "heuristic")
    assert pair(flags.json_mode) == (True, "heuristic")
    assert pair(flags.reasoning) == ("fixed", "heuristic")


def test_a_family_rule_never_raises_a_flag_above_the_feed() -> None:
    flags = detect(rules=[RULE], supported_parameters=["max_tokens"])
    assert pair(flags.supports_tools) == (False, "api")
    assert pair(flags.structured_output) == (False, "api")
    assert pair(flags.json_mode) == (False, "api")
    assert pair(flags.reasoning) == ("none", "api")


def test_a_family_rule_says_nothing_of_modalities_and_prices() -> None:
    rule = {"pattern": ".", "flags": {"supportsVision": True, "isImageGen": True, "isFree": True}}
    flags = detect(rules=[rule], supported_parameters=[])
    assert pair(flags.supports_vision) == (False, "api")
    assert pair(flags.is_image_gen) == (False, "api")
    assert pair(flags.is_free) == (False, "api")


@pytest.mark.parametrize("model_id", ["a/b", "~a/b", "a/b:free", "a/B"])
def test_a_family_rule_looks_at_the_name_without_its_marks(model_id: str) -> None:
    rule = {"pattern": "^a/b$", "flags": {"supportsTools": True}}
    assert pair(detect(model_id, rules=[rule], supported_parameters=[]).supports_tools) == (True, "heuristic")


def test_of_two_family_rules_the_later_one_counts() -> None:
    rules = [
        {"pattern": "b", "flags": {"supportsTools": True, "jsonMode": True}},
        {"pattern": "b", "flags": {"supportsTools": False}},
    ]
    flags = detect(rules=rules, supported_parameters=[])
    assert (pair(flags.supports_tools), pair(flags.json_mode)) == ((False, "heuristic"), (True, "heuristic"))


@pytest.mark.parametrize(
    ("inputs", "outputs", "sees", "paints"),
    [
        (["text"], ["text"], False, False),
        (["text", "image"], ["text"], True, False),
        (["image"], ["text"], True, False),
        (["text", "video", "file", "audio"], ["text"], False, False),
        (["text"], ["image"], False, True),
        (["text"], ["text", "image"], False, True),
    ],
)
def test_modalities_say_whether_a_model_sees_and_paints(
    inputs: list[str], outputs: list[str], sees: bool, paints: bool
) -> None:
    flags = detect(architecture={"input_modalities": inputs, "output_modalities": outputs})
    assert pair(flags.supports_vision) == (sees, "api")
    assert pair(flags.is_image_gen) == (paints, "api")


SILENT: dict[str, list[str]] = {"input_modalities": [], "output_modalities": []}


def test_a_list_that_names_no_modalities_leaves_open_whether_a_model_sees_and_paints() -> None:
    flags = detect(architecture=SILENT)
    assert (pair(flags.supports_vision), pair(flags.is_image_gen)) == (NOBODY_KNOWS, NOBODY_KNOWS)


def test_a_family_may_say_what_a_list_without_modalities_does_not() -> None:
    flags = detect(
        architecture=SILENT, rules=[{"pattern": "b", "flags": {"supportsVision": True, "isImageGen": False}}]
    )
    assert (pair(flags.supports_vision), pair(flags.is_image_gen)) == ((True, "heuristic"), (False, "heuristic"))


def test_what_people_pinned_of_a_model_is_their_word_and_gives_way_to_an_override() -> None:
    pinned = replace(facts("a/b"), pinned_flags={"supports_tools": False, "json_mode": True})
    read = overrides(capability_overrides=[{"match": "a/b", "flags": {"jsonMode": False}}])
    flags = Resolver((), read.capabilities).detect(pinned, is_free=False)
    assert pair(flags.supports_tools) == (False, "override")
    assert pair(flags.json_mode) == (False, "override")
    assert pair(flags.structured_output) == (True, "api")


def test_family_rules_read_an_id_without_a_vendor_as_its_vendors() -> None:
    rules = overrides(family_rules=[{"pattern": "^acme/seer-", "flags": {"supportsVision": True}}]).family_rules
    bare = facts("seer-2", architecture=SILENT)
    assert pair(Resolver(rules, ()).detect(bare, is_free=False).supports_vision) == NOBODY_KNOWS
    known = replace(bare, parts=of_vendor(bare.parts, "acme"))
    assert pair(Resolver(rules, ()).detect(known, is_free=False).supports_vision) == (True, "heuristic")


def test_vision_of_a_record_of_2024_is_read_from_its_modality() -> None:
    assert pair(detect(architecture={"modality": "text+image->text"}).supports_vision) == (True, "api")


@pytest.mark.parametrize(
    ("reasoning", "parameters", "mode"),
    [
        (MANDATORY, ["reasoning", "include_reasoning"], "fixed"),
        (MANDATORY, [], "fixed"),
        (MANDATORY, ["reasoning_effort"], "configurable"),
        (EFFORTS, ["reasoning"], "configurable"),
        ({**MANDATORY, "supported_efforts": []}, ["reasoning"], "fixed"),
        ({**MANDATORY, "supported_efforts": None}, ["reasoning"], "fixed"),
        (BUDGET, ["reasoning"], "configurable"),
        ({**MANDATORY, "supports_max_tokens": False}, ["reasoning"], "fixed"),
        (OPTIONAL, [], "configurable"),
        (OPTIONAL, ["max_tokens"], "configurable"),
        (OPTIONAL, ["reasoning_effort"], "configurable"),
    ],
)
def test_the_reasoning_object_decides_first(reasoning: dict[str, Any], parameters: list[str], mode: str) -> None:
    flags = detect(reasoning=reasoning, supported_parameters=parameters)
    assert pair(flags.reasoning) == (mode, "api")


def reasons(told: ReasoningFacts, *, family: str | None = None) -> tuple[object, object]:
    """What becomes of facts that no record of OpenRouter can say."""
    rules = [{"pattern": "b", "flags": {"reasoning": family}}] if family else []
    resolver = Resolver(overrides(family_rules=rules).family_rules, ())
    silent = facts("a/b", supported_parameters=ABSENT)
    return pair(resolver.detect(replace(silent, reasoning=told), is_free=False).reasoning)


UNSAID = ReasoningFacts(None, None, takes_max_tokens=False)


@pytest.mark.parametrize("family", [None, "fixed", "configurable"])
def test_a_list_that_says_a_model_does_not_reason_is_believed(family: str | None) -> None:
    assert reasons(replace(UNSAID, supported=False), family=family) == ("none", "api")


@pytest.mark.parametrize(
    ("efforts", "family", "found"),
    [
        (None, None, ("configurable", "api")),
        (None, "configurable", ("configurable", "api")),
        (None, "fixed", ("fixed", "heuristic")),
        (("low", "high"), "fixed", ("configurable", "api")),
    ],
)
def test_where_a_list_leaves_open_whether_reasoning_ends_the_family_may_say(
    efforts: tuple[str, ...] | None, family: str | None, found: tuple[str, str]
) -> None:
    assert reasons(replace(UNSAID, efforts=efforts), family=family) == found


@pytest.mark.parametrize(
    ("parameters", "mode"),
    [
        (["reasoning_effort"], "configurable"),
        (["include_reasoning"], "configurable"),
        (["include_reasoning", "reasoning"], "configurable"),
        (["reasoning"], "none"),
        (["max_tokens", "tools"], "none"),
    ],
)
def test_without_the_object_the_parameters_decide(parameters: list[str], mode: str) -> None:
    assert pair(detect(reasoning=None, supported_parameters=parameters).reasoning) == (mode, "api")


FIXED = {"pattern": "/b", "flags": {"reasoning": "fixed"}}
CONFIGURABLE = {"pattern": "/b", "flags": {"reasoning": "configurable"}}


@pytest.mark.parametrize(
    ("rule", "reasoning", "parameters", "expected"),
    [
        (FIXED, None, ["include_reasoning"], ("fixed", "heuristic")),
        (CONFIGURABLE, None, ["include_reasoning"], ("configurable", "api")),
        (FIXED, None, ["include_reasoning", "reasoning_effort"], ("configurable", "api")),
        (FIXED, None, ["reasoning"], ("none", "api")),
        (FIXED, None, [], ("fixed", "heuristic")),
        (CONFIGURABLE, None, [], ("configurable", "heuristic")),
        (FIXED, OPTIONAL, ["include_reasoning"], ("configurable", "api")),
        (FIXED, OPTIONAL, [], ("configurable", "api")),
        (CONFIGURABLE, MANDATORY, ["reasoning"], ("fixed", "api")),
    ],
)
def test_a_family_may_say_fixed_where_the_feed_leaves_the_control_open(
    rule: dict[str, Any], reasoning: dict[str, Any] | None, parameters: list[str], expected: tuple[str, str]
) -> None:
    flags = detect(rules=[rule], reasoning=reasoning, supported_parameters=parameters)
    assert pair(flags.reasoning) == expected


@pytest.mark.parametrize(
    ("flag", "field", "value"),
    [
        ("supportsVision", "supports_vision", True),
        ("supportsTools", "supports_tools", False),
        ("structuredOutput", "structured_output", False),
        ("jsonMode", "json_mode", True),
        ("isImageGen", "is_image_gen", True),
        ("isFree", "is_free", True),
        ("reasoning", "reasoning", "configurable"),
    ],
)
def test_people_win_over_the_feed(flag: str, field: str, value: object) -> None:
    flags = detect(people=[{"match": "a/*", "flags": {flag: value}}], reasoning=MANDATORY)
    assert pair(getattr(flags, field)) == (value, "override")
    untouched = [name for name in DetectedFlags.__slots__ if name != field]
    assert all(getattr(flags, name).source is not DetectionSource.OVERRIDE for name in untouched)


def test_people_win_over_a_family_rule() -> None:
    flags = detect(rules=[RULE], people=[{"match": "a/b", "flags": {"supportsTools": False}}], supported_parameters=[])
    assert pair(flags.supports_tools) == (False, "override")


def test_an_override_of_another_model_changes_nothing() -> None:
    flags = detect(people=[{"match": "a/bc", "flags": {"supportsTools": False}}])
    assert pair(flags.supports_tools) == (True, "api")


def test_of_two_overrides_the_later_one_counts() -> None:
    people = [
        {"match": "a/b", "flags": {"supportsTools": False, "jsonMode": False}},
        {"match": "a/*", "flags": {"supportsTools": True}},
        {"match": "x/*", "flags": {"supportsTools": False}},
    ]
    flags = detect(people=people)
    assert (pair(flags.supports_tools), pair(flags.json_mode)) == ((True, "override"), (False, "override"))


def test_free_is_what_the_prices_say() -> None:
    assert pair(detect(is_free=True).is_free) == (True, "api")
    assert pair(detect(is_free=False).is_free) == (False, "api")
