"""What a real server makes of all recorded feeds, and of many writers at once: figures that take minutes.

The servers are those of the tests, on the loopback interface: what a request costs over a real network is not in
the seconds, but the number of requests is what it would be.
"""

import time
from pathlib import Path

import pytest

from modelsync.shell.running.replay import recorded_snapshots
from tests.servers.ceph import Ceph
from tests.servers.places import Place
from tests.servers.replays import replayed_into, replayed_into_folder, requests_of
from tests.servers.test_races import race_of_slots

WRITERS = 20


def test_all_recorded_feeds_end_on_a_real_server_with_the_bytes_of_a_folder(
    recorded_feeds: Path, ceph: Ceph, tmp_path: Path
) -> None:
    snapshots = recorded_snapshots(recorded_feeds, source="openrouter")
    folder, server = replayed_into_folder(snapshots, tmp_path), replayed_into(ceph.over_tls, snapshots)
    assert server.bodies == folder.bodies
    asked = requests_of(ceph.plain, snapshots)
    told = ", ".join(f"{count} {method}" for method, count in asked.items())
    megabytes = sum(map(len, folder.bodies.values())) / 1e6
    ratio = server.seconds / folder.seconds
    print(f"\n{len(snapshots)} feeds, {server.summary.generation} generations: {len(folder.bodies)} objects of")
    print(f"{megabytes:.0f} MB are the same bytes in a folder and on Ceph over TLS; {told}")
    print(f"folder {folder.seconds:.1f} s, Ceph {server.seconds:.1f} s, ratio {ratio:.2f}")


@pytest.mark.parametrize("place", ["memory", "folder", "ceph", "ministack", "r2"], indirect=True)
def test_of_twenty_slots_at_once_each_publishes_a_generation(place: Place, request: pytest.FixtureRequest) -> None:
    started = time.perf_counter()
    race_of_slots(place, WRITERS)
    kind = request.node.callspec.params["place"]
    print(
        f"\n{WRITERS} slots at once on {kind}: {WRITERS} generations, none lost, {time.perf_counter() - started:.1f} s"
    )
