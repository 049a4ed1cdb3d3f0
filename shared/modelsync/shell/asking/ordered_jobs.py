"""The order of a function, carried out: the runtime that it needs, the job, and what is told of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from modelsync.shell.asking.asked_jobs import carry_out
from modelsync.shell.asking.job_order import JobOrder
from modelsync.shell.running.composition import runtime_of
from modelsync.shell.running.jobs import curate, observe, refresh, run_all
from modelsync.shell.running.report import metrics_of, summary_of
from modelsync.shell.running.runs import JobReport
from modelsync.shell.running.runtime import Runtime
from modelsync.shell.running.settings import Settings
from modelsync.shell.storage.object_store import ObjectStore


class _Job(Protocol):
    def __call__(self, runtime: Runtime, *, slot: datetime | None, dry_run: bool) -> JobReport: ...


_JOBS: Final[Mapping[str, _Job]] = {"refresh": refresh, "all": run_all, "curate": curate}


def carry_out_order(
    order: JobOrder, *, source: str, settings: Settings, environment: Mapping[str, str], store: ObjectStore
) -> tuple[dict[str, Any], dict[str, int]]:
    """Do what was ordered on one source's documents: what is told of it, and what is counted by metric name."""
    runtime = runtime_of(source, settings, environment, store)
    if order.job == "enrich":
        return _enriched(runtime, dry_run=order.dry_run)

    def job() -> JobReport:
        if order.job == "signals":
            from modelsync.shell.running.watching import watch_of  # late: no other job asks about hosts

            return observe(runtime, watch_of(settings).look, slot=order.slot, dry_run=order.dry_run)
        return _JOBS[order.job](runtime, slot=order.slot, dry_run=order.dry_run)

    report = job() if order.run is None else carry_out(runtime, order.run, job)
    return summary_of(report), metrics_of(report)


def _enriched(runtime: Runtime, *, dry_run: bool) -> tuple[dict[str, Any], dict[str, int]]:
    """It publishes no generation and has no slot: a second delivery reads again, and finds nothing new."""
    from modelsync.shell.running.enrichment import enrich, summary_of_enrichment  # late: no other job reads models.dev

    report = enrich(runtime, dry_run=dry_run)
    return summary_of_enrichment(report), {"Success": 1, "Published": int(report.outcome == "written")}
