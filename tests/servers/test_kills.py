"""Runs that are killed at each call of a store on a real server: readers see whole sets, and the next run repairs."""

import itertools
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.promises import assert_in_order, generation_seen
from tests.servers.buckets import store_in
from tests.servers.killed_runs import dies, own_model, world_on
from tests.servers.places import bucket_at, endpoint_of


@dataclass(frozen=True)
class Killed:
    """Generations before a run that was killed, behind it, and behind the next one, which has put all in order."""

    call: int
    before: int
    seen: int
    repaired: int


@dataclass(frozen=True)
class Case:
    """Every `step`-th call of runs on one place, or, for first publishes, each on a new one."""

    server: str
    step: int
    is_first: bool


CASES = {
    "ceph, some first publishes": Case("ceph", 4, is_first=True),
    "ceph, later publishes": Case("ceph", 1, is_first=False),
    "ministack, some later publishes": Case("ministack", 6, is_first=False),
    "r2, some later publishes": Case("hurried_r2", 6, is_first=False),
}


@pytest.fixture(scope="module", params=list(CASES.values()), ids=list(CASES))
def killed(request: pytest.FixtureRequest) -> list[Killed]:
    """What became of runs that died at their first call and later ones, until one had no more."""
    case: Case = request.param
    endpoint = endpoint_of(case.server, request)
    bucket, place = bucket_at(endpoint), "killed-first/" if case.is_first else "killed-later/"
    before = 0 if case.is_first else world_on(0, store_in(endpoint, bucket, place)).run().run.generation or 0
    found: list[Killed] = []
    for day, call in enumerate(itertools.count(1, case.step), start=1):
        prefix = f"{place}{call}/" if case.is_first else place
        died = dies(endpoint, bucket, prefix, day=day, call=call)
        store = store_in(endpoint, bucket, prefix)
        seen = generation_seen(store)
        world = world_on(day, store)
        world.wait(timedelta(hours=1))
        report = world.run()
        assert own_model(day) in report.after.models()
        assert_in_order(store)
        repaired = report.run.generation or 0
        if not died:
            return found
        found.append(Killed(call, before, seen, repaired))
        before = 0 if case.is_first else repaired
    raise AssertionError("a run does not end")


def test_runs_are_killed_at_all_of_their_calls(killed: list[Killed]) -> None:
    assert killed[-1].call >= 15


def test_a_reader_of_the_manifest_sees_the_old_set_or_the_new_one(killed: list[Killed]) -> None:
    newer = [each.seen - each.before for each in killed]
    assert newer == sorted(newer)
    assert set(newer) <= {0, 1}


def test_the_next_run_publishes_what_the_killed_one_could_not(killed: list[Killed]) -> None:
    assert all(each.repaired > each.before for each in killed)
