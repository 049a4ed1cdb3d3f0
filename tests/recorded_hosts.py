"""Endpoint statistics of one recorded day, as answers of OpenRouter's endpoints: what a test observes.

The recording lists one endpoint a row, with percentiles of half an hour. On other days than its own every figure is
moved by up to a fifth, each day and endpoint by chance of its own, so that a shortlist has something to be steady
against.
"""

import csv
import gzip
import io
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from modelsync.pipeline.observe import Choose, Seen
from modelsync.sources.openrouter_endpoints import EndpointFacts, ServedModel

DRIFT = 0.2


@dataclass(frozen=True)
class RecordedHosts:
    """The endpoints of one day, by model."""

    served: Mapping[str, Sequence[EndpointFacts]]

    @classmethod
    def of(cls, recorded_feeds: Path) -> "RecordedHosts":
        """Read the recording."""
        rows = gzip.decompress((recorded_feeds / "extra" / "endpoint-stats-20260807.csv.gz").read_bytes()).decode()
        served: dict[str, list[EndpointFacts]] = defaultdict(list)
        for row in csv.DictReader(io.StringIO(rows)):
            if row["is_hidden"] != "True" and row["is_disabled"] != "True":
                variant = "" if row["variant"] == "standard" else f":{row['variant']}"
                served[row["model_slug"] + variant].append(_facts(row))
        return cls(served)

    def look(self, at: datetime, choose: Choose) -> Seen:
        """Those whom `choose` asks about, as they were on the day of `at`."""
        chance = random.Random(f"{at:%Y-%m-%d}")
        asked = [model_id for model_id in choose(()) if model_id in self.served]
        return Seen(
            served={
                model_id: ServedModel(model_id, tuple(_drifted(each, chance) for each in self.served[model_id]))
                for model_id in asked
            }
        )


def _facts(row: Mapping[str, str]) -> EndpointFacts:
    return EndpointFacts(
        is_healthy=float(row["status"] or 0) >= 0 and row["is_deranked"] != "True",
        supported_parameters=frozenset({"tools"} if row["supports_tool_parameters"] == "True" else ()),
        context=int(float(row["context_length"])) if row["context_length"] else None,
        prompt_price=Decimal(row["price_prompt"]) if row["price_prompt"] else None,
        uptime_1d=None,
        latency_p50_ms=_figure(row["p50_latency"]),
        throughput_p50_tps=_figure(row["p50_throughput"]),
    )


def _figure(text: str) -> float | None:
    return float(text) or None if text else None


def _drifted(facts: EndpointFacts, chance: random.Random) -> EndpointFacts:
    factor = 1 + chance.uniform(-DRIFT, DRIFT)
    latency, throughput = facts.latency_p50_ms, facts.throughput_p50_tps
    return replace(
        facts,
        latency_p50_ms=None if latency is None else latency * factor,
        throughput_p50_tps=None if throughput is None else throughput * factor,
    )
