"""The proxies play what they say they play: without that, what others prove through them is worth nothing."""

import time
import uuid
from collections.abc import Iterator

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_s3 import S3Client

from tests.servers.ceph import Ceph
from tests.servers.endpoint import PLAIN
from tests.servers.faulty_proxy import CUT, CUT_UPLOAD, SLOW, STALLED, Fault, FaultyProxy, refused, reset, silent, the
from tests.servers.places import bucket_at
from tests.servers.r2_proxy import R2Proxy

OLD, NEW = b"old" * 1000, b"new" * 1000


# R2.


@pytest.fixture
def r2_client(r2: R2Proxy) -> S3Client:
    return r2.s3.client()


@pytest.fixture
def r2_bucket(r2: R2Proxy) -> str:
    return bucket_at(r2.s3)


def a_key() -> str:
    return f"proxies/{uuid.uuid4().hex}.json"


def test_r2_takes_one_write_of_a_key_in_a_second(r2_client: S3Client, r2_bucket: str) -> None:
    key = a_key()
    r2_client.put_object(Bucket=r2_bucket, Key=key, Body=OLD)
    with pytest.raises(ClientError, match="Reduce your concurrent request rate") as refusal:
        r2_client.put_object(Bucket=r2_bucket, Key=key, Body=NEW)
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    r2_client.put_object(Bucket=r2_bucket, Key=a_key(), Body=NEW)
    written, patience_ends = time.monotonic(), time.monotonic() + 10
    while not succeeds(r2_client, r2_bucket, key):
        assert time.monotonic() < patience_ends
    assert time.monotonic() - written > 0.5


def test_a_write_that_lost_does_not_count_for_r2(r2_client: S3Client, r2_bucket: str) -> None:
    key = a_key()
    with pytest.raises(ClientError):
        r2_client.put_object(Bucket=r2_bucket, Key=key, Body=NEW, IfMatch='"of nothing"')
    r2_client.put_object(Bucket=r2_bucket, Key=key, Body=NEW)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"region_name": "eu-central-1"}, 400, "InvalidRegionName"),
        ({"aws_access_key_id": "stranger"}, 401, "Unauthorized"),
    ],
)
def test_r2_refuses_regions_and_keys_that_it_does_not_know(
    r2: R2Proxy, r2_bucket: str, changes: dict[str, str], status: int, code: str
) -> None:
    with pytest.raises(ClientError, match=code) as refusal:
        r2.s3.client(config=PLAIN, **changes).list_objects_v2(Bucket=r2_bucket)
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_r2_knows_no_versions_tags_and_access_rights(r2_client: S3Client, r2_bucket: str) -> None:
    for ask in (r2_client.get_bucket_versioning, r2_client.get_bucket_acl, r2_client.get_bucket_tagging):
        with pytest.raises(ClientError, match="NotImplemented"):
            ask(Bucket=r2_bucket)


# Faults.


@pytest.fixture(scope="module")
def proxy(ceph: Ceph) -> Iterator[FaultyProxy]:
    with FaultyProxy(ceph.plain) as running:
        yield running


@pytest.fixture
def client(proxy: FaultyProxy) -> S3Client:
    return proxy.s3.client(config=PLAIN.merge(Config(read_timeout=0.3)))


@pytest.mark.parametrize(
    ("fault", "is_told", "left"),
    [
        (refused(500, "InternalError"), False, OLD),
        (refused(500, "InternalError", done=True), False, NEW),
        (silent(done=False), False, OLD),
        (silent(done=True), False, NEW),
        (reset(done=False), False, OLD),
        (reset(done=True), False, NEW),
        (CUT_UPLOAD, False, OLD),
        (STALLED, False, NEW),
        (SLOW, True, NEW),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_a_fault_of_a_write_leaves_the_object_as_it_says(
    proxy: FaultyProxy, client: S3Client, ceph: Ceph, fault: Fault, is_told: bool, left: bytes
) -> None:
    bucket, key = bucket_at(ceph.plain), a_key()
    behind = ceph.plain.client()
    behind.put_object(Bucket=bucket, Key=key, Body=OLD)
    with proxy.playing(fault, at=the(1)) as played:
        assert succeeds(client, bucket, key) == is_told
    assert [(request.method, request.key) for request in played.hit] == [("PUT", key)]
    assert behind.get_object(Bucket=bucket, Key=key)["Body"].read() == left


def succeeds(client: S3Client, bucket: str, key: str) -> bool:
    try:
        client.put_object(Bucket=bucket, Key=key, Body=NEW)
    except (BotoCoreError, ClientError):
        return False
    return True


@pytest.mark.parametrize("fault", [CUT, STALLED], ids=lambda fault: fault.name)
def test_half_a_body_is_all_that_a_reader_gets(proxy: FaultyProxy, client: S3Client, ceph: Ceph, fault: Fault) -> None:
    bucket, key = bucket_at(ceph.plain), a_key()
    ceph.plain.client().put_object(Bucket=bucket, Key=key, Body=OLD)
    with proxy.playing(fault, at=the(1)), pytest.raises(BotoCoreError):
        client.get_object(Bucket=bucket, Key=key)["Body"].read()


def test_a_slow_body_is_whole(proxy: FaultyProxy, client: S3Client, ceph: Ceph) -> None:
    bucket, key = bucket_at(ceph.plain), a_key()
    ceph.plain.client().put_object(Bucket=bucket, Key=key, Body=OLD)
    with proxy.playing(SLOW, at=the(1)):
        assert client.get_object(Bucket=bucket, Key=key)["Body"].read() == OLD
