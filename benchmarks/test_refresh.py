"""How fast a refresh computes: feed bytes and previous documents in, new documents' bytes out, no I/O.

The baseline is what any program pays that only reads and writes the same feed: stdlib `json.loads` and
`json.dumps`, measured in the same run. Every round starts with empty caches, as a scheduled function does.
Both run in turn, pair by pair, because the machines that this runs on drift; a ratio of pairs does not. Run with
`make bench`; figures go with the machine, ratios travel.
"""

import gc
import gzip
import json
import tracemalloc
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import pytest

from modelsync.catalog import pricing
from modelsync.catalog.documents import Source, encode
from modelsync.catalog.published_set import PublishedSet, decode_set
from modelsync.pipeline import normalize
from modelsync.pipeline.refresh import refresh_catalog
from modelsync.pipeline.stamp import Stamp
from modelsync.shell.running.collector import collection_paused
from modelsync.shell.running.inputs import default_overrides, load_overrides
from modelsync.sources import openrouter_record, wire
from modelsync.sources.openrouter import OpenRouter

NOW = datetime(2026, 8, 8, 18, 42, tzinfo=UTC)
OVERRIDES = load_overrides(default_overrides()).on(NOW.date())
CACHES: tuple[Any, ...] = (
    pricing.parse_price,
    pricing.amount,
    pricing.dollars,
    normalize._detection_sources,
    openrouter_record._arena_name,
    wire.words,
)

MOST_TIMES_JSON = 5.0
MOST_PER_MODEL_AT_SCALE = 1.3
MOST_TIMES_FEED_IN_MEMORY = 12.0


@pytest.fixture
def feeds(recorded_feeds: Path) -> tuple[bytes, bytes]:
    """The two newest recorded bodies of the default list, older first."""
    older, newer = sorted(recorded_feeds.glob("openrouter-*.json.gz"))[-2:]
    return gzip.decompress(older.read_bytes()), gzip.decompress(newer.read_bytes())


def compute(feed: bytes, previous: Mapping[str, bytes], *, at: datetime) -> dict[str, bytes]:
    """One refresh without a store."""
    parsed = OpenRouter().parse(feed)
    source = Source(url="file:bench", snapshot=None, sha256="0" * 64, fetched_at=at, model_count=parsed.record_count)
    refreshed = refresh_catalog(
        parsed,
        decode_set(previous) if previous else PublishedSet(),
        overrides=OVERRIDES,
        bound=lambda _: False,
        held=None,
        stamp=Stamp(at, 2, source, None),
    )
    assert refreshed.held is None
    return {name: encode(document) for name, document in refreshed.documents.items()}


def cold(work: Callable[[], object]) -> float:
    """Seconds that `work` takes as a job runs it: with empty caches and the cyclic collector paused."""
    for cache in CACHES:
        cache.cache_clear()
    gc.collect()
    with collection_paused():
        started = perf_counter()
        work()
        return perf_counter() - started


def in_turn(first: Callable[[], object], second: Callable[[], object], *, rounds: int) -> tuple[float, float, float]:
    """Medians of both in seconds, and of their ratio pair by pair, so that a drifting machine does not decide."""
    pairs = [(cold(first), cold(second)) for _ in range(rounds)]
    return median(a for a, _ in pairs), median(b for _, b in pairs), median(a / b for a, b in pairs)


def multiplied(feed: bytes, times: int) -> bytes:
    """The same records several times under other ids."""
    records = json.loads(feed)["data"]
    copies = (
        record | {"id": f"{vendor}-{copy}/{slug}"}
        for copy in range(times)
        for record in records
        for vendor, _, slug in [record["id"].partition("/")]
    )
    return json.dumps({"data": list(copies)}).encode()


def test_refresh_takes_at_most_five_times_json(feeds: tuple[bytes, bytes]) -> None:
    """Compute of a refresh against `json.loads` + `json.dumps` of the same feed."""
    older, newer = feeds
    previous = compute(older, {}, at=NOW - timedelta(hours=6))
    ours, theirs, ratio = in_turn(
        lambda: compute(newer, previous, at=NOW), lambda: json.dumps(json.loads(newer)), rounds=31
    )
    print(f"\nrefresh {ours * 1e3:.1f} ms, json {theirs * 1e3:.1f} ms, ratio {ratio:.2f} (goal {MOST_TIMES_JSON})")
    assert ratio <= MOST_TIMES_JSON


def test_time_per_model_hardly_grows_with_the_catalog(feeds: tuple[bytes, bytes]) -> None:
    """Time per model at 40,000 models against that at 400."""
    older, newer = feeds
    large = multiplied(newer, 100)
    small_before = compute(older, {}, at=NOW - timedelta(hours=6))
    large_before = compute(multiplied(older, 100), {}, at=NOW - timedelta(hours=6))
    large_seconds = median(cold(lambda: compute(large, large_before, at=NOW)) for _ in range(3))
    small_seconds = median(cold(lambda: compute(newer, small_before, at=NOW)) for _ in range(21))
    per_model = large_seconds / 100 / small_seconds
    print(
        f"\n40,000 models {large_seconds:.2f} s, 400 models {small_seconds * 1e3:.1f} ms, "
        f"per model {per_model:.2f} times (goal {MOST_PER_MODEL_AT_SCALE})"
    )
    assert per_model <= MOST_PER_MODEL_AT_SCALE


def test_peak_memory_stays_within_twelve_feeds(feeds: tuple[bytes, bytes]) -> None:
    """Peak of traced memory during a refresh against the size of the feed, at 40,000 models."""
    older, newer = (multiplied(feed, 100) for feed in feeds)
    previous = compute(older, {}, at=NOW - timedelta(hours=6))
    gc.collect()
    tracemalloc.start()
    compute(newer, previous, at=NOW)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    times = peak / len(newer)
    print(f"\npeak {peak / 1e6:.0f} MB, {times:.1f} times the feed (goal {MOST_TIMES_FEED_IN_MEMORY})")
    assert peak <= MOST_TIMES_FEED_IN_MEMORY * len(newer)
