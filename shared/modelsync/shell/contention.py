"""Trying again where another writer was first.

A conditional write that loses has changed nothing: whoever lost reads again, decides again and writes again.
Every loss means that somebody else made progress, so this ends; how often it may happen is bounded all the same.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from modelsync.errors import PreconditionFailedError, StoreError

T = TypeVar("T")

TRIES: Final = 20


def until_first(attempt: Callable[[], T], *, what: str) -> T:
    """Run `attempt` until no other writer was first; StoreError after 20 losses in a row."""
    lost: PreconditionFailedError | None = None
    for _ in range(TRIES):
        try:
            return attempt()
        except PreconditionFailedError as error:
            lost = error
    raise StoreError(f"store: {what}: {TRIES} other writers were first, one after another; run it again") from lost
