"""Upstream text made harmless: nothing a feed says can move a cursor, end a line or grow without bound.

Control characters, directional marks, invisible marks and lone surrogates become one space each; text that is
too long ends in an ellipsis. What a page or a shell must escape on top of that is for the page and the shell.
"""

import unicodedata
from itertools import groupby

_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: control, format (directional and invisible marks), surrogate, private, unassigned, separators."""

MOST_READ = 100_000
"""Characters of one text that are looked at; what is published is far shorter."""


def one_line(text: str, limit: int) -> str:
    r"""Clean text for one line of at most `limit` characters.

    >>> one_line("GPT\x1b[2J\n5", 40)
    'GPT [2J 5'
    """
    return _bounded(text if text.isprintable() else _cleaned(text[:MOST_READ], keep=""), limit)


def paragraphs(text: str, limit: int) -> str:
    """Clean text of at most `limit` characters that may hold line feeds."""
    return _bounded(text if text.isprintable() else _cleaned(text[:MOST_READ], keep="\n"), limit)


def quoted(value: object, limit: int = 60) -> str:
    r"""Show a value from outside within a message: cleaned, bounded and in quotes.

    >>> quoted("fr\x07ee")
    "'fr ee'"
    """
    return f"'{one_line(str(value), limit)}'"


def _cleaned(text: str, *, keep: str) -> str:
    """Each run of harmful characters becomes one space."""
    runs = groupby(text, key=lambda character: _is_harmful(character) and character not in keep)
    return "".join(" " if harmful else "".join(characters) for harmful, characters in runs)


def _is_harmful(character: str) -> bool:
    return unicodedata.category(character) in _HARMFUL


def _bounded(text: str, limit: int) -> str:
    stripped = text.strip()
    return stripped if len(stripped) <= limit else stripped[: limit - 1].rstrip() + "…"
