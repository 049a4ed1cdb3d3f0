"""A flag that clients' reports decided: how it gets onto a record, and how long it stays there.

The layer lies above the list and the family rules, and below people: an override line takes it back at the next
refresh. What telemetry lowered stays so from one refresh to the next while the list goes on to say the opposite. Once
the list tells something new of the model (another release behind the id, other parameters of that capability), the
evidence is of a model that is gone, and the list counts again.

Which flags are lowered is decided in `downgrade`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from modelsync.catalog.buckets import Bucket
from modelsync.catalog.capabilities import Capability, Detected, DetectionSource
from modelsync.catalog.model_ids import parse_model_id
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.pricing import amount
from modelsync.pipeline.detect import DetectedFlags
from modelsync.pipeline.ranking.eligibility import eligible_buckets
from modelsync.sources.facts import ModelFacts

FIELD_OF: Final[Mapping[Capability, str]] = {
    Capability.TOOLS: "supports_tools",
    Capability.STRUCTURED_OUTPUT: "structured_output",
}
"""The flags that clients report on, and where a record has them."""

PARAMETERS_OF: Final[Mapping[Capability, frozenset[str]]] = {
    Capability.TOOLS: frozenset({"tools", "tool_choice", "parallel_tool_calls"}),
    Capability.STRUCTURED_OUTPUT: frozenset({"structured_outputs", "response_format"}),
}
"""What a list says of each."""

LISTED: Final = frozenset({DetectionSource.API, DetectionSource.HEURISTIC})
"""The layers whose flags telemetry judges: the list, and family rules where that is silent."""


def flag_of(model: ModelInfo, capability: Capability) -> Detected[bool | None]:
    """A record's flag, with the layer that decided it."""
    name = FIELD_OF[capability]
    return Detected(getattr(model, name), getattr(model.detection_source, name))


def listed_source(model: ModelInfo) -> DetectionSource:
    """Who said that a flag is true which telemetry lowered: the list, or where that is silent a family rule."""
    return DetectionSource.API if model.supported_parameters else DetectionSource.HEURISTIC


def keep_lowered(flags: DetectedFlags, facts: ModelFacts, *, previous: ModelInfo | None) -> DetectedFlags:
    """The flags with those that telemetry had decided and nobody above it or new from below contradicts."""
    if previous is None:
        return flags
    for capability, name in FIELD_OF.items():
        told: Detected[bool | None] = getattr(flags, name)
        stood = flag_of(previous, capability)
        if (
            stood.source is DetectionSource.TELEMETRY
            and told.value is True
            and told.source is not DetectionSource.OVERRIDE
            and says_the_same(facts, previous, capability)
        ):
            kept: dict[str, Any] = {name: stood}
            flags = replace(flags, **kept)
    return flags


def says_the_same(model: ModelInfo | ModelFacts, other: ModelInfo, capability: Capability) -> bool:
    """Whether a feed or a record and another record are of one release, and say the same of a capability."""
    about = PARAMETERS_OF[capability]
    says, said = about.intersection(model.supported_parameters or ()), about.intersection(other.supported_parameters)
    return says == said and model.canonical_slug == other.canonical_slug


def with_flag(
    model: ModelInfo, capability: Capability, *, value: bool | None, source: DetectionSource | None
) -> ModelInfo:
    """The record with another value of a flag, and with the buckets that follow from it."""
    name = FIELD_OF[capability]
    sources = model.detection_source.model_copy(update={name: source})
    changed = model.model_copy(update={name: value, "detection_source": sources})
    return changed.model_copy(update={"buckets": _buckets(changed)})


def _buckets(model: ModelInfo) -> tuple[Bucket, ...]:
    prompt = model.pricing.prompt_per_million
    return eligible_buckets(
        parse_model_id(model.id),
        name=model.name,
        output_modalities=model.output_modalities,
        pricing_status=model.pricing_status,
        prompt_usd_per_mtok=None if prompt is None else amount(prompt),
        max_context=model.max_context,
        supports_tools=model.supports_tools,
        supports_vision=model.supports_vision,
        is_image_gen=model.is_image_gen,
        reasoning=model.reasoning,
    )
