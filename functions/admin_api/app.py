"""The admin API at a function URL: tells how things stand, and starts the job functions when somebody asks.

The function decides nothing: `modelsync.admin` does. Who may call is decided by IAM in front of it; a request that
comes without an identity all the same, because somebody opened the URL, is refused. The log has one line a request:
what was asked, by whom, what became of it; no body, no header.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from modelsync.admin.callers import caller_of, refuse_unsigned, request_of
from modelsync.admin.router import AdminApi, Desk
from modelsync.admin.starters import FunctionStarter
from modelsync.catalog.keys import OPENROUTER
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.patience import HURRIED
from modelsync.shell.storage.stores import store_of

logger = Logger()
metrics = Metrics(namespace="modelsync")


@metrics.log_metrics(capture_cold_start_metric=True)
@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer one request; no request fails the invocation."""
    refusal = refuse_unsigned(event)
    response = _api().answer(event) if refusal is None else refusal
    status, (method, path) = response["statusCode"], request_of(event)
    metrics.add_metric(name="AdminRequests", unit="Count", value=1)
    metrics.add_metric(name="AdminFaults", unit="Count", value=int(status >= HTTPStatus.INTERNAL_SERVER_ERROR))
    logger.info("answered", method=method, path=path, status=status, caller=caller_of(event))
    return response


@cache
def _api() -> AdminApi:
    desk = Desk(
        open_store=_store,
        prefix=os.environ.get("MODELSYNC_PREFIX", "models/"),
        source=OPENROUTER,
        starter=FunctionStarter(os.environ, _send),
        now=lambda: datetime.now(UTC).replace(microsecond=0),
        new_id=lambda: os.urandom(16).hex(),  # as random as a UUID, whose module is slow to start
        report_defect=lambda error: logger.error("defect", exc_info=error),
    )
    return AdminApi(desk)


@cache
def _store() -> ObjectStore:
    return store_of(os.environ, limits=HURRIED)


def _send(function: str, event: dict[str, Any]) -> None:
    _sender()(function, event)


@cache
def _sender() -> Callable[[str, dict[str, Any]], None]:
    from modelsync.shell.asking.deployed import EventSender  # only who asks for a run pays for it

    return EventSender()
