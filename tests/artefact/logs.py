"""What a function writes, read as CloudWatch reads it: JSON lines, some of which hold metrics."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Metric:
    """One value of the embedded metric format, under the dimensions by which an alarm finds it."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    value: float


def json_lines(log: str) -> list[dict[str, Any]]:
    """All lines that are JSON objects."""
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def log_lines(log: str) -> list[dict[str, Any]]:
    """The lines that the function's own logger wrote: neither metrics nor what the runtime says of an error."""
    return [line for line in json_lines(log) if "service" in line and "_aws" not in line]


def metrics(log: str) -> list[Metric]:
    """Every value, once for each set of dimensions that it is published under."""
    return [
        Metric(directive["Namespace"], metric["Name"], tuple((name, line[name]) for name in sorted(names)), value)
        for line in json_lines(log)
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", ())
        for names in directive["Dimensions"]
        for metric in directive["Metrics"]
        for value in _values(line[metric["Name"]])
    ]


def _values(found: float | list[float]) -> list[float]:
    return found if isinstance(found, list) else [found]
