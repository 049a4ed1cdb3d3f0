"""Upstream text made harmless: nothing a feed says can move a cursor, end a line or grow without bound.

Control characters, directional marks, invisible marks and lone surrogates become one space each; text that is
too long ends in an ellipsis. What a page or a shell must escape on top of that is for the page and the shell.
"""

import re

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+")
_UNSAFE_BUT_LINES = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+"
)


def one_line(text: str, limit: int) -> str:
    r"""Clean text for one line of at most `limit` characters.

    >>> one_line("GPT\x1b[2J\n5", 40)
    'GPT [2J 5'
    """
    return _bounded(text if text.isprintable() else _UNSAFE.sub(" ", text), limit)


def paragraphs(text: str, limit: int) -> str:
    """Clean text of at most `limit` characters that may hold line feeds."""
    return _bounded(text if text.isprintable() else _UNSAFE_BUT_LINES.sub(" ", text), limit)


def quoted(value: object, limit: int = 60) -> str:
    r"""Show a value from outside within a message: cleaned, bounded and in quotes.

    >>> quoted("fr\x07ee")
    "'fr ee'"
    """
    return f"'{one_line(str(value), limit)}'"


def _bounded(text: str, limit: int) -> str:
    stripped = text.strip()
    return stripped if len(stripped) <= limit else stripped[: limit - 1].rstrip() + "…"
