"""The model list in the shape that OpenAI gave it: `{"object": "list", "data": [{"id", "created", "owned_by"}, ...]}`.

Vendors that speak OpenAI's API serve it at `/models`, some with keys of their own. It says which ids there are and
little else: what it does not say is None or empty in the facts, never a guess.

A vendor's error may come with status 200, and its message may repeat characters of the key. So an error in place of
a list is told by its kind alone, where that is one of the words known here. How records are read: `listed_record`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from modelsync.errors import FeedFormatError
from modelsync.sources.facts import ParsedFeed
from modelsync.sources.records import FactsOf, RecordReader, json_document

CHECK_KEY: Final = "check the key, and that it is one of this region"
TRY_LATER: Final = "try again later"
CHECK_ACCOUNT: Final = "check the account behind the key"

KINDS_OF_ERRORS: Final[Mapping[str, str]] = {
    "AccessDenied": CHECK_ACCOUNT,
    "Arrearage": CHECK_ACCOUNT,
    "InternalError": TRY_LATER,
    "InvalidApiKey": CHECK_KEY,
    "InvalidParameter": "check the address",
    "Throttling": TRY_LATER,
    "Throttling.RateQuota": TRY_LATER,
    "authentication_error": CHECK_KEY,
    "exceeded_current_quota_error": CHECK_ACCOUNT,
    "incorrect_api_key_error": CHECK_KEY,
    "invalid_api_key": CHECK_KEY,
    "invalid_authentication_error": CHECK_KEY,
    "permission_denied_error": CHECK_ACCOUNT,
    "rate_limit_reached_error": TRY_LATER,
    "server_error": TRY_LATER,
}
"""What DeepSeek, Moonshot and DashScope call their errors, and what a person can do."""


@dataclass(frozen=True, slots=True)
class OpenAIListing:
    """One vendor's list of this shape as a `Source`: all of it at one address, a page at most."""

    name: str
    url: str
    facts_of: FactsOf

    def parse(self, body: bytes) -> ParsedFeed:
        """Read a whole list; raises FeedFormatError where the bytes hold no list of records."""
        return read_listing(json_document(body, source=self.name), source=self.name, facts_of=self.facts_of)

    def next_page(self, body: bytes) -> str | None:  # noqa: ARG002  there is none, whatever the body
        """No list of this shape links to a next page."""
        return None

    def join_pages(self, bodies: Sequence[bytes]) -> bytes:
        """The one page that there is."""
        return bodies[0]


def read_listing(document: object, *, source: str, facts_of: FactsOf) -> ParsedFeed:
    """Read a parsed body of this shape; raises FeedFormatError where it is an error or a part of a list."""
    envelope = checked_envelope(document, source=source)
    records = envelope.get("data")
    if not isinstance(records, list):
        raise FeedFormatError(source, "data", f"expected a list of models, found {_kind(records)}")
    if envelope.get("has_more"):
        raise FeedFormatError(source, "has_more", "expected the whole list, found one page of several")
    return RecordReader(source, facts_of).read_all(records)


def checked_envelope(document: object, *, source: str) -> Mapping[str, Any]:
    """The object around a list; raises FeedFormatError for anything else, and for an error in its place."""
    if not isinstance(document, dict):
        raise FeedFormatError(source, "body", f"expected an object with a list of models, found {_kind(document)}")
    error, code = document.get("error"), document.get("code")
    if error or code not in (None, "") or document.get("success") is False:
        raise FeedFormatError(source, "body", f"expected a list of models, found {_error(error, code)}")
    return document


def _error(error: object, code: object) -> str:
    """An error by its kind, of the words known here: any other word may hold a part of the key."""
    inner = error if isinstance(error, dict) else {}
    words = [each for each in (code, inner.get("type"), inner.get("code"), error) if isinstance(each, str)]
    known = next((each for each in words if each in KINDS_OF_ERRORS), None)
    return f"the error {known!r}; {KINDS_OF_ERRORS[known]}" if known else f"an error; {CHECK_KEY}, or {TRY_LATER}"


def _kind(value: object) -> str:
    kinds = {type(None): "nothing", dict: "an object", list: "a bare list", str: "a text", bool: "a yes or no"}
    return kinds.get(type(value), "a number")
