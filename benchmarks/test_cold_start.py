"""How long a built function takes from the start of its process to its first answer, beside a plain handler.

The functions are the built artefact: the layer, its byte code, the runtime's own client (`tests.servers.sandbox`),
and ministack as S3. The plain handler (`plain_handler`) has boto3, httpx, pydantic, and Powertools' Logger, Metrics and
Tracer as they come, without byte code, as `sam build` leaves them, and reads one object of the same bucket, where
ours read two or three. boto3 and the standard library are those of the runtime, compiled, for both.

Both start in pairs, in changing order, because the machines that this runs on drift; a ratio of pairs does not.

- `MODELSYNC_COLD_STARTS` is the number of pairs (default 11).
- `MODELSYNC_SLACK` multiplies the goals (default 1): a machine that many share cannot keep them to a tenth.
"""

import gzip
import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from tests.artefact.artefact import Artefact
from tests.artefact.events import scheduled, url_event
from tests.artefact.stack import client_of
from tests.feeds.feed_server import Answer, FeedServer
from tests.servers.ministack import Ministack
from tests.servers.sandbox import Deployment, Sandbox

PAIRS = int(os.environ.get("MODELSYNC_COLD_STARTS", "11"))
SLACK = float(os.environ.get("MODELSYNC_SLACK", "1"))
PLAIN_HANDLER = Path(__file__).with_name("plain_handler")

MOST_OF_PLAIN_REFRESH = 0.45
MOST_OF_PLAIN_STATUS = 0.40
MOST_MEGABYTES = 160

SLOT = "2026-08-08T18:00:00Z"
BUCKET = "cold-start"
RECORD = "plain/record.json"


@dataclass(frozen=True)
class Start:
    """One cold start."""

    seconds: float
    cpu_seconds: float
    megabytes: float


@pytest.fixture(scope="module")
def feeds(recorded_feeds: Path) -> tuple[bytes, bytes]:
    """The two newest recorded bodies of the whole list, older first."""
    older, newer = sorted((recorded_feeds / "all-modalities").glob("openrouter-*.json.gz"))[-2:]
    return gzip.decompress(older.read_bytes()), gzip.decompress(newer.read_bytes())


@pytest.fixture(scope="module")
def s3(artefact: Artefact, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The environment of functions whose store is a bucket on the loopback interface."""
    with Ministack(tmp_path_factory.mktemp("aws"), python=artefact.tools.ministack) as ministack:
        client = client_of(ministack, "s3")
        client.create_bucket(Bucket=BUCKET)
        client.put_object(Bucket=BUCKET, Key=RECORD, Body=b'{"id": "qwen/qwen3-coder", "name": "Qwen3 Coder"}')
        yield {
            "MODELSYNC_STORE": f"s3://{BUCKET}",
            "AWS_ENDPOINT_URL_S3": ministack.url,
            "MODELSYNC_FEED": "unused:",  # whoever reads a feed that the benchmark does not serve fails
        }


@pytest.fixture(scope="module")
def published(artefact: Artefact, s3: Mapping[str, str], feeds: tuple[bytes, bytes]) -> float:
    """A first refresh of the older list, for SLOT; the megabytes that it took."""
    return whole_refresh(artefact, s3, feeds[0], slot=SLOT, job="refresh").megabytes


@pytest.fixture(scope="module")
def starts(artefact: Artefact, s3: Mapping[str, str], published: float) -> Mapping[str, list[Start]]:
    """Cold starts of all that is compared, in rounds of changing order."""
    assert published > 0
    orders = {
        "plain": (plain(artefact, s3), {"bucket": BUCKET, "key": RECORD}),
        "refresh": (artefact.deployment("full_refresh", **s3), scheduled(SLOT, job="refresh")),
        "status": (artefact.deployment("admin_api", **s3), url_event("GET", "/api/admin/models/status")),
    }
    starts: dict[str, list[Start]] = {name: [] for name in orders}
    rounds = random.Random(1)
    for _ in range(PAIRS):
        for name in rounds.sample(sorted(orders), len(orders)):
            starts[name].append(cold_start(*orders[name]))
    return starts


def plain(artefact: Artefact, s3: Mapping[str, str]) -> Deployment:
    """The handler that all are compared to."""
    environment = {**s3, "POWERTOOLS_SERVICE_NAME": "plain", "AWS_LAMBDA_LOG_FORMAT": "JSON"}
    return Deployment("plain", artefact.tools.python, PLAIN_HANDLER, artefact.tools.plain, environment)


def cold_start(deployment: Deployment, event: object) -> Start:
    """Start a sandbox for one event, which must not fail."""
    with Sandbox(deployment) as sandbox:
        outcome = sandbox.invoke(event)
        assert outcome.error is None, sandbox.log
        assert sandbox.cold_start_seconds is not None
        return Start(sandbox.cold_start_seconds, sandbox.cpu_seconds(), sandbox.peak_rss_mb())


def whole_refresh(artefact: Artefact, s3: Mapping[str, str], body: bytes, *, slot: str, job: str) -> Start:
    """One refresh from the feed's first byte to the last document."""
    server = FeedServer()
    try:
        feed = server.script(Answer(body=body))
        refresh = artefact.deployment("full_refresh", **{**s3, "MODELSYNC_FEED": feed})
        return cold_start(refresh, scheduled(slot, job=job))
    finally:
        server.stop()


def compared(starts: Mapping[str, list[Start]], name: str, *, goal: float) -> float:
    """Median of the ratios to the plain handler, round by round; printed with the times behind it."""
    rounds = list(zip(starts[name], starts["plain"], strict=True))
    ratio = median(ours.seconds / theirs.seconds for ours, theirs in rounds)
    of_processor = median(ours.cpu_seconds / theirs.cpu_seconds for ours, theirs in rounds)
    figures = {each: [start.seconds * 1e3 for start in starts[each]] for each in (name, "plain")}
    told = ", ".join(f"{each} {median(found):.0f} ms (least {min(found):.0f})" for each, found in figures.items())
    print(f"\n{told}, ratio {ratio:.2f} (goal {goal:g}, {PAIRS} pairs); of processor time {of_processor:.2f}")
    return ratio


def test_a_slot_that_was_done_is_answered_in_less_than_half_the_time_of_a_plain_handler(
    starts: Mapping[str, list[Start]],
) -> None:
    """The built `full_refresh`, handed a slot again: it reads what was done, and answers."""
    assert compared(starts, "refresh", goal=MOST_OF_PLAIN_REFRESH) <= MOST_OF_PLAIN_REFRESH * SLACK


def test_the_admin_api_tells_the_status_in_two_fifths_of_the_time_of_a_plain_handler(
    starts: Mapping[str, list[Start]],
) -> None:
    """The built `admin_api`: it reads manifest, heartbeat and the run that was asked for last."""
    assert compared(starts, "status", goal=MOST_OF_PLAIN_STATUS) <= MOST_OF_PLAIN_STATUS * SLACK


def test_a_whole_refresh_of_the_real_feed_fits_into_memory(
    artefact: Artefact, s3: Mapping[str, str], published: float, feeds: tuple[bytes, bytes]
) -> None:
    """Peak RSS of `full_refresh` with the largest recorded list: fetched, judged, ranked, published over S3."""
    later = whole_refresh(artefact, s3, feeds[1], slot="2026-08-09T00:00:00Z", job="all")
    print(
        f"\nfeed of {len(feeds[1]) / 1e6:.2f} MB: peak {published:.0f} MB for the first refresh, "
        f"{later.megabytes:.0f} MB for a later one (goal {MOST_MEGABYTES} MB); "
        f"{later.seconds:.2f} s from start to answer"
    )
    assert max(published, later.megabytes) <= MOST_MEGABYTES
