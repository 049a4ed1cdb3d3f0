"""Daily: recompute the shortlist and let missing models age.

The function decides nothing: `modelsync.scheduled` reads the event and `modelsync.shell.jobs` does the work.
"""

from modelsync.errors import UsageError
from modelsync.scheduled import Order, scheduled
from modelsync.shell.jobs import curate
from modelsync.shell.runs import JobReport
from modelsync.shell.runtime import Runtime, build_runtime


def do(runtime: Runtime, order: Order) -> JobReport:
    """Run one curation."""
    if order.job != "curate":
        raise UsageError(f"event: job: expected curate, found {order.job!a:.40}")
    return curate(runtime, slot=order.slot, dry_run=order.dry_run)


handler = scheduled(do, job="curate", runtime_of=lambda settings, _order: build_runtime(settings))
