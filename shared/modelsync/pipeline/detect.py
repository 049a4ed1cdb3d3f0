"""What a model can do: three layers, and every flag leaves with the layer that decided it.

1. `api`: what the feed says. Parameters are a union over endpoints, so a flag is never raised above it:
   the request would find no endpoint.
2. `heuristic`: family rules on the name (data, `overrides/family-rules.json`), only where the feed is silent.
3. `override`: what people established; it always wins. What they pinned of a model whose source's list is silent
   is of this layer, and gives way to overrides proper.

The measured reasons: name patterns find one vision or reasoning model in eight; `response_format` alone is JSON
mode and not schema-constrained output (wrong for 10 of 10 disagreements with independent sources).
Whether a flag fails in practice (`telemetry`) is not known here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from modelsync.catalog.capabilities import Detected, DetectionSource, ReasoningMode
from modelsync.catalog.model_ids import IdParts, base_id
from modelsync.pipeline.overrides import CapabilityOverride, FamilyRule, Flags, glob_matcher
from modelsync.sources.facts import ModelFacts, ReasoningFacts

API, HEURISTIC, OVERRIDE = DetectionSource.API, DetectionSource.HEURISTIC, DetectionSource.OVERRIDE
UNKNOWN: Final[Detected[bool | None]] = Detected(None, None)
YES: Final = Detected(value=True, source=API)
NO: Final = Detected(value=False, source=API)


@dataclass(frozen=True, slots=True)
class DetectedFlags:
    """All flags of one model, each with its source."""

    supports_vision: Detected[bool | None]
    supports_tools: Detected[bool | None]
    structured_output: Detected[bool | None]
    json_mode: Detected[bool | None]
    is_image_gen: Detected[bool | None]
    is_free: Detected[bool]
    reasoning: Detected[ReasoningMode]


class Resolver:
    """The layers below one set of overrides, ready for many models."""

    def __init__(self, rules: Iterable[FamilyRule], overrides: Iterable[CapabilityOverride]) -> None:
        self._rules = [(re.compile(rule.pattern, re.IGNORECASE), _set_flags(rule.flags)) for rule in rules]
        self._overrides = [(glob_matcher([each.match]), _set_flags(each.flags)) for each in overrides]
        self._overridden = glob_matcher(each.match for each in overrides)

    def detect(self, facts: ModelFacts, *, is_free: bool) -> DetectedFlags:
        """Decide every flag of one model; `is_free` is what its prices say."""
        parameters = facts.supported_parameters or ()
        listed = bool(parameters)
        guesses = {} if listed and facts.reasoning else self._guesses(facts.parts)
        flags = DetectedFlags(
            supports_vision=_images(facts.input_modalities, guess=guesses.get("supports_vision")),
            supports_tools=_listed("tools", parameters) if listed else _guess(guesses, "supports_tools"),
            structured_output=(
                _listed("structured_outputs", parameters) if listed else _guess(guesses, "structured_output")
            ),
            json_mode=_listed("response_format", parameters) if listed else _guess(guesses, "json_mode"),
            is_image_gen=_images(facts.output_modalities, guess=guesses.get("is_image_gen")),
            is_free=YES if is_free else NO,
            reasoning=_reasoning(facts.reasoning, parameters, guesses.get("reasoning")),
        )
        if facts.listed_flags or facts.pinned_flags:
            flags = _with(_with(flags, facts.listed_flags, source=API), facts.pinned_flags, source=OVERRIDE)
        return self._overruled(facts.id, flags) if self._overridden.match(facts.id) else flags

    def _guesses(self, parts: IdParts) -> Mapping[str, Any]:
        name = ruled_name(parts.id, vendor=parts.vendor)
        guesses: dict[str, Any] = {}
        for pattern, flags in self._rules:
            if pattern.search(name):
                guesses |= flags
        return guesses

    def _overruled(self, model_id: str, flags: DetectedFlags) -> DetectedFlags:
        for matcher, overriding in self._overrides:
            if matcher.match(model_id):
                flags = _with(flags, overriding, source=OVERRIDE)
        return flags


def _with(flags: DetectedFlags, stated: Mapping[str, Any], *, source: DetectionSource) -> DetectedFlags:
    """The flags with those that somebody states."""
    values: dict[str, Detected[Any]] = {name: getattr(flags, name) for name in DetectedFlags.__slots__}
    return DetectedFlags(**values | {name: Detected(value, source) for name, value in stated.items()})


def _images(modalities: tuple[str, ...], *, guess: bool | None) -> Detected[bool | None]:
    if modalities:
        return YES if "image" in modalities else NO
    return UNKNOWN if guess is None else Detected(guess, HEURISTIC)


def ruled_name(model_id: str, *, vendor: str) -> str:
    """What family rules are matched with: `vendor/name`, also where the id leaves its vendor out."""
    name = base_id(model_id)
    return f"{vendor}/{name}" if vendor and "/" not in name else name


def _set_flags(flags: Flags) -> Mapping[str, Any]:
    return {name: getattr(flags, name) for name in sorted(flags.model_fields_set)}


def _listed(parameter: str, parameters: tuple[str, ...]) -> Detected[bool | None]:
    return YES if parameter in parameters else NO


def _guess(guesses: Mapping[str, Any], flag: str) -> Detected[bool | None]:
    return Detected(guesses[flag], HEURISTIC) if flag in guesses else UNKNOWN


def _reasoning(
    facts: ReasoningFacts | None, parameters: tuple[str, ...], guess: ReasoningMode | None
) -> Detected[ReasoningMode]:
    """The feed's `reasoning` object first (since 2026-06-18), then parameters, then family rules.

    `reasoning` alone among the parameters proves nothing: three models that do not reason listed it in 2025.
    A reasoning model without the object leaves open whether there is a control; there the family may say `fixed`.
    """
    if facts is not None:
        return _told_reasoning(facts, parameters, guess)
    if "reasoning_effort" in parameters:
        return Detected(ReasoningMode.CONFIGURABLE, API)
    if "include_reasoning" in parameters:
        if guess is ReasoningMode.FIXED:
            return Detected(ReasoningMode.FIXED, HEURISTIC)
        return Detected(ReasoningMode.CONFIGURABLE, API)
    if parameters:
        return Detected(ReasoningMode.NONE, API)
    return Detected(guess or ReasoningMode.NONE, HEURISTIC)


def _told_reasoning(
    facts: ReasoningFacts, parameters: tuple[str, ...], guess: ReasoningMode | None
) -> Detected[ReasoningMode]:
    """What a feed says; where it leaves open whether reasoning can be switched off, the family may say `fixed`."""
    if not facts.supported:
        return Detected(ReasoningMode.NONE, API)
    controls = facts.efforts or facts.takes_max_tokens or "reasoning_effort" in parameters
    if facts.mandatory is None and not controls and guess is ReasoningMode.FIXED:
        return Detected(ReasoningMode.FIXED, HEURISTIC)
    fixed = facts.mandatory and not controls
    return Detected(ReasoningMode.FIXED if fixed else ReasoningMode.CONFIGURABLE, API)
