"""Why a flag is what it is: the layer that decided it, and what every other layer says.

From the weakest to the strongest: family rules on the name, the source's list, clients' reports, people's overrides,
the organisation, the user. A record tells which layer decided; the words of the layers below are told as far as the
record and `signals` still show them. Which family rule it was, or why people decided, is not published. Reports that
nobody has loaded are told as not looked at, which is another thing than none.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modelsync.client.browsing.explanation import (
    Confidence,
    Explanation,
    Said,
    Since,
    first_listed,
    last_change,
    noted,
    since_of,
)
from modelsync.client.catalog import Catalog, Model, Record

FLAGS: Final[Mapping[str, str]] = {
    "tools": "supportsTools",
    "vision": "supportsVision",
    "structuredOutput": "structuredOutput",
    "jsonMode": "jsonMode",
    "imageGen": "isImageGen",
    "reasoning": "reasoning",
    "free": "isFree",
}
"""Every flag by the word that people use for it."""

PARAMETER_OF: Final = {
    "supportsTools": "tools",
    "structuredOutput": "structured_outputs",
    "jsonMode": "response_format",
}
"""The request parameter by which the list says yes."""
MODALITIES_OF: Final = {"supportsVision": "inputModalities", "isImageGen": "outputModalities"}
REPORTED: Final = frozenset({"supportsTools", "structuredOutput"})
"""Flags that clients report on."""

Ratings = Mapping[str, Mapping[str, Any]]
"""What clients' reports came to, by id and by flag, as `signals` has it."""

_REASONING_PARAMETERS: Final = ("reasoning", "reasoning_effort", "include_reasoning")
_CONFIDENCE: Final[Mapping[str, Confidence]] = {
    "user": "high",
    "organisation": "high",
    "override": "high",
    "telemetry": "high",
    "api": "high",
    "heuristic": "medium",
}
_SOME_RULE: Final = "a family rule on its name says so; which one is not published"
_NO_RULE: Final = "no family rule on its name says that it reasons"
_STANDINGS: Final = {
    "watched": "nothing followed from them",
    "lowered": "they lowered the flag",
    "unverified": "they had lowered the flag, and are too few now to say",
}


def explain_flag(
    catalog: Catalog, model: Model, word: str, *, said_by: Mapping[str, str], ratings: Ratings | None = None
) -> Explanation:
    """Why a flag of a model, as the user sees it, has its value; `said_by` names the layers above the published.

    `ratings` are those of `signals`; None means those that the catalog was loaded with, if it was.
    """
    flag = FLAGS[word]
    known = _loaded_ratings(catalog) if ratings is None else ratings
    rating = None if known is None else known.get(model.id, {}).get(flag, {})
    own = _own_word(flag, said_by)
    listed = catalog.model(model.id)
    published = listed.record if listed is not None else model.record
    value, source = model.record[flag], own or model.record["detectionSource"][flag]
    change = last_change(catalog, model.id, frozenset({"capability"}), field=flag)
    return Explanation(
        about=word,
        value=value,
        source=source,
        confidence=_confidence(flag, value, source),
        since=None if own is not None else _since(catalog, model, flag, rating=rating or {}),
        evidence=(*_layers(published, flag, rating=rating), *noted(change)),
        overridden=tuple(_overridden(published, flag, source=source, own=own, is_listed=listed is not None)),
    )


def _own_word(flag: str, said_by: Mapping[str, str]) -> str | None:
    """The organisation's or the user's; who gives a price also says whether it is free."""
    if flag == "isFree":
        layers = {layer for name, layer in said_by.items() if name.startswith("pricing.")}
        return next((layer for layer in ("user", "organisation") if layer in layers), None)
    return said_by.get(flag)


def _confidence(flag: str, value: Any, source: str | None) -> Confidence | None:
    if source is None:
        return None
    # Where no rule matches either, the pipeline writes that a model does not reason.
    return "low" if (flag, value, source) == ("reasoning", "none", "heuristic") else _CONFIDENCE.get(source)


def _since(catalog: Catalog, model: Model, flag: str, *, rating: Mapping[str, Any]) -> Since | None:
    """Its last change in the log, if that led to this value; one that never changed stands since the model came."""
    value, change = model.record[flag], last_change(catalog, model.id, frozenset({"capability"}), field=flag)
    if change is not None:
        return since_of(change) if change.after == value else None
    decided = rating.get("decidedOn")
    if decided is not None and model.record["detectionSource"][flag] == "telemetry":
        return Since(decided)
    return first_listed(catalog, model.id)


def _layers(record: Record, flag: str, *, rating: Mapping[str, Any] | None) -> Iterator[Said]:
    """Every layer that may speak of a flag, the weakest first."""
    decided = record["detectionSource"][flag]
    if decided == "heuristic":
        is_silent = (flag, record[flag]) == ("reasoning", "none")
        yield Said("heuristic", _NO_RULE if is_silent else _SOME_RULE)
    yield Said("api", _list_says(record, flag))
    if flag in REPORTED:
        yield Said("telemetry", _reports_say(rating))
    yield Said("override", "people established it" if decided == "override" else "none")


def _list_says(record: Record, flag: str) -> str:
    if flag == "isFree":
        prices = {"free": "nothing is charged for any unit", "priced": "it has a price above zero"}
        return prices.get(record["pricingStatus"], "its price is unknown, or varies")
    if flag in MODALITIES_OF:
        kinds = record[MODALITIES_OF[flag]]
        way = "input" if flag == "supportsVision" else "output"
        return f"{way}: {', '.join(kinds)}" if kinds else f"does not say what its {way} is"
    parameters = record["supportedParameters"]
    if not parameters:
        return "names no parameters"
    if flag == "reasoning":
        named = [name for name in _REASONING_PARAMETERS if name in parameters]
        return f"parameters: {', '.join(named)}" if named else "names no parameter for reasoning"
    name = PARAMETER_OF[flag]
    return f"names the parameter {name}" if name in parameters else f"does not name the parameter {name}"


def _reports_say(rating: Mapping[str, Any] | None) -> str:
    """Requests that were reported of the last days; how many it takes is not published."""
    if rating is None:
        return "not looked at"
    if not rating:
        return "no reports"
    followed = _STANDINGS.get(rating["standing"], rating["standing"])
    evidence = rating.get("evidence") or rating.get("decidedBy")
    if evidence is None:
        return f"no reports of late; {followed}"
    counts = f"{evidence['requests']:,} requests in {evidence['window']}, {evidence['rate']:.0%} failed"
    return f"{counts}, told by {evidence['reporters']}; {followed}"


def _loaded_ratings(catalog: Catalog) -> Ratings | None:
    """Those of the set, where it was loaded with them."""
    signals = catalog.document("signals")
    telemetry = signals.get("telemetry") or {}
    return telemetry.get("ratings", {}) if signals else None


def _overridden(record: Record, flag: str, *, source: str | None, own: str | None, is_listed: bool) -> Iterator[Said]:
    """The words that would count without the deciding layer; a list's word is read off the record."""
    published = record["detectionSource"][flag]
    if own is not None and is_listed and published is not None:
        yield Said(published, in_words(record[flag]))
    listed = _list_decides(record, flag)
    if published in {"override", "telemetry"} and listed is not None and (own is not None or source == published):
        yield Said("api", in_words(listed))


def _list_decides(record: Record, flag: str) -> bool | None:
    """The flag as the list alone would have it; None where it is silent, or the record does not show its word."""
    if flag in MODALITIES_OF:
        kinds = record[MODALITIES_OF[flag]]
        return "image" in kinds if kinds else None
    if flag in PARAMETER_OF and record["supportedParameters"]:
        return PARAMETER_OF[flag] in record["supportedParameters"]
    return None


def in_words(value: Any) -> str:
    """What a layer says of a flag, for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)
