"""How long a shell waits for `models __complete` on a catalog of 437 models, beside an interpreter that does nothing.

The file of words is there, as it is behind the first command. Both start in pairs, in changing order, because the
machines that this runs on drift; a ratio of pairs does not. Byte code is there for both. The goal is a time, because it
is a person who waits; the ratio is what to compare machines by.

- `MODELSYNC_COMPLETIONS` is the number of pairs (default 31).
- `MODELSYNC_SLACK` multiplies the goal (default 1): a machine that others use too cannot keep to it.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest

PAIRS = int(os.environ.get("MODELSYNC_COMPLETIONS", "31"))
SLACK = float(os.environ.get("MODELSYNC_SLACK", "1"))
MOST_MILLISECONDS = 80.0
FEED = "all-modalities/openrouter-20260721T0325Z.json.gz"
REPOSITORY = Path(__file__).resolve().parent.parent
LINES = {"a model": ("show", "anthropic/claude-s"), "an option": ("list", "--m"), "a command": ("s",)}


class Home:
    """A home with a published catalog that a command has opened once."""

    def __init__(self, feed: Path, folder: Path) -> None:
        self._environment = {
            "PYTHONPATH": str(REPOSITORY / "shared"),
            "HOME": str(folder / "home"),
            "MODELSYNC_URL": str(folder / "store"),
        }
        store = str(folder / "store")
        self.run("-m", "modelsync", "all", "--feed", str(feed), "--store", store, "--now", "2026-07-21T03:25Z")
        self.run("-m", "modelsync.reader", "list", "--quiet")

    def run(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True).stdout

    def seconds_of(self, *arguments: str) -> float:
        before = time.perf_counter()
        self.run(*arguments)
        return time.perf_counter() - before


@pytest.fixture(scope="module")
def home(recorded_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    found = Home(recorded_feeds / FEED, tmp_path_factory.mktemp("home"))
    assert "anthropic/claude-sonnet-5\t" in found.run("-m", "modelsync.reader", "__complete", *LINES["a model"])
    return found


@pytest.mark.parametrize("what", LINES)
def test_completing_beside_a_bare_interpreter(home: Home, what: str) -> None:
    runs = {"bare": ("-c", "pass"), "complete": ("-m", "modelsync.reader", "__complete", *LINES[what])}
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(PAIRS + 1):
        for name in random.sample(sorted(runs), k=len(runs)):
            taken[name].append(home.seconds_of(*runs[name]))
    ratio = median(long / bare for bare, long in zip(taken["bare"][1:], taken["complete"][1:], strict=True))
    bare, complete = (median(taken[name][1:]) * 1000 for name in ("bare", "complete"))
    print(f"\n{what}: {complete:.0f} ms, {ratio:.2f} times a bare interpreter ({bare:.0f} ms)")
    assert complete <= MOST_MILLISECONDS * SLACK
