"""The job `enrich`: a small copy of models.dev is kept, replaced only by a whole one, and taken up by the curation."""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from modelsync.catalog.keys import ENRICHMENT_COPY
from modelsync.catalog.model_info import ModelInfo
from modelsync.errors import FeedError
from modelsync.fetch.limits import FetchLimits
from modelsync.shell.running.enrichment import EnrichmentReport, enrich
from modelsync.shell.storage.object_store import ObjectStore
from tests.faulty_stores import Counted
from tests.feeds.feed_server import Answer, FeedServer
from tests.reference import a_document, an_entry
from tests.timeline import overrides
from tests.world import World

COPY = f"models/{ENRICHMENT_COPY}"
ONCE = FetchLimits(max_bytes=100_000, attempts=1, connect_seconds=5, read_seconds=5, attempt_seconds=5)
HURRIED = FetchLimits(attempts=1, connect_seconds=5, read_seconds=0.2, attempt_seconds=5)

OPENAI = {model_id: an_entry(model_id) for model_id in ("gpt-5.2", *(f"gpt-{n}" for n in range(9)))}
GOOGLE = {model_id: an_entry(model_id) for model_id in ("gemini-3-pro", "gemini-3-flash")}
OURS = {model_id: an_entry(model_id, release_date="2026-02") for model_id in ("qwen/qwen3-coder", "openai/gpt-5.2")}
RESELLER = {f"model-{n}": an_entry(f"model-{n}") for n in range(30)}


def the_document(**changed: Mapping[str, object]) -> bytes:
    providers: dict[str, Mapping[str, object]] = {"openai": OPENAI, "google": GOOGLE, "openrouter": OURS}
    providers |= {"reseller": RESELLER}
    return a_document(**providers | changed)


GOOD = the_document()
FEWER = {name: entry for place, (name, entry) in enumerate(OPENAI.items()) if place < 7}
OTHER_SHAPE = json.dumps({"openai": OPENAI, "google": GOOGLE}).encode()


@pytest.fixture
def server() -> Iterator[FeedServer]:
    started = FeedServer()
    yield started
    started.stop()


@pytest.fixture
def world(server: FeedServer) -> World:
    """A published world with a good copy."""
    made = World()
    made.run()
    enrich(made.runtime(), feed=server.script(Answer(body=GOOD)), limits=ONCE)
    made.wait(timedelta(days=7))
    return made


def everything(store: ObjectStore) -> dict[str, bytes]:
    return {key: stored.body for key in store.list() if (stored := store.get(key)) is not None}


def enriching(world: World, body: bytes, server: FeedServer, **said: Any) -> EnrichmentReport:
    return enrich(world.runtime(), feed=server.script(Answer(body=body)), limits=ONCE, **said)


def model_of(world: World, model_id: str) -> ModelInfo:
    return world.published.models()[model_id]


# What it keeps


def test_it_tells_what_it_read_what_it_kept_and_what_matched(server: FeedServer) -> None:
    world = World()
    world.run()
    report = enriching(world, GOOD, server)
    assert (report.outcome, report.read.record_count, report.copy.count) == ("written", 44, 14)
    assert (report.listed, report.matched, report.before) == (24, 4, None)
    assert report.copy.day == world.now.date()
    assert "reseller" not in report.copy.models


def test_it_touches_neither_documents_nor_the_heartbeat(server: FeedServer) -> None:
    world = World()
    world.run()
    before = everything(world.store)
    enriching(world, GOOD, server)
    after = everything(world.store)
    assert after.keys() - before.keys() == {COPY}
    assert {key: after[key] for key in before} == before


def test_an_equal_document_writes_nothing_and_leaves_the_day(world: World, server: FeedServer) -> None:
    before = everything(world.store)
    counted = world.store = Counted(world.store)
    turned = json.dumps(dict(reversed(json.loads(GOOD).items()))).encode()
    report = enriching(world, turned, server)
    assert (report.outcome, report.copy) == ("unchanged", report.before)
    assert "put" not in counted.requests
    assert everything(world.store) == before


def test_a_dry_run_writes_nothing(world: World, server: FeedServer) -> None:
    before = everything(world.store)
    news = the_document(google=GOOGLE | {"gemini-4": an_entry("gemini-4")})
    assert enriching(world, news, server, dry_run=True).outcome == "written"
    assert everything(world.store) == before


def test_it_works_on_a_store_in_which_nothing_is_published(server: FeedServer) -> None:
    report = enriching(World(), GOOD, server)
    assert (report.outcome, report.listed, report.matched) == ("written", 0, 0)


def test_a_file_stands_in_for_the_address(world: World, tmp_path: Path) -> None:
    file = tmp_path / "api.json.gz"
    file.write_bytes(gzip.compress(GOOD))
    report = enrich(world.runtime(), feed=str(file))
    assert (report.outcome, report.url) == ("unchanged", "file:api.json.gz")


def test_a_copy_that_cannot_be_read_is_written_anew(world: World, server: FeedServer) -> None:
    world.store.put(COPY, b"garbage")
    report = enriching(world, GOOD, server)
    assert report.outcome == "written"
    assert "it is written anew" in report.findings[0]


def test_of_two_runs_at_once_the_second_reads_again(world: World, server: FeedServer) -> None:
    news = the_document(google=GOOGLE | {"gemini-4": an_entry("gemini-4")})

    class Overtaken(Counted):
        def put(self, key: str, body: bytes, **said: Any) -> str:
            if key == COPY and self.requests["put"] == 0:
                enriching(other, news, server)
            return super().put(key, body, **said)

    other = World(store=world.store, now=world.now)
    world.store = Overtaken(world.store)
    report = enriching(world, the_document(google=GOOGLE | {"gemini-5": an_entry("gemini-5")}), server)
    assert report.before is not None
    assert "gemini-4" in report.before.models["google"]
    assert report.copy.models["google"].keys() == GOOGLE.keys() | {"gemini-5"}


# What it does not believe


BAD: Mapping[str, Callable[[], Answer]] = {
    "the server fails": lambda: Answer(status=500),
    "the address is gone": lambda: Answer(status=404),
    "too many requests": lambda: Answer(status=429, headers={"Retry-After": "3600"}),
    "a page in place of the document": lambda: Answer(body=b"<!doctype html><title>models.dev</title>"),
    "nothing": lambda: Answer(body=b""),
    "a document cut short": lambda: Answer(body=GOOD[:-100]),
    "a connection that ends early": lambda: Answer(body=GOOD[:500], headers={"Content-Length": str(len(GOOD))}),
    "damaged gzip": lambda: Answer(body=gzip.compress(GOOD)[:-20], headers={"Content-Encoding": "gzip"}),
    "an error with status 200": lambda: Answer(body=b'{"error": {"message": "try again"}}'),
    "an empty object": lambda: Answer(body=b"{}"),
    "a list": lambda: Answer(body=b"[]"),
    "another shape": lambda: Answer(body=OTHER_SHAPE),
    "only providers that are not kept": lambda: Answer(body=a_document(reseller=RESELLER)),
    "records that cannot be read": lambda: Answer(body=the_document(openai=dict.fromkeys(OPENAI, "?"), reseller={})),
    "a third fewer models of one provider": lambda: Answer(body=the_document(openai=FEWER)),
    "a small provider gone": lambda: Answer(body=the_document(google={})),
    "more than the limit": lambda: Answer(body=GOOD + b" " * 100_000),
}


@pytest.mark.parametrize("sentence", BAD)
def test_a_bad_answer_is_an_error_and_keeps_everything_as_it_was(
    sentence: str, world: World, server: FeedServer
) -> None:
    before = everything(world.store)
    with pytest.raises(FeedError) as caught:
        enrich(world.runtime(), feed=server.script(BAD[sentence]()), limits=ONCE)
    assert "\n" not in str(caught.value)
    assert everything(world.store) == before


def test_silence_is_an_error_and_keeps_everything_as_it_was(world: World, server: FeedServer) -> None:
    before = everything(world.store)
    silent = server.script(Answer(pieces=(GOOD[:10], GOOD[10:]), pause_seconds=3))
    with pytest.raises(FeedError, match="silence for"):
        enrich(world.runtime(), feed=silent, limits=HURRIED)
    assert everything(world.store) == before


def test_nobody_listening_is_an_error_and_keeps_everything_as_it_was(world: World) -> None:
    before = everything(world.store)
    with pytest.raises(FeedError, match="expected status 200"):
        enrich(world.runtime(), feed="http://127.0.0.1:9/api.json", limits=ONCE)
    assert everything(world.store) == before


@pytest.mark.parametrize(("left", "believed"), [(8, True), (7, False)])
def test_a_quarter_of_a_providers_models_may_go(left: int, believed: bool, world: World, server: FeedServer) -> None:
    some = dict(list(OPENAI.items())[:left])
    if believed:
        assert enriching(world, the_document(openai=some), server).copy.models["openai"].keys() == some.keys()
    else:
        with pytest.raises(FeedError, match="openai: expected at least 75% of the 10 models"):
            enriching(world, the_document(openai=some), server)


def test_people_may_let_a_smaller_document_through(world: World, server: FeedServer) -> None:
    assert enriching(world, the_document(openai=FEWER), server, accept=True).outcome == "written"


# What becomes of it


def test_the_next_curation_takes_it_up_and_refreshes_carry_it_on(world: World) -> None:
    world.curate()
    model = model_of(world, "openai/gpt-5.2")
    assert (dict(model.backends), model.backends_by_rule) == ({"openai": "gpt-5.2"}, ("openai",))
    assert model.enrichment is not None
    assert model.enrichment.release_date == "2026-01-15"
    world.wait()
    world.feed.set("openai/gpt-5.2", description="Another one.")
    world.refresh()
    assert model_of(world, "openai/gpt-5.2").enrichment == model.enrichment
    assert dict(model_of(world, "openai/gpt-5.2").backends) == {"openai": "gpt-5.2"}


def test_a_gap_that_the_feed_fills_is_closed_at_the_next_refresh(world: World) -> None:
    world.feed.set("openai/gpt-5.2", top_provider=None)
    world.refresh()
    world.curate()
    told = model_of(world, "openai/gpt-5.2").enrichment
    assert told is not None
    assert (told.max_output, model_of(world, "openai/gpt-5.2").max_output) == (128_000, None)
    world.wait()
    world.feed.set("openai/gpt-5.2", top_provider={"max_completion_tokens": 4096}, knowledge_cutoff="2025-01")
    world.refresh()
    model = model_of(world, "openai/gpt-5.2")
    assert (model.max_output, model.knowledge_cutoff) == (4096, "2025-01")
    assert model.enrichment is not None
    assert sorted(model.enrichment.origins) == ["family", "openWeights", "releaseDate"]


def test_a_refresh_alone_does_not_read_it(world: World) -> None:
    counted = world.store = Counted(world.store)
    world.refresh()
    assert counted.requests["get"] == 5
    assert model_of(world, "openai/gpt-5.2").enrichment is None


def test_a_table_row_that_came_later_wins_at_the_next_refresh(world: World) -> None:
    world.curate()
    world.overrides = overrides(backend_mappings=[{"id": "openai/gpt-5.2", "backends": {"openai": "gpt-named"}}])
    world.wait()
    world.refresh()
    model = model_of(world, "openai/gpt-5.2")
    assert (dict(model.backends), model.backends_by_rule) == ({"openai": "gpt-named"}, ())


def test_an_unchanged_world_stays_unchanged_with_it(world: World) -> None:
    world.run()
    generation = world.manifest.generation
    for _ in range(3):
        world.wait()
        world.refresh()
        world.curate()
    assert world.manifest.generation == generation


@pytest.mark.parametrize("body", [b"garbage", b"{}", b'{"day": "2026-06-01", "models": {"openai": {"gpt-5.2": 1}}}'])
def test_a_copy_that_cannot_be_read_is_a_finding_and_takes_nothing_back(body: bytes, world: World) -> None:
    world.curate()
    known = model_of(world, "openai/gpt-5.2").enrichment
    world.store.put(COPY, body)
    report = world.curate()
    assert report.run.refresh is not None
    assert any(ENRICHMENT_COPY in finding for finding in report.run.refresh.findings)
    assert model_of(world, "openai/gpt-5.2").enrichment == known


def test_no_copy_at_all_is_no_finding(world: World) -> None:
    world.store.delete(COPY)
    report = world.curate()
    assert report.run.refresh is not None
    assert not any("enrich" in finding for finding in report.run.refresh.findings)


def test_it_decides_no_existence_and_no_place_in_the_shortlist(world: World) -> None:
    before = world.published
    world.curate()
    after = world.published
    assert after.states() == before.states()
    assert before.curated is not None
    assert after.curated is not None
    assert after.curated.buckets == before.curated.buckets
    assert after.curated.auto_targets == before.curated.auto_targets
