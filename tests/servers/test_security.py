"""Who is let in by a real server, and what is said to whoever is not: no secret, and no byte of a body."""

import ssl
import time
import urllib.error
import urllib.request
import uuid

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from modelsync.errors import StoreError
from modelsync.shell.storage.object_store import Headers, ObjectStore
from modelsync.shell.storage.stores import open_store
from tests.servers.buckets import environment_of, others_credentials, store_in
from tests.servers.ceph import Ceph
from tests.servers.endpoint import SECRET_KEY, Endpoint
from tests.servers.places import bucket_at, endpoint_of
from tests.servers.r2_proxy import R2Proxy

KEY = "models/openrouter/current.json"
BODY = b'{"private": "until somebody allows it"}'
DEFAULTS = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
"""boto3's own settings: over TLS, a checksum behind the body."""

KEPT = Headers(cache_control="public, max-age=60", metadata={"generation": "1"}, tags={"keep": "90d"})

CHECK_KEYS = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the endpoint"
SET_KEYS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"

REFUSED: dict[str, tuple[dict[str, str | None], str]] = {
    "a wrong secret": (
        {"AWS_SECRET_ACCESS_KEY": "another-secret"},
        f"a signature that does not fit the access key (403 SignatureDoesNotMatch); {CHECK_KEYS}",
    ),
    "an unknown key": (
        {"AWS_ACCESS_KEY_ID": "stranger"},
        f"an access key that the store does not know (403 InvalidAccessKeyId); {CHECK_KEYS}",
    ),
    "no credentials": (
        {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
        f"no credentials; {SET_KEYS}",
    ),
    "half of the credentials": ({"AWS_SECRET_ACCESS_KEY": None}, f"half of the credentials; {SET_KEYS}"),
    "no authority to trust": ({"AWS_CA_BUNDLE": None}, " that cannot be trusted; check the endpoint, or name "),
}
refused = pytest.mark.parametrize(("changes", "said"), REFUSED.values(), ids=REFUSED.keys())


@pytest.fixture
def bucket(ceph: Ceph) -> str:
    """A bucket with an object."""
    name = bucket_at(ceph.over_tls)
    store_in(ceph.over_tls, name).put(KEY, BODY)
    return name


def opened(
    endpoint: Endpoint, bucket: str, monkeypatch: pytest.MonkeyPatch, *, changes: dict[str, str | None] | None = None
) -> ObjectStore:
    """The store as a job opens it whose environment is changed; None takes a variable away."""
    for name in others_credentials(environment_of(endpoint)):
        monkeypatch.delenv(name)
    environment: dict[str, str | None] = {**environment_of(endpoint), **(changes or {})}
    for name, value in environment.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    return open_store(f"s3://{bucket}", endpoint_url=endpoint.url, profile=endpoint.profile)


@refused
def test_whoever_has_no_right_is_told_so_in_one_sentence(
    ceph: Ceph, bucket: str, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str | None], said: str
) -> None:
    store = opened(ceph.over_tls, bucket, monkeypatch, changes=changes)
    for ask in (lambda: store.get(KEY), lambda: store.put(KEY, b"mine"), lambda: store.list("models/")):
        with pytest.raises(StoreError) as refusal:
            ask()
        assert said in str(refusal.value)
        assert not any(secret in str(refusal.value) for secret in (SECRET_KEY, "another-secret", "until somebody"))
    assert body_at(ceph.over_tls, bucket) == BODY


def body_at(endpoint: Endpoint, bucket: str) -> bytes:
    stored = store_in(endpoint, bucket).get(KEY)
    assert stored is not None
    return stored.body


def test_a_key_that_belongs_to_somebody_else_opens_nothing(
    ceph: Ceph, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_user(ceph)
    store = opened(ceph.over_tls, bucket, monkeypatch, changes=dict(key))
    with pytest.raises(StoreError, match=r"found access denied \(403 AccessDenied\); allow s3:ListBucket, s3:GetObj"):
        store.get(KEY)


def test_a_key_that_was_taken_back_opens_nothing_any_more(ceph: Ceph, monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_user(ceph)
    own = ceph.over_tls.new_bucket(access_key=key["AWS_ACCESS_KEY_ID"], secret_key=key["AWS_SECRET_ACCESS_KEY"])
    store = opened(ceph.over_tls, own, monkeypatch, changes=dict(key))
    store.put(KEY, BODY)
    ceph.take_back(key["AWS_ACCESS_KEY_ID"])
    with pytest.raises(StoreError, match=r"found an access key that the store does not know \(403 InvalidAccessKeyId"):
        store.get(KEY)


def new_user(ceph: Ceph) -> dict[str, str]:
    name = uuid.uuid4().hex
    ceph.add_user(name, access_key=name, secret_key=f"secret-of-{name}")
    return {"AWS_ACCESS_KEY_ID": name, "AWS_SECRET_ACCESS_KEY": f"secret-of-{name}"}


# Without a key.


def status_for_a_stranger(endpoint: Endpoint, url: str) -> int:
    """What somebody is answered who signs nothing."""
    trust = ssl.create_default_context(cafile=endpoint.authority)
    try:
        with urllib.request.urlopen(url, timeout=5, context=trust) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def test_nobody_reads_what_a_job_published_before_a_policy_allows_it(ceph: Ceph, bucket: str) -> None:
    endpoint = ceph.over_tls
    assert status_for_a_stranger(endpoint, f"{endpoint.url}/{bucket}/{KEY}") == 403
    assert status_for_a_stranger(endpoint, f"{endpoint.url}/{bucket}?list-type=2") == 403


def test_a_signed_address_is_good_until_it_expires(ceph: Ceph, bucket: str) -> None:
    endpoint = ceph.over_tls
    asked = {"Bucket": bucket, "Key": KEY}
    url = endpoint.client().generate_presigned_url("get_object", Params=asked, ExpiresIn=1)
    expires = time.monotonic() + 3
    assert status_for_a_stranger(endpoint, url) == 200
    while (status := status_for_a_stranger(endpoint, url)) == 200:
        assert time.monotonic() < expires
    assert status == 403


# What boto3 does by itself, and R2 and Ceph do not take.


@pytest.mark.parametrize(("kind", "answer"), [("ceph", "MissingContentLength"), ("r2", "NotImplemented")])
def test_what_boto3_sends_by_default_is_refused_and_what_we_send_is_not(
    kind: str, answer: str, request: pytest.FixtureRequest
) -> None:
    endpoint = endpoint_of(kind, request)
    bucket = bucket_at(endpoint)
    with pytest.raises(ClientError, match=answer):
        endpoint.client(config=DEFAULTS).put_object(Bucket=bucket, Key="by-default.json", Body=BODY)
    ours = f"{uuid.uuid4().hex}.json"
    store_in(endpoint, bucket).put(ours, BODY, headers=KEPT, if_absent=True)
    assert store_in(endpoint, bucket).get(ours) is not None


def test_a_store_that_is_taken_for_aws_and_is_not_says_what_to_do(
    ceph: Ceph, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(ceph.over_tls, bucket, monkeypatch)
    store = open_store(f"s3://{bucket}", endpoint_url=ceph.over_tls.url, profile="aws")
    with pytest.raises(StoreError, match=r"411 MissingContentLength\); say what store it is with --s3-profile"):
        store.put(KEY, BODY)


# What R2 does not know at all.


@pytest.mark.parametrize(
    ("extra", "header"),
    [
        ({"Tagging": "keep=90d"}, "x-amz-tagging"),
        ({"ACL": "public-read"}, "x-amz-acl"),
        ({"ChecksumAlgorithm": "SHA256"}, "x-amz-sdk-checksum-algorithm"),
    ],
)
def test_r2_refuses_what_we_never_send(r2: R2Proxy, extra: dict[str, str], header: str) -> None:
    put = r2.s3.client().put_object
    with pytest.raises(ClientError, match=f"NotImplemented.*Header '{header}'"):
        put(Bucket=bucket_at(r2.s3), Key="never.json", Body=BODY, **extra)  # type: ignore[arg-type]
