"""Daily, once for each direct provider: read the provider's own list and publish it beside OpenRouter's.

The event names the provider. Runs of different providers share nothing: one that fails touches no documents but its
own, and those only with its heartbeat. What is read and why is `modelsync.shell.providers`.
"""

import os

from modelsync.errors import UsageError
from modelsync.scheduled import Order, scheduled
from modelsync.shell.jobs import refresh
from modelsync.shell.providers import provider_runtime
from modelsync.shell.runs import JobReport
from modelsync.shell.runtime import Runtime, Settings


def do(runtime: Runtime, order: Order) -> JobReport:
    """Run one refresh; providers have no shortlist, so that there is no other job."""
    if order.job != "refresh":
        raise UsageError(f"event: job: expected refresh, found {order.job!a:.40}")
    return refresh(runtime, slot=order.slot, dry_run=order.dry_run)


def runtime_of(settings: Settings, order: Order) -> Runtime:
    """What the provider that the event names runs with."""
    return provider_runtime(settings, order.provider, os.environ)


handler = scheduled(do, job="refresh", runtime_of=runtime_of)
