"""The functions deployed with Cloudflare R2 as their store, as `examples/aws-r2/samconfig.toml` says.

AWS is ministack, R2 a proxy that refuses what R2 refuses, in front of another one.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.artefact.artefact import REPOSITORY, Artefact
from tests.artefact.stack import Stack, client_of, deploy
from tests.servers.endpoint import ACCESS_KEY, SECRET_KEY
from tests.servers.ministack import Ministack
from tests.servers.r2_proxy import R2Proxy
from tests.world import World

SAMCONFIG: Final = REPOSITORY / "examples/aws-r2/samconfig.toml"
SLOT: Final = "2026-08-01T06:00:00Z"


@dataclass(frozen=True)
class OnR2:
    """A deployment, and the bucket that it writes."""

    stack: Stack
    r2: R2Proxy
    bucket: str

    def head(self, key: str) -> Any:
        return self.r2.s3.client().head_object(Bucket=self.bucket, Key=key)

    def keys(self) -> set[str]:
        listed = self.r2.s3.client().list_objects_v2(Bucket=self.bucket)
        return {each["Key"] for each in listed.get("Contents", ())}


@pytest.fixture(scope="module")
def deployed(artefact: Artefact, r2: R2Proxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnR2]:
    folder, feed = tmp_path_factory.mktemp("deployment"), tmp_path_factory.mktemp("feed") / "feed.json"
    feed.write_bytes(World().feed.body)
    settings = {"MODELSYNC_FEED": str(feed), "AWS_CA_BUNDLE": str(r2.s3.authority)}
    bucket = r2.s3.new_bucket()
    with Ministack(tmp_path_factory.mktemp("aws"), python=artefact.tools.ministack, settings=settings) as aws:
        token = json.dumps({"accessKeyId": ACCESS_KEY, "secretAccessKey": SECRET_KEY})
        secret = client_of(aws, "secretsmanager").create_secret(Name="modelsync/r2", SecretString=token)
        own = {"Bucket": bucket, "S3Endpoint": r2.s3.url, "StoreCredentialsSecret": secret["ARN"]}
        assert own.keys() == example().keys()
        deploy(artefact, aws, folder=folder, parameters=own | {"S3Profile": "r2"})  # its endpoint does not tell
        yield OnR2(Stack(aws, feed=feed), r2, bucket)


def example() -> dict[str, str]:
    """The parameters of the example."""
    config = tomllib.loads(SAMCONFIG.read_text(encoding="utf-8"))
    return dict(each.split("=", 1) for each in config["default"]["deploy"]["parameters"]["parameter_overrides"])


def test_a_refresh_publishes_into_r2(deployed: OnR2) -> None:
    told, error = deployed.stack.invoke("FullRefresh", {"slot": SLOT, "job": "all"})
    assert (error, told["outcome"]) == (None, "published")
    manifest = deployed.head("models/openrouter/manifest.json")
    assert manifest["CacheControl"] == "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"
    assert {"models/openrouter/current.json", "models/openrouter/status.json"} < deployed.keys()


def test_the_same_slot_delivered_twice_changes_nothing(deployed: OnR2) -> None:
    deployed.stack.invoke("FullRefresh", {"slot": SLOT, "job": "all"})
    before = deployed.head("models/openrouter/manifest.json")["ETag"]
    told, error = deployed.stack.invoke("FullRefresh", {"slot": SLOT, "job": "all"})
    assert (error, told["outcome"]) == (None, "unchanged")
    assert deployed.head("models/openrouter/manifest.json")["ETag"] == before


def test_the_admin_api_reads_r2(deployed: OnR2) -> None:
    deployed.stack.invoke("FullRefresh", {"slot": SLOT, "job": "all"})
    status = deployed.stack.call("AdminApi", "GET", "api/admin/models/status", signed=True)
    assert (status.status, status.body["generation"]) == (200, 1)


def test_no_bucket_is_made_on_aws(deployed: OnR2) -> None:
    buckets = deployed.stack.client("s3").list_buckets()["Buckets"]
    assert [each["Name"] for each in buckets if not each["Name"].startswith("aws-sam-cli")] == []
