"""A round of small GETs: its rate, its budget, and what one failure costs the others."""

import threading
from collections.abc import Iterable, Iterator

import pytest

from modelsync.errors import FeedFormatError, FeedUnavailableError
from modelsync.fetch.limits import FetchLimits
from modelsync.fetch.rounds import Answers, Round, fetch_round
from tests.feeds.feed_server import Answer, FeedServer

LIMITS = FetchLimits(attempts=3, attempt_seconds=10, read_seconds=10, backoff_seconds=0.01, retry_after_seconds=20)
BUSY = Answer(status=429, headers={"Retry-After": "5"})


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds


@pytest.fixture
def server() -> Iterator[FeedServer]:
    server = FeedServer()
    yield server
    server.stop()


def a_round(urls: Iterable[str], clock: Clock, *, budget: float = 100, at_once: int = 1) -> Answers[bytes]:
    named = [(f"model {number}", url) for number, url in enumerate(urls)]
    return fetch_round(
        named,
        read=lambda _, body: body,
        round_=Round(2.0, at_once, budget),
        limits=LIMITS,
        clock=clock,
        sleep=clock.sleep,
    )


def test_every_address_has_its_answer(server: FeedServer) -> None:
    urls = [server.script(Answer(body=b"%d" % number)) for number in range(5)]
    answers = a_round(urls, Clock(), at_once=4)
    assert answers.read == {f"model {number}": b"%d" % number for number in range(5)}
    assert (answers.failures, answers.unasked) == ({}, ())


def test_no_more_begin_in_a_second_than_the_rate_allows(server: FeedServer) -> None:
    clock = Clock()
    a_round([server.script(Answer()) for _ in range(7)], clock)
    assert clock.slept == [0.5] * 7


def test_retries_count_as_requests(server: FeedServer) -> None:
    clock = Clock()
    a_round([server.script(Answer(status=503)), server.script(Answer())], clock)
    assert len(server.asked) == 4
    assert clock.now >= 1.5


def test_a_server_that_is_busy_is_asked_again_when_it_said(server: FeedServer) -> None:
    clock = Clock()
    answers = a_round([server.script(BUSY, Answer(body=b"now"))], clock)
    assert answers.read == {"model 0": b"now"}
    assert clock.now >= 5


def test_one_that_fails_is_told_and_costs_the_others_nothing(server: FeedServer) -> None:
    urls = [server.script(Answer(body=b"a")), server.script(Answer(status=404)), server.script(Answer(body=b"c"))]
    answers = a_round(urls, Clock())
    assert answers.read == {"model 0": b"a", "model 2": b"c"}
    assert isinstance(answers.failures["model 1"], FeedUnavailableError)


def test_what_would_outlast_the_budget_is_not_asked_for(server: FeedServer) -> None:
    answers = a_round([server.script(Answer(body=b"x")) for _ in range(10)], Clock(), budget=11.5)
    assert list(answers.read) == [
        "model 0",
        "model 1",
        "model 2",
    ]  # at 0.5, 1 and 1.5; an attempt may last 10 seconds
    assert answers.unasked == tuple(f"model {number}" for number in range(3, 10))


def test_nobody_waits_for_a_busy_server_beyond_the_budget(server: FeedServer) -> None:
    clock = Clock()
    answers = a_round([server.script(BUSY, Answer(body=b"late"))], clock, budget=12)
    assert "429" in str(answers.failures["model 0"])
    assert clock.now < 12


def test_a_server_that_asks_to_be_left_alone_is_left_alone_by_all(server: FeedServer) -> None:
    clock = Clock()
    a_round([server.script(BUSY, Answer()), *(server.script(Answer()) for _ in range(3))], clock)
    assert clock.slept[1] >= 4.9  # whoever is next waits, too


def test_a_server_that_is_busy_for_longer_than_the_round_ends_it(server: FeedServer) -> None:
    closed = Answer(status=503, headers={"Retry-After": "600"})
    answers = a_round([server.script(closed), *(server.script(Answer()) for _ in range(9))], Clock())
    assert len(server.asked) == 1
    assert (list(answers.failures), len(answers.unasked)) == (["model 0"], 9)


def test_an_answer_is_read_where_it_arrives_and_one_that_cannot_be_read_is_told(server: FeedServer) -> None:
    def read(name: str, body: bytes) -> int:
        if body == b"bad":
            raise FeedFormatError("openrouter", name, "expected a number")
        return int(body)

    urls = [("a", server.script(Answer(body=b"1"))), ("b", server.script(Answer(body=b"bad")))]
    clock = Clock()
    answers = fetch_round(urls, read=read, round_=Round(2.0, 1, 100), limits=LIMITS, clock=clock, sleep=clock.sleep)
    assert (answers.read, list(answers.failures)) == ({"a": 1}, ["b"])


def test_who_was_asked_and_had_no_time_for_an_answer_is_a_failure_and_not_unasked(server: FeedServer) -> None:
    clock = Clock()
    urls = [server.script(Answer(status=503), Answer(body=b"late"))] + [server.script(Answer()) for _ in range(5)]
    answers = a_round(urls, clock, budget=10.6)
    assert list(answers.failures) == ["model 0"]
    assert len(answers.unasked) == 5
