"""What an object is on the way to S3 and back: requests of values, and values of answers.

- An ETag is kept without its quotes, whatever answer it came in, and sent as the store understands it. It is
  never computed: only some are the MD5 of a content.
- A body is read whole, up to a limit, and not unpacked; one that ends early is a failure, never an object.
- A mark, by which a write is known again, is a word of metadata that no reader of an object is told of.
- Tags are sent to stores that keep them. Access rights of single objects (ACL) are never sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from botocore.exceptions import BotoCoreError, ResponseStreamingError

from modelsync.shell.storage.object_store import Headers, StoredObject
from modelsync.shell.storage.s3_errors import Failure, Meaning
from modelsync.shell.storage.s3_profile import Profile

MEGABYTE: Final = 1024 * 1024
_PIECE_BYTES: Final = 64 * 1024
_MARK: Final = "modelsync-write"

# What a condition can name. A star would mean any object, and a comma a list of ETags.
_ETAG: Final = re.compile(r"[!#-)+\--~]+")


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands under a key: an ETag and the mark of the write that it is from; None for what there is not."""

    etag: str | None
    mark: str | None


def can_be_an_etag(etag: str) -> bool:
    """False for a text that no object has as its ETag, and that no condition may be made of."""
    return _ETAG.fullmatch(etag) is not None


def put_parameters(body: bytes, *, headers: Headers, profile: Profile, mark: str | None = None) -> dict[str, Any]:
    """The parameters of a PUT besides bucket, key and condition."""
    optional = {
        "CacheControl": headers.cache_control,
        "ContentEncoding": headers.content_encoding,
        "Metadata": dict(headers.metadata) | ({} if mark is None else {_MARK: mark}),
        "Tagging": urlencode(headers.tags) if profile.keeps_tags else None,
    }
    given = {name: value for name, value in optional.items() if value}
    return {"Body": body, "ContentType": headers.content_type, **given}


def write_condition(profile: Profile, *, if_absent: bool, if_match: str | None) -> dict[str, str]:
    """The parameters of a PUT that make it conditional; none where it is not."""
    if if_absent:
        return {"IfNoneMatch": "*"}
    if if_match is None:
        return {}
    return {"IfMatch": f'"{if_match}"' if profile.quoted_if_match else if_match}


def read_condition(etag: str | None) -> dict[str, str]:
    """The parameters of a GET that is to answer only where the object has another ETag."""
    return {} if etag is None else {"IfNoneMatch": f'"{etag}"'}


def etag_of_answer(answer: Mapping[str, Any]) -> str | Failure:
    """The ETag in an answer, without its quotes and the mark of a weak one, which some proxies add."""
    etag = str(answer.get("ETag", "")).removeprefix("W/").strip('"')
    return etag if can_be_an_etag(etag) else Failure(Meaning.IN_DOUBT, "an answer without an ETag")


def seen_of_answer(answer: Mapping[str, Any]) -> Seen | Failure:
    """What the answer to a HEAD tells of an object."""
    etag = etag_of_answer(answer)
    return etag if isinstance(etag, Failure) else Seen(etag, _words_of(answer).get(_MARK))


def object_of_answer(answer: Mapping[str, Any], key: str, *, max_bytes: int) -> StoredObject | Failure:
    """The object in the answer to a GET; reads and closes the answer's body."""
    try:
        body = _body_of(answer, max_bytes)
    finally:
        answer["Body"].close()
    etag = etag_of_answer(answer)
    if isinstance(body, Failure):
        return body
    if isinstance(etag, Failure):
        return etag
    return StoredObject(key, body, etag, _headers_of(answer))


def _body_of(answer: Mapping[str, Any], max_bytes: int) -> bytes | Failure:
    """Length and checksum are compared by botocore at the end of the stream."""
    too_large = Failure(
        Meaning.REFUSED, f"an object of more than {max_bytes / MEGABYTE:g} MB", "see who put it there, and remove it"
    )
    length, sent = answer.get("ContentLength"), answer["ResponseMetadata"]["HTTPHeaders"]
    if length is None and sent.get("transfer-encoding", "").lower() != "chunked":
        return Failure(Meaning.IN_DOUBT, "a body of unknown length, whose end nobody can tell from a cut")
    if length is not None and length > max_bytes:
        return too_large
    body = bytearray()
    while piece := _next_piece(answer["Body"]):
        body += piece
        if len(body) > max_bytes:
            return too_large
    return bytes(body)


def _next_piece(stream: Any) -> bytes:
    try:
        piece: bytes = stream.read(_PIECE_BYTES)
    except BotoCoreError:
        raise
    except Exception as error:  # urllib3's: botocore passes some of them on, a broken TLS record for one
        raise ResponseStreamingError(error=error) from error
    return piece


def _headers_of(answer: Mapping[str, Any]) -> Headers:
    return Headers(
        content_type=answer.get("ContentType", "binary/octet-stream"),
        cache_control=answer.get("CacheControl"),
        content_encoding=answer.get("ContentEncoding"),
        metadata={name: value for name, value in _words_of(answer).items() if name != _MARK},
    )


def _words_of(answer: Mapping[str, Any]) -> Mapping[str, str]:
    """The metadata; some servers give the names capitals."""
    return {name.lower(): value for name, value in answer.get("Metadata", {}).items()}
