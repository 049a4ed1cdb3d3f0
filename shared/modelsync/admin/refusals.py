"""What the API says no with: a status, one word for the kind of trouble, one sentence.

Every error of the API has the same body, `{"error": {"kind", "message"}}`, and some carry headers or fields besides.
A sentence quotes at most a few characters of a request, in plain ASCII, and nothing of a secret or a trace.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from modelsync.errors import UsageError

BAD_REQUEST: Final = "bad-request"
UNSIGNED: Final = "unsigned"
NOT_FOUND: Final = "not-found"
METHOD: Final = "method"
UNDER_WAY: Final = "under-way"
TOO_LARGE: Final = "too-large"
MEDIA_TYPE: Final = "media-type"
ORDER: Final = "order"
BUG: Final = "bug"
SETTINGS: Final = "settings"
REMOTE: Final = "remote"
STORE: Final = "store"

HEADERS: Final[Mapping[str, str]] = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""What every answer of the API carries."""

_SHOWN_CHARACTERS: Final = 60


class RefusedError(UsageError):
    """A request that is not answered with what it asked for."""

    def __init__(self, status: HTTPStatus, kind: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.kind, self.headers = status, kind, dict(headers or {})


def error_body(kind: str, message: str, **more: Any) -> dict[str, Any]:
    """The body of every error."""
    return {"error": {"kind": kind, "message": message, **more}}


def shown(text: object) -> str:
    """A few characters of what a caller sent, in plain ASCII."""
    quoted = ascii(text)
    return quoted if len(quoted) <= _SHOWN_CHARACTERS else f"{quoted[: _SHOWN_CHARACTERS - 3]}..."
