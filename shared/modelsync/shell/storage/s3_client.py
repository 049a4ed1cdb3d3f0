"""The one client of S3: boto3's own, made by botocore.

boto3 adds resources and a transfer manager to this client, of which nothing here has a use, and a good tenth of
a cold start. Retries are off: `s3_store` has rules of its own for what an outcome means and when to ask again.
"""

from collections.abc import Callable
from typing import Any, NoReturn, Protocol, cast

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

from modelsync import __version__
from modelsync.shell.storage.patience import DEFAULT_LIMITS, Limits
from modelsync.shell.storage.s3_profile import Credentials, Profile


class S3Client(Protocol):
    """The five requests of S3 that a store is made of, with the names and answers of boto3."""

    def get_object(self, **request: Any) -> Any:
        """GET an object; its body is a stream."""

    def head_object(self, **request: Any) -> Any:
        """Ask for an object's headers alone."""

    def put_object(self, **request: Any) -> Any:
        """PUT an object."""

    def list_objects_v2(self, **request: Any) -> Any:
        """GET one page of keys."""

    def delete_object(self, **request: Any) -> Any:
        """DELETE an object."""


def make_client(
    profile: Profile,
    endpoint_url: str | None = None,
    *,
    credentials: Callable[[], Credentials] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> S3Client:
    """A client, which may be shared by threads; connects to nothing yet.

    Without `endpoint_url` the AWS configuration says where; without `credentials` it says as whom.
    """
    session = Session()
    configured = None if profile.region_is_fixed else session.get_config_variable("region")
    if credentials is not None:
        given = credentials()
        session.set_credentials(given.access_key_id, given.secret_access_key, given.session_token)
    client = session.create_client(
        "s3",
        region_name=configured or profile.region,
        endpoint_url=endpoint_url,
        config=_config(profile, limits),
    )
    client.meta.events.register("before-call.s3.HeadBucket", _do_not_look_for_the_region)
    return cast("S3Client", client)  # botocore builds the methods at run time, from a description of the service


def _config(profile: Profile, limits: Limits) -> Config:
    return Config(
        connect_timeout=limits.connect_seconds,
        read_timeout=limits.read_seconds,
        retries={"total_max_attempts": 1, "mode": "standard"},
        signature_version="s3v4",
        s3={"addressing_style": "path" if profile.path_style else "auto"},
        request_checksum_calculation=profile.checksums,
        response_checksum_validation=profile.checksums,
        user_agent_extra=f"modelsync/{__version__}",
    )


def _do_not_look_for_the_region(**_: Any) -> NoReturn:
    """End boto3's search for a bucket's region where a redirect does not name it, as all redirects of AWS do.

    It asks for the bucket, follows a redirect of that question with the same question, and so on without end (seen
    in 1.43): one endpoint that moved to https is enough.
    """
    raise ClientError({"ResponseMetadata": {"HTTPHeaders": {}}}, "HeadBucket")  # type: ignore[typeddict-item]
