"""Why a flag has its value: what each layer says, and which of them decided."""

import re
from collections.abc import Iterator
from typing import Any, Final

from modelsync.catalog.capabilities import Capability, DetectionSource
from modelsync.catalog.events import Event, EventKind
from modelsync.catalog.keys import OPENROUTER
from modelsync.catalog.lifecycle import LISTED
from modelsync.catalog.model_info import ModelInfo
from modelsync.cli.explain.case import Case, Explanation
from modelsync.cli.tables import moment
from modelsync.pipeline.detect import ruled_name
from modelsync.pipeline.journal import FLAG_FIELDS
from modelsync.pipeline.overrides import Flags, glob_matcher
from modelsync.pipeline.telemetry.evidence import sentence_of
from modelsync.sources.facts import ReasoningFacts

PARAMETER_OF: Final = {
    Capability.TOOLS: "tools",
    Capability.STRUCTURED_OUTPUT: "structured_outputs",
    Capability.JSON_MODE: "response_format",
}
"""The request parameter by which the feed says that a model has a capability."""

NOTHING: Final = {
    "heuristic": "no family rule speaks of it",
    "telemetry": "no client has reported an outcome",
    "override": "none",
}
MOST_WORDS: Final = 6

REASONING_PARAMETERS: Final = ("reasoning", "include_reasoning", "reasoning_effort")


def explain_flag(flag: Capability, case: Case) -> Explanation:
    """Say who decided a flag, and what the others would have said."""
    name = FLAG_FIELDS[flag]
    value, source = getattr(case.model, name), getattr(case.model.detection_source, name)
    decided = f"decided by {source}" if source else "no layer knows"
    layers = (
        ("api", _of_provider(name, case) or _api(flag, case)),
        ("heuristic", _rules(name, source, case)),
        ("telemetry", _reported(flag, case)),
        ("override", "; ".join(_entries(name, case)) or None),
    )
    return Explanation(
        topic=str(flag),
        headline=f"{flag} = {_word(value)}, {decided}{_since(flag, case)}",
        lines=(*((layer, says) for layer, says in layers if says is not None), *_hosts(flag, case)),
        silent=tuple((layer, NOTHING[layer]) for layer, says in layers if says is None),
    )


def _word(value: object) -> str:
    words = {True: "yes", False: "no", None: "unknown"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def _since(flag: Capability, case: Case) -> str:
    event = next((event for event in reversed(case.log) if _set_flag(event, flag, case)), None)
    return f", since generation {event.generation} ({moment(event.at)})" if event else ""


def _set_flag(event: Event, flag: Capability, case: Case) -> bool:
    """Whether an event is one at which the flag may have got its value."""
    if event.kind is EventKind.REAPPEARED:
        stone = case.known.tombstone
        same = stone is not None and getattr(stone.last_known, FLAG_FIELDS[flag]) == getattr(
            case.model, FLAG_FIELDS[flag]
        )
        return str(event.before) not in LISTED and not same
    return event.kind is EventKind.ADDED or (event.kind is EventKind.CAPABILITY and event.field == flag)


def _reported(flag: Capability, case: Case) -> str | None:
    """What clients' reports say of the last week, or said when they decided."""
    signals = case.published.signals
    told = signals.telemetry.ratings if signals is not None and signals.telemetry is not None else {}
    rating = told.get(case.model.id, {}).get(flag)
    if rating is None:
        return None
    said = (("decided by", rating.decided_by), ("now", rating.evidence))
    return "; ".join([rating.standing, *(f"{when} {sentence_of(each)}" for when, each in said if each is not None)])


def _hosts(flag: Capability, case: Case) -> Iterator[tuple[str, str]]:
    """How many hosts offer what the feed lists as soon as one of them does."""
    seen = case.published.operations().get(case.model.id)
    if seen is None or seen.hosts is None or flag not in (Capability.TOOLS, Capability.STRUCTURED_OUTPUT):
        return
    hosts = seen.hosts
    offering = hosts.offering_tools if flag is Capability.TOOLS else hosts.offering_structured_output
    partly = "; a request that needs it reaches those alone" if 0 < offering < hosts.endpoints else ""
    yield "hosts", f"{offering} of {hosts.endpoints} endpoints offer it, seen {moment(hosts.fetched_at)}{partly}"


def _of_provider(name: str, case: Case) -> str | None:
    """What a direct provider's list says in its own words; None where it speaks as OpenRouter's does."""
    facts = case.feed_facts() if case.model.provider != OPENROUTER else None
    if facts is not None and name in facts.pinned_flags:
        return "silent: the provider's list does not say"
    if facts is not None and name in facts.listed_flags:
        return f"the provider's list says {_word(facts.listed_flags[name])}"
    return None


def _api(flag: Capability, case: Case) -> str:
    model = case.model
    if flag is Capability.VISION:
        return _among("image", model.input_modalities, "input modalities")
    if flag is Capability.IMAGE_GEN:
        return _among("image", model.output_modalities, "output modalities")
    if flag is Capability.FREE:
        return _charged(model)
    if flag is Capability.REASONING:
        return _reasoning(case)
    says = _among(PARAMETER_OF[flag], model.supported_parameters, "parameters")
    json_only = flag is Capability.STRUCTURED_OUTPUT and "response_format" in model.supported_parameters
    return f"{says}; response_format alone is plain JSON mode" if json_only and "is not" in says else says


def _among(word: str, listed: tuple[str, ...], what: str) -> str:
    if not listed:
        return f"silent: the feed lists no {what}"
    shown = ", ".join(listed) if len(listed) <= MOST_WORDS else f"{len(listed)} listed"
    return f"{word} is {'' if word in listed else 'not '}among the {what} ({shown})"


def _charged(model: ModelInfo) -> str:
    legs = model.pricing.raw
    charged = [leg for leg, price in legs.items() if price.strip("0.") != ""]
    if not legs:
        return "silent: the feed gives no price"
    if charged:
        return f"it charges for {', '.join(charged)}"
    kind = "a :free variant" if model.variant == "free" else f"its output is {', '.join(model.output_modalities)}"
    return f"all {len(legs)} prices are zero, and {kind}"


def _reasoning(case: Case) -> str:
    listed = [each for each in REASONING_PARAMETERS if each in case.model.supported_parameters]
    parameters = f"parameters {', '.join(listed)}" if listed else "none of its parameters"
    facts = case.feed_facts()
    if facts is not None and facts.reasoning is not None:
        return f"{_controls(facts.reasoning)}; {parameters}"
    return f"no reasoning object; {parameters}"


def _controls(facts: ReasoningFacts) -> str:
    efforts = f"efforts {', '.join(facts.efforts)}" if facts.efforts else "no efforts"
    budget = "a budget" if facts.takes_max_tokens else "no budget"
    return f"a reasoning object: {'mandatory' if facts.mandatory else 'optional'}, {efforts}, {budget}"


def _rules(name: str, source: DetectionSource | None, case: Case) -> str | None:
    stem = ruled_name(case.model.id, vendor=case.model.vendor)
    found = [
        f"{rule.pattern} says {_word(getattr(rule.flags, name))}: {rule.reason}"
        for rule in case.overrides.family_rules
        if name in rule.flags.model_fields_set and re.search(rule.pattern, stem, re.IGNORECASE)
    ]
    if not found:
        return None
    return "; ".join(found) + ("" if source is DetectionSource.HEURISTIC else " (not asked, another layer speaks)")


def _entries(name: str, case: Case) -> Iterator[str]:
    facts = case.feed_facts() if case.model.provider != OPENROUTER else None
    if facts is not None and name in facts.pinned_flags:
        yield f"pinned/{case.model.provider}.json says {_word(facts.pinned_flags[name])}; its line names the source"
    for each in case.overrides.capabilities:
        flags: Flags = each.flags
        if name in flags.model_fields_set and glob_matcher([each.match]).match(case.model.id):
            value: Any = getattr(flags, name)
            yield f"{each.match} says {_word(value)} since {each.since}: {each.reason} ({each.source})"
