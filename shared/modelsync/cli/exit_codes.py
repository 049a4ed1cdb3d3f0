"""How the program ends, as a number: the part of the contract that scripts rely on.

The type of an error says who is to blame, and so does the code; a feed that is held is no error, and has a code
all the same, because somebody may have to look.
"""

from enum import IntEnum
from typing import Final

from modelsync.errors import (
    FeedError,
    ModelsyncError,
    NotFoundError,
    OverridesError,
    RemoteError,
    RunUnderWayError,
    StoreError,
    UsageError,
)


class ExitCode(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    BUG = 1
    USAGE = 2
    NOT_FOUND = 3
    FEED = 4
    HELD = 5
    STORE = 6
    OVERRIDES = 7
    REMOTE = 8
    INTERRUPTED = 130
    PIPE_CLOSED = 141


MEANINGS: Final = {
    ExitCode.DONE: "done, also where nothing had changed",
    ExitCode.BUG: "a defect of this program",
    ExitCode.USAGE: "the words of the command do not fit together",
    ExitCode.NOT_FOUND: "no such model, generation, file or schema",
    ExitCode.FEED: "the feed was refused or not to be had; what was published stands",
    ExitCode.HELD: "the feed is held for a second look; what was published stands",
    ExitCode.STORE: "the store failed, or `verify` found something wrong in it",
    ExitCode.OVERRIDES: "an override file cannot be applied; nothing was published",
    ExitCode.REMOTE: "what is deployed did not answer, refused, failed or is busy",
    ExitCode.INTERRUPTED: "interrupted",
}
"""The codes that a script may have to tell apart, for the help."""

_BLAME: Final[tuple[tuple[type[ModelsyncError], ExitCode, str], ...]] = (
    (UsageError, ExitCode.USAGE, "usage"),
    (NotFoundError, ExitCode.NOT_FOUND, "not-found"),
    (FeedError, ExitCode.FEED, "feed"),
    (StoreError, ExitCode.STORE, "store"),
    (OverridesError, ExitCode.OVERRIDES, "overrides"),
    (RemoteError, ExitCode.REMOTE, "remote"),
    (RunUnderWayError, ExitCode.REMOTE, "under-way"),
)


def code_of(error: ModelsyncError) -> tuple[ExitCode, str]:
    """The exit code of an error, and one word for who is to blame."""
    return code_of_type(type(error))


def code_of_type(kind: type[ModelsyncError]) -> tuple[ExitCode, str]:
    """The same, of an error of which only the type is known."""
    return next(((code, word) for blamed, code, word in _BLAME if issubclass(kind, blamed)), (ExitCode.BUG, "bug"))
