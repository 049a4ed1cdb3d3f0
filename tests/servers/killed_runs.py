"""Runs on a real server that kill themselves: each in a process of its own, dead by SIGKILL right before a call.

The processes are forked off one that has asked no server anything, so that none shares a connection or a lock with
another.
"""

import itertools
import multiprocessing
import os
import signal
from datetime import timedelta
from typing import Final

from modelsync.shell.storage.object_store import ObjectStore
from tests.faulty_stores import Passing
from tests.servers.buckets import store_in
from tests.servers.endpoint import Endpoint
from tests.world import FEW, START, World

ROOM: Final = "tests.servers.killed_runs"


class Deadly(Passing):
    """Its `at`-th call (from 1) is the end of this process."""

    def __init__(self, store: ObjectStore, *, at: int) -> None:
        super().__init__(store)
        self._countdown = itertools.count(at - 1, -1)

    def before(self, verb: str, key: str) -> None:  # noqa: ARG002
        if next(self._countdown) == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def own_model(day: int) -> str:
    """The model that is listed from this day on."""
    return f"new/model-{day}"


def world_on(day: int, store: ObjectStore) -> World:
    """The world of a day, which differs from that of the day before in something of every kind."""
    world = World((*FEW, *map(own_model, range(1, day + 1))), store=store, now=START + day * timedelta(hours=12))
    world.feed.set(FEW[0], context_length=100_000 + day)
    world.feed.set(FEW[1], benchmarks={"artificial_analysis": {"coding_index": 50.5 + day / 100}})
    return world


def dies(endpoint: Endpoint, bucket: str, prefix: str, *, day: int, call: int) -> bool:
    """Run a day's job in a process that is killed before a call, and tell whether there were so many calls."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([ROOM])
    process = forks.Process(target=_run, args=(endpoint, bucket, prefix, day, call))
    process.start()
    process.join()
    ended = process.exitcode
    process.close()
    assert ended in (0, -signal.SIGKILL), f"the run failed that was to die at call {call}"
    return ended != 0


def _run(endpoint: Endpoint, bucket: str, prefix: str, day: int, call: int) -> None:
    world_on(day, Deadly(store_in(endpoint, bucket, prefix), at=call)).run()
