"""A handler as tutorials write it: everything imported and built at the top, one object read, one record sent back.

What `test_cold_start` compares to. It does less than any function of ours: it asks its store once, and has no rules.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

import boto3
import httpx
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

logger = Logger()
metrics = Metrics(namespace="plain")
tracer = Tracer()
s3 = boto3.client("s3")
http = httpx.Client()


class Record(BaseModel):
    """A model's record of 40 fields, of the kinds that a catalog is made of."""

    id: str
    name: str
    description: str = ""
    slug: str | None = None
    vendor: str | None = None
    family: str | None = None
    series: str | None = None
    variant: str | None = None
    alias: str | None = None
    created_at: datetime | None = None
    first_seen: datetime | None = None
    missing_since: datetime | None = None
    expires_at: datetime | None = None
    max_context: int | None = None
    max_output: int | None = None
    prompt: Decimal | None = None
    completion: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    reasoning_price: Decimal | None = None
    audio: Decimal | None = None
    image: Decimal | None = None
    request: Decimal | None = None
    web_search: Decimal | None = None
    pricing_status: str | None = None
    price_tier: str | None = None
    is_free: bool = False
    is_router: bool = False
    supports_vision: bool | None = None
    supports_tools: bool | None = None
    structured_output: bool | None = None
    json_mode: bool | None = None
    is_image_gen: bool | None = None
    reasoning: str | None = None
    input_modalities: tuple[str, ...] = ()
    output_modalities: tuple[str, ...] = ()
    supported_parameters: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    backends: dict[str, str] = {}
    raw: dict[str, str] = {}


@metrics.log_metrics(capture_cold_start_metric=True)
@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Read a record out of the bucket and send it back."""
    stored = s3.get_object(Bucket=event["bucket"], Key=event["key"])
    record = Record.model_validate_json(stored["Body"].read())
    metrics.add_metric(name="Records", unit="Count", value=1)
    logger.info("read", id=record.id)
    return record.model_dump(mode="json")
