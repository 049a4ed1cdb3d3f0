"""Runs that kill themselves: a process for each place where the disk is flushed, dead by SIGKILL right there.

    python -c "from tests.shell.killed_runs import main; main()" FOLDER

`FOLDER/before` is the store that each run starts from; the run that dies at its n-th flush leaves `FOLDER/<n>`.
A write flushes its temporary file, is renamed, and flushes its folder: so every write is cut before its rename
and behind it. Printed is the number of runs that died; the next one lived.
"""

import itertools
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from modelsync.shell.storage.directory_store import DirectoryStore
from modelsync.shell.storage.object_store import ObjectStore
from tests.world import FEW, World

ADDED, DROPPED, CHANGED = "new/model", "qwen/qwen3-coder", "openai/gpt-5.2"


def first_day(store: ObjectStore) -> World:
    """A world that has not run yet."""
    return World(FEW, store=store)


def second_day(store: ObjectStore) -> World:
    """The same world after its first run, with something of every kind to publish."""
    world = World(FEW, store=store)
    world.feed.add(ADDED)
    world.feed.drop(DROPPED)
    world.feed.set(CHANGED, prompt="0.000003", benchmarks={"artificial_analysis": {"coding_index": 50.5}})
    world.wait()
    return world


def main() -> None:
    """Kill runs until one lives."""
    folder = Path(sys.argv[1])
    for flush in itertools.count(1):
        shutil.copytree(folder / "before", folder / str(flush))
        child = os.fork()
        if child == 0:
            _die_or_live(folder / str(flush), flush)
        _, ended = os.waitpid(child, 0)
        if os.WIFSIGNALED(ended) and os.WTERMSIG(ended) == signal.SIGKILL:
            continue
        if ended != 0:
            raise SystemExit(f"the run that was to die at flush {flush} failed")
        print(flush - 1)  # noqa: T201
        return


def _die_or_live(root: Path, flush: int) -> None:
    try:
        store = DirectoryStore(root, sync=_killer(flush))
        is_first = store.get("models/openrouter/manifest.json") is None
        (first_day if is_first else second_day)(store).run()
    except BaseException:  # noqa: BLE001  a forked child must not return into its parent's code
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _killer(flush: int) -> Callable[[int], None]:
    countdown = itertools.count(flush - 1, -1)

    def sync(_: int) -> None:
        if next(countdown) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return sync
