"""Cloudflare R2, as far as it differs from S3: a proxy that refuses what R2 refuses, and lets the rest through.

- Checksums that boto3 adds by default, tags, access rights of objects and versions: 501.
- A signature for a region that R2 does not have: 400. Nobody is a stranger here: no signature, 401.
- A second write of one key within a second: 429.

As documented and reported by users of R2 in 2025 and 2026; seen on no account of ours. Conditions, lists and the
bytes are those of the server behind it, and so is the answer to a signature that does not fit.
"""

import re
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from tests.servers.endpoint import ACCESS_KEY, Certificate, Endpoint
from tests.servers.proxy import Answer, Forward, Line, Proxy, Request, refusal

REGIONS: Final = ("wnam", "enam", "weur", "eeur", "apac", "oc", "auto")
"""Those that R2's own error names; us-east-1 stands for auto."""

SECONDS_BETWEEN_WRITES: Final = 1.0
NOT_IMPLEMENTED_QUERIES: Final = frozenset({"acl", "policy", "tagging", "versioning", "versions", "website"})
NOT_IMPLEMENTED_HEADERS: Final = re.compile(
    r"x-amz-(checksum-.*|sdk-checksum-algorithm|trailer|acl|grant-.*|tagging|object-lock-.*|website-.*)"
)
CREDENTIAL: Final = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/s3/aws4_request")


class R2Proxy:
    """The proxy; `second` says how many seconds one of its seconds lasts."""

    def __init__(self, upstream: Endpoint, *, certificate: Certificate, second: float = 1.0) -> None:
        self._upstream, self._certificate, self._second = upstream, certificate, second
        self._written_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._proxy = Proxy(self._upstream, self._respond, certificate=self._certificate)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._proxy.stop()

    @property
    def s3(self) -> Endpoint:
        """R2 as a client asks it."""
        return Endpoint(self._proxy.url, "r2", "auto", self._certificate.authority, self._second)

    def _respond(self, request: Request, forward: Forward, line: Line) -> None:
        answer = next(self._refusals(request), None)
        line.send(line.bytes_of(self._written(request, forward) if answer is None else answer))

    def _refusals(self, request: Request) -> Iterator[Answer]:
        signed = CREDENTIAL.match(request.headers.get("authorization", ""))
        if signed is None or signed[1] != ACCESS_KEY:
            yield refusal(401, "Unauthorized", "Unauthorized")
        elif signed[2] not in (*REGIONS, "us-east-1"):
            known = ", ".join(REGIONS)
            message = f"The region name '{signed[2]}' is not valid. Must be one of: {known}"
            yield refusal(400, "InvalidRegionName", message)
        for name in sorted(request.query & NOT_IMPLEMENTED_QUERIES):
            yield refusal(501, "NotImplemented", f"{name} not implemented")
        for name, value in request.headers.items():
            if NOT_IMPLEMENTED_HEADERS.fullmatch(name):
                yield refusal(501, "NotImplemented", f"Header '{name}' with value '{value}' not implemented")

    def _written(self, request: Request, forward: Forward) -> Answer:
        """Only what was written counts: whether R2 counts a write whose condition failed is not documented."""
        if request.method != "PUT" or not request.key:
            return forward()
        with self._lock:
            now, before = time.monotonic(), self._written_at.get(request.target)
            if before is not None and now - before < SECONDS_BETWEEN_WRITES * self._second:
                return refusal(429, "ServiceUnavailable", "Reduce your concurrent request rate for the same object.")
            self._written_at[request.target] = now
        answer = forward()
        if answer.status != 200:
            with self._lock:
                self._take_back(request.target, at=now, before=before)
        return answer

    def _take_back(self, target: str, *, at: float, before: float | None) -> None:
        if self._written_at.get(target) == at:
            if before is None:
                del self._written_at[target]
            else:
                self._written_at[target] = before
