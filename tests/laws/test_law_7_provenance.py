"""Law 7: provenance. Every flag has a source, and overrides always win."""

from fnmatch import fnmatchcase

from hypothesis import given

from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.overrides import Overrides
from tests.strategies import FEWER, Step, histories, override_sets, replay
from tests.timeline import Timeline

FLAGS = (
    "supports_vision",
    "supports_tools",
    "structured_output",
    "json_mode",
    "is_image_gen",
    "reasoning",
    "is_free",
)


def records(line: Timeline) -> list[ModelInfo]:
    """Every model record that is published anywhere."""
    curated = line.published.curated.models if line.published.curated else ()
    return [*line.models.values(), *(stone.last_known for stone in line.tombstones.values()), *curated]


@FEWER
@given(histories(), override_sets())
def test_a_flag_that_is_known_names_its_source_and_one_that_is_not_names_none(
    history: list[Step], people: Overrides
) -> None:
    line = Timeline(people)
    replay(history, line)
    for model in records(line):
        for flag in FLAGS:
            known = getattr(model, flag) is not None
            assert (getattr(model.detection_source, flag) is not None) is known, (model.id, flag)


@FEWER
@given(histories(), override_sets())
def test_what_people_say_is_what_is_published(history: list[Step], people: Overrides) -> None:
    line = Timeline(people)
    replay(history, line)
    for model in line.models.values():
        said: dict[str, object] = {}
        for entry in people.capabilities:
            if fnmatchcase(model.id, entry.match):
                said |= entry.flags.model_dump(exclude_unset=True)
        for flag, value in said.items():
            assert (getattr(model, flag), str(getattr(model.detection_source, flag))) == (value, "override")


@FEWER
@given(histories(), override_sets())
def test_nobody_is_overridden_whom_people_do_not_name(history: list[Step], people: Overrides) -> None:
    line = Timeline(people)
    replay(history, line)
    for model in line.models.values():
        named = {
            flag
            for entry in people.capabilities
            if fnmatchcase(model.id, entry.match)
            for flag in entry.flags.model_fields_set
        }
        overridden = {flag for flag in FLAGS if getattr(model.detection_source, flag) == "override"}
        assert overridden == named


@FEWER
@given(histories(), override_sets())
def test_a_guess_never_raises_a_flag_that_the_feed_denies(history: list[Step], people: Overrides) -> None:
    line = Timeline(people)
    replay(history, line)
    for model in line.models.values():
        guessed = {flag for flag in FLAGS if getattr(model.detection_source, flag) == "heuristic"}
        if model.supported_parameters:
            assert guessed <= {"reasoning"}
            assert "include_reasoning" in model.supported_parameters or not guessed
