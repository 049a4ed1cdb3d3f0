"""Who was told what, on disk: `notices.json` beside the user's file, each step a compare-and-set under its lock.

    mine = ledger.take(notices, now=now)     a lease on those that nobody was told
    ...                                      tell them
    ledger.shown(mine, now=now)              and note it

- The ledger never stands in the way of a call: taking, noting and settling raise nothing.
- Where the ledger cannot be kept, people are told again rather than not at all: a repeated sentence costs a glance, a
  model that changed unseen costs money. One process tells a notice once even so, for it remembers what it told;
  `problem` says why the file did not.
- Where another process holds the lock for long nothing is told: it is telling, and what it does not tell stays due.
- A damaged ledger is moved aside, which costs one repetition of each fact; that of a newer version is left alone.
- Accepting is what a user asked for: where that cannot be kept, it raises.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from modelsync.client.instants import instant
from modelsync.client.own.notice_ledger import (
    Entry,
    Ledger,
    Standing,
    acknowledged,
    due,
    leased,
    rebound,
    settled,
    shown,
    unaccepted,
)
from modelsync.client.own.notices import Notice
from modelsync.client.own.user_file import busy, changing, parsed
from modelsync.client.reading.files import read_file, replace_file
from modelsync.errors import StoreError, UsageError

NAME: Final = "notices.json"
SCHEMA: Final = 1
MOST_BYTES: Final = 4 * 1024 * 1024
WAIT_SECONDS: Final = 2.0
"""How long a call waits for its turn to tell."""


class Accepted(NamedTuple):
    """A notice that was accepted."""

    key: str
    scope: str


class NoticeFile:
    """The ledger at `path`, which the first notice makes."""

    def __init__(self, path: Path, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self.path = path
        self.problem: str | None = None
        """Why the last step was not kept; None where it was."""
        self._wait_seconds = wait_seconds
        self._is_busy = False
        self._unkept: Ledger = {}

    def read(self) -> Ledger:
        """All that is kept, without a lock; raises StoreError for a ledger that cannot be read."""
        body = read_file(self.path, limit=MOST_BYTES)
        found = {} if body is None else self._ledger(body)
        if found is None:
            raise StoreError(f"{self.path}: found no ledger of notices, expected one; the next notice begins a new one")
        return found

    def due(self, notices: Iterable[Notice], *, now: datetime) -> tuple[Notice, ...]:
        """The facts that nobody was told yet; looking takes none of them."""
        try:
            ledger = self.read()
        except StoreError as error:
            self.problem, ledger = str(error), {}
        return due(due(notices, ledger, now=now), self._unkept, now=now)

    def untold(self, notices: Iterable[Notice]) -> tuple[Notice, ...]:
        """Those that nobody is known to have been told, also where somebody is about to."""
        try:
            ledger = _caught_up(self.read(), self._unkept)
        except StoreError as error:
            self.problem, ledger = str(error), self._unkept
        told = {key for key, entry in ledger.items() if entry.standing is not Standing.LEASED}
        return tuple(notice for notice in notices if notice.key not in told)

    def unaccepted(self, notices: Iterable[Notice]) -> tuple[Notice, ...]:
        """Those that nobody is known to have accepted."""
        try:
            ledger = self.read()
        except StoreError as error:
            self.problem, ledger = str(error), {}
        return unaccepted(notices, ledger)

    def take(self, notices: Iterable[Notice], *, now: datetime) -> tuple[Notice, ...]:
        """Those that are the caller's to tell, and nobody else's for a minute."""
        facts, taken = tuple(notices), list[Notice]()

        def lease(ledger: Ledger) -> Ledger:
            taken.clear()
            for notice in facts:
                after = leased(ledger, notice, now=now)
                if after is not None:
                    taken.append(notice)
                    ledger = after
            return ledger

        if self._is_kept(lease):
            return tuple(taken)
        return () if self._is_busy else self._told_again(facts, now=now)

    def shown(self, notices: Iterable[Notice], *, now: datetime, message: str | None = None) -> None:
        """Note that they were told, in what the platform calls `message`."""
        told = tuple(notices)

        def note(ledger: Ledger) -> Ledger:
            for notice in told:
                ledger = shown(ledger, notice, now=now, message=message)
            return ledger

        if not self._is_kept(note):
            self._unkept = note(self._unkept)

    def acknowledge(self, typed: str, *, now: datetime) -> Accepted:
        """Accept the notice whose key begins with what was typed, and say whose it is.

        Raises NotFoundError for none, UsageError for several, StoreError where it cannot be kept.
        """
        found: list[Accepted] = []

        def accept(ledger: Ledger) -> Ledger:
            after = acknowledged(ledger, typed, now=now)
            key = next(each for each in after if each.startswith(typed.lower()))
            found.append(Accepted(key, after[key].scope))
            return after

        self._change(accept)
        return found[0]

    def rebound(self, scope: str, *, now: datetime) -> None:
        """Accept all that a scope was told, because its user chose anew."""
        self._is_kept(lambda ledger: rebound(ledger, scope, now=now))

    def settle(self, notices: Iterable[Notice], *, now: datetime) -> None:
        """Note which facts are none any more; `notices` are all that there are, of every scope."""
        facts = tuple(notices)
        self._is_kept(lambda ledger: settled(ledger, facts, now=now))

    def _told_again(self, facts: Iterable[Notice], *, now: datetime) -> tuple[Notice, ...]:
        mine = due(facts, self._unkept, now=now)
        for notice in mine:
            self._unkept = shown(self._unkept, notice, now=now)
        return mine

    def _is_kept(self, decide: Callable[[Ledger], Ledger]) -> bool:
        """Whether a step was kept; if not, `problem` says why."""
        self.problem = None
        try:
            self._change(decide)
        except StoreError as error:
            self.problem = str(error)
        return self.problem is None

    def _change(self, decide: Callable[[Ledger], Ledger]) -> None:
        """Decide on what is kept, and on what was told while nothing could be; raises StoreError."""
        folder = self.path.parent
        with changing(folder, wait_seconds=self._wait_seconds) as is_ours:
            self._is_busy = not is_ours
            if not is_ours:
                raise busy(folder, wait_seconds=self._wait_seconds)
            kept = self._readable()
            after = decide(_caught_up(kept, self._unkept))
            if after != kept:
                replace_file(self.path, json.dumps(_document(after)).encode())
            self._unkept = {}

    def _readable(self) -> Ledger:
        """What is kept; a ledger that is damaged is moved aside, and a new one begun."""
        body = read_file(self.path, limit=MOST_BYTES)
        found = {} if body is None else self._ledger(body)
        if found is not None:
            return found
        with suppress(OSError):
            self.path.replace(self.path.with_name(f"{NAME}.bad"))
        return {}

    def _ledger(self, body: bytes) -> Ledger | None:
        """The ledger in those bytes; None where they are damaged; raises StoreError for those of a newer version."""
        try:
            document = parsed(body, where=self.path)
            schema = document.get("schema")
        except StoreError:
            return None
        if type(schema) is int and schema > SCHEMA:
            raise StoreError(f"{self.path}: schema: found {schema}, expected {SCHEMA}; upgrade modelsync")
        return _ledger_of(document)


def _caught_up(ledger: Ledger, unkept: Ledger) -> Ledger:
    """The ledger with what this process told meanwhile; what somebody accepted stays accepted."""
    accepted = {key for key, entry in ledger.items() if entry.standing is Standing.ACKNOWLEDGED}
    return {**ledger, **{key: entry for key, entry in unkept.items() if key not in accepted}}


def _document(ledger: Ledger) -> dict[str, Any]:
    return {"schema": SCHEMA, "entries": {key: _written(entry) for key, entry in ledger.items()}}


def _written(entry: Entry) -> dict[str, str]:
    said = {"scope": entry.scope, "standing": str(entry.standing), "at": entry.at.isoformat(), "message": entry.message}
    return {name: text for name, text in said.items() if text is not None}


def _ledger_of(document: Mapping[str, Any]) -> Ledger | None:
    """The entries of a document; None where one of them is damaged."""
    entries = document.get("entries")
    if document.get("schema") != SCHEMA or not isinstance(entries, dict):
        return None
    found = {key: _entry(each) for key, each in entries.items()}
    whole = {key: entry for key, entry in found.items() if entry is not None}
    return whole if len(whole) == len(found) else None


def _entry(document: object) -> Entry | None:
    if not isinstance(document, dict):
        return None
    texts = [document.get(name) for name in ("scope", "standing", "at")]
    message = document.get("message")
    if not all(isinstance(each, str) for each in texts) or not isinstance(message, str | None):
        return None
    scope, standing, at = map(str, texts)
    try:
        return Entry(scope, Standing(standing), instant(at), message)
    except (ValueError, UsageError):
        return None
