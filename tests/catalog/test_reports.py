"""Reports of clients as values: which words they know, and in which bytes they are kept."""

from datetime import date
from typing import Any

import pytest

from modelsync.catalog.capabilities import Capability
from modelsync.catalog.reports import (
    FAILURES,
    BindingsReport,
    Failure,
    KeptAs,
    Lease,
    Outcomes,
    TelemetryReport,
    encode_report,
    kept_as,
)

DAY = date(2026, 8, 8)
NAME = "c" * 32


def outcomes(model_id: str, ok: int = 100, **failures: int) -> Outcomes:
    return Outcomes(model_id, "openrouter", Capability.TOOLS, ok, {Failure(name): n for name, n in failures.items()})


def telemetry(*rows: Outcomes) -> TelemetryReport:
    return TelemetryReport("0" * 32, "1.4.0", DAY, rows)


def kept(report: Any) -> bytes:
    return encode_report(report, client=NAME, reports=2)


def test_telemetry_is_kept_in_these_bytes() -> None:
    report = telemetry(outcomes("b/two", unknown_tool=1, invalid_json=2), outcomes("a/one", 0))
    assert kept(report) == (
        b'{"schema":1,"client":"cccccccccccccccccccccccccccccccc","day":"2026-08-08","reports":2,"clientVersion":"1.4.0",'
        b'"rows":[["a/one","openrouter","supportsTools",0,{}],'
        b'["b/two","openrouter","supportsTools",100,{"invalid_json":2,"unknown_tool":1}]]}\n'
    )


def test_bindings_are_kept_in_these_bytes() -> None:
    report = BindingsReport("0" * 32, DAY, (Lease("b/two", date(2026, 8, 7)), Lease("a/one", date(2026, 1, 31))))
    assert kept(report) == (
        b'{"schema":1,"client":"cccccccccccccccccccccccccccccccc","day":"2026-08-08","reports":2,'
        b'"leases":[{"id":"a/one","lastUsedDay":"2026-01-31"},{"id":"b/two","lastUsedDay":"2026-08-07"}]}\n'
    )


def test_the_order_of_rows_and_failures_has_no_meaning() -> None:
    one, two = outcomes("a/one", invalid_json=1, unknown_tool=2), outcomes("b/two")
    turned = outcomes("a/one", unknown_tool=2, invalid_json=1)
    assert kept(telemetry(one, two)) == kept(telemetry(two, turned))


def test_the_id_that_a_client_sent_is_not_kept() -> None:
    assert b"0" * 32 not in kept(telemetry(outcomes("a/one")))


def test_tools_can_fail_in_five_ways_and_structured_output_in_three() -> None:
    assert {str(capability): [str(failure) for failure in known] for capability, known in FAILURES.items()} == {
        "supportsTools": ["invalid_json", "unknown_tool", "schema_mismatch", "refused_by_router", "ignored_required"],
        "structuredOutput": ["invalid_json", "schema_mismatch", "refused_by_router"],
    }


def test_how_a_report_is_kept_can_be_told_from_its_bytes() -> None:
    for report in (telemetry(outcomes("a/one")), BindingsReport("0" * 32, DAY, ())):
        assert kept_as(kept(report)) == KeptAs(NAME, DAY, 2)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'{"schema":1', b'{"schema":2'),
        (b'{"schema":1', b'{ "schema":1'),
        (b'"cccc', b'"CCCC'),
        (b'"cccc', b'"ccc'),
        (b"2026-08-08", b"2026-08-32"),
        (b"2026-08-08", b"20260808"),
        (b'"reports":2', b'"reports":"2"'),
        (b'"reports":2', b'"reports":2000'),
        (b'"reports":2', b'"other":2'),
    ],
)
def test_bytes_that_were_not_written_so_are_no_report(right: bytes, wrong: bytes) -> None:
    body = kept(telemetry(outcomes("a/one")))
    assert right in body
    assert kept_as(body.replace(right, wrong, 1)) is None
    assert kept_as(b"") is None
