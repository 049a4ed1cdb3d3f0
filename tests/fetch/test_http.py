"""Promises of `fetch`, against a real server on the loopback interface whose answers the tests script."""

import gzip
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from modelsync import __version__
from modelsync.errors import FeedTooLargeError, FeedUnavailableError, UsageError
from modelsync.fetch.addresses import shown_url
from modelsync.fetch.http import fetch
from modelsync.fetch.limits import FetchLimits

BODY = b'{"data": []}'
KEY = "Bearer sk-or-v1-very-secret"
QUICK = FetchLimits(connect_seconds=5, read_seconds=5, attempt_seconds=5)


@dataclass(frozen=True)
class Answer:
    """One scripted answer; `pieces` are sent one by one, `pause_seconds` apart, instead of `body`."""

    status: int = 200
    body: bytes = BODY
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: tuple[bytes, ...] = ()
    raw_head: bytes | None = None
    pause_seconds: float = 0.0


class Server:
    """A loopback server; `script` gives each path its answers in turn, the last one for good."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Mapping[str, str]]] = []
        self.stopped = threading.Event()
        self._scripts: dict[str, list[Answer]] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def script(self, path: str, *answers: Answer) -> str:
        """Address of `path`, which will give `answers`."""
        self._scripts[path] = list(answers)
        return f"http://127.0.0.1:{self._http.server_address[1]}{path}"

    def next_answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        self.requests.append((path, headers))
        answers = self._scripts[path.partition("?")[0]]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def stop(self) -> None:
        self.stopped.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = server.next_answer(self.path, {k.lower(): v for k, v in self.headers.items()})
                try:
                    self._send(answer)
                except ConnectionError:
                    self.close_connection = True

            def _send(self, answer: Answer) -> None:
                if answer.raw_head is None:
                    self.send_response(answer.status)
                    for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                else:
                    self.wfile.write(answer.raw_head)
                for piece in answer.pieces or (answer.body,):
                    self.wfile.write(piece)
                    if answer.pause_seconds and server.stopped.wait(answer.pause_seconds):
                        return

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Server()
    yield running
    running.stop()


class Waits:
    """A sleep that does not, and remembers; with it, `random` is always one half."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)

    def random(self) -> float:
        return 0.5


@pytest.fixture
def waits() -> Waits:
    return Waits()


def refused(url: str, waits: Waits, *, limits: FetchLimits = QUICK, **more: Any) -> str:
    """The sentence with which a fetch of `url` ends in FeedUnavailableError."""
    with pytest.raises(FeedUnavailableError) as caught:
        fetch(url, limits=limits, sleep=waits.sleep, random=waits.random, **more)
    return str(caught.value)


def test_a_body_comes_whole_with_its_status_and_headers(server: Server) -> None:
    url = server.script("/models", Answer(headers={"Content-Type": "application/json", "X-Other": "1"}))
    fetched = fetch(url, limits=QUICK)
    assert (fetched.body, fetched.url, fetched.status, fetched.tries) == (BODY, url, 200, 1)
    assert fetched.headers["content-type"] == "application/json"
    assert "x-other" not in fetched.headers


def test_html_with_status_200_passes_because_the_parser_judges_it(server: Server) -> None:
    url = server.script("/models", Answer(body=b"<html>", headers={"Content-Type": "text/html"}))
    assert fetch(url, limits=QUICK).body == b"<html>"


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}])
def test_an_empty_body_passes_because_the_parser_judges_it(server: Server, headers: dict[str, str]) -> None:
    assert fetch(server.script("/models", Answer(body=b"", headers=headers)), limits=QUICK).body == b""


def test_the_request_names_the_program_and_asks_for_gzip_only(server: Server) -> None:
    fetch(server.script("/models", Answer()), limits=QUICK, headers={"Authorization": KEY})
    _, sent = server.requests[0]
    assert sent["user-agent"] == f"modelsync/{__version__}"
    assert (sent["accept-encoding"], sent["authorization"]) == ("gzip", KEY)


def test_the_elapsed_time_is_read_from_the_given_clock(server: Server) -> None:
    ticks = iter((100.0, 103.5))
    fetched = fetch(server.script("/models", Answer()), limits=QUICK, clock=lambda: next(ticks))
    assert fetched.elapsed_seconds == 3.5


@pytest.mark.parametrize(
    "headers",
    [{"Content-Encoding": "gzip"}, {"Content-Encoding": "X-GZIP"}, {"Content-Type": "application/gzip"}],
)
def test_gzip_is_unpacked_whether_it_is_the_encoding_or_the_file(server: Server, headers: dict[str, str]) -> None:
    url = server.script("/models.json.gz", Answer(body=gzip.compress(BODY), headers=headers))
    assert fetch(url, limits=QUICK).body == BODY


def test_an_encoding_nobody_asked_for_is_refused(server: Server, waits: Waits) -> None:
    url = server.script("/models", Answer(headers={"Content-Encoding": "br"}))
    assert "Content-Encoding 'br', expected gzip or none" in refused(url, waits)


def test_a_429_is_tried_again_after_the_time_it_asks_for(server: Server, waits: Waits) -> None:
    url = server.script("/models", Answer(429, headers={"Retry-After": "7"}), Answer())
    fetched = fetch(url, limits=QUICK, sleep=waits.sleep, random=lambda: 0.0)
    assert (fetched.body, fetched.tries, waits.seconds) == (BODY, 2, [7.0])


def test_a_retry_after_date_counts_from_the_answers_own_date(server: Server, waits: Waits) -> None:
    head = (
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nDate: Wed, 01 Jan 2020 00:00:00 GMT\r\n"
        b"Retry-After: Wed, 01 Jan 2020 00:00:42 GMT\r\n\r\n"
    )
    url = server.script("/models", Answer(raw_head=head, body=b""), Answer())
    fetch(url, limits=QUICK, sleep=waits.sleep, random=lambda: 0.0)
    assert waits.seconds == [42.0]


@pytest.mark.parametrize("value", ["soon", "-3", "Wed, 99 Jan 2020 00:00:42 GMT", "", "²"])
def test_a_retry_after_that_cannot_be_read_leaves_the_usual_wait(server: Server, waits: Waits, value: str) -> None:
    url = server.script("/models", Answer(429, headers={"Retry-After": value}), Answer())
    fetch(url, limits=QUICK, sleep=waits.sleep, random=waits.random)
    assert waits.seconds == [0.5]


@pytest.mark.parametrize("value", ["3600", "9" * 400])
def test_a_retry_after_beyond_the_longest_wait_ends_the_fetch(server: Server, waits: Waits, value: str) -> None:
    url = server.script("/models", Answer(429, headers={"Retry-After": value}))
    sentence = refused(url, waits)
    assert "longer than the 120 s that are waited at most in 1 try" in sentence
    assert waits.seconds == []


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 520, 599])
def test_a_passing_trouble_is_tried_again(server: Server, waits: Waits, status: int) -> None:
    url = server.script("/models", Answer(status), Answer())
    assert fetch(url, limits=QUICK, sleep=waits.sleep).tries == 2


def test_waits_double_under_full_jitter_up_to_a_ceiling(server: Server, waits: Waits) -> None:
    url = server.script("/models", Answer(500))
    limits = FetchLimits(attempts=6, backoff_seconds=2, backoff_ceiling_seconds=10)
    sentence = refused(url, waits, limits=limits)
    assert waits.seconds == [1.0, 2.0, 4.0, 5.0, 5.0]
    found = "found status 500 Internal Server Error in 6 tries; run it again later"
    assert sentence == f"{url}: expected status 200 and a body, {found}"


@pytest.mark.parametrize("status", [201, 204, 206, 304, 400, 401, 403, 404, 410, 451])
def test_an_answer_that_will_not_change_is_asked_for_once(server: Server, waits: Waits, status: int) -> None:
    url = server.script("/models", Answer(status, body=b""))
    assert f"found status {status}" in refused(url, waits)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 402, 403])
def test_who_is_turned_away_should_look_at_the_key(server: Server, waits: Waits, status: int) -> None:
    url = server.script("/models", Answer(status, body=b"Incorrect API key: sk-canary"))
    sentence = refused(url, waits)
    assert sentence.endswith("in 1 try; check the key, and that it is one for this address")
    assert "canary" not in sentence


def test_a_host_that_refuses_connections_is_tried_four_times(waits: Waits) -> None:
    gone = Server()
    url = gone.script("/models", Answer())
    gone.stop()
    assert "ConnectError (All connection attempts failed) in 4 tries" in refused(url, waits)
    assert len(waits.seconds) == 3


def test_a_connection_that_is_not_made_in_time_is_told_so(waits: Waits) -> None:
    def late(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("")

    sentence = refused("https://example.org/", waits, transport=httpx.MockTransport(late))
    assert "found no connection within 5 s in 4 tries" in sentence


def test_redirects_are_followed_and_the_last_address_is_told(server: Server) -> None:
    last = server.script("/new/models", Answer())
    server.script("/hop", Answer(307, headers={"Location": "new/models"}))
    first = server.script("/old", Answer(301, headers={"Location": "/hop"}))
    assert fetch(first, limits=QUICK).url == last


def test_a_redirect_loop_ends_after_five_redirects(server: Server, waits: Waits) -> None:
    url = server.script("/loop", Answer(302, headers={"Location": "/loop"}))
    assert f"found more than 5 redirects, the last one to {url} in 1 try" in refused(url, waits)
    assert len(server.requests) == 6


def test_headers_of_the_caller_stay_with_the_asked_origin_even_when_sent_back(server: Server) -> None:
    other = Server()
    try:
        home = server.script("/home", Answer())
        away = other.script("/away", Answer(302, headers={"Location": home}))
        first = server.script("/first", Answer(302, headers={"Location": away}))
        fetch(first, limits=QUICK, headers={"Authorization": KEY, "X-Api-Key": KEY})
    finally:
        other.stop()
    sent = [headers for _, headers in (*server.requests, *other.requests)]
    assert ["authorization" in headers for headers in sent] == [True, False, False]
    assert ["x-api-key" in headers for headers in sent] == [True, False, False]


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("ftp://example.org/x", "a redirect to ftp://example.org/x, expected http or https"),
        ("http://xn--/", "a redirect to an address that cannot be read"),
        ("http://h:port/", "RemoteProtocolError (Invalid URL in location header"),
        ("http://127.0.0.1:99999/", "a redirect to http://127.0.0.1:99999/, expected http or https"),
        ("http://u:pw@127.0.0.1:1/?api_key=abc", "ConnectError"),
    ],
)
def test_a_redirect_to_nowhere_is_refused(server: Server, waits: Waits, location: str, found: str) -> None:
    sentence = refused(server.script("/x", Answer(302, headers={"Location": location})), waits)
    assert found in sentence
    assert "pw" not in sentence
    assert "abc" not in sentence


def test_a_slow_drip_of_body_ends_at_the_deadline(server: Server, waits: Waits) -> None:
    drip = Answer(headers={"Content-Length": "1000"}, pieces=(b" ",) * 1000, pause_seconds=0.02)
    limits = FetchLimits(attempts=2, read_seconds=5, attempt_seconds=0.2)
    assert "found not whole after 0.2 s in 2 tries" in refused(server.script("/drip", drip), waits, limits=limits)


def test_a_slow_drip_of_headers_ends_at_the_deadline(server: Server, waits: Waits) -> None:
    drip = Answer(raw_head=b"HTTP/1.1 200 OK\r\nX-Slow: ", pieces=(b"x",) * 1000, pause_seconds=0.02)
    limits = FetchLimits(attempts=1, read_seconds=5, attempt_seconds=0.2)
    assert "found not whole after 0.2 s in 1 try" in refused(server.script("/drip", drip), waits, limits=limits)


def test_silence_ends_at_the_read_timeout(server: Server, waits: Waits) -> None:
    silent = Answer(headers={"Content-Length": "1000"}, pieces=(b" ",) * 10, pause_seconds=30)
    limits = FetchLimits(attempts=1, read_seconds=0.1)
    assert "found silence for 0.1 s" in refused(server.script("/silent", silent), waits, limits=limits)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b" " * 1_000_001),
        Answer(body=gzip.compress(b" " * 1_000_001), headers={"Content-Encoding": "gzip"}),
        Answer(body=gzip.compress(b"") * 60_000, headers={"Content-Encoding": "gzip"}),
    ],
    ids=["plain", "packed", "packed without end"],
)
def test_a_body_beyond_the_limit_is_refused_at_once(server: Server, waits: Waits, answer: Answer) -> None:
    url = server.script("/large", answer)
    with pytest.raises(FeedTooLargeError, match=r"/large: .* more than 1 MB of body in 1 try"):
        fetch(url, limits=FetchLimits(max_bytes=1_000_000), sleep=waits.sleep)


def test_a_body_of_exactly_the_limit_passes(server: Server) -> None:
    url = server.script("/full", Answer(body=gzip.compress(b" " * 1_000), headers={"Content-Encoding": "gzip"}))
    assert len(fetch(url, limits=FetchLimits(max_bytes=1_000)).body) == 1_000


@pytest.mark.parametrize(
    ("cut", "found"),
    [
        (Answer(body=BODY[:5], headers={"Content-Length": "12"}), "RemoteProtocolError"),
        (
            Answer(body=b'5\r\n{"dat', headers={"Content-Length": "", "Transfer-Encoding": "chunked"}),
            "RemoteProtocolError",
        ),
        (
            Answer(body=gzip.compress(BODY)[:-3], headers={"Content-Encoding": "gzip"}),
            "a body that is not whole: its gzip data ends early, after 29 bytes",
        ),
        (
            Answer(body=b"\x1f", headers={"Content-Encoding": "gzip"}),
            "a body that is not whole: its gzip data ends after one byte",
        ),
        (
            Answer(body=BODY, headers={"Content-Encoding": "gzip"}),
            "a body that is not whole: its gzip data is damaged",
        ),
    ],
    ids=["content-length", "chunked", "gzip", "one byte of gzip", "not gzip"],
)
def test_a_body_cut_short_is_tried_again_and_never_returned(
    server: Server, waits: Waits, cut: Answer, found: str
) -> None:
    assert found in refused(server.script("/cut", cut), waits)
    assert fetch(server.script("/mended", cut, Answer()), limits=QUICK, sleep=waits.sleep).body == BODY


def test_nonsense_instead_of_http_is_told_without_its_control_characters(server: Server, waits: Waits) -> None:
    url = server.script("/x", Answer(raw_head=b"HTTP/1.1 200 OK\r\nX\x9b: \x1b[31mred\r\n\r\n", body=b""))
    limits = FetchLimits(attempts=1)
    assert refused(url, waits, limits=limits).isprintable()


def test_a_key_is_in_no_error_and_no_value(server: Server, waits: Waits) -> None:
    url = server.script("/models", Answer(500), Answer()).replace("//", "//user:pw-secret@")
    url += "?sort=newest&api_key=sk-secret&access%5Ftoken=secret"
    sentence = refused(url, waits, limits=FetchLimits(attempts=1), headers={"Authorization": KEY})
    fetched = fetch(url, limits=QUICK, headers={"Authorization": KEY})
    assert "secret" not in f"{sentence}{fetched!r}{fetched.url}"
    assert fetched.url.endswith("/models?sort=newest&api_key=***&access%5Ftoken=***")


@pytest.mark.parametrize(
    "value", [f"{KEY}\n", f" {KEY}", "Bearer ", "sk-secret\r\nX-More: 1", "sk-secret\u2026", "sk-secret\x00"]
)
def test_a_header_that_http_does_not_allow_is_refused_without_quoting_it(value: str) -> None:
    with pytest.raises(UsageError, match="header 'Authorization': expected visible ASCII") as caught:
        fetch("http://127.0.0.1:1/", headers={"Authorization": value})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "models.json",
        "ftp://example.org/x",
        "https://",
        "http://[",
        "http://u:pw@h:99999999/",
        "http://h/\n",
        "http://xn--/",
    ],
)
def test_an_address_that_is_none_is_refused_as_the_callers_mistake(url: str) -> None:
    with pytest.raises(UsageError, match=r"expected an address like https://host/path") as caught:
        fetch(url)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://openrouter.ai/api/v1/models?output_modalities=all", None),
        ("https://u@host:8443/a?b", "https://host:8443/a?b"),
        (
            "https://host/a?X-Amz-Signature=1&sig=2&design=3#part",
            "https://host/a?X-Amz-Signature=***&sig=***&design=3",
        ),
        ("https://host/\x1b[31m", "https://host/?[31m"),
        ("http://[", "(an address that cannot be read)"),
    ],
)
def test_a_shown_address_keeps_everything_but_secrets(url: str, shown: str | None) -> None:
    assert shown_url(url) == (shown or url)


def test_a_redirect_from_https_to_http_is_refused() -> None:
    answer = httpx.Response(302, headers={"Location": "http://example.org/models"})
    with pytest.raises(FeedUnavailableError, match=r"a redirect from https to http://example\.org/models"):
        fetch("https://example.org/models", transport=httpx.MockTransport(lambda _: answer))
