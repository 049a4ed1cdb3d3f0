"""What somebody deleted, or set wrong: a run writes again what can be known, and refuses what would lose anything."""

from datetime import timedelta
from pathlib import Path

import pytest

from modelsync.errors import FeedFormatError, OverridesError, UsageError
from modelsync.shell.running.inputs import load_overrides
from modelsync.shell.running.verify import verify
from modelsync.sources.openrouter import OpenRouter
from tests.world import World

PREFIX = "models/openrouter/"


@pytest.fixture
def world() -> World:
    """Two generations; one model went missing."""
    world = World()
    world.run()
    world.wait()
    world.feed.drop("x-ai/grok-4.3")
    world.run()
    return world


def test_a_catalog_whose_manifest_was_deleted_is_not_begun_anew(world: World) -> None:
    first_seen = world.model("x-ai/grok-4.3").first_seen
    world.store.delete(PREFIX + "manifest.json")
    world.wait()
    world.run()
    assert world.state_of("x-ai/grok-4.3") == "stale"
    assert world.model("x-ai/grok-4.3").first_seen == first_seen
    assert verify(world.runtime()).problems == ()


def test_an_immutable_copy_that_was_deleted_is_written_again(world: World) -> None:
    key = f"{PREFIX}sets/2/current.json"
    stored = world.store.get(key)
    assert stored is not None
    world.store.delete(key)
    world.wait()
    world.run()
    again = world.store.get(key)
    assert again is not None
    assert again.body == stored.body


def test_all_sets_that_were_deleted_are_written_again_as_far_as_they_stand(world: World) -> None:
    for key in world.store.list(f"{PREFIX}sets/"):
        world.store.delete(key)
    world.wait()
    world.feed.add("a/newcomer")
    world.run()
    assert [problem for problem in verify(world.runtime()).problems if "names it and it is not there" in problem] == []


@pytest.fixture
def july(world: World) -> World:
    """The same world in the next month, so that the month before is closed."""
    world.wait(timedelta(days=31))
    world.run()
    return world


def test_a_history_that_was_deleted_is_seen_and_written_again_behind_the_next_month(july: World) -> None:
    (key,) = july.store.list(f"{PREFIX}history/")
    july.store.delete(key)
    assert any("it does not tell of generation 1" in problem for problem in verify(july.runtime()).problems)
    july.wait(timedelta(days=31))
    july.feed.add("a/newcomer")
    july.run()
    assert verify(july.runtime()).problems == ()


def test_a_history_that_tells_twice_is_seen(july: World) -> None:
    (key,) = july.store.list(f"{PREFIX}history/")
    stored = july.store.get(key)
    assert stored is not None
    july.store.put(key, stored.body + stored.body.splitlines(keepends=True)[-1])
    assert any("tells the same event twice" in problem for problem in verify(july.runtime()).problems)


def test_a_clock_that_is_days_behind_the_catalog_is_refused(world: World) -> None:
    before = world.bytes_of_documents()
    world.now -= timedelta(days=40)
    with pytest.raises(UsageError, match="set the clock, or --now, to a later time"):
        world.run()
    assert world.bytes_of_documents() == before


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"data":[],"links":{"next":"/api/v1/models?offset=500"}}', "links.next: expected the whole list"),
        (b'{"data":[],"total_count":400}', "total_count: expected 400 models, found 0"),
    ],
)
def test_a_part_of_a_list_is_no_list(body: bytes, sentence: str) -> None:
    with pytest.raises(FeedFormatError, match=sentence):
        OpenRouter().parse(body)


def test_a_folder_without_override_files_is_no_folder_of_overrides(tmp_path: Path) -> None:
    with pytest.raises(OverridesError, match="expected override files"):
        load_overrides(tmp_path)
