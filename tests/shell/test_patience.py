"""How often, how long and how far apart something is tried."""

import threading
from dataclasses import dataclass, field

import pytest

from modelsync.shell.storage.patience import Limits, Patience, Spacing, within


@dataclass
class Time:
    """A clock that only waiting moves."""

    now: float = 0.0
    waited: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


LIMITS = Limits(tries=5, total_seconds=100.0, backoff_seconds=1.0, backoff_ceiling_seconds=4.0)


def patience(time: Time, limits: Limits = LIMITS, *, chance: float = 0.5) -> Patience:
    return Patience(limits, sleep=time.sleep, random=lambda: chance, clock=time.clock)


def test_waits_double_up_to_their_ceiling_and_end_with_the_tries() -> None:
    time = Time()
    mine = patience(time)
    assert [mine.waits() for _ in range(6)] == [True, True, True, True, False, False]
    assert time.waited == [0.5, 1.0, 2.0, 2.0]
    assert mine.tries == 5


@pytest.mark.parametrize(("chance", "waited"), [(0.0, 0.0), (0.25, 0.25), (0.875, 0.875)])
def test_a_wait_is_anything_up_to_its_bound(chance: float, waited: float) -> None:
    time = Time()
    patience(time, chance=chance).waits()
    assert time.waited == [waited]


def test_what_the_server_asks_for_comes_before_the_jitter() -> None:
    time = Time()
    patience(time).waits(30.0)
    assert time.waited == [30.5]


def test_a_wait_beyond_the_whole_time_is_not_begun() -> None:
    time = Time()
    mine = patience(time)
    time.now = 99.4
    assert mine.waits()
    assert not mine.waits()
    assert not patience(Time()).waits(100.0)
    assert time.waited == [0.5]


def test_another_question_has_all_tries_and_what_is_left_of_the_time() -> None:
    time = Time()
    first = patience(time)
    for _ in range(5):
        first.waits()
    other = first.for_another_question()
    assert other.waits()
    time.now = 99.9
    assert not other.waits()


def test_what_ends_in_time_gives_its_result_or_its_error() -> None:
    def fail() -> int:
        raise LookupError

    assert within(30.0, lambda: 7) == 7
    with pytest.raises(LookupError):
        within(30.0, fail)


def test_what_hangs_is_left_behind_at_the_deadline() -> None:
    released = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.01, released.wait)
    released.set()


def test_writes_of_one_key_are_apart_from_end_to_beginning() -> None:
    time = Time()
    spacing = Spacing(1.0, sleep=time.sleep, clock=time.clock)
    with spacing.of("a"):
        time.now += 0.5
    time.now += 0.25
    with spacing.of("b"):
        pass
    with spacing.of("a"):
        pass
    assert time.waited == [0.75]


def test_a_write_that_fails_counts_as_one() -> None:
    time = Time()
    spacing = Spacing(1.0, sleep=time.sleep, clock=time.clock)
    with pytest.raises(LookupError), spacing.of("a"):
        raise LookupError
    with spacing.of("a"):
        pass
    assert time.waited == [1.0]


def test_writers_at_once_get_turns_of_their_own() -> None:
    time = Time()
    spacing = Spacing(1.0, sleep=time.sleep, clock=time.clock)
    with spacing.of("a"), spacing.of("a"), spacing.of("a"):
        pass
    assert time.waited == [1.0, 1.0]


def test_without_spacing_nobody_waits() -> None:
    time = Time()
    spacing = Spacing(0.0, sleep=time.sleep, clock=time.clock)
    for _ in range(3):
        with spacing.of("a"):
            pass
    assert time.waited == []


def test_keys_whose_time_is_over_are_forgotten() -> None:
    time = Time()
    spacing = Spacing(1.0, sleep=time.sleep, clock=time.clock)
    for number in range(5_000):
        with spacing.of(str(number)):
            time.now += 0.01
    assert len(spacing._free_at) <= 1_001
