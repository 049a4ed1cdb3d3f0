"""Reports as clients send them, and the door that takes them in, over a store in memory and with a clock to turn.

door = Door()
door.send(a_telemetry_report())
assert door.objects == {...}
"""

import gzip
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from modelsync.shell.reports.intake import Answer, Intake, Request
from modelsync.shell.reports.reporters import Reporters
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.stores import MemoryStore

NOON: Final = datetime(2026, 8, 8, 12, tzinfo=UTC)
TODAY: Final = "2026-08-08"

TOKEN: Final = "token-of-acme-0123456789abcdef0123456789abcdef"
ANOTHER_TOKEN: Final = "token-of-globex-0123456789abcdef0123456789abcd"
REPORTERS: Final = {
    reporter: hashlib.sha256(token.encode()).hexdigest()
    for reporter, token in {"acme": TOKEN, "globex": ANOTHER_TOKEN}.items()
}

A_ROW: Final = ["deepseek/deepseek-r1:free", "openrouter", "supportsTools", 100, {"invalid_json": 2}]
A_LEASE: Final = {"id": "deepseek/deepseek-r1:free", "lastUsedDay": "2026-08-01"}

PATHS: Final = {"rows": "/v1/telemetry", "leases": "/v1/bindings"}


def a_client(number: int = 0) -> str:
    """The id of one client of many."""
    return f"{number:032x}"


def a_telemetry_report(**fields: Any) -> dict[str, Any]:
    """What one client saw today; `fields` replace what is said here."""
    report = {"schema": 1, "client": a_client(), "clientVersion": "1.4.0", "day": TODAY, "rows": [A_ROW]}
    return report | fields


def a_bindings_report(**fields: Any) -> dict[str, Any]:
    """One client's saved choices; `fields` replace what is said here."""
    return {"schema": 1, "client": a_client(), "day": TODAY, "leases": [A_LEASE]} | fields


def rows(count: int) -> list[list[Any]]:
    """As many rows, each of another model."""
    return [[f"vendor/model-{number}", *A_ROW[1:]] for number in range(count)]


def leases(count: int) -> list[dict[str, Any]]:
    """As many leases, each of another model."""
    return [{"id": f"vendor/model-{number}", "lastUsedDay": "2026-08-01"} for number in range(count)]


def encoded(report: object) -> bytes:
    """A report as compact JSON."""
    return json.dumps(report, separators=(",", ":")).encode()


# Reports to search for counterexamples in: each field as it should be, or anything.

CANARY: Final = "canary 9c1f"
"""What nobody may ever find again, put wherever a report has no place for it."""

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -1, 2**63])
    | st.floats()
    | st.text(max_size=20).map(lambda text: CANARY + text)
    | st.sampled_from([CANARY, "\ud800" + CANARY, "\0" + CANARY, "../" + CANARY, CANARY * 50, "\u202e" + CANARY]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8).map(CANARY.__add__), inner, max_size=4)
    ),
    max_leaves=8,
)
_days = st.sampled_from(["2026-07-30", "2026-07-31", "2026-08-07", TODAY, "2026-08-09", "2026-08-10"])
_ids = st.sampled_from(["a/b", "a/b:free", "~a/b-latest", "deepseek/deepseek-r1", "b"])


def _or_anything(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 15).flatmap(lambda chance: anything if chance == 0 else good)


_failures = _or_anything(
    st.dictionaries(
        st.sampled_from(["invalid_json", "unknown_tool", "schema_mismatch", "refused_by_router", "ignored_required"]),
        _or_anything(st.integers(0, 1_000_000)),
        max_size=3,
    )
)
_row = _or_anything(
    st.tuples(
        _or_anything(_ids),
        _or_anything(st.sampled_from(["openrouter", "gateway", "x-ai"])),
        _or_anything(st.sampled_from(["supportsTools", "structuredOutput"])),
        _or_anything(st.integers(0, 1_000_000)),
        _failures,
    ).map(list)
)
_lease = _or_anything(
    st.fixed_dictionaries(
        {"id": _or_anything(_ids), "lastUsedDay": _or_anything(_days)},
        optional={"n": _or_anything(st.sampled_from(["1", "2-9", "10+"]))},
    )
)
_both = {
    "schema": _or_anything(st.just(1)),
    "client": _or_anything(st.integers(0, 3).map(a_client)),
    "day": _or_anything(_days),
}
_extra: st.SearchStrategy[dict[str, Any]] = (
    st.just({}) | st.just({}) | st.just({}) | st.dictionaries(st.just(CANARY) | st.just("gen"), anything)
)

telemetry_like = st.fixed_dictionaries(
    _both | {"clientVersion": _or_anything(st.just("1.4.0")), "rows": _or_anything(st.lists(_row, max_size=4))}
)
bindings_like = st.fixed_dictionaries(_both | {"leases": _or_anything(st.lists(_lease, max_size=4))})
report_like = st.tuples(telemetry_like | bindings_like, _extra).map(lambda both: both[0] | both[1])
"""Objects that are a report, or nearly one."""


class Door:
    """The real intake; `store` None means a new one in memory. `pause` passes before each request."""

    def __init__(self, store: ObjectStore | None = None, *, pause: timedelta = timedelta()) -> None:
        self.store: ObjectStore = MemoryStore() if store is None else store
        self.pause = pause
        self.now = NOON
        self.reporters = Reporters.parse(json.dumps(REPORTERS), where="the test")
        self.intake = Intake(
            lambda: self.store, prefix="models/", reporters=lambda: self.reporters, now=lambda: self.now
        )

    def wait(self, during: timedelta) -> None:
        """Let time pass."""
        self.now += during

    def send(self, report: Mapping[str, Any], *, token: str = TOKEN) -> Answer:
        """Send a report to where it belongs."""
        path = next(path for name, path in PATHS.items() if name in report)
        return self.post(encoded(report), path=path, token=token)

    def post(
        self,
        body: bytes | None,
        *,
        path: str = "/v1/telemetry",
        method: str = "POST",
        token: str = TOKEN,
        **headers: str | None,
    ) -> Answer:
        """Send bytes; `headers` (with _ for -) come on top, and None leaves one out."""
        self.wait(self.pause)
        given: dict[str, str | None] = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in given.items() if value is not None}
        return self.intake.answer(Request(method, path, sent, body))

    def post_gzip(self, body: bytes, *, path: str = "/v1/telemetry") -> Answer:
        """Send bytes packed."""
        return self.post(gzip.compress(body, mtime=0), path=path, content_encoding="gzip")

    @property
    def objects(self) -> dict[str, dict[str, Any]]:
        """All that is in the store, parsed."""
        return {key: json.loads(body) for key, body in self.bodies.items()}

    @property
    def bodies(self) -> dict[str, bytes]:
        """All that is in the store."""
        return {key: stored.body for key in self.store.list() if (stored := self.store.get(key)) is not None}
