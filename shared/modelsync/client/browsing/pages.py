"""One page of a list, and the cursor that leads to the next.

A cursor names the generation, the question and the last model that was shown, each by a short digest: it fits behind a
button of any chat. It stays right while the generation and the question do, also when something before it was hidden
meanwhile; anything else is refused, because a page that silently leaves out models is worse than none.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from modelsync.client.browsing.seen import Seen
from modelsync.errors import UsageError

_CURSOR: Final = re.compile(r"([0-9]{1,12})-([0-9a-f]{8})-([0-9a-f]{12})", re.ASCII)


class Page(NamedTuple):
    """A part of what matches, and what is not shown of it."""

    items: tuple[Seen, ...]
    total: int
    """Every model that matches the text within the scope: those of all pages, and the hidden ones."""
    hidden: Mapping[str, int]
    """How many are not shown on any page, by the one reason of each."""
    cursor: str | None = None
    """Leads to the next page; None on the last."""
    is_resemblance: bool = False
    """Whether no name has the text in it, so that these only resemble it."""


class Place(NamedTuple):
    """Where a reader is in which list."""

    generation: int
    question: str
    """Everything that decides what is in the list and in which order."""

    def after(self, seen: Seen) -> str:
        """The cursor behind a model."""
        return f"{self.generation}-{_digest(self.question, 8)}-{_digest(repr(seen.key), 12)}"

    def start(self, cursor: str | None, rows: Sequence[Seen]) -> int:
        """Where the page begins; raises UsageError for a cursor of another list, or that is none."""
        if cursor is None:
            return 0
        found = _CURSOR.fullmatch(cursor)
        if found is None:
            raise UsageError(f"cursor: expected one that a page gave, found {cursor[:40]!a}; begin at the first page")
        generation, question, last = found.groups()
        if int(generation) != self.generation:
            problem = f"found one of generation {int(generation)}, expected {self.generation}"
            raise UsageError(f"cursor: {problem}; begin at the first page")
        if question != _digest(self.question, 8):
            raise UsageError("cursor: found one of another question, expected one of this; begin at the first page")
        places = (place for place, row in enumerate(rows, start=1) if _digest(repr(row.key), 12) == last)
        start = next(places, None)
        if start is None:
            raise UsageError("cursor: found a last model that is not shown any more, expected one that is; begin again")
        return start


def _digest(text: str, length: int) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
