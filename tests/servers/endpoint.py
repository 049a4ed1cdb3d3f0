"""Where an S3 server listens and who may ask it: what a test, or a process that it starts, needs to know.

All servers of the tests know the same credentials, so that one environment does for each of them.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import trustme
from botocore.config import Config
from mypy_boto3_s3 import S3Client

ACCESS_KEY, SECRET_KEY = "testing", "testing-secret"

PLAIN: Final = Config(
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    s3={"addressing_style": "path"},
    retries={"total_max_attempts": 1},
)
"""What every S3 server understands, and no second try, so that a test sees each answer."""


@dataclass(frozen=True)
class Certificate:
    """A server's certificate for the loopback address, its key, and the authority that a client has to trust."""

    chain: Path
    key: Path
    authority: Path


def new_certificate(folder: Path) -> Certificate:
    """Make a new authority and a certificate of it."""
    made = Certificate(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    authority = trustme.CA()
    server = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(str(made.authority))
    server.private_key_pem.write_to_path(str(made.key))
    for each in server.cert_chain_pems:
        each.write_to_path(str(made.chain), append=True)
    return made


@dataclass(frozen=True)
class Endpoint:
    """An S3 server that listens; `authority` is the certificate to trust, None where it speaks plain HTTP."""

    url: str
    profile: str
    """How modelsync is told to speak to it."""
    region: str = "us-east-1"
    authority: Path | None = None
    second: float = 1.0
    """How many seconds one of its limits' seconds lasts: few where a test writes one key often."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which boto3 finds credentials and trust, and by which it finds no others."""
        trust = {} if self.authority is None else {"AWS_CA_BUNDLE": str(self.authority)}
        return trust | {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, *, config: Config = PLAIN, **changes: Any) -> S3Client:
        """A client of boto3; `changes` replace what it is made with."""
        made: S3Client = boto3.session.Session().client(
            "s3",
            **{
                "endpoint_url": self.url,
                "region_name": self.region,
                "aws_access_key_id": ACCESS_KEY,
                "aws_secret_access_key": SECRET_KEY,
                "verify": None if self.authority is None else str(self.authority),
                "config": config,
            }
            | changes,
        )
        return made

    def new_bucket(self, *, access_key: str = ACCESS_KEY, secret_key: str = SECRET_KEY) -> str:
        """Make an empty bucket of its own for somebody, and return its name."""
        name = f"test-{uuid.uuid4().hex[:12]}"
        client = self.client(
            region_name="us-east-1",  # the region for which no location has to be named
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
        )
        client.create_bucket(Bucket=name)
        client.close()
        return name
