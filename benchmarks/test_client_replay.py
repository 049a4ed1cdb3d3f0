"""What becomes of choices over every recorded list: who vanished, who came back, and how each loss ended.

Every id of a series is chosen when it is first listed, under three policies, and asked for at each generation after it
(`tests.client.histories`). A loss is counted once, at the first generation that calls the model gone; a failed call
once, as soon as a model is missing. `free offers` are losses of `:free` models for which a free model runs or can be
chosen, of all of them, and of those for which the list has any free model that gives the same.

- `MODELSYNC_REPLAY_EVERY` reads one list of so many days instead of every list.
"""

import os
import time
from pathlib import Path

import pytest

from modelsync.shell.running.replay import recorded_snapshots
from tests.client.histories import POLICIES, SERIES, History, Loss, lived_through, one_a_day
from tests.client.test_recorded_history import nothing_went_wrong

EVERY = int(os.environ.get("MODELSYNC_REPLAY_EVERY", "0"))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("series", SERIES)
def test_every_recorded_list(recorded_feeds: Path, series: str) -> None:
    folder = recorded_feeds / series
    snapshots = (
        one_a_day(recorded_feeds, series, every=EVERY) if EVERY else recorded_snapshots(folder, source="openrouter")
    )
    before = time.perf_counter()
    history = lived_through(snapshots)
    print(f"\n{series}: {len(snapshots)} lists in {time.perf_counter() - before:.0f} s, {told(history)}")
    assert nothing_went_wrong(history) == {}
    for policy in POLICIES:
        print(f"  {policy}: {outcomes(history, policy)}")
        print(f"    free offers: {offers(history.free_losses(policy))}")
        print(f"    free offers where a call fails at once: {offers(history.failed_free_calls(policy))}")
        possible = [each for each in history.free_losses(policy) if each.could_be_free]
        assert sum(each.has_free_offer for each in possible) >= 0.9 * len(possible)


def told(history: History) -> str:
    moved = len(history.substitutes_moved_while_missing)
    return (
        f"{history.generations} generations, {len(history.ids)} ids, {history.answers} answers\n"
        f"  {len(history.lost_ids)} ids lost, {len(history.missing_at_end)} missing at the end, {history.flaps} flaps, "
        f"{len(history.rewritten_while_missing)} choices rewritten while missing, {history.came_back} substitutes "
        f"ended because the model is back, {moved} substitutes replaced while they were missing themselves"
    )


def outcomes(history: History, policy: str) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in history.outcomes(policy).most_common())


def offers(losses: list[Loss]) -> str:
    offered, possible = sum(each.has_free_offer for each in losses), sum(each.could_be_free for each in losses)
    without = sorted(each.choice.id for each in losses if not each.has_free_offer)
    return f"{offered} of {len(losses)}, of {possible} possible" + (
        f"; none for {', '.join(without)}" if without else ""
    )
