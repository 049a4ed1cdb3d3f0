"""What a caller is told of a catalog."""

from datetime import timedelta
from pathlib import Path

import pytest

from modelsync.client.reading.bundle import write_bundle
from tests.client.published_sets import published, write_store
from tests.client.readers import reader


def test_a_summary_says_where_it_came_from_and_how_old_it_is(tmp_path: Path) -> None:
    store = write_store(tmp_path / "data", published(generation=5))
    assert reader(str(store), tmp_path).load().summary() == {
        "source": str(store / "models"),
        "loadedFrom": "folder",
        "generation": 5,
        "generatedAt": "2026-08-08T18:42:00Z",
        "freshness": "fresh",
        "ageSeconds": 7200,
        "checkedAt": None,
        "lastRefresh": None,
        "lastError": None,
    }


@pytest.mark.parametrize(("hours", "is_fresh"), [(1, False), (2, True), (12, True)])
def test_freshness_can_be_required(tmp_path: Path, hours: int, *, is_fresh: bool) -> None:
    store = write_store(tmp_path / "data", published())
    assert reader(str(store), tmp_path).load().is_fresh_within(timedelta(hours=hours)) is is_fresh


def test_what_the_package_brought_along_is_never_fresh_enough(tmp_path: Path) -> None:
    write_bundle(str(write_store(tmp_path / "data", published())), tmp_path / "bundled.catalog")
    found = reader(None, tmp_path, bundled=tmp_path / "bundled.catalog").load()
    assert not found.is_fresh_within(timedelta(days=365))
