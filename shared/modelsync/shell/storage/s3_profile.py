"""What S3-compatible stores do differently, and which of them an endpoint is. Values only.

| profile | checksums by default, on https as a trailer | If-Match | tags | writes of one key |
|---|---|---|---|---|
| aws | yes | quoted | yes | |
| r2 (Cloudflare) | refused | quoted | refused | one a second, above it 429 |
| ceph (RADOS Gateway) | refused | the quoted ETag never matches (seen in 16.2) | yes | |
| other | refused or stored as content by some | quoted | refused by some | |

An endpoint says whether it is AWS or R2. It does not say that it is a RADOS Gateway: that has to be told.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from modelsync.errors import UsageError

_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
_AWS_HOST = re.compile(r"(.+\.)?amazonaws\.com(\.cn)?", re.IGNORECASE)
_R2_HOST = re.compile(r".+\.r2\.cloudflarestorage\.com", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Profile:
    """How to speak to one kind of store."""

    name: str
    path_style: bool = True
    """The bucket in the path; on AWS it is in the host name."""
    region: str | None = "auto"
    """What requests are signed for; None: what the AWS configuration says."""
    region_is_fixed: bool = False
    """True where a region of the AWS configuration (a Lambda function always has one) means nothing."""
    checksums: Literal["when_required"] | None = "when_required"
    """boto3's mode of checksums: its own default (None) adds CRC32 trailers that only AWS understands."""
    quoted_if_match: bool = True
    keeps_tags: bool = False
    seconds_between_writes_of_a_key: float = 0.0


AWS: Final = Profile("aws", path_style=False, region=None, checksums=None, keeps_tags=True)
R2: Final = Profile("r2", region_is_fixed=True, seconds_between_writes_of_a_key=1.0)
CEPH: Final = Profile("ceph", quoted_if_match=False, keeps_tags=True)
OTHER: Final = Profile("other")

PROFILES: Final[Mapping[str, Profile]] = {profile.name: profile for profile in (AWS, R2, CEPH, OTHER)}


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key of a store, where the usual AWS configuration is not what counts."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


def profile_of(name: str | None, endpoint_url: str | None) -> Profile:
    """The profile of that name; without one, what the endpoint is (None: AWS). Raises UsageError.

    >>> profile_of(None, "https://0123abcd.eu.r2.cloudflarestorage.com").name
    'r2'
    """
    host = None if endpoint_url is None else _checked(endpoint_url).hostname or ""
    if name is not None:
        if name not in PROFILES:
            raise UsageError(f"store: expected one of the S3 profiles {', '.join(PROFILES)}, found {name[:40]!a}")
        return PROFILES[name]
    if host is None or _AWS_HOST.fullmatch(host):
        return AWS
    return R2 if _R2_HOST.fullmatch(host) else OTHER


def _checked(endpoint_url: str) -> SplitResult:
    """The parts of an endpoint's address; it is quoted in no error, for it may hold a password."""
    expected = "store: expected an S3 endpoint like https://host or http://host:port"
    try:
        parts = urlsplit(endpoint_url)
        is_address = parts.scheme in ("http", "https") and parts.port != 0
    except ValueError as error:
        raise UsageError(f"{expected}, found what is no address") from error
    if not is_address or not _is_plain(endpoint_url):
        raise UsageError(f"{expected}, found what is no such address")
    if "@" in parts.netloc:
        raise UsageError(f"{expected}, found a name or password in it; give them as AWS_ACCESS_KEY_ID and the like")
    if not _HOST.fullmatch(parts.netloc.removesuffix(f":{parts.port}")) or parts.query or parts.fragment:
        raise UsageError(f"{expected}, found more than that or a host that cannot be one")
    if parts.path.strip("/") and _R2_HOST.fullmatch(parts.hostname or ""):
        raise UsageError(f"{expected}, found a path behind it; name the bucket in the store's address, s3://bucket")
    return parts


def _is_plain(text: str) -> bool:
    """True for visible ASCII: the parser of addresses drops line breaks and tabs without a word."""
    return text.isascii() and text.isprintable() and " " not in text
