"""Recorded feeds, run again, end on a real server with the same bytes as in a folder."""

from pathlib import Path

from modelsync.shell.running.replay import recorded_snapshots
from tests.servers.ceph import Ceph
from tests.servers.replays import replayed_into, replayed_into_folder

EVERY = 24
"""Of the recorded feeds, so that it takes seconds and models still age; `benchmarks` runs all of them."""


def test_recorded_feeds_end_on_a_real_server_with_the_bytes_of_a_folder(
    recorded_feeds: Path, ceph: Ceph, tmp_path: Path
) -> None:
    snapshots = recorded_snapshots(recorded_feeds, source="openrouter")[::EVERY]
    folder, server = replayed_into_folder(snapshots, tmp_path), replayed_into(ceph.over_tls, snapshots)
    assert server.summary == folder.summary
    assert server.summary.counts["deprecated"] > 0
    assert server.bodies == folder.bodies
