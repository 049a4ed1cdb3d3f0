"""The tree of errors: the type says who is to blame and whether to try again.

    ModelsyncError
    ├── FeedError             the source is to blame; what was published stands
    │   ├── FeedUnavailableError    it did not answer: try again later
    │   ├── FeedTooLargeError       it answered with more than the limit
    │   └── FeedFormatError         its bytes cannot become facts
    ├── OverridesError        a person wrote an override that cannot be applied: mend the file
    ├── StoreError            the object store is to blame
    │   ├── PreconditionFailedError somebody else wrote first: read again, decide again
    │   └── CorruptDocumentError    a stored document is not what the manifest says
    ├── RemoteError           a deployed function, or an admin API, did not answer or refused
    ├── RunUnderWayError      a run that was asked for by hand is not over: wait for it
    ├── NotFoundError         the caller named something that is not there
    └── UsageError            the caller's words are off

Every message is one sentence: where, what was found, what was expected, what to do.
This room knows no other room and formats no more than its own messages.
"""

from collections.abc import Sequence


class ModelsyncError(Exception):
    """Anything that modelsync refuses to do, with the reason as its message."""


class FeedError(ModelsyncError):
    """A source is at fault; nothing of it was published."""


class FeedUnavailableError(FeedError):
    """A source did not answer with a body: refused, timed out, or said a status that is not 200."""


class FeedTooLargeError(FeedError):
    """A source's body is larger than the limit."""


class FeedFormatError(FeedError):
    """A feed answered, but its bytes cannot become facts.

    >>> str(FeedFormatError("openrouter", "data[17].pricing.prompt", "expected a decimal string, found 'free'"))
    "openrouter feed: data[17].pricing.prompt: expected a decimal string, found 'free'"
    """

    def __init__(self, source: str, where: str, problem: str) -> None:
        super().__init__(f"{source} feed: {where}: {problem}")
        self.source, self.where, self.problem = source, where, problem


class OverridesError(ModelsyncError):
    """Override files hold entries that cannot be applied; `problems` lists every one of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"overrides: {problems[0]}{more}")
        self.problems = tuple(problems)


class StoreError(ModelsyncError):
    """The object store refused, failed, or holds something unreadable."""


class PreconditionFailedError(StoreError):
    """A conditional write lost: the object exists already, or is no longer the one that was read."""

    def __init__(self, key: str, found: str | None, expected: str) -> None:
        super().__init__(f"store: {key}: expected {expected}, found {found or 'no object'}; read it again and retry")
        self.key, self.found, self.expected = key, found, expected


class CorruptDocumentError(StoreError):
    """A stored document cannot be read as what its key and the manifest say it is."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"store: {key}: {problem}; run `syncmodels verify` to see what else is wrong")
        self.key, self.problem = key, problem


class RemoteError(ModelsyncError):
    """A deployed function or an admin API could not be reached, refused, or answered something else."""


class RunUnderWayError(ModelsyncError):
    """Only one run may be asked for by hand at a time, and `run` is not over."""

    def __init__(self, run: str, target: str, since: str) -> None:
        super().__init__(f"run {run} of {target} is under way since {since}, expected none; ask again when it is over")
        self.run, self.target, self.since = run, target, since


class NotFoundError(ModelsyncError):
    """The caller named a model, generation or file that does not exist."""


class UsageError(ModelsyncError):
    """The caller's arguments do not fit together."""
