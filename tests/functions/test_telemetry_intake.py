"""The telemetry function, called as a function URL calls it: an event, a context, an environment."""

import base64
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.functions.test_handlers import Context, Handler, handler_of
from tests.reporting import A_LEASE, CANARY, REPORTERS, TOKEN, a_bindings_report, a_client, a_telemetry_report, encoded

ADDRESS = "192.0.2.7"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment as the template sets it, with a folder as the store and a file as the list of reporters."""
    reporters = tmp_path / "reporters.json"
    reporters.write_text(json.dumps(REPORTERS))
    for name, value in {
        "MODELSYNC_STORE": (tmp_path / "store").as_uri(),
        "MODELSYNC_PREFIX": "models/",
        "MODELSYNC_REPORTERS": str(reporters),
        "POWERTOOLS_SERVICE_NAME": f"modelsync-{tmp_path.name}",  # a logger of its own, on this test's output
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "store"


def an_event(
    body: bytes | str | None, *, path: str = "/v1/telemetry", method: str = "POST", packed: bool = False, **headers: str
) -> dict[str, Any]:
    """What a function URL hands over; it passes on bytes that are no text as base64."""
    named = {
        "authorization": f"Bearer {TOKEN}",
        "content-type": "application/json",
        "x-forwarded-for": ADDRESS,
        "user-agent": CANARY,
    }
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": f"q={CANARY}",
        "headers": named | {name.replace("_", "-"): value for name, value in headers.items()},
        "requestContext": {
            "accountId": "anonymous",
            "http": {"method": method, "path": path, "sourceIp": ADDRESS, "userAgent": CANARY},
            "requestId": "e1506fd5-9e7b-434f-bd42-4f8fa224b599",
        },
        "isBase64Encoded": packed or isinstance(body, bytes),
    }
    if packed and isinstance(body, bytes):
        body = gzip.compress(body)
        event["headers"]["content-encoding"] = "gzip"
    if body is not None:
        event["body"] = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    return event


def telemetry_of_today(**fields: Any) -> bytes:
    """A report of the day on which the test runs."""
    return encoded(a_telemetry_report(day=f"{datetime.now(UTC):%Y-%m-%d}", **fields))


def bindings_of_today() -> bytes:
    """Saved choices of the day on which the test runs."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return encoded(a_bindings_report(day=today, leases=[A_LEASE | {"lastUsedDay": today}]))


def call(handler: Handler, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = handler(event, Context("telemetry_intake"))
    assert answer.keys() == {"statusCode", "headers", "body"}
    return answer["statusCode"], json.loads(answer["body"])


def files(store: Path) -> list[Path]:
    return [path for path in store.rglob("*.json") if path.is_file()]


def test_telemetry_is_taken_in_packed_or_as_text(store: Path) -> None:
    handler, body = handler_of("telemetry_intake"), telemetry_of_today()
    assert call(handler, an_event(body, packed=True)) == (202, {"outcome": "accepted"})
    assert call(handler, an_event(body.decode())) == (200, {"outcome": "unchanged"})
    [kept] = files(store)
    assert kept.parts[-5:-3] == ("telemetry", "v1")
    assert kept.parts[-2] == "acme"


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_bindings_are_taken_in(store: Path, method: str) -> None:
    handler, body = handler_of("telemetry_intake"), bindings_of_today()
    assert call(handler, an_event(body, path="/v1/bindings", method=method))[0] == 202
    [kept] = files(store)
    assert kept.relative_to(store).parts[:-1] == ("models", "bindings", "v1", "acme")


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (an_event("{}", authorization="Bearer none"), 401),
        (an_event("{}", path="/"), 404),
        (an_event(None, method="GET"), 405),
        (an_event(None), 400),
        (an_event(b"x" * 16_385), 413),
        (an_event("{}", content_type="text/plain"), 415),
        (an_event("{}"), 422),
        (an_event("\ud800"), 400),
        (an_event("{}") | {"isBase64Encoded": True}, 400),
        (an_event("{}") | {"headers": {}}, 401),
    ],
)
def test_what_is_refused_is_an_answer_and_no_failure(store: Path, event: dict[str, Any], status: int) -> None:
    answered, body = call(handler_of("telemetry_intake"), event)
    assert (answered, list(body)) == (status, ["error"])
    assert not store.exists()


def test_base64_with_anything_else_in_it_is_refused(store: Path) -> None:
    event = an_event(telemetry_of_today())
    event["body"] = "*" + event["body"]
    status, body = call(handler_of("telemetry_intake"), event)
    assert (status, body["error"]["message"]) == (400, "body: expected bytes, found what is no base64")
    assert not store.exists()


def test_header_names_have_no_case(store: Path) -> None:
    event = an_event(telemetry_of_today())
    event["headers"] = {name.title(): value for name, value in event["headers"].items()}
    assert call(handler_of("telemetry_intake"), event)[0] == 202
    assert store.exists()


def test_a_store_that_is_out_of_order_is_told_to_the_operator_and_not_to_the_client(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.write_text("a file where the folder belongs")
    status, body = call(handler_of("telemetry_intake"), an_event(telemetry_of_today()))
    assert status == 503
    assert str(store) not in json.dumps(body)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [logged] = [line for line in lines if line.get("level") == "ERROR"]
    assert "found a file, expected a folder" in logged["fault"]
    assert [line["ReportsFailed"] for line in lines if "ReportsFailed" in line] == [[1]]


def test_a_warm_function_keeps_the_list_of_reporters_for_a_while(store: Path) -> None:
    handler = handler_of("telemetry_intake")
    assert call(handler, an_event(telemetry_of_today()))[0] == 202
    (store.parent / "reporters.json").unlink()
    assert call(handler, an_event(telemetry_of_today()))[0] == 200
    assert call(handler_of("telemetry_intake"), an_event(telemetry_of_today()))[0] == 503


@pytest.mark.parametrize("missing", ["MODELSYNC_REPORTERS", "MODELSYNC_STORE"])
def test_settings_that_cannot_be_right_are_told_as_out_of_order(
    store: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setenv(missing, "")
    assert call(handler_of("telemetry_intake"), an_event(telemetry_of_today()))[0] == 503
    assert not store.exists()


def test_reports_are_counted_as_accepted_or_refused(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handler, report = handler_of("telemetry_intake"), telemetry_of_today()
    for event in (an_event(report), an_event(report), an_event("{}")):
        call(handler, event)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counted = [name for line in lines for name in line if name.startswith("Reports")]
    assert counted == ["ReportsAccepted", "ReportsAccepted", "ReportsRefused"]
    assert store.exists()


def test_the_log_says_what_became_of_a_report_and_who_sent_it(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(handler_of("telemetry_intake"), an_event(telemetry_of_today()))
    logged = next(line for line in map(json.loads, capsys.readouterr().out.splitlines()) if "level" in line)
    told = {name: logged[name] for name in ("level", "message", "status", "kind", "reporter")}
    expected = {"level": "INFO", "message": "accepted", "status": 202, "kind": "telemetry", "reporter": "acme"}
    assert told == expected
    assert store.exists()


def test_the_log_holds_nothing_that_came_with_a_request(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handler, client = handler_of("telemetry_intake"), "c1ie" + a_client()[4:]
    for event in (
        an_event(telemetry_of_today()),
        an_event(telemetry_of_today(client=client)),
        an_event(telemetry_of_today(prompt=CANARY)),
        an_event(encoded({CANARY: 1})),
        an_event(CANARY),
        an_event(CANARY, path=f"/{CANARY}"),
        an_event(CANARY, method=CANARY),
        an_event(CANARY, authorization=f"Bearer {CANARY * 4}"),
        an_event(CANARY, content_type=CANARY),
        an_event(CANARY, content_encoding=CANARY),
        an_event(b"\x1f\x8b" + CANARY.encode()),
    ):
        call(handler, event)
    out, err = capsys.readouterr()
    kept = "".join(path.read_text() for path in files(store))
    assert len(files(store)) == 1
    for part in (CANARY, ADDRESS, TOKEN, TOKEN[:16], client, *REPORTERS.values()):
        assert part not in out + err + kept


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.text(max_size=200) | st.binary(max_size=200) | st.none(), path=st.text(max_size=20), packed=st.booleans()
)
def test_any_body_is_answered(store: Path, body: bytes | str | None, path: str, packed: bool) -> None:
    handler = handler_of("telemetry_intake")
    for each in (path, "/v1/telemetry", "/v1/bindings"):
        status, answer = call(handler, an_event(body, path=each, packed=packed))
        assert (status in (400, 404, 413, 422), list(answer)) == (True, ["error"])
    assert not store.exists()
