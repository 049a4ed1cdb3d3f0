"""Every six hours: read OpenRouter's list and publish what it means; asked by hand for `all`, the shortlist, too.

The function decides nothing: `modelsync.scheduled` reads the event and `modelsync.shell.jobs` does the work.
"""

from modelsync.errors import UsageError
from modelsync.scheduled import Order, scheduled
from modelsync.shell.jobs import refresh, run_all
from modelsync.shell.runs import JobReport
from modelsync.shell.runtime import Runtime, build_runtime


def do(runtime: Runtime, order: Order) -> JobReport:
    """Run one refresh."""
    if order.job == "all":
        return run_all(runtime, slot=order.slot, dry_run=order.dry_run)
    if order.job == "refresh":
        return refresh(runtime, slot=order.slot, dry_run=order.dry_run)
    raise UsageError(f"event: job: expected refresh or all, found {order.job!a:.40}")


handler = scheduled(do, job="refresh", runtime_of=lambda settings, _order: build_runtime(settings))
