"""Documents in and out of a store: digests, generations, the order of a publish, and what is kept for ever."""

import hashlib
import json
from datetime import timedelta

import pytest

from modelsync.errors import CorruptDocumentError, NotFoundError, PreconditionFailedError
from modelsync.shell.publishing.repository import Repository
from modelsync.shell.storage.stores import MemoryStore
from tests.faulty_stores import Watched
from tests.promises import assert_in_order
from tests.world import START, World

ROOT = "models/openrouter"


@pytest.fixture
def world() -> World:
    made = World()
    made.run()
    made.wait()
    return made


@pytest.fixture
def repository(world: World) -> Repository:
    return world.runtime().repository


def test_an_empty_store_holds_generation_zero() -> None:
    loaded = Repository(MemoryStore(), source="openrouter", prefix="models/").load()
    assert (loaded.generation, loaded.manifest, loaded.repairs) == (0, None, ())
    assert loaded.published.by_name() == {}


def test_what_was_published_is_loaded_as_it_was(world: World, repository: Repository) -> None:
    loaded = repository.load()
    assert loaded.generation == 1
    assert loaded.repairs == ()
    assert set(loaded.published.by_name()) == {"current", "curated", "deprecations", "signals", "changes"}
    assert loaded.published.states() == dict.fromkeys(world.feed.ids, "active")


def test_the_manifest_states_size_digest_and_place_of_every_document(world: World) -> None:
    for name, entry in world.document("manifest")["documents"].items():
        stored = world.store.get(f"models/{entry['key']}")
        assert stored is not None
        assert entry["key"] == f"openrouter/sets/1/{name}.json"
        assert entry["sha256"] == hashlib.sha256(stored.body).hexdigest()
        assert entry["bytes"] == len(stored.body)
        assert entry["generation"] == 1


def test_the_manifest_counts_models_by_state(world: World) -> None:
    world.feed.drop("qwen/qwen3-coder")
    world.run()
    counts = world.document("manifest")["counts"]
    assert {state: counts[state] for state in ("active", "stale", "deprecated", "removed")} == {
        "active": 23,
        "stale": 1,
        "deprecated": 0,
        "removed": 0,
    }


def test_the_manifest_tells_when_to_look_again(world: World) -> None:
    manifest = world.document("manifest")
    assert (manifest["generatedAt"], manifest["nextDue"], manifest["staleAfter"]) == (
        "2026-06-01T06:00:00Z",
        "2026-06-01T12:00:00Z",
        "2026-06-01T18:00:00Z",
    )


def test_a_document_that_did_not_change_keeps_its_place_and_generation(world: World) -> None:
    world.feed.set("openai/gpt-5.2", context_length=65536)
    world.refresh()
    entries = world.document("manifest")["documents"]
    assert (entries["current"]["generation"], entries["current"]["key"]) == (2, "openrouter/sets/2/current.json")
    assert (entries["signals"]["generation"], entries["signals"]["key"]) == (1, "openrouter/sets/1/signals.json")


def test_a_fixed_name_with_other_bytes_is_read_from_its_set_and_named(world: World, repository: Repository) -> None:
    good = repository.load().published
    world.store.put(f"{ROOT}/current.json", b'{"models": []}')
    loaded = repository.load()
    assert loaded.published == good
    assert loaded.repairs == ("current",)


def test_a_fixed_name_that_is_gone_is_read_from_its_set_and_named(world: World, repository: Repository) -> None:
    world.store.delete(f"{ROOT}/deprecations.json")
    loaded = repository.load()
    assert loaded.published.deprecations is not None
    assert loaded.repairs == ("deprecations",)


def test_a_repair_writes_only_what_is_wrong(world: World) -> None:
    world.feed.drop("x-ai/grok-4.3")
    world.run()
    world.store.put(f"{ROOT}/current.json", b"{}")
    world.store.delete(f"{ROOT}/sets/2/manifest.json")
    watched = Watched(world.store)
    world.store = watched
    mended = world.runtime().repository
    mended.repair(mended.load(), vouched=False, now=world.now)
    assert watched.written == [f"{ROOT}/current.json", f"{ROOT}/sets/2/manifest.json"]
    assert_in_order(world.store)


def test_a_document_that_is_wrong_in_both_places_is_named(world: World, repository: Repository) -> None:
    for key in (f"{ROOT}/current.json", f"{ROOT}/sets/1/current.json"):
        world.store.put(key, b"{}")
    with pytest.raises(CorruptDocumentError, match=r"^store: openrouter/sets/1/current\.json: expected sha256 "):
        repository.load()


def test_a_document_that_is_gone_from_both_places_is_named(world: World, repository: Repository) -> None:
    for key in (f"{ROOT}/current.json", f"{ROOT}/sets/1/current.json"):
        world.store.delete(key)
    with pytest.raises(CorruptDocumentError, match=r"^store: openrouter/sets/1/current\.json: .* not there"):
        repository.load()


def test_a_manifest_that_cannot_be_read_is_named_and_stops_everything(world: World) -> None:
    world.store.put(f"{ROOT}/manifest.json", b"<html>")
    before = world.bytes_of_documents()
    with pytest.raises(CorruptDocumentError, match=r"^store: models/openrouter/manifest\.json: "):
        world.run()
    assert world.bytes_of_documents() == before


def test_a_heartbeat_that_cannot_be_read_is_none_and_the_next_run_writes_a_new_one(world: World) -> None:
    world.store.put(f"{ROOT}/status.json", b"\x00")
    assert world.runtime().repository.load_status() is None
    world.run()
    assert world.status.last_attempt.outcome == "unchanged"


def test_a_lost_heartbeat_makes_nobody_older(world: World) -> None:
    world.feed.drop("qwen/qwen3-coder")
    world.refresh()
    world.store.delete(f"{ROOT}/status.json")
    world.wait(timedelta(days=60))
    world.curate()
    assert world.state_of("qwen/qwen3-coder") == "stale"


# Generations.


def test_every_generation_can_be_read_again_as_it_was(world: World) -> None:
    first = world.published
    world.feed.add("new/model")
    world.run()
    manifest, published = world.runtime().repository.load_generation(1)
    assert (manifest.generation, published) == (1, first)
    assert world.runtime().repository.load_generation(2)[1] == world.published


def test_generations_that_were_never_published_are_not_found(repository: Repository) -> None:
    with pytest.raises(NotFoundError, match=r"^generation 2: the newest is 1$"):
        repository.load_generation(2)
    with pytest.raises(NotFoundError, match=r"^generation 0: "):
        repository.load_generation(0)


def test_in_an_empty_store_no_generation_is_found() -> None:
    with pytest.raises(NotFoundError, match=r"^generation 1: the newest is none$"):
        Repository(MemoryStore(), source="openrouter", prefix="models/").load_generation(1)


def test_an_old_generation_that_was_damaged_is_named(world: World) -> None:
    world.feed.add("new/model")
    world.run()
    world.store.put(f"{ROOT}/sets/1/current.json", b"{}")
    with pytest.raises(CorruptDocumentError, match=r"^store: openrouter/sets/1/current\.json: "):
        world.runtime().repository.load_generation(1)


def test_a_writer_that_loaded_before_another_one_published_loses(world: World, repository: Repository) -> None:
    loaded = repository.load()
    world.feed.add("new/model")
    world.run()
    after = world.bytes_of_documents()
    documents = {"current": world.published.by_name()["current"].model_copy(update={"generation": 3})}
    with pytest.raises(PreconditionFailedError):
        repository.publish(loaded, documents)
    assert world.document("manifest")["generation"] == 2
    assert {key: after[key] for key in after if "/sets/2/" in key}.items() <= world.bytes_of_documents().items()


def test_a_generation_whose_objects_are_taken_is_never_published_over(world: World, repository: Repository) -> None:
    world.store.put(f"{ROOT}/sets/2/current.json", b"somebody else's")
    loaded = repository.load()
    documents = {"current": world.published.by_name()["current"].model_copy(update={"generation": 2})}
    with pytest.raises(PreconditionFailedError):
        repository.publish(loaded, documents)
    assert world.manifest.generation == 1


def test_a_run_passes_over_a_generation_that_is_taken(world: World) -> None:
    world.store.put(f"{ROOT}/sets/2/current.json", b"somebody else's")
    world.feed.add("new/model")
    world.run()
    assert world.manifest.generation == 3
    assert_in_order(world.store)


def test_immutable_objects_are_never_written_again(world: World) -> None:
    before = {key: body for key, body in world.bytes_of_documents().items() if "/sets/" in key}
    world.feed.add("new/model")
    world.run()
    world.wait()
    world.rollback(1)
    assert before.items() <= world.bytes_of_documents().items()


# Raw snapshots.


def test_a_snapshot_is_kept_once_an_hour(world: World, repository: Repository) -> None:
    assert (
        repository.save_snapshot(b"first", at=START + timedelta(hours=3), first_of_day=True)
        == "openrouter/raw-2026060109.json"
    )
    assert (
        repository.save_snapshot(b"first", at=START + timedelta(hours=3, minutes=59), first_of_day=True)
        == "openrouter/raw-2026060109.json"
    )
    assert repository.save_snapshot(b"second", at=START + timedelta(hours=3, minutes=59), first_of_day=True) is None
    stored = world.store.get(f"{ROOT}/raw-2026060109.json")
    assert stored is not None
    assert stored.body == b"first"


def test_a_dry_run_learns_the_key_without_writing(world: World, repository: Repository) -> None:
    at = START + timedelta(hours=3)
    assert repository.snapshot_for(b"first", at=at) == "openrouter/raw-2026060109.json"
    assert world.store.get(f"{ROOT}/raw-2026060109.json") is None
    repository.save_snapshot(b"first", at=at, first_of_day=True)
    assert repository.snapshot_for(b"second", at=at) is None


# Places.


def test_everything_lies_below_the_prefix(world: World) -> None:
    world.feed.add("new/model")
    world.run()
    assert {key.split("/")[0] for key in world.store.list()} == {"models"}


def test_two_prefixes_in_one_store_know_nothing_of_each_other(world: World) -> None:
    other = Repository(world.store, source="openrouter", prefix="staging/")
    assert other.load().generation == 0
    assert other.load_status() is None
    assert other.history() == ()


def test_documents_are_json_that_ends_in_one_line_feed(world: World) -> None:
    for key, body in world.bytes_of_documents().items():
        if key.endswith(".json"):
            assert body.endswith(b"}\n"), key
            assert json.loads(body)["schemaVersion"] == "1.0"
