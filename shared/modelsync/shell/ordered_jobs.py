"""The order of a function, carried out: the runtime that it needs, the job, and what is told of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from modelsync.shell.asked_jobs import carry_out
from modelsync.shell.composition import runtime_of
from modelsync.shell.job_order import JobOrder
from modelsync.shell.jobs import curate, refresh, run_all
from modelsync.shell.object_store import ObjectStore
from modelsync.shell.report import metrics_of, summary_of
from modelsync.shell.runs import JobReport
from modelsync.shell.runtime import Runtime
from modelsync.shell.settings import Settings


class _Job(Protocol):
    def __call__(self, runtime: Runtime, *, slot: datetime | None, dry_run: bool) -> JobReport: ...


_JOBS: Final[Mapping[str, _Job]] = {"refresh": refresh, "all": run_all, "curate": curate}


def carry_out_order(
    order: JobOrder, *, source: str, settings: Settings, environment: Mapping[str, str], store: ObjectStore
) -> tuple[dict[str, Any], dict[str, int]]:
    """Do what was ordered on one source's documents: what is told of it, and what is counted by metric name."""
    runtime = runtime_of(source, settings, environment, store)

    def job() -> JobReport:
        return _JOBS[order.job](runtime, slot=order.slot, dry_run=order.dry_run)

    report = job() if order.run is None else carry_out(runtime, order.run, job)
    return summary_of(report), metrics_of(report)
