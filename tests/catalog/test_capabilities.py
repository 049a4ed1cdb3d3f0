"""The words of flags."""

from modelsync.catalog.capabilities import Capability, Detected, DetectionSource, ReasoningMode
from modelsync.catalog.model_info import DetectionSources, ModelInfo


def test_every_flag_is_a_published_field_and_every_published_source_is_of_a_flag() -> None:
    published = {str(field.alias) for field in ModelInfo.model_fields.values()}
    sourced = {str(field.alias) for field in DetectionSources.model_fields.values()}
    assert {str(flag) for flag in Capability} == sourced
    assert sourced <= published


def test_later_layers_beat_earlier_ones() -> None:
    assert [str(source) for source in DetectionSource] == ["heuristic", "api", "telemetry", "override"]


def test_reasoning_has_three_modes() -> None:
    assert [str(mode) for mode in ReasoningMode] == ["none", "fixed", "configurable"]


def test_a_flag_is_equal_to_another_of_the_same_value_and_source() -> None:
    assert Detected("fixed", DetectionSource.API) == Detected("fixed", DetectionSource.API)
    assert Detected("fixed", DetectionSource.API) != Detected("fixed", DetectionSource.OVERRIDE)
