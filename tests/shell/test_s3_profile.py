"""Which kind of store an endpoint is, and which words for it are refused."""

import pytest

from modelsync.errors import UsageError
from modelsync.shell.storage.s3_profile import PROFILES, profile_of


@pytest.mark.parametrize(
    ("endpoint_url", "name"),
    [
        (None, "aws"),
        ("https://s3.eu-central-1.amazonaws.com", "aws"),
        ("https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com", "aws"),
        ("https://s3.cn-north-1.amazonaws.com.cn", "aws"),
        ("https://amazonaws.com.example.org", "other"),
        ("https://notamazonaws.com", "other"),
        ("https://0123abcd.r2.cloudflarestorage.com", "r2"),
        ("https://0123abcd.eu.R2.cloudflarestorage.com/", "r2"),
        ("https://0123abcd.r2.cloudflarestorage.com.example.org", "other"),
        ("http://127.0.0.1:9000", "other"),
        ("http://[::1]:9000", "other"),
        ("https://project.example.org/storage/v1/s3", "other"),
    ],
)
def test_an_endpoint_says_what_it_is(endpoint_url: str | None, name: str) -> None:
    assert profile_of(None, endpoint_url).name == name


@pytest.mark.parametrize("name", PROFILES)
def test_a_name_counts_more_than_the_endpoint(name: str) -> None:
    assert profile_of(name, "https://0123abcd.r2.cloudflarestorage.com").name == name
    assert profile_of(name, None).name == name


@pytest.mark.parametrize("name", ["", "AWS", "minio", "r2\n"])
def test_an_unknown_name_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(UsageError, match=r"^store: expected one of the S3 profiles aws, r2, ceph, other, found ") as no:
        profile_of(name, None)
    assert str(no.value).isprintable()


@pytest.mark.parametrize(
    ("endpoint_url", "problem"),
    [
        ("", "found what is no such address"),
        ("host:9000", "found what is no such address"),
        ("ftp://host", "found what is no such address"),
        ("https://ho st", "found what is no such address"),
        ("https://host\n.evil", "found what is no such address"),
        ("https://hóst", "found what is no such address"),
        ("https://host:0", "found what is no such address"),
        ("https://host:99999", "found what is no address"),
        ("https://[::1", "found what is no address"),
        ("https://", "found more than that or a host that cannot be one"),
        ("https://host?bucket=geheim", "found more than that"),
        ("https://host#geheim", "found more than that"),
        ("https://me:geheim@host", "found a name or password in it"),
        ("https://0123abcd.r2.cloudflarestorage.com/geheim", "name the bucket in the store's address"),
    ],
)
@pytest.mark.parametrize("name", [None, "other"])
def test_an_endpoint_that_is_off_is_refused_without_being_quoted(
    endpoint_url: str, problem: str, name: str | None
) -> None:
    with pytest.raises(UsageError, match=r"^store: expected an S3 endpoint like https://host") as refused:
        profile_of(name, endpoint_url)
    assert problem in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_only_aws_is_sent_the_checksums_of_boto3() -> None:
    assert {name: profile.checksums for name, profile in PROFILES.items()} == {
        "aws": None,
        "r2": "when_required",
        "ceph": "when_required",
        "other": "when_required",
    }
