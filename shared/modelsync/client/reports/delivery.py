"""Where reports go, with which credential, and what an answer means for the next try.

    MODELSYNC_REPORTS_URL     the intake's address: https, or http on this machine
    MODELSYNC_REPORTS_TOKEN   the credential that its operator gave out

- The token is read from the environment when something is sent, and is part of nothing else: no file, no address, no
  sentence, no value that could be shown.
- 202 and 200 end it. 429 and the server's own faults are tried again when the server says, else in an hour. What
  else is refused stays kept and is tried again in a day, because only people can mend it; the sentence says how.

A store's folder is no address: in which place of it a report lies, and how often it may be replaced, the intake alone
decides. The network is loaded when it is needed.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from modelsync.client.reading.sources import web_source
from modelsync.errors import RemoteError, UsageError

URL, TOKEN = "MODELSYNC_REPORTS_URL", "MODELSYNC_REPORTS_TOKEN"
TELEMETRY_PATH, BINDINGS_PATH = "v1/telemetry", "v1/bindings"
TAKEN, TOO_MANY, SERVER_FAULT = frozenset({200, 202}), 429, 500
SECONDS: Final = 10.0
TRIED_AGAIN_AFTER: Final = timedelta(hours=1)
MENDED_AFTER: Final = timedelta(days=1)
LONGEST_WAIT: Final = timedelta(days=1)

_TOKEN: Final = re.compile(r"[!-~]{32,200}")
_THIS_MACHINE: Final = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?/")
_MOST_BYTES: Final = 0  # of an answer's body: it is not read

_ADVICE: Final[Mapping[int, str]] = {
    401: f"ask its operator for a credential, and put it into {TOKEN}",
    403: f"ask its operator for a credential, and put it into {TOKEN}",
    404: f"see that {URL} is the intake's address",
    405: f"see that {URL} is the intake's address",
    413: "upgrade modelsync, or tell its maintainers",
    415: "upgrade modelsync, or tell its maintainers",
    400: "upgrade modelsync, or tell its maintainers",
    422: "see that this machine's clock is right, and upgrade modelsync",
}


class Target(NamedTuple):
    """An intake, and how to ask it."""

    base: str
    """Ends with a slash."""
    environment: Mapping[str, str]
    token_variable: str = TOKEN
    post: Callable[..., Any] | None = None
    """In place of `transport.post`, which is loaded when it is needed."""

    def __repr__(self) -> str:
        return f"Target({self.base!r}, {self.token_variable})"


class Delivery(NamedTuple):
    """How one report was taken."""

    accepted: bool
    retry_at: datetime | None = None
    error: str | None = None


def target_of(environment: Mapping[str, str], *, url: str | None = None, token_variable: str = TOKEN) -> Target | None:
    """Where reports go; None where nobody said so. Raises UsageError for an address that no token may be sent to."""
    named = url or environment.get(URL)
    if not named:
        return None
    base = str(web_source(named))
    if not base.startswith("https://") and not _THIS_MACHINE.match(base):
        raise UsageError(
            f"reports: found an http address, expected https, because a token is sent to it; mend the address in {URL}"
        )
    return Target(base, environment, token_variable)


def deliver(target: Target, path: str, *, packed: bytes, now: datetime) -> Delivery:
    """Send one report, in gzip; raises nothing for what networks and servers do."""
    token = target.environment.get(target.token_variable, "")
    if not _TOKEN.fullmatch(token):
        found = "no credential" if not token else "what no intake takes for a credential"
        problem = f"{target.token_variable}: found {found}, expected one of 32 to 200 characters; set it"
        return Delivery(accepted=False, error=problem)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Content-Encoding": "gzip"}
    from modelsync.client.reading.transport import Limits, post

    limits = Limits(seconds=SECONDS, bytes=_MOST_BYTES)
    try:
        answer = (target.post or post)(target.base + path, packed, headers=headers, limits=limits)
    except RemoteError as error:
        return Delivery(accepted=False, retry_at=now + TRIED_AGAIN_AFTER, error=str(error))
    return judged(answer.status, answer.retry_after_seconds, where=target.base + path, now=now)


def judged(status: int, retry_after_seconds: float | None, *, where: str, now: datetime) -> Delivery:
    """What an answer means."""
    if status in TAKEN:
        return Delivery(accepted=True)
    asked = timedelta(seconds=retry_after_seconds) if retry_after_seconds is not None else None
    if status == TOO_MANY or status >= SERVER_FAULT:
        wait, what = asked or TRIED_AGAIN_AFTER, "it is tried again later"
    else:
        wait, what = MENDED_AFTER, _ADVICE.get(status, f"see that {URL} is the intake's address")
    said = f"{where}: found status {status}, expected 202 or 200; nothing is lost, {what}"
    return Delivery(accepted=False, retry_at=now + min(wait, LONGEST_WAIT), error=said)
