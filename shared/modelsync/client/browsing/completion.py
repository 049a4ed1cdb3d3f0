"""What a shell may put behind the letters that were typed, read from one flat file of lines.

A line is a kind, a text and a hint, with tabs between them: `model`, `alias` or `bucket`. The first line names the
layout. Completing reads neither JSON nor the catalog, and never raises for a line that it does not understand: a shell
that prints an error into a half-typed command is worse than one that knows nothing. Batch variants are only offered
behind a colon, where somebody is looking for a variant. Nothing here touches a file; the lines are
made by `completion_lines`, so that a shell does not wait for rooms that it does not need.
"""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from modelsync.errors import UsageError

Kind = Literal["model", "alias", "bucket"]

LAYOUT: Final = "#modelsync-completion-1"
BATCH: Final = ":batch"
_KINDS: Final = ("model", "alias", "bucket")


class Completion(NamedTuple):
    """A word that may stand there, and what it is."""

    text: str
    hint: str


def complete(lines: Iterable[str], prefix: str, *, kind: Kind = "model") -> tuple[Completion, ...]:
    """Everything of a kind that begins with a prefix, in any case, in the order of the lines.

    Raises UsageError for a kind that is none.
    """
    if kind not in _KINDS:
        raise UsageError(f"complete: found {str(kind)[:40]!a}, expected one of {', '.join(_KINDS)}; choose one")
    begins = f"{kind}\t{prefix}".lower()
    wants_variants = ":" in prefix
    found = (line.split("\t") for line in lines if line.lower().startswith(begins))
    return tuple(
        Completion(parts[1], parts[2])
        for parts in found
        if len(parts) == len(Completion._fields) + 1 and (wants_variants or not parts[1].endswith(BATCH))
    )


def lines_of(sidecar: bytes) -> tuple[str, ...]:
    """The lines of a file of this layout; none of any other."""
    layout, *lines = sidecar.decode("utf-8", "replace").split("\n")
    return tuple(lines) if layout == LAYOUT else ()
