"""What telemetry lowered stays on a record until the list says something new, or people say otherwise."""

from typing import Any

import pytest

from modelsync.catalog.capabilities import Capability, Detected, DetectionSource
from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.detect import DetectedFlags, Resolver
from modelsync.pipeline.overrides import Overrides
from modelsync.pipeline.telemetry.flags import FIELD_OF, flag_of, keep_lowered, with_flag
from tests.builders import a_model
from tests.timeline import facts, overrides

TOOLS = Capability.TOOLS
PARAMETERS = ("max_tokens", "structured_outputs", "temperature", "tools")
LOWERED = Detected(value=False, source=DetectionSource.TELEMETRY)


def lowered(capability: Capability = TOOLS, *, value: bool | None = False, **fields: Any) -> ModelInfo:
    """The record of an earlier refresh, with a flag that telemetry decided since."""
    listed = {"canonical_slug": "a/b", "supported_parameters": PARAMETERS, "structured_output": True, **fields}
    return with_flag(a_model("a/b", **listed), capability, value=value, source=DetectionSource.TELEMETRY)


def kept(previous: ModelInfo | None, rules: Overrides | None = None, **fields: Any) -> DetectedFlags:
    """The flags of the next refresh; `fields` are those of its record."""
    said, known = facts("a/b", **fields), rules or Overrides()
    detected = Resolver(known.family_rules, known.capabilities).detect(said, is_free=False)
    return keep_lowered(detected, said, previous=previous)


def test_what_was_lowered_stays_lowered_while_the_list_says_true() -> None:
    assert kept(lowered()).supports_tools == LOWERED
    assert kept(lowered(Capability.STRUCTURED_OUTPUT)).structured_output == LOWERED


def test_what_nobody_knows_stays_unknown() -> None:
    assert kept(lowered(value=None)).supports_tools == Detected(None, DetectionSource.TELEMETRY)


def test_other_flags_are_those_of_the_list() -> None:
    flags = kept(lowered())
    assert flags.structured_output == Detected(value=True, source=DetectionSource.API)


@pytest.mark.parametrize(
    "previous", [None, a_model("a/b", supported_parameters=PARAMETERS)], ids=["new", "not lowered"]
)
def test_where_nothing_was_lowered_the_list_counts(previous: ModelInfo | None) -> None:
    assert kept(previous).supports_tools == Detected(value=True, source=DetectionSource.API)


@pytest.mark.parametrize("value", [True, False])
def test_people_have_the_last_word(value: bool) -> None:
    rules = overrides(capability_overrides=[{"match": "a/b", "flags": {"supportsTools": value}}])
    assert kept(lowered(), rules).supports_tools == Detected(value, DetectionSource.OVERRIDE)


def test_telemetry_stands_above_a_family_rule() -> None:
    rules = overrides(family_rules=[{"pattern": "^a/", "flags": {"supportsTools": True}}])
    previous = lowered(supported_parameters=())
    assert kept(previous, rules, supported_parameters=[]).supports_tools == LOWERED


@pytest.mark.parametrize(
    "fields",
    [
        {"supported_parameters": ["max_tokens", "tools", "tool_choice"]},
        {"canonical_slug": "a/b-20260801"},
    ],
)
def test_where_the_list_says_something_new_it_counts_again(fields: dict[str, Any]) -> None:
    assert kept(lowered(), **fields).supports_tools == Detected(value=True, source=DetectionSource.API)


@pytest.mark.parametrize(
    "fields",
    [
        {"supported_parameters": [*PARAMETERS, "seed"]},
        {"supported_parameters": [*PARAMETERS, "response_format"]},
        {"context_length": 1},
        {"prompt": "0.000009"},
        {"description": "Better at tools than ever."},
    ],
)
def test_news_of_something_else_change_nothing(fields: dict[str, Any]) -> None:
    assert kept(lowered(), **fields).supports_tools == LOWERED


def test_where_the_list_says_no_itself_it_counts() -> None:
    flags = kept(lowered(), supported_parameters=["max_tokens"])
    assert flags.supports_tools == Detected(value=False, source=DetectionSource.API)


@pytest.mark.parametrize("capability", FIELD_OF)
@pytest.mark.parametrize("value", [True, False, None])
def test_a_flag_is_put_on_a_record_with_its_source(capability: Capability, value: bool | None) -> None:
    changed = with_flag(a_model("a/b"), capability, value=value, source=DetectionSource.TELEMETRY)
    assert flag_of(changed, capability) == Detected(value, DetectionSource.TELEMETRY)


def test_a_flag_takes_its_buckets_along_both_ways() -> None:
    model = a_model("a/b")
    without = with_flag(model, TOOLS, value=False, source=DetectionSource.TELEMETRY)
    assert set(model.buckets) - set(without.buckets) == {"coding"}
    assert with_flag(without, TOOLS, value=True, source=DetectionSource.API).buckets == model.buckets
