"""What goes over the wire to each kind of store: read from the requests that boto3 is about to send over https."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from modelsync import __version__
from modelsync.shell.storage.object_store import Headers
from modelsync.shell.storage.s3_client import make_client
from modelsync.shell.storage.s3_profile import OTHER, PROFILES, Credentials, Profile
from modelsync.shell.storage.s3_store import S3Store

ETAG = "3b6a4ea94c9bb3ac9e7ee6a7bd2a4e16"
HEADERS = Headers(
    "application/json", "public, max-age=60", "gzip", {"generation": "17"}, {"keep": "90d", "of": "raw feeds"}
)


class Stopped(BaseException):
    """Ends a request before it is sent."""


class Sent:
    """A store whose requests are looked at and not sent."""

    def __init__(self, profile: Profile, endpoint_url: str | None) -> None:
        client: Any = make_client(profile, endpoint_url, credentials=lambda: Credentials("known", "geheim"))
        client.meta.events.register("before-send.s3", self._look)
        self.url, self.headers = "", dict[str, str]()
        self.store = S3Store("bucket", "catalog/", make_client=lambda: client, profile=profile)

    def _look(self, request: Any, **_: object) -> None:
        self.url = request.url
        self.headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        raise Stopped

    def put(self, **conditions: Any) -> Mapping[str, str]:
        with pytest.raises(Stopped):
            self.store.put("a/b.json", b"{}", headers=HEADERS, **conditions)
        return self.headers


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


ENDPOINTS = {"aws": None, "r2": "https://0123abcd.r2.cloudflarestorage.com"}


@pytest.fixture(scope="module")
def sent_to() -> Mapping[str, Sent]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        return {
            name: Sent(profile, ENDPOINTS.get(name, "https://s3.example.org")) for name, profile in PROFILES.items()
        }


NOT_AWS = pytest.mark.parametrize("name", ["r2", "ceph", "other"])


@NOT_AWS
def test_nothing_but_the_body_is_sent_for_a_body_off_aws(sent_to: Mapping[str, Sent], name: str) -> None:
    """Only AWS understands the checksums that boto3 adds: a trailer behind a body in chunks, on https."""
    headers = sent_to[name].put()
    assert [each for each in headers if "checksum" in each or "trailer" in each or "transfer-encoding" in each] == []
    assert headers["content-length"] == "2"
    assert headers["content-encoding"] == "gzip"
    assert len(headers["x-amz-content-sha256"]) == 64


def test_the_checksums_of_boto3_are_sent_to_aws(sent_to: Mapping[str, Sent]) -> None:
    assert sent_to["aws"].put()["x-amz-trailer"] == "x-amz-checksum-crc32"


@NOT_AWS
def test_no_checksum_is_asked_for_off_aws(sent_to: Mapping[str, Sent], name: str) -> None:
    with pytest.raises(Stopped):
        sent_to[name].store.get("a/b.json")
    assert [each for each in sent_to[name].headers if "checksum" in each] == []


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("aws", "https://bucket.s3.eu-central-1.amazonaws.com/catalog/a/b.json"),
        ("r2", "https://0123abcd.r2.cloudflarestorage.com/bucket/catalog/a/b.json"),
        ("ceph", "https://s3.example.org/bucket/catalog/a/b.json"),
        ("other", "https://s3.example.org/bucket/catalog/a/b.json"),
    ],
)
def test_the_bucket_is_in_the_path_off_aws(sent_to: Mapping[str, Sent], name: str, url: str) -> None:
    sent_to[name].put()
    assert sent_to[name].url == url


def test_an_endpoint_of_the_aws_configuration_is_asked_as_the_profile_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configuration = tmp_path / "config"
    configuration.write_text("[default]\nregion = eu-central-1\ns3 =\n  addressing_style = virtual\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(configuration))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.example.org")
    sent = Sent(OTHER, None)
    assert "x-amz-trailer" not in sent.put()
    assert sent.url == "https://s3.example.org/bucket/catalog/a/b.json"


@pytest.mark.parametrize(
    ("name", "region"), [("aws", "eu-central-1"), ("r2", "auto"), ("ceph", "eu-central-1"), ("other", "eu-central-1")]
)
def test_requests_are_signed_for_the_region_that_is_set_and_to_r2_for_auto(
    sent_to: Mapping[str, Sent], name: str, region: str
) -> None:
    assert f"/{region}/s3/aws4_request" in sent_to[name].put()["authorization"]


def test_where_no_region_is_set_requests_are_signed_for_auto_off_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert "/auto/s3/aws4_request" in Sent(OTHER, "https://s3.example.org").put()["authorization"]


@pytest.mark.parametrize(
    ("name", "if_match"), [("aws", f'"{ETAG}"'), ("r2", f'"{ETAG}"'), ("ceph", ETAG), ("other", f'"{ETAG}"')]
)
def test_an_etag_is_quoted_but_for_ceph(sent_to: Mapping[str, Sent], name: str, if_match: str) -> None:
    assert sent_to[name].put(if_match=ETAG)["if-match"] == if_match


@pytest.mark.parametrize("name", PROFILES)
def test_a_create_asks_for_no_object_and_a_plain_write_for_nothing(sent_to: Mapping[str, Sent], name: str) -> None:
    assert sent_to[name].put(if_absent=True)["if-none-match"] == "*"
    assert {"if-match", "if-none-match"} & sent_to[name].put().keys() == set()


@pytest.mark.parametrize(
    ("name", "tags"),
    [("aws", "keep=90d&of=raw+feeds"), ("r2", None), ("ceph", "keep=90d&of=raw+feeds"), ("other", None)],
)
def test_tags_are_sent_to_stores_that_keep_them(sent_to: Mapping[str, Sent], name: str, tags: str | None) -> None:
    assert sent_to[name].put().get("x-amz-tagging") == tags


@pytest.mark.parametrize("name", PROFILES)
def test_what_is_said_of_an_object_is_sent_and_no_access_right(sent_to: Mapping[str, Sent], name: str) -> None:
    headers = sent_to[name].put()
    told = {each: headers[each] for each in ("content-type", "cache-control", "x-amz-meta-generation")}
    assert told == {
        "content-type": "application/json",
        "cache-control": "public, max-age=60",
        "x-amz-meta-generation": "17",
    }
    assert [each for each in headers if "acl" in each or "grant" in each] == []


def test_a_request_says_which_program_sends_it(sent_to: Mapping[str, Sent]) -> None:
    assert f"modelsync/{__version__}" in sent_to["r2"].put()["user-agent"].split()


def test_no_secret_is_in_a_request(sent_to: Mapping[str, Sent]) -> None:
    assert "geheim" not in str((sent_to["r2"].put(), sent_to["r2"].url))
