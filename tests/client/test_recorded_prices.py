"""Every price text and estimate of every model of recorded lists: none negative, none invented, no zero for unknown."""

from pathlib import Path

import pytest

from tests.client.price_checks import problems_of, published_models

NEWEST = "openrouter-20260808T1842Z.json.gz"
NEWEST_OF_EVERYTHING = "all-modalities/openrouter-20260721T0325Z.json.gz"


@pytest.mark.parametrize(
    ("feed", "models", "by_status"),
    [
        (NEWEST, 400, {"varies": 5, "free": 15, "?": 2}),
        (NEWEST_OF_EVERYTHING, 437, {"varies": 5, "free": 17, "?": 22}),
    ],
    ids=["text", "all modalities"],
)
def test_every_price_of_a_recorded_list_is_told_as_it_is(
    recorded_feeds: Path, feed: str, models: int, by_status: dict[str, int]
) -> None:
    found = published_models(recorded_feeds / feed)
    assert len(found) == models
    told = [str(model.record["cost"]) for model in found.values()]
    assert {word: told.count(word) for word in ("varies", "free", "?")} == by_status
    assert [problem for model in found.values() for problem in problems_of(model)] == []
