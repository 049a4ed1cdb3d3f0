"""The letters, words and pairs of letters of names, by which texts are compared with them.

Only the letters a to z and digits count, in any case. A name's words and pairs are read only when somebody asks for
them, because most names are ruled out by less. Which model a text means is not decided here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

_KEPT: Final = b"abcdefghijklmnopqrstuvwxyz0123456789"
_DROPPED: Final = bytes(byte for byte in range(256) if byte not in _KEPT)
_APART: Final = bytes(byte if byte in _KEPT or byte == ord(".") else ord(" ") for byte in range(256))

OPEN: Final[frozenset[str]] = frozenset()
_ROUTER_WORDS: Final = frozenset({"openrouter", "router"})
_POINTER_WORDS: Final = frozenset({"latest"})


class Spelling(NamedTuple):
    """How a model is written."""

    text: str
    """Its id and its names, in lower case: every word of theirs is a part of it."""
    id_letters: str
    names: frozenset[str]
    """The letters of its id, of its id without the vendor, and of its short names."""
    all_letters: str
    """The id's, and behind a line's end those of each name that is no part of it."""
    named_by: frozenset[str] = OPEN
    """Words of which a text has to say one to mean it; none where any text may."""

    @property
    def words(self) -> frozenset[str]:
        """The words of its id and of its short names."""
        return tokens_of(self.text)

    def may_be_meant(self, words: frozenset[str]) -> bool:
        """Whether a text of these words may mean it at all."""
        return not self.named_by or bool(self.named_by & words)


class SharedPairs:
    """Which of many spellings have a pair of letters; each pair is looked for once, when it is first asked for."""

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        self._letters = [spelling.all_letters for spelling in spellings]
        self._places: dict[str, tuple[int, ...]] = {}

    def counted(self, pairs: frozenset[str]) -> Mapping[int, int]:
        """How many of these pairs stand in any name of each spelling, by its place; none where there are none."""
        counts = Counter[int]()
        for pair in pairs:
            counts.update(self._with(pair))
        return counts

    def _with(self, pair: str) -> tuple[int, ...]:
        if pair not in self._places:
            self._places[pair] = tuple([place for place, letters in enumerate(self._letters) if pair in letters])
        return self._places[pair]


def spelling_of(record: Any, *, also: Iterable[str] = ()) -> Spelling:
    """How a published record is written; `also` are other short names of it."""
    model_id, aliases = record["id"], (record["alias"], *also)
    bare = model_id.partition("/")[2] or model_id
    id_letters = letters_of(model_id)
    names = frozenset((id_letters, letters_of(bare), *map(letters_of, aliases)))
    return Spelling(
        text="\n".join((model_id, *aliases)).lower(),
        id_letters=id_letters,
        names=names,
        all_letters="\n".join((id_letters, *(name for name in names if name not in id_letters))),
        named_by=_words_that_name(record),
    )


def letters_of(text: str) -> str:
    """A text without its punctuation and case."""
    return text.lower().encode("ascii", "ignore").translate(None, _DROPPED).decode("ascii")


def tokens_of(text: str) -> frozenset[str]:
    """The words of a name; a dot belongs to a version (`4.5`)."""
    found = text.lower().encode("ascii", "replace").translate(_APART).decode("ascii").split()
    return frozenset(token for each in found if (token := each.strip(".")))


@lru_cache(maxsize=4096)
def pairs_of(letters: str) -> frozenset[str]:
    """Every two letters that stand side by side, each pair once; remembered, for names stay."""
    return frozenset(map("".join, pairwise(letters)))


def _words_that_name(record: Any) -> frozenset[str]:
    """A family's name means none of its batch variants, routers and moving pointers."""
    if record["id"].startswith("~"):
        return _POINTER_WORDS
    if record["isRouter"]:
        return _ROUTER_WORDS
    return OPEN if record["variant"] is None else frozenset({record["variant"]})
