"""What every scheduled function does around its job: read the event, run, log one line, count.

    {"slot": "2026-08-08T18:00:00Z", "job": "refresh", "provider": "deepseek", "dryRun": false, "run": "<id>"}

- All fields are optional. `slot` is the time that the schedule meant: the same slot delivered twice, late or at once
  changes nothing. `run` is a run that somebody asked for by hand, and is told how it ended.
- An error of ours fails the invocation, so that the schedule tries again and the queue of dead letters gets it at last.
- Metrics are counted by `source`: Success, Published, HeldFeed, RefusedFeed, Failed, ActiveModels, Events,
  SetAsideRecords; of a run that was repeated, which looked at nothing, Repeated alone.

It decides nothing: `modelsync.shell.asking.ordered_jobs` finds the job, and the store keeps the state between two runs.
A slot that was done is told from the heartbeat alone; what a run needs is imported after that look.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics

from modelsync.catalog.keys import OPENROUTER
from modelsync.errors import FeedError, ModelsyncError
from modelsync.shell.asking.job_order import JobOrder
from modelsync.shell.publishing.first_look import REPEATED, look, repeated_summary
from modelsync.shell.running.settings import Settings

NAMESPACE: Final = "modelsync"

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def openrouter(_order: JobOrder) -> str:
    """The source of functions whose orders are all about OpenRouter's documents."""
    return OPENROUTER


def scheduled(*jobs: str, source_of: Callable[[JobOrder], str] = openrouter) -> Handler:
    """The handler of a function that does these jobs, the first where an event names none.

    `source_of` tells whose documents an order is about, and raises UsageError for one that is about nobody's.
    """
    logger = Logger()
    metrics = Metrics(namespace=NAMESPACE)

    @metrics.log_metrics(capture_cold_start_metric=True)
    @logger.inject_lambda_context
    def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        source, counted = "unknown", {"Failed": 1}
        try:
            order = JobOrder.of(event, jobs=jobs)
            source = source_of(order)
            summary, counted = _carry_out(order, source)
        except ModelsyncError as error:
            counted = {"RefusedFeed" if isinstance(error, FeedError) else "Failed": 1}
            # No traceback: the sentence says it all, and what led to it may quote what a source sent.
            logger.error("failed", error=str(error), source=source)  # noqa: TRY400
            raise
        finally:
            metrics.add_dimension(name="source", value=source)
            for name, value in counted.items():
                metrics.add_metric(name=name, unit="Count", value=value)
        logger.info(summary["outcome"], report=summary, source=source)
        return summary

    wrapped: Handler = handler
    return wrapped


def _carry_out(order: JobOrder, source: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Do what was ordered, unless it was done; what is told of it, and what is counted."""
    settings = Settings.from_environment(os.environ)
    store = settings.open_store()
    slot = order.slot_of_schedule
    if slot is not None:
        seen = look(store, source=source, prefix=settings.prefix, slot=slot)
        if seen.done:
            at = settings.now or datetime.now(UTC)
            return repeated_summary(slot, at=at, generation=seen.generation, dry_run=order.dry_run), REPEATED
        store = seen.store
    from modelsync.shell.asking.ordered_jobs import carry_out_order  # late: a slot that was done needs none of it

    return carry_out_order(order, source=source, settings=settings, environment=os.environ, store=store)
