"""Clients report how calls ended and which models are their saved choice: each report becomes one object.

The function decides nothing: `modelsync.shell.reports.intake` does. An event is that of a Lambda function URL (payload
format 2.0). Of a request the log tells what became of it, and nothing that came with it: no body, no token, no address.
"""

import base64
import binascii
import json
import os
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.typing import LambdaContext

from modelsync.shell.reports.intake import Answer, Intake, Request
from modelsync.shell.reports.reporters import reporters_of
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.patience import HURRIED
from modelsync.shell.storage.stores import store_of

logger = Logger()
metrics = Metrics(namespace="modelsync")


@metrics.log_metrics(capture_cold_start_metric=True)
@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Take one report in; a report that is refused, or cannot be kept now, is an answer and no failure."""
    answer = _intake().answer(_request_of(event))
    metrics.add_metric(name=_metric_of(answer), unit="Count", value=1)
    tell = logger.info if answer.fault is None else logger.error
    tell(answer.outcome, status=answer.status, kind=answer.kind, reporter=answer.reporter, fault=answer.fault)
    return {"statusCode": int(answer.status), "headers": dict(answer.headers), "body": json.dumps(answer.body)}


@cache
def _intake() -> Intake:
    prefix = os.environ.get("MODELSYNC_PREFIX", "models/")
    return Intake(_store, prefix=prefix, reporters=reporters_of(os.environ), now=lambda: datetime.now(UTC))


@cache
def _store() -> ObjectStore:
    return store_of(os.environ, limits=HURRIED)


def _request_of(event: dict[str, Any]) -> Request:
    body: bytes | None = (event.get("body") or "").encode("utf-8", "surrogatepass")
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body or b"", validate=True)
        except binascii.Error:
            body = None
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    return Request(event["requestContext"]["http"]["method"], event["rawPath"], headers, body)


def _metric_of(answer: Answer) -> str:
    if answer.fault is not None:
        return "ReportsFailed"
    return "ReportsAccepted" if answer.status < HTTPStatus.BAD_REQUEST else "ReportsRefused"
