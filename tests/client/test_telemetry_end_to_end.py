"""From calls that clients count, by their reports over HTTP and the intake, to the flags of the catalog."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from modelsync.catalog.capabilities import DetectionSource
from modelsync.client.reports.reporting import Flush
from modelsync.client.reports.telemetry import Telemetry
from modelsync.sources.kept_reports import KeptOutcomes
from tests.client.intakes import Intakes, a_telemetry, around, intake_server, record
from tests.shell.test_telemetry import IT, a_world
from tests.world import World

DAY = timedelta(days=1)
HONEST_10 = tuple(f"honest-{number}" for number in range(10))
HONEST_20 = tuple(f"honest-{number:02}" for number in range(20))
MALICIOUS = ("malicious-1", "malicious-2", "malicious-3")
Sessions = Mapping[str, tuple[int, int]]
"""By reporter, how many calls of a day went well, and how many failed."""


class Town:
    """A world, and clients that report to it."""

    def __init__(self, world: World, intakes: Intakes, folder: Path, reporters: tuple[str, ...]) -> None:
        self.world, self.intakes = world, intakes
        self.clients: dict[str, Telemetry] = {}
        for each in reporters:
            surroundings = around(folder / each, lambda: world.now, intakes, reporter=each)
            self.clients[each] = a_telemetry(surroundings, listed=tuple(world.published.models()))
            self.clients[each].on()

    def live(self, *days: Sessions) -> None:
        """Let clients work for some days, and report each on the next."""
        for day in days:
            for who, (ok, failed) in day.items():
                record(self.clients[who], ok=ok, failed=failed, model_id=IT)
            self.world.wait(DAY)
            for who in day:
                shown = self.clients[who].preview()
                assert self.clients[who].flush().status is Flush.SENT
                assert shown is not None
                assert self.intakes.told[-1].sent == shown.packed

    def curate_daily(self, *, days: int) -> list[bool | None]:
        """The model's flag after each of so many curations."""
        found = []
        for _ in range(days):
            self.world.curate()
            found.append(self.world.model(IT).supports_tools)
            self.world.wait(DAY)
        return found


@contextmanager
def town(folder: Path, *reporters: str) -> Iterator[Town]:
    world = a_world()
    with intake_server(lambda: world.now, store=world.store, reporters=reporters) as intakes:
        yield Town(world, intakes, folder, reporters)


def days_of_200(failed: int) -> list[Sessions]:
    """Four days, on each of which ten reporters make five calls; so many of the 200 fail."""
    a_day = {60: (2, 2, 1, 1), 40: (1, 1, 1, 1)}[failed]
    return [dict.fromkeys(HONEST_10, (5 - bad, bad)) for bad in a_day]


@pytest.mark.parametrize(("failed", "flags"), [(60, [True, False]), (40, [True, True])])
def test_60_failures_in_200_of_ten_reporters_lower_a_flag_on_the_second_day_and_40_do_not(
    tmp_path: Path, failed: int, flags: list[bool]
) -> None:
    with town(tmp_path, *HONEST_10) as found:
        found.live(*days_of_200(failed))
        assert found.curate_daily(days=2) == flags
        source = found.world.model(IT).detection_source.supports_tools
        assert source is (DetectionSource.TELEMETRY if failed == 60 else DetectionSource.API)


def test_what_clients_counted_is_what_is_judged(tmp_path: Path) -> None:
    with town(tmp_path, *HONEST_10) as found:
        found.live(*days_of_200(60))
        kept = KeptOutcomes(found.world.published.models())
        for key in found.intakes.kept:
            stored = found.world.store.get(key)
            parts = key.split("/")
            assert stored is not None
            if parts[-2] in HONEST_10:
                kept.add(stored.body, day=(found.world.now - DAY).date().fromisoformat(parts[-3]), reporter=parts[-2])
        counts = [count for each in kept.observations.values() for count in each]
        assert (sum(each.ok for each in counts), sum(each.failed for each in counts)) == (140, 60)
        assert (kept.unreadable, kept.unknown_rows) == (0, 0)


def test_three_malicious_of_23_reporters_change_nothing(tmp_path: Path) -> None:
    with town(tmp_path, *HONEST_20, *MALICIOUS) as found:
        honest, malicious = dict.fromkeys(HONEST_20, (10, 0)), dict.fromkeys(MALICIOUS, (0, 200))
        found.live(*[honest | malicious] * 4)
        assert found.curate_daily(days=3) == [True, True, True]
