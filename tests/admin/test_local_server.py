"""The admin API over real HTTP on the loopback interface."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from modelsync.admin.local_server import MOST_CONNECTIONS
from modelsync.shell.asking.asked_runs import REFRESH_PATH, STATUS_PATH
from tests.admin.desk import check
from tests.admin.served import Served, answer_of, serving

ORDER = b'{"target": "all"}'
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as each:
        yield each


def test_the_same_routes_answer_as_at_a_function_url(served: Served) -> None:
    status = served.send("GET", STATUS_PATH)
    check(status, "GET", STATUS_PATH)
    assert (status.status, status.body["generation"]) == (200, None)
    asked = served.send("POST", REFRESH_PATH, ORDER, **JSON)
    check(asked, "POST", REFRESH_PATH)
    assert (asked.status, asked.headers["Location"], served.api.started) == (202, STATUS_PATH, ["all"])
    assert served.send("POST", REFRESH_PATH, ORDER, **JSON).status == 409


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/", b"", 404),
        ("GET", f"{STATUS_PATH}?t=1", b"", 200),
        ("PUT", REFRESH_PATH, ORDER, 405),
        ("OPTIONS", REFRESH_PATH, b"", 405),
        ("POST", REFRESH_PATH, b"{", 400),
        ("POST", REFRESH_PATH, b"{}", 422),
        ("POST", REFRESH_PATH, b"x" * 4097, 413),
        ("POST", f"{REFRESH_PATH}?target=all", ORDER, 400),
    ],
)
def test_what_is_refused_at_a_function_url_is_refused_here(
    served: Served, method: str, path: str, body: bytes, status: int
) -> None:
    answer = served.send(method, path, body, **JSON)
    assert answer.status == status
    check(answer, method, path.partition("?")[0])


def test_a_form_of_a_foreign_page_starts_nothing(served: Served) -> None:
    answer = served.send("POST", REFRESH_PATH, ORDER, Content_Type="text/plain", Origin="http://evil.example")
    assert (answer.status, served.api.started) == (403, [])
    assert served.send("POST", REFRESH_PATH, ORDER, Content_Type="text/plain").status == 415


def test_a_preflight_of_a_browser_is_told_nothing_that_lets_a_page_in(served: Served) -> None:
    answer = served.send("OPTIONS", REFRESH_PATH, Access_Control_Request_Method="POST")
    assert answer.status == 405
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_name_that_was_pointed_here_is_refused_and_its_connection_closed(served: Served) -> None:
    answer = served.send("GET", STATUS_PATH, Host="evil.example")
    check(answer, "GET", STATUS_PATH)
    assert (answer.status, answer.headers["Connection"], answer.error["kind"]) == (403, "close", "unsigned")


def test_with_a_token_every_route_asks_for_it() -> None:
    token = "a-token-of-some-length"
    with serving(token) as served:
        without = served.send("GET", STATUS_PATH)
        check(without, "GET", STATUS_PATH)
        assert (without.status, without.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert served.send("GET", STATUS_PATH, Authorization=f"Bearer {token}").status == 200
        assert not [line for line in served.said if token in line]


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"Transfer-Encoding: chunked", 411),
        (b"Content-Length: -1", 400),
        (b"Content-Length: 1e3", 400),
        (b"Content-Length: 5\r\nContent-Length: 6", 400),
        (b"Content-Length: 99999999999999999999", 400),
        (b"Content-Length: 4097", 413),
        (b"Content-Length: 50", 400),
    ],
)
def test_a_body_of_unclear_or_too_great_length_is_refused_unread(
    served: Served, request_head: bytes, status: int
) -> None:
    host = b"Host: 127.0.0.1:%d\r\nContent-Type: application/json\r\n" % served.port
    came = served.send_raw(b"POST %s HTTP/1.1\r\n%s%s\r\n\r\n{}" % (REFRESH_PATH.encode(), host, request_head))
    assert came.startswith(b"HTTP/1.1 %d " % status)
    assert came.count(b"HTTP/1.1") == 1
    assert json.loads(came.partition(b"\r\n\r\n")[2])["error"]["message"]


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GARBAGE", 400),
        (b"GET / HTTP/9.9", 505),
        (b"BREW / HTTP/1.1", 501),
        (b"GET /" + b"x" * 70000 + b" HTTP/1.1", 414),
        (b"\xff\xfe \x00 \x1b[2J", 400),
    ],
)
def test_what_is_no_http_is_refused_in_the_words_of_the_api(served: Served, request_line: bytes, status: int) -> None:
    came = served.send_raw(request_line + b"\r\nHost: x\r\n\r\n")
    assert b"<html" not in came.lower()
    assert b'"kind": "bad-request"' in came
    assert f" {status}" in served.said[-1]


def test_several_requests_share_a_connection(served: Served) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)) as connection:
        for _ in range(3):
            connection.request("GET", STATUS_PATH)
            assert answer_of(connection.getresponse()).status == 200
    assert served.server.answered == 3


def test_head_is_answered_without_a_body(served: Served) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)) as connection:
        connection.request("HEAD", STATUS_PATH)
        response = connection.getresponse()
        assert (response.status, response.getheader("Allow"), response.read()) == (405, "GET", b"")


def test_every_request_has_one_line_without_its_query(served: Served) -> None:
    served.send("GET", f"{STATUS_PATH}?token=secret")
    served.send("POST", REFRESH_PATH, b"{}", **JSON)
    assert served.said == [f"GET {STATUS_PATH} 200", f"POST {REFRESH_PATH} 422"]


def test_a_silent_caller_holds_up_nobody_and_too_many_are_turned_away(served: Served) -> None:
    silent = [socket.create_connection(("127.0.0.1", served.port), timeout=10) for _ in range(MOST_CONNECTIONS - 1)]
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)) as last:
            last.request("GET", STATUS_PATH)
            assert answer_of(last.getresponse()).status == 200
            with closing(socket.create_connection(("127.0.0.1", served.port), timeout=10)) as turned_away:
                assert turned_away.recv(1) == b""
    finally:
        for each in silent:
            each.close()


def test_callers_at_once_get_an_answer_each_of_their_own(served: Served) -> None:
    paths = [STATUS_PATH, "/one", "/two", "/three"] * 3
    came: dict[int, Any] = {}
    threads = [
        threading.Thread(target=lambda n=number, p=path: came.__setitem__(n, served.send("GET", p)))
        for number, path in enumerate(paths)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, path in enumerate(paths):
        if path == STATUS_PATH:
            assert came[number].status == 200
        else:
            assert came[number].error["message"].endswith(f"found '{path}'")


class OneByOne:
    """Answers the first request only when a second one came in meanwhile, or did not for a while."""

    def __init__(self) -> None:
        self.meanwhile = threading.Event()
        self.inside = 0

    def answer(self, _event: object) -> dict[str, Any]:
        self.inside += 1
        if self.inside > 1:
            self.meanwhile.set()
        self.meanwhile.wait(timeout=0.5)
        self.inside -= 1
        return {"statusCode": 200, "body": "{}", "headers": {}}


def test_the_api_is_asked_by_one_caller_at_a_time() -> None:
    answers = OneByOne()
    with serving(answers=answers) as served:
        threads = [threading.Thread(target=served.send, args=("GET", STATUS_PATH)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not answers.meanwhile.is_set()


def test_a_server_at_an_address_of_ipv6_says_so_in_brackets() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        with serving(host="::1") as served:
            assert served.server.url == f"http://[::1]:{served.port}"
    except OSError:
        pytest.skip("this machine has no IPv6 loopback address")
