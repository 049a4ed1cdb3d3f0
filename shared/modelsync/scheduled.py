"""What every scheduled function does around its job: read the event, run, log one line, count.

    {"slot": "2026-08-08T18:00:00Z", "job": "refresh", "provider": "deepseek", "dryRun": false, "run": "<id>"}

- All fields are optional. `slot` is the time that the schedule meant: the same slot delivered twice, late or at once
  changes nothing. `run` is a run that somebody asked for by hand, and is told how it ended.
- An error of ours fails the invocation, so that the schedule tries again and the queue of dead letters gets it at last.
- Metrics are counted by `source`: Success, Published, HeldFeed, RefusedFeed, Failed, ActiveModels, Events,
  SetAsideRecords; of a run that was repeated, which looked at nothing, Repeated alone.

It decides nothing: `modelsync.shell.jobs` does, and the store keeps the state between two runs.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics

from modelsync.errors import FeedError, ModelsyncError, UsageError
from modelsync.shell.report import metrics_of, summary_of
from modelsync.shell.runs import JobReport
from modelsync.shell.runtime import Runtime, Settings
from modelsync.shell.slots import slot_time

NAMESPACE: Final = "modelsync"

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Order:
    """An event, read: what to do, for which time of the schedule, for whom."""

    job: str
    provider: str | None = None
    slot: datetime | None = None
    dry_run: bool = False
    run: str | None = None

    @classmethod
    def of(cls, event: Mapping[str, Any], *, default_job: str) -> "Order":
        """Read an event; raises UsageError that names the field."""
        slot = _text(event, "slot")
        dry_run = event.get("dryRun", False)
        if not isinstance(dry_run, bool):
            raise UsageError(f"event: dryRun: expected true or false, found {dry_run!a:.40}")
        return cls(
            job=_text(event, "job") or default_job,
            provider=_text(event, "provider"),
            slot=slot_time(slot) if slot is not None else None,
            dry_run=dry_run,
            run=_text(event, "run"),
        )


def scheduled(
    do: Callable[[Runtime, Order], JobReport],
    *,
    job: str,
    runtime_of: Callable[[Settings, Order], Runtime],
) -> Handler:
    """The handler of a function that does one kind of job; `job` is what an event without one asks for."""
    logger = Logger()
    metrics = Metrics(namespace=NAMESPACE)

    @metrics.log_metrics(capture_cold_start_metric=True)
    @logger.inject_lambda_context
    def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        source, counted = "unknown", {"Failed": 1}
        try:
            order = Order.of(event, default_job=job)
            runtime = runtime_of(Settings.from_environment(os.environ), order)
            source = runtime.source.name
            report = _done(runtime, order, lambda: do(runtime, order))
            counted = metrics_of(report)
        except ModelsyncError as error:
            counted = {"RefusedFeed" if isinstance(error, FeedError) else "Failed": 1}
            # No traceback: the sentence says it all, and what led to it may quote what a source sent.
            logger.error("failed", error=str(error), source=source)  # noqa: TRY400
            raise
        finally:
            metrics.add_dimension(name="source", value=source)
            for name, value in counted.items():
                metrics.add_metric(name=name, unit="Count", value=value)
        summary = summary_of(report)
        logger.info(report.run.outcome, report=summary, source=source)
        return summary

    wrapped: Handler = handler
    return wrapped


def _done(runtime: Runtime, order: Order, job: Callable[[], JobReport]) -> JobReport:
    if order.run is None:
        return job()
    from modelsync.shell.asked_jobs import carry_out  # late: a schedule's run has nobody to tell

    return carry_out(runtime, order.run, job)


def _text(event: Mapping[str, Any], name: str) -> str | None:
    found = event.get(name)
    if found is not None and not isinstance(found, str):
        raise UsageError(f"event: {name}: expected a text, found {found!a:.40}")
    return found or None
