"""Two months of recorded feeds with figures of how the models were served: how steady the shortlist is."""

from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path

import pytest

from modelsync.shell.running.replay import recorded_snapshots, replay, summarise
from modelsync.shell.running.runtime import build_runtime
from modelsync.shell.running.settings import Settings
from modelsync.shell.storage.stores import MemoryStore
from tests.recorded_hosts import RecordedHosts


@pytest.mark.no_cover  # it runs long, and every line of it is covered elsewhere
def test_a_shortlist_with_figures_that_drift_changes_at_most_two_places_a_day(recorded_feeds: Path) -> None:
    """One snapshot a day."""
    days = groupby(recorded_snapshots(recorded_feeds, source="openrouter"), key=lambda each: each.at.date())
    snapshots = tuple(list(day)[-1] for _, day in days)
    hosts = RecordedHosts.of(recorded_feeds)
    runtime = replace(build_runtime(Settings()), store=MemoryStore(), check_store=lambda: None)
    summary = summarise(replay(runtime, snapshots, look=lambda at: partial(hosts.look, at)))
    assert len(snapshots) > 50
    assert max(moves.exchanged for moves in summary.shortlist_moves.values()) <= 2
    assert sum(moves.exchanged for moves in summary.shortlist_moves.values()) > 0
    assert (summary.refused, summary.held) == ((), ())
