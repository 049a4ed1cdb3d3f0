"""Every fault of a network or an object store, at every request of a refresh: nothing is lost, and the heartbeat tells.

The requests of modelsync's own client go through a proxy to a Ceph RADOS Gateway; some of them go wrong.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pytest

from modelsync.errors import StoreError
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.stores import MemoryStore
from tests.promises import assert_in_order, generation_seen
from tests.servers.buckets import IMPATIENT, store_in
from tests.servers.ceph import Ceph
from tests.servers.endpoint import Endpoint
from tests.servers.faulty_proxy import (
    CUT,
    CUT_UPLOAD,
    SLOW,
    STALLED,
    WELL,
    Fault,
    FaultyProxy,
    Played,
    When,
    first_of_each,
    from_the,
    nothing,
    refused,
    reset,
    silent,
    the,
)
from tests.servers.places import bucket_at
from tests.shell.killed_runs import ADDED, first_day, second_day
from tests.world import FEW, World, copy_of

PASSING = (
    refused(409, "ConditionalRequestConflict"),
    refused(429, "TooManyRequests"),
    refused(500, "InternalError"),
    refused(500, "InternalError", done=True),
    refused(503, "SlowDown"),
    refused(503, "SlowDown", done=True),
    silent(done=False),
    silent(done=True),
    reset(done=False),
    reset(done=True),
    CUT,
    CUT_UPLOAD,
    STALLED,
    SLOW,
)
"""What one more try overcomes."""

LIES = (refused(412, "PreconditionFailed"), refused(412, "PreconditionFailed", done=True))
"""A condition is said to have failed, though nobody else has written: as when a machine in between asks twice."""

Asked = tuple[str, str]
"""Method and key of a request."""

GROUPS = 2
"""A run meets its fault at every second request, so that two runs meet it at all of them."""


@dataclass(frozen=True)
class Scene:
    """A catalog of yesterday, which the next refresh is to change, behind a proxy that may play a fault."""

    proxy: FaultyProxy
    behind: Endpoint
    yesterday: MemoryStore

    def refresh(self, fault: Fault = WELL, *, at: When = nothing, of: Sequence[Asked] = ()) -> "Aftermath":
        """Run the refresh once, on a copy of its own, with the fault at some requests, or the first of each kind."""
        bucket, prefix = bucket_at(self.behind), f"faults/{next(_NUMBERS):04}/"
        unharmed = store_in(self.behind, bucket, prefix)
        put_all(self.yesterday, unharmed)
        world = second_day(store_in(self.proxy.s3, bucket, prefix, limits=IMPATIENT))
        first = first_of_each((method, f"{prefix}{key}" if key else "") for method, key in of)
        with self.proxy.playing(fault, at=first if of else at) as played:
            problem = problem_of(world)
        return Aftermath(copy_of(unharmed), prefix, played, problem)

    def refreshes(self, fault: Fault, at: Callable[[int], When], *, step: int = 1) -> Iterator["Aftermath"]:
        """Refreshes that meet the fault at their first, second, ... request, or at some of them by a longer step."""
        for number in itertools.count(1, step):
            left = self.refresh(fault, at=at(number))
            if not left.played.hit:
                return
            yield left


@dataclass(frozen=True)
class Aftermath:
    """A copy of what a refresh left; `problem` is what it said when it gave up, None where it came to its end."""

    store: MemoryStore
    prefix: str
    played: Played
    problem: str | None

    @property
    def requests(self) -> list[Asked]:
        """The requests in order, without those that repeat an earlier one."""
        told = ((each.method, each.key.removeprefix(self.prefix)) for each in self.played.requests)
        return list(dict.fromkeys(told))

    @property
    def world(self) -> World:
        """The world behind the refresh."""
        return second_day(self.store)

    @cached_property
    def after_the_next_run(self) -> World:
        """The world behind another run, on a store that is in order again."""
        world = second_day(copy_of(self.store))
        world.wait()
        world.run()
        return world


@pytest.fixture(scope="module")
def scene(ceph: Ceph) -> Iterator[Scene]:
    world = first_day(MemoryStore())
    world.run()
    with FaultyProxy(ceph.plain) as proxy:
        yield Scene(proxy, ceph.plain, copy_of(world.store))


@pytest.fixture(scope="module")
def usual(scene: Scene) -> list[Asked]:
    """What a refresh asks for when nothing goes wrong."""
    return scene.refresh().requests


def problem_of(world: World) -> str | None:
    try:
        world.refresh()
    except StoreError as error:
        return str(error)
    return None


def put_all(source: MemoryStore, target: ObjectStore) -> None:
    for key in source.list():
        stored = source.get(key)
        assert stored is not None
        target.put(key, stored.body, headers=stored.headers)


_NUMBERS = itertools.count(1)


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: fault.name)
def test_a_refresh_overcomes_a_fault_that_passes(fault: Fault, scene: Scene, usual: list[Asked]) -> None:
    for group in range(GROUPS):
        targets = usual[group::GROUPS]
        left = scene.refresh(fault, of=targets)
        assert len(left.played.hit) == len(targets) > 1
        assert left.problem is None
        assert left.world.status.last_attempt.outcome == "published"
        assert left.world.state_of(ADDED) == "active"
        assert_in_order(left.store)


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.name)
def test_a_refresh_that_is_told_it_lost_loses_nothing(lie: Fault, scene: Scene) -> None:
    for left in scene.refreshes(lie, the):
        assert_nothing_is_lost(left)
        assert_the_heartbeat_tells(left)


def test_a_store_that_is_lost_for_good_half_way_loses_nothing(scene: Scene) -> None:
    for left in scene.refreshes(refused(503, "ServiceUnavailable"), from_the, step=4):
        assert "found 503" in (left.problem or "")
        assert_nothing_is_lost(left)


def assert_nothing_is_lost(left: Aftermath) -> None:
    """A reader sees a whole set, and the next run puts everything in order and forgets nobody."""
    assert generation_seen(left.store) >= 1
    assert_in_order(left.after_the_next_run.store)
    assert {*FEW, ADDED} <= left.after_the_next_run.published.states().keys()
    assert left.after_the_next_run.state_of(ADDED) == "active"


def assert_the_heartbeat_tells(left: Aftermath) -> None:
    attempt = left.world.status.last_attempt
    if left.problem is None:
        # Unchanged, where a run took its own work for that of another one.
        assert attempt.outcome in ("published", "unchanged")
    else:
        assert (attempt.outcome, attempt.message) == ("failed", left.problem)
