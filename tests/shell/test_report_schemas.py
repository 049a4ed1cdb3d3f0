"""The schemas of reports say what the reader does, but for the rules that a schema cannot state."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from jsonschema import Draft202012Validator, FormatChecker

from modelsync.errors import FeedFormatError
from modelsync.shell.contracts.schemas import schema_of
from modelsync.sources.reports import parse_bindings, parse_telemetry
from tests.reporting import (
    A_ROW,
    a_bindings_report,
    a_telemetry_report,
    bindings_like,
    encoded,
    leases,
    report_like,
    rows,
    telemetry_like,
)

DAY = date(2026, 8, 8)

KINDS: dict[str, Callable[..., Any]] = {"reports/telemetry": parse_telemetry, "reports/bindings": parse_bindings}
VALIDATORS = {name: Draft202012Validator(dict(schema_of(name)), format_checker=FormatChecker()) for name in KINDS}

BEYOND_A_SCHEMA = ("day: expected a day from", "lastUsedDay: expected a day up to", "once, found one twice", "body:")


def problem_of(name: str, document: Any) -> str | None:
    """What the reader says of a document; None: nothing."""
    try:
        KINDS[name](encoded(document), today=DAY)
    except FeedFormatError as error:
        return f"{error.where}: {error.problem}"
    return None


def has_a_fraction_of_zero(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(has_a_fraction_of_zero, value.values()))
    if isinstance(value, list):
        return any(map(has_a_fraction_of_zero, value))
    return isinstance(value, float)


@pytest.mark.parametrize("name", KINDS)
@given(document=telemetry_like | bindings_like | report_like)
def test_the_schema_and_the_reader_agree(name: str, document: Any) -> None:
    assume(not has_a_fraction_of_zero(document))
    problem = problem_of(name, document)
    if problem is None:
        assert list(VALIDATORS[name].iter_errors(document)) == []
    elif not any(words in problem for words in BEYOND_A_SCHEMA):
        assert list(VALIDATORS[name].iter_errors(document)) != []


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("reports/telemetry", a_telemetry_report()),
        ("reports/telemetry", a_telemetry_report(rows=rows(500))),
        ("reports/bindings", a_bindings_report(gen=7)),
        ("reports/bindings", a_bindings_report(leases=leases(500))),
    ],
)
def test_what_the_reader_takes_the_schema_takes(name: str, document: Any) -> None:
    assert (problem_of(name, document), list(VALIDATORS[name].iter_errors(document))) == (None, [])


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("reports/telemetry", a_telemetry_report(rows=rows(501))),
        ("reports/telemetry", a_telemetry_report(prompt="x")),
        ("reports/telemetry", a_telemetry_report(rows=[["a/../b", *A_ROW[1:]]])),
        ("reports/telemetry", a_telemetry_report(rows=[[*A_ROW[:2], "structuredOutput", 1, {"unknown_tool": 1}]])),
        ("reports/telemetry", a_telemetry_report(rows=[[*A_ROW, 1]])),
        ("reports/telemetry", a_telemetry_report(rows=[A_ROW[:4]])),
        ("reports/bindings", a_bindings_report(leases=leases(501))),
        ("reports/bindings", a_bindings_report(day="2026-02-30")),
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(name: str, document: Any) -> None:
    assert problem_of(name, document) is not None
    assert list(VALIDATORS[name].iter_errors(document)) != []


@pytest.mark.parametrize("name", KINDS)
def test_a_schema_says_what_it_is_about_and_where_it_goes(name: str) -> None:
    assert "/v1/" in schema_of(name)["description"]
    assert json.loads(json.dumps(schema_of(name))) == schema_of(name)
