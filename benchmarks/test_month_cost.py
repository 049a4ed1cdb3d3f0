"""What a month costs, on paper: measured requests, bytes and seconds times list prices.

Measured here, by running the newest 30 days of the recorded feeds into memory: the requests of every run, the bytes
that are kept and served, how often the generation rises, and the seconds of a run on this machine; how the models
were served is one recorded day's statistics, moved a little each day. Assumed: a start takes 0.6 s; a function of 256
MB has a seventh of a processor, so that all takes seven times as long; a look at the hosts waits for 163 requests, two
a second; a client asks for the manifest once an hour and fetches the shortlist whenever the generation rose.

Prices in USD: AWS in us-east-1 with the allowances that every account has, and Cloudflare R2, as their price pages
listed them in 2026. Run with `make bench`.
"""

import gzip
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final

import pytest
import yaml

from modelsync.shell.running.replay import recorded_snapshots, replay
from modelsync.shell.running.runtime import build_runtime
from modelsync.shell.running.settings import Settings
from modelsync.shell.storage.stores import MemoryStore
from tests.faulty_stores import Counted
from tests.recorded_hosts import RecordedHosts

DAYS: Final = 30
MEMORY_GB: Final = 0.25
SLOWER_THAN_HERE: Final = 7.0
START_SECONDS: Final = 0.6
"""Of each run, before its job begins, on a whole processor."""
LOOK_SECONDS: Final = 163 / 2
"""Of each day, waited for by one function whatever its processor."""
POLLS: Final = 24 * DAYS
NOT_MODIFIED_BYTES: Final = 400
"""An answer 304 with its headers."""
LOG_LINE_BYTES: Final = 4000
RUN_METRICS: Final = 7
MILLION: Final = 1_000_000
GB: Final = 1_000_000_000

WRITES_AND_LISTS, READS = 5.0 / MILLION, 0.4 / MILLION
STORED_GB, SENT_GB, SENT_FREE_GB = 0.023, 0.09, 100
FUNCTION_GB_SECOND, FUNCTION_CALL = 0.0000166667, 0.2 / MILLION
LOGGED_GB = 0.50
METRIC_HOUR, FREE_METRICS = 0.30 / 730, 10
ALARM, FREE_ALARMS = 0.10, 10
CDN_REQUEST, CDN_FREE_REQUESTS, CDN_GB, CDN_FREE_GB = 1.0 / MILLION, 10 * MILLION, 0.085, 1000
R2_WRITE, R2_READ, R2_FREE_READS = 4.5 / MILLION, 0.36 / MILLION, 10 * MILLION


@dataclass(frozen=True)
class Month:
    """What thirty days of runs came to."""

    runs: int
    generations: int
    seconds: float
    requests: Counter[str]
    stored_bytes: int
    manifest_bytes: int
    shortlist_bytes: int
    """Compressed, as caches send it."""


@pytest.fixture(scope="module")
def month(recorded_feeds: Path) -> Month:
    snapshots = recorded_snapshots(recorded_feeds, source="openrouter")
    newest = tuple(each for each in snapshots if each.at >= snapshots[-1].at - timedelta(days=DAYS))
    store = Counted(MemoryStore())
    runtime = build_runtime(Settings())
    started = perf_counter()
    hosts = RecordedHosts.of(recorded_feeds)
    steps = list(replay(replace(runtime, store=store), newest, look=lambda at: partial(hosts.look, at)))
    seconds = perf_counter() - started
    kept = {key: stored.body for key in store.list() if (stored := store.get(key)) is not None}
    reports = [report for step in steps for report in step.reports]
    return Month(
        runs=len(reports),
        generations=max(report.run.generation or 0 for report in reports),
        seconds=seconds,
        requests=store.requests,
        stored_bytes=sum(map(len, kept.values())),
        manifest_bytes=len(kept["models/openrouter/manifest.json"]),
        shortlist_bytes=len(gzip.compress(kept["models/openrouter/curated.json"])),
    )


def running(month: Month) -> dict[str, float]:
    """The pipeline itself, whoever reads."""
    template = (Path(__file__).resolve().parents[1] / "template.yaml").read_text()
    alarms = template.count("Type: AWS::CloudWatch::Alarm")
    writes = month.requests["put"] + month.requests["list"]
    return {
        "functions": (month.seconds + month.runs * START_SECONDS) * SLOWER_THAN_HERE * MEMORY_GB * FUNCTION_GB_SECOND
        + DAYS * LOOK_SECONDS * MEMORY_GB * FUNCTION_GB_SECOND
        + month.runs * FUNCTION_CALL,
        "requests": writes * WRITES_AND_LISTS + month.requests["get"] * READS,
        "storage": 3 * month.stored_bytes / GB * STORED_GB,  # 90 days of it
        "logs": month.runs * LOG_LINE_BYTES / GB * LOGGED_GB,
        "metrics": max(0.0, month.runs * RUN_METRICS - FREE_METRICS * 730) * METRIC_HOUR,
        "alarms": max(0, alarms - FREE_ALARMS) * ALARM,
    }


def reading(month: Month, clients: int, *, cdn: bool) -> float:
    """All clients, through a CDN or straight from the bucket."""
    news = clients * month.generations
    requests = clients * POLLS + news
    gigabytes = (clients * POLLS * NOT_MODIFIED_BYTES + news * (month.manifest_bytes + month.shortlist_bytes)) / GB
    if cdn:
        return max(0, requests - CDN_FREE_REQUESTS) * CDN_REQUEST + max(0.0, gigabytes - CDN_FREE_GB) * CDN_GB
    return requests * READS + max(0.0, gigabytes - SENT_FREE_GB) * SENT_GB


def reading_r2(month: Month, clients: int) -> float:
    """All clients, from R2 without a cache; behind Cloudflare's cache most of it is free."""
    return max(0, clients * (POLLS + month.generations) - R2_FREE_READS) * R2_READ


def test_a_month_for_one_client_costs_less_than_a_dollar(month: Month) -> None:
    parts = running(month)
    total = sum(parts.values())
    print(f"\n{DAYS} days: {month.runs} runs, {month.generations} generations, {dict(month.requests)}")
    print(f"{month.seconds:.0f} s here, {month.stored_bytes / GB:.3f} GB, shortlist {month.shortlist_bytes} bytes sent")
    print("running:", ", ".join(f"{name} {usd:.4f}" for name, usd in parts.items()), f"= {total:.2f} USD")
    for clients in (1, 1_000, 1_000_000):
        ways = {
            "CDN": reading(month, clients, cdn=True),
            "no CDN": reading(month, clients, cdn=False),
            "R2 without a cache": reading_r2(month, clients),
        }
        print(f"{clients:>9,} clients:", ", ".join(f"{way} {total + usd:,.2f} USD" for way, usd in ways.items()))
    assert total + reading(month, 1, cdn=True) < 1
    assert total + reading(month, 1, cdn=False) < 1


def test_a_client_that_polls_all_day_in_an_unchanged_world_gets_less_than_twenty_kilobytes() -> None:
    assert POLLS / DAYS * NOT_MODIFIED_BYTES < 20_000


def test_the_template_can_be_read() -> None:
    """The count of alarms above is that of the file, not of a text that looks like it."""
    loader = type("Loader", (yaml.SafeLoader,), {})
    yaml.add_multi_constructor("!", lambda *_: None, Loader=loader)
    text = (Path(__file__).resolve().parents[1] / "template.yaml").read_text()
    resources = yaml.load(text, Loader=loader)["Resources"].values()
    assert sum(each["Type"] == "AWS::CloudWatch::Alarm" for each in resources) == text.count(
        "Type: AWS::CloudWatch::Alarm"
    )
