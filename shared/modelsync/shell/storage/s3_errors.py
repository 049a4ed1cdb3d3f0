"""What it means that an S3 store did not do as it was asked, and how to say it.

- A `Failure` says whether the request was surely not carried out, may have been, or was refused for good.
- Its words are ours: never the store's own message, in which there may be account numbers and signatures, never
  the address of an object with its query, and never a credential.

This room asks nothing and decides nothing; what follows from a failure is `s3_store`'s business.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from botocore import exceptions
from botocore.parsers import ResponseParserError

FOREIGN_ERRORS: Final = (exceptions.BotoCoreError, exceptions.ClientError, ResponseParserError, TimeoutError)
"""Everything that a request may raise through botocore, and the end of its deadline."""


class Meaning(Enum):
    """What a failure says about the request and the object."""

    NO_OBJECT = "there is no object under this key"
    UNCHANGED = "the object is the one that the caller has"
    CONDITION_FAILED = "the object is not the one that the write asks for"
    NOT_SENT = "it did not reach the store, and the next try may do better"
    NOT_DONE = "the store put it off: nothing was done, and the next try may do better"
    IN_DOUBT = "no answer, or a defect: it may have been done, and the next try may do better"
    NOT_IMPLEMENTED = "the store does not know how to do this"
    REFUSED = "the next try would do no better"


PASSING: Final = frozenset({Meaning.NOT_SENT, Meaning.NOT_DONE, Meaning.IN_DOUBT})


@dataclass(frozen=True, slots=True)
class Failure:
    """One request that came to nothing: what was found, and what a person can do."""

    meaning: Meaning
    found: str
    advice: str = "run it again later"
    retry_after_seconds: float | None = None

    @property
    def is_passing(self) -> bool:
        """Whether the same request may do better in a while."""
        return self.meaning in PASSING


def failure_of(error: Exception) -> Failure:
    """What one of FOREIGN_ERRORS means."""
    if isinstance(error, exceptions.ClientError):
        return _failure_of_answer(error)
    if isinstance(error, TimeoutError):
        return Failure(Meaning.IN_DOUBT, "no whole answer in the time that a try may take")
    if isinstance(error, ResponseParserError):
        return Failure(
            Meaning.IN_DOUBT, "an answer that is not S3's", "see whether the endpoint is that of an S3 store"
        )
    return _failure_of_transport(error) or _failure_of_configuration(error)


# --- answers ---

_BY_STATUS: Final[Mapping[int, Meaning]] = {
    HTTPStatus.NOT_MODIFIED: Meaning.UNCHANGED,
    HTTPStatus.REQUEST_TIMEOUT: Meaning.IN_DOUBT,
    HTTPStatus.CONFLICT: Meaning.NOT_DONE,
    HTTPStatus.PRECONDITION_FAILED: Meaning.CONDITION_FAILED,
    HTTPStatus.TOO_MANY_REQUESTS: Meaning.NOT_DONE,
    HTTPStatus.NOT_IMPLEMENTED: Meaning.NOT_IMPLEMENTED,
}
_BY_CODE: Final[Mapping[str, Meaning]] = {  # of an answer whose status is 3xx or another 4xx
    "BadDigest": Meaning.IN_DOUBT,
    "IncompleteBody": Meaning.IN_DOUBT,
    "RequestTimeout": Meaning.IN_DOUBT,
    "SlowDown": Meaning.NOT_DONE,
    "TemporaryRedirect": Meaning.IN_DOUBT,
    "Throttling": Meaning.NOT_DONE,
}

_KEY_ADVICE: Final = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the endpoint"
_REGION_ADVICE: Final = "set AWS_DEFAULT_REGION to the bucket's region"
_REDIRECT_ADVICE: Final = "check the endpoint, whether it is https now, and AWS_DEFAULT_REGION"
_RIGHTS_ADVICE: Final = (
    "allow s3:ListBucket, s3:GetObject, s3:PutObject and s3:PutObjectTagging on it to these credentials"
)
_REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "AccessDenied": ("access denied", _RIGHTS_ADVICE),
    "AllAccessDisabled": ("access denied", _RIGHTS_ADVICE),
    "401": ("access denied", _KEY_ADVICE),
    "403": ("access denied", _RIGHTS_ADVICE),
    "AuthorizationHeaderMalformed": ("a signature for another region", _REGION_ADVICE),
    "IllegalLocationConstraintException": ("a bucket of another region", _REGION_ADVICE),
    "PermanentRedirect": ("a bucket of another region", _REGION_ADVICE),
    "301": ("a redirect", _REDIRECT_ADVICE),
    "302": ("a redirect", _REDIRECT_ADVICE),
    "307": ("a redirect", _REDIRECT_ADVICE),
    "308": ("a redirect", _REDIRECT_ADVICE),
    "ExpiredToken": ("credentials that have expired", "renew them"),
    "TokenRefreshRequired": ("credentials that have expired", "renew them"),
    "InvalidToken": ("a session token that is not valid", "renew the credentials, or unset AWS_SESSION_TOKEN"),
    "InvalidAccessKeyId": ("an access key that the store does not know", _KEY_ADVICE),
    "SignatureDoesNotMatch": ("a signature that does not fit the access key", _KEY_ADVICE),
    "RequestTimeTooSkewed": ("this machine's clock too far from the store's", "set the clock"),
    "InvalidBucketName": ("a name that no bucket has", "correct the store's address"),
    "MissingContentLength": ("a store that takes bodies otherwise than AWS", "say what store it is with --s3-profile"),
    "NoSuchBucket": ("no such bucket", "create it or correct the store's address"),
    "InvalidObjectState": ("an archived object", "restore it first"),
}


def _failure_of_answer(error: exceptions.ClientError) -> Failure:
    answer: Mapping[str, Any] = error.response
    code = str(answer.get("Error", {}).get("Code", ""))
    metadata = answer.get("ResponseMetadata", {})
    status = int(metadata.get("HTTPStatusCode", 0))
    meaning = _meaning(status, code, is_head=error.operation_name == "HeadObject")
    found, advice = _REFUSALS.get(code) or _REFUSALS.get(str(status), ("", ""))
    words = " ".join(word for word in (_shown_status(status), _shown_code(code)) if word) or "an error without a code"
    if meaning is not Meaning.REFUSED:
        return Failure(meaning, words, retry_after_seconds=_retry_after_seconds(metadata.get("HTTPHeaders", {})))
    advice = advice or "look it up in what the store's documentation says of its errors"
    return Failure(meaning, f"{found} ({words})" if found else words, advice)


def _meaning(status: int, code: str, *, is_head: bool) -> Meaning:
    """Only a code, not a bare 404, says that an object is missing: a wrong endpoint answers 404 to everything."""
    if code == "NoSuchKey" or (is_head and status == HTTPStatus.NOT_FOUND):  # an answer to HEAD has no body
        return Meaning.NO_OBJECT
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Meaning.IN_DOUBT
    return _BY_CODE.get(code, Meaning.REFUSED)


def _shown_status(status: int) -> str:
    return str(status) if status else ""


def _shown_code(code: str) -> str:
    """The code where it is one: a word that says more than the status, not whatever else stood there."""
    return code if re.fullmatch(r"[A-Za-z][A-Za-z0-9.]{0,60}", code) else ""


def _retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Seconds asked for; a date counts from the answer's own Date, so that no clock of ours matters."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        until, answered = (parsedate_to_datetime(text) for text in (value, headers.get("date", "")))
        return max(0.0, (until.astimezone(UTC) - answered.astimezone(UTC)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


# --- no answer ---


_NETWORK_ADVICE: Final = "check the endpoint and the network, or run it again later"
_TRANSPORTS: Final[tuple[tuple[type[Exception], Meaning, str, str], ...]] = (
    (exceptions.SSLError, Meaning.IN_DOUBT, "no TLS connection to {host}", "check whether the endpoint speaks https"),
    (exceptions.ProxyConnectionError, Meaning.NOT_SENT, "no connection to the proxy", "check HTTPS_PROXY and NO_PROXY"),
    (exceptions.EndpointConnectionError, Meaning.NOT_SENT, "no connection to {host}", _NETWORK_ADVICE),
    (exceptions.ConnectTimeoutError, Meaning.NOT_SENT, "no connection to {host}", _NETWORK_ADVICE),
    (exceptions.ReadTimeoutError, Meaning.IN_DOUBT, "silence in place of an answer", _NETWORK_ADVICE),
    (exceptions.FlexibleChecksumError, Meaning.IN_DOUBT, "a body that its checksum does not fit", _NETWORK_ADVICE),
    (exceptions.IncompleteReadError, Meaning.IN_DOUBT, "a body that was cut", _NETWORK_ADVICE),
    (exceptions.HTTPClientError, Meaning.IN_DOUBT, "a connection that was cut", _NETWORK_ADVICE),
)


def _failure_of_transport(error: Exception) -> Failure | None:
    host = _host_of(error)
    if isinstance(error, exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        found = f"a certificate of {host} that cannot be trusted"
        return Failure(Meaning.REFUSED, found, "check the endpoint, or name the authority's file in AWS_CA_BUNDLE")
    for kind, meaning, found, advice in _TRANSPORTS:
        if isinstance(error, kind):
            return Failure(meaning, found.format(host=host), advice)
    return None


def _host_of(error: Exception) -> str:
    """The host and port that a request was for; no more of its address, which may be signed."""
    address = getattr(error, "kwargs", {}).get("endpoint_url") or ""
    return urlsplit(str(address)).netloc.rpartition("@")[2] or "the store"


_CREDENTIALS_ADVICE: Final = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
_CONFIGURATIONS: Final[tuple[tuple[type[Exception], str, str], ...]] = (
    (exceptions.NoCredentialsError, "no credentials", _CREDENTIALS_ADVICE),
    (exceptions.PartialCredentialsError, "half of the credentials", _CREDENTIALS_ADVICE),
    (exceptions.CredentialRetrievalError, "credentials that cannot be had", "see why their provider fails"),
    (exceptions.MetadataRetrievalError, "credentials that cannot be had", "see why the machine's provider fails"),
    (exceptions.TokenRetrievalError, "a session that has ended", "sign in again: aws sso login"),
    (exceptions.SSOError, "a session that has ended", "sign in again: aws sso login"),
    (exceptions.LoginError, "a session that has ended", "sign in again: aws login"),
    (exceptions.ProfileNotFound, "no profile of the name in AWS_PROFILE", "correct it or unset it"),
    (exceptions.InvalidRegionError, "a region that cannot be one", "correct AWS_DEFAULT_REGION"),
    (exceptions.NoRegionError, "no region", "set AWS_DEFAULT_REGION"),
)


def _failure_of_configuration(error: Exception) -> Failure:
    for kind, found, advice in _CONFIGURATIONS:
        if isinstance(error, kind):
            return Failure(Meaning.REFUSED, found, advice)
    advice = "check the AWS configuration: environment, files and profile"
    return Failure(Meaning.REFUSED, f"a request that could not be sent ({type(error).__name__})", advice)
