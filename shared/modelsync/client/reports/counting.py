"""Calls are counted in memory, and written to the user's file in the background: after half a minute, and at the end.

- Counting costs a dictionary's time, waits for no disk and raises nothing. A process that is killed loses what it
  counted in the last half minute, and no more.
- Where the user never agreed, or does so no more, nothing is counted, and no file is made. A yes of another process is
  seen after a minute.
- A process that forks leaves its counts to the parent.
"""

import os
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from modelsync.catalog.model_ids import is_model_id
from modelsync.catalog.reports import BACKEND
from modelsync.client.reports.consent import Draw
from modelsync.client.reports.outcome_ledger import added, is_countable, ledger_document, ledger_of
from modelsync.client.reports.outcomes import Seen
from modelsync.client.reports.report_file import Document, ReportFile
from modelsync.errors import StoreError

WRITTEN_AFTER_SECONDS: Final = 30.0
LOOKED_AFTER: Final = timedelta(minutes=1)
MOST_AT_ONCE: Final = 5_000
"""Different things that are counted between two writes; what comes on top is passed over."""


class Counting:
    """The counts of one process that are not written yet."""

    def __init__(self, file: ReportFile, *, clock: Callable[[], datetime], draw: Draw, pause: float) -> None:
        self.error: str | None = None
        """Why the last write failed."""
        self.passed_over = 0
        """What was no outcome of anything that is counted, or had no room."""
        self._file, self._clock, self._draw, self._pause = file, clock, draw, pause
        self._is_on: bool | None = None
        self._looked_at: datetime | None = None
        self._process = os.getpid()
        self._guard, self._writing = threading.Lock(), threading.Lock()
        self._counts: dict[Seen, int] = {}
        self._timer: threading.Timer | None = None

    def count(self, model_id: str, backend: str, *, capability: str, outcome: str) -> None:
        """Count one call."""
        if os.getpid() != self._process:
            self._begin_afresh()
        now = self._clock()
        if not self._may_count(now):
            return
        seen = ((now if now.tzinfo is UTC else now.astimezone(UTC)).date(), model_id, backend, capability, outcome)
        with self._guard:
            if seen in self._counts:
                self._counts[seen] += 1
            elif _is_sound(seen) and len(self._counts) < MOST_AT_ONCE:
                self._counts[seen] = 1
                self._write_later()
            else:
                self.passed_over += 1

    def write(self) -> None:
        """Add what was counted to the user's file; raises StoreError, and keeps it then."""
        if os.getpid() != self._process:
            self._begin_afresh()
        with self._writing:
            with self._guard:
                counted = self._taken()
            if not counted:
                return
            try:
                self._file.change(lambda document: self._with(document, counted))
            except StoreError as error:
                self.error = str(error)
                with self._guard:
                    for seen, number in counted.items():
                        self._counts[seen] = self._counts.get(seen, 0) + number
                    self._write_later()
                raise
            self.error = None

    def write_quietly(self) -> None:
        """Write, and leave it to `error` to say why not."""
        try:
            self.write()
        except StoreError as error:
            self.error = str(error)

    def look_again(self) -> None:
        """Forget whether the user agreed, because that may have changed."""
        self._is_on = None

    def forget(self) -> None:
        """Drop what is not written yet."""
        with self._guard:
            self._taken()
        self.look_again()

    def _begin_afresh(self) -> None:
        self._process = os.getpid()
        self._guard, self._writing = threading.Lock(), threading.Lock()
        self._counts, self._timer = {}, None

    def _may_count(self, now: datetime) -> bool:
        is_old = self._looked_at is None or abs(now - self._looked_at) >= LOOKED_AFTER
        if self._is_on is None or (not self._is_on and is_old):
            self._looked_at = now
            try:
                ledger = ledger_of(self._file.read())
            except StoreError as error:
                ledger, self.error = None, str(error)
            self._is_on = ledger is not None and ledger.consent.is_on
        return self._is_on

    def _with(self, document: Document | None, counted: dict[Seen, int]) -> Document | None:
        ledger = ledger_of(document)
        if ledger is None or not ledger.consent.is_on:  # another process has heard a no
            self._is_on = False
            return document
        return ledger_document(added(ledger, counted, today=self._today(), draw=self._draw))

    def _today(self) -> date:
        return self._clock().astimezone(UTC).date()

    def _taken(self) -> dict[Seen, int]:
        """What was counted, no longer here; nothing is left to be written later."""
        if self._timer is not None:
            self._timer.cancel()
        counted = self._counts
        self._counts, self._timer = {}, None
        return counted

    def _write_later(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(self._pause, self.write_quietly)
            self._timer.name, self._timer.daemon = "modelsync-counts", True
            self._timer.start()


def _is_sound(seen: Seen) -> bool:
    words: tuple[object, ...] = seen[1:]  # a caller's, who may hand over anything
    if not all(isinstance(word, str) for word in words):
        return False
    _, model_id, backend, capability, outcome = seen
    is_named = is_model_id(model_id) and BACKEND.fullmatch(backend) is not None
    return is_named and is_countable(capability, outcome)
