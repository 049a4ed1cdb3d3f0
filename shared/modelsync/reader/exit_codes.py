"""How `models` ends, as a number: the part of its contract that scripts rely on.

An error carries its code where several share a type, and else its type says it. A refusal that is an answer too
(ambiguous, stopped, a failed check) carries its code in the answer.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Final

from modelsync.errors import ModelsyncError, NotFoundError, RemoteError, StoreError, UsageError

Rows = Sequence[tuple[str, str, str]]
"""Models as id, price and why."""


class ExitCode(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    BUG = 1
    USAGE = 2
    NOT_FOUND = 3
    AMBIGUOUS = 4
    UNAVAILABLE = 5
    NO_CREDENTIALS = 6
    NO_CATALOG = 7
    NOT_FRESH = 8
    CHECK_FAILED = 9
    REFUSED = 10
    INTERRUPTED = 130
    PIPE_CLOSED = 141


MEANINGS: Final = {
    ExitCode.DONE: "done",
    ExitCode.BUG: "a defect of this program",
    ExitCode.USAGE: "the words of the command do not fit together, or a file of yours cannot be used",
    ExitCode.NOT_FOUND: "no such model, bucket or name",
    ExitCode.AMBIGUOUS: "the name may be several models; nothing was changed",
    ExitCode.UNAVAILABLE: "the model is gone, or your own terms forbid it",
    ExitCode.NO_CREDENTIALS: "a key is missing or was rejected",
    ExitCode.NO_CATALOG: "there is no catalog to read, and no place to fetch one from gave any",
    ExitCode.NOT_FRESH: "the catalog is older than --require-fresh allows",
    ExitCode.CHECK_FAILED: "a check failed",
    ExitCode.REFUSED: "a server refused, did not answer, or gave what cannot be taken",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.PIPE_CLOSED: "nobody read the answer to its end",
}
"""What the codes mean, for the help."""

KINDS: Final = {
    ExitCode.BUG: "bug",
    ExitCode.USAGE: "usage",
    ExitCode.NOT_FOUND: "not-found",
    ExitCode.AMBIGUOUS: "ambiguous",
    ExitCode.UNAVAILABLE: "unavailable",
    ExitCode.NO_CREDENTIALS: "credentials",
    ExitCode.NO_CATALOG: "no-catalog",
    ExitCode.NOT_FRESH: "not-fresh",
    ExitCode.CHECK_FAILED: "check-failed",
    ExitCode.REFUSED: "refused",
    ExitCode.INTERRUPTED: "interrupted",
}
"""One word for each way to fail, for scripts that read JSON."""


class RefusedError(ModelsyncError):
    """A command that has no answer: why, how it ends, what to do, and which models could be meant."""

    def __init__(self, message: str, *, code: ExitCode, hint: str | None = None, candidates: Rows = ()) -> None:
        super().__init__(message)
        self.code, self.hint, self.candidates = code, hint, candidates

    def as_json(self) -> dict[str, Any]:
        """The error for scripts."""
        told = {"kind": KINDS[self.code], "exitCode": int(self.code), "message": str(self), "hint": self.hint}
        return {**told, "candidates": [{"id": each, "cost": cost, "why": why} for each, cost, why in self.candidates]}


class NoCatalogError(NotFoundError):
    """There is nothing to read: none kept, none brought along, none fetched."""


class NotFreshError(NotFoundError):
    """What can be read is older than was asked for."""


def code_of(error: ModelsyncError) -> ExitCode:
    """The exit code of an error."""
    by_type: tuple[tuple[type[ModelsyncError], ExitCode], ...] = (
        (NoCatalogError, ExitCode.NO_CATALOG),
        (NotFreshError, ExitCode.NOT_FRESH),
        (NotFoundError, ExitCode.NOT_FOUND),
        (UsageError, ExitCode.USAGE),
        (RemoteError, ExitCode.REFUSED),
        (StoreError, ExitCode.USAGE),
    )
    return next((code for kind, code in by_type if isinstance(error, kind)), ExitCode.BUG)
