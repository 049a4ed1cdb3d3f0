"""Many readers at once, readers that are killed, and readers that may not write."""

import os
import signal
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from modelsync.client.reading.bundle import read_bundle
from tests.client import loopback as web
from tests.client.loopback import Loopback, loopback
from tests.client.processes import KILLED, WITHOUT_RIGHTS, WITHOUT_SPACE, answer, answers_at_once, start
from tests.client.published_sets import MANIFEST_PATH, published
from tests.client.readers import Clock, reader

NOW = datetime.now(UTC)
MANY = 20
ROUNDS = int(os.environ.get("MODELSYNC_PROCESS_ROUNDS", "1"))
"""How often twenty processes race; 50 take some minutes."""


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback() as found:
        found.publish(published(generation=7, at=NOW))
        yield found


@pytest.mark.timeout(60 + 30 * ROUNDS)
def test_of_twenty_processes_that_find_nothing_one_downloads_and_all_answer(server: Loopback, tmp_path: Path) -> None:
    for number in range(ROUNDS):
        server.asked.clear()
        folder = tmp_path / str(number) / "cache"
        found = answers_at_once([start(server.url, folder) for _ in range(MANY)])
        assert sorted(origin for _, origin, _, _ in found) == ["cache"] * (MANY - 1) + ["network"]
        assert {(generation, count) for generation, _, count, _ in found} == {(7, 10)}
        assert len(server.asked_for("manifest")) == 1
        assert len(server.asked_for("sets/7/")) == 4
        [catalog] = folder.rglob("catalog")
        assert read_bundle(catalog).generation == 7


def test_of_twenty_processes_that_insist_on_the_network_one_downloads(server: Loopback, tmp_path: Path) -> None:
    answers_at_once([start(server.url, tmp_path / "cache") for _ in range(1)])
    server.publish(published(generation=8, at=NOW))
    server.asked.clear()
    found = answers_at_once([start(server.url, tmp_path / "cache", mode="online") for _ in range(MANY)])
    assert {generation for generation, _, _, _ in found} == {8}
    assert len(server.asked_for("sets/8/")) == 4
    assert sum(each.if_none_match is None for each in server.asked_for("manifest")) == 0


def test_of_twenty_processes_that_meet_a_failing_server_few_ask_it(server: Loopback, tmp_path: Path) -> None:
    answers_at_once([start(server.url, tmp_path / "cache") for _ in range(1)])
    server.asked.clear()
    server.misbehave(MANIFEST_PATH, web.status(503))
    found = answers_at_once([start(server.url, tmp_path / "cache", mode="online") for _ in range(MANY)])
    assert {generation for generation, _, _, _ in found} == {7}
    assert len(server.asked) == 1


def test_a_reader_killed_at_any_write_leaves_the_old_set_or_the_new_one(server: Loopback, tmp_path: Path) -> None:
    seen, ended, call = set(), -signal.SIGKILL, 0
    while ended == -signal.SIGKILL:
        call += 1
        folder = tmp_path / str(call)
        server.publish(published(generation=7, at=NOW))
        reader(server.url, folder).load()
        server.publish(published(generation=8, at=NOW))
        process = start(server.url, folder / "cache", str(call), mode="online", script=KILLED)
        process.communicate("go\n", timeout=60)
        ended = process.returncode
        [catalog] = (folder / "cache").rglob("catalog")
        seen.add(read_bundle(catalog).generation)
        after = reader(server.url, folder)
        assert after.refresh().to_generation == 8
        assert {path.name for path in catalog.parent.iterdir()} == {"catalog", "state.json", "lock"}
    assert (ended, seen) == (0, {7, 8})
    assert call > 8


def test_a_reader_killed_at_its_very_first_writes_harms_nobody(server: Loopback, tmp_path: Path) -> None:
    ended, call = -signal.SIGKILL, 0
    while ended == -signal.SIGKILL:
        call += 1
        process = start(server.url, tmp_path / str(call) / "cache", str(call), script=KILLED)
        process.communicate("go\n", timeout=60)
        ended = process.returncode
        assert reader(server.url, tmp_path / str(call)).load().generation == 7
    assert (ended, call > 10) == (0, True)


def test_a_holder_of_the_lock_that_hangs_delays_nobody_who_has_a_copy(server: Loopback, tmp_path: Path) -> None:
    reader(server.url, tmp_path).load()
    server.misbehave(MANIFEST_PATH, web.hang)
    hanging = start(server.url, tmp_path / "cache", mode="online")
    assert hanging.stdin is not None
    os.write(hanging.stdin.fileno(), b"go\n")
    while len(server.asked_for("manifest")) < 2:
        assert hanging.poll() is None
    try:
        found = reader(server.url, tmp_path).refresh(timeout=0.2)
        assert found.status == "under_way_elsewhere"
        assert reader(server.url, tmp_path).load().generation == 7
    finally:
        hanging.kill()
        hanging.communicate()


def test_a_full_disk_leaves_the_catalog_in_memory_and_the_old_set_in_place(server: Loopback, tmp_path: Path) -> None:
    reader(server.url, tmp_path).load()
    server.publish(published(generation=8, at=NOW))
    found = answer(start(server.url, tmp_path / "cache", mode="online", script=WITHOUT_SPACE))
    assert found == [8, "network", 10, 1]
    [catalog] = (tmp_path / "cache").rglob("catalog")
    assert read_bundle(catalog).generation == 7
    assert {path.name for path in catalog.parent.iterdir()} == {"catalog", "state.json", "lock"}


def test_a_cache_that_cannot_be_written_leaves_the_catalog_in_memory(server: Loopback) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cache").mkdir()
        (folder / "cache").chmod(0o555)
        folder.chmod(0o755)
        found = answer(start(server.url, folder / "cache", script=WITHOUT_RIGHTS))
        assert found == [7, "network", 10, 1]
        assert list((folder / "cache").iterdir()) == []


def test_a_kept_set_is_read_where_nothing_can_be_written(server: Loopback) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reader(server.url, folder, clock=Clock(NOW)).load()
        for path in (folder, *(folder / "cache").rglob("*"), folder / "cache"):
            path.chmod(0o555 if path.is_dir() else 0o444)
        [catalog] = (folder / "cache").rglob("catalog")
        kept = catalog.read_bytes()
        server.publish(published(generation=8, at=NOW))
        assert answer(start(server.url, folder / "cache", script=WITHOUT_RIGHTS)) == [7, "cache", 10, 0]
        assert answer(start(server.url, folder / "cache", mode="online", script=WITHOUT_RIGHTS)) == [
            8,
            "network",
            10,
            1,
        ]
        assert catalog.read_bytes() == kept
        for path in (folder, *(path for path in (folder / "cache").rglob("*") if path.is_dir()), folder / "cache"):
            path.chmod(0o755)
