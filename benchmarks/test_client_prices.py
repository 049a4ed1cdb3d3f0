"""Every price text and estimate of every model of every recorded list (`tests.client.price_checks`), counted."""

from collections import Counter
from pathlib import Path

import pytest

from tests.client.histories import SERIES
from tests.client.price_checks import CALLS, problems_of, published_models


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("series", SERIES)
def test_every_price_of_every_recorded_list(recorded_feeds: Path, series: str) -> None:
    told: Counter[str] = Counter()
    problems: dict[str, str] = {}
    lists = sorted((recorded_feeds / series).glob("openrouter-*.json.gz"))
    seen: set[str] = set()
    for path in lists:
        for model in published_models(path).values():
            record = model.record
            told[record["pricingStatus"]] += 1
            facts = repr((model.id, record["pricing"], record["pricingStatus"], record["cost"], record["isRouter"]))
            if facts not in seen:  # the same prices give the same estimates
                seen.add(facts)
                problems |= dict.fromkeys(problems_of(model), path.name)
    print(f"\n{series}: {len(lists)} lists, {told.total()} records ({told}), {len(seen)} of them different, each with")
    print(f"  {len(CALLS)} calls; {len(problems)} problems")
    assert problems == {}
