"""Reports of clients, out of bytes that anybody may have sent: read strictly, or refused as a whole.

    telemetry  {"schema": 1, "client", "clientVersion", "day", "rows": [[model, backend, capability, ok, {failure: n}]]}
    bindings   {"schema": 1, "client", "day", "leases": [{"id", "lastUsedDay"}]}

A field that is not listed refuses the report: whoever sends more than ids, counts and days by mistake learns of it
at once, and nothing of it is kept. (`gen`, and `n` of a lease, are known of bindings, and dropped.) A problem names
the place and what was expected, and never repeats a byte of the report.

Bodies come within limits: `shell.reports.intake` sees to that. Standard library only, so that the door which reads them
starts quickly.
"""

import json
import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any, Final, TypeVar

from modelsync.catalog.capabilities import Capability
from modelsync.catalog.model_ids import MAX_LENGTH, is_model_id
from modelsync.catalog.reports import (
    BACKEND,
    CLIENT_ID,
    CLIENT_VERSION,
    CLOCKS_DIFFER,
    FAILURES,
    HIGHEST_COUNT,
    KEPT_FOR,
    MOST_LEASES,
    MOST_ROWS,
    SCHEMA,
    BindingsReport,
    Failure,
    Lease,
    Outcomes,
    TelemetryReport,
)
from modelsync.errors import FeedFormatError

T = TypeVar("T")

TELEMETRY, BINDINGS = "telemetry", "bindings"

BODY: Final = "body"
"""The place of a problem with the bytes themselves: they are no JSON. Any other place is within a document."""
DOCUMENT: Final = "document"

LEASE_COUNTS: Final = ("1", "2-9", "10+")
"""How many of a client's bindings a lease may stand for; known, and not kept."""

_ROW: Final = ("model", "backend", "capability", "ok", "failures")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAMES: Final = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a whole number"}


def parse_telemetry(body: bytes, *, today: date) -> TelemetryReport:
    """Read a day's outcomes; raises FeedFormatError with the first thing that is wrong."""
    return _parsed(TELEMETRY, body, lambda document: _telemetry(document, today))


def parse_bindings(body: bytes, *, today: date) -> BindingsReport:
    """Read a client's saved choices; raises FeedFormatError with the first thing that is wrong."""
    return _parsed(BINDINGS, body, lambda document: _bindings(document, today))


def parse_kept_telemetry(body: bytes, *, day: date) -> TelemetryReport:
    """Read a day's outcomes as they were kept, as strictly; `day` is the one of its key.

    What is kept counts its reports besides, and its client is a name of ours.
    """

    def read(document: Any) -> TelemetryReport:
        fields = _fields(document, DOCUMENT, ("schema", "client", "day", "reports", "clientVersion", "rows"))
        _count(fields["reports"], "reports")
        report = _telemetry({name: value for name, value in fields.items() if name != "reports"}, day)
        if report.day != day:
            raise _ProblemError("day", f"expected {day}, as its key says, found another")
        return report

    return _parsed(TELEMETRY, body, read)


class _ProblemError(ValueError):
    """What is wrong, and where."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(problem)
        self.where = where


def _parsed(kind: str, body: bytes, read: Callable[[Any], T]) -> T:
    try:
        return read(_document(body))
    except _ProblemError as problem:
        # Not chained: the parser's own error holds the bytes it could not read.
        raise FeedFormatError(kind, problem.where, str(problem)) from None


def _document(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_number)
    except _ProblemError:
        raise
    except (ValueError, RecursionError):  # no UTF-8, no JSON, a number of thousands of digits; nested without end
        raise _ProblemError(BODY, f"expected JSON in UTF-8, found {len(body):,} bytes of something else") from None


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _ProblemError(BODY, "expected each field of an object once, found one twice")
    return fields


def _no_number(_name: str) -> Any:
    raise _ProblemError(BODY, "expected JSON, found a NaN or Infinity, which it does not know")


def _telemetry(document: Any, today: date) -> TelemetryReport:
    fields = _fields(document, DOCUMENT, ("schema", "client", "clientVersion", "day", "rows"))
    _schema(fields["schema"])
    rows = _list(fields["rows"], "rows", MOST_ROWS)
    outcomes = tuple(_outcomes(row, f"rows.{index}") for index, row in enumerate(rows))
    _all_different([each.about for each in outcomes], "rows", "model, backend and capability")
    return TelemetryReport(
        client=_client(fields["client"]),
        client_version=_match(fields["clientVersion"], "clientVersion", CLIENT_VERSION, like="1.4.0"),
        day=_report_day(fields["day"], today),
        rows=outcomes,
    )


def _outcomes(row: Any, where: str) -> Outcomes:
    if len(_of_kind(row, where, list)) != len(_ROW):
        raise _ProblemError(where, f"expected [{', '.join(_ROW)}], found {len(row)} values")
    model_id, backend, named, ok, failures = row
    capability = Capability(_one_of(named, f"{where}.2", FAILURES))
    return Outcomes(
        model_id=_model_id(model_id, f"{where}.0"),
        backend=_match(backend, f"{where}.1", BACKEND, like="openrouter"),
        capability=capability,
        ok=_count(ok, f"{where}.3"),
        failures=_failures(failures, f"{where}.4", FAILURES[capability]),
    )


def _failures(value: Any, where: str, known: Collection[Failure]) -> dict[Failure, int]:
    counts = {name: _count(n, f"{where}.{name}") for name, n in _fields(value, where, (), also=known).items()}
    return {failure: counts[failure] for failure in known if counts.get(failure)}


def _bindings(document: Any, today: date) -> BindingsReport:
    fields = _fields(document, DOCUMENT, ("schema", "client", "day", "leases"), also=("gen",))
    _schema(fields["schema"])
    if "gen" in fields:
        _of_kind(fields["gen"], "gen", int)
    listed = _list(fields["leases"], "leases", MOST_LEASES)
    leases = tuple(_lease(lease, f"leases.{index}", today) for index, lease in enumerate(listed))
    _all_different([lease.id for lease in leases], "leases", "id")
    return BindingsReport(_client(fields["client"]), _report_day(fields["day"], today), leases)


def _lease(value: Any, where: str, today: date) -> Lease:
    fields = _fields(value, where, ("id", "lastUsedDay"), also=("n",))
    if "n" in fields:
        _one_of(fields["n"], f"{where}.n", LEASE_COUNTS)
    used = _day(fields["lastUsedDay"], f"{where}.lastUsedDay")
    if used > today + CLOCKS_DIFFER:
        raise _ProblemError(f"{where}.lastUsedDay", f"expected a day up to {today + CLOCKS_DIFFER}, found a later one")
    return Lease(_model_id(fields["id"], f"{where}.id"), used)


# What values are made of.


def _fields(value: Any, where: str, names: Collection[str], *, also: Collection[str] = ()) -> dict[str, Any]:
    """The fields of an object that has all of `names`, perhaps some of `also`, and no other."""
    fields: dict[str, Any] = _of_kind(value, where, dict)
    if not fields.keys() <= {*names, *also}:
        raise _ProblemError(where, f"expected no fields but {', '.join((*names, *also))}, found another; send no more")
    for name in names:
        if name not in fields:
            raise _ProblemError(where, f"expected a field {name}, found none")
    return fields


def _of_kind(value: Any, where: str, kind: type) -> Any:
    if type(value) is not kind:  # exactly: to Python, true is a whole number as well
        raise _ProblemError(where, f"expected {_NAMES[kind]}, found {_NAMES.get(type(value), 'something else')}")
    return value


def _list(value: Any, where: str, most: int) -> list[Any]:
    listed: list[Any] = _of_kind(value, where, list)
    if len(listed) > most:
        raise _ProblemError(where, f"expected at most {most}, found {len(listed):,}")
    return listed


def _schema(value: Any) -> None:
    if type(value) is not int or value != SCHEMA:
        raise _ProblemError("schema", f"expected {SCHEMA}, found something else")


def _client(value: Any) -> str:
    return _match(value, "client", CLIENT_ID, like="32 hexadecimal digits in lower case, drawn at random")


def _match(value: Any, where: str, pattern: re.Pattern[str], *, like: str) -> str:
    text: str = _of_kind(value, where, str)
    if not pattern.fullmatch(text):
        raise _ProblemError(where, f"expected {like if ' ' in like else f'a text like {like}'}, found another text")
    return text


def _one_of(value: Any, where: str, known: Collection[str]) -> str:
    text: str = _of_kind(value, where, str)
    if text not in known:
        raise _ProblemError(where, f"expected one of {', '.join(known)}, found another text")
    return text


def _model_id(value: Any, where: str) -> str:
    text: str = _of_kind(value, where, str)
    if not is_model_id(text):
        problem = f"expected a model id like vendor/slug:variant of at most {MAX_LENGTH} characters, found another text"
        raise _ProblemError(where, problem)
    return text


def _count(value: Any, where: str) -> int:
    count: int = _of_kind(value, where, int)
    if not 0 <= count <= HIGHEST_COUNT:
        raise _ProblemError(where, f"expected a count from 0 to {HIGHEST_COUNT:,}, found one outside")
    return count


def _day(value: Any, where: str) -> date:
    text = _match(value, where, _DAY, like="2026-08-31")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _ProblemError(where, "expected a day like 2026-08-31, found one that no calendar has") from None


def _report_day(value: Any, today: date) -> date:
    day = _day(value, "day")
    earliest, latest = today - KEPT_FOR, today + CLOCKS_DIFFER
    if not earliest <= day <= latest:
        raise _ProblemError("day", f"expected a day from {earliest} to {latest}, found another")
    return day


def _all_different(values: Collection[object], where: str, what: str) -> None:
    if len(set(values)) != len(values):
        raise _ProblemError(where, f"expected each {what} once, found one twice")
