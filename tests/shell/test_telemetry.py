"""What clients report of how calls ended, from the store to the flags of the catalog and back again."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from modelsync.catalog.capabilities import Capability, DetectionSource
from modelsync.catalog.events import Event, EventKind
from modelsync.catalog.figures import Rating, Telemetry
from modelsync.catalog.keys import telemetry_key
from modelsync.catalog.reports import Failure
from modelsync.errors import StoreError
from modelsync.shell.running.outcomes import Bounds, load_outcomes
from tests.faulty_stores import Passing
from tests.outcomes import keep, keep_days, outcomes
from tests.promises import assert_in_order
from tests.timeline import overrides
from tests.world import World

IT = "cohere/command-a"
DAY = timedelta(days=1)
RARE = {"rows": [[IT, "openrouter", "supportsTools", 5, {}]]}


def a_world() -> World:
    """Reports have been watched for 28 days, and nobody is recommended who could not be lowered."""
    world = World()
    world.overrides = overrides(curated_overrides=[{"action": "ban", "id": IT}])
    world.run()
    keep(world.store, [outcomes(IT, ok=1, failed=0)], day=world.now.date() - DAY)
    world.curate()
    world.wait(28 * DAY)
    world.run()
    return world


@pytest.fixture
def world() -> World:
    return a_world()


def fail(world: World, *ids: str, failed: int = 3, ok: int = 1, **fields: Any) -> None:
    """Let ten reporters tell of failures on each of the last five days."""
    keep_days(world.store, ids or (IT,), today=world.now.date(), ok=ok, failed=failed, **fields)


def sweep_twice(world: World) -> None:
    """Two daily sweeps, before each of which the same is reported."""
    for _ in range(2):
        fail(world)
        world.curate()
        world.wait(DAY)


def telemetry_of(world: World) -> Telemetry:
    signals = world.published.signals
    assert signals is not None
    assert signals.telemetry is not None
    return signals.telemetry


def rating(world: World, capability: Capability = Capability.TOOLS) -> Rating:
    return telemetry_of(world).ratings[IT][capability]


def flag(world: World) -> tuple[bool | None, DetectionSource | None]:
    model = world.model(IT)
    return model.supports_tools, model.detection_source.supports_tools


def flips(world: World) -> list[Event]:
    return [event for event in world.log if event.kind is EventKind.CAPABILITY]


# Lowering, and what readers see of it.


def test_a_flag_that_fails_in_practice_is_lowered_at_the_second_daily_sweep(world: World) -> None:
    fail(world)
    world.curate()
    assert flag(world) == (True, "api")
    world.wait(DAY)
    fail(world)
    world.curate()
    assert flag(world) == (False, "telemetry")
    assert_in_order(world.store)


@pytest.mark.parametrize(("failed", "lowered"), [(6, True), (4, False)])
def test_sixty_of_200_over_ten_honest_reporters_lower_and_forty_do_not(
    world: World, failed: int, lowered: bool
) -> None:
    for _ in range(2):
        for number, day in enumerate(_days(world, 4)):
            ok, bad = 5 - (failed + 3 - number) // 4, (failed + 3 - number) // 4
            for who in range(10):
                keep(world.store, [outcomes(IT, ok=ok, failed=bad)], day=day, reporter=f"honest-{who}")
        world.curate()
        world.wait(DAY)
    assert flag(world)[0] is not lowered


def _days(world: World, count: int) -> Iterator[date]:
    return (world.now.date() - DAY * (number + 1) for number in range(count))


def test_the_event_says_how_sure_it_is(world: World) -> None:
    sweep_twice(world)
    [event] = flips(world)
    assert (event.id, event.field, event.before, event.after) == (IT, "supportsTools", True, False)
    assert event.note == (
        "clients' reports say that it fails: 0.75 of 192 requests failed (0.66 to 0.82 at 99 %), "
        "by 8 reporters on 6 days of the 7d up to 2026-06-29"
    )


def test_the_signals_hold_what_the_verdict_is_founded_on(world: World) -> None:
    sweep_twice(world)
    told = world.document("signals")["telemetry"]
    assert told["since"] == "2026-06-01"
    assert told["ratings"][IT]["supportsTools"] == {
        "standing": "lowered",
        "countedFrom": "2026-06-30",
        "decidedOn": "2026-06-30",
        "decidedBy": {
            "window": "7d",
            "lastDay": "2026-06-29",
            "requests": 192,
            "reporters": 8,
            "days": 6,
            "rate": 0.75,
            "interval": [0.6621, 0.8212],
        },
    }


def test_a_lowered_model_leaves_the_buckets_that_need_the_flag(world: World) -> None:
    assert "coding" in world.model(IT).buckets
    sweep_twice(world)
    assert "coding" not in world.model(IT).buckets
    world.refresh()
    assert "coding" not in world.model(IT).buckets


def test_what_is_recommended_is_left_to_people(world: World) -> None:
    world.overrides = overrides()
    world.run()
    shortlist = world.published.curated
    assert shortlist is not None
    recommended = next(model.id for model in shortlist.models if model.supports_tools)
    for _ in range(2):
        world.wait(DAY)
        fail(world, recommended)
        world.curate()
    assert world.model(recommended).supports_tools is True
    waiting = [each for each in world.status.findings if recommended in each and "people decide" in each]
    assert len(waiting) == 1
    world.refresh()
    assert [each for each in world.status.findings if each.startswith("telemetry")] == waiting


def test_how_often_tools_fail_is_a_figure_of_how_a_model_is_served(world: World) -> None:
    fail(world, ok=9, failed=1)
    world.curate()
    figure = world.document("signals")["operations"][IT]["toolErrorRate"]
    assert figure == {
        "value": 0.1, "window": "7d", "fetchedAt": "2026-06-29T00:00:00Z", "source": "clients' reports",
    }  # fmt: skip
    world.wait(6 * DAY)
    world.curate()
    assert world.document("signals")["operations"][IT]["toolErrorRate"] == figure
    world.wait(DAY)
    world.curate()
    assert IT not in world.document("signals").get("operations", {})


def test_a_model_whose_flag_was_lowered_does_not_become_more_reliable_by_it(world: World) -> None:
    fail(world)
    world.curate()
    world.wait(DAY)
    fail(world)
    world.curate()
    assert flag(world) == (False, "telemetry")
    lowered = {"value": 0.75, "window": "7d", "fetchedAt": "2026-06-30T00:00:00Z", "source": "clients' reports"}
    assert world.document("signals")["operations"][IT]["toolErrorRate"] == lowered
    world.wait(DAY)
    world.curate()
    assert world.document("signals")["operations"][IT]["toolErrorRate"] == lowered


# Days and runs.


def test_two_sweeps_on_one_day_are_one(world: World) -> None:
    fail(world)
    world.curate()
    before = world.bytes_of_documents()
    world.wait(timedelta(hours=6))
    report = world.curate()
    assert report.run.outcome == "unchanged"
    assert world.bytes_of_documents() == before
    assert flag(world) == (True, "api")


def test_a_second_sweep_after_a_flag_was_lowered_publishes_nothing(world: World) -> None:
    for _ in range(2):
        world.wait(DAY)
        fail(world)
        world.curate()
    assert flag(world) == (False, "telemetry")
    before = world.bytes_of_documents()
    assert world.curate().run.outcome == "unchanged"
    assert world.bytes_of_documents() == before


def test_without_telemetry_no_document_says_a_word_of_it() -> None:
    world = World()
    world.run()
    world.wait(DAY)
    assert world.curate().run.outcome == "unchanged"
    assert "telemetry" not in world.document("signals")


def test_the_first_28_days_only_say_what_would_happen() -> None:
    world = World()
    world.overrides = overrides(curated_overrides=[{"action": "ban", "id": IT}])
    world.run()
    for _ in range(28):
        fail(world)
        world.curate()
        world.wait(DAY)
    assert flag(world) == (True, "api")
    assert [each for each in world.status.findings if "only watched until 2026-06-29" in each]
    fail(world)
    world.curate()
    assert flag(world) == (False, "telemetry")


def test_a_run_of_everything_judges_as_a_curation_does(world: World) -> None:
    for _ in range(2):
        world.wait(DAY)
        fail(world)
        world.run()
    assert flag(world) == (False, "telemetry")


def test_a_shortlist_that_is_mended_in_between_judges_nobody(world: World) -> None:
    fail(world)
    world.curate()
    world.wait(DAY)
    fail(world)
    shortlist = world.published.curated
    assert shortlist is not None
    world.feed.drop(shortlist.models[0].id)
    assert world.refresh().run.refresh is not None
    assert world.published.curated != shortlist
    assert flag(world) == (True, "api")


# Between the sweeps.


@pytest.fixture
def lowered(world: World) -> World:
    sweep_twice(world)
    assert flag(world) == (False, "telemetry")
    return world


def test_a_refresh_keeps_what_was_lowered(lowered: World) -> None:
    for _ in range(3):
        lowered.wait()
        lowered.feed.set(IT, context_length=131072 + int(lowered.now.timestamp()) % 1000)
        lowered.refresh()
    assert flag(lowered) == (False, "telemetry")
    assert len(flips(lowered)) == 1


def test_a_refresh_with_new_figures_keeps_what_clients_reported(lowered: World) -> None:
    before = telemetry_of(lowered)
    lowered.feed.set(IT, benchmarks={"artificial_analysis": {"intelligence_index": 50.0}})
    lowered.refresh()
    assert lowered.published.signals is not None
    assert IT in lowered.published.signals.models
    assert telemetry_of(lowered) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"canonical_slug": "cohere/command-a-20260630"},
        {"supported_parameters": ["max_tokens", "tool_choice", "tools"]},
    ],
    ids=["another release", "other parameters of tools"],
)
def test_where_the_list_says_something_new_it_counts_again(lowered: World, fields: dict[str, Any]) -> None:
    lowered.feed.set(IT, **fields)
    lowered.refresh()
    assert flag(lowered) == (True, "api")
    lowered.curate()
    assert rating(lowered).standing == "watched"
    assert rating(lowered).counted_from == lowered.now.date()


def test_where_the_list_takes_the_flag_back_itself_the_list_counts(lowered: World) -> None:
    lowered.feed.set(IT, supported_parameters=["max_tokens"])
    lowered.refresh()
    assert flag(lowered) == (False, "api")


def test_one_override_line_takes_it_back(lowered: World) -> None:
    lowered.overrides = overrides(capability_overrides=[{"match": IT, "flags": {"supportsTools": True}}])
    lowered.refresh()
    assert flag(lowered) == (True, "override")
    assert "coding" in lowered.model(IT).buckets
    for _ in range(3):
        lowered.wait(DAY)
        fail(lowered)
        lowered.curate()
    assert flag(lowered) == (True, "override")


def test_without_evidence_nobody_knows_after_28_days(lowered: World) -> None:
    lowered.wait(28 * DAY)
    lowered.run()
    assert flag(lowered) == (None, "telemetry")
    assert [(event.before, event.after) for event in flips(lowered)] == [(True, False), (False, None)]
    lowered.refresh()
    assert flag(lowered) == (None, "telemetry")
    assert_in_order(lowered.store)


def test_what_is_well_again_counts_again(lowered: World) -> None:
    lowered.wait(7 * DAY)
    fail(lowered, ok=20, failed=0)
    lowered.curate()
    assert flag(lowered) == (True, "api")
    note = flips(lowered)[-1].note
    assert note is not None
    assert note.startswith("clients' reports confirm it again: 0.00 of 800 requests failed")


def test_a_rollback_restores_the_flag_with_its_rating(lowered: World) -> None:
    generation = lowered.manifest.generation
    lowered.overrides = overrides(capability_overrides=[{"match": IT, "flags": {"supportsTools": True}}])
    lowered.run()
    lowered.rollback(generation)
    assert flag(lowered) == (False, "telemetry")
    assert rating(lowered).standing == "lowered"


def test_a_rollback_forgets_nothing_that_clients_reported(lowered: World) -> None:
    before = telemetry_of(lowered)
    lowered.rollback(1)
    assert flag(lowered) == (False, "telemetry")
    assert "coding" not in lowered.model(IT).buckets
    assert telemetry_of(lowered) == before
    assert len(flips(lowered)) == 1
    lowered.refresh()
    lowered.curate()
    assert flag(lowered) == (False, "telemetry")
    assert telemetry_of(lowered).since == before.since
    assert rating(lowered).decided_on == before.ratings[IT]["supportsTools"].decided_on
    assert_in_order(lowered.store)


def test_a_rollback_begins_no_second_month_of_watching(world: World) -> None:
    since = telemetry_of(world).since
    world.rollback(1)
    assert telemetry_of(world).since == since
    sweep_twice(world)
    assert flag(world) == (False, "telemetry")


def test_a_rollback_takes_back_nothing_that_was_confirmed_since(lowered: World) -> None:
    generation = lowered.manifest.generation
    lowered.wait(7 * DAY)
    fail(lowered, ok=20, failed=0)
    lowered.curate()
    assert flag(lowered) == (True, "api")
    lowered.rollback(generation)
    assert flag(lowered) == (True, "api")
    assert rating(lowered).standing == "watched"


def test_a_rollback_to_another_release_of_a_model_has_its_own_flag(world: World) -> None:
    generation = world.manifest.generation
    world.feed.set(IT, canonical_slug="cohere/command-a-20260630")
    world.refresh()
    sweep_twice(world)
    assert flag(world) == (False, "telemetry")
    world.rollback(generation)
    assert flag(world) == (True, "api")


def test_a_shortlist_that_recommends_what_was_lowered_since_is_not_restored(world: World) -> None:
    world.overrides = overrides()
    world.run()
    generation = world.manifest.generation
    shortlist = world.published.curated
    assert shortlist is not None
    assert IT in [model.id for model in shortlist.models]
    world.overrides = overrides(curated_overrides=[{"action": "ban", "id": IT}])
    world.run()
    sweep_twice(world)
    world.overrides = overrides()
    world.rollback(generation)
    assert flag(world) == (False, "telemetry")
    after = world.published.curated
    assert after is not None
    assert not [b for b, chosen in after.buckets.items() if b == "coding" and IT in [e.id for e in chosen.models]]


# Incidents and floods.


def test_when_many_models_fail_at_once_no_flag_is_lowered(world: World) -> None:
    for _ in range(3):
        fail(world, *world.feed.ids[:6])
        world.curate()
        world.wait(DAY)
    assert flips(world) == []


def test_three_malicious_reporters_of_23_lower_nothing(world: World) -> None:
    for _ in range(3):
        fail(world, ok=4, failed=0, reporters=20, name="honest")
        fail(world, ok=0, failed=1_000, reporters=3, days=7, name="liar")
        world.curate()
        world.wait(DAY)
    assert flips(world) == []


MALFORMED = {
    "huge": b'{"schema":1,"client":"' + b"x" * 2_000_000,
    "nested": b"[" * 100_000,
    "no JSON": b"<html>",
    "empty": b"",
    "no UTF-8": b"\xff\xfe",
    "a list": b"[]",
    "wrong types": b'{"schema":1,"client":7,"day":[],"reports":"1","clientVersion":{},"rows":"none"}',
    "a number of 5,000 digits": b'{"schema":' + b"9" * 5_000 + b"}",
    "a wrong id": b'{"schema":1,"client":"%s","day":"%s","reports":1,"clientVersion":"1.0","rows":'
    b'[["../../etc/passwd","openrouter","supportsTools",0,{"invalid_json":200}]]}' % (b"0" * 32, b"2026-06-28"),
    "another day": b'{"schema":1,"client":"%s","day":"2026-06-20","reports":1,"clientVersion":"1.0","rows":[]}'
    % (b"0" * 32),
    "a prompt": b'{"schema":1,"client":"%s","day":"2026-06-28","reports":1,"clientVersion":"1.0","rows":[],'
    b'"prompt":"canary 9c1f"}' % (b"0" * 32),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_report_costs_a_finding_that_counts_it(world: World, body: bytes) -> None:
    for number in range(3):
        world.store.put(f"models/{telemetry_key(date(2026, 6, 28), 'acme', number)}", body)
    before = world.published
    report = world.curate()
    assert report.run.outcome == "unchanged"
    assert world.published == before
    [finding] = [each for each in world.status.findings if each.startswith("telemetry")]
    assert finding.startswith("telemetry: 3 of 3 objects are no reports, expected what the intake writes")
    assert len(finding) <= 200


def test_ten_thousand_malformed_objects_cost_one_finding(world: World) -> None:
    bodies = list(MALFORMED.values())[2:]
    for number in range(10_000):
        day, reporter = date(2026, 6, 28) - timedelta(days=number % 20), f"flood-{number // 5_120}"
        key = telemetry_key(day, reporter, number // 20 % 256) if number % 10 else f"telemetry/v1/odd-{number}.json"
        world.store.put(f"models/{key}", bodies[number % len(bodies)])
    world.curate()
    [finding] = [each for each in world.status.findings if each.startswith("telemetry")]
    assert "are no reports" in finding
    assert flips(world) == []


def test_what_nobody_ever_heard_of_is_dropped(world: World) -> None:
    fail(world, "never/heard-of")
    world.curate()
    assert "never/heard-of" not in str(world.document("signals"))


class WithoutTelemetry(Passing):
    """A store that fails for what clients reported."""

    verbs = ("list",)

    def before(self, verb: str, key: str) -> None:
        if key.startswith("models/telemetry/") and verb in self.verbs:
            raise StoreError(f"store: {verb}: no permission; give this job the right to read it")


class WithoutReports(WithoutTelemetry):
    verbs = ("get",)


def test_reports_that_cannot_be_listed_stop_no_curation(lowered: World) -> None:
    lowered.store = WithoutTelemetry(lowered.store)
    lowered.wait(40 * DAY)
    lowered.run()
    assert flag(lowered) == (False, "telemetry")
    [finding] = [each for each in lowered.status.findings if each.startswith("telemetry")]
    assert finding.endswith("no flag is judged by it until this is mended")


def test_reports_that_cannot_be_read_stop_no_curation_and_prove_no_silence(lowered: World) -> None:
    lowered.wait(40 * DAY)
    fail(lowered, "qwen/qwen3-coder")
    lowered.store = WithoutReports(lowered.store)
    lowered.run()
    assert flag(lowered) == (False, "telemetry")
    [finding, left] = [each for each in lowered.status.findings if each.startswith("telemetry")]
    assert finding.startswith("telemetry: 20 of 50 reports could not be fetched")
    assert left.startswith("telemetry: 30 of 50 reports were left unread")


# Bounds of reading.


def heard(world: World, bounds: Bounds, clock: Iterator[float] | None = None) -> tuple[int, bool, tuple[str, ...]]:
    told = load_outcomes(
        world.runtime().repository,
        listed={IT},
        now=world.now,
        bounds=bounds,
        clock=(lambda: 0.0) if clock is None else lambda: next(clock),
    )
    assert told.reported is not None
    counted = sum(map(len, told.reported.observations.values()))
    return counted, told.reported.whole, told.findings


def test_the_newest_days_are_read_first_and_all_reporters_in_turn(world: World) -> None:
    yesterday = world.now.date() - DAY
    for place in range(50):
        keep(world.store, [outcomes(IT, ok=1, failed=0)], day=yesterday, reporter="a-flood", place=place)
    keep(world.store, [outcomes(IT, ok=7, failed=0)], day=yesterday, reporter="honest")
    told = load_outcomes(world.runtime().repository, listed={IT}, now=world.now, bounds=Bounds(objects=10))
    assert told.reported is not None
    [counted] = told.reported.observations.values()
    assert {count.reporter for count in counted} == {"a-flood", "honest"}


def test_no_more_objects_bytes_or_seconds_are_spent_than_allowed(world: World) -> None:
    world.wait(DAY)
    fail(world)
    assert heard(world, Bounds())[:2] == (50, True)
    counted, whole, findings = heard(world, Bounds(objects=20))
    assert (counted, whole) == (20, False)
    assert findings[0].startswith("telemetry: 30 of 50 reports were left unread, expected that a run can read them all")
    assert heard(world, Bounds(bytes=1_000))[0] < 10
    assert heard(world, Bounds(seconds=5.0), clock=iter(float(n) for n in range(100)))[0] == 4


def read_by(world: World) -> int:
    """How many reports a curation reads."""
    seen: list[str] = []

    class Seeing(Passing):
        def before(self, verb: str, key: str) -> None:
            if verb == "get" and key.startswith("models/telemetry/"):
                seen.append(key)

    store = world.store
    world.store = Seeing(store)
    world.curate()
    world.store = store
    return len(seen)


def test_a_sweep_reads_a_week_and_four_where_a_flag_may_have_been_forgotten(world: World) -> None:
    fail(world, days=20, reporters=1, ok=1, failed=0)
    assert read_by(world) == 7
    fail(world, days=1)
    sweep_twice(world)
    world.wait(27 * DAY)
    fail(world, days=20, reporters=1, ok=1, failed=0)
    assert read_by(world) == 20
    assert flag(world) == (None, "telemetry")
    assert read_by(world) == 7


def test_days_that_are_not_over_or_too_old_are_not_read(world: World) -> None:
    for age in (-1, 0, 1, 28, 29):
        keep(world.store, [outcomes(IT, ok=1, failed=0)], day=world.now.date() - DAY * age, reporter="new")
    assert heard(world, Bounds())[0] == 2


# Privacy.


def test_nothing_of_a_reporter_or_a_client_is_published(world: World) -> None:
    for _ in range(2):
        fail(world, name="secret-customer")
        keep(world.store, [outcomes(IT, ok=1, failed=1, backend="secret-host")], day=world.now.date() - DAY)
        world.store.put(f"models/{telemetry_key(world.now.date() - DAY, 'secret-customer', 9)}", b"<html>")
        world.curate()
        world.wait(DAY)
    read = [stored.body for key in world.store.list("models/openrouter/") if (stored := world.store.get(key))]
    assert flips(world)
    assert not [body for body in read if b"secret" in body or b"0" * 32 in body]


def test_the_router_s_refusals_lower_at_once(world: World) -> None:
    fail(world, ok=0, failed=10, reporters=3, days=1, failure=Failure.REFUSED_BY_ROUTER)
    world.curate()
    assert flag(world) == (False, "telemetry")
    assert flips(world)[0].note is not None
