"""The words for what a model can do, and who says so.

A flag is true, false or None (no layer knows). Every known flag names the layer that decided it.
The rules by which layers decide live in `pipeline.detect`; here are only the values.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Capability(StrEnum):
    """A flag of a published model, by its published name."""

    VISION = "supportsVision"
    TOOLS = "supportsTools"
    STRUCTURED_OUTPUT = "structuredOutput"
    JSON_MODE = "jsonMode"
    IMAGE_GEN = "isImageGen"
    REASONING = "reasoning"
    FREE = "isFree"


class DetectionSource(StrEnum):
    """The layer that decided a flag; a later one in this list beats an earlier one where both speak.

    `api` beats `heuristic` because a name pattern only fills silence (recall of name patterns on vision
    and on reasoning, against independent sources: 0.12).
    """

    HEURISTIC = "heuristic"
    API = "api"
    TELEMETRY = "telemetry"
    OVERRIDE = "override"


class ReasoningMode(StrEnum):
    """Whether a model reasons before it answers, and whether the caller has a say."""

    NONE = "none"
    FIXED = "fixed"
    CONFIGURABLE = "configurable"


@dataclass(frozen=True, slots=True)
class Detected(Generic[T_co]):
    """A flag with the layer that decided it; both are None where no layer knows."""

    value: T_co
    source: DetectionSource | None


class Need(StrEnum):
    """What a caller may require of a substitute, by the names of `autoTargets`."""

    ANY = "any"
    TOOLS = "tools"
    VISION = "vision"
    STRUCTURED_OUTPUT = "structuredOutput"
    REASONING = "reasoning"
