"""Runs that somebody asked for by hand: at most one at a time, kept in one object.

    ask ──▶ requested ──start──▶ running ──finish──▶ finished
                 └──────────────────┴── 15 minutes after it was asked for ──▶ lost

- Whoever asks writes the object with a condition on what stood there: of two at once exactly one wins, and the other
  is told who did. While a run is requested or running, nobody else may ask.
- Whoever runs it tells when it starts and how it ended. A run that was delivered again starts again; one that another
  run has replaced meanwhile is told nothing, and tells nothing.
- A run that died without a word blocks nobody for longer than `LOST_AFTER`.
- An object that cannot be read stands for no run, and is written over.

No catalog document depends on it. It is read by the admin API, whose start has to be quick: standard library only.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from modelsync.catalog import keys
from modelsync.errors import RunUnderWayError
from modelsync.shell.storage.contention import until_first
from modelsync.shell.storage.json_object import JsonObject, moment_text
from modelsync.shell.storage.object_store import Headers, ObjectStore

TARGETS: Final = ("all", keys.OPENROUTER, "curated", *keys.PROVIDERS)
"""What may be asked for: both jobs of the catalog, one of them, or the list of one provider."""

STATUS_PATH: Final = "/api/admin/models/status"
REFRESH_PATH: Final = "/api/admin/models/refresh"
"""Where the admin API tells of runs and takes orders for them."""

LOST_AFTER: Final = timedelta(minutes=15)
"""The longest that a function may run."""

LONGEST_MESSAGE: Final = 500
SCHEMA_VERSION: Final = "1.0"

State = Literal["requested", "running", "finished", "lost"]

_PRIVATE: Final = Headers(cache_control="private, no-store")


@dataclass(frozen=True, slots=True)
class AskedRun:
    """One run that was asked for; times in UTC, to the second."""

    run: str
    target: str
    dry_run: bool
    requested_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: str | None = None
    message: str | None = None
    generation: int | None = None
    """The generation that stood when it was over."""

    def state(self, now: datetime) -> State:
        """How far it is; a time of asking that is far ahead of the clock counts as far behind it."""
        if self.finished_at is not None:
            return "finished"
        if abs(now - self.requested_at) >= LOST_AFTER:
            return "lost"
        return "running" if self.started_at is not None else "requested"

    def is_under_way(self, now: datetime) -> bool:
        """Whether nobody else may ask yet."""
        return self.state(now) in ("requested", "running")


@dataclass(frozen=True, slots=True)
class LastAsked:
    """The run that was asked for last; where it cannot be told, `finding` says why."""

    run: AskedRun | None
    finding: str | None = None
    etag: str | None = None


def ask(
    store: ObjectStore, prefix: str, *, target: str, dry_run: bool, now: datetime, new_id: Callable[[], str]
) -> AskedRun:
    """Ask for a run; raises RunUnderWayError, which names it, where one is under way."""
    asked = AskedRun(new_id(), target, dry_run, requested_at=now)
    tried = False

    def attempt() -> AskedRun:
        nonlocal tried
        last = current(store, prefix)
        if tried and last.run == asked:
            return asked  # the attempt before has written it, although the store said that it had lost
        if last.run is not None and last.run.is_under_way(now):
            raise RunUnderWayError(last.run.run, last.run.target, moment_text(last.run.requested_at))
        tried = True
        _put(store, prefix, asked, etag=last.etag)
        return asked

    return until_first(attempt, what=keys.ASKED_RUN)


def start(store: ObjectStore, prefix: str, *, run: str, now: datetime) -> AskedRun | None:
    """Tell that a run begins, also again; None where another one has been asked for since."""
    begun = {"started_at": now, "finished_at": None, "outcome": None, "message": None, "generation": None}
    return _told(store, prefix, run, **begun)


def finish(
    store: ObjectStore,
    prefix: str,
    *,
    run: str,
    outcome: str,
    message: str | None,
    now: datetime,
    generation: int | None = None,
) -> AskedRun | None:
    """Tell how a run ended; None where another one has been asked for since."""
    shortened = None if message is None else message[:LONGEST_MESSAGE]
    return _told(store, prefix, run, finished_at=now, outcome=outcome, message=shortened, generation=generation)


def current(store: ObjectStore, prefix: str) -> LastAsked:
    """The run that was asked for last, under way or over."""
    stored = store.get(prefix + keys.ASKED_RUN)
    if stored is None:
        return LastAsked(None)
    try:
        return LastAsked(from_json(JsonObject.decode(stored.body)), etag=stored.etag)
    except ValueError as error:
        finding = f"{keys.ASKED_RUN}: {error}; it stands for no run, and the next one replaces it"
        return LastAsked(None, finding, stored.etag)


def to_json(run: AskedRun) -> dict[str, Any]:
    """A run as it is stored and shown."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "run": run.run,
        "target": run.target,
        "dryRun": run.dry_run,
        "requestedAt": moment_text(run.requested_at),
        "startedAt": _text_or_none(run.started_at),
        "finishedAt": _text_or_none(run.finished_at),
        "outcome": run.outcome,
        "message": run.message,
        "generation": run.generation,
    }


def from_json(document: JsonObject) -> AskedRun:
    """Read a run; ValueError says which field is not what it should be."""
    return AskedRun(
        run=document.text("run"),
        target=document.text("target"),
        dry_run=document.flag("dryRun"),
        requested_at=document.moment("requestedAt"),
        started_at=document.moment_or_none("startedAt"),
        finished_at=document.moment_or_none("finishedAt"),
        outcome=document.text_or_none("outcome"),
        message=document.text_or_none("message"),
        generation=document.number_or_none("generation"),
    )


def _told(store: ObjectStore, prefix: str, run: str, **news: Any) -> AskedRun | None:
    def attempt() -> AskedRun | None:
        last = current(store, prefix)
        if last.run is None or last.run.run != run:
            return None
        told = replace(last.run, **news)
        if told != last.run:
            _put(store, prefix, told, etag=last.etag)
        return told

    return until_first(attempt, what=keys.ASKED_RUN)


def _put(store: ObjectStore, prefix: str, run: AskedRun, *, etag: str | None) -> None:
    """Write over the object that was read; None means that there was none."""
    body = json.dumps(to_json(run), separators=(",", ":")).encode() + b"\n"
    store.put(prefix + keys.ASKED_RUN, body, headers=_PRIVATE, if_absent=etag is None, if_match=etag)


def _text_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)
