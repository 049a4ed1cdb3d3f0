"""A text with its misspelt words put right, by the words of a catalog's names.

A word that no name has is taken for the one that is a single slip away, as people's fingers make them: a letter left
out, put in or mistaken, or two neighbours that changed places. Words of two letters are a slip away from anything, and
in those with digits, versions and sizes, another digit is another model: both stay as they were typed. What is put
right here is only ever suggested.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from modelsync.client.spelling import Spelling

_WORD: Final = re.compile(r"(?<![a-z0-9])(?<![a-z0-9]\.)[a-z]{3,}(?!\.?[a-z0-9])")
"""Letters that are a word of a name by themselves; a dot within a word belongs to a version."""


class Vocabulary:
    """The words of many names, and how many names have each."""

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        self._names_with = Counter(_WORD.findall("\n".join([spelling.text for spelling in spellings])))

    def corrected(self, text: str) -> str | None:
        """The text in lower case with its misspelt words put right; None where that changes nothing."""
        lowered = text.lower()
        if not lowered.isascii():
            return None
        corrected = _WORD.sub(lambda word: self._meant_by(word[0]), lowered)
        return None if corrected == lowered else corrected

    def _meant_by(self, word: str) -> str:
        """The word itself where a name has it or none is near, else the nearest that most names have."""
        if word in self._names_with:
            return word
        near = [(-count, known) for known, count in self._names_with.items() if is_one_slip(word, known)]
        return min(near)[1] if near else word


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one known word that is a single slip away, in any case of letters; None where none is, or several are.

    A word that differs by case alone is that one slip.

    >>> nearest("Visoin", ("vision", "image")), nearest("bat", ("cat", "hat"))
    ('vision', None)
    """
    lowered = {each: each.lower() for each in known}
    near = [each for each, lower in lowered.items() if lower == word.lower() or is_one_slip(word.lower(), lower)]
    return near[0] if len(near) == 1 else None


def is_one_slip(word: str, other: str) -> bool:
    """Whether one letter more, less or different, or one exchange of neighbours, makes one word of another."""
    if abs(len(word) - len(other)) > 1 or word == other:
        return False
    shorter = min(len(word), len(other))
    start = next((place for place in range(shorter) if word[place] != other[place]), shorter)
    rest, others = word[start:], other[start:]
    if rest[1:] == others[1:] or rest[1:] == others or rest == others[1:]:
        return True
    return rest[:2] == others[1::-1] and rest[2:] == others[2:]
