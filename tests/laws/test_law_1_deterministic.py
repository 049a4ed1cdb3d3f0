"""Law 1: deterministic and order-free. Same inputs, same bytes; a shuffled feed gives the same bytes."""

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from modelsync.pipeline.overrides import Overrides
from tests.strategies import FEWER, Step, feeds, histories, override_sets, replay
from tests.timeline import START, Timeline
from tests.world import Record

REPOSITORY: Final = Path(__file__).resolve().parents[2]
SOURCE_ROOTS: Final = (str(REPOSITORY / "shared"), str(REPOSITORY))

WRITE_A_CATALOG: Final = """
import hashlib
from tests.timeline import START, HOUR, Timeline, overrides
from tests.world import MODELS, a_record

people = overrides(
    capability_overrides=[{"match": "*", "flags": {"jsonMode": True, "supportsVision": False, "isFree": False}}],
    deprecation_overrides={"redirects": [{"from": "x/y", "to": "z-ai/glm-4.7"}, {"from": "z/y", "to": "x/y"}]},
)
line = Timeline(people)
odd = {"overrides": [{"zeta": 1, "alpha": ["b", "a"], "prompt": "0"}], "prompt": "0", "completion": "0"}
line.read(*(a_record(i, pricing={**odd, "q": "1", "c": "2"}, zeta=1, alpha=2) for i in MODELS), at=START)
line.curate(at=START)
line.read(*(a_record(i) for i in MODELS[3:]), at=START + HOUR, accept=True)
print(hashlib.sha256(b"".join(line.bytes.values())).hexdigest())
"""


def shuffled(value: Any, seed: random.Random) -> Any:
    """The same value in another order, wherever order means nothing: keys, parameters and modalities."""
    if isinstance(value, dict):
        keys = list(value)
        seed.shuffle(keys)
        return {key: shuffled(value[key], seed) for key in keys}
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return seed.sample(value, len(value))
    return value


def shuffled_feed(records: list[Record], seed: random.Random) -> list[Record]:
    return [shuffled(record, seed) for record in seed.sample(records, len(records))]


@FEWER
@given(histories(), override_sets())
def test_the_same_history_gives_the_same_bytes(history: list[Step], people: Overrides) -> None:
    one, other = Timeline(people), Timeline(people)
    replay(history, one)
    replay(history, other)
    assert one.bytes == other.bytes
    assert one.log == other.log


@FEWER
@given(histories(), override_sets(), st.randoms(use_true_random=False))
def test_the_order_of_the_feeds_does_not_matter(history: list[Step], people: Overrides, seed: random.Random) -> None:
    one, other = Timeline(people), Timeline(people)
    replay(history, one)
    mixed = [
        Step(step.gap, shuffled_feed(step.records, seed), accept=step.accept, curates=step.curates) for step in history
    ]
    replay(mixed, other)
    assert one.bytes == other.bytes
    assert one.log == other.log


@given(feeds(), st.randoms(use_true_random=False))
def test_a_record_listed_twice_alike_counts_once(records: list[Record], seed: random.Random) -> None:
    one, other = Timeline(), Timeline()
    one.read(*records, at=START)
    twice = [*records, *shuffled_feed(records, seed)]
    other.read(*twice, at=START)
    assert one.bytes == other.bytes


def test_the_seed_of_hashes_does_not_matter() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", WRITE_A_CATALOG],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(SOURCE_ROOTS)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(digests) == 1
