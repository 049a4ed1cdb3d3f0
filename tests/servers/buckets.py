"""modelsync's own store on a server of the tests, as a job would open it."""

import os
import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Final
from unittest.mock import patch

from modelsync.shell.storage.patience import DEFAULT_LIMITS, Limits
from modelsync.shell.storage.s3_client import S3Client, make_client
from modelsync.shell.storage.s3_profile import profile_of
from modelsync.shell.storage.s3_store import S3Store
from tests.servers.endpoint import Endpoint

IMPATIENT: Final = Limits(
    tries=6,
    total_seconds=20.0,
    attempt_seconds=3.0,
    connect_seconds=1.0,
    read_seconds=0.25,
    backoff_seconds=0.01,
    backoff_ceiling_seconds=0.1,
)
"""For a server on the loopback interface: whoever is silent for this long stays silent."""

_ENVIRONMENT = threading.Lock()


def store_in(endpoint: Endpoint, bucket: str, prefix: str = "", *, limits: Limits = DEFAULT_LIMITS) -> S3Store:
    """A store below a prefix of a bucket, by the profile that the endpoint asks for."""
    profile = profile_of(endpoint.profile, endpoint.url)
    seconds = profile.seconds_between_writes_of_a_key * endpoint.second
    profile = replace(profile, seconds_between_writes_of_a_key=seconds)
    return S3Store(bucket, prefix, make_client=lambda: client_of(endpoint, limits), profile=profile, limits=limits)


def environment_of(endpoint: Endpoint) -> Mapping[str, str]:
    """The variables by which a job that is another process asks this server."""
    return {**endpoint.environment, "MODELSYNC_ENDPOINT_URL": endpoint.url, "MODELSYNC_S3_PROFILE": endpoint.profile}


def others_credentials(environment: Mapping[str, str]) -> list[str]:
    """The variables of whoever runs the tests that would get in the way of an environment."""
    return [name for name in os.environ if name.startswith("AWS_") and name not in environment]


@cache
def client_of(endpoint: Endpoint, limits: Limits = DEFAULT_LIMITS) -> S3Client:
    """The client that a job would ask this server with, made once: it finds credentials and trust by itself."""
    with _ENVIRONMENT, patch.dict(os.environ, endpoint.environment):
        for name in others_credentials(endpoint.environment):
            del os.environ[name]
        return make_client(profile_of(endpoint.profile, endpoint.url), endpoint.url, limits=limits)
