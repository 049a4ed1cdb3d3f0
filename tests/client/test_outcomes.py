"""What counted calls become when they are reported, as the server reads it."""

import gzip
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.catalog.reports import TelemetryReport
from modelsync.client.reports.outcomes import Counts, Payload, Seen, Sender, payload_of
from modelsync.sources.reports import parse_telemetry

TODAY = date(2026, 8, 8)
CLIENT = "0123456789abcdef" * 2
STEPS = {1, 2, 5, 10, 20, 50, 100, 200}


class Everything(frozenset[str]):
    """A catalog that lists whatever is asked for."""

    def __contains__(self, _: object) -> bool:
        return True


def counts(model_id: str = "a/b", *, backend: str = "openrouter", day: date = TODAY, **by: int) -> Counts:
    return {(day, model_id, backend, "supportsTools", outcome): number for outcome, number in by.items()}


def by_outcome(by: Mapping[str, int]) -> Counts:
    return {(TODAY, "a/b", "openrouter", "supportsTools", outcome): number for outcome, number in by.items()}


def sent(counts: Counts, *, people: int = 1, version: str = "1.4.0") -> Payload | None:
    return payload_of(counts, Sender(CLIENT, version, Everything(), people), day=TODAY)


def payload(counts: Counts, **fields: Any) -> Payload:
    found = sent(counts, **fields)
    assert found is not None
    return found


def read(found: Payload) -> TelemetryReport:
    return parse_telemetry(found.body, today=TODAY)


def row(counts: Counts, **fields: Any) -> tuple[int, Mapping[str, int]]:
    [only] = read(payload(counts, **fields)).rows
    return only.ok, {str(failure): number for failure, number in only.failures.items()}


def test_a_document_is_what_the_server_reads_and_nothing_else() -> None:
    found = payload({**counts("c/d", ok=2), **counts("a/b:free", ok=5, invalid_json=5)}, people=20)
    assert json.loads(found.body) == {
        "schema": 1,
        "client": CLIENT,
        "clientVersion": "1.4.0",
        "day": "2026-08-08",
        "rows": [
            ["a/b:free", "openrouter", "supportsTools", 5, {"invalid_json": 5}],
            ["c/d", "openrouter", "supportsTools", 2, {}],
        ],
    }
    assert len(read(found).rows) == 2


def test_what_travels_is_the_document_packed() -> None:
    found = payload(counts(ok=3))
    assert gzip.decompress(found.packed) == found.body
    assert found.packed == payload(counts(ok=3)).packed


def test_another_day_is_another_document() -> None:
    assert sent(counts(ok=3, day=date(2026, 8, 7))) is None


def test_models_that_nobody_lists_are_nobodys_business() -> None:
    sender = Sender(CLIENT, "1.4.0", frozenset({"a/b"}))
    found = payload_of({**counts("a/b", ok=1), **counts("my/own", ok=9)}, sender, day=TODAY)
    assert found is not None
    assert (found.rows, found.private, b"my/own" in found.body) == (1, 1, False)


@pytest.mark.parametrize("backend", ["custom", "local", "ollama", "my-company-proxy", "Secret Server"])
def test_a_backend_of_the_users_own_is_nobodys_business(backend: str) -> None:
    assert sent(counts(ok=9, backend=backend)) is None


@pytest.mark.parametrize("backend", ["openrouter", "gateway", "anthropic", "x-ai", "bedrock", "groq"])
def test_a_backend_that_everybody_has_is_named(backend: str) -> None:
    assert [each.backend for each in read(payload(counts(ok=9, backend=backend))).rows] == [backend]


@pytest.mark.parametrize(
    ("ok", "invalid_json", "schema_mismatch", "expected"),
    [
        (1, 0, 0, (1, {})),
        (4, 0, 0, (2, {})),
        (3, 2, 0, (3, {"invalid_json": 2})),
        (4, 1, 0, (4, {"invalid_json": 1})),
        (3, 1, 0, (2, {})),
        (0, 4, 0, (0, {"invalid_json": 2})),
        (0, 2, 2, (0, {"invalid_json": 1, "schema_mismatch": 1})),
        (12, 7, 0, (7, {"invalid_json": 3})),
        (900, 100, 0, (180, {"invalid_json": 20})),
    ],
)
def test_who_serves_few_people_rounds_calls_down_and_failures_with_them(
    ok: int, invalid_json: int, schema_mismatch: int, expected: tuple[int, dict[str, int]]
) -> None:
    assert row(counts(ok=ok, invalid_json=invalid_json, schema_mismatch=schema_mismatch)) == expected


@pytest.mark.parametrize(("people", "expected"), [(19, (2, {})), (20, (3, {"invalid_json": 1}))])
def test_who_serves_twenty_people_need_not_round(people: int, expected: tuple[int, dict[str, int]]) -> None:
    assert row(counts(ok=3, invalid_json=1), people=people) == expected


@given(
    st.dictionaries(st.sampled_from(["ok", "invalid_json", "unknown_tool", "ignored_required"]), st.integers(1, 5000))
)
def test_rounding_never_raises_a_count_or_the_rate_of_failures(by: dict[str, int]) -> None:
    found = sent(by_outcome(by))
    if found is None:
        assert by == {}
        return
    ok, failures = row(by_outcome(by))
    calls, failed = ok + sum(failures.values()), sum(failures.values())
    all_calls, all_failed = sum(by.values()), sum(by.values()) - by.get("ok", 0)
    assert calls in STEPS
    assert calls <= all_calls
    assert failed * all_calls <= all_failed * calls
    assert all(0 < number <= by[failure] for failure, number in failures.items())


def many(number: int, *, length: int = 40) -> dict[Seen, int]:
    found: dict[Seen, int] = {}
    for which in range(number):
        name = f"vendor/model-{which:05}-" + "".join(
            chr(97 + (which * place * 7919 + place) % 26) for place in range(length)
        )
        found |= counts(name, ok=which + 1)
    return found


@pytest.mark.parametrize(("number", "length"), [(2_000, 40), (500, 180), (400, 170), (3, 40)])
def test_a_document_that_is_too_large_loses_the_fewest_calls_and_says_how_many(number: int, length: int) -> None:
    found = payload(many(number, length=length), people=20)
    kept = [each.ok for each in read(found).rows]
    assert len(found.packed) <= 16_384
    assert len(found.body) <= 65_536
    assert (found.rows, found.left_out) == (len(kept), number - len(kept))
    assert min(kept) == number - len(kept) + 1


def test_no_more_rows_are_sent_than_a_server_reads() -> None:
    assert payload(many(501, length=1), people=20).left_out == 1


@pytest.mark.parametrize(
    ("version", "named"),
    [("0.1.0", "0.1.0"), ("1.2.0rc1", "1.2.0rc1"), ("1.2.0+canary.host", "1.2.0"), ("canary", "0")],
)
def test_a_version_tells_nothing_of_a_local_build(version: str, named: str) -> None:
    assert read(payload(counts(ok=1), version=version)).client_version == named


def test_no_field_could_hold_a_prompt_a_tool_or_a_person() -> None:
    document = json.loads(payload(counts(ok=1, invalid_json=1), people=20).body)
    assert sorted(document) == ["client", "clientVersion", "day", "rows", "schema"]
    assert [type(cell) for each in document["rows"] for cell in each] == [str, str, str, int, dict]
