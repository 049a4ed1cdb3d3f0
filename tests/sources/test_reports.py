"""A client's report is read as it is described, or refused as a whole with the place of what is wrong."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.reports import HIGHEST_COUNT, encode_report
from modelsync.errors import FeedFormatError
from modelsync.sources.registry import bound_ids
from modelsync.sources.reports import BODY, parse_bindings, parse_telemetry
from tests.reporting import (
    A_LEASE,
    A_ROW,
    CANARY,
    a_bindings_report,
    a_telemetry_report,
    anything,
    encoded,
    leases,
    report_like,
    rows,
)

DAY = date(2026, 8, 8)


def telemetry(**fields: Any) -> Any:
    return parse_telemetry(encoded(a_telemetry_report(**fields)), today=DAY)


def bindings(**fields: Any) -> Any:
    return parse_bindings(encoded(a_bindings_report(**fields)), today=DAY)


def with_row(**places: Any) -> dict[str, Any]:
    names = ("model", "backend", "capability", "ok", "failures")
    return {"rows": [[places.get(name, value) for name, value in zip(names, A_ROW, strict=True)]]}


def refusal_of(parse: Callable[..., Any], body: bytes) -> FeedFormatError:
    with pytest.raises(FeedFormatError) as caught:
        parse(body, today=DAY)
    return caught.value


# What is read.


def test_a_row_of_telemetry_becomes_outcomes() -> None:
    [row] = telemetry().rows
    assert (row.model_id, row.backend, row.capability) == ("deepseek/deepseek-r1:free", "openrouter", "supportsTools")
    assert (row.ok, dict(row.failures)) == (100, {"invalid_json": 2})


def test_a_count_of_zero_failures_says_nothing() -> None:
    assert telemetry(**with_row(failures={"invalid_json": 0, "unknown_tool": 3})).rows[0].failures == {
        "unknown_tool": 3
    }


def test_a_lease_is_an_id_and_the_day_it_was_last_used_on() -> None:
    [lease] = bindings().leases
    assert (lease.id, lease.last_used_day) == ("deepseek/deepseek-r1:free", date(2026, 8, 1))


def test_what_else_is_known_of_bindings_is_not_kept() -> None:
    assert bindings(gen=290, leases=[A_LEASE | {"n": "2-9"}]) == bindings()


@pytest.mark.parametrize("day", ["2026-07-31", "2026-08-08", "2026-08-09"])
def test_a_day_counts_until_eight_days_later_and_from_a_time_zone_earlier(day: str) -> None:
    assert telemetry(day=day).day == bindings(day=day).day == date.fromisoformat(day)


@pytest.mark.parametrize("ok", [0, 1, HIGHEST_COUNT])
def test_a_count_is_at_most_a_million(ok: int) -> None:
    assert telemetry(**with_row(ok=ok)).rows[0].ok == ok


def test_a_report_has_at_most_500_rows_or_leases() -> None:
    assert len(telemetry(rows=rows(500)).rows) == len(bindings(leases=leases(500)).leases) == 500


@pytest.mark.parametrize("version", ["1", "1.4", "1.4.0", "2026.8.8", "1.4.0rc1", "1.4.0-beta.2", "0.0.0.1"])
def test_versions_are_those_of_packages(version: str) -> None:
    assert telemetry(clientVersion=version).client_version == version


# What is refused, and where.

OF_BOTH: dict[str, tuple[dict[str, Any], str]] = {
    "another schema": ({"schema": 2}, "schema"),
    "a schema that is true": ({"schema": True}, "schema"),
    "a schema that is a fraction": ({"schema": 1.0}, "schema"),
    "a client that is short": ({"client": "abc"}, "client"),
    "a client in capitals": ({"client": "A" * 32}, "client"),
    "a client that leads elsewhere": ({"client": "../../../../../../../../../../../"[:32]}, "client"),
    "a client in other digits": ({"client": "٣" * 32}, "client"),
    "a client that is a number": ({"client": 10**31}, "client"),
    "a day nine days ago": ({"day": "2026-07-30"}, "day"),
    "the day after tomorrow": ({"day": "2026-08-10"}, "day"),
    "a day that is none": ({"day": "2026-08-32"}, "day"),
    "a day in another notation": ({"day": "20260808"}, "day"),
    "a time": ({"day": "2026-08-08T00:00:00Z"}, "day"),
    "a day that is null": ({"day": None}, "day"),
    "a field more": ({"prompt": CANARY}, "document"),
    "a field of its own name": ({CANARY: 1}, "document"),
}
OF_TELEMETRY: dict[str, tuple[dict[str, Any], str]] = {
    "a version that is a sentence": ({"clientVersion": f"1.4 {CANARY}"}, "clientVersion"),
    "a version of letters": ({"clientVersion": CANARY}, "clientVersion"),
    "501 rows": ({"rows": rows(501)}, "rows"),
    "one row twice": ({"rows": [A_ROW, A_ROW]}, "rows"),
    "rows that are none": ({"rows": {}}, "rows"),
    "a row that is an object": ({"rows": [{}]}, "rows.0"),
    "a row too short": ({"rows": [A_ROW, A_ROW[:4]]}, "rows.1"),
    "a row too long": ({"rows": [[*A_ROW, CANARY]]}, "rows.0"),
    "no model id": (with_row(model=f"tell me {CANARY}"), "rows.0.0"),
    "a model id that is empty": (with_row(model=""), "rows.0.0"),
    "a model id too long": (with_row(model="x" * 201), "rows.0.0"),
    "a model id that leads elsewhere": (with_row(model="../../etc/passwd"), "rows.0.0"),
    "a model id that is a list": (with_row(model=["a/b"]), "rows.0.0"),
    "a model id with half a character": (with_row(model="a/\ud800"), "rows.0.0"),
    "a backend in capitals": (with_row(backend="OpenRouter"), "rows.0.1"),
    "a backend too long": (with_row(backend="x" * 41), "rows.0.1"),
    "a backend that is an address": (with_row(backend=f"https://{CANARY}.example"), "rows.0.1"),
    "a capability that is not measured": (with_row(capability="supportsVision"), "rows.0.2"),
    "a capability of no name": (with_row(capability=CANARY), "rows.0.2"),
    "a negative count": (with_row(ok=-1), "rows.0.3"),
    "a count over a million": (with_row(ok=HIGHEST_COUNT + 1), "rows.0.3"),
    "a count that is a fraction": (with_row(ok=1.0), "rows.0.3"),
    "a count that is true": (with_row(ok=True), "rows.0.3"),
    "a count that is a text": (with_row(ok="1"), "rows.0.3"),
    "failures that are a list": (with_row(failures=[]), "rows.0.4"),
    "a failure of another name": (with_row(failures={CANARY: 1}), "rows.0.4"),
    "a failure that structured output has not": (
        with_row(capability="structuredOutput", failures={"unknown_tool": 1}),
        "rows.0.4",
    ),
    "a negative failure": (with_row(failures={"invalid_json": -1}), "rows.0.4.invalid_json"),
}
OF_BINDINGS: dict[str, tuple[dict[str, Any], str]] = {
    "501 leases": ({"leases": leases(501)}, "leases"),
    "one id twice": ({"leases": [A_LEASE, A_LEASE]}, "leases"),
    "a lease that is a text": ({"leases": ["a/b"]}, "leases.0"),
    "a lease with a field more": ({"leases": [A_LEASE | {"note": CANARY}]}, "leases.0"),
    "a lease without a day": ({"leases": [{"id": "a/b"}]}, "leases.0"),
    "an id that is none": ({"leases": [A_LEASE | {"id": f"my {CANARY}"}]}, "leases.0.id"),
    "a day that nobody lived": ({"leases": [A_LEASE | {"lastUsedDay": "2026-08-10"}]}, "leases.0.lastUsedDay"),
    "a day that is a number": ({"leases": [A_LEASE | {"lastUsedDay": 20260808}]}, "leases.0.lastUsedDay"),
    "a count that is exact": ({"leases": [A_LEASE | {"n": "7"}]}, "leases.0.n"),
    "a generation that is a text": ({"gen": CANARY}, "gen"),
}


@pytest.mark.parametrize(("fields", "place"), [*(OF_BOTH | OF_TELEMETRY).values()], ids=[*(OF_BOTH | OF_TELEMETRY)])
def test_telemetry_that_is_not_as_described_is_refused_with_its_place(fields: dict[str, Any], place: str) -> None:
    refused = refusal_of(parse_telemetry, encoded(a_telemetry_report(**fields)))
    assert (refused.source, refused.where) == ("telemetry", place)
    assert "expected" in refused.problem
    assert CANARY not in str(refused)


@pytest.mark.parametrize(("fields", "place"), [*(OF_BOTH | OF_BINDINGS).values()], ids=[*(OF_BOTH | OF_BINDINGS)])
def test_bindings_that_are_not_as_described_are_refused_with_their_place(fields: dict[str, Any], place: str) -> None:
    refused = refusal_of(parse_bindings, encoded(a_bindings_report(**fields)))
    assert (refused.source, refused.where) == ("bindings", place)
    assert "expected" in refused.problem
    assert CANARY not in str(refused)


@pytest.mark.parametrize("field", a_telemetry_report())
def test_no_field_of_telemetry_may_be_missing(field: str) -> None:
    report = a_telemetry_report()
    del report[field]
    assert f"expected a field {field}, found none" in str(refusal_of(parse_telemetry, encoded(report)))


@pytest.mark.parametrize("field", a_bindings_report())
def test_no_field_of_bindings_may_be_missing(field: str) -> None:
    report = a_bindings_report()
    del report[field]
    assert f"expected a field {field}, found none" in str(refusal_of(parse_bindings, encoded(report)))


@pytest.mark.parametrize("document", [None, [], "text", 1, True, [a_telemetry_report()]])
def test_what_is_no_object_is_no_report(document: Any) -> None:
    assert refusal_of(parse_telemetry, encoded(document)).where == "document"


NO_JSON = {
    "nothing": b"",
    "HTML": b"<html>",
    "half of it": encoded(a_telemetry_report())[:-1],
    "two of it": encoded(a_telemetry_report()) * 2,
    "UTF-16": json.dumps(a_telemetry_report()).encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + encoded(a_telemetry_report()),
    "no UTF-8": b'{"schema": "\xff"}',
    "NaN": encoded(a_telemetry_report(**with_row(ok=float("nan")))),
    "Infinity": encoded(a_telemetry_report(**with_row(ok=float("inf")))),
    "a field twice": encoded(a_telemetry_report()).replace(b'"schema":1', b'"schema":1,"schema":1'),
    "a failure twice": encoded(a_telemetry_report()).replace(b'"invalid_json":2', b'"invalid_json":2,"invalid_json":2'),
    "a number of 60,000 digits": encoded(a_telemetry_report()).replace(b",100,", b"," + b"9" * 60_000 + b","),
    "60,000 lists in each other": b"[" * 30_000 + b"]" * 30_000,
    "60,000 objects in each other": b'{"a":' * 12_000 + b"1" + b"}" * 12_000,
}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON.keys())
@pytest.mark.parametrize("parse", [parse_telemetry, parse_bindings])
def test_what_is_no_json_is_told_from_a_report_that_does_not_fit(parse: Callable[..., Any], body: bytes) -> None:
    refused = refusal_of(parse, body)
    assert refused.where == BODY
    assert len(str(refused)) < 200


def test_a_number_beyond_all_floats_is_no_count() -> None:
    body = encoded(a_telemetry_report()).replace(b",100,", b",1e999,")
    assert refusal_of(parse_telemetry, body).where == "rows.0.3"


# Whatever comes.


@given(body=st.binary(max_size=500) | st.text(max_size=500).map(str.encode))
def test_any_bytes_are_a_report_or_refused(body: bytes) -> None:
    for parse in (parse_telemetry, parse_bindings):
        with pytest.raises(FeedFormatError):
            parse(body, today=DAY)


@given(document=report_like | anything)
def test_any_json_is_a_report_or_refused_without_a_word_of_it(document: Any) -> None:
    for parse in (parse_telemetry, parse_bindings):
        said = ""
        try:
            parse(encoded(document), today=DAY)
        except FeedFormatError as refused:
            said = str(refused)
        assert CANARY not in said
        assert len(said) < 250


@given(
    used=st.dates(max_value=DAY + timedelta(days=1)),
    day=st.dates(DAY - timedelta(days=8), DAY + timedelta(days=1)),
    ids=st.sets(st.from_regex(r"[a-z]{1,9}/[A-Za-z0-9][A-Za-z0-9._+@-]{0,20}(:free)?", fullmatch=True), max_size=20),
)
def test_bindings_that_are_kept_can_be_read_by_the_jobs(used: date, day: date, ids: set[str]) -> None:
    """One that could not be read would bind every model."""
    listed = [{"id": each, "lastUsedDay": f"{used}"} for each in sorted(ids) if ".." not in each]
    report = bindings(day=f"{day}", leases=listed)
    kept = encode_report(report, client="c" * 32, reports=1)
    found = list(bound_ids(kept, where="here", today=DAY))
    assert found == ([each["id"] for each in listed] if DAY - used <= timedelta(days=90) else [])
