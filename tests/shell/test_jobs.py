"""The jobs: what they write and in which order, what they leave alone, and what becomes of models in time."""

import gzip
import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import modelsync.errors
from modelsync.errors import FeedError, NotFoundError, OverridesError
from modelsync.pipeline.overrides import Overrides, parse_overrides
from modelsync.shell.running import jobs
from modelsync.shell.running.inputs import default_overrides, load_overrides
from modelsync.shell.running.runs import JobReport
from modelsync.shell.running.runtime import Runtime
from tests.faulty_stores import LostAt, Watched
from tests.promises import assert_in_order
from tests.world import MODELS, START, World, a_body, a_record

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = Path(modelsync.errors.__file__).parents[1]
ROOT = "models/openrouter"
STATUS = f"{ROOT}/status.json"
LEAVER = "qwen/qwen3-coder"
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    """A world that has run once, six hours ago."""
    made = World()
    made.run()
    made.wait()
    return made


def watch(world: World) -> Watched:
    watched = Watched(world.store)
    world.store = watched
    return watched


# What is written, and in which order.


def test_the_first_run_writes_the_set_then_the_fixed_names_then_the_manifest_and_the_heartbeat_last() -> None:
    world = World()
    watched = watch(world)
    world.run()
    documents = ("current", "curated", "deprecations", "signals", "changes")
    assert watched.written == [
        f"{ROOT}/raw-2026060106.json",
        *(f"{ROOT}/sets/1/{name}.json" for name in documents),
        *(f"{ROOT}/{name}.json" for name in documents),
        f"{ROOT}/manifest.json",
        STATUS,
    ]


def test_a_change_of_one_model_writes_only_the_documents_that_tell_of_it(world: World) -> None:
    world.feed.set("openai/gpt-5.2", context_length=65536)
    watched = watch(world)
    world.refresh()
    fixed = [key for key in watched.written if key.count("/") == 2]
    assert fixed == [
        f"{ROOT}/raw-2026060112.json",
        f"{ROOT}/current.json",
        f"{ROOT}/changes.json",
        f"{ROOT}/manifest.json",
        STATUS,
    ]


def test_the_raw_body_is_kept_byte_for_byte_under_its_hour(world: World) -> None:
    body = b"  " + world.feed.body + b"\n\n"
    world.run(body=body)
    stored = world.store.get(f"{ROOT}/raw-2026060112.json")
    assert stored is not None
    assert stored.body == body


def test_documents_name_the_feed_they_were_read_from(world: World) -> None:
    source = world.document("current")["source"]
    assert source == {
        "url": "memory:feed",
        "snapshot": "openrouter/raw-2026060106.json",
        "sha256": hashlib.sha256(world.feed.body).hexdigest(),
        "fetchedAt": "2026-06-01T06:00:00Z",
        "modelCount": 24,
    }


def test_another_body_in_the_same_hour_is_published_without_a_snapshot(world: World) -> None:
    world.run()
    world.feed.add("new/model")
    world.wait(timedelta(minutes=59))
    world.run()
    assert world.document("current")["source"]["snapshot"] is None
    assert world.state_of("new/model") == "active"


# Running again.


@pytest.mark.parametrize("job", [jobs.refresh, jobs.run_all, jobs.curate], ids=["refresh", "all", "curate"])
def test_running_again_on_the_same_feed_writes_only_the_heartbeat(
    world: World, job: Callable[[Runtime], JobReport]
) -> None:
    world.now = START
    watched = watch(world)
    assert job(world.runtime()).run.outcome == "unchanged"
    assert watched.written == [STATUS]


def test_running_later_on_the_same_feed_writes_only_the_heartbeat_and_a_new_raw_snapshot(world: World) -> None:
    watched = watch(world)
    world.run()
    assert watched.written == [f"{ROOT}/raw-2026060112.json", STATUS]


def test_a_month_of_an_unchanged_world_changes_no_byte_that_is_published(world: World) -> None:
    before = world.bytes_of_documents()
    world.run_schedule(during=30 * DAY)
    assert world.bytes_of_documents() == before
    assert world.status.observed_at == world.now


def test_a_shuffled_feed_is_the_same_feed(world: World) -> None:
    records = world.feed.records
    random.Random(1).shuffle(records)
    for record in records:
        record["supported_parameters"].reverse()
        record["pricing"] = dict(reversed(record["pricing"].items()))
    before = world.bytes_of_documents()
    assert world.run(body=a_body(records)).run.outcome == "unchanged"
    assert world.bytes_of_documents() == before


def test_a_shuffled_first_feed_gives_the_same_models_and_shortlist() -> None:
    one, other = World(), World(reversed(MODELS))
    one.run()
    other.run()
    for name in ("current", "curated", "deprecations", "signals", "changes"):
        assert without_source(other, name) == without_source(one, name)


def without_source(world: World, name: str) -> dict[str, object]:
    """A document but for the digest of the feed, which tells the order of its bytes."""
    return {key: value for key, value in world.document(name).items() if key != "source"}


def test_a_bare_list_is_the_same_feed_as_one_in_an_envelope(world: World) -> None:
    assert world.run(body=json.dumps(world.feed.records).encode()).run.outcome == "unchanged"


DIGESTS = """
import hashlib
from tests.world import World
from collections.abc import Callable
from datetime import timedelta
world = World()
world.feed.add("a/same-name", supported_parameters=["tools", "stop", "seed"])
world.feed.add("b/same-name", architecture={"modality": "text+image+file->text"})
world.run()
world.feed.drop("qwen/qwen3-coder", "cohere/command-a")
world.wait()
world.run_schedule(during=timedelta(days=16))
for key, body in world.bytes_of_documents().items():
    print(key, hashlib.sha256(body).hexdigest())
"""


def test_the_seed_of_hashes_changes_no_byte() -> None:
    """Sixteen days with arrivals, departures, a collision of aliases and a sweep, in three processes."""
    command = [sys.executable, "-c", DIGESTS]
    path = f"{SOURCES}:{REPOSITORY}"
    started = [
        subprocess.Popen(command, env={"PYTHONPATH": path, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True)
        for seed in ("0", "1", "4242")
    ]
    printed = [process.communicate(timeout=60)[0] for process in started]
    assert printed[0].count("\n") > 10
    assert printed == [printed[0]] * 3


# The newest recorded feed.


def recorded(feeds: Path) -> bytes:
    return gzip.decompress(max(feeds.glob("openrouter-*.json.gz")).read_bytes())


def with_shipped_overrides() -> World:
    world = World(())
    world.overrides = load_overrides(default_overrides())
    return world


def test_the_newest_recorded_feed_again_writes_only_the_heartbeat(recorded_feeds: Path) -> None:
    body, world = recorded(recorded_feeds), with_shipped_overrides()
    world.run(body=body)
    watched = watch(world)
    assert world.run(body=body).run.outcome == "unchanged"
    assert world.curate().run.outcome == "unchanged"
    assert watched.written == [STATUS, STATUS]


def test_the_newest_recorded_feed_shuffled_gives_the_same_bytes(recorded_feeds: Path) -> None:
    body, world = recorded(recorded_feeds), with_shipped_overrides()
    world.run(body=body)
    before = world.bytes_of_documents()
    records = json.loads(body)["data"]
    random.Random(7).shuffle(records)
    world.wait()
    assert world.run(body=a_body(records)).run.outcome == "unchanged"
    assert world.bytes_of_documents() == before


def test_the_newest_recorded_feed_is_published_in_order_and_six_hours_later_again(recorded_feeds: Path) -> None:
    body, world = recorded(recorded_feeds), with_shipped_overrides()
    world.run(body=body)
    world.wait()
    world.refresh(body=body)
    assert_in_order(world.store)
    assert world.manifest.generation == 1


# Dry runs.


def test_a_dry_run_writes_nothing_and_says_what_would_stand(world: World) -> None:
    world.feed.add("new/model")
    watched = watch(world)
    report = world.run(dry_run=True)
    assert watched.written == []
    assert "new/model" not in report.before.models()
    assert "new/model" in report.after.models()
    assert (report.dry_run, report.run.outcome, report.run.generation) == (True, "published", 2)


def test_a_dry_run_on_a_refused_feed_writes_no_heartbeat() -> None:
    world = World()
    with pytest.raises(FeedError):
        world.run(body=b"", dry_run=True)
    assert world.store.list() == ()


def test_what_a_dry_run_shows_is_what_the_run_then_publishes(world: World) -> None:
    world.feed.drop(LEAVER)
    shown = world.run(dry_run=True).after
    world.run()
    assert replace(world.published, signals=None) == shown


# Who does what.


def test_a_refresh_alone_makes_no_shortlist() -> None:
    world = World()
    world.refresh()
    assert world.published.curated is None
    assert world.status.last_curated is None


def test_a_refresh_leaves_a_shortlist_alone_that_lost_nobody(world: World) -> None:
    before = world.published.curated
    world.feed.add("new/model", prompt="0.0000001")
    world.refresh()
    assert world.published.curated == before


def test_a_refresh_mends_a_shortlist_that_lost_somebody(world: World) -> None:
    curated = world.published.curated
    assert curated is not None
    lost = curated.models[0].id
    world.feed.drop(lost)
    world.refresh()
    mended = world.published.curated
    assert mended is not None
    assert lost not in {model.id for model in mended.models}
    assert mended.generation == world.manifest.generation


def test_a_run_publishes_list_and_shortlist_as_one_generation(world: World) -> None:
    world.feed.drop(world.published.curated.models[0].id if world.published.curated else "")
    world.run()
    assert {world.document(name)["generation"] for name in ("current", "curated", "changes")} == {2}


def test_a_curation_of_nothing_says_what_to_do_first() -> None:
    world = World()
    with pytest.raises(NotFoundError, match="nothing is published yet; run `syncmodels refresh` first"):
        world.curate()
    assert world.status.last_attempt.outcome == "failed"


def test_a_shortlist_that_falls_short_is_told_by_the_heartbeat(world: World) -> None:
    """Twenty-four models of text cannot fill six buckets with thirty."""
    world.run()
    assert [finding for finding in world.status.findings if "expected 30 or more" in finding]


def test_a_curation_alone_tells_it_as_well(world: World) -> None:
    world.curate()
    assert [finding for finding in world.status.findings if "expected 30 or more" in finding]


def test_the_feed_is_fetched_once_however_often_another_writer_is_first(world: World) -> None:
    fetched: list[bytes] = []

    def read() -> bytes:
        other = World((*MODELS, f"new/model-{len(fetched)}"), store=world.store, now=world.now)
        if len(fetched) < 1:
            fetched.append(other.feed.body)
            other.run()
        return world.feed.body

    world.feed.add("new/mine")
    jobs.run_all(world.runtime(read=read))
    assert len(fetched) == 1
    assert world.state_of("new/mine") == "active"
    assert world.state_of("new/model-0") == "stale"


# Overrides.


def overrides_of(name: str, *entries: dict[str, object]) -> Overrides:
    words = {"reason": "a test", "source": "this test", "since": "2026-01-01"}
    return parse_overrides({f"{name}.json": json.dumps({"entries": [words | entry for entry in entries]}).encode()})


def test_an_override_reaches_what_is_published(world: World) -> None:
    world.overrides = overrides_of("capability-overrides", {"match": "openai/*", "flags": {"supportsVision": True}})
    world.run()
    assert world.model("openai/gpt-5.2").supports_vision is True
    assert world.model("openai/gpt-5.2").detection_source.supports_vision == "override"
    assert world.model(LEAVER).supports_vision is False


def test_an_override_that_expired_or_matches_nobody_is_told(world: World) -> None:
    world.overrides = overrides_of(
        "capability-overrides",
        {"match": "openai/*", "flags": {"supportsVision": True}, "until": "2026-05-31"},
        {"match": "nobody/*", "flags": {"supportsVision": True}},
    )
    world.run()
    told = "\n".join(world.status.findings)
    assert "openai/* expired on 2026-05-31" in told
    assert "nobody/* matches no model" in told


def test_overrides_that_cannot_be_read_fail_the_run_and_change_nothing(world: World) -> None:
    before = world.bytes_of_documents()
    runtime = world.runtime()
    broken = Runtime(
        store=runtime.store,
        source=runtime.source,
        read_feed=runtime.read_feed,
        read_overrides=lambda: parse_overrides({"alias-overrides.json": b"[1]"}),
        now=runtime.now,
    )
    with pytest.raises(OverridesError):
        jobs.run_all(broken)
    assert world.bytes_of_documents() == before
    assert world.status.last_attempt.outcome == "failed"
    assert "alias-overrides.json" in (world.status.last_attempt.message or "")


# What becomes of models in time.


def test_who_leaves_the_feed_is_stale_at_once(world: World) -> None:
    world.feed.drop(LEAVER)
    world.refresh()
    assert (world.state_of(LEAVER), world.model(LEAVER).missing_since) == ("stale", world.now)


@pytest.mark.parametrize(
    ("days", "state"), [(13.75, "stale"), (14, "deprecated"), (29.75, "deprecated"), (30, "removed"), (45, "removed")]
)
def test_who_stays_away_ages_on_the_days_of_the_table(world: World, days: float, state: str) -> None:
    world.feed.drop(LEAVER)
    world.refresh()
    world.come_back(after=timedelta(days=days))
    assert world.state_of(LEAVER) == state


def test_who_stays_away_is_in_the_log_once_for_every_state(world: World) -> None:
    world.feed.drop(LEAVER)
    world.run_schedule(during=45 * DAY)
    assert world.happened_to(LEAVER) == ("added", "stale", "deprecated", "removed")
    assert_in_order(world.store)


def test_without_a_feed_that_is_believed_nobody_ages(world: World) -> None:
    world.feed.drop(LEAVER)
    world.refresh()
    for _ in range(40):
        world.wait(DAY)
        with pytest.raises(FeedError):
            world.refresh(body=b"<html>")
        world.curate()
    assert world.state_of(LEAVER) == "stale"


@pytest.mark.parametrize("days", [1, 20, 45])
def test_who_returns_is_active_again_with_its_alias_and_first_day(world: World, days: int) -> None:
    before = world.model(LEAVER)
    world.feed.drop(LEAVER)
    world.refresh()
    world.come_back(after=timedelta(days=days))
    world.feed.add(LEAVER)
    world.come_back(after=timedelta(hours=6))
    after = world.model(LEAVER)
    assert (world.state_of(LEAVER), after.missing_since) == ("active", None)
    assert (after.alias, after.first_seen) == (before.alias, before.first_seen)
    assert world.happened_to(LEAVER)[-1] == "reappeared"
    assert_in_order(world.store)


def test_a_tombstone_remembers_the_record_and_where_to_go(world: World) -> None:
    world.feed.drop(LEAVER)
    world.refresh()
    world.come_back(after=20 * DAY)
    [stone] = world.document("deprecations")["tombstones"]
    assert (stone["id"], stone["state"], stone["lastKnown"]["name"]) == (LEAVER, "deprecated", "qwen3-coder")
    assert stone["replacement"] == world.document("deprecations")["redirects"][0]["to"]


def test_a_rename_is_seen_by_the_canonical_slug(world: World) -> None:
    world.feed.drop(LEAVER)
    world.feed.add("qwen/qwen-coder-3", canonical_slug=LEAVER)
    world.run()
    [redirect] = world.document("deprecations")["redirects"]
    assert (redirect["from"], redirect["to"], redirect["kind"]) == (LEAVER, "qwen/qwen-coder-3", "renamed")
    assert "renamed" in world.happened_to(LEAVER)


# Rolling back.


def test_a_rollback_publishes_old_content_as_a_newer_generation(world: World) -> None:
    before = world.document("current")["models"]
    world.feed.set(LEAVER, name="Another name")
    world.run()
    world.wait()
    report = world.rollback(1)
    assert (report.run.outcome, world.manifest.generation, world.manifest.note) == (
        "published",
        3,
        "generation 1 restored",
    )
    assert world.document("current")["models"] == before


def test_a_rollback_forgets_nobody_and_the_next_feed_brings_them_back(world: World) -> None:
    world.feed.add("new/model")
    world.run()
    world.wait()
    world.rollback(1)
    assert world.state_of("new/model") == "deprecated"
    assert_in_order(world.store)
    world.wait()
    world.run()
    assert world.state_of("new/model") == "active"
    assert_in_order(world.store)


def test_a_rollback_brings_back_who_was_buried_since(world: World) -> None:
    world.feed.drop(LEAVER)
    world.refresh()
    world.come_back(after=45 * DAY)
    world.rollback(1)
    assert world.state_of(LEAVER) == "active"
    assert_in_order(world.store)


def test_a_rollback_to_what_stands_changes_nothing(world: World) -> None:
    assert world.rollback(1).run.outcome == "unchanged"


@pytest.mark.parametrize("generation", [-1, 0, 2, 99])
def test_a_rollback_to_what_was_never_published_is_refused(world: World, generation: int) -> None:
    with pytest.raises(NotFoundError, match=f"^generation {generation}: "):
        world.rollback(generation)


def test_a_rollback_to_a_generation_that_a_killed_run_left_behind_is_refused(world: World) -> None:
    world.feed.add("new/model")
    with pytest.raises(modelsync.errors.StoreError):
        jobs.run_all(world.runtime(store=LostAt(world.store, key=f"{ROOT}/manifest.json")))
    world.wait()
    world.run()
    assert world.manifest.generation == 3
    with pytest.raises(NotFoundError, match=r"^generation 2: "):
        world.rollback(2)


def test_the_first_record_of_a_world_without_models_is_published() -> None:
    world = World(())
    world.run(body=a_body([a_record("only/one")]))
    assert world.manifest.counts["active"] == 1
