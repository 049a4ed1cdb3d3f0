"""How long the client's answers take in a process that has a catalog of 437 models open.

Every figure is the median of many calls on one catalog, so that indexes are there; a text that names nothing is also
asked of a catalog that was only just opened. `MODELSYNC_SLACK` multiplies the goals (default 1): a machine that many
share cannot keep them to a tenth.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from modelsync.client.browsing.browse import browse
from modelsync.client.browsing.completion import complete, lines_of
from modelsync.client.browsing.completion_lines import sidecar
from modelsync.client.browsing.filters import Filter
from modelsync.client.browsing.recommended import shortlist
from modelsync.client.catalog import Catalog
from modelsync.client.resolving.resolve import resolve

CALLS = int(os.environ.get("MODELSYNC_ANSWERS", "101"))
SLACK = float(os.environ.get("MODELSYNC_SLACK", "1"))
FEED = "all-modalities/openrouter-20260721T0325Z.json.gz"
MODELS = 437
REPOSITORY = Path(__file__).resolve().parent.parent
UNKNOWN_TEXTS = ("nothing of the kind", "claude-sonet-5", "google/gemini-3.5-flsh-preview-lite", "ab")

ANSWERS: Mapping[str, tuple[float, Callable[[Catalog], object]]] = {  # name -> (milliseconds at most, question)
    "exact resolve": (2, lambda catalog: resolve(catalog, "anthropic/claude-sonnet-5")),
    "alias resolve": (2, lambda catalog: resolve(catalog, "claude-sonnet-5")),
    **{f"resolve {text!r}": (2, partial(resolve, text=text)) for text in UNKNOWN_TEXTS},
    "browse the shortlist": (5, browse),
    "browse everything": (5, lambda catalog: browse(catalog, scope="all")),
    "browse a text": (
        5,
        lambda catalog: browse(catalog, "gemini flash", scope="all", filters=Filter(tools=True), sort="price"),
    ),
    "browse what resembles": (5, lambda catalog: browse(catalog, "claude-sonet-5", scope="all")),
    "shortlist": (1, shortlist),
}


@pytest.fixture(scope="module")
def documents(recorded_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The set that the pipeline published of the recorded list."""
    store = tmp_path_factory.mktemp("store")
    command = [sys.executable, "-m", "modelsync", "all", "--feed", str(recorded_feeds / FEED), "--store", str(store)]
    environment = {"PYTHONPATH": str(REPOSITORY / "shared"), "HOME": "/nonexistent"}
    subprocess.run([*command, "--now", "2026-07-21T03:25Z"], env=environment, capture_output=True, check=True)
    names = ("manifest", "current", "curated", "deprecations")
    published = store / "models" / "openrouter"
    return {name: json.loads((published / f"{name}.json").read_bytes()) for name in names}


def milliseconds_of(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - before)


def median_of(work: Callable[[], object]) -> float:
    work()
    return median(milliseconds_of(work) for _ in range(CALLS))


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer(documents: dict[str, Any], name: str) -> None:
    catalog, (most, question) = Catalog.of(documents), ANSWERS[name]
    assert len(list(catalog.models())) == MODELS
    taken = median_of(lambda: question(catalog))
    print(f"\n{name}: {taken:.3f} ms (goal {most} ms, median of {CALLS})")
    assert taken < most * SLACK


def test_the_first_text_that_names_nothing(documents: dict[str, Any]) -> None:
    def opened() -> Catalog:
        catalog = Catalog.of(documents)
        resolve(catalog, "anthropic/claude-sonnet-5")
        return catalog

    catalogs = [opened() for _ in range(CALLS)]
    taken = median(milliseconds_of(partial(resolve, catalog, UNKNOWN_TEXTS[0])) for catalog in catalogs)
    print(f"\nfirst text that names nothing: {taken:.3f} ms (median of {CALLS} catalogs)")


def test_completing(documents: dict[str, Any]) -> None:
    made = sidecar(Catalog.of(documents))
    taken = median_of(lambda: complete(lines_of(made), "anthropic/claude"))
    print(f"\ncomplete over {len(made)} bytes: {taken:.3f} ms (goal 5 ms, median of {CALLS})")
    assert taken < 5 * SLACK
