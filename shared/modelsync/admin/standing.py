"""How things stand, as one JSON object: the answer to `GET /api/admin/models/status`.

Three small objects are read: the manifest, the heartbeat, and the run that was asked for last; no catalog document,
and no package but the standard library, so that a cold start stays short. What is not there is null; what cannot be
read is null as well, and a finding says why.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from modelsync.catalog import keys
from modelsync.shell.asking.asked_runs import AskedRun, current, to_json
from modelsync.shell.storage.json_object import JsonObject, moment_text
from modelsync.shell.storage.object_store import ObjectStore

Json = dict[str, Any]

NOTHING_PUBLISHED: Final = "nothing is published yet; ask for a refresh of the target all"


def standing(store: ObjectStore, *, prefix: str, source: str, now: datetime) -> Json:
    """The state of one source's catalog; raises StoreError where the store fails."""
    findings: list[str] = []
    manifest = _read(store, prefix + keys.document_key(source, keys.MANIFEST), _manifest, findings)
    if manifest is None and not findings:
        findings.append(NOTHING_PUBLISHED)
    heartbeat = _read(store, prefix + keys.document_key(source, keys.STATUS), _heartbeat, findings)
    last = current(store, prefix)
    return {
        "now": moment_text(now),
        "source": source,
        "generation": manifest["generation"] if manifest else None,
        "isOverdue": heartbeat is not None and now > datetime.fromisoformat(heartbeat["nextDue"]),
        "isStale": _is_stale(manifest, heartbeat, now),
        "manifest": None if manifest is None else manifest | {"ageSeconds": _age(manifest["generatedAt"], now)},
        "heartbeat": None
        if heartbeat is None
        else heartbeat | {"observedAgeSeconds": _age(heartbeat["observedAt"], now)},
        "run": None if last.run is None else run_json(last.run, now),
        "findings": [*findings, *((last.finding,) if last.finding else ())],
    }


def run_json(run: AskedRun, now: datetime) -> Json:
    """A run that was asked for, and how far it is."""
    return to_json(run) | {"state": run.state(now)}


def _read(store: ObjectStore, key: str, fields_of: Callable[[JsonObject], Json], findings: list[str]) -> Json | None:
    stored = store.get(key)
    if stored is None:
        return None
    try:
        return fields_of(JsonObject.decode(stored.body))
    except ValueError as error:
        findings.append(f"{key}: {error}; run `syncmodels verify` to see what else is wrong")
        return None


def _manifest(document: JsonObject) -> Json:
    counts = document.child("counts")
    return {
        "generation": document.number("generation"),
        "generatedAt": moment_text(document.moment("generatedAt")),
        "nextDue": moment_text(document.moment("nextDue")),
        "staleAfter": moment_text(document.moment("staleAfter")),
        "note": document.text_or_none("note"),
        "counts": {name: counts.number(name) for name in counts.fields},
    }


def _heartbeat(document: JsonObject) -> Json:
    success, held = document.child_or_none("lastSuccess"), document.child_or_none("heldFeed")
    return {
        "lastAttempt": _attempt(document.child("lastAttempt")),
        "lastSuccess": None if success is None else _attempt(success),
        "lastCurated": _text_or_none(document.moment_or_none("lastCurated")),
        "observedAt": _text_or_none(document.moment_or_none("observedAt")),
        "consecutiveFailures": document.number("consecutiveFailures"),
        "nextDue": moment_text(document.moment("nextDue")),
        "heldFeed": None
        if held is None
        else {"since": moment_text(held.moment("since")), "reason": held.text("reason")},
        "heldPrices": len(document.items("heldPrices")),
        "setAside": len(document.items("setAside")),
        "findings": document.texts("findings"),
    }


def _attempt(attempt: JsonObject) -> Json:
    return {
        "at": moment_text(attempt.moment("at")),
        "job": attempt.text("job"),
        "outcome": attempt.text("outcome"),
        "generation": attempt.number_or_none("generation"),
        "message": attempt.text_or_none("message"),
    }


def _is_stale(manifest: Mapping[str, Any] | None, heartbeat: Mapping[str, Any] | None, now: datetime) -> bool:
    """Whether no feed was believed for as long as the manifest says that its readers need not worry."""
    if manifest is None:
        return False
    published = datetime.fromisoformat(manifest["generatedAt"])
    patience = datetime.fromisoformat(manifest["staleAfter"]) - published
    observed = heartbeat["observedAt"] if heartbeat is not None else None
    return now - (published if observed is None else max(published, datetime.fromisoformat(observed))) >= patience


def _age(moment: str | None, now: datetime) -> int | None:
    """Whole seconds; below zero where a clock differs."""
    return None if moment is None else int((now - datetime.fromisoformat(moment)).total_seconds())


def _text_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)
