"""Trying again where another writer was first.

A conditional write that loses has changed nothing: whoever lost reads again, decides again and writes again, after
a random wait that grows, so that many writers do not keep meeting. Every loss means that somebody else made
progress, so this ends; how often it may happen is bounded all the same.
"""

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from modelsync.errors import PreconditionFailedError, StoreError

T = TypeVar("T")

TRIES: Final = 40
FIRST_WAIT_SECONDS: Final = 0.01
LONGEST_WAIT_SECONDS: Final = 1.0


def until_first(attempt: Callable[[], T], *, what: str, sleep: Callable[[float], None] = time.sleep) -> T:
    """Run `attempt` until no other writer was first; StoreError after 40 losses in a row."""
    lost: PreconditionFailedError | None = None
    for tries in range(TRIES):
        try:
            return attempt()
        except PreconditionFailedError as error:
            lost = error
            longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**tries)
            sleep(random.uniform(0, longest))  # noqa: S311 - no secret depends on it
    raise StoreError(f"store: {what}: {TRIES} other writers were first, one after another; run it again") from lost
