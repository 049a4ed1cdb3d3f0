"""A proxy that plays a fault at some requests of a run: what networks and object stores do now and then.

    with FaultyProxy(endpoint) as proxy, proxy.playing(CUT, at=the(3)) as played:
        ...
    assert played.hit

One run at a time: the requests are counted as they come.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from tests.servers.endpoint import Certificate, Endpoint
from tests.servers.proxy import Forward, Line, Proxy, Request, refusal

PIECES: Final = 4
PAUSE_SECONDS: Final = 0.05

Play = Callable[[Request, Forward, Line], None]
When = Callable[[int, Request], bool]
"""Whether a request is hit, by its number (from 1) in its run."""


@dataclass(frozen=True)
class Fault:
    """A way to go wrong, and its name for the reader of a failed test."""

    name: str
    play: Play = field(repr=False)


def refused(status: int, code: str, *, done: bool = False) -> Fault:
    """Answered with an error; the server behind was asked and did it where `done`."""

    def play(_: Request, forward: Forward, line: Line) -> None:
        if done:
            forward()
        line.send(line.bytes_of(refusal(status, code, "as the test wants it")))

    return Fault(f"{status} {'after it was done' if done else 'in place of an answer'}", play)


def silent(*, done: bool) -> Fault:
    """Never answered, so that the client's patience ends."""

    def play(_: Request, forward: Forward, line: Line) -> None:
        if done:
            forward()
        line.wait_for_the_client_to_give_up()
        line.close()

    return Fault(f"silence {'after it was done' if done else 'in place of an answer'}", play)


def reset(*, done: bool) -> Fault:
    """The connection is lost before anything is answered."""

    def play(_: Request, forward: Forward, line: Line) -> None:
        if done:
            forward()
        line.reset()

    return Fault(f"a reset {'after it was done' if done else 'in place of an answer'}", play)


def _cut(_: Request, forward: Forward, line: Line) -> None:
    whole = line.bytes_of(forward())
    line.send(whole[: len(whole) // 2])
    line.close()


def _stall(_: Request, forward: Forward, line: Line) -> None:
    whole = line.bytes_of(forward())
    line.send(whole[: len(whole) // 2])
    line.wait_for_the_client_to_give_up()
    line.close()


def _dribble(_: Request, forward: Forward, line: Line) -> None:
    whole = line.bytes_of(forward())
    size = len(whole) // PIECES + 1
    for start in range(0, len(whole), size):
        line.send(whole[start : start + size])
        if line.wait(PAUSE_SECONDS):
            line.close()
            return


def _cut_upload(_: Request, forward: Forward, line: Line) -> None:
    forward.half()
    line.reset()


CUT: Final = Fault("half an answer, and the end of the connection", _cut)
CUT_UPLOAD: Final = Fault("half a body gets through, and the end of the connection", _cut_upload)
STALLED: Final = Fault("half an answer, and silence", _stall)
SLOW: Final = Fault("a whole answer in slow pieces", _dribble)

WELL: Final = Fault("nothing goes wrong", lambda _, forward, line: line.send(line.bytes_of(forward())))


def the(number: int) -> When:
    """Hit one request of a run."""
    return lambda counted, _: counted == number


def from_the(number: int) -> When:
    """Hit one request of a run and all behind it."""
    return lambda counted, _: counted >= number


def first_of_each(targets: Iterable[tuple[str, str]]) -> When:
    """Hit the first request of each method and key that are named; those that repeat it get through."""
    left = set(targets)

    def hit(_: int, request: Request) -> bool:
        is_hit = (request.method, request.key) in left
        left.discard((request.method, request.key))
        return is_hit

    return hit


def nothing(_: int, __: Request) -> bool:
    """Hit no request."""
    return False


@dataclass
class Played:
    """What came of a run: its requests in order, and those that were hit."""

    requests: list[Request] = field(default_factory=list)
    hit: list[Request] = field(default_factory=list)


class FaultyProxy:
    """The proxy; it does nothing by itself until it is told to."""

    def __init__(self, upstream: Endpoint, *, certificate: Certificate | None = None) -> None:
        self._upstream, self._certificate = upstream, certificate
        self._fault, self._played = WELL, Played()
        self._at: When = nothing

    def __enter__(self) -> Self:
        self._proxy = Proxy(self._upstream, self._respond, certificate=self._certificate)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._proxy.stop()

    @property
    def s3(self) -> Endpoint:
        """The server behind, as it is seen through the proxy."""
        authority = None if self._certificate is None else self._certificate.authority
        return Endpoint(self._proxy.url, self._upstream.profile, self._upstream.region, authority)

    @contextmanager
    def playing(self, fault: Fault, *, at: When) -> Iterator[Played]:
        """Play the fault at those requests of the block."""
        self._fault, self._at, self._played = fault, at, Played()
        try:
            yield self._played
        finally:
            self._at = nothing

    def watching(self) -> AbstractContextManager[Played]:
        """Let every request of the block through."""
        return self.playing(WELL, at=nothing)

    def _respond(self, request: Request, forward: Forward, line: Line) -> None:
        self._played.requests.append(request)
        if self._at(len(self._played.requests), request):
            self._played.hit.append(request)
            self._fault.play(request, forward, line)
        else:
            WELL.play(request, forward, line)
