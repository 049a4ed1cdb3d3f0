"""Runs that start at once: one process each, on one folder, from one signal on.

    python -c "from tests.shell.racing_runs import main; main()" FOLDER SCENARIO

Every process prints how its runs ended, as one JSON line `[number, outcomes, generations]`.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from modelsync.shell.running.runs import JobReport
from modelsync.shell.storage.directory_store import DirectoryStore
from tests.world import MODELS, World

PROCESSES: Final = 8
ROUNDS: Final = 3

Act = Callable[[World, int], list[JobReport]]


def own_model(number: int, turn: int) -> str:
    """The model that only this process sees in this round."""
    return f"new/model-{number}-{turn}"


def different_feeds(world: World, number: int) -> list[JobReport]:
    """Each sees a model that the others do not, at a time of its own."""
    reports = []
    for turn in range(ROUNDS):
        world.wait(timedelta(hours=1, minutes=number))
        if turn:
            world.feed.drop(own_model(number, turn - 1))
        world.feed.add(own_model(number, turn))
        reports.append(world.run())
    return reports


def the_same_slot(world: World, _: int) -> list[JobReport]:
    """All see the same feed at the same time."""
    world.wait()
    world.feed.add("new/model")
    return [world.run()]


def one_is_held(world: World, number: int) -> list[JobReport]:
    """The first one's feed is held; the others curate, which neither confirms nor ends a hold."""
    world.wait()
    if number == 0:
        world.feed.drop(*MODELS[:5])
        return [world.run()]
    return [world.curate() for _ in range(ROUNDS)]


SCENARIOS: Final[dict[str, Act]] = {
    "different feeds": different_feeds,
    "the same slot": the_same_slot,
    "one is held": one_is_held,
}


def main() -> None:
    """Fork, give the signal, wait for all."""
    folder, act = sys.argv[1], SCENARIOS[sys.argv[2]]
    waiting, signal = os.pipe()
    children = [_start(folder, act, number, waiting, signal) for number in range(PROCESSES)]
    os.close(signal)  # all copies of it are closed now: every reader wakes
    failed = [number for number, child in enumerate(children) if os.waitpid(child, 0)[1] != 0]
    if failed:
        raise SystemExit(f"the runs {failed} failed")


def _start(folder: str, act: Act, number: int, waiting: int, signal: int) -> int:
    child = os.fork()
    if child:
        return child
    try:
        os.close(signal)
        os.read(waiting, 1)
        world = World(store=DirectoryStore(folder, sync=lambda _: None))
        reports = act(world, number)
        line = json.dumps([number, [r.run.outcome for r in reports], [r.run.generation for r in reports]])
        os.write(1, f"{line}\n".encode())
    except BaseException:  # noqa: BLE001  a forked child must not return into its parent's code
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)
