"""How single words of the command line become values; argparse tells what ArgumentTypeError says.

Standard library only, as `options`, so that help comes at once.
"""

import argparse
from datetime import UTC, datetime
from typing import Final

TOPICS: Final = ("price", "state", "alias", "curated")
"""What `why` explains besides flags."""

FLAG_WORDS: Final = {
    "vision": "supportsVision",
    "tools": "supportsTools",
    "structured": "structuredOutput",
    "json": "jsonMode",
    "image": "isImageGen",
    "reasoning": "reasoning",
    "free": "isFree",
}
"""Short words for the flags; the published names are understood as well."""

FIRST_YEAR, LAST_YEAR = 2000, 2200
"""Outside of them a moment is a slip of the pen, and sums of times leave the calendar."""

HIGHEST_PORT: Final = 65535


def moment(text: str) -> datetime:
    """A time with its zone, to the second."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        given = None
    if given is None or given.tzinfo is None or not FIRST_YEAR <= given.year <= LAST_YEAR:
        raise argparse.ArgumentTypeError(f"expected a time with its zone, 2026-08-08T18:42Z, found {text[:40]!a}")
    return given.astimezone(UTC).replace(microsecond=0)


def generation(text: str) -> int:
    """The number of a generation."""
    if not (text.isascii() and text.isdigit() and len(text) <= len("1000000000")):
        raise argparse.ArgumentTypeError(f"expected the number of a generation, found {text[:40]!a}")
    return int(text)


def port(text: str) -> int:
    """A port, or 0 for any free one."""
    if not (text.isascii() and text.isdigit() and len(text) <= len("65535") and int(text) <= HIGHEST_PORT):
        raise argparse.ArgumentTypeError(
            f"expected a port from 0 (any free one) to {HIGHEST_PORT}, found {text[:40]!a}"
        )
    return int(text)


def topic(text: str) -> str:
    """What `why` explains, by its published name."""
    meant = FLAG_WORDS.get(text, text)
    if meant not in (*FLAG_WORDS.values(), *TOPICS):
        raise argparse.ArgumentTypeError(f"expected one of {', '.join((*FLAG_WORDS, *TOPICS))}, found {text[:40]!a}")
    return meant
