"""Opening a catalog: which place answers, what it says of itself, and what never replaces a good copy."""

import gzip
import json
import socket
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from modelsync.client.catalog import Catalog
from modelsync.client.reading.bundle import encode, write_bundle
from modelsync.client.reading.diff import Diff
from modelsync.client.reading.indexed import IndexedCatalog
from modelsync.client.reading.loading import World, open_loader
from modelsync.client.reading.sets import DocumentSet, read_manifest
from modelsync.errors import NotFoundError, StoreError, UsageError
from tests.client import loopback as web
from tests.client.loopback import Loopback, Oddity, loopback
from tests.client.published_sets import MANIFEST_PATH, TWO_HOURS_LATER, models, objects, published, write_store
from tests.client.readers import Clock, kept_files, reader
from tests.client.records import a_record

CURRENT_OF_8 = "openrouter/sets/8/current.json"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback() as found:
        found.publish(published(generation=7))
        yield found


def bundled(folder: Path, *, generation: int = 3) -> Path:
    write_bundle(str(write_store(folder / "shipped", published(generation))), folder / "bundled.catalog")
    return folder / "bundled.catalog"


# --- which place answers ---


def test_the_first_answer_without_any_copy_comes_from_the_network(server: Loopback, tmp_path: Path) -> None:
    found = reader(server.url, tmp_path).load()
    assert (found.generation, found.origin, found.freshness) == (7, "network", "fresh")
    assert found.words() == "catalog generation 7, fresh (2 hours), just fetched"


def test_a_whole_set_takes_five_requests(server: Loopback, tmp_path: Path) -> None:
    reader(server.url, tmp_path).load()
    assert [each.path.rpartition("/")[2] for each in server.asked] == [
        "manifest.json", "current.json", "curated.json", "deprecations.json", "changes.json",
    ]  # fmt: skip


def test_the_next_process_answers_from_the_cache_and_asks_nothing(server: Loopback, tmp_path: Path) -> None:
    reader(server.url, tmp_path).load()
    server.asked.clear()
    found = reader(server.url, tmp_path).load()
    assert (found.generation, found.origin, found.checked_at) == (7, "cache", TWO_HOURS_LATER)
    assert server.asked == []


def test_after_an_hour_the_old_copy_answers_while_one_request_looks_for_a_newer_one(
    server: Loopback, tmp_path: Path
) -> None:
    clock = Clock()
    loader = reader(server.url, tmp_path, clock=clock)
    loader.load()
    server.publish(published(generation=8))
    clock.turn(timedelta(hours=1))
    assert loader.load().generation == 7
    assert loader.wait(10)
    assert (loader.load().generation, loader.load().origin) == (8, "network")


def test_before_that_hour_is_over_nothing_is_asked(server: Loopback, tmp_path: Path) -> None:
    clock = Clock()
    loader = reader(server.url, tmp_path, clock=clock)
    loader.load()
    server.asked.clear()
    clock.turn(timedelta(minutes=59))
    loader.load()
    assert loader.wait(10)
    assert server.asked == []


def test_an_unchanged_catalog_costs_one_conditional_request_and_no_body(server: Loopback, tmp_path: Path) -> None:
    loader = reader(server.url, tmp_path)
    loader.load()
    server.asked.clear()
    found = loader.refresh()
    assert (found.status, found.requests, found.wire_bytes) == ("unchanged", 1, 0)
    assert [bool(each.if_none_match) for each in server.asked] == [True]


def test_of_a_changed_catalog_only_changed_documents_are_fetched(server: Loopback, tmp_path: Path) -> None:
    documents: dict[str, dict[str, Any]] = {
        "current": {"models": [a_record("acme/one")]},
        "curated": {"models": [], "buckets": {}, "autoTargets": {}},
    }
    first = objects(documents, generation=9)
    server.publish(first)
    loader = reader(server.url, tmp_path)
    loader.load()
    server.asked.clear()
    manifest = json.loads(first[MANIFEST_PATH])
    newer = objects({"current": {"models": [a_record("acme/two")]}}, generation=10)
    newest = json.loads(newer[MANIFEST_PATH])
    newest["documents"]["curated"] = manifest["documents"]["curated"]
    server.publish({**newer, MANIFEST_PATH: json.dumps(newest).encode()})
    found = loader.refresh()
    assert (found.status, found.from_generation, found.to_generation) == ("changed", 9, 10)
    assert [each.path.removeprefix("/models/openrouter/") for each in server.asked] == [
        "manifest.json", "sets/10/current.json",
    ]  # fmt: skip


def test_what_the_package_brought_along_answers_at_once_and_the_network_later(server: Loopback, tmp_path: Path) -> None:
    loader = reader(server.url, tmp_path, bundled=bundled(tmp_path))
    found = loader.load()
    assert (found.generation, found.origin, found.freshness) == (3, "bundled", "bundled")
    assert found.advice == (
        "catalog: this is the copy that the package brought along; set MODELSYNC_URL, or refresh, for a newer one",
    )
    assert loader.wait(10)
    assert loader.load().generation == 7


def test_online_waits_for_the_network_even_where_a_copy_exists(server: Loopback, tmp_path: Path) -> None:
    found = reader(server.url, tmp_path, bundled=bundled(tmp_path), mode="online").load()
    assert (found.generation, found.origin) == (7, "network")


def test_online_gives_what_there_is_when_the_network_takes_too_long(server: Loopback, tmp_path: Path) -> None:
    server.misbehave(MANIFEST_PATH, web.hang)
    found = reader(server.url, tmp_path, bundled=bundled(tmp_path), mode="online", timeout=0.2).load()
    assert (found.generation, found.origin) == (3, "bundled")


def test_offline_uses_the_cache_and_not_the_bundled_copy(server: Loopback, tmp_path: Path) -> None:
    clock = Clock()
    reader(server.url, tmp_path, clock=clock).load()
    server.asked.clear()
    clock.turn(timedelta(days=8))
    loader = reader(server.url, tmp_path, clock=clock, mode="offline", bundled=bundled(tmp_path))
    found = loader.load()
    assert (found.generation, found.origin, found.freshness) == (7, "cache", "old")
    assert (loader.refresh().status, server.asked) == ("offline", [])


@pytest.mark.parametrize(
    ("mode", "environment", "by"),
    [("offline", {}, "the mode offline"), ("online", {"MODELSYNC_OFFLINE": "1"}, "MODELSYNC_OFFLINE")],
)
def test_a_refresh_says_who_forbids_the_network(
    server: Loopback, tmp_path: Path, mode: str, environment: dict[str, str], by: str
) -> None:
    found = reader(server.url, tmp_path, mode=mode, environment=environment).refresh()
    assert found.error == f"refresh: found the network forbidden by {by}, expected it allowed; take that away"


def test_a_refresh_without_a_source_says_how_to_name_one(tmp_path: Path) -> None:
    found = reader(None, tmp_path).refresh()
    assert (found.status, found.error) == ("offline", "refresh: found no source, expected one; set MODELSYNC_URL")


@pytest.mark.parametrize("name", ["MODELSYNC_FILE", "MODELSYNC_URL"])
def test_a_variable_that_names_nothing_is_named(tmp_path: Path, name: str) -> None:
    place = tmp_path / "nosuch"
    with pytest.raises(NotFoundError) as refused:
        reader(None, tmp_path, environment={name: str(place)}).load()
    expected = "expected a published catalog: a store's folder or a bundled file; mend the path"
    assert str(refused.value) == f"{name}: {place}: found nothing there, {expected}"


def test_the_environments_offline_is_stronger_than_the_callers_online(server: Loopback, tmp_path: Path) -> None:
    loader = reader(
        server.url, tmp_path, mode="online", environment={"MODELSYNC_OFFLINE": "1"}, bundled=bundled(tmp_path)
    )
    assert (loader.load().origin, server.asked) == ("bundled", [])


def test_with_nothing_kept_offline_says_what_to_do(server: Loopback, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nothing kept and the network forbidden, expected a kept copy; go online"):
        reader(server.url, tmp_path, mode="offline").load()


def test_with_nothing_kept_and_no_network_the_reason_is_named(server: Loopback, tmp_path: Path) -> None:
    server.misbehave(MANIFEST_PATH, web.status(503))
    with pytest.raises(NotFoundError, match="found status 503, expected 200 or 304"):
        reader(server.url, tmp_path).load()


def test_without_a_source_the_package_answers(tmp_path: Path) -> None:
    assert reader(None, tmp_path, bundled=bundled(tmp_path)).load().generation == 3


def test_without_a_source_and_a_bundled_copy_the_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="set MODELSYNC_URL"):
        reader(None, tmp_path).load()


def test_a_damaged_bundled_copy_is_no_copy(server: Loopback, tmp_path: Path) -> None:
    bundled(tmp_path).write_bytes(b"garbage")
    assert reader(server.url, tmp_path, bundled=tmp_path / "bundled.catalog").load().generation == 7


def test_a_folder_is_read_each_time(tmp_path: Path) -> None:
    store = write_store(tmp_path / "data", published(generation=1))
    loader = reader(str(store), tmp_path)
    first = loader.load()
    write_store(store, published(generation=2))
    assert (first.generation, first.origin) == (1, "folder")
    assert (loader.refresh().to_generation, loader.load().generation) == (2, 2)


def test_a_folder_that_was_named_is_never_replaced_by_something_else(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"nowhere: found nothing there"):
        reader(str(tmp_path / "nowhere"), tmp_path, bundled=bundled(tmp_path)).load()


def test_one_bundled_file_can_be_named(tmp_path: Path) -> None:
    found = reader(None, tmp_path, environment={"MODELSYNC_FILE": str(bundled(tmp_path))}).load()
    assert (found.generation, found.origin, found.freshness) == (3, "file", "fresh")


def test_a_second_address_answers_when_the_first_does_not(server: Loopback, tmp_path: Path) -> None:
    with loopback() as other:
        server.misbehave(MANIFEST_PATH, web.status(500))
        other.publish(published(generation=11))
        both = {"MODELSYNC_URL": server.url, "MODELSYNC_URL_FALLBACK": other.url}
        loader = reader(None, tmp_path, environment=both)
        found = loader.load()
        assert (found.generation, found.source) == (11, f"{other.url}/")
        assert reader(None, tmp_path, mode="offline", environment=both).load().source == f"{other.url}/"
        server.odd.clear()
        server.publish(published(generation=12))
        loader.refresh()
        assert loader.load().source == f"{server.url}/"


def test_who_names_a_source_is_not_answered_by_another(server: Loopback, tmp_path: Path) -> None:
    with loopback() as other:
        server.misbehave(MANIFEST_PATH, web.status(500))
        other.publish(published(generation=11))
        with pytest.raises(NotFoundError):
            reader(server.url, tmp_path, environment={"MODELSYNC_URL_FALLBACK": other.url}).load()
        assert other.asked == []


def test_an_etag_is_never_sent_to_another_address(server: Loopback, tmp_path: Path) -> None:
    with loopback() as other:
        other.publish(published(generation=7))
        both = {"MODELSYNC_URL": server.url, "MODELSYNC_URL_FALLBACK": other.url}
        loader = reader(None, tmp_path, environment=both)
        loader.load()
        server.misbehave(MANIFEST_PATH, web.status(500))
        assert loader.refresh().status == "unchanged"
        assert [each.if_none_match for each in other.asked] == [None]


def test_two_sources_never_share_a_cache(server: Loopback, tmp_path: Path) -> None:
    with loopback() as other:
        other.publish(published(generation=2))
        assert reader(server.url, tmp_path).load().generation == 7
        assert reader(other.url, tmp_path).load().generation == 2


def test_words_for_a_mode_that_does_not_exist_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="found 'sometimes', expected one of auto, online, offline"):
        reader(None, tmp_path, mode="sometimes")


# --- what never replaces a good copy ---


@pytest.mark.parametrize(
    ("objects_now", "oddities", "status"),
    [
        ({}, {MANIFEST_PATH: web.status(500)}, "unavailable"),
        ({}, {MANIFEST_PATH: web.status(429, Retry_After="60")}, "unavailable"),
        ({}, {MANIFEST_PATH: web.status(404)}, "unavailable"),
        ({}, {MANIFEST_PATH: web.status(403)}, "unavailable"),
        ({}, {MANIFEST_PATH: web.status(206)}, "unavailable"),
        ({}, {MANIFEST_PATH: web.hang_up}, "unavailable"),
        ({}, {MANIFEST_PATH: web.endless}, "unavailable"),
        ({}, {MANIFEST_PATH: web.redirect("file:///etc/passwd")}, "unavailable"),
        ({}, {MANIFEST_PATH: web.redirect(f"/models/{MANIFEST_PATH}")}, "unavailable"),
        ({}, {MANIFEST_PATH: web.body(b"<html>Sign in to this network</html>")}, "damaged"),
        ({}, {MANIFEST_PATH: web.body(b"")}, "damaged"),
        ({}, {MANIFEST_PATH: web.body(b'{"generation":8')}, "damaged"),
        ({}, {MANIFEST_PATH: web.body(gzip.compress(b"{}")[:9], Content_Encoding="gzip")}, "unavailable"),
        (published(6), {}, "rolled_back_upstream"),
        (published(8, schema="2.0"), {}, "schema_too_new"),
        (published(8, count=4), {}, "suspicious_feed"),
        (published(8, count=0), {}, "suspicious_feed"),
        (objects({"current": {"models": [{"id": 5}] * 10}}, generation=8), {}, "damaged"),
        (objects({"current": {"models": models(10)}, "deprecations": {}}, generation=8), {}, "damaged"),
        (published(8), {CURRENT_OF_8: web.status(404)}, "unavailable"),
        (published(8), {CURRENT_OF_8: web.cut(published(8)[CURRENT_OF_8])}, "unavailable"),
        (published(8), {CURRENT_OF_8: web.body(published(8)[CURRENT_OF_8].replace(b"model-1", b"model-x"))}, "damaged"),
        (published(8), {CURRENT_OF_8: web.body(b"short")}, "damaged"),
        (published(8), {CURRENT_OF_8: web.endless}, "unavailable"),
        (published(8), {"openrouter/sets/8/changes.json": web.status(503)}, "unavailable"),
    ],
)
def test_a_good_copy_outlives_whatever_a_server_does(
    server: Loopback,
    tmp_path: Path,
    objects_now: Mapping[str, bytes],
    oddities: Mapping[str, Oddity],
    status: str,
) -> None:
    loader = reader(server.url, tmp_path)
    loader.load()
    kept = kept_files(tmp_path)["catalog"]
    server.publish(objects_now)
    for key, oddity in oddities.items():
        server.misbehave(key, oddity)
    result = loader.refresh()
    assert (result.status, result.to_generation) == (status, 7)
    assert kept_files(tmp_path)["catalog"] == kept
    found = reader(server.url, tmp_path).load()
    assert (found.generation, found.status, found.error) == (7, status, result.error)
    assert found.error


@pytest.mark.parametrize("oddity", [web.hang, web.drip, web.drip_body], ids=["silent", "header drips", "body drips"])
def test_a_slow_server_delays_a_refresh_no_longer_than_it_may(server: Loopback, tmp_path: Path, oddity: Oddity) -> None:
    loader = reader(server.url, tmp_path)
    loader.load()
    server.misbehave(MANIFEST_PATH, oddity)
    assert loader.refresh(timeout=0.3).status in {"unavailable", "under_way_elsewhere"}
    assert loader.wait(10)
    assert loader.load().generation == 7


def test_exactly_half_of_the_active_models_is_no_accident(server: Loopback, tmp_path: Path) -> None:
    loader = reader(server.url, tmp_path)
    loader.load()
    server.publish(published(8, count=5))
    assert loader.refresh().status == "changed"


def test_a_person_may_accept_an_older_generation_and_a_shrunken_list(server: Loopback, tmp_path: Path) -> None:
    loader = reader(server.url, tmp_path)
    loader.load()
    server.publish(published(2, count=1))
    assert loader.refresh(accept=True).to_generation == 2
    assert reader(server.url, tmp_path).load().generation == 2


def test_what_a_person_accepts_is_not_lost_to_a_refresh_that_is_under_way(server: Loopback, tmp_path: Path) -> None:
    clock = Clock()
    loader = reader(server.url, tmp_path, clock=clock)
    loader.load()
    server.publish(published(2))
    clock.turn(timedelta(hours=1))
    assert loader.load().generation == 7  # and starts a refresh, which accepts nothing
    assert loader.refresh(accept=True).to_generation == 2


def test_nobody_can_accept_a_newer_schema(server: Loopback, tmp_path: Path) -> None:
    loader = reader(server.url, tmp_path)
    loader.load()
    server.publish(published(8, schema="2.0"))
    assert loader.refresh(accept=True).status == "schema_too_new"


def test_a_rollback_is_a_higher_generation_and_is_taken(server: Loopback, tmp_path: Path) -> None:
    loader = reader(server.url, tmp_path)
    loader.load()
    server.publish(published(8, note="rolled back to 5"))
    assert loader.refresh().to_generation == 8


def test_a_manifest_that_says_more_of_the_same_generation_is_taken(server: Loopback, tmp_path: Path) -> None:
    loader = reader(server.url, tmp_path)
    loader.load()
    server.publish(published(7, note="please upgrade soon"))
    assert (loader.refresh().status, loader.refresh().requests) == ("changed", 1)
    assert loader.load().documents["manifest"]["note"] == "please upgrade soon"


def test_an_upgrade_is_asked_for_once_a_week(server: Loopback, tmp_path: Path) -> None:
    clock = Clock()
    loader = reader(server.url, tmp_path, clock=clock)
    loader.load()
    server.publish(published(8, schema="2.0"))
    told = []
    for day in (0, 1, 6, 7, 8):
        clock.now = TWO_HOURS_LATER + timedelta(days=day)
        told.append(len(loader.refresh().advice))
    assert told == [1, 0, 0, 1, 0]


def test_a_refresh_names_the_models_that_came_and_went(server: Loopback, tmp_path: Path) -> None:
    loader = reader(server.url, tmp_path)
    loader.load()
    assert loader.refresh().diff is None
    server.publish(published(8, count=12))
    diff = Diff(added=("vendor/model-10", "vendor/model-11"))
    assert (loader.refresh().diff, loader.refresh().diff) == (diff, None)


def test_a_folder_that_is_read_again_names_what_came(tmp_path: Path) -> None:
    loader = reader(str(write_store(tmp_path / "store", published(7, count=3))), tmp_path)
    assert loader.refresh().diff is None
    write_store(tmp_path / "store", published(8, count=2))
    assert loader.refresh().diff == Diff(removed=("vendor/model-2",))


def test_an_empty_list_is_no_catalog_even_where_there_was_none(server: Loopback, tmp_path: Path) -> None:
    server.publish(published(generation=8, count=0))
    with pytest.raises(NotFoundError, match="current: found no active model, expected some"):
        reader(server.url, tmp_path).load()


def test_a_304_that_nobody_asked_for_is_no_confirmation(server: Loopback, tmp_path: Path) -> None:
    server.misbehave(MANIFEST_PATH, web.status(304))
    with pytest.raises(NotFoundError, match="found status 304"):
        reader(server.url, tmp_path).load()


# --- back-off and clocks ---


def test_after_failures_the_network_is_left_alone_for_longer_and_longer(server: Loopback, tmp_path: Path) -> None:
    clock = Clock()
    reader(server.url, tmp_path, clock=clock).load()
    server.misbehave(MANIFEST_PATH, web.status(500))
    clock.turn(timedelta(hours=1))
    asked = []
    for minute in range(60):
        server.asked.clear()
        loader = reader(server.url, tmp_path, clock=clock)
        loader.load()
        assert loader.wait(10)
        asked += [minute] * len(server.asked)
        clock.turn(timedelta(minutes=1))
    assert asked == [0, 1, 6, 36]


def test_a_server_that_asks_for_more_patience_gets_it(server: Loopback, tmp_path: Path) -> None:
    clock = Clock()
    loader = reader(server.url, tmp_path, clock=clock)
    loader.load()
    server.misbehave(MANIFEST_PATH, web.status(429, Retry_After="7200"))
    loader.refresh()
    server.asked.clear()
    clock.turn(timedelta(minutes=119))
    loader.load()
    assert (loader.wait(10), server.asked) == (True, [])


def test_online_is_no_reason_to_be_impatient(server: Loopback, tmp_path: Path) -> None:
    reader(server.url, tmp_path).load()
    server.misbehave(MANIFEST_PATH, web.status(500))
    reader(server.url, tmp_path, mode="online").load()
    server.asked.clear()
    loader = reader(server.url, tmp_path, mode="online")
    assert (loader.load().generation, loader.wait(10), server.asked) == (7, True, [])


def test_a_success_ends_the_patience(server: Loopback, tmp_path: Path) -> None:
    loader = reader(server.url, tmp_path)
    loader.load()
    server.misbehave(MANIFEST_PATH, web.status(500))
    loader.refresh()
    server.odd.clear()
    assert (loader.refresh().status, loader.load().error) == ("unchanged", None)


def test_a_clock_that_was_set_back_never_makes_a_copy_fresh_for_ever(server: Loopback, tmp_path: Path) -> None:
    clock = Clock()
    loader = reader(server.url, tmp_path, clock=clock)
    loader.load()
    server.publish(published(generation=8))
    clock.turn(-timedelta(days=400))
    found = loader.load()
    assert (found.age, found.freshness) == (timedelta(0), "fresh")
    assert loader.wait(10)
    assert loader.load().generation == 8


def test_a_clock_that_was_set_back_never_makes_a_wait_endless(server: Loopback, tmp_path: Path) -> None:
    clock = Clock()
    loader = reader(server.url, tmp_path, clock=clock)
    loader.load()
    server.misbehave(MANIFEST_PATH, web.status(500))
    loader.refresh()
    server.odd.clear()
    server.publish(published(generation=8))
    clock.turn(-timedelta(days=400))
    loader.load()
    assert loader.wait(10)
    assert loader.load().generation == 8


def test_a_world_that_stands_still_is_not_a_pipeline_that_does(server: Loopback, tmp_path: Path) -> None:
    clock = Clock(TWO_HOURS_LATER + timedelta(days=3))
    server.publish({"openrouter/status.json": b'{"observedAt":"2026-08-11T18:42:00Z"}'})
    assert reader(server.url, tmp_path / "a", clock=clock).load().freshness == "fresh"
    server.publish({"openrouter/status.json": b'{"observedAt":"2026-08-09T18:42:00Z"}'})
    assert reader(server.url, tmp_path / "b", clock=clock).load().freshness == "stale"


def test_a_heartbeat_speaks_for_the_set_that_it_was_asked_for_only(server: Loopback, tmp_path: Path) -> None:
    clock = Clock(TWO_HOURS_LATER + timedelta(days=3))
    server.publish({"openrouter/status.json": b'{"observedAt":"2026-08-11T18:42:00Z"}'})
    assert reader(server.url, tmp_path, clock=clock).load().age == timedelta(hours=2)
    [catalog] = (tmp_path / "cache").rglob("catalog")
    catalog.unlink()
    found = reader(server.url, tmp_path, clock=clock, mode="offline", bundled=bundled(tmp_path)).load()
    assert found.age == timedelta(days=3, hours=2)


def test_what_counts_as_old_is_the_callers_to_say(server: Loopback, tmp_path: Path) -> None:
    clock = Clock(TWO_HOURS_LATER + timedelta(days=1))
    assert reader(server.url, tmp_path, clock=clock, max_age="1d").load().freshness == "old"


# --- the disk ---


def test_only_this_user_can_read_what_is_kept(server: Loopback, tmp_path: Path) -> None:
    reader(server.url, tmp_path).load()
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "cache").rglob("*") if path.is_file()}
    folders = {path.stat().st_mode & 0o777 for path in (tmp_path / "cache").rglob("*") if path.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})


@pytest.mark.parametrize("damage", [b"", b"\0" * 500, b'{"modelsyncBundle":1}\n', b"<html>"])
def test_a_damaged_cache_is_moved_aside_and_fetched_again(server: Loopback, tmp_path: Path, damage: bytes) -> None:
    reader(server.url, tmp_path).load()
    [catalog] = (tmp_path / "cache").rglob("catalog")
    catalog.write_bytes(damage)
    found = reader(server.url, tmp_path).load()
    assert (found.generation, found.origin) == (7, "network")
    assert kept_files(tmp_path)["catalog.bad"] == damage


def test_the_next_process_looks_names_up_in_a_table(server: Loopback, tmp_path: Path) -> None:
    reader(server.url, tmp_path).load()
    found = Catalog.of(reader(server.url, tmp_path).load().documents)
    assert isinstance(found, IndexedCatalog)
    assert getattr(found.with_alias("model-3"), "id", None) == "vendor/model-3"


def test_a_damaged_table_costs_neither_a_request_nor_the_set(server: Loopback, tmp_path: Path) -> None:
    reader(server.url, tmp_path).load()
    [catalog] = (tmp_path / "cache").rglob("catalog")
    catalog.write_bytes(catalog.read_bytes()[:-1] + b"!")
    server.asked.clear()
    found = reader(server.url, tmp_path).load()
    assert (found.origin, server.asked, "catalog.bad" in kept_files(tmp_path)) == ("cache", [], False)
    assert getattr(Catalog.of(found.documents).with_alias("model-3"), "id", None) == "vendor/model-3"


def test_a_kept_set_that_this_client_cannot_open_is_fetched_again(server: Loopback, tmp_path: Path) -> None:
    reader(server.url, tmp_path).load()
    [catalog] = (tmp_path / "cache").rglob("catalog")
    found = objects({"current": {"models": models(1)}, "deprecations": {"of": "another version"}}, generation=7)
    manifest = read_manifest(found[MANIFEST_PATH])
    bodies = {name: found[entry.key] for name, entry in manifest.entries.items()}
    catalog.write_bytes(encode(DocumentSet(manifest, bodies)))
    assert len(reader(server.url, tmp_path).load().documents["current"]["models"]) == 10


def test_a_damaged_cache_is_replaced_by_the_bundled_copy_offline(server: Loopback, tmp_path: Path) -> None:
    reader(server.url, tmp_path).load()
    [catalog] = (tmp_path / "cache").rglob("catalog")
    catalog.write_bytes(catalog.read_bytes()[:-1])
    assert reader(server.url, tmp_path, mode="offline", bundled=bundled(tmp_path)).load().origin == "bundled"


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"checked_at":5}', b'{"failures":"many","status":"gone"}', b"\xff"])
def test_a_damaged_state_costs_a_request_and_never_the_set(server: Loopback, tmp_path: Path, damage: bytes) -> None:
    reader(server.url, tmp_path).load()
    [state] = (tmp_path / "cache").rglob("state.json")
    state.write_bytes(damage)
    server.asked.clear()
    loader = reader(server.url, tmp_path)
    assert (loader.load().generation, loader.load().origin) == (7, "cache")
    assert loader.wait(10)
    assert [each.path.rpartition("/")[2] for each in server.asked] == ["manifest.json"]


def test_a_file_where_the_cache_belongs_leaves_the_catalog_in_memory(server: Loopback, tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"in the way")
    loader = reader(server.url, tmp_path)
    found = loader.load()
    assert (found.generation, found.origin) == (7, "network")
    assert [advice.partition("; ")[2] for advice in found.advice] == [
        "choose another folder; until then the catalog is kept in memory only"
    ]
    loader.refresh()
    server.asked.clear()
    assert (loader.load().advice, loader.wait(10), server.asked) == ((), True, [])
    assert (tmp_path / "cache").read_bytes() == b"in the way"


def test_without_any_place_for_a_cache_the_catalog_is_kept_in_memory(server: Loopback, tmp_path: Path) -> None:
    loader = open_loader(server.url, environment={}, world=World(bundled=tmp_path / "none", clock=Clock()))
    assert (loader.load().generation, loader.load().advice) == (7, ())
    server.asked.clear()
    loader.load()
    assert (loader.wait(10), loader.refresh(force=False).status, server.asked) == (True, "not_due", [])


def test_a_refresh_that_is_not_insisted_on_asks_nothing_within_the_hour(server: Loopback, tmp_path: Path) -> None:
    loader = reader(server.url, tmp_path)
    loader.load()
    server.asked.clear()
    assert (loader.refresh(force=False).status, server.asked) == ("not_due", [])


def test_a_refresh_that_is_not_insisted_on_says_that_it_waits_and_for_what(server: Loopback, tmp_path: Path) -> None:
    loader = reader(server.url, tmp_path)
    loader.load()
    server.misbehave(MANIFEST_PATH, web.status(500))
    first, second = loader.refresh(), loader.refresh(force=False)
    assert (first.status, second.status, second.error == first.error) == ("unavailable", "backing_off", True)


def test_a_newer_set_of_another_process_is_seen_by_a_long_lived_one(server: Loopback, tmp_path: Path) -> None:
    long_lived, other = reader(server.url, tmp_path), reader(server.url, tmp_path)
    long_lived.load()
    server.publish(published(generation=8))
    other.refresh()
    assert (long_lived.load().generation, long_lived.load().origin) == (8, "cache")


# --- what a caller may hold us to ---


def test_offline_opens_no_socket(server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader(server.url, tmp_path).load()

    def forbidden(*_: object, **__: object) -> socket.socket:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", forbidden)
    assert reader(server.url, tmp_path, mode="offline").load().generation == 7


def test_the_library_prints_nothing(server: Loopback, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    server.misbehave(MANIFEST_PATH, web.hang_up)
    loader = reader(server.url, tmp_path, bundled=bundled(tmp_path))
    loader.load()
    assert loader.wait(10)
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_no_bundle_is_refused_where_it_was_named(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no bundle")
    with pytest.raises(StoreError, match="x: found no first line of JSON, expected a bundled set"):
        reader(str(tmp_path / "x"), tmp_path).load()
