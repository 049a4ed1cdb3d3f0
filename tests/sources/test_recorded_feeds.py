"""Every recorded list since 2024-11 is read and normalised whole: nothing is set aside, no price is negative, and
nothing is called free that costs something.

A record that was recorded before is normalised once: most of them are the same from fetch to fetch.
"""

import gzip
import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from modelsync.catalog.model_info import ModelInfo
from modelsync.pipeline.detect import Resolver
from modelsync.pipeline.normalize import Normalizer
from modelsync.sources.facts import ModelFacts
from modelsync.sources.openrouter import OpenRouter
from tests.timeline import START

SERIES: Final = (".", "daily-2026h1", "all-modalities", "older")
"""Folders of recorded bodies."""

NORMALIZER: Final = Normalizer(source="openrouter", resolver=Resolver((), ()), backends={}, now=START, accept=False)


def bodies(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.glob("openrouter-*.json.gz")):
        yield path.name, gzip.decompress(path.read_bytes())


def normalized(facts: ModelFacts) -> ModelInfo:
    return NORMALIZER.normalize(facts, alias="any", previous=None, first_seen=START)


@pytest.mark.no_cover  # it would take twice as long, and every line of it is covered elsewhere
@pytest.mark.parametrize("series", SERIES)
def test_every_recorded_list_is_read_and_normalised_whole(series: str, recorded_feeds: Path) -> None:
    if not (recorded_feeds / series).is_dir():
        pytest.skip(f"no series {series} among the recorded feeds")
    known: set[bytes] = set()
    for name, body in bodies(recorded_feeds / series):
        feed = OpenRouter().parse(body)
        assert feed.set_aside == (), name
        assert feed.findings == (), name
        assert len(feed.models) > 100, name
        for facts in feed.models:
            fingerprint = hashlib.sha256(repr(facts).encode()).digest()
            if fingerprint not in known:
                known.add(fingerprint)
                judge(normalized(facts), name)
    assert known


def judge(model: ModelInfo, name: str) -> None:
    """What must be true of every record, whenever it was recorded."""
    raw = {leg: Decimal(text) for leg, text in model.pricing.raw.items()}
    published = [
        usd
        for prices in (model.pricing, *model.pricing.overrides)
        for usd in prices.model_dump(exclude={"raw", "overrides", "per_unit"}).values()
        if isinstance(usd, str)
    ]
    assert all(Decimal(usd) >= 0 for usd in (*published, *model.pricing.per_unit.values())), (name, model.id)
    assert (model.pricing_status == "dynamic") is (min(raw.values()) < 0), (name, model.id)
    zero = not any(raw.values())
    whole = model.output_modalities == ("text",) or model.variant == "free"
    assert model.is_free is (zero and whole), (name, model.id)
    assert model.cost, (name, model.id)
