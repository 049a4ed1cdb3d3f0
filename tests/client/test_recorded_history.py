"""Choices that are kept over recorded history: nobody is moved by an outage, and whoever is moved never pays for it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.client.histories import POLICIES, SERIES, History, lived_through, one_a_day

EVERY: Final[Mapping[str, int]] = {".": 2, "all-modalities": 3, "daily-2026h1": 3, "older": 3}
"""One list of so many days, so that it takes seconds and models still age; `benchmarks` reads every list."""

LOST: Final[Mapping[str, int]] = {".": 35, "all-modalities": 20, "daily-2026h1": 40, "older": 250}
"""Fewer ids than this are lost only where the replay has stopped to replay."""

pytestmark = pytest.mark.no_cover  # every line of it is covered elsewhere


@pytest.fixture(scope="module", params=SERIES)
def seen(request: pytest.FixtureRequest, recorded_feeds: Path) -> tuple[str, History]:
    series: Any = request.param
    return series, lived_through(one_a_day(recorded_feeds, series, every=EVERY[series]))


def test_choices_survive_recorded_history(seen: tuple[str, History]) -> None:
    """One test for each series, so that a history is lived through once, also where tests are dealt out."""
    series, history = seen
    assert len(history.lost_ids) >= LOST[series]
    assert nothing_went_wrong(history) == {}
    for policy in POLICIES:
        lost = history.free_losses(policy)
        possible = [each for each in lost if each.could_be_free]
        assert [each.answer for each in possible if not each.has_free_offer] == []
        if series != "all-modalities":  # nobody else paints for nothing there
            assert len(possible) >= 0.9 * len(lost) > 0
        assert len(history.outcomes(policy)) > 1
        assert sum(history.outcomes(policy).values()) == len(history.lost_ids)


def nothing_went_wrong(history: History) -> dict[str, list[str]]:
    """What must never be in a history, by name; empty where none of it is."""
    found = {
        "rewritten while only missing": history.rewritten_while_missing,
        "answered with a dead id": history.dead,
        "dearer than agreed": history.too_dear,
        "dearer, and not told": history.dearer_untold,
        "paid without consent": history.paid_without_consent,
        "without words": history.wordless,
        "another answer for another order": history.undecided,
    }
    return {name: told for name, told in found.items() if told}
