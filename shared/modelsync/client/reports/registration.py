"""Saved choices, reported so that nobody removes their models: only where the user agreed, and never more than ids.

    registration = Registration(Surroundings(folder, clock, environment, target), listed=ids_and_tombstones)
    registration.on()
    registration.preview(used)   # the document, byte for byte; `used` are ids, each with the day of its last use
    registration.flush(used)     # sends it, at most daily

`preview` and `flush` never raise. Nothing touches the network but `flush`, and nothing makes a file before `on`. Who
does not agree loses nothing but that old records may go. The random name is another one than that of telemetry.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Final

from modelsync.client.reports.consent import granted
from modelsync.client.reports.delivery import BINDINGS_PATH, Target, deliver
from modelsync.client.reports.leases import (
    Choices,
    Registry,
    choices_of,
    is_due,
    registry_document,
    registry_of,
    under_a_fresh_name,
)
from modelsync.client.reports.report_file import Document, ReportFile
from modelsync.client.reports.reporting import Flush, FlushResult, Standing, Surroundings, alone
from modelsync.errors import StoreError

FILE: Final = "registration"


class Registration:
    """One user's saved choices. `listed` gives the ids of the published catalog, those of its tombstones among them."""

    def __init__(self, around: Surroundings, *, listed: Callable[[], Collection[str]]) -> None:
        self._around, self._listed = around, listed
        self._forbidden_by = around.forbidden_by
        self._file = ReportFile(around.folder, FILE)

    def preview(self, used: Mapping[str, date]) -> Choices | None:
        """The document as it would be sent now, whether or not it is due; None where the user did not agree."""
        try:
            registry = self._registry()
            if registry is None or not self._may_send(registry):
                return None
            now = self._around.now()
            return self._choices(used, self._named(registry, now), now)
        except StoreError:
            return None

    def flush(self, used: Mapping[str, date], *, force: bool = False) -> FlushResult:
        """Send what is due; `force` does not wait until a server wants to be asked again."""
        try:
            registry = self._registry()
        except StoreError as error:
            return FlushResult(Flush.FAILED, error=str(error))
        if registry is None or not self._may_send(registry):
            return FlushResult(Flush.OFF)
        target = self._around.target
        if target is None:
            return FlushResult(Flush.NOWHERE)
        return alone(self._file, lambda: self._flush(target, used, force=force))

    def on(self) -> Standing:
        """Agree: from now on the ids of saved choices may be reported. Raises StoreError."""
        today = self._around.now().date()

        def agree(registry: Registry | None) -> Registry:
            consent = granted(registry.consent if registry is not None else None, today=today, draw=self._around.draw)
            return Registry(consent) if registry is None else registry._replace(consent=consent)

        self._change(agree)
        return self.status()

    def off(self) -> Standing:
        """Report no more; what was reported runs out within 35 days. Raises StoreError."""
        if self._registry() is not None:
            self._change_known(lambda registry: registry._replace(consent=registry.consent._replace(is_on=False)))
        return self.status()

    def purge(self) -> Standing:
        """Forget the name, the yes, and what was reported. Raises StoreError."""
        self._file.forget()
        return self.status()

    def status(self) -> Standing:
        """What the user said, and what was reported last. Raises StoreError."""
        registry, target = self._registry(), self._around.target
        return Standing(
            is_on=registry is not None and registry.consent.is_on,
            forbidden_by=self._forbidden_by,
            target=target.base if target is not None else None,
            kept=registry.leases if registry is not None else 0,
            retry_at=registry.retry_at if registry is not None else None,
        )

    def _flush(self, target: Target, used: Mapping[str, date], *, force: bool) -> FlushResult:
        now, registry = self._around.now(), self._registry()
        if registry is None or not self._may_send(registry):
            return FlushResult(Flush.OFF)
        registry = self._named(registry, now)
        choices = self._choices(used, registry, now)
        if not is_due(choices, registry):
            return FlushResult(Flush.NOTHING, left_out=choices.left_out)
        if registry.retry_at is not None and now < registry.retry_at and not force:
            return FlushResult(Flush.WAITING, waiting=1, retry_at=registry.retry_at)
        taken = deliver(target, BINDINGS_PATH, packed=choices.packed, now=now)
        if not taken.accepted:
            self._change_known(lambda registry: registry._replace(retry_at=taken.retry_at))
            return FlushResult(Flush.FAILED, waiting=1, retry_at=taken.retry_at, error=taken.error)
        said = Registry(registry.consent, choices.day, choices.digest, choices.leases)
        self._change_known(lambda registry: said._replace(consent=registry.consent))
        return FlushResult(Flush.SENT, (choices.body,), choices.left_out)

    def _choices(self, used: Mapping[str, date], registry: Registry, now: datetime) -> Choices:
        listed = frozenset(self._listed())
        return choices_of(used, client=registry.consent.client, listed=listed, day=now.date())

    def _named(self, registry: Registry, now: datetime) -> Registry:
        """The registry, with a name that is less than a year old."""

        def rename(known: Registry) -> Registry:
            return under_a_fresh_name(known, today=now.date(), draw=self._around.draw)

        return self._change_known(rename) or registry if registry.consent.is_old(now.date()) else registry

    def _may_send(self, registry: Registry) -> bool:
        return registry.consent.is_on and self._forbidden_by is None

    def _registry(self) -> Registry | None:
        return registry_of(self._file.read())

    def _change_known(self, step: Callable[[Registry], Registry]) -> Registry | None:
        """Change the registry that there is, if there is one."""
        return self._change(lambda registry: step(registry) if registry is not None else None)

    def _change(self, step: Callable[[Registry | None], Registry | None]) -> Registry | None:
        def change(document: Document | None) -> Document | None:
            registry = step(registry_of(document))
            return registry_document(registry) if registry is not None else document

        return registry_of(self._file.change(change))
