"""Daily: recompute the shortlist and let missing models age.

The function decides nothing: `modelsync.shell.jobs` does, and the store keeps the state between two runs.
"""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.typing import LambdaContext

from modelsync.errors import ModelsyncError
from modelsync.shell.jobs import curate
from modelsync.shell.report import metrics_of, summary_of
from modelsync.shell.runtime import Settings, build_runtime

logger = Logger()
metrics = Metrics(namespace="modelsync")


@metrics.log_metrics(capture_cold_start_metric=True)
@logger.inject_lambda_context
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Run one curation; an error of modelsync fails the invocation, so that the schedule tries again."""
    try:
        report = curate(build_runtime(Settings.from_environment(os.environ)))
    except ModelsyncError:
        metrics.add_metric(name="Failed", unit="Count", value=1)
        raise
    for name, value in metrics_of(report).items():
        metrics.add_metric(name=name, unit="Count", value=value)
    summary = summary_of(report)
    logger.info(report.run.outcome, report=summary)
    return summary
