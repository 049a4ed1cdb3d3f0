"""How things stand, told from three small objects, whatever state they are in."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.admin.standing import standing
from modelsync.shell.asking.asked_runs import ask
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.stores import MemoryStore
from tests.admin.desk import Api
from tests.faulty_stores import Interrupted
from tests.world import FEW, START, World

MANIFEST, STATUS, RUN = "models/openrouter/manifest.json", "models/openrouter/status.json", "models/admin/run.json"


def told(store: ObjectStore, at: datetime = START) -> dict[str, Any]:
    """What the API says, which holds it against its description."""
    api = Api(store=store)
    api.now = at
    return api.status()


@pytest.fixture(scope="module")
def published() -> World:
    """A catalog of one generation, published at START."""
    world = World(FEW)
    world.run()
    return world


def test_an_empty_store_has_a_status_that_says_what_to_do() -> None:
    state = told(MemoryStore())
    assert (state["generation"], state["manifest"], state["heartbeat"], state["run"]) == (None, None, None, None)
    assert (state["isOverdue"], state["isStale"]) == (False, False)
    assert state["findings"] == ["nothing is published yet; ask for a refresh of the target all"]


def test_a_published_catalog_tells_generation_counts_and_ages(published: World) -> None:
    state = told(published.store, START + timedelta(hours=2))
    assert (state["source"], state["generation"], state["findings"]) == ("openrouter", 1, [])
    assert state["manifest"] == {
        "generation": 1,
        "generatedAt": "2026-06-01T06:00:00Z",
        "nextDue": "2026-06-01T12:00:00Z",
        "staleAfter": "2026-06-01T18:00:00Z",
        "note": None,
        "counts": {"active": 12, "curated": 12, "deprecated": 0, "removed": 0, "stale": 0},
        "ageSeconds": 7200,
    }
    assert state["heartbeat"]["lastAttempt"] == {
        "at": "2026-06-01T06:00:00Z",
        "job": "all",
        "outcome": "published",
        "generation": 1,
        "message": None,
    }
    assert state["heartbeat"]["observedAgeSeconds"] == 7200


@pytest.mark.parametrize(
    ("after", "is_overdue", "is_stale"),
    [
        (timedelta(hours=6), False, False),
        (timedelta(hours=6, seconds=1), True, False),
        (timedelta(hours=12, seconds=-1), True, False),
        (timedelta(hours=12), True, True),
    ],
)
def test_it_is_overdue_past_the_next_run_and_stale_past_what_readers_were_promised(
    published: World, after: timedelta, is_overdue: bool, is_stale: bool
) -> None:
    state = told(published.store, START + after)
    assert (state["isOverdue"], state["isStale"]) == (is_overdue, is_stale)


def test_a_feed_that_was_believed_and_changed_nothing_keeps_it_from_being_stale(published: World) -> None:
    world = published.twin()
    world.wait(timedelta(hours=11))
    world.refresh()
    assert told(world.store, START + timedelta(hours=22))["isStale"] is False
    assert told(world.store, START + timedelta(hours=23))["isStale"] is True


def test_a_held_feed_is_told_with_its_reason(published: World) -> None:
    world = published.twin()
    world.wait()
    world.feed.drop(*FEW[:6])
    world.refresh()
    held = told(world.store, world.now)["heartbeat"]["heldFeed"]
    assert held["since"] == "2026-06-01T12:00:00Z"
    assert held["reason"].startswith("ids gone: 6 of 12")


@pytest.mark.parametrize(
    ("key", "body", "finding"),
    [
        (STATUS, b"{", f"{STATUS}: expected JSON, found 1 bytes of something else; run `syncmodels verify` to see"),
        (STATUS, b"{}", f"{STATUS}: lastAttempt: expected an object, found null; run"),
        (MANIFEST, b"[]", f"{MANIFEST}: expected an object, found a list; run"),
        (MANIFEST, b'{"counts": {"active": "4"}, "generation": 1}', f"{MANIFEST}: generatedAt: expected text, found"),
        (RUN, b"null", "admin/run.json: expected an object, found null; it stands for no run"),
    ],
)
def test_a_damaged_object_is_null_and_a_finding_and_the_rest_is_told(
    published: World, key: str, body: bytes, finding: str
) -> None:
    world = published.twin()
    world.store.put(key, body)
    state = told(world.store)
    (complaint,) = state["findings"]
    assert complaint.startswith(finding)
    fields = {MANIFEST: "manifest", STATUS: "heartbeat", RUN: "run"}
    assert [state[fields[each]] is None for each in (MANIFEST, STATUS)] == [key == MANIFEST, key == STATUS]


def test_a_lost_heartbeat_says_nothing_of_being_overdue(published: World) -> None:
    world = published.twin()
    world.store.delete(STATUS)
    state = told(world.store, START + timedelta(days=3))
    assert (state["heartbeat"], state["isOverdue"], state["isStale"]) == (None, False, True)


def test_it_reads_three_objects_and_no_document_of_the_catalog(published: World) -> None:
    watched = Interrupted(published.store, at=99, act=lambda: None)
    standing(watched, prefix="models/", source="openrouter", now=START)
    assert watched.operations == 3


def test_a_run_that_was_asked_for_is_told_with_how_far_it_is(published: World) -> None:
    world = published.twin()
    ask(world.store, "models/", target="all", dry_run=False, now=START, new_id=lambda: "r1")
    assert (told(world.store)["run"]["run"], told(world.store)["run"]["state"]) == ("r1", "requested")


WRONG: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})
)
EXTREME = st.sampled_from(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59"])


@given(data=st.data())
def test_no_heartbeat_or_manifest_makes_the_status_fail(published: World, data: st.DataObject) -> None:
    world = published.twin()
    for key in (MANIFEST, STATUS):
        stored = world.store.get(key)
        assert stored is not None
        document = json.loads(stored.body)
        name = data.draw(st.sampled_from(sorted(document)))
        document[name] = data.draw(WRONG | EXTREME)
        world.store.put(key, json.dumps(document).encode())
    state = told(world.store, data.draw(st.datetimes(timezones=st.just(UTC))).replace(microsecond=0))
    assert isinstance(state["findings"], list)
