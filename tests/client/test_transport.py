"""One conditional GET against a server on this machine that misbehaves."""

import gzip
import threading
import time
import zlib
from collections.abc import Iterator

import pytest

from modelsync.client.reading.transport import Answer, Limits, get, post
from modelsync.client.reading.transport import ask as ask_with_a_key
from modelsync.errors import RemoteError
from tests.client import loopback as web
from tests.client.loopback import Loopback, Oddity, loopback
from tests.servers.endpoint import Certificate

SOON = Limits(seconds=0.4, bytes=1000)
ENOUGH = Limits(seconds=10, bytes=1000)
KEY = "openrouter/manifest.json"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback() as found:
        found.publish({KEY: b'{"a":1}'})
        yield found


def ask(server: Loopback, *, etag: str | None = None, limits: Limits = ENOUGH) -> Answer:
    return get(f"{server.url}/{KEY}", etag=etag, limits=limits)


def test_a_packed_body_arrives_unpacked(server: Loopback) -> None:
    assert ask(server).body == b'{"a":1}'


def test_an_etag_goes_back_in_the_servers_own_words(server: Loopback) -> None:
    first = ask(server)
    again = ask(server, etag=first.etag)
    assert (again.status, again.body) == (304, b"")
    assert server.asked[1].if_none_match == first.etag
    assert (first.etag or "").startswith('W/"')


@pytest.mark.parametrize("etag", ["", 'x"\r\nHost: evil', "\x00", '"' + "a" * 600 + '"'])
def test_an_etag_that_no_header_can_hold_is_not_sent(server: Loopback, etag: str) -> None:
    assert ask(server, etag=etag).status == 200
    assert server.asked[0].if_none_match is None


@pytest.mark.parametrize("code", [204, 400, 401, 403, 404, 410, 429, 500, 502, 503])
def test_another_status_is_an_answer_without_a_body(server: Loopback, code: int) -> None:
    server.misbehave(KEY, web.status(code, Retry_After="120"))
    found = ask(server)
    assert (found.status, found.body, found.retry_after_seconds) == (code, b"", 120.0)


@pytest.mark.parametrize("header", ["", "soon", "-1", "1e9", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 20])
def test_a_retry_after_that_is_no_number_of_seconds_says_nothing(server: Loopback, header: str) -> None:
    server.misbehave(KEY, web.status(503, Retry_After=header))
    assert ask(server).retry_after_seconds is None


@pytest.mark.parametrize("oddity", [web.hang, web.drip, web.drip_body], ids=["silent", "header drips", "body drips"])
def test_a_slow_server_is_left_at_the_deadline(server: Loopback, oddity: Oddity) -> None:
    server.misbehave(KEY, oddity)
    before = time.monotonic()
    with pytest.raises(RemoteError, match=r"no whole answer after 0\.4 s|no answer in time"):
        ask(server, limits=SOON)
    assert time.monotonic() - before < 3
    for thread in threading.enumerate():
        if thread.name == "modelsync-exchange":
            thread.join(5)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    ("oddity", "complaint"),
    [
        (web.hang_up, "without response"),
        (web.cut(b'{"a":1}'), "a body cut 4 bytes before its end"),
        (web.body(gzip.compress(b'{"a":1}')[:-9], Content_Encoding="gzip"), "a gzip body cut"),
        (web.body(gzip.compress(b"{}") + b"more", Content_Encoding="gzip"), "behind the end of a gzip body"),
        (web.body(b"not packed", Content_Encoding="gzip"), "incorrect header check"),
        (web.body(b"{}", Content_Encoding="br"), "the encoding 'br', expected gzip or none"),
        (web.body(b" " * 1001), "more than 1000 bytes"),
        (web.endless, "more than 1000 bytes"),
        (web.body(gzip.compress(b" " * 50_000_000), Content_Encoding="gzip"), "more than 1000 bytes"),
        (web.body(zlib.compress(b"{}"), Content_Encoding="deflate"), "the encoding 'deflate'"),
    ],
)  # fmt: skip
def test_a_body_that_is_not_whole_plain_and_small_is_no_answer(
    server: Loopback, oddity: Oddity, complaint: str
) -> None:
    server.misbehave(KEY, oddity)
    with pytest.raises(RemoteError, match=complaint):
        ask(server)


def test_a_redirect_is_followed(server: Loopback) -> None:
    server.misbehave("old.json", web.redirect(f"/models/{KEY}"))
    assert get(f"{server.url}/old.json", etag=None, limits=ENOUGH).body == b'{"a":1}'


def test_redirects_in_a_circle_end(server: Loopback) -> None:
    server.misbehave(KEY, web.redirect(f"/models/{KEY}"))
    with pytest.raises(RemoteError, match="more than 5 redirects"):
        ask(server)
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://example.org/x", "data:,x", "gopher://127.0.0.1:1/", "http://u:p@127.0.0.1/", ""],
)  # fmt: skip
def test_a_redirect_to_another_kind_of_address_is_not_followed(server: Loopback, location: str) -> None:
    server.misbehave(KEY, web.redirect(location))
    with pytest.raises(RemoteError, match="a redirect to another kind of address"):
        ask(server)


def test_nobody_there_is_said_in_words() -> None:
    with loopback() as gone:
        url = gone.url
    with pytest.raises(RemoteError, match="found Connection refused, expected an answer"):
        get(f"{url}/{KEY}", etag=None, limits=ENOUGH)


def test_a_header_that_never_ends_is_no_answer(server: Loopback) -> None:
    server.misbehave(KEY, web.body(b"{}", X_Long="x" * 100_000))
    with pytest.raises(RemoteError, match="expected an answer"):
        ask(server)


def test_a_proxy_of_the_environment_is_used(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert get("http://catalog.invalid/models/x.json", etag=None, limits=ENOUGH).status == 404
    assert server.asked[0].path == "http://catalog.invalid/models/x.json"


def test_a_certificate_of_an_authority_that_is_named_is_believed(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    with loopback(certificate=certificate) as secure:
        secure.publish({KEY: b'{"a":2}'})
        assert ask(secure).body == b'{"a":2}'


def test_a_certificate_that_nobody_vouches_for_is_not_believed(certificate: Certificate) -> None:
    with loopback(certificate=certificate) as secure, pytest.raises(RemoteError, match="CERTIFICATE_VERIFY_FAILED"):
        ask(secure)
    assert secure.asked == []


def test_a_redirect_from_https_to_http_is_not_followed(
    server: Loopback, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    with loopback(certificate=certificate) as secure:
        secure.misbehave(KEY, web.redirect(f"{server.url}/{KEY}"))
        with pytest.raises(RemoteError, match="not from https to http"):
            ask(secure)
    assert server.asked == []


# A POST.


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_what_brings_a_key_follows_no_redirect(server: Loopback, code: int) -> None:
    server.misbehave(KEY, web.redirect(f"{server.url}/elsewhere", code))
    found = ask_with_a_key(f"{server.url}/{KEY}", headers={"Authorization": "Bearer canary"}, limits=ENOUGH)
    assert (found.status, found.body) == (code, b"")
    assert [each.headers["Authorization"] for each in server.asked] == ["Bearer canary"]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_post_follows_no_redirect_because_it_brings_a_token(server: Loopback, code: int) -> None:
    server.misbehave(KEY, web.redirect(f"{server.url}/elsewhere", code))
    headers = {"Authorization": "Bearer canary"}
    assert post(f"{server.url}/{KEY}", b"{}", headers=headers, limits=ENOUGH).status == code
    assert [asked.path for asked in server.asked] == [f"/models/{KEY}"]


@pytest.mark.parametrize("oddity", [web.hang, web.drip], ids=["silent", "header drips"])
def test_a_post_ends_at_the_deadline_and_tells_no_header(server: Loopback, oddity: Oddity) -> None:
    server.misbehave(KEY, oddity)
    headers = {"Authorization": "Bearer canary"}
    with pytest.raises(RemoteError, match=r"no whole answer after 0\.4 s|no answer in time") as caught:
        post(f"{server.url}/{KEY}", b"{}", headers=headers, limits=SOON)
    assert "canary" not in str(caught.value)


def test_the_answer_to_a_post_may_be_as_long_as_it_likes(server: Loopback) -> None:
    server.misbehave(KEY, web.endless)
    assert post(f"{server.url}/{KEY}", b"{}", headers={}, limits=SOON) == Answer(200)
