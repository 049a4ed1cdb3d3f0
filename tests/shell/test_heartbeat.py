"""The heartbeat: what each way for a run to end makes of the status before it."""

from datetime import timedelta
from typing import Final

import pytest

from modelsync.catalog.documents import HeldFeed, Status
from modelsync.catalog.published_set import PublishedSet
from modelsync.errors import FeedError
from modelsync.pipeline.refresh import Refresh
from modelsync.shell.publishing.heartbeat import Job, Outcome, Run, beat
from tests.world import MODELS, START, World

NOTHING: Final = PublishedSet()
LATER: Final = START + timedelta(hours=6)
HELD: Final = HeldFeed(since=START, reason="ids gone", sha256="0" * 64, snapshot=None, doubts={"ids gone": ("a/b",)})


def ran(job: Job, outcome: Outcome, *, at: int = 0, message: str | None = None, refresh: Refresh | None = None) -> Run:
    """A run `at` hours after the start; one that ended well decided something."""
    decided = Refresh({}) if refresh is None and outcome in ("published", "unchanged") else refresh
    return Run(job, START + timedelta(hours=at), outcome, 1, message, decided)


def after(*runs: Run, before: Status | None = None) -> Status:
    """The status after some runs."""
    status = before
    for run in runs:
        status = beat(status, run, source="openrouter", published=NOTHING)
    assert status is not None
    return status


def test_the_first_run_makes_the_first_status() -> None:
    status = after(ran("refresh", "published"))
    assert status.source == "openrouter"
    assert (status.last_attempt.job, status.last_attempt.outcome, status.last_attempt.at) == (
        "refresh",
        "published",
        START,
    )
    assert status.last_success == status.last_attempt
    assert (status.observed_at, status.next_due) == (START, LATER)


def test_a_first_run_that_is_refused_has_seen_nothing() -> None:
    status = after(ran("refresh", "refused", message="an empty body"))
    assert (status.last_success, status.observed_at, status.consecutive_failures) == (None, None, 1)
    assert status.last_attempt.message == "an empty body"


@pytest.mark.parametrize("outcome", ["held", "refused", "failed"])
def test_failures_are_counted_until_a_run_succeeds(outcome: Outcome) -> None:
    bad = ran("refresh", outcome, refresh=Refresh({}, held=HELD) if outcome == "held" else None)
    assert after(bad, bad, bad).consecutive_failures == 3
    assert after(bad, bad, ran("refresh", "unchanged")).consecutive_failures == 0


@pytest.mark.parametrize("outcome", ["held", "refused", "failed"])
def test_a_run_that_did_not_succeed_moves_neither_success_nor_observation(outcome: Outcome) -> None:
    refresh = Refresh({}, held=HELD) if outcome == "held" else None
    status = after(ran("refresh", "published"), ran("refresh", outcome, at=6, refresh=refresh))
    assert status.last_success is not None
    assert (status.last_success.at, status.observed_at) == (START, START)
    assert status.last_attempt.at == LATER


@pytest.mark.parametrize("job", ["refresh", "all"])
def test_a_feed_that_was_believed_is_an_observation(job: Job) -> None:
    assert after(ran("refresh", "published"), ran(job, "unchanged", at=6)).observed_at == LATER


@pytest.mark.parametrize("job", ["curate", "rollback"])
def test_a_run_without_a_feed_is_no_observation_and_moves_no_due_date(job: Job) -> None:
    status = after(ran("refresh", "published"), ran(job, "published", at=3))
    assert (status.observed_at, status.next_due) == (START, LATER)
    assert status.last_success is not None
    assert status.last_success.job == job


def test_only_a_run_that_curated_says_so() -> None:
    refreshed = after(ran("refresh", "published"))
    assert refreshed.last_curated is None
    curated = after(ran("curate", "unchanged", at=1, refresh=Refresh({}, curated=True)), before=refreshed)
    assert curated.last_curated == START + timedelta(hours=1)


def test_a_held_feed_stays_until_a_feed_is_believed() -> None:
    held = ran("refresh", "held", refresh=Refresh({}, held=HELD))
    assert after(held).held_feed == HELD
    for between in (
        ran("refresh", "refused"),
        ran("refresh", "failed"),
        ran("curate", "published"),
        ran("curate", "failed"),
    ):
        assert after(held, between).held_feed == HELD
    assert after(held, ran("refresh", "unchanged")).held_feed is None


def test_a_long_message_is_cut() -> None:
    status = after(ran("refresh", "refused", message="x" * 10_000))
    assert status.last_attempt.message == "x" * 500


def test_complaints_are_kept_until_the_next_feed_that_is_believed() -> None:
    complained = after(
        ran("refresh", "published", refresh=Refresh({}, set_aside=("data[1]: no id",), placeholder_dates=2))
    )
    for between in (ran("refresh", "refused"), ran("curate", "published")):
        status = after(between, before=complained)
        assert (status.set_aside, status.placeholder_dates) == (("data[1]: no id",), 2)
    assert after(ran("refresh", "unchanged"), before=complained).set_aside == ()


WAITS, UNKNOWN = "telemetry: a/b: supportsTools: people decide", "unknown key 'new', ignored (1x)"


def found(job: Job, *findings: str, before: Status | None = None) -> tuple[str, ...]:
    """What the heartbeat tells after a run that found this."""
    return after(ran(job, "unchanged", refresh=Refresh({}, findings=findings)), before=before).findings


@pytest.mark.parametrize(
    ("job", "told"),
    [
        ("refresh", (WAITS,)),
        ("curate", (UNKNOWN,)),
        ("all", ()),
        ("signals", (WAITS, UNKNOWN)),
        ("rollback", (WAITS, UNKNOWN)),
    ],
)
def test_a_finding_stays_until_the_next_run_that_could_find_it(job: Job, told: tuple[str, ...]) -> None:
    before = after(ran("all", "published", refresh=Refresh({}, findings=(WAITS, UNKNOWN))))
    assert found(job, before=before) == told
    assert found(job, "new", before=before) == (*told, "new")


def test_a_hundred_complaints_are_the_most() -> None:
    status = after(ran("refresh", "published", refresh=Refresh({}, findings=tuple(f"finding {n}" for n in range(250)))))
    assert len(status.findings) == 100
    assert status.findings[-1] == "... and 151 more"


def test_exactly_a_hundred_complaints_are_all_told() -> None:
    status = after(ran("refresh", "published", refresh=Refresh({}, findings=tuple(f"finding {n}" for n in range(100)))))
    assert status.findings[-1] == "finding 99"


def test_a_failed_run_keeps_what_is_known_of_held_prices() -> None:
    world = World()
    world.run()
    world.feed.set(MODELS[0], prompt="0.001")
    world.wait()
    world.run()
    before = world.status.held_prices
    world.wait()
    with pytest.raises(FeedError):
        world.run(body=b"")
    assert [held.id for held in before] == [MODELS[0]]
    assert world.status.held_prices == before


def test_a_curation_does_not_silence_what_the_last_feed_complained_of() -> None:
    """An operator who looks after midnight must see why a record is missing since six."""
    world = World()
    world.feed.set(MODELS[0], brand_new_key=1)
    world.run()
    world.wait()
    world.curate()
    assert "unknown key 'brand_new_key', ignored (1x)" in world.status.findings
