"""Whether the entries of published documents are what this client reads, looked at once when a document is parsed.

- An entry that lacks what is read, or has it as something else, is left out and told of: one bad record makes no
  question about the others unanswerable. Where none is left, or a list is no list, it is the document that is bad.
- What an entry says more than this client knows is no fault, nor is a word that it does not know.
- Two models of one id cannot be told apart: the first one stays.

Prices are not judged here: one that cannot be read is unknown (`amounts`).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from modelsync.catalog.keys import CHANGES, CURATED, CURRENT, DEPRECATIONS
from modelsync.catalog.model_ids import MAX_LENGTH
from modelsync.client.instants import is_instant
from modelsync.errors import StoreError

_ADVICE: Final = "ask who publishes it"


class _Kind(NamedTuple):
    """What a member has to be."""

    words: str
    holds: Callable[[Any], bool]

    def or_null(self) -> "_Kind":
        return _Kind(f"{self.words} or null", lambda value: value is None or self.holds(value))


def _is_id(value: Any) -> bool:
    """An id is never shown otherwise than it is: no blanks, nothing unseen."""
    return (
        type(value) is str
        and 0 < len(value) <= MAX_LENGTH
        and value.isascii()
        and value.isprintable()
        and " " not in value
    )


def _texts(value: Any) -> bool:
    return type(value) is list and all(type(each) is str for each in value)


def _pricing(value: Any) -> bool:
    return (
        type(value) is dict
        and all(type(value.get(name)) is kind for name, kind in _PRICING.items())
        and all(type(each) is dict for each in value["overrides"])
    )


def _shelf(value: Any) -> bool:
    """A bucket of the shortlist."""
    models = value.get("models") if type(value) is dict else None
    return type(models) is list and all(type(each) is dict and _is_id(each.get("id")) for each in models)


_PRICING: Final = {"perUnit": dict, "overrides": list, "raw": dict}
_ID: Final = _Kind("an id", _is_id)
_TEXT: Final = _Kind("a text", lambda value: type(value) is str)
_FLAG: Final = _Kind("true or false", lambda value: type(value) is bool)
_COUNT: Final = _Kind("a whole number from 0", lambda value: type(value) is int and value >= 0)
_TIME: Final = _Kind("a time with its zone", is_instant)
_TEXTS: Final = _Kind("a list of texts", _texts)
_OBJECT: Final = _Kind("an object", lambda value: type(value) is dict)
_PRICES: Final = _Kind("an object with perUnit, overrides and raw", _pricing)
_ANYTHING: Final = _Kind("anything", lambda _: True)
_TEXT_OR_NULL, _FLAG_OR_NULL, _COUNT_OR_NULL = _TEXT.or_null(), _FLAG.or_null(), _COUNT.or_null()
_TIME_OR_NULL, _OBJECT_OR_NULL = _TIME.or_null(), _OBJECT.or_null()
_SOURCES: Final = _Kind(
    "an object of texts or null",
    lambda value: type(value) is dict and all(each is None or type(each) is str for each in value.values()),
)
_NAMES: Final = _Kind(
    "an object of texts", lambda value: type(value) is dict and all(type(each) is str for each in value.values())
)

_FLAGS: Final = ("supportsVision", "supportsTools", "structuredOutput", "jsonMode", "isImageGen")
_MODEL: Final[Mapping[str, _Kind]] = {
    "id": _ID,
    "name": _TEXT,
    "canonicalSlug": _TEXT_OR_NULL,
    "createdAt": _TIME_OR_NULL,
    "vendor": _TEXT,
    "family": _TEXT,
    "series": _TEXT,
    "variant": _TEXT_OR_NULL,
    "isRouter": _FLAG,
    "aliasTarget": _TEXT_OR_NULL,
    "alias": _TEXT,
    "maxContext": _COUNT_OR_NULL,
    "maxOutput": _COUNT_OR_NULL,
    "cost": _TEXT,
    "pricing": _PRICES,
    "pricingStatus": _TEXT,
    "priceTier": _TEXT_OR_NULL,
    "isFree": _FLAG,
    "pendingPricing": _OBJECT_OR_NULL,
    **dict.fromkeys(_FLAGS, _FLAG_OR_NULL),
    "reasoning": _TEXT,
    "detectionSource": _SOURCES,
    "inputModalities": _TEXTS,
    "outputModalities": _TEXTS,
    "supportedParameters": _TEXTS,
    "buckets": _TEXTS,
    "state": _TEXT,
    "missingSince": _TIME_OR_NULL,
    "expiresAt": _TIME_OR_NULL,
    "backends": _NAMES,
}
_STONE: Final[Mapping[str, _Kind]] = {
    "id": _ID,
    "state": _TEXT,
    "cause": _TEXT,
    "firstSeen": _TIME,
    "missingSince": _TIME,
    "deprecatedAt": _TIME,
    "removedAt": _TIME_OR_NULL,
    "lastKnown": _OBJECT,
}
_REDIRECT: Final[Mapping[str, _Kind]] = {"from": _ID, "to": _ID, "kind": _TEXT}
_MOVE: Final[Mapping[str, _Kind]] = {"oldAlias": _TEXT, "modelId": _ID, "since": _TIME}
_EVENT: Final[Mapping[str, _Kind]] = {
    "kind": _TEXT,
    "id": _ID,
    "at": _TIME,
    "generation": _COUNT,
    "field": _TEXT_OR_NULL,
    "before": _ANYTHING,
    "after": _ANYTHING,
    "note": _TEXT_OR_NULL,
}
_SOURCED: Final = (*_FLAGS, "reasoning", "isFree")
"""Flags whose layer is read."""

_LISTS: Final[Mapping[str, Mapping[str, Mapping[str, _Kind]]]] = {
    CURRENT: {"models": _MODEL},
    CURATED: {"models": _MODEL},
    DEPRECATIONS: {"tombstones": _STONE, "redirects": _REDIRECT, "aliasHistory": _MOVE},
    CHANGES: {"events": _EVENT},
}


class Sound(NamedTuple):
    """A document without what cannot be read."""

    document: Mapping[str, Any]
    left_out: tuple[str, ...] = ()
    """A sentence for each list from which something was left out."""


def sound(name: str, document: Mapping[str, Any], *, where: str) -> Sound:
    """The document `name` of a set as it can be read; raises StoreError where it is bad as a whole."""
    if "generatedAt" in document and not is_instant(document["generatedAt"]):
        raise StoreError(f"{where}: generatedAt: expected {_TIME.words}, found something else; {_ADVICE}")
    if name == CURRENT and "models" not in document:
        raise StoreError(f"{where}: models: expected a list, found nothing; {_ADVICE}")
    kept, sentences = dict[str, Any](), list[str]()
    for member in _LISTS.get(name, {}).keys() & document.keys():
        entries = document[member]
        if type(entries) is not list:
            raise StoreError(f"{where}: {member}: expected a list, found something else; {_ADVICE}")
        faults = dict(_faults(entries, _LISTS[name][member]))
        if not faults:
            continue
        if len(faults) == len(entries):
            raise StoreError(f"{where}: {member}: {_first(faults, entries)}, as of all others; {_ADVICE}")
        kept[member] = [entry for place, entry in enumerate(entries) if place not in faults]
        number = f"{len(faults)} of {len(entries)} {member}"
        sentences.append(f"{where}: left out {number} that cannot be read: {_first(faults, entries)}; {_ADVICE}")
    if name == CURATED:
        _refuse_bad_shortlist(document, where=where)
    return Sound({**document, **kept} if kept else document, tuple(sentences))


def _faults(entries: list[Any], rules: Mapping[str, _Kind]) -> Iterator[tuple[int, str]]:
    """What is wrong with which entry, by its place."""
    seen = set[str]()
    for place, entry in enumerate(entries):
        fault = _fault(entry, rules)
        if fault is None and rules is _MODEL:
            fault = "another model has this id" if entry["id"] in seen else None
            seen.add(entry["id"])
        if fault is not None:
            yield place, fault


def _fault(entry: Any, rules: Mapping[str, _Kind]) -> str | None:
    if type(entry) is not dict:
        return f"expected {_OBJECT.words}, found something else"
    for member, kind in rules.items():
        if member not in entry:
            return f"{member}: expected {kind.words}, found nothing"
        if not kind.holds(entry[member]):
            return f"{member}: expected {kind.words}, found something else"
    if rules is _MODEL:
        lacking = [flag for flag in _SOURCED if flag not in entry["detectionSource"]]
        return f"detectionSource: expected {lacking[0]}, found nothing" if lacking else None
    return _fault(entry["lastKnown"], _MODEL) if rules is _STONE else None


def _first(faults: Mapping[int, str], entries: list[Any]) -> str:
    """The first fault with its place, and the id where one can be shown."""
    place, fault = next(iter(faults.items()))
    named = entries[place].get("id") if type(entries[place]) is dict else None
    return f"[{place}]{f' ({named})' if _is_id(named) else ''} {fault}"


def _refuse_bad_shortlist(document: Mapping[str, Any], *, where: str) -> None:
    buckets, targets = document.get("buckets", {}), document.get("autoTargets", {})
    if type(buckets) is not dict or not all(map(_shelf, buckets.values())):
        raise StoreError(f"{where}: buckets: expected lists of models with an id, found something else; {_ADVICE}")
    tiers = targets.values() if type(targets) is dict else (None,)
    if not all(type(tier) is dict and all(each is None or _is_id(each) for each in tier.values()) for tier in tiers):
        raise StoreError(f"{where}: autoTargets: expected ids by tier and need, found something else; {_ADVICE}")
