"""When clients' reports overrule a flag, and when it counts again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from modelsync.catalog.capabilities import Capability, DetectionSource
from modelsync.catalog.figures import Rating, Telemetry
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.reports import FAILURES
from modelsync.catalog.telemetry import Count, Subject
from modelsync.pipeline.telemetry.downgrade import Sweep, Verdict, judge
from modelsync.pipeline.telemetry.flags import FIELD_OF, flag_of, with_flag
from tests.builders import a_model
from tests.outcomes import DAY, TODAY, counts, days_before

IT = "acme/one"
LONG_AGO = date(2026, 1, 1)
CROWD = tuple(f"vendor-{number:02}/model" for number in range(40))
"""Bystanders of as many vendors, so that one model is no twentieth of the catalogue."""


def models(*ids: str, **fields: Any) -> dict[str, ModelInfo]:
    listed = {"structured_output": True, "supported_parameters": ("structured_outputs", "tools"), **fields}
    return {i: a_model(i, **listed) for i in (*ids, *CROWD)}


@dataclass
class Daily:
    """The daily sweeps of some models, one after the other; telemetry was collected for long before."""

    models: dict[str, ModelInfo] = field(default_factory=lambda: models(IT))
    known: Telemetry | None = field(default_factory=lambda: Telemetry(since=LONG_AGO, ratings={}))
    today: date = TODAY
    reported: dict[Subject, list[Count]] = field(default_factory=dict)
    recommended: frozenset[str] = frozenset()
    whole: bool = True

    def report(self, reported: Iterable[Count], *ids: str, capability: Capability = Capability.TOOLS) -> None:
        for model_id in ids or (IT,):
            self.reported.setdefault((model_id, capability), []).extend(reported)

    def sweep(self) -> Verdict:
        sweep = Sweep(
            observations=self.reported,
            today=self.today,
            models=self.models,
            recommended=self.recommended,
            whole=self.whole,
        )
        verdict = judge(sweep, self.known)
        for each in verdict.changes:
            model = self.models[each.id]
            self.models[each.id] = with_flag(model, each.capability, value=each.value, source=each.source)
        self.known = verdict.telemetry
        return verdict

    def pass_days(self, count: int = 1) -> None:
        self.today += DAY * count

    def flag(self, model_id: str = IT, capability: Capability = Capability.TOOLS) -> tuple[bool | None, str]:
        found = flag_of(self.models[model_id], capability)
        return found.value, str(found.source)

    def rating(self, model_id: str = IT) -> Rating:
        assert self.known is not None
        return self.known.ratings[model_id]["supportsTools"]


LOWERED, LISTED = (False, "telemetry"), (True, "api")


def after_two_days(**reported: Any) -> Daily:
    """Two sweeps, a day apart, at which the same stands in the window."""
    daily = Daily()
    for _ in range(2):
        daily.reported = {(IT, Capability.TOOLS): counts(today=daily.today, **reported)}
        daily.sweep()
        daily.pass_days()
    return daily


def lowered() -> Daily:
    """A flag that was lowered on the day before today, and nothing was reported since."""
    daily = after_two_days(requests=200, failed=100, reporters=9)
    assert daily.flag() == LOWERED
    daily.reported.clear()
    return daily


# Lowering.


@pytest.mark.parametrize(
    ("failed", "requests", "lowers"),
    [
        (18, 50, True), (17, 50, False),
        (31, 100, True), (30, 100, False),
        (55, 200, True), (54, 200, False),
        (124, 500, True), (123, 500, False),
    ],
)  # fmt: skip
def test_a_flag_is_lowered_from_a_rate_on_that_is_surely_a_fifth(failed: int, requests: int, lowers: bool) -> None:
    daily = after_two_days(requests=requests, failed=failed, reporters=5, days=5)
    assert daily.flag() == (LOWERED if lowers else LISTED)


@pytest.mark.parametrize("reporters", range(5, 16))
@pytest.mark.parametrize(("failed", "requests"), [(18, 50), (31, 100), (55, 200), (124, 500)])
def test_as_much_is_enough_of_any_number_of_reporters_who_see_the_same(
    failed: int, requests: int, reporters: int
) -> None:
    left = reporters - 2 * (reporters // 10) * (reporters >= 10)  # the outermost tenths do not count
    asked, wrong = -(-requests * reporters // left), -(-failed * reporters // left) + reporters // 10
    assert after_two_days(requests=asked, failed=wrong, reporters=reporters, days=5).flag() == LOWERED


@pytest.mark.parametrize(("failed", "lowers"), [(60, True), (40, False)])
def test_of_200_requests_of_10_honest_reporters_60_failures_lower_and_40_do_not(failed: int, lowers: bool) -> None:
    assert after_two_days(requests=200, failed=failed, reporters=10, days=4).flag() == (LOWERED if lowers else LISTED)


def test_one_sweep_lowers_nothing() -> None:
    daily = Daily()
    daily.report(counts(requests=200, failed=100))
    assert daily.sweep().changes == ()
    assert (daily.rating().crossed_since, daily.flag()) == (TODAY, LISTED)


def test_two_sweeps_on_one_day_count_once() -> None:
    daily = Daily()
    daily.report(counts(requests=200, failed=100, reporters=9))
    first = daily.sweep()
    assert daily.sweep() == first
    assert daily.flag() == LISTED
    daily.pass_days()
    assert len(daily.sweep().changes) == 1
    assert daily.sweep().changes == ()


def test_a_day_that_was_well_begins_anew() -> None:
    daily = Daily()
    daily.report(counts(requests=100, failed=50, days=3))
    daily.sweep()
    daily.pass_days()
    daily.report(counts(requests=900, failed=0, days=3, today=daily.today, name="another"))
    daily.sweep()
    assert daily.rating().crossed_since is None
    daily.pass_days()
    daily.reported = {(IT, Capability.TOOLS): counts(requests=100, failed=50, today=daily.today)}
    assert daily.sweep().changes == ()


def test_a_sweep_that_did_not_happen_breaks_no_row() -> None:
    daily = Daily()
    daily.report(counts(requests=200, failed=100))
    daily.sweep()
    daily.pass_days(3)
    assert [each.value for each in daily.sweep().changes] == [False]


@pytest.mark.parametrize(
    "reported",
    [
        {"requests": 49, "failed": 49},
        {"requests": 200, "failed": 200, "reporters": 4},
        {"requests": 200, "failed": 200, "days": 2},
    ],
    ids=["49 requests", "4 reporters", "2 days"],
)
def test_too_little_lowers_nothing(reported: Mapping[str, int]) -> None:
    assert after_two_days(**reported).flag() == LISTED


@pytest.mark.parametrize(("requests", "lowers"), [(99, False), (100, True)])
def test_where_there_is_no_crowd_a_hundred_requests_of_the_operator_are_enough(requests: int, lowers: bool) -> None:
    daily = Daily()
    for _ in range(2):
        one = [Count("operator", day, "openrouter", 0, n, 0) for day, n in zip(
            days_before(daily.today, 3), (40, 40, requests - 80), strict=True)]  # fmt: skip
        daily.reported = {(IT, Capability.TOOLS): one}
        daily.sweep()
        daily.pass_days()
    assert daily.flag() == (LOWERED if lowers else LISTED)


def told_by(*, honest: int, liars: int, asked: int, failed: int = 0, days: int = 7) -> Daily:
    """Three sweeps; each of the honest reports so many requests a week, the liars nothing but failures."""
    daily = Daily()
    for _ in range(3):
        truth = counts(
            requests=honest * asked, failed=failed, reporters=honest, days=days, today=daily.today, name="honest"
        )
        lies = [
            Count(f"liar-{n}", day, "openrouter", 0, 1_000_000)
            for n in range(liars)
            for day in days_before(daily.today, 7)
        ]
        daily.reported = {(IT, Capability.TOOLS): [*truth, *lies]}
        daily.sweep()
        daily.pass_days()
    return daily


@pytest.mark.parametrize("asked", [7, 21, 700, 1_400])
@pytest.mark.parametrize(
    ("liars", "reporters"),
    [*((1, r) for r in range(5, 10)), (2, 5), (2, 6), (2, 9), (2, 10), (3, 10), (3, 15), (3, 23), (4, 20), (4, 23)],
)
def test_two_reporters_lower_nothing_alone_nor_do_two_beyond_a_tenth(liars: int, reporters: int, asked: int) -> None:
    daily = told_by(honest=reporters - liars, liars=liars, asked=asked)
    assert daily.flag() == LISTED
    assert daily.rating().crossed_on is None


def test_three_malicious_of_23_reporters_lower_nothing() -> None:
    daily = told_by(honest=20, liars=3, asked=20, failed=8, days=5)
    assert daily.flag() == LISTED
    assert daily.rating().crossed_on is None


@pytest.mark.parametrize(("failed", "flag"), [(5, LISTED), (15, LOWERED)])
def test_two_who_lie_need_others_whose_few_requests_surely_fail_by_a_fifth(failed: int, flag: object) -> None:
    assert told_by(honest=5, liars=2, asked=5, failed=failed, days=1).flag() == flag


def test_a_flag_that_fails_for_everybody_is_lowered_whoever_exaggerates() -> None:
    assert told_by(honest=5, liars=2, asked=70, failed=140).flag() == LOWERED


def test_a_change_says_what_it_is_founded_on() -> None:
    daily = Daily()
    daily.report(counts(requests=100, failed=40, reporters=5, days=4))
    daily.sweep()
    daily.pass_days()
    [change] = daily.sweep().changes
    assert change.note == (
        "clients' reports say that it fails: 0.40 of 100 requests failed (0.28 to 0.53 at 99 %), "
        "by 5 reporters on 4 days of the 7d up to 2026-08-08"
    )
    decided_by = daily.rating().decided_by
    assert decided_by is not None
    assert decided_by.model_dump(mode="json") == {
        "window": "7d", "lastDay": "2026-08-08", "requests": 100, "reporters": 5, "days": 4,
        "rate": 0.4, "interval": [0.2839, 0.5286],
    }  # fmt: skip


def test_structured_output_is_judged_like_tools() -> None:
    daily = Daily()
    daily.report(counts(requests=100, failed=50), capability=Capability.STRUCTURED_OUTPUT)
    daily.sweep()
    daily.pass_days()
    daily.sweep()
    assert daily.flag(capability=Capability.STRUCTURED_OUTPUT) == LOWERED
    assert daily.flag() == LISTED


@pytest.mark.parametrize(("value", "source"), [(False, "api"), (None, None), (True, "override"), (False, "override")])
def test_only_a_flag_that_the_list_or_a_family_rule_raised_is_judged(value: bool | None, source: str | None) -> None:
    daily = Daily()
    said = DetectionSource(source) if source else None
    daily.models[IT] = with_flag(daily.models[IT], Capability.TOOLS, value=value, source=said)
    daily.report(counts(requests=200, failed=200))
    daily.sweep()
    daily.pass_days()
    assert daily.sweep().changes == ()


def test_a_lowered_flag_takes_its_buckets_along() -> None:
    assert "coding" in models(IT)[IT].buckets
    assert "coding" not in lowered().models[IT].buckets


def test_ids_that_are_not_listed_are_not_judged() -> None:
    daily = Daily()
    daily.report(counts(requests=200, failed=200), "unknown/model")
    daily.sweep()
    assert daily.known is not None
    assert daily.known.ratings == {}


# Refusals.


def refusals(requests: int, refused: int, reporters: int) -> Daily:
    daily = Daily()
    places = [f"reporter-{n}" for n in range(reporters)]
    daily.report(Count(who, TODAY - DAY, "openrouter", 0, 0) for who in places)
    each = [requests // reporters + (n < requests % reporters) for n in range(reporters)]
    left = refused
    for who, asked in zip(places, each, strict=True):
        no = min(asked, left)
        left -= no
        daily.report([Count(who, TODAY - DAY, "openrouter", asked - no, no, no)])
    daily.sweep()
    return daily


@pytest.mark.parametrize(
    ("requests", "refused", "reporters", "lowers"),
    [(20, 19, 3, True), (20, 18, 3, False), (19, 19, 3, False), (40, 40, 2, False), (60, 57, 4, True)],
)
def test_what_the_router_refuses_is_lowered_at_once(requests: int, refused: int, reporters: int, lowers: bool) -> None:
    assert refusals(requests, refused, reporters).flag() == (LOWERED if lowers else LISTED)


@pytest.mark.parametrize(
    ("ok", "refused", "lowers"),
    [(2, 0, False), (3, 2, False), (6, 0, False), (1, 0, True), (2, 2, True), (1, 5, True)],
)
def test_a_refusal_is_none_where_somebody_gets_through_several_times(ok: int, refused: int, lowers: bool) -> None:
    daily = Daily()
    daily.report(Count(f"liar-{n}", TODAY - DAY, "openrouter", 0, 200, 200) for n in range(3))
    daily.report([Count("honest", TODAY - DAY, "openrouter", ok, refused, refused)])
    daily.sweep()
    assert daily.flag() == (LOWERED if lowers else LISTED)


@pytest.mark.parametrize(("age", "flag"), [(7, LISTED), (8, LOWERED)])
def test_who_got_through_before_the_week_refutes_no_refusal(age: int, flag: object) -> None:
    daily = Daily()
    daily.report(counts(requests=600, failed=600, reporters=3, days=1, refused=True))
    daily.report([Count("honest", TODAY - DAY * age, "openrouter", 5, 0)])
    daily.sweep()
    assert daily.flag() == flag


def test_who_gets_through_a_refusal_is_heard_in_a_crowd() -> None:
    daily = Daily()
    daily.report(Count(f"liar-{n:02}", TODAY - DAY, "openrouter", 0, 200, 200) for n in range(19))
    daily.report([Count("honest", TODAY - DAY, "openrouter", 5, 0)])
    daily.sweep()
    assert daily.flag() == LISTED


def test_other_failures_are_no_refusal() -> None:
    daily = Daily()
    daily.report(counts(requests=60, failed=60, reporters=3, days=3))
    daily.sweep()
    assert daily.flag() == LISTED


# Incidents.


def failing(count: int, *, judged: int = 0, of: str = "vendor-{:02}/model") -> Daily:
    """So many models that cross since yesterday, and so many others that are well, of as many vendors."""
    daily = Daily()
    ids = [of.format(number) for number in range(count)]
    daily.models |= {i: a_model(i) for i in ids}
    daily.report(counts(requests=100, failed=60, days=5), *ids)
    well = [f"vendor-{number:02}/model" for number in range(39, 39 - judged, -1)]
    daily.report(counts(requests=100, failed=1, days=5), *well)
    return daily


def test_a_provider_wide_incident_lowers_nothing_while_it_lasts_or_after_it() -> None:
    daily = failing(20)
    [finding] = daily.sweep().findings
    assert finding.startswith("telemetry: 20 models of the whole catalogue began to fail at once")
    for _ in range(10):
        daily.pass_days()
        assert daily.sweep().changes == ()


def test_an_incident_is_told_once_and_its_reports_count_for_nothing() -> None:
    daily = failing(20)
    daily.sweep()
    before = daily.known
    assert daily.sweep().findings == ()
    assert daily.known == before
    assert daily.rating("vendor-00/model").counted_from == TODAY


@pytest.mark.parametrize(("crossing", "held"), [(2, False), (3, True)])
def test_a_twentieth_of_the_catalogue_is_an_incident_if_it_is_three_models(crossing: int, held: bool) -> None:
    daily = failing(crossing, judged=20)
    daily.sweep()
    daily.pass_days()
    assert len(daily.sweep().changes) == (0 if held else crossing)


def a_large_catalogue() -> dict[str, ModelInfo]:
    return {f"v{n}/m": a_model(f"v{n}/m") for n in range(200)}


def test_half_of_what_is_known_is_an_incident_however_large_the_catalogue() -> None:
    daily = failing(4, judged=3)
    daily.models |= a_large_catalogue()
    assert "4 models of the whole catalogue" in daily.sweep().findings[0]


def test_a_vendor_whose_models_fail_at_once_keeps_its_flags() -> None:
    daily = failing(3, judged=12, of="acme/model-{}")
    daily.models |= a_large_catalogue()
    [finding] = daily.sweep().findings
    assert finding.startswith("telemetry: 3 models of vendor acme began to fail at once")
    daily.pass_days()
    assert daily.sweep().changes == ()


def test_a_backend_at_which_models_fail_at_once_lowers_none_that_is_well_elsewhere() -> None:
    daily = Daily()
    daily.models |= a_large_catalogue()
    there = counts(requests=100, failed=90, days=5, backend="gateway")
    for vendor in ("v1", "v2", "v3", "v4"):
        daily.report(there, f"{vendor}/m")
    daily.report(counts(requests=100, failed=60, days=5, name="direct"), "v4/m")
    daily.report(counts(requests=100, failed=1, days=5), *(f"v{n}/m" for n in range(10, 30)))
    [finding] = daily.sweep().findings
    assert finding.startswith("telemetry: 4 models of one backend began to fail at once")
    daily.pass_days()
    assert [change.id for change in daily.sweep().changes] == ["v4/m"]


def going_on(daily: Daily, days: int, *, failing: Iterable[str] = (), well: Iterable[str] = ()) -> list[Verdict]:
    """So many daily sweeps, before each of which some models failed all week, and others were well."""
    said = []
    for _ in range(days):
        daily.reported = {}
        for model_id, failed in [*((i, 70) for i in failing), *((i, 1) for i in well)]:
            daily.report(counts(requests=100, failed=failed, days=4, today=daily.today), model_id)
        said.append(daily.sweep())
        daily.pass_days()
    return said


def a_large_daily() -> Daily:
    daily = Daily()
    daily.models |= a_large_catalogue()
    return daily


def lowered_in(said: Iterable[Verdict]) -> list[str]:
    return [change.id for verdict in said for change in verdict.changes if change.value is False]


def incidents_in(said: Iterable[Verdict]) -> list[int]:
    """On which of the days an incident was told."""
    return [day for day, verdict in enumerate(said) if "began to fail at once" in " ".join(verdict.findings)]


@pytest.mark.parametrize(("failing", "well"), [(20, 100), (12, 40), (3, 3), (3, 0)])
def test_what_fails_for_two_months_is_lowered_in_the_end(failing: int, well: int) -> None:
    daily, ids = a_large_daily(), [f"v{n}/m" for n in range(200)]
    said = going_on(daily, 60, failing=ids[:failing], well=ids[100 : 100 + well])
    assert sorted(lowered_in(said)) == sorted(ids[:failing])
    assert len(incidents_in(said)) <= 3
    assert max(incidents_in(said), default=0) < 7


def test_while_some_wait_to_be_lowered_others_can_have_an_incident() -> None:
    daily, ids = a_large_daily(), [f"v{n}/m" for n in range(200)]
    daily.recommended = frozenset(ids[:10])
    going_on(daily, 30, failing=ids[:10], well=ids[20:28])
    said = going_on(daily, 2, failing=[*ids[:10], *ids[20:25]], well=ids[25:28])
    assert incidents_in(said) == [0]
    assert said[0].findings[0].startswith("telemetry: 5 models of the whole catalogue")
    assert lowered_in(said) == []
    assert daily.rating(ids[20]).counted_from == daily.today - 2 * DAY


def test_what_waits_for_people_is_no_incident_with_those_that_begin_to_fail() -> None:
    daily, ids = a_large_daily(), [f"v{n}/m" for n in range(200)]
    daily.recommended = frozenset(ids[:10])
    assert incidents_in(going_on(daily, 30, failing=ids[:10], well=ids[10:21])) == []
    said = going_on(daily, 2, failing=ids[:13], well=ids[13:21])
    assert (incidents_in(said), lowered_in(said)) == ([], ids[10:13])


def test_what_failed_all_through_the_first_month_is_no_incident_at_its_end() -> None:
    daily, ids = a_large_daily(), [f"v{n}/m" for n in range(200)]
    daily.known = None
    said = going_on(daily, 28, failing=ids[:20], well=ids[100:200])
    assert lowered_in(said) == []
    said = going_on(daily, 4, failing=ids[:20], well=ids[100:200])
    assert len(lowered_in(said)) == 20
    assert incidents_in(said) == []


def test_what_began_to_fail_yesterday_belongs_to_an_incident_that_is_seen_today() -> None:
    daily, ids = a_large_daily(), [f"v{n}/m" for n in range(200)]
    said = [verdict for day in (1, 2) for verdict in going_on(daily, 1, failing=ids[: 7 * day], well=ids[7 * day : 60])]
    assert (incidents_in(said), lowered_in(said)) == ([1], [])
    assert daily.rating(ids[0]).held_since == daily.today - DAY


def test_after_an_incident_what_goes_on_to_fail_alone_is_lowered() -> None:
    daily, ids = a_large_daily(), [f"v{n}/m" for n in range(200)]
    going_on(daily, 7, well=ids[:40])
    assert incidents_in(going_on(daily, 1, failing=ids[:40])) == [0]
    said = going_on(daily, 10, failing=ids[:1], well=ids[1:40])
    assert lowered_in(said) == [ids[0]]


def test_an_incident_of_six_days_lowers_nothing() -> None:
    daily, ids = a_large_daily(), [f"v{n}/m" for n in range(40)]
    said: list[Verdict] = []
    broken = [TODAY + DAY * n for n in range(6)]
    for _ in range(30):
        daily.reported = {}
        for day in days_before(daily.today, 7):
            one = counts(requests=50, failed=40 if day in broken else 0, days=1, today=day + DAY)
            daily.report(one, *ids)
        said.append(daily.sweep())
        daily.pass_days()
    assert incidents_in(said)
    assert lowered_in(said) == []


def test_a_second_incident_weeks_later_is_one_again() -> None:
    daily, ids = a_large_daily(), [f"v{n}/m" for n in range(200)]
    assert incidents_in(going_on(daily, 1, failing=ids[:40])) == [0]
    going_on(daily, 14, well=ids[:40])
    assert daily.rating(ids[0]).held_since is None
    said = going_on(daily, 2, failing=ids[:40])
    assert incidents_in(said) == [0]
    assert lowered_in(said) == []


def test_what_failed_before_a_long_pause_of_sweeps_begins_anew() -> None:
    daily, ids = a_large_daily(), [f"v{n}/m" for n in range(200)]
    going_on(daily, 1, failing=ids[:7], well=ids[7:60])
    daily.pass_days(8)
    said = going_on(daily, 1, failing=ids[:13], well=ids[13:60])
    assert (incidents_in(said), lowered_in(said)) == ([0], [])


@pytest.mark.parametrize(("days", "held"), [(27, True), (28, False)])
def test_an_incident_is_forgotten_after_four_weeks_in_which_too_little_was_reported(days: int, held: bool) -> None:
    daily, ids = a_large_daily(), [f"v{n}/m" for n in range(200)]
    going_on(daily, 1, failing=ids[:40])
    daily.reported, daily.today = {}, TODAY + DAY * days
    daily.report(counts(requests=10, failed=9, reporters=1, days=1, today=daily.today), ids[0])
    daily.sweep()
    assert daily.rating(ids[0]).held_since == (TODAY if held else None)


def test_refusals_are_never_an_incident() -> None:
    daily, ids = a_large_daily(), [f"v{n}/m" for n in range(200)]
    daily.report(counts(requests=60, failed=60, reporters=3, days=1, refused=True), *ids[:4])
    verdict = daily.sweep()
    assert lowered_in([verdict]) == ids[:4]
    assert verdict.findings == ()


# Restoring.


@pytest.mark.parametrize(("requests", "failed", "restored"), [(200, 9, True), (200, 10, False), (199, 0, False)])
def test_a_flag_counts_again_when_it_surely_fails_no_more_than_a_tenth(
    requests: int, failed: int, restored: bool
) -> None:
    daily = lowered()
    daily.pass_days(6)
    daily.report(counts(requests=requests, failed=failed, days=5, today=daily.today))
    daily.sweep()
    assert daily.flag() == (LISTED if restored else LOWERED)


def test_what_was_reported_before_it_was_lowered_restores_nothing() -> None:
    daily = after_two_days(requests=200, failed=100, reporters=9)
    daily.report(counts(requests=5_000, failed=0, reporters=9, days=6, today=TODAY, name="late"))
    daily.sweep()
    assert daily.flag() == LOWERED


def test_between_a_tenth_and_a_fifth_nothing_moves() -> None:
    daily = lowered()
    for _ in range(20):
        daily.pass_days()
        daily.reported = {(IT, Capability.TOOLS): counts(requests=400, failed=60, days=7, today=daily.today)}
        daily.sweep()
    assert daily.flag() == LOWERED
    well = Daily()
    for _ in range(20):
        well.reported = {(IT, Capability.TOOLS): counts(requests=400, failed=60, days=7, today=well.today)}
        well.sweep()
        well.pass_days()
    assert well.flag() == LISTED


def test_a_restored_flag_says_why() -> None:
    daily = lowered()
    daily.pass_days(6)
    daily.report(counts(requests=400, failed=4, days=5, today=daily.today))
    [change] = daily.sweep().changes
    assert change.note.startswith("clients' reports confirm it again: 0.01 of 400 requests failed")
    assert daily.rating().standing == "watched"


def test_a_flag_of_a_family_rule_is_given_back_to_it() -> None:
    daily = Daily(models=models(IT, supported_parameters=()))
    assert daily.models[IT].supported_parameters == ()
    daily.report(counts(requests=200, failed=100))
    daily.sweep()
    daily.pass_days()
    daily.sweep()
    daily.pass_days(6)
    daily.report(counts(requests=400, failed=4, days=5, today=daily.today))
    daily.sweep()
    assert daily.flag() == (True, "heuristic")


@pytest.mark.parametrize(("days", "value"), [(26, False), (27, None), (90, None)])
def test_after_28_days_without_evidence_nobody_knows(days: int, value: bool | None) -> None:
    daily = lowered()  # yesterday
    daily.pass_days(days)
    daily.sweep()
    assert daily.flag() == (value, "telemetry")


def test_a_trickle_is_no_evidence() -> None:
    daily = lowered()
    daily.pass_days(28)
    daily.report(counts(requests=28, failed=28, reporters=1, days=28, today=daily.today))
    daily.sweep()
    assert daily.flag() == (None, "telemetry")


def test_evidence_in_the_four_weeks_keeps_a_flag_lowered() -> None:
    daily = lowered()
    daily.report(counts(requests=60, failed=20, days=3, today=daily.today + 4 * DAY))
    daily.pass_days(28)
    daily.sweep()
    assert daily.flag() == LOWERED


def test_silence_proves_nothing_where_not_everything_could_be_read() -> None:
    daily = lowered()
    daily.whole = False
    daily.pass_days(60)
    daily.sweep()
    assert daily.flag() == LOWERED


def test_what_nobody_knows_can_be_lowered_and_confirmed_again() -> None:
    daily = lowered()
    daily.pass_days(28)
    daily.sweep()
    for _ in range(2):
        daily.reported = {(IT, Capability.TOOLS): counts(requests=200, failed=100, today=daily.today)}
        daily.pass_days()
        daily.sweep()
    assert daily.flag() == LOWERED


def test_where_the_list_or_people_speak_what_was_reported_before_is_past() -> None:
    daily = lowered()
    daily.models[IT] = with_flag(daily.models[IT], Capability.TOOLS, value=True, source=DetectionSource.API)
    daily.sweep()
    assert (daily.rating().standing, daily.rating().counted_from) == ("watched", daily.today)


def test_a_record_whose_rating_was_lost_is_judged_from_now_on() -> None:
    daily = lowered()
    daily.known = Telemetry(since=LONG_AGO, ratings={})
    daily.sweep()
    assert (daily.flag(), daily.rating().standing, daily.rating().decided_on) == (LOWERED, "lowered", daily.today)
    daily.pass_days(28)
    daily.sweep()
    assert daily.flag() == (None, "telemetry")


def test_what_a_later_version_rates_is_passed_over() -> None:
    daily = lowered()
    assert daily.known is not None
    unknown = {**daily.known.ratings[IT], "readsMinds": Rating(standing="watched")}
    daily.known = daily.known.model_copy(update={"ratings": {IT: unknown}})
    daily.sweep()
    assert daily.flag() == LOWERED
    assert daily.rating().standing == "lowered"


# Bounds.


def test_without_any_report_there_is_no_telemetry() -> None:
    daily = Daily(known=None)
    assert daily.sweep() == Verdict(None)


def test_in_the_first_28_days_findings_say_what_would_change() -> None:
    daily = Daily(known=None)
    findings: tuple[str, ...] = ()
    for _ in range(28):
        daily.reported = {(IT, Capability.TOOLS): counts(requests=200, failed=100, today=daily.today)}
        findings = daily.sweep().findings
        assert daily.flag() == LISTED
        daily.pass_days()
    [finding] = findings
    assert finding.startswith("telemetry: acme/one: supportsTools: clients' reports say that it fails: 0.50 of 200")
    assert finding.endswith("it stays as it is, reports are only watched until 2026-09-05")
    daily.reported = {(IT, Capability.TOOLS): counts(requests=200, failed=100, today=daily.today)}
    assert len(daily.sweep().changes) == 1


def test_at_most_five_flags_change_on_a_day_the_surest_first() -> None:
    daily = Daily()
    daily.models |= a_large_catalogue()
    bad = [f"v{n}/m" for n in range(7)]
    for number, model_id in enumerate(bad):
        daily.report(counts(requests=200, failed=100 + number, days=5), model_id)
    daily.report(counts(requests=100, failed=1, days=5), *(f"v{n}/m" for n in range(20, 60)))
    daily.sweep()
    daily.pass_days()
    verdict = daily.sweep()
    assert [change.id for change in verdict.changes] == ["v6/m", "v5/m", "v4/m", "v3/m", "v2/m"]
    assert len(verdict.findings) == 2
    assert verdict.findings[0].endswith("5 flags changed today, so that it waits for tomorrow")
    assert daily.sweep().changes == ()
    daily.pass_days()
    assert [change.id for change in daily.sweep().changes] == ["v1/m", "v0/m"]


def test_what_is_recommended_waits_for_people() -> None:
    daily = Daily(recommended=frozenset({IT}))
    daily.report(counts(requests=200, failed=100))
    daily.sweep()
    for _ in range(2):
        daily.pass_days()
        verdict = daily.sweep()
        assert verdict.changes == ()
        assert verdict.findings[0].endswith("it is recommended, so that people decide: give it an override line")
    daily.recommended = frozenset()
    daily.sweep()
    assert daily.flag() == LOWERED


def test_a_model_that_is_missing_is_not_judged_and_its_rating_stays() -> None:
    daily = lowered()
    rating = daily.rating()
    daily.models[IT] = daily.models[IT].model_copy(update={"state": "stale"})
    daily.pass_days(60)
    daily.sweep()
    assert (daily.flag(), daily.rating()) == (LOWERED, rating)


def test_calm_ratings_are_forgotten_with_their_reports() -> None:
    daily = Daily()
    daily.report(counts(requests=100, failed=1))
    daily.sweep()
    assert daily.rating().evidence is not None
    daily.pass_days(30)
    daily.sweep()
    assert daily.known == Telemetry(since=LONG_AGO, ratings={})


def test_every_flag_that_is_reported_has_its_field() -> None:
    assert FIELD_OF.keys() == FAILURES.keys()


def test_a_rate_of_failures_is_told_of_models_of_which_enough_is_known() -> None:
    daily = Daily()
    daily.report(counts(requests=100, failed=10, days=5))
    daily.report(counts(requests=10, failed=1, days=5), CROWD[0])
    assert daily.sweep().error_rates == {IT: pytest.approx(0.1)}
    assert Daily(known=None, reported=daily.reported).sweep().error_rates == {}


def test_the_sweep_that_lowers_a_flag_tells_the_rate_that_it_was_lowered_by() -> None:
    daily = Daily()
    daily.report(counts(requests=200, failed=100, days=5))
    assert daily.sweep().error_rates == {IT: pytest.approx(0.5)}
    daily.pass_days()
    verdict = daily.sweep()
    assert lowered_in([verdict]) == [IT]
    assert verdict.error_rates == {IT: pytest.approx(0.5)}
    assert daily.sweep().error_rates == {}


def test_an_incident_says_nothing_of_how_often_a_model_fails() -> None:
    assert failing(20, judged=1).sweep().error_rates == {"vendor-39/model": pytest.approx(0.01)}


def test_a_week_later_the_shadow_is_as_long_as_before() -> None:
    daily = Daily(known=None)
    daily.report(counts(requests=10, failed=0))
    daily.sweep()
    daily.pass_days(7)
    daily.sweep()
    assert daily.known is not None
    assert daily.known.since == TODAY
    assert daily.today - daily.known.since == timedelta(days=7)
