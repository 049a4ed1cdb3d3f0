"""A bucket as an object store: Amazon S3, Cloudflare R2, Ceph RADOS Gateway and the like.

What an outcome of a conditional write means:

- 412, and 404 where an object was to be replaced: another writer was first.
- 409, 429, 5xx, a time-out, a connection cut: look at the object. If it bears this write's mark, it is done; if it is
  still the one that was expected, ask again; else another writer was first. 412 behind one of these means the same.
- 501: the store knows no conditional writes, and two writers would overwrite each other's work.

The mark is a word of metadata that no other write has. An equal content would not do: of two writers that both count
from 4 to 5, one has lost, and a RADOS Gateway tells losers of a race as much with 500 as with 412.

Everything else may be repeated without looking. All of it within `Limits`, jittered, and not before the time
that a Retry-After names.

- An object that was changed and changed back counts as unchanged, since an ETag names a content.
- A write that took place, got no answer and was overwritten before it could be looked at, counts as lost.
- A write that was given up may still take place later; where it had a condition, then only over the object that
  it was meant for.

The kinds of stores: `s3_profile`. What went wrong, in words: `s3_errors`. Bytes, headers and marks: `s3_wire`.
"""

import random as system_random
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

from modelsync.errors import PreconditionFailedError, StoreError, UsageError
from modelsync.shell.storage.object_store import (
    JSON,
    NOT_MODIFIED,
    Headers,
    NotModified,
    StoredObject,
    check_key,
    check_prefix,
    is_key,
)
from modelsync.shell.storage.patience import DEFAULT_LIMITS, Limits, Patience, Spacing, within
from modelsync.shell.storage.s3_client import S3Client
from modelsync.shell.storage.s3_errors import FOREIGN_ERRORS, Failure, Meaning, failure_of
from modelsync.shell.storage.s3_profile import AWS, Profile
from modelsync.shell.storage.s3_wire import (
    MEGABYTE,
    Seen,
    can_be_an_etag,
    etag_of_answer,
    object_of_answer,
    put_parameters,
    read_condition,
    seen_of_answer,
    write_condition,
)

T = TypeVar("T")

MAX_OBJECT_BYTES: Final = 128 * MEGABYTE
"""Twice the largest feed that is read: whatever is larger is none of ours, and may not fill the memory."""

_PAGES_WITHOUT_END: Final = Failure(Meaning.REFUSED, "a page that does not say where the next one begins")
_ON_A_CONDITION: Final = "written on a condition"
_NOT_IMPLEMENTED_ADVICE: Final = "say what store it is with --s3-profile, or choose another one"
_NO_CONDITIONS_ADVICE: Final = (
    "a store without conditional writes lets two runs at once overwrite each other: choose another one, "
    "or say what store it is with --s3-profile"
)


class S3Store:
    """Objects of a bucket, below `key_prefix`. Keeps all headers, and tags where the profile says so.

    `make_client` is called once, at the first request; threads may share a store. `sleep`, `random` (numbers in
    [0, 1)) and `clock` (seconds that never run back) say how waiting is done.
    """

    def __init__(
        self,
        bucket: str,
        key_prefix: str = "",
        *,
        make_client: Callable[[], S3Client],
        profile: Profile = AWS,
        limits: Limits = DEFAULT_LIMITS,
        max_bytes: int = MAX_OBJECT_BYTES,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = system_random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bucket, self._key_prefix, self._profile = bucket, key_prefix, profile
        self._limits, self._max_bytes = limits, max_bytes
        self._sleep, self._random, self._clock = sleep, random, clock
        self._spacing = Spacing(profile.seconds_between_writes_of_a_key, sleep=sleep, clock=clock)
        self._make_client, self._making = make_client, threading.Lock()
        self._made_client: S3Client | None = None

    def __repr__(self) -> str:
        return f"S3Store('{self._address}')"

    def get(self, key: str) -> StoredObject | None:
        """The object at `key`, or None."""
        answer = self._read(key)
        return None if isinstance(answer, NotModified) else answer

    def get_if_changed(self, key: str, etag: str) -> StoredObject | NotModified | None:
        """The object at `key`, NOT_MODIFIED where it still has `etag`, or None."""
        return self._read(key, etag=etag if can_be_an_etag(etag) else None)

    def put(
        self,
        key: str,
        body: bytes,
        *,
        headers: Headers = JSON,
        if_absent: bool = False,
        if_match: str | None = None,
    ) -> str:
        """Write the object and return its ETag; raises PreconditionFailedError where a condition fails."""
        check_key(key)
        if if_absent and if_match is not None:
            raise UsageError(f"store: {key}: if_absent and if_match exclude each other; give one of them")
        if if_match is not None and not can_be_an_etag(if_match):
            raise PreconditionFailedError(key, "an object with another ETag, or none", if_match)
        if len(body) > self._max_bytes:
            found = Failure(Meaning.REFUSED, f"{len(body)} bytes", f"write at most {self._max_bytes}")
            raise self._error(key, "written", found)
        if not if_absent and if_match is None:
            return self._put_anyhow(key, self._at(key) | put_parameters(body, headers=headers, profile=self._profile))
        mark = uuid.uuid4().hex
        marked = put_parameters(body, headers=headers, profile=self._profile, mark=mark)
        condition = write_condition(self._profile, if_absent=if_absent, if_match=if_match)
        return self._put_conditionally(key, self._at(key) | marked | condition, if_match=if_match, mark=mark)

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """Keys that begin with `prefix`, in order; foreign names in the bucket are passed over."""
        check_prefix(prefix)
        keys: set[str] = set()
        begin: dict[str, str] = {}
        while True:
            page = self._page(prefix, begin)
            names = (str(entry["Key"]) for entry in page.get("Contents", ()))
            keys.update(name.removeprefix(self._key_prefix) for name in names if name.startswith(self._key_prefix))
            if not page.get("IsTruncated"):
                return tuple(sorted(key for key in keys if key.startswith(prefix) and is_key(key)))
            following = {"ContinuationToken": str(page.get("NextContinuationToken", ""))}
            if following in (begin, {"ContinuationToken": ""}):
                raise self._error(f"{prefix}*", "listed", _PAGES_WITHOUT_END)
            begin = following

    def delete(self, key: str) -> None:
        """Remove the object at `key`, if there is one."""
        check_key(key)
        patience = self._patience()
        answer = self._repeated(lambda: self._ask(lambda client: client.delete_object(**self._at(key))), patience)
        if isinstance(answer, Failure) and answer.meaning is not Meaning.NO_OBJECT:
            raise self._error(key, "deleted", answer, tries=patience.tries)

    # --- reading ---

    def _read(self, key: str, *, etag: str | None = None) -> StoredObject | NotModified | None:
        check_key(key)
        patience = self._patience()

        def whole(client: S3Client) -> StoredObject | Failure:
            answer = client.get_object(**self._at(key), **read_condition(etag))
            return object_of_answer(answer, key, max_bytes=self._max_bytes)

        found = self._repeated(lambda: self._ask(whole), patience)
        if not isinstance(found, Failure):
            return NOT_MODIFIED if found.etag == etag else found
        if found.meaning is Meaning.UNCHANGED:
            return NOT_MODIFIED
        if found.meaning is Meaning.NO_OBJECT:
            return None
        raise self._error(key, "read", found, tries=patience.tries)

    def _page(self, prefix: str, begin: dict[str, str]) -> Any:
        asked = {"Bucket": self._bucket, "Prefix": f"{self._key_prefix}{prefix}", **begin}
        patience = self._patience()
        page = self._repeated(lambda: self._ask(lambda client: client.list_objects_v2(**asked)), patience)
        if isinstance(page, Failure):
            raise self._error(f"{prefix}*", "listed", page, tries=patience.tries)
        return page

    # --- writing ---

    def _put_anyhow(self, key: str, parameters: dict[str, Any]) -> str:
        patience = self._patience()
        etag = self._repeated(lambda: self._write(key, parameters), patience)
        if isinstance(etag, Failure):
            raise self._error(key, "written", etag, tries=patience.tries)
        return etag

    def _put_conditionally(self, key: str, parameters: dict[str, Any], *, if_match: str | None, mark: str) -> str:
        patience = self._patience()
        while isinstance(answer := self._write(key, parameters), Failure):
            has_lost = answer.meaning in {Meaning.CONDITION_FAILED, Meaning.NO_OBJECT}
            if not has_lost and not answer.is_passing:
                raise self._error(key, _ON_A_CONDITION, answer, tries=patience.tries)
            if answer.meaning is not Meaning.NOT_SENT:
                seen = self._look(key, patience.for_another_question(), must_see=not has_lost)
                if seen.mark == mark and seen.etag is not None:
                    return seen.etag
                if has_lost or seen.etag != if_match:
                    raise PreconditionFailedError(key, seen.etag, "no object" if if_match is None else if_match)
            if not patience.waits(answer.retry_after_seconds):
                raise self._error(key, _ON_A_CONDITION, answer, tries=patience.tries)
        return answer

    def _write(self, key: str, parameters: dict[str, Any]) -> str | Failure:
        with self._spacing.of(key):
            return self._ask(lambda client: etag_of_answer(client.put_object(**parameters)))

    def _look(self, key: str, patience: Patience, *, must_see: bool) -> Seen:
        """What stands at `key`, without its body; unless it must be seen, it may be anything."""
        look = partial(self._ask, lambda client: seen_of_answer(client.head_object(**self._at(key))))
        seen = self._repeated(look, patience)
        if not isinstance(seen, Failure):
            return seen
        if seen.meaning is Meaning.NO_OBJECT:
            return Seen(None, None)
        if must_see:
            raise self._error(key, "looked at to see whether it was written", seen, tries=patience.tries)
        return Seen("another object", None)

    # --- asking ---

    def _repeated(self, ask: Callable[[], T | Failure], patience: Patience) -> T | Failure:
        """The first answer that is one, or the last failure; for requests that may be repeated without looking."""
        while True:
            answer = ask()
            if not isinstance(answer, Failure) or not answer.is_passing:
                return answer
            if not patience.waits(answer.retry_after_seconds):
                return answer

    def _ask(self, call: Callable[[S3Client], T]) -> T | Failure:
        try:
            return within(self._limits.attempt_seconds, lambda: call(self._client()))
        except FOREIGN_ERRORS as error:
            return failure_of(error)

    def _client(self) -> S3Client:
        with self._making:
            if self._made_client is None:
                self._made_client = self._make_client()
            return self._made_client

    def _patience(self) -> Patience:
        return Patience(self._limits, sleep=self._sleep, random=self._random, clock=self._clock)

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._key_prefix}{key}"}

    @property
    def _address(self) -> str:
        return f"s3://{self._bucket}/{self._key_prefix}".rstrip("/")

    def _error(self, key: str, done: str, failure: Failure, *, tries: int = 1) -> StoreError:
        advice = failure.advice
        if failure.meaning is Meaning.NOT_IMPLEMENTED:
            advice = _NO_CONDITIONS_ADVICE if done == _ON_A_CONDITION else _NOT_IMPLEMENTED_ADVICE
        count = f" in {tries} tries" if tries > 1 else ""
        return StoreError(f"store: {key} in {self._address} cannot be {done}: found {failure.found}{count}; {advice}")
