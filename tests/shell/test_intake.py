"""The door for reports: who may come in, what is refused with which sentence, and that nothing else is ever written."""

import gzip
import json
import tracemalloc
from collections import Counter
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from typing import Any

import pytest

from modelsync.errors import StoreError
from modelsync.shell.reports.intake import Answer
from modelsync.shell.reports.reporters import Reporters
from modelsync.shell.storage.stores import MemoryStore
from tests.faulty_stores import Failing
from tests.promises import assert_in_order
from tests.reporting import (
    A_ROW,
    ANOTHER_TOKEN,
    CANARY,
    TOKEN,
    Door,
    a_bindings_report,
    a_client,
    a_telemetry_report,
    encoded,
    rows,
)
from tests.world import World

TELEMETRY_KEY = "models/telemetry/v1/2026-08-08/acme/83.json"
BINDINGS_KEY = "models/bindings/v1/acme/33.json"


def told(answer: Answer) -> tuple[int, str]:
    """Status and kind of a refusal."""
    return answer.status, answer.body["error"]["kind"]


def message(answer: Answer) -> str:
    said: str = answer.body["error"]["message"]
    return said


# What is taken in.


def test_telemetry_becomes_one_object() -> None:
    door = Door()
    answer = door.send(a_telemetry_report())
    assert (answer.status, answer.body) == (202, {"outcome": "accepted"})
    assert (answer.kind, answer.reporter, answer.fault) == ("telemetry", "acme", None)
    assert door.objects == {
        TELEMETRY_KEY: {
            "schema": 1,
            "client": "0f8a05877343d8a2f2feb5ab8a092167",
            "day": "2026-08-08",
            "reports": 1,
            "clientVersion": "1.4.0",
            "rows": [["deepseek/deepseek-r1:free", "openrouter", "supportsTools", 100, {"invalid_json": 2}]],
        }
    }


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_bindings_become_one_object(method: str) -> None:
    door = Door()
    answer = door.post(encoded(a_bindings_report(gen=290)), path="/v1/bindings", method=method)
    assert (answer.status, answer.kind) == (202, "bindings")
    assert door.objects == {
        BINDINGS_KEY: {
            "schema": 1,
            "client": "62503a2d09dc8150c83be09d181ecbb4",
            "day": "2026-08-08",
            "reports": 1,
            "leases": [{"id": "deepseek/deepseek-r1:free", "lastUsedDay": "2026-08-01"}],
        }
    }


def test_the_same_report_again_changes_nothing() -> None:
    door = Door()
    for report in (a_telemetry_report(), a_bindings_report()):
        door.send(report)
        before = door.bodies
        answer = door.send(report)
        assert (answer.status, answer.body) == (200, {"outcome": "unchanged"})
        assert door.bodies == before


def test_a_report_may_be_packed_or_not_and_is_the_same() -> None:
    plain, packed = Door(), Door()
    assert plain.send(a_telemetry_report()).status == packed.post_gzip(encoded(a_telemetry_report())).status == 202
    assert plain.bodies == packed.bodies


def test_gzip_is_known_by_its_first_bytes_too() -> None:
    assert Door().post(gzip.compress(encoded(a_telemetry_report()))).status == 202


def test_white_space_and_the_order_of_fields_have_no_meaning() -> None:
    door = Door()
    door.send(a_telemetry_report())
    turned = json.dumps(dict(reversed(a_telemetry_report().items())), indent=4).encode()
    assert door.post(turned).status == 200


def test_a_day_is_one_of_utc() -> None:
    door = Door()
    door.now = datetime(2026, 8, 8, 1, tzinfo=timezone(timedelta(hours=2)))
    assert door.send(a_telemetry_report(day="2026-08-09")).status == 422


def test_every_answer_is_json_that_nobody_keeps() -> None:
    door = Door()
    for answer in (door.send(a_telemetry_report()), door.send(a_telemetry_report()), door.post(b"")):
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"


# What is refused, in the order in which it is looked at.


@pytest.mark.parametrize(
    "path", ["", "/", "/v1", "/v1/telemetry/", "/V1/telemetry", "/v1/telemetry/../bindings", CANARY]
)
def test_another_path_is_not_found(path: str) -> None:
    answer = Door().post(b"", path=path)
    assert told(answer) == (404, "not-found")
    assert message(answer) == "path: expected one of /v1/telemetry, /v1/bindings, found another one"


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/v1/telemetry", "GET", "POST"),
        ("/v1/telemetry", "PUT", "POST"),
        ("/v1/bindings", "DELETE", "POST, PUT"),
        ("/v1/bindings", "HEAD", "POST, PUT"),
        ("/v1/bindings", CANARY, "POST, PUT"),
    ],
)
def test_another_method_is_not_allowed(path: str, method: str, allowed: str) -> None:
    answer = Door().post(b"", path=path, method=method)
    assert told(answer) == (405, "method")
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", f"Bearer {'x' * 46}", f"Basic {TOKEN}", f"Bearer {CANARY}"]
)
def test_without_a_token_that_was_given_out_nobody_may_report(authorization: str | None) -> None:
    door = Door()
    answer = door.post(encoded(a_telemetry_report()), authorization=authorization)
    assert told(answer) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert (answer.reporter, door.objects) == (None, {})


def test_who_may_not_report_is_not_told_what_is_wrong_with_the_report() -> None:
    door = Door()
    answers = [door.post(body, token="x" * 40) for body in (b"<html>", b"x" * 100_000, encoded(a_telemetry_report()))]
    assert len({json.dumps(answer.body) for answer in answers}) == 1


def test_no_store_is_opened_for_who_is_refused() -> None:
    class Shut(Door):
        @property
        def store(self) -> Any:
            raise AssertionError("opened")

        @store.setter
        def store(self, store: Any) -> None:
            pass

    door = Shut()
    for answer in (door.post(b"", path="/"), door.post(b"", token="x" * 40), door.post(b"<html>"), door.post(b"{}")):
        assert 400 <= answer.status < 500


@pytest.mark.parametrize("content_type", [None, "", "text/plain", "application/xml", "application/jsonp", CANARY])
def test_a_report_comes_as_json(content_type: str | None) -> None:
    assert told(Door().post(encoded(a_telemetry_report()), content_type=content_type)) == (415, "media-type")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_the_media_type_may_be_written_as_http_allows(content_type: str) -> None:
    assert Door().post(encoded(a_telemetry_report()), content_type=content_type).status == 202


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", CANARY])
def test_no_other_coding_than_gzip_is_known(coding: str) -> None:
    answer = Door().post(encoded(a_telemetry_report()), content_encoding=coding)
    assert told(answer) == (415, "media-type")
    assert answer.headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(("path", "most"), [("/v1/telemetry", 16_384), ("/v1/bindings", 65_536)])
def test_a_body_has_a_longest_length_as_it_is_sent(path: str, most: int) -> None:
    report = encoded(a_telemetry_report() if path == "/v1/telemetry" else a_bindings_report())
    assert Door().post(report.ljust(most), path=path).status == 202
    answer = Door().post(report.ljust(most + 1), path=path)
    assert told(answer) == (413, "too-large")
    assert message(answer) == f"body: expected at most {most:,} bytes, found {most + 1:,}"


def test_a_body_has_a_longest_length_when_it_is_unpacked() -> None:
    report = encoded(a_telemetry_report())
    assert Door().post_gzip(report.ljust(65_536)).status == 202
    answer = Door().post_gzip(report.ljust(65_537))
    assert told(answer) == (413, "too-large")
    assert message(answer) == "body: expected at most 65,536 bytes of unpacked gzip, found more"


def test_a_zip_bomb_fills_no_memory() -> None:
    """16 KB that would unpack to 16 MB, and 64 KB in which gzip stands within gzip a thousand times."""
    zeros, members = gzip.compress(b"\0" * 16_000_000, mtime=0), gzip.compress(b"", mtime=0) * 3_000
    assert len(zeros) < 16_384
    door = Door()
    door.post_gzip(b"")
    tracemalloc.start()
    answers = [door.post(zeros), door.post(members, path="/v1/bindings")]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [told(answer) for answer in answers] == [(413, "too-large"), (400, "bad-request")]
    assert peak < 1_000_000


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(encoded(a_telemetry_report()))[:-9],
        gzip.compress(encoded(a_telemetry_report()))[:1],
        b"\x1f\x8b" + CANARY.encode(),
        encoded(a_telemetry_report()),
        gzip.compress(encoded(a_telemetry_report())) + b"more",
    ],
    ids=["cut short", "one byte", "damaged", "not gzip", "with more behind it"],
)
def test_gzip_that_is_none_is_refused(body: bytes) -> None:
    answer = Door().post(body, content_encoding="gzip")
    assert told(answer) == (400, "bad-request")
    assert message(answer) == "body: expected whole gzip data, found them damaged or cut short"


def test_a_body_that_is_no_base64_is_refused() -> None:
    answer = Door().post(None)
    assert told(answer) == (400, "bad-request")


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{", b"[" * 16_000, b'{"a":' * 3_000, b"\xff", b"NaN", b"9" * 16_000]
)
def test_what_is_no_json_is_a_bad_request(body: bytes) -> None:
    answer = Door().post(body)
    assert told(answer) == (400, "bad-request")
    assert message(answer).startswith("body: expected JSON")


def test_json_that_is_no_report_is_told_with_its_place() -> None:
    door = Door()
    answer = door.send(a_telemetry_report(rows=[A_ROW, [*A_ROW[:3], -1, {}]]))
    assert told(answer) == (422, "report")
    assert message(answer) == "rows.1.3: expected a count from 0 to 1,000,000, found one outside"
    assert door.objects == {}


def test_one_bad_row_refuses_the_whole_report() -> None:
    door = Door()
    door.send(a_telemetry_report())
    before = door.bodies
    assert door.send(a_telemetry_report(rows=[*rows(100), ["x"]])).status == 422
    assert door.bodies == before


def test_telemetry_is_no_bindings() -> None:
    assert Door().post(encoded(a_telemetry_report()), path="/v1/bindings").status == 422


def test_the_fifth_report_of_a_day_is_told_to_come_back_after_midnight() -> None:
    door = Door()
    answers = [door.send(a_telemetry_report(rows=rows(count))) for count in range(1, 6)]
    assert [answer.status for answer in answers] == [202, 202, 202, 202, 429]
    assert told(answers[4]) == (429, "too-many-reports")
    assert answers[4].headers["Retry-After"] == "43200"


def test_a_client_too_many_is_told_to_ask_for_another_credential() -> None:
    door = Door(pause=timedelta(seconds=1))
    answers = [door.send(a_bindings_report(client=a_client(number))) for number in range(1_000)]
    assert Counter(answer.status for answer in answers) == {202: 256, 429: 744}
    assert told(answers[-1]) == (429, "too-many-clients")


def test_a_reporter_may_send_120_requests_in_a_minute() -> None:
    door = Door()
    door.now += timedelta(seconds=20)
    answers = [door.post(b"") for _ in range(122)]
    assert [answer.status for answer in answers] == [400] * 120 + [429] * 2
    assert told(answers[-1]) == (429, "too-fast")
    assert answers[-1].headers["Retry-After"] == "40"
    assert door.send(a_telemetry_report(), token=ANOTHER_TOKEN).status == 202
    door.wait(timedelta(seconds=40))
    assert door.send(a_telemetry_report()).status == 202


def test_who_may_not_report_does_not_use_up_what_a_reporter_may_send() -> None:
    door = Door()
    assert {door.post(b"", token="x" * 40).status for _ in range(500)} == {401}
    assert door.send(a_telemetry_report()).status == 202


@pytest.mark.parametrize("at", [1, 2])
def test_a_store_that_fails_is_not_the_clients_fault(at: int) -> None:
    failing = Failing(MemoryStore(), at=at, verbs=frozenset({"get", "put"}), for_good=True)
    answer = Door(failing).send(a_telemetry_report())
    assert told(answer) == (503, "out-of-order")
    assert answer.headers["Retry-After"] == "3600"
    assert answer.fault is not None
    assert "out of order" in answer.fault
    assert "models/" not in json.dumps(answer.body)


def test_a_list_of_reporters_that_cannot_be_read_is_not_the_clients_fault() -> None:
    class Unlisted(Door):
        @property
        def reporters(self) -> Reporters:
            raise StoreError("no list")

        @reporters.setter
        def reporters(self, reporters: Reporters) -> None:
            pass

    answer = Unlisted().send(a_telemetry_report())
    assert (told(answer), answer.fault) == ((503, "out-of-order"), "no list")


# Into the catalog.

LEAVER, OTHER = "qwen/qwen3-coder", "cohere/command-a"
LONG = timedelta(days=45)


def door_of(world: World) -> Door:
    """The intake of the same store, at the same time."""
    door = Door(world.store)
    door.now = world.now
    return door


def bind(world: World, model_id: str) -> Answer:
    day = f"{world.now:%Y-%m-%d}"
    return door_of(world).send(a_bindings_report(day=day, leases=[{"id": model_id, "lastUsedDay": day}]))


@pytest.fixture
def world() -> World:
    """Two models have just left."""
    made = World()
    made.run()
    made.feed.drop(LEAVER, OTHER)
    made.wait()
    made.refresh()
    return made


def test_a_binding_that_came_through_the_door_keeps_its_model_from_being_removed(world: World) -> None:
    world.wait(timedelta(days=20))
    assert bind(world, LEAVER).status == HTTPStatus.ACCEPTED
    world.come_back(after=timedelta(days=25))
    assert (world.state_of(LEAVER), world.state_of(OTHER)) == ("deprecated", "removed")
    assert_in_order(world.store)


def test_it_does_so_for_35_days(world: World) -> None:
    bind(world, LEAVER)
    world.come_back(after=timedelta(days=35))
    assert world.state_of(LEAVER) == "deprecated"
    world.come_back(after=timedelta(days=1))
    assert world.state_of(LEAVER) == "removed"


def test_what_was_taken_in_is_counted_by_the_next_sweep_and_changes_no_model(world: World) -> None:
    twin = world.twin()
    door_of(world).send(a_telemetry_report(day=f"{world.now:%Y-%m-%d}"))
    for each in (world, twin):
        each.run_schedule(during=timedelta(days=2))
    told = world.document("signals")["telemetry"]["ratings"]["deepseek/deepseek-r1:free"]["supportsTools"]
    assert (told["standing"], told["evidence"]["requests"], told["evidence"]["reporters"]) == ("watched", 102, 1)
    assert world.document("current")["models"] == twin.document("current")["models"]
    assert world.document("curated")["buckets"] == twin.document("curated")["buckets"]


def test_whatever_is_reported_the_registry_stays_readable(world: World) -> None:
    """A document that could not be read would bind every model."""
    door = door_of(world)
    day = f"{world.now:%Y-%m-%d}"
    for number, body in enumerate((b"<html>", b"", b"[]", encoded(a_bindings_report(day="2026-13-01")))):
        door.post(body, path="/v1/bindings")
        door.send(a_bindings_report(client=a_client(number), day=day, leases=[]))
    world.come_back(after=LONG)
    assert world.state_of(LEAVER) == "removed"
    assert world.status.findings == ()
