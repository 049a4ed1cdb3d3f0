"""What the end of a call says of a capability: that it worked, how it failed, or nothing.

The failures are `catalog.reports.Failure`. A call says nothing of a capability

- that it did not use: no tool was offered, none was called, no schema was asked for;
- that ended for another reason: credentials, credit, a policy, rate, time, a server's own fault, the user who stopped
  it, a tool that went wrong by itself.

One bad tool call makes the whole request a failure. Texts of servers are compared with a few patterns and forgotten.
"""

import re
from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple

from modelsync.catalog.capabilities import Capability
from modelsync.catalog.reports import FAILURES, Failure

OK: Final = "ok"

_NO_ANSWER, _SERVER_FAULT = 300, 500
_SAYS_NOTHING: Final = frozenset({401, 402, 403, 408, 429})
_REFUSABLE: Final = frozenset({400, 404, 422})
_LONGEST_TEXT: Final = 2_000
_ENDPOINTS: Final = r"no endpoints? (?:were |was )?found that (?:can )?(?:support|handle)s?\b.{0,40}?\b"
_UNSUPPORTED: Final = r"(?:not support|not supported|unsupported|unknown parameter|unrecognized)"
_TOOLS: Final = r"(?:tools?|tool[ _]use|tool[ _]calls?|tool[ _]calling|tool_choice|functions?|function[ _]calling)"
_SCHEMA: Final = r"(?:response_format|json[ _]schema|structured[ _]outputs?|text\.format)"
_NAMES: Final = {Capability.TOOLS: _TOOLS, Capability.STRUCTURED_OUTPUT: _SCHEMA}
_PARAMETERS: Final = r"(?:(?:requested|all) parameters)"


@cache
def _refusal(capability: Capability) -> re.Pattern[str]:
    """What a refusal of a capability says; compiled when the first one comes."""
    named = _NAMES[capability]
    return re.compile(
        rf"{_ENDPOINTS}(?:{named}|{_PARAMETERS})\b|{_UNSUPPORTED}\W.{{0,40}}?\b{named}\b|\b{named}\b.{{0,40}}?\b{_UNSUPPORTED}\b",
        re.IGNORECASE | re.DOTALL,
    )


class Ending(StrEnum):
    """Who ended a call."""

    ANSWERED = "answered"
    """The server, whatever it said."""
    TIMED_OUT = "timed_out"
    ABORTED = "aborted"
    """The user."""
    BLOCKED = "blocked"
    """A policy, on this side or the other."""
    TOOL_FAILED = "tool_failed"
    """A tool that was called as it should be, and went wrong by itself."""


class Call(NamedTuple):
    """What a caller knows of one call that offered tools, or asked for a schema."""

    capability: str
    was_offered: bool = True
    """Whether tools were offered, or a schema asked for."""
    ending: Ending = Ending.ANSWERED
    status: int = 200
    """HTTP status; where a body of status 200 holds an error with a code, that code."""
    error: str = ""
    """What the server said of its refusal."""
    was_required: bool = False
    """`tool_choice` demanded a call."""
    calls: int = 0
    """How many tools the answer called."""
    found: Failure | None = None
    """What the caller's own check of the answer found: no JSON, a tool that was not offered, not the schema."""


def category_of(call: Call) -> str | None:
    """`OK`, or the Failure; None for a call that says nothing of the capability.

    >>> category_of(Call("supportsTools", calls=1))
    'ok'
    >>> category_of(Call("supportsTools", status=429)) is None
    True
    """
    if call.capability not in FAILURES or not call.was_offered or call.ending is not Ending.ANSWERED:
        return None
    capability = Capability(call.capability)
    if call.status in _SAYS_NOTHING or call.status >= _SERVER_FAULT:
        return None
    if call.status >= _NO_ANSWER:
        return Failure.REFUSED_BY_ROUTER if _is_refusal(call, capability) else None
    if call.found is not None:
        return call.found if call.found in FAILURES[capability] else None
    if capability is Capability.TOOLS and not call.calls:
        return Failure.IGNORED_REQUIRED if call.was_required else None
    return OK


def _is_refusal(call: Call, capability: Capability) -> bool:
    return call.status in _REFUSABLE and _refusal(capability).search(call.error[:_LONGEST_TEXT]) is not None
