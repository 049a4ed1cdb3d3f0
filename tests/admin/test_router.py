"""Every route, every status: what is asked, what is answered, and that nothing else is said."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelsync.admin.router import METHODS, OPENAPI_PATH
from modelsync.errors import UsageError
from modelsync.shell.asking.asked_runs import REFRESH_PATH, STATUS_PATH, TARGETS, current, finish, start
from modelsync.shell.storage.object_store import ObjectStore
from modelsync.shell.storage.stores import MemoryStore
from tests.admin.desk import DESCRIPTION, NOW, Api, an_event, validator
from tests.faulty_stores import OPERATIONS, WRITES, Failing

KEY = "models/admin/run.json"


def test_an_order_starts_a_run_and_says_where_to_look() -> None:
    api = Api()
    answer = api.post({"target": "curated", "dryRun": True})
    assert (answer.status, answer.headers["Location"], api.started) == (202, STATUS_PATH, ["curated"])
    assert answer.body == {"run": "r1", "target": "curated", "dryRun": True, "status": STATUS_PATH}
    assert api.status()["run"]["state"] == "requested"


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_can_be_ordered_and_is_no_dry_run_unless_said(target: str) -> None:
    api = Api()
    assert api.post({"target": target}).body["dryRun"] is False
    assert api.started == [target]


def test_a_second_order_while_a_run_is_under_way_is_409_and_names_it() -> None:
    api = Api()
    api.post({"target": "all"})
    answer = api.post({"target": "curated"})
    assert (answer.status, answer.headers["Retry-After"], api.started) == (409, "30", ["all"])
    assert answer.error == {
        "kind": "under-way",
        "message": "run r1 of all is under way since 2026-08-08T18:42:00Z, expected none; ask again when it is over",
        "run": "r1",
        "target": "all",
        "since": "2026-08-08T18:42:00Z",
        "status": STATUS_PATH,
    }


def test_when_the_run_is_over_the_next_order_is_taken() -> None:
    api = Api()
    api.post({"target": "all"})
    start(api.store, "models/", run="r1", now=NOW)
    finish(api.store, "models/", run="r1", outcome="published", message=None, now=NOW, generation=3)
    assert api.status()["run"] | {"requestedAt": ""} == {
        "schemaVersion": "1.0",
        "run": "r1",
        "target": "all",
        "dryRun": False,
        "requestedAt": "",
        "startedAt": "2026-08-08T18:42:00Z",
        "finishedAt": "2026-08-08T18:42:00Z",
        "outcome": "published",
        "message": None,
        "generation": 3,
        "state": "finished",
    }
    assert api.post({"target": "all"}).body["run"] == "r2"


def test_a_run_that_was_lost_blocks_no_order() -> None:
    api = Api()
    api.post({"target": "all"})
    api.now += timedelta(minutes=15)
    assert api.status()["run"]["state"] == "lost"
    assert api.post({"target": "all"}).status == 202


def test_a_run_that_cannot_be_started_is_502_and_over_at_once() -> None:
    api = Api(cannot_start="full-refresh: AWS refused the call, found AccessDeniedException; check it")
    answer = api.post({"target": "all"})
    assert (answer.status, answer.error["kind"]) == (502, "remote")
    assert answer.error["message"] == "full-refresh: AWS refused the call, found AccessDeniedException; check it"
    run = api.status()["run"]
    assert (run["state"], run["outcome"], run["message"]) == ("finished", "failed", answer.error["message"])


def test_a_target_that_is_not_deployed_is_refused_by_name_and_not_started() -> None:
    api = Api(targets=("all", "curated"))
    answer = api.post({"target": "deepseek"})
    assert (answer.status, api.started) == (422, [])
    assert answer.error["message"] == "target: expected one of all, curated, found 'deepseek'"
    assert api.status()["targets"] == ["all", "curated"]


@pytest.mark.parametrize(
    ("body", "status", "kind", "message"),
    [
        (None, 400, "bad-request", 'body: expected a JSON object such as {"target": "all"}, found none'),
        ("", 400, "bad-request", 'body: expected a JSON object such as {"target": "all"}, found none'),
        ('{"target"', 400, "bad-request", 'such as {"target": "all"}, found 9 bytes that are not'),
        ("[" * 4000, 400, "bad-request", 'such as {"target": "all"}, found 4000 bytes that are not'),
        ('{"target": "all", "target": "curated"}', 400, "bad-request", "found 38 bytes that are not"),
        ("[]", 422, "order", 'body: expected a JSON object such as {"target": "all"}, found another JSON value'),
        ('"all"', 422, "order", 'body: expected a JSON object such as {"target": "all"}, found another JSON value'),
        ("{}", 422, "order", f"target: expected one of {', '.join(TARGETS)}, found none"),
        ('{"target": "everything"}', 422, "order", f"target: expected one of {', '.join(TARGETS)}, found 'everything'"),
        ('{"target": ["all"]}', 422, "order", f"target: expected one of {', '.join(TARGETS)}, found ['all']"),
        ('{"target": "\\ud800"}', 422, "order", f"target: expected one of {', '.join(TARGETS)}, found '\\ud800'"),
        ('{"target": "all", "dryRun": "yes"}', 422, "order", "dryRun: expected true or false, found 'yes'"),
        ('{"target": "all", "dryRun": 1}', 422, "order", "dryRun: expected true or false, found 1"),
        ('{"target": "all", "dryRun": null}', 422, "order", "dryRun: expected true or false, found None"),
        ('{"target": "all", "accept": true}', 422, "order", "'accept': expected only the fields target and dryRun"),
        ("x" * 4097, 413, "too-large", "body: expected at most 4096 bytes, found 4097"),
    ],
)
def test_a_body_that_is_no_order_is_refused_in_one_sentence(
    body: str | None, status: int, kind: str, message: str
) -> None:
    api = Api()
    answer = api.answer(an_event("POST", REFRESH_PATH, body=body))
    assert (answer.status, answer.error["kind"]) == (status, kind)
    assert answer.error["message"].endswith(message)
    assert (api.started, api.store.list()) == ([], ())


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, "none"),
        ({"content-type": "application/x-www-form-urlencoded"}, "'application/x-www-form-urlencoded'"),
        ({"content-type": "text/plain"}, "'text/plain'"),
        ({"content-type": "multipart/form-data; boundary=x"}, "'multipart/form-data'"),
        ({"content-type": "application/json-seq"}, "'application/json-seq'"),
        ({"content-type": "application/json,application/json"}, "'application/json,application/json'"),
    ],
)
def test_a_body_that_is_not_said_to_be_json_is_415(headers: dict[str, str], found: str) -> None:
    answer = Api().answer(an_event("POST", REFRESH_PATH, body='{"target": "all"}', headers=headers))
    assert answer.status == 415
    assert answer.error["message"] == f"content-type: expected application/json, found {found}"


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON", " application/json "])
def test_json_may_be_said_in_any_case_and_with_parameters(media_type: str) -> None:
    headers = {"Content-Type": media_type}
    assert Api().answer(an_event("POST", REFRESH_PATH, body='{"target": "all"}', headers=headers)).status == 202


def test_an_order_in_the_query_is_refused_and_not_passed_over() -> None:
    answer = Api().answer(an_event("POST", REFRESH_PATH, body='{"target": "all"}', query="dryRun=true"))
    assert answer.status == 400
    assert answer.error["message"] == (
        "query: expected none, found 'dryRun=true'; give target and dryRun in a JSON body"
    )


def test_a_query_means_nothing_where_things_are_only_looked_at() -> None:
    assert Api().answer(an_event("GET", STATUS_PATH, query="t=1")).status == 200


def test_a_body_may_come_as_base64() -> None:
    event = an_event("POST", REFRESH_PATH, body=base64.b64encode(b'{"target": "all"}').decode())
    assert Api().answer(event | {"isBase64Encoded": True}).status == 202


def test_a_body_that_should_be_base64_and_is_not_is_400() -> None:
    answer = Api().answer(an_event("POST", REFRESH_PATH, body="{}") | {"isBase64Encoded": True})
    assert (answer.status, answer.error["message"]) == (400, "body: expected base64, found something else")


@pytest.mark.parametrize("path", ["/", "", "/api", f"{STATUS_PATH}/", f"{STATUS_PATH}/x", STATUS_PATH.upper(), "/é%00"])
def test_any_other_path_is_404_and_names_the_three(path: str) -> None:
    answer = Api().get(path)
    assert (answer.status, answer.error["kind"]) == (404, "not-found")
    assert answer.error["message"] == f"path: expected one of {', '.join(METHODS)}, found {path!a}"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", REFRESH_PATH, "POST"),
        ("PUT", REFRESH_PATH, "POST"),
        ("OPTIONS", REFRESH_PATH, "POST"),
        ("POST", STATUS_PATH, "GET"),
        ("HEAD", STATUS_PATH, "GET"),
        ("DELETE", OPENAPI_PATH, "GET"),
    ],
)
def test_any_other_method_is_405_and_says_which_is_allowed(method: str, path: str, allowed: str) -> None:
    answer = Api().answer(an_event(method, path))
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    assert answer.error["message"] == f"method of {path}: expected {allowed}, found '{method}'"


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_store_that_cannot_be_read_is_503_with_its_sentence(at: int) -> None:
    answer = Api(store=Failing(MemoryStore(), at=at, verbs=OPERATIONS)).get(STATUS_PATH)
    assert (answer.status, answer.error["kind"]) == (503, "store")
    assert answer.error["message"].endswith("out of order, as the test wants it")


@pytest.mark.parametrize("verbs", [WRITES, OPERATIONS])
def test_an_order_that_the_store_does_not_take_is_503_and_starts_nothing(verbs: frozenset[str]) -> None:
    api = Api(store=Failing(MemoryStore(), at=1, verbs=verbs))
    assert (api.post({"target": "all"}).status, api.started) == (503, [])


def test_a_defect_is_500_reported_and_tells_nothing_of_itself() -> None:
    class Broken(MemoryStore):
        def get(self, key: str) -> Any:
            raise ZeroDivisionError(f"secret words about {key}")

    api = Api(store=Broken())
    answer = api.get(STATUS_PATH)
    assert (answer.status, answer.error) == (
        500,
        {"kind": "bug", "message": "the API met a defect of its own; its log says which"},
    )
    assert [str(error) for error in api.defects] == ["secret words about models/openrouter/manifest.json"]


def test_settings_that_do_not_fit_are_500_reported_and_not_quoted() -> None:
    class Unset(MemoryStore):
        def get(self, key: str) -> Any:
            raise UsageError(f"store: {key}: expected an S3 endpoint, found a password in it")

    api = Api(store=Unset())
    answer = api.get(STATUS_PATH)
    assert (answer.status, answer.error["kind"]) == (500, "settings")
    assert "password" not in answer.error["message"]
    assert len(api.defects) == 1


def test_the_description_is_served_as_it_is_kept() -> None:
    assert Api().get(OPENAPI_PATH).body == DESCRIPTION


def test_the_development_mode_of_powertools_shows_no_trace_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_DEV", "true")

    class Broken(MemoryStore):
        def get(self, key: str) -> Any:
            raise ZeroDivisionError(key)

    assert Api(store=Broken()).get(STATUS_PATH).error["kind"] == "bug"


def run_of(store: ObjectStore) -> str | None:
    run = current(store, "models/").run
    return run.run if run is not None else None


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(TARGETS),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["target", "dryRun"]) | st.text(), inner)
    ),
    max_leaves=8,
)
BODIES = st.none() | st.text() | JSON_VALUES.map(json.dumps) | st.binary().map(lambda b: base64.b64encode(b).decode())
PATHS = st.sampled_from(tuple(METHODS)) | st.sampled_from([f"{path}/" for path in METHODS]) | st.text()
VERBS = (
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "post"]) | st.text()
)
HEADERS = st.dictionaries(st.sampled_from(["content-type", "accept-encoding", "host"]) | st.text(), st.text())


@given(
    method=VERBS,
    path=PATHS,
    body=BODIES,
    headers=HEADERS | st.just({"content-type": "application/json"}),
    query=st.just("") | st.text(),
    encoded=st.booleans(),
)
def test_no_request_is_answered_with_a_fault_or_undocumented(
    method: str, path: str, body: str | None, headers: dict[str, str], query: str, encoded: bool
) -> None:
    api = Api()
    event = an_event(method, path, body=body, headers=headers, query=query) | {"isBase64Encoded": encoded}
    answer = api.answer(event)
    assert answer.status < 500
    assert (answer.status == 202) is bool(api.started)
    assert (run_of(api.store) is not None) is bool(api.started)


@given(JSON_VALUES)
def test_an_order_is_taken_exactly_where_the_description_says_so(order: object) -> None:
    fits = validator({"$ref": "#/components/schemas/Order"}).is_valid(order)
    assert (Api().post(order).status == 202) is fits
