"""Who may report: the credentials that an operator gave out, and how a caller proves to have one.

    {"bot-fleet": "<SHA-256 of its token>", "desktop": ["<of the old token>", "<of the new one>"]}

A token is known by its digest only: it is stored nowhere, logged nowhere, and no message quotes it. Two digests let
a reporter change its token without a gap. The list is read at the first report and again after five minutes, so
that a credential that was given out or taken back counts at the latest then. Where it cannot be read, nobody may
report, whoever could before.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from modelsync.errors import UsageError
from modelsync.shell.storage.secrets import read_secret

READ_AGAIN_AFTER_SECONDS: Final = 300.0
SHORTEST_TOKEN: Final = 32
"""Characters: as hexadecimal digits 128 bits, which nobody finds by trying."""
LONGEST_TOKEN: Final = 200
MOST_TOKENS: Final = 4

FROM_SECRET, FROM_FILE = "MODELSYNC_REPORTERS_SECRET", "MODELSYNC_REPORTERS"

_REPORTER: Final = re.compile(r"[a-z0-9-]{1,40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_BEARER: Final = re.compile(rf"[Bb][Ee][Aa][Rr][Ee][Rr] +([!-~]{{{SHORTEST_TOKEN},{LONGEST_TOKEN}}})")


class Reporters:
    """The reporters and the digests of their tokens."""

    def __init__(self, digests: Mapping[str, tuple[bytes, ...]]) -> None:
        self._digests = digests

    def __repr__(self) -> str:
        return f"Reporters({', '.join(self._digests)})"

    @classmethod
    def parse(cls, text: str, *, where: str) -> "Reporters":
        """Read an operator's list; raises UsageError, which quotes nothing of it."""
        try:
            listed = json.loads(text)
        except (ValueError, RecursionError):
            listed = None
        if not isinstance(listed, dict):
            raise UsageError(
                f'{where}: expected a JSON object like {{"reporter": "<SHA-256 of its token>"}}, found none'
            )
        return cls({_reporter(name, where): _digests(found, where) for name, found in listed.items()})

    def reporter_of(self, authorization: str) -> str | None:
        """Who has the token of an `Authorization` header; None for nobody.

        Every digest is compared, each in constant time: how long it takes tells nothing of any of them.
        """
        given = _BEARER.fullmatch(authorization)
        if given is None:
            return None
        digest, found = hashlib.sha256(given[1].encode()).digest(), None
        for reporter, known in self._digests.items():
            for each in known:
                if hmac.compare_digest(digest, each):
                    found = reporter
        return found


class ReportersInForce:
    """The reporters as they are read anew every five minutes; where `read` raises, so does whoever asks for them."""

    def __init__(self, read: Callable[[], Reporters], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._clock = read, clock
        self._reporters: Reporters | None = None
        self._read_at = 0.0

    def __call__(self) -> Reporters:
        """Those in force now."""
        now = self._clock()
        if self._reporters is None or now - self._read_at >= READ_AGAIN_AFTER_SECONDS:
            self._reporters, self._read_at = self._read(), now
        return self._reporters


def reporters_of(environment: Mapping[str, str]) -> Callable[[], Reporters]:
    """The reporters in force of the list that the environment names: a secret's id, else a file or the JSON itself."""

    def read() -> Reporters:
        secret, given = environment.get(FROM_SECRET), environment.get(FROM_FILE)
        if secret:
            return Reporters.parse(read_secret(secret, variable=FROM_SECRET), where=FROM_SECRET)
        if given:
            return Reporters.parse(_text(given), where=FROM_FILE)
        raise UsageError(f"reporters: expected {FROM_SECRET} (a secret's id) or {FROM_FILE} (a file), found neither")

    return ReportersInForce(read)


def _text(given: str) -> str:
    if given.lstrip().startswith("{"):
        return given
    try:
        return Path(given).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or type(error).__name__
        raise UsageError(f"{FROM_FILE}: cannot be read ({reason}); name a JSON file of reporters") from error


def _reporter(name: str, where: str) -> str:
    if not _REPORTER.fullmatch(name):
        raise UsageError(f"{where}: expected names of reporters of a-z, 0-9 and -, 1 to 40 of them, found another one")
    return name


def _digests(found: Any, where: str) -> tuple[bytes, ...]:
    listed = found if isinstance(found, list) else [found]
    if not 1 <= len(listed) <= MOST_TOKENS or not all(
        isinstance(each, str) and _SHA256.fullmatch(each) for each in listed
    ):
        raise UsageError(
            f"{where}: expected the SHA-256 of a token, or 1 to {MOST_TOKENS} of them, found something else"
        )
    return tuple(bytes.fromhex(each) for each in listed)
