"""What others found out about a switch: keys, the loader's word on age, servers, and clients' reports.

Each is a value that the caller brings; what it does not bring is not checked.
"""

from collections.abc import Mapping
from typing import Any, Final

from modelsync.client.freshness import Freshness
from modelsync.client.switching.credentials import EffectiveCredentials
from modelsync.client.switching.switch_report import NEEDS, Check, Level, Probe

_LOW_RATING: Final = 0.10
"""Share of failures above which a capability is told of; a flag that was lowered for it is restored below."""
_REFUSED: Final = (401, 404)
_FINE: Final = 200


def credentials_check(found: EffectiveCredentials) -> Check:
    """The key of the backend (S03): nothing runs without it, and where another one is suggested that is told."""
    data = {"backend": found.backend, "runs": found.runs, "suggested": found.suggested, "source": str(found.source)}
    if found.runs is None:
        return Check("S03", Level.FAILED, found.sentence, found.hint, data)
    if found.suggested not in {None, found.backend}:
        return Check("S03", Level.WARNED, f"{found.sentence}; {found.suggested} is suggested", data=data)
    return Check("S03", Level.PASSED, found.sentence, data=data)


def freshness_check(freshness: Freshness) -> Check:
    """The age of the catalog (S12)."""
    if freshness is Freshness.FRESH:
        return Check("S12", Level.PASSED, "the catalog is fresh", data={"freshness": str(freshness)})
    return Check("S12", Level.WARNED, f"the catalog is {freshness}", "models refresh", {"freshness": str(freshness)})


def network_check(probe: Probe) -> Check:
    """What servers answered (S13): a key or a model that they refuse fails."""
    statuses = {"key": probe.key_status, "model": probe.model_status}
    said = [f"{what}: {'no answer in time' if s is None else s}" for what, s in statuses.items() if s != _FINE]
    refused = any(status in _REFUSED for status in statuses.values())
    level = Level.FAILED if refused else Level.WARNED if said else Level.PASSED
    return Check("S13", level, "; ".join(said) or "key and model answer", data=statuses)


def ratings_check(ratings: Mapping[str, Any], *, needed: frozenset[str]) -> Check:
    """What clients reported of the abilities that are needed (S14)."""
    said, data = [], {}
    for need in sorted(needed):
        rating = ratings.get(NEEDS[need])
        if rating is None:
            continue
        evidence = rating.get("evidence") or {}
        rate, requests = evidence.get("rate"), evidence.get("requests")
        data[need] = {"standing": rating["standing"], "rate": rate, "requests": requests}
        if rating["standing"] != "watched" or (rate is not None and rate > _LOW_RATING):
            seen = "no requests of late" if rate is None else f"{rate:.0%} of {requests:,} requests failed"
            said.append(f"{need} is {rating['standing']}: {seen}")
    message = "; ".join(said) or ("clients report nothing against it" if data else "no client reported on it")
    return Check("S14", Level.WARNED if said else Level.PASSED, message, data=data)
