"""The job `signals`: what it publishes, what it leaves alone, what the shortlist makes of it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from modelsync.catalog.documents import Signals
from modelsync.errors import FeedUnavailableError, NotFoundError
from modelsync.pipeline.observe import Choose, Seen
from modelsync.shell.running import jobs
from modelsync.sources.openrouter_endpoints import ServedModel, parse_endpoints
from tests.faulty_stores import Counted
from tests.feeds.host_server import a_served_body, an_endpoint
from tests.promises import assert_in_order
from tests.world import World

FAST, SLOW = {"p50": 210.0}, {"p50": 25_000.0}


@pytest.fixture
def world() -> World:
    made = World()
    made.run()
    made.wait()
    return made


def hosts(model_id: str, **fields: object) -> ServedModel:
    return parse_endpoints(a_served_body(model_id, an_endpoint(**fields)), model_id=model_id)


def looking(*models: ServedModel, findings: Sequence[str] = ()) -> "Look":
    return Look({each.id: each for each in models}, tuple(findings))


class Look:
    """A look that sees what a test wants, and remembers whom it was told to ask about."""

    def __init__(self, served: dict[str, ServedModel], findings: tuple[str, ...]) -> None:
        self.asked: tuple[str, ...] = ()
        self._seen = Seen(served=served, findings=findings)

    def __call__(self, choose: Choose) -> Seen:
        self.asked = tuple(choose(()))
        return self._seen


def signals_of(world: World) -> Signals:
    signals = world.published.signals
    assert signals is not None
    return signals


def test_what_was_seen_is_published_as_a_generation_with_nothing_else_changed(world: World) -> None:
    before = world.published
    look = looking(hosts("openai/gpt-5.2"))
    report = jobs.observe(world.runtime(), look)
    assert (report.run.outcome, world.manifest.generation) == ("published", 2)
    assert list(signals_of(world).operations) == ["openai/gpt-5.2"]
    assert (world.published.current, world.published.curated) == (before.current, before.curated)
    assert set(look.asked) >= {model.id for model in world.published.curated.models}  # type: ignore[union-attr]
    assert_in_order(world.store)


def test_a_refresh_that_has_new_benchmarks_keeps_what_was_seen(world: World) -> None:
    jobs.observe(world.runtime(), looking(hosts("openai/gpt-5.2")))
    seen = signals_of(world).operations
    world.feed.set("openai/gpt-5.2", benchmarks={"artificial_analysis": {"intelligence_index": 61.0}})
    world.refresh()
    assert signals_of(world).operations == seen
    assert signals_of(world).models["openai/gpt-5.2"].intelligence_index == 61.0


def test_a_refresh_of_an_unchanged_world_reads_no_figures(world: World) -> None:
    jobs.observe(world.runtime(), looking(hosts("openai/gpt-5.2")))
    world.wait()
    counted = world.store = Counted(world.store)
    world.refresh()
    assert dict(counted.requests) == {"get": 5, "put": 2}


def test_a_run_of_everything_keeps_what_was_seen(world: World) -> None:
    jobs.observe(world.runtime(), looking(hosts("openai/gpt-5.2")))
    seen = signals_of(world).operations
    world.feed.set("openai/gpt-5.2", benchmarks={"artificial_analysis": {"intelligence_index": 61.0}})
    world.run()
    assert signals_of(world).operations == seen


def test_the_shortlist_counts_what_was_seen_and_says_so(world: World) -> None:
    every = [hosts(i, latency_last_30m=SLOW) for i in world.feed.ids if i != "openai/gpt-5.2"]
    jobs.observe(world.runtime(), looking(hosts("openai/gpt-5.2", latency_last_30m=FAST), *every))
    world.curate()
    assert world.published.curated is not None
    entries = {each.id: each for each in world.published.curated.buckets["chat"].models}  # type: ignore[index]
    assert entries["openai/gpt-5.2"].components.latency.evidence == "measured"
    assert entries["openai/gpt-5.2"].components.latency.source == "OpenRouter endpoints"
    slow = max(each.components.latency.value for i, each in entries.items() if i != "openai/gpt-5.2")
    assert entries["openai/gpt-5.2"].components.latency.value > slow


def test_a_shortlist_that_is_mended_in_between_counts_what_was_seen(world: World) -> None:
    jobs.observe(world.runtime(), looking(*(hosts(i) for i in world.feed.ids)))
    world.curate()
    world.wait()
    world.feed.drop("openai/gpt-5.2")
    world.refresh()
    assert world.published.curated is not None
    entries = [each for bucket in world.published.curated.buckets.values() for each in bucket.models]
    assert "openai/gpt-5.2" not in {each.id for each in entries}
    assert {each.components.latency.evidence for each in entries} == {"measured"}


def test_figures_lose_their_weight_where_nobody_looks_any_more(world: World) -> None:
    jobs.observe(world.runtime(), looking(hosts("openai/gpt-5.2")))
    world.wait(timedelta(days=9))
    world.run()
    assert world.published.curated is not None
    evidence = {each.components.latency.evidence for each in world.published.curated.buckets["chat"].models}  # type: ignore[index]
    assert evidence == {"neutral"}


def test_before_anything_is_published_there_is_nobody_to_ask_about() -> None:
    with pytest.raises(NotFoundError, match=r"^signals: nothing is published yet"):
        jobs.observe(World().runtime(), looking())


def test_a_look_that_fails_leaves_the_figures_and_tells_in_the_heartbeat(world: World) -> None:
    jobs.observe(world.runtime(), looking(hosts("openai/gpt-5.2")))
    seen = signals_of(world)

    def blind(_: Choose) -> Seen:
        raise FeedUnavailableError("signals: no list and no endpoints could be read")

    with pytest.raises(FeedUnavailableError):
        jobs.observe(world.runtime(), blind)
    assert signals_of(world) == seen
    assert (world.status.last_attempt.job, world.status.last_attempt.outcome) == ("signals", "refused")


def test_what_could_not_be_asked_is_a_finding(world: World) -> None:
    report = jobs.observe(world.runtime(), looking(hosts("openai/gpt-5.2"), findings=["signals: 1 of 2 failed"]))
    assert report.run.refresh is not None
    assert report.run.refresh.findings == ("signals: 1 of 2 failed",)
    assert "signals: 1 of 2 failed" in world.status.findings


def test_a_dry_run_writes_nothing(world: World) -> None:
    before = {key: world.store.get(key) for key in world.store.list()}
    report = jobs.observe(world.runtime(), looking(hosts("openai/gpt-5.2")), dry_run=True)
    assert report.run.outcome == "published"
    assert {key: world.store.get(key) for key in world.store.list()} == before


def test_a_slot_that_is_delivered_twice_looks_once(world: World) -> None:
    slot = world.now
    jobs.observe(world.runtime(), looking(hosts("openai/gpt-5.2")), slot=slot)
    again = looking(hosts("openai/gpt-5.2", latency_last_30m=FAST))
    assert jobs.observe(world.runtime(), again, slot=slot).repeated
    assert again.asked == ()


def test_a_log_of_a_month_that_ended_is_closed_by_whichever_job_publishes_first(world: World) -> None:
    world.wait(timedelta(days=31))
    jobs.observe(world.runtime(), looking(hosts("openai/gpt-5.2")))
    assert "models/openrouter/history/changes-2026-06.ndjson" in world.store.list()
