"""How long a process takes from its start to one model's price, beside other packages that know prices of models.

Each is asked by its own documented call, as a whole process, with byte code in place:

- `modelsync.client` opens a warm cache of 437 models and resolves an alias;
- `genai-prices` calculates the price of 1000 tokens, from the data in its package;
- `tokencost` calculates the cost of 1000 tokens, from the JSON file in its package;
- `litellm` gives a model's entry, with `LITELLM_LOCAL_MODEL_COST_MAP=True`: otherwise it asks the network each time,
  so that this flatters it;
- a bare interpreter reads the same list as JSON and looks one id up.

None of them may use the network: their proxy is a port at which nobody listens. They start in changing order, because
the machines that this runs on drift, and a ratio is that of one round.

- `MODELSYNC_COMPARISONS` is the number of rounds (default 15).
- `MODELSYNC_COMPARED` is a folder that keeps the packages' environments; without it they are made anew.
- `MODELSYNC_SLACK` multiplies the goals (default 1): a machine that many share cannot keep them to a tenth.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Final

import pytest

from benchmarks.test_client_open import SLACK, published, run_python
from modelsync.client.reading.loading import open_loader
from tests.client.loopback import loopback

__all__ = ["published"]

ROUNDS: Final = int(os.environ.get("MODELSYNC_COMPARISONS", "15"))
MOST_OF_FASTEST, MOST_OF_BARE = 0.2, 2.0
"""A fifth of the fastest of the others, and twice the bare interpreter."""

OTHERS: Final[Mapping[str, str]] = {
    "genai-prices": """
from genai_prices import Usage, calc_price
print(calc_price(Usage(input_tokens=1000), model_ref="gpt-4o", provider_id="openai").total_price)
""",
    "tokencost": """
from tokencost import calculate_cost_by_tokens
print(calculate_cost_by_tokens(1000, "gpt-4o", "input"))
""",
    "litellm": """
import litellm
print(1000 * litellm.get_model_info("gpt-4o")["input_cost_per_token"])
""",
}
BARE: Final = """
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    print({model["id"]: model for model in json.load(file)["models"]}["openai/gpt-4o"]["cost"])
"""
OURS: Final = """
import sys
from modelsync.client.opening import open_catalog
from modelsync.client.resolving.resolve import resolve
catalog = open_catalog(sys.argv[1], cache_dir=sys.argv[2]).catalog
print(catalog.model(resolve(catalog, "gpt-4o").id).record["cost"])
"""
NO_NETWORK: Final = {
    "HOME": "/nonexistent",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
}


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The interpreter of each package, which is installed in an environment of its own."""
    kept = os.environ.get("MODELSYNC_COMPARED")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("compared")
    return {name: folder / name / "bin" / "python" for name in OTHERS if _installed(name, folder / name)}


def _installed(name: str, folder: Path) -> bool:
    if not (folder / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", name], check=True)
    return True


def seconds_of(work: Callable[[], str]) -> float:
    before = time.perf_counter()
    assert float(work().strip().removeprefix("$").partition(" ")[0]) in {0.0025, 2.5}
    return time.perf_counter() - before


@pytest.mark.timeout(1800)
def test_a_first_answer_beside_other_packages(published: Path, others: Mapping[str, Path], tmp_path: Path) -> None:
    with loopback() as server:
        server.publish({str(path.relative_to(published)): path.read_bytes() for path in published.rglob("*.json")})
        open_loader(server.url, cache_dir=tmp_path, mode="online", timeout=30.0, environment={}).load()
        address = server.url
    runs: dict[str, Callable[[], str]] = {
        "bare": lambda: run_python("-c", BARE, str(published / "openrouter" / "current.json")),
        "modelsync.client": lambda: run_python("-c", OURS, address, str(tmp_path)),
        **{name: _asked(python, OTHERS[name]) for name, python in others.items()},
    }
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS + 1):
        for name in random.sample(sorted(runs), k=len(runs)):
            taken[name].append(seconds_of(runs[name]))
    ratios = {name: _ratio(taken["modelsync.client"], taken[name]) for name in runs}
    print(f"\na first answer, median of {ROUNDS} processes each, and what share of it modelsync.client takes:")
    for name in runs:
        print(f"  {name:17} {1000 * median(taken[name][1:]):7.1f} ms  {ratios[name]:.2f}")
    fastest = min(others, key=lambda name: median(taken[name][1:]))
    assert ratios[fastest] <= MOST_OF_FASTEST * SLACK
    assert ratios["bare"] <= MOST_OF_BARE * SLACK


def _asked(python: Path, script: str) -> Callable[[], str]:
    def run() -> str:
        done = subprocess.run([str(python), "-c", script], env=NO_NETWORK, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()[-1]

    return run


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return median(mine / other for mine, other in zip(ours[1:], theirs[1:], strict=True))
