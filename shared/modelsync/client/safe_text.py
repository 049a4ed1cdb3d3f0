"""Text on its way to a terminal: whatever it holds, it is shown and never obeyed.

Documents are cleaned when a feed is read, but a store may have been written by anybody. Here every character
that is not seen (controls, directions, joiners, surrogates, private ones) becomes a space, so that no text can move
a cursor, turn a line round or end it. Markup is no matter: texts are never parsed for it.
"""

import unicodedata
from typing import Final

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

LONGEST_LINE: Final = 2000
"""Characters of one line; a sentence that names some ids has a few hundred."""


def one_safe_line(text: object, limit: int = LONGEST_LINE) -> str:
    r"""Make any text fit for one line.

    >>> one_safe_line("GPT\x1b[2J\u202e\n5")
    'GPT [2J 5'
    """
    seen = "".join(" " if unicodedata.category(character) in _UNSEEN else character for character in str(text))
    line = " ".join(seen.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def safe_paragraphs(text: str) -> str:
    """Make any text fit for a terminal, and leave it its lines."""
    return "\n".join(map(one_safe_line, text.split("\n")))


def ascii_json(text: str) -> str:
    """JSON text in which nothing but plain ASCII is left; it must have been written with escapes."""
    return text.replace("\x7f", "\\u007f")
