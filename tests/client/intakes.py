"""The real intake behind HTTP on this machine, and clients that report to it.

with intake_server(store, clock) as server:
    telemetry = a_telemetry(folder, clock, server, reporter="acme")
"""

import gzip
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final, NamedTuple

from modelsync.client.reports.delivery import Target, target_of
from modelsync.client.reports.registration import Registration
from modelsync.client.reports.reporting import Surroundings
from modelsync.client.reports.telemetry import Telemetry
from modelsync.shell.reports.intake import Intake, Request
from modelsync.shell.reports.reporters import Reporters
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.stores import MemoryStore
from tests.client.loopback import QuietServer
from tests.client.readers import Clock

NOON: Final = datetime(2026, 8, 8, 12, tzinfo=UTC)
TODAY: Final = date(2026, 8, 8)
DAY: Final = timedelta(days=1)
QWEN, HAIKU = "qwen/qwen3-coder", "anthropic/claude-haiku-4.5"
NEVER: Final = 3600.0
"""Seconds after which a test's counts are written in the background."""


def token_of(reporter: str) -> str:
    return f"canary-token-of-{reporter}-{'0' * 32}"


class Told(NamedTuple):
    """One request that came."""

    path: str
    headers: dict[str, str]
    sent: bytes

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.sent)


class Intakes:
    """An intake's store, its clock, what it was told, and what it is to answer instead of its own answers."""

    def __init__(self, store: ObjectStore, clock: Callable[[], datetime], reporters: tuple[str, ...]) -> None:
        digests = {each: hashlib.sha256(token_of(each).encode()).hexdigest() for each in reporters}
        known = Reporters.parse(json.dumps(digests), where="the test")
        self.store, self.url = store, ""
        self.intake = Intake(lambda: store, prefix="models/", reporters=lambda: known, now=clock)
        self.told: list[Told] = []
        self.instead: list[tuple[int, dict[str, str]]] = []
        self.meanwhile: Callable[[], None] = lambda: None
        """What happens while a report is under way."""

    @property
    def kept(self) -> list[str]:
        return [key for key in self.store.list() if "/telemetry/" in key or "/bindings/" in key]


@contextmanager
def intake_server(
    clock: Callable[[], datetime], *, store: ObjectStore | None = None, reporters: tuple[str, ...] = ("acme",)
) -> Iterator[Intakes]:
    intakes = Intakes(MemoryStore() if store is None else store, clock, reporters)

    class Exchange(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            told = Told(self.path, headers, self.rfile.read(int(headers["content-length"])))
            intakes.told.append(told)
            intakes.meanwhile()
            if intakes.instead:
                status, answer_headers = intakes.instead.pop(0)
                return self.say(status, answer_headers, b"a page that nobody should see")
            answer = intakes.intake.answer(Request("POST", told.path, headers, told.sent))
            return self.say(answer.status, dict(answer.headers), json.dumps(answer.body).encode())

        def say(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
            """Say nothing."""

    server = QuietServer(("127.0.0.1", 0), Exchange)
    intakes.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield intakes
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def around(
    folder: Path,
    clock: Callable[[], datetime],
    intakes: Intakes | None = None,
    *,
    reporter: str = "acme",
    environment: dict[str, str] | None = None,
) -> Surroundings:
    """A user's folder, with names that are drawn one after the other."""
    given = {"MODELSYNC_REPORTS_TOKEN": token_of(reporter), **(environment or {})}
    target: Target | None = target_of(given, url=intakes.url) if intakes is not None else None
    names = iter(f"{number:032x}" for number in range(1, 100))
    return Surroundings(folder, clock, given, target, draw=lambda: next(names))


def a_telemetry(around: Surroundings, *, listed: tuple[str, ...] = (QWEN, HAIKU), people: int = 1) -> Telemetry:
    return Telemetry(around, listed=lambda: listed, people=people, written_after=NEVER)


def a_registration(around: Surroundings, *, listed: tuple[str, ...] = (QWEN, HAIKU)) -> Registration:
    return Registration(around, listed=lambda: listed)


def record(
    telemetry: Telemetry,
    *,
    ok: int = 0,
    failed: int = 0,
    model_id: str = QWEN,
    backend: str = "openrouter",
    failure: str = "invalid_json",
) -> None:
    for outcome in ["ok"] * ok + [failure] * failed:
        telemetry.record(model_id, backend, capability="supportsTools", outcome=outcome)


def noon() -> Clock:
    return Clock(NOON)
