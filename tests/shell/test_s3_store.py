"""What an S3 store makes of every outcome of a request, against a server that goes wrong as it is told."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from modelsync.errors import ModelsyncError, PreconditionFailedError, StoreError, UsageError
from modelsync.shell.storage.object_store import NOT_MODIFIED, Headers, StoredObject
from modelsync.shell.storage.patience import Limits
from modelsync.shell.storage.s3_client import make_client
from modelsync.shell.storage.s3_profile import OTHER, R2, Credentials, Profile
from modelsync.shell.storage.s3_store import S3Store
from tests.s3_answers import (
    BUCKET,
    CUT,
    CUT_THOUGH_DONE,
    OK,
    SILENT,
    Fault,
    How,
    S3Answers,
)

KEY = "models/current.json"
ONE, TWO, THEIRS = b'{"one":1}', b'{"two":2}', b'{"theirs":3}'
ETAG_OF_ONE = "3b6a4ea94c9bb3ac9e7ee6a7bd2a4e16"
QUICK = Limits(tries=4, total_seconds=30.0, attempt_seconds=5.0, connect_seconds=2.0, read_seconds=0.2)


@dataclass
class Waits:
    """A clock that only waiting moves."""

    now: float = 1000.0
    waited: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waited.append(round(seconds, 3))
        self.now += seconds

    def clock(self) -> float:
        return self.now


class Stand:
    """A server, and stores that ask it; `random` is always the half."""

    def __init__(self, server: S3Answers, clients: dict[tuple[Profile, Limits], Any]) -> None:
        self.server, self.waits, self._clients = server, Waits(), clients

    def store(
        self, profile: Profile = OTHER, *, key_prefix: str = "", limits: Limits = QUICK, max_bytes: int = 1000
    ) -> S3Store:
        client = self._client(profile, limits)
        return S3Store(
            BUCKET,
            key_prefix,
            make_client=lambda: client,
            profile=profile,
            limits=limits,
            max_bytes=max_bytes,
            sleep=self.waits.sleep,
            random=lambda: 0.5,
            clock=self.waits.clock,
        )

    def _client(self, profile: Profile, limits: Limits) -> Any:
        """One for all tests: to make one takes longer than a test."""
        if (profile, limits) not in self._clients:
            known = Credentials("known", "geheim")
            made = make_client(profile, self.server.url, credentials=lambda: known, limits=limits)
            self._clients[profile, limits] = made
        return self._clients[profile, limits]


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[S3Answers, dict[tuple[Profile, Limits], Any]]]:
    clients: dict[tuple[Profile, Limits], Any] = {}
    with S3Answers() as server:
        yield server, clients
        for client in clients.values():
            client.close()


@pytest.fixture
def stand(shared: tuple[S3Answers, dict[tuple[Profile, Limits], Any]]) -> Stand:
    server, clients = shared
    server.clear()
    return Stand(server, clients)


IN_DOUBT = {
    "500": Fault(500, "InternalError"),
    "502 of a proxy": Fault(502, body=b"<html>Bad Gateway</html>"),
    "503": Fault(503, "SlowDown"),
    "504": Fault(504, body=b""),
    "400 RequestTimeout": Fault(400, "RequestTimeout"),
    "connection cut": CUT,
    "no answer": SILENT,
}
PUT_OFF = {"409": Fault(409, "ConditionalRequestConflict"), "429": Fault(429, "TooManyRequests")}
NO_ETAG = {"200 without an ETag": Fault(200, body=b"")}
HALF = {"body cut": Fault(how=How.HALF), "body cut between chunks": Fault(how=How.CHUNKED_HALF)}


def each_of(faults: Mapping[str, Fault]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", faults.values(), ids=faults.keys())


def done(fault: Fault) -> Fault:
    """The same answer to a write that took place."""
    return replace(fault, is_done=True)


# --- conditional writes ---


@each_of(IN_DOUBT | PUT_OFF | NO_ETAG)
def test_a_create_that_did_not_take_place_is_asked_for_again(stand: Stand, fault: Fault) -> None:
    stand.server.script(fault)
    etag = stand.store().put(KEY, ONE, if_absent=True)
    assert stand.server.body_at(KEY) == ONE
    assert stand.server.methods == "PUT HEAD PUT"
    assert stand.store().get_if_changed(KEY, etag) is NOT_MODIFIED


@each_of(IN_DOUBT | NO_ETAG)
def test_a_create_that_took_place_is_done_whatever_was_answered(stand: Stand, fault: Fault) -> None:
    stand.server.script(done(fault))
    etag = stand.store().put(KEY, ONE, if_absent=True)
    assert stand.server.methods == "PUT HEAD"
    assert stand.store().get_if_changed(KEY, etag) is NOT_MODIFIED


@each_of(IN_DOUBT | PUT_OFF | NO_ETAG)
def test_a_create_loses_to_another_object_that_came_meanwhile(stand: Stand, fault: Fault) -> None:
    stand.server.script(replace(fault, then=lambda: stand.server.keep(KEY, THEIRS)))
    with pytest.raises(PreconditionFailedError, match="expected no object, found "):
        stand.store().put(KEY, ONE, if_absent=True)
    assert stand.server.body_at(KEY) == THEIRS
    assert stand.server.methods == "PUT HEAD"


@each_of(IN_DOUBT | PUT_OFF | NO_ETAG)
def test_a_create_loses_to_the_same_content_of_another_writer(stand: Stand, fault: Fault) -> None:
    stand.server.script(replace(fault, then=lambda: stand.server.keep(KEY, ONE)))
    with pytest.raises(PreconditionFailedError):
        stand.store().put(KEY, ONE, if_absent=True)


@each_of(IN_DOUBT | PUT_OFF | NO_ETAG)
def test_a_replacement_that_did_not_take_place_is_asked_for_again(stand: Stand, fault: Fault) -> None:
    store = stand.store()
    first = store.put(KEY, ONE)
    stand.server.script(fault)
    store.put(KEY, TWO, if_match=first)
    assert stand.server.body_at(KEY) == TWO
    assert stand.server.methods == "PUT PUT HEAD PUT"


@each_of(IN_DOUBT | NO_ETAG)
def test_a_replacement_that_took_place_is_done_whatever_was_answered(stand: Stand, fault: Fault) -> None:
    store = stand.store()
    first = store.put(KEY, ONE)
    stand.server.script(done(fault))
    second = store.put(KEY, TWO, if_match=first)
    assert stand.server.methods == "PUT PUT HEAD"
    assert store.get_if_changed(KEY, second) is NOT_MODIFIED


@pytest.mark.parametrize("theirs", [THEIRS, TWO], ids=["another content", "the same content"])
@each_of(IN_DOUBT | PUT_OFF | NO_ETAG)
def test_a_replacement_loses_to_another_writer(stand: Stand, fault: Fault, theirs: bytes) -> None:
    store = stand.store()
    first = store.put(KEY, ONE)
    stand.server.script(replace(fault, then=lambda: stand.server.keep(KEY, theirs)))
    with pytest.raises(PreconditionFailedError) as lost:
        store.put(KEY, TWO, if_match=first)
    assert (lost.value.key, lost.value.expected) == (KEY, first)
    assert stand.server.body_at(KEY) == theirs
    assert stand.server.methods == "PUT PUT HEAD"


def test_a_replacement_that_was_done_and_overwritten_before_it_could_be_seen_counts_as_lost(stand: Stand) -> None:
    store = stand.store()
    first = store.put(KEY, ONE)
    stand.server.script(replace(CUT_THOUGH_DONE, then=lambda: stand.server.keep(KEY, THEIRS)))
    with pytest.raises(PreconditionFailedError):
        store.put(KEY, TWO, if_match=first)
    assert stand.server.body_at(KEY) == THEIRS


def test_an_object_that_was_changed_and_changed_back_counts_as_unchanged(stand: Stand) -> None:
    store = stand.store()
    first = store.put(KEY, ONE)
    stand.server.script(replace(CUT_THOUGH_DONE, then=lambda: stand.server.keep(KEY, ONE)))
    store.put(KEY, TWO, if_match=first)
    assert stand.server.body_at(KEY) == TWO


def test_a_write_whose_repetition_is_refused_because_the_first_took_place_is_done(stand: Stand) -> None:
    """The first is seen by nobody yet when it is looked for, and is there when it is asked for again."""
    store = stand.store()
    late = threading.Event()

    def take_place() -> None:
        first = stand.server.asked[0]
        mark = first.headers["x-amz-meta-modelsync-write"]
        stand.server.keep(KEY, ONE, {"x-amz-meta-modelsync-write": mark})
        late.set()

    stand.server.script(CUT, Fault(404, "", then=take_place, body=b""))
    store.put(KEY, ONE, if_absent=True)
    assert late.is_set()
    assert stand.server.methods == "PUT HEAD PUT HEAD"


def test_two_writes_of_one_content_bear_different_marks(stand: Stand) -> None:
    store = stand.store()
    store.put("a", ONE, if_absent=True)
    store.put("b", ONE, if_absent=True)
    marks = [asked.headers["x-amz-meta-modelsync-write"] for asked in stand.server.asked]
    assert marks[0] != marks[1]


def test_a_mark_is_no_header_of_the_object(stand: Stand) -> None:
    store = stand.store()
    etag = store.put(KEY, ONE, headers=Headers(metadata={"made-by": "us"}), if_absent=True)
    assert store.get(KEY) == StoredObject(KEY, ONE, etag, Headers(metadata={"made-by": "us"}))


def test_a_write_that_is_refused_at_first_has_lost_and_says_to_what(stand: Stand) -> None:
    store = stand.store()
    first = store.put(KEY, ONE)
    with pytest.raises(PreconditionFailedError) as lost:
        store.put(KEY, ONE, if_absent=True)
    assert (lost.value.found, lost.value.expected) == (first, "no object")
    assert stand.server.methods == "PUT PUT HEAD"


def test_a_create_that_is_refused_has_lost_though_the_object_is_gone_by_now(stand: Stand) -> None:
    stand.server.script(Fault(412, "PreconditionFailed"))
    with pytest.raises(PreconditionFailedError, match="expected no object, found no object"):
        stand.store().put(KEY, ONE, if_absent=True)
    assert stand.server.methods == "PUT HEAD"


def test_a_replacement_that_is_refused_has_lost_though_the_object_is_the_one_expected(stand: Stand) -> None:
    """As on a store that compares ETags with their quotes, which the check of a store's promises looks for."""
    store = stand.store()
    first = store.put(KEY, ONE)
    stand.server.script(Fault(412, "PreconditionFailed"))
    with pytest.raises(PreconditionFailedError) as lost:
        store.put(KEY, TWO, if_match=first)
    assert (lost.value.found, lost.value.expected) == (first, first)


def test_a_write_that_lost_has_lost_even_if_nobody_can_say_to_what(stand: Stand) -> None:
    stand.server.keep(KEY, THEIRS)
    stand.server.script(OK, Fault(403, "AccessDenied"))
    with pytest.raises(PreconditionFailedError, match="found another object"):
        stand.store().put(KEY, ONE, if_absent=True)


def test_a_404_that_answers_a_replacement_means_that_it_has_lost(stand: Stand) -> None:
    with pytest.raises(PreconditionFailedError, match="found no object"):
        stand.store().put(KEY, ONE, if_match=ETAG_OF_ONE)


@pytest.mark.parametrize("etag", ["*", "", '"', 'a","b', "a\r\nx-amz-acl: public-read", "é"])
def test_a_condition_that_no_object_can_meet_has_lost_unasked(stand: Stand, etag: str) -> None:
    store = stand.store()
    store.put(KEY, ONE)
    with pytest.raises(PreconditionFailedError):
        store.put(KEY, TWO, if_match=etag)
    assert stand.server.methods == "PUT"
    assert isinstance(store.get_if_changed(KEY, etag), StoredObject)


def test_a_store_that_knows_no_conditional_writes_is_refused(stand: Stand) -> None:
    stand.server.script(Fault(501, "NotImplemented"))
    with pytest.raises(StoreError, match="lets two runs at once overwrite each other: choose another one") as refused:
        stand.store().put(KEY, ONE, if_absent=True)
    assert not isinstance(refused.value, PreconditionFailedError)
    assert stand.server.methods == "PUT"


def test_nobody_gives_up_in_doubt_without_saying_so(stand: Stand) -> None:
    stand.server.script(CUT, Fault(403, "AccessDenied"))
    with pytest.raises(StoreError, match="cannot be looked at to see whether it was written: found access denied"):
        stand.store().put(KEY, ONE, if_absent=True)


# --- other writes ---


@each_of(IN_DOUBT | PUT_OFF | NO_ETAG | {f"{name}, though done": done(fault) for name, fault in IN_DOUBT.items()})
def test_a_write_without_condition_is_repeated_until_it_is_answered(stand: Stand, fault: Fault) -> None:
    stand.server.script(fault)
    etag = stand.store().put(KEY, ONE)
    assert stand.server.methods == "PUT PUT"
    assert stand.store().get_if_changed(KEY, etag) is NOT_MODIFIED


@each_of(IN_DOUBT | PUT_OFF | {f"{name}, though done": done(fault) for name, fault in IN_DOUBT.items()})
def test_a_deletion_is_repeated_until_it_is_answered(stand: Stand, fault: Fault) -> None:
    stand.server.keep(KEY, ONE)
    stand.server.script(fault)
    stand.store().delete(KEY)
    assert stand.server.objects == {}


def test_a_store_that_takes_a_missing_object_for_an_error_of_a_deletion_is_understood(stand: Stand) -> None:
    stand.server.script(Fault(404, "NoSuchKey"))
    stand.store().delete(KEY)


def test_what_is_too_large_to_be_read_is_not_written(stand: Stand) -> None:
    with pytest.raises(StoreError, match="cannot be written: found 1001 bytes; write at most 1000"):
        stand.store(max_bytes=1000).put(KEY, b"x" * 1001)
    assert stand.server.asked == []


def test_both_conditions_at_once_are_a_mistake_that_asks_nothing(stand: Stand) -> None:
    with pytest.raises(UsageError):
        stand.store().put(KEY, ONE, if_absent=True, if_match=ETAG_OF_ONE)
    assert stand.server.asked == []


# --- reading ---


@each_of(IN_DOUBT | PUT_OFF | NO_ETAG | HALF)
def test_a_read_that_fails_is_repeated(stand: Stand, fault: Fault) -> None:
    stand.server.keep(KEY, ONE)
    stand.server.script(fault)
    found = stand.store().get(KEY)
    assert found is not None
    assert found.body == ONE
    assert stand.server.methods == "GET GET"


def test_a_body_that_drips_is_given_up_at_the_deadline_of_a_try(stand: Stand) -> None:
    stand.server.keep(KEY, b"x" * 900)
    stand.server.script(Fault(how=How.DRIPPING))
    found = stand.store(limits=replace(QUICK, attempt_seconds=1.0)).get(KEY)
    assert found is not None
    assert found.body == b"x" * 900
    assert stand.server.methods == "GET GET"


def test_a_body_of_unknown_length_is_no_object(stand: Stand) -> None:
    stand.server.keep(KEY, ONE)
    stand.server.script(*[Fault(how=How.UNTOLD)] * 4)
    with pytest.raises(StoreError, match="found a body of unknown length, whose end nobody can tell from a cut in 4"):
        stand.store().get(KEY)


def test_a_body_in_chunks_is_whole_by_its_last_one(stand: Stand) -> None:
    stand.server.keep(KEY, ONE)
    stand.server.script(Fault(how=How.CHUNKED))
    found = stand.store().get(KEY)
    assert found is not None
    assert found.body == ONE
    assert stand.server.methods == "GET"


@pytest.mark.parametrize("how", [How.ANSWERED, How.DRIPPING, How.CHUNKED])
def test_a_body_over_the_limit_is_refused_as_soon_as_that_is_known(stand: Stand, how: How) -> None:
    stand.server.keep(KEY, b"x" * 1001)
    stand.server.script(OK if how is How.ANSWERED else Fault(how=how))
    with pytest.raises(StoreError, match="cannot be read: found an object of more than "):
        stand.store(max_bytes=1000, limits=replace(QUICK, attempt_seconds=1.0)).get(KEY)
    assert stand.server.methods == "GET"


def test_a_body_as_large_as_the_limit_is_read(stand: Stand) -> None:
    stand.server.keep(KEY, b"x" * 1000)
    found = stand.store(max_bytes=1000).get(KEY)
    assert found is not None
    assert len(found.body) == 1000


def test_an_unchanged_object_is_asked_for_by_its_etag_and_not_sent(stand: Stand) -> None:
    stand.server.keep(KEY, ONE)
    store = stand.store()
    found = store.get(KEY)
    assert found is not None
    assert store.get_if_changed(KEY, found.etag) is NOT_MODIFIED
    assert stand.server.asked[-1].headers["if-none-match"] == f'"{found.etag}"'


def test_a_store_that_sends_an_unchanged_object_all_the_same_is_understood(stand: Stand) -> None:
    stand.server.script(Fault(200, headers={"ETag": '"abc"'}, body=ONE))
    assert stand.store().get_if_changed(KEY, "abc") is NOT_MODIFIED


@pytest.mark.parametrize("etag", ['"abc"', "abc", 'W/"abc"'])
def test_an_etag_is_the_same_however_it_is_quoted(stand: Stand, etag: str) -> None:
    stand.server.script(Fault(200, headers={"ETag": etag}, body=ONE))
    found = stand.store().get(KEY)
    assert found is not None
    assert found.etag == "abc"


def test_a_wrong_endpoint_that_knows_no_page_is_not_an_empty_store(stand: Stand) -> None:
    stand.server.script(Fault(404, body=b"<html>Not Found</html>"))
    with pytest.raises(StoreError, match="cannot be read: found 404"):
        stand.store().get(KEY)


def test_a_listing_follows_its_pages_and_passes_over_foreign_names(stand: Stand) -> None:
    for name in ("catalog/b", "catalog/a/", "catalog/a/z", "catalog/.lock", "catalog/ä", "catalog/B", "catalog/c c"):
        stand.server.keep(name, b"")
    stand.server.keep("elsewhere/a", b"")
    assert stand.store(key_prefix="catalog/").list() == ("B", "a/z", "b")
    assert stand.server.methods == "GET GET GET GET"


@pytest.mark.parametrize("fault", [Fault(500, "InternalError"), Fault(200, body=b"<html>"), CUT, SILENT])
def test_a_page_that_fails_is_asked_for_again(stand: Stand, fault: Fault) -> None:
    for name in "abc":
        stand.server.keep(name, b"")
    stand.server.script(OK, fault)
    assert stand.store().list() == ("a", "b", "c")


@pytest.mark.parametrize("token", ["", "<NextContinuationToken>b</NextContinuationToken>"])
def test_a_listing_without_end_is_an_error_and_no_short_list(stand: Stand, token: str) -> None:
    page = f"<ListBucketResult><IsTruncated>true</IsTruncated>{token}</ListBucketResult>".encode()
    stand.server.script(*[Fault(200, body=page)] * 3)
    with pytest.raises(StoreError, match="cannot be listed: found a page that does not say where the next one begins"):
        stand.store().list()


# --- waiting ---


def test_waits_grow_are_jittered_and_end(stand: Stand) -> None:
    stand.server.script(*[Fault(503, "SlowDown")] * 4)
    with pytest.raises(StoreError, match=f"^store: {KEY} in s3://bucket cannot be read: found 503 SlowDown in 4 tries"):
        stand.store(limits=replace(QUICK, backoff_seconds=1.0, backoff_ceiling_seconds=3.0)).get(KEY)
    assert stand.waits.waited == [0.5, 1.0, 1.5]


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "7"},
        {"Retry-After": "Sat, 21 Nov 2026 12:00:07 GMT", "Date": "Sat, 21 Nov 2026 12:00:00 GMT"},
    ],
)
@pytest.mark.parametrize("if_absent", [False, True])
def test_nobody_asks_again_before_the_time_that_the_store_names(
    stand: Stand, headers: dict[str, str], if_absent: bool
) -> None:
    stand.server.script(Fault(429, "TooManyRequests", headers))
    stand.store().put(KEY, ONE, if_absent=if_absent)
    assert stand.waits.waited == [7.1]


def test_a_store_that_asks_for_more_time_than_there_is_is_given_up(stand: Stand) -> None:
    stand.server.script(Fault(503, "SlowDown", {"Retry-After": "3600"}))
    with pytest.raises(StoreError, match="found 503 SlowDown; run it again later"):
        stand.store().get(KEY)
    assert stand.waits.waited == []


def test_writes_of_one_key_are_kept_a_second_apart_on_r2(stand: Stand) -> None:
    store = stand.store(R2)
    first = store.put(KEY, ONE)
    store.put("models/other.json", ONE)
    stand.waits.now += 0.25
    store.put(KEY, TWO, if_match=first)
    stand.waits.now += 2.0
    store.put(KEY, ONE)
    assert stand.waits.waited == [0.75]


def test_the_tries_of_one_write_are_kept_apart_on_r2(stand: Stand) -> None:
    stand.server.script(Fault(429, "TooManyRequests"))
    stand.store(R2).put(KEY, ONE)
    assert stand.waits.waited == [0.1, 0.9]


# --- what a person is told ---


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(404, "NoSuchBucket"), "no such bucket (404 NoSuchBucket); create it or correct the store's address"),
        (
            Fault(403, "AccessDenied"),
            "access denied (403 AccessDenied); allow s3:ListBucket, s3:GetObject, s3:PutObject",
        ),
        (
            Fault(403, "InvalidAccessKeyId"),
            "an access key that the store does not know (403 InvalidAccessKeyId); check",
        ),
        (
            Fault(403, "SignatureDoesNotMatch"),
            "a signature that does not fit the access key (403 SignatureDoesNotMatch)",
        ),
        (Fault(400, "ExpiredToken"), "credentials that have expired (400 ExpiredToken); renew them"),
        (Fault(301, "PermanentRedirect"), "a bucket of another region (301 PermanentRedirect); set AWS_DEFAULT_REGION"),
        (
            Fault(301, headers={"Location": "https://s3.invalid/"}, body=b"<html>Moved</html>"),
            "a redirect (301); check the endpoint, whether it is https now, and AWS_DEFAULT_REGION",
        ),
        (
            Fault(400, "AuthorizationHeaderMalformed"),
            "a signature for another region (400 AuthorizationHeaderMalformed)",
        ),
        (
            Fault(403, "RequestTimeTooSkewed"),
            "this machine's clock too far from the store's (403 RequestTimeTooSkewed)",
        ),
        (Fault(411, "MissingContentLength"), "say what store it is with --s3-profile"),
        (Fault(400, "QuiteNew"), "found 400 QuiteNew; look it up in what the store's documentation says"),
        (Fault(400, "geheim of 123456789012"), "found 400; look it up in what the store's documentation says"),
    ],
    ids=lambda value: value.code if isinstance(value, Fault) else "",
)
def test_a_refusal_is_told_at_once_in_one_sentence_with_what_to_do(stand: Stand, fault: Fault, words: str) -> None:
    store = stand.store()
    stand.server.script(fault, fault, fault, fault)
    calls: tuple[Callable[[], object], ...] = (
        lambda: store.get(KEY),
        lambda: store.put(KEY, ONE),
        lambda: store.put(KEY, ONE, if_absent=True),
        lambda: store.list("models/"),
    )
    for call in calls:
        with pytest.raises(StoreError) as refused:
            call()
        assert words in str(refused.value)
        assert str(refused.value).startswith("store: models/")
        assert "geheim" not in str(refused.value)
        assert "123456789012" not in str(refused.value)
    assert len(stand.server.asked) == 4


def refusal(client: Callable[[], Any]) -> str:
    store = S3Store(BUCKET, make_client=client, limits=replace(QUICK, tries=2, backoff_seconds=0.0))
    with pytest.raises(ModelsyncError) as refused:
        store.put(KEY, ONE, if_absent=True)
    assert isinstance(refused.value, StoreError)
    return str(refused.value)


def test_an_endpoint_where_nobody_listens_is_told_without_asking_what_was_written() -> None:
    known = Credentials("known", "geheim")
    words = refusal(lambda: make_client(OTHER, "http://127.0.0.1:1", credentials=lambda: known, limits=QUICK))
    assert words == (
        f"store: {KEY} in s3://bucket cannot be written on a condition: found no connection to 127.0.0.1:1 in 2 tries; "
        "check the endpoint and the network, or run it again later"
    )


def test_a_host_that_does_not_exist_is_told() -> None:
    known = Credentials("known", "geheim")
    words = refusal(lambda: make_client(OTHER, "http://s3.invalid", credentials=lambda: known, limits=QUICK))
    assert "found no connection to s3.invalid in 2 tries; check the endpoint and the network" in words


def test_https_where_http_is_spoken_is_told(stand: Stand) -> None:
    url = stand.server.url.replace("http://", "https://")
    known = Credentials("known", "geheim")
    words = refusal(lambda: make_client(OTHER, url, credentials=lambda: known, limits=QUICK))
    assert "found no TLS connection to 127.0.0.1:" in words
    assert "check whether the endpoint speaks https" in words


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("no_credentials")
def test_missing_credentials_are_told_with_the_variables_that_give_them(stand: Stand) -> None:
    words = refusal(lambda: make_client(OTHER, stand.server.url, limits=QUICK))
    assert "found no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE" in words
    assert stand.server.asked == []


@pytest.mark.usefixtures("no_credentials")
def test_a_profile_of_aws_that_does_not_exist_is_told(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    words = refusal(lambda: make_client(OTHER, stand.server.url, limits=QUICK))
    assert "found no profile of the name in AWS_PROFILE; correct it or unset it" in words


def test_credentials_are_asked_for_once_and_at_the_first_request(stand: Stand) -> None:
    asked: list[str] = []

    def credentials() -> Credentials:
        asked.append("once")
        return Credentials("known", "geheim", "a token")

    clients: list[Any] = []

    def client() -> Any:
        clients.append(make_client(OTHER, stand.server.url, credentials=credentials, limits=QUICK))
        return clients[-1]

    store = S3Store(BUCKET, make_client=client, limits=QUICK)
    assert asked == []
    store.put(KEY, ONE)
    store.get(KEY)
    assert asked == ["once"]
    assert stand.server.asked[0].headers["x-amz-security-token"] == "a token"
    clients[0].close()


def test_credentials_show_no_secret() -> None:
    assert repr(Credentials("known", "geheim", "geheim")) == "Credentials(access_key_id='known')"
