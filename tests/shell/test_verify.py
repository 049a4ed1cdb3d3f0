"""A sound store is found sound, and everything that is wrong with another one is named."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from modelsync.errors import CorruptDocumentError, NotFoundError
from modelsync.shell.running.verify import Verification, verify
from tests.timeline import overrides
from tests.world import World

PREFIX = "models/openrouter/"
JUNE = PREFIX + "history/changes-2026-06.ndjson"


@pytest.fixture
def world() -> World:
    """Three generations, with a model that went missing."""
    world = World()
    world.run()
    world.wait()
    world.feed.drop("x-ai/grok-4.3")
    world.run()
    world.wait()
    world.feed.set("openai/gpt-5.2", prompt="0.000002")
    world.run()
    return world


def checked(world: World) -> Verification:
    return verify(world.runtime())


def rewrite(world: World, key: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a stored document behind everybody's back."""
    stored = world.store.get(PREFIX + key)
    assert stored is not None
    document = json.loads(stored.body)
    change(document)
    world.store.put(PREFIX + key, json.dumps(document).encode())


def test_a_store_that_the_jobs_made_is_sound(world: World) -> None:
    found = checked(world)
    assert found.problems == ()
    assert (found.generation, found.generations, found.snapshots, found.events) == (3, 3, 3, len(world.log))


def test_a_store_after_a_month_of_runs_is_sound(world: World) -> None:
    world.run_schedule(during=timedelta(days=33))
    assert world.state_of("x-ai/grok-4.3") == "removed"
    assert checked(world).problems == ()


def test_a_store_after_a_rollback_is_sound(world: World) -> None:
    world.feed.add("a/newcomer")
    world.wait()
    world.run()
    world.rollback(3)
    assert checked(world).problems == ()


def test_a_store_with_a_held_feed_is_sound(world: World) -> None:
    world.wait()
    world.feed.drop(*world.feed.ids[:12])
    world.run()
    assert world.status.held_feed is not None
    assert checked(world).problems == ()


def test_nothing_is_written(world: World) -> None:
    before = {key: world.store.get(key) for key in world.store.list()}
    checked(world)
    assert {key: world.store.get(key) for key in world.store.list()} == before


def test_a_store_in_which_nothing_is_published_cannot_be_checked() -> None:
    with pytest.raises(NotFoundError, match="run `syncmodels all` first"):
        checked(World())


def test_a_manifest_that_cannot_be_read_ends_the_check(world: World) -> None:
    world.store.put(PREFIX + "manifest.json", b"{}")
    with pytest.raises(CorruptDocumentError, match=r"openrouter/manifest\.json"):
        checked(world)


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("sets/1/current.json", "openrouter/sets/1/current.json: openrouter/sets/1/manifest.json names it and it is"),
        (
            "sets/3/current.json",
            "openrouter/sets/3/current.json: openrouter/manifest.json names it and it is not there",
        ),
        ("current.json", "openrouter/current.json: it is not there; the next run writes it again"),
        (
            "raw-2026060106.json",
            "openrouter/raw-2026060106.json: a document names it as its source and it is not there",
        ),
    ],
)
def test_an_object_that_is_missing_is_named(world: World, key: str, sentence: str) -> None:
    world.store.delete(PREFIX + key)
    assert any(problem.startswith(sentence) for problem in checked(world).problems)


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("sets/1/current.json", "openrouter/sets/1/current.json: expected "),
        ("sets/3/current.json", "openrouter/sets/3/current.json: expected "),
        ("current.json", "openrouter/current.json: expected sha256 "),
        ("raw-2026060106.json", "openrouter/raw-2026060106.json: a document names it with sha256 "),
        ("status.json", "openrouter/status.json: the document: Invalid JSON"),
        ("sets/2/manifest.json", "openrouter/sets/2/manifest.json: the document: Invalid JSON"),
        ("sets/3/manifest.json", "openrouter/sets/3/manifest.json: it is not the manifest that stands"),
        ("history/changes-2026-06.ndjson", "openrouter/history/changes-2026-06.ndjson: a line is no event"),
    ],
)
def test_an_object_with_other_bytes_is_named(world: World, key: str, sentence: str) -> None:
    world.store.put(PREFIX + key, b"something else")
    assert any(problem.startswith(sentence) for problem in checked(world).problems)


@pytest.mark.parametrize(
    ("key", "change", "problem"),
    [
        (
            "manifest.json",
            lambda doc: doc["counts"].update(active=7),
            "openrouter/manifest.json: counts: expected {'active': 23, 'stale': 1, 'deprecated': 0, 'removed': 0, ",
        ),
        (
            "manifest.json",
            lambda doc: doc["documents"]["current"].update(key="openrouter/sets/1/changes.json"),
            "openrouter/manifest.json: current: openrouter/sets/1/changes.json is no key of a document of generation 3",
        ),
        (
            "sets/2/manifest.json",
            lambda doc: doc.update(generation=1),
            "openrouter/sets/2/manifest.json: it is the manifest of generation 1",
        ),
        (
            "status.json",
            lambda doc: doc["lastAttempt"].update(generation=9),
            "openrouter/status.json: it tells of generation 9, which nobody published",
        ),
        (
            "status.json",
            lambda doc: doc.update(surprise=1),
            "openrouter/status.json: surprise: Extra inputs are not permitted",
        ),
    ],
)
def test_a_document_that_contradicts_the_others_is_named(
    world: World, key: str, change: Callable[[dict[str, Any]], object], problem: str
) -> None:
    rewrite(world, key, change)
    assert any(found.startswith(problem) for found in checked(world).problems)


def test_a_manifest_that_went_back_is_seen(world: World) -> None:
    older = world.store.get(PREFIX + "sets/2/manifest.json")
    assert older is not None
    world.store.put(PREFIX + "manifest.json", older.body)
    problems = checked(world).problems
    assert "openrouter/sets/3/manifest.json: it is newer than the manifest that stands, 2" in problems
    assert "openrouter/status.json: it tells of generation 3, which nobody published" in problems


@pytest.fixture
def later(world: World) -> World:
    """The same world in the next month, so that the month before is closed."""
    world.wait(timedelta(days=31))
    world.run()
    assert world.store.list(PREFIX + "history/") == (JUNE,)
    return world


def test_a_history_that_is_newer_than_the_manifest_is_seen(later: World) -> None:
    line = later.runtime().repository.history()[-1]
    stored = later.store.get(JUNE)
    assert stored is not None
    news = stored.body.splitlines(keepends=True)[-1].replace(b'"generation":%d' % line.generation, b'"generation":99')
    later.store.put(JUNE, stored.body + news)
    assert "openrouter/history/: it tells of generation 99" in checked(later).problems


def test_a_history_in_which_events_are_missing_breaks_a_law(later: World) -> None:
    stored = later.store.get(JUNE)
    assert stored is not None
    later.store.put(JUNE, b"".join(stored.body.splitlines(keepends=True)[1:]))
    assert (
        "law 3 (conserving): anthropic/claude-haiku-4.5: it is published, but the log never added it"
        in checked(later).problems
    )


def test_bindings_that_cannot_be_read_are_a_problem(world: World) -> None:
    world.store.put("models/bindings/someone.json", b"{}")
    (problem,) = checked(world).problems
    assert problem.endswith("every model counts as bound until this is mended")


def test_a_model_that_people_buried_early_is_no_problem() -> None:
    world = World()
    world.run()
    world.overrides = overrides(deprecation_overrides={"tombstones": [{"id": "x-ai/grok-4.3", "state": "removed"}]})
    world.feed.drop("x-ai/grok-4.3")
    world.wait()
    world.run()
    assert world.state_of("x-ai/grok-4.3") == "removed"
    assert checked(world).problems == ()


def test_a_bound_model_that_is_not_removed_is_no_problem(world: World) -> None:
    world.bind("x-ai/grok-4.3")
    world.run_schedule(during=timedelta(days=40))
    assert world.state_of("x-ai/grok-4.3") == "deprecated"
    assert checked(world).problems == ()


def test_a_raw_body_that_a_store_forgot_after_ninety_days_is_no_problem(later: World) -> None:
    later.wait(timedelta(days=80))
    later.feed.add("a/newcomer")
    later.run()
    later.store.delete(f"{PREFIX}raw-2026060106.json")
    assert checked(later).problems == ()


def test_a_set_that_a_store_forgot_is_no_problem_of_the_generations_that_point_to_it(later: World) -> None:
    for key in later.store.list(f"{PREFIX}sets/1/"):
        if not key.endswith("/signals.json"):  # that one still stands, and is renewed
            later.store.delete(key)
    assert checked(later).problems == ()
