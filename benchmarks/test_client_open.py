"""How long a process takes from its start to a catalog of 437 models, beside one that only reads the same list as JSON.

The client finds a warm cache, as it does at every start but the first, and parses the whole list, which one question
to it would not. The bare interpreter opens `current.json` and calls `json.load`. Both start in pairs, in changing
order, because the machines that this runs on drift; a ratio of pairs does not. Byte code is there for both.

- `MODELSYNC_WARM_OPENS` is the number of pairs (default 31).
- `MODELSYNC_SLACK` multiplies the goals (default 1): a machine that many share cannot keep them to a tenth.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from modelsync.client.catalog import Catalog
from modelsync.client.reading.bundle import write_bundle
from modelsync.client.reading.loading import World, open_loader
from modelsync.client.resolving.resolve import resolve
from tests.client.loopback import loopback

PAIRS = int(os.environ.get("MODELSYNC_WARM_OPENS", "31"))
SLACK = float(os.environ.get("MODELSYNC_SLACK", "1"))
MOST_OF_BARE = 2.0
MOST_MILLISECONDS_IN_PROCESS = 30.0
MOST_MILLISECONDS_OFFLINE = 50.0
FEED = "all-modalities/openrouter-20260721T0325Z.json.gz"
MODELS = 437
REPOSITORY = Path(__file__).resolve().parent.parent

BARE = """
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    print(len(json.load(file)["models"]))
"""
CLIENT = """
import sys
from modelsync.client.opening import open_catalog
print(len(open_catalog(sys.argv[1], cache_dir=sys.argv[2]).loaded.documents["current"]["models"]))
"""


@pytest.fixture(scope="module")
def published(recorded_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prefix of a store that the pipeline published the recorded list to."""
    store = tmp_path_factory.mktemp("store")
    feed = str(recorded_feeds / FEED)
    run_python("-m", "modelsync", "all", "--feed", feed, "--store", str(store), "--now", "2026-07-21T03:25Z")
    return store / "models"


def run_python(*arguments: str) -> str:
    environment = {"PYTHONPATH": str(REPOSITORY / "shared"), "HOME": "/nonexistent"}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def seconds_of(work: Callable[[], str]) -> float:
    before = time.perf_counter()
    assert work() == f"{MODELS}\n"
    return time.perf_counter() - before


def test_a_warm_open_beside_a_bare_json_load(published: Path, tmp_path: Path) -> None:
    with loopback() as server:
        server.publish({str(path.relative_to(published)): path.read_bytes() for path in published.rglob("*.json")})
        open_loader(server.url, cache_dir=tmp_path, mode="online", timeout=30.0, environment={}).load()
        address = server.url
    current = published / "openrouter" / "current.json"
    runs = {
        "bare": lambda: run_python("-c", BARE, str(current)),
        "client": lambda: run_python("-c", CLIENT, address, str(tmp_path)),
    }
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(PAIRS + 1):
        for name in random.sample(sorted(runs), k=len(runs)):
            taken[name].append(seconds_of(runs[name]))
    pairs = [client / bare for bare, client in zip(taken["bare"][1:], taken["client"][1:], strict=True)]
    ratio = median(pairs)
    milliseconds = {name: 1000 * median(times[1:]) for name, times in taken.items()}
    print(
        f"\nwarm open of {MODELS} models: {milliseconds['client']:.1f} ms, bare {milliseconds['bare']:.1f} ms, "
        f"ratio {ratio:.2f} (median of {PAIRS} pairs)"
    )
    assert ratio < MOST_OF_BARE * SLACK


def test_a_first_answer_within_a_process(published: Path, tmp_path: Path) -> None:
    with loopback() as server:
        server.publish({str(path.relative_to(published)): path.read_bytes() for path in published.rglob("*.json")})
        open_loader(server.url, cache_dir=tmp_path, mode="online", timeout=30.0, environment={}).load()
        address = server.url
    times = []
    for _ in range(PAIRS):
        loader = open_loader(address, cache_dir=tmp_path, mode="offline", environment={})
        before = time.perf_counter()
        assert len(loader.load().documents["current"]["models"]) == MODELS
        times.append(1000 * (time.perf_counter() - before))
    print(f"\nfirst answer within a process: {median(times):.1f} ms (median of {PAIRS})")
    assert median(times) < MOST_MILLISECONDS_IN_PROCESS * SLACK


def test_a_first_answer_from_what_the_package_brought_along(published: Path, tmp_path: Path) -> None:
    """No network, no cache: open, resolve an alias, and name the price."""
    write_bundle(str(published.parent), tmp_path / "bundled.catalog")
    world = World(bundled=tmp_path / "bundled.catalog")
    times = []
    for _ in range(PAIRS):
        before = time.perf_counter()
        loaded = open_loader(environment={}, world=world).load()
        catalog = Catalog.of(loaded.documents)
        answer = resolve(catalog, "gpt-4o", freshness=loaded.freshness)
        model = catalog.model(answer.id or "")
        assert model is not None
        assert model.record["cost"] == "$2.50 / $10.00"
        times.append(1000 * (time.perf_counter() - before))
    print(f"\nfirst answer from the bundled copy within a process: {median(times):.1f} ms (median of {PAIRS})")
    assert median(times) < MOST_MILLISECONDS_OFFLINE * SLACK
