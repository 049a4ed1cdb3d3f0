"""How calls end, counted and reported: only where the user agreed, and never anything but what `preview` shows.

    telemetry = Telemetry(Surroundings(folder, clock, environment, target), listed=ids_of_the_catalog)
    telemetry.on()
    telemetry.record("qwen/qwen3-coder", "openrouter", capability="supportsTools", outcome="ok")
    telemetry.preview()   # the next document, byte for byte
    telemetry.flush()     # sends it, once its day is over

`record`, `preview` and `flush` never raise, and `record` waits for nothing. Nothing touches the network but `flush`,
and nothing makes a file before `on`. One document is sent for each day; nobody need call `flush` more than daily.
"""

import weakref
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Final

from modelsync import __version__
from modelsync.client.reports.consent import granted
from modelsync.client.reports.counting import WRITTEN_AFTER_SECONDS, Counting
from modelsync.client.reports.delivery import TELEMETRY_PATH, Delivery, Target, deliver
from modelsync.client.reports.outcome_ledger import (
    Ledger,
    calls_on,
    days_due,
    ledger_document,
    ledger_of,
    reported,
    under_a_fresh_name,
)
from modelsync.client.reports.outcomes import Payload, Sender, payload_of
from modelsync.client.reports.report_file import Document, ReportFile
from modelsync.client.reports.reporting import Flush, FlushResult, Standing, Surroundings, alone
from modelsync.errors import StoreError

FILE: Final = "telemetry"


class Telemetry:
    """One user's counts. `listed` gives the ids of the published catalog; `people` is how many are counted together."""

    def __init__(
        self,
        around: Surroundings,
        *,
        listed: Callable[[], Collection[str]],
        people: int = 1,
        written_after: float = WRITTEN_AFTER_SECONDS,
    ) -> None:
        self._around, self._listed, self._people = around, listed, people
        self._forbidden_by = around.forbidden_by
        self._file = ReportFile(around.folder, FILE)
        self._counting = Counting(self._file, clock=around.clock, draw=around.draw, pause=written_after)
        weakref.finalize(self, self._counting.write_quietly)  # also where the process ends

    def record(self, model_id: str, backend: str, *, capability: str, outcome: str | None) -> None:
        """Count one call; `outcome` as `call_ends.category_of` gives it, None for a call that says nothing."""
        if outcome is None or self._forbidden_by is not None:
            return
        try:
            self._counting.count(model_id, backend, capability=capability, outcome=outcome)
        except (TypeError, ValueError, RuntimeError):  # words that are none; a process that is ending
            self._counting.passed_over += 1

    def preview(self) -> Payload | None:
        """The first of `previews`; None where there is none."""
        return next(iter(self.previews()), None)

    def previews(self) -> tuple[Payload, ...]:
        """The next documents, whose bytes are those that are sent: of all days that are due, else of the last day.

        None of them where the user did not agree; a day that is not over goes on being counted.
        """
        try:
            self._counting.write()
            ledger = self._ledger()
            if ledger is None or not self._may_send(ledger):
                return ()
            now = self._around.now()
            ledger = self._named(ledger, now)
        except StoreError:
            return ()
        days = days_due(ledger, now=now) or tuple(sorted({seen[0] for seen in ledger.counts} - ledger.sent.keys()))[-1:]
        return tuple(self._payloads(ledger, days))

    def flush(self, *, force: bool = False) -> FlushResult:
        """Send what is due; `force` does not wait until a server wants to be asked again."""
        self._counting.write_quietly()
        try:
            ledger = self._ledger()
        except StoreError as error:
            return FlushResult(Flush.FAILED, error=str(error))
        if ledger is None or not self._may_send(ledger):
            return FlushResult(Flush.OFF)
        target = self._around.target
        if target is None:
            return FlushResult(Flush.NOWHERE, waiting=len(days_due(ledger, now=self._around.now())))
        return alone(self._file, lambda: self._flush(target, force=force))

    def on(self) -> Standing:
        """Agree: from now on calls are counted, and reported once their day is over. Raises StoreError."""
        today = self._around.now().date()

        def agree(ledger: Ledger | None) -> Ledger:
            consent = granted(ledger.consent if ledger is not None else None, today=today, draw=self._around.draw)
            return Ledger(consent) if ledger is None else ledger._replace(consent=consent)

        self._change(agree)
        self._counting.look_again()
        return self.status()

    def off(self) -> Standing:
        """Count and send no more; what was written stays until `purge`. Raises StoreError."""
        self._counting.forget()
        if self._ledger() is not None:
            self._change_known(lambda ledger: ledger._replace(consent=ledger.consent._replace(is_on=False)))
        return self.status()

    def purge(self) -> Standing:
        """Forget the counts, the name and the yes. Raises StoreError."""
        self._counting.forget()
        self._file.forget()
        return self.status()

    def status(self) -> Standing:
        """What the user said, and what is kept. Raises StoreError."""
        ledger, target = self._ledger(), self._around.target
        return Standing(
            is_on=ledger is not None and ledger.consent.is_on,
            forbidden_by=self._forbidden_by,
            target=target.base if target is not None else None,
            waiting=len(days_due(ledger, now=self._around.now())) if ledger is not None else 0,
            kept=len({seen[0] for seen in ledger.counts}) if ledger is not None else 0,
            retry_at=ledger.retry_at if ledger is not None else None,
            passed_over=self._counting.passed_over,
            error=self._counting.error,
        )

    def _flush(self, target: Target, *, force: bool) -> FlushResult:
        now, ledger = self._around.now(), self._ledger()
        if ledger is None or not self._may_send(ledger):
            return FlushResult(Flush.OFF)
        ledger = self._named(ledger, now)
        payloads = self._payloads(ledger, days_due(ledger, now=now))
        if payloads and ledger.retry_at is not None and now < ledger.retry_at and not force:
            return FlushResult(Flush.WAITING, waiting=len(payloads), retry_at=ledger.retry_at)
        sent: list[Payload] = []
        for payload in payloads:
            taken = deliver(target, TELEMETRY_PATH, packed=payload.packed, now=now)
            self._remember(payload.day, calls_on(ledger.counts, payload.day), taken=taken)
            if not taken.accepted:
                waiting = len(payloads) - len(sent)
                return _result(sent)._replace(
                    status=Flush.FAILED, waiting=waiting, retry_at=taken.retry_at, error=taken.error
                )
            sent.append(payload)
        return _result(sent)

    def _payloads(self, ledger: Ledger, days: Iterable[date]) -> list[Payload]:
        sender = Sender(ledger.consent.client, __version__, frozenset(self._listed()), self._people)
        found = (payload_of(ledger.counts, sender, day=day) for day in days)
        return [payload for payload in found if payload is not None]

    def _remember(self, day: date, calls: int, *, taken: Delivery) -> None:
        def remember(ledger: Ledger) -> Ledger:
            return reported(ledger, day, calls=calls) if taken.accepted else ledger._replace(retry_at=taken.retry_at)

        self._change_known(remember)

    def _named(self, ledger: Ledger, now: datetime) -> Ledger:
        """The ledger, with a name that is less than a year old."""

        def rename(known: Ledger) -> Ledger:
            return under_a_fresh_name(known, today=now.date(), draw=self._around.draw)

        return self._change_known(rename) or ledger if ledger.consent.is_old(now.date()) else ledger

    def _may_send(self, ledger: Ledger) -> bool:
        return ledger.consent.is_on and self._forbidden_by is None

    def _ledger(self) -> Ledger | None:
        return ledger_of(self._file.read())

    def _change_known(self, step: Callable[[Ledger], Ledger]) -> Ledger | None:
        """Change the ledger that there is, if there is one."""
        return self._change(lambda ledger: step(ledger) if ledger is not None else None)

    def _change(self, step: Callable[[Ledger | None], Ledger | None]) -> Ledger | None:
        def change(document: Document | None) -> Document | None:
            ledger = step(ledger_of(document))
            return ledger_document(ledger) if ledger is not None else document

        return ledger_of(self._file.change(change))


def _result(sent: Sequence[Payload]) -> FlushResult:
    bodies, left_out = tuple(payload.body for payload in sent), sum(payload.left_out for payload in sent)
    return FlushResult(Flush.SENT if sent else Flush.NOTHING, bodies, left_out)
