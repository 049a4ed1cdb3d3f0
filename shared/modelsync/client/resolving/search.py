"""Models for what somebody typed: by words, by letters, by resemblance, best first.

A match is the same letters and digits, or all the words that were typed, or a run of its letters. Batch variants,
routers and moving pointers are only found by who names them (`batch`, `free`, `latest`), because nobody means them by
a family's name. Where nothing matches, the text may be misspelt, or resemble a name. Resemblance is the share of common
pairs of letters, each counted once, in whole numbers: every language comes to the same order. Whom too few pairs rule
out is not counted to the end, which changes no answer. Nothing here decides that a model is meant; what is misspelt or
resembles a name is only ever suggested.
"""

from typing import Final, Literal, NamedTuple

from modelsync.client.catalog import Catalog, Model
from modelsync.client.spelling import Spelling, letters_of, pairs_of, spelling_of, tokens_of

MOST_ALIKE: Final = 1000
"""Resemblance, in thousandths, of two names that have every pair of letters in common."""
SUGGESTED_FROM: Final = 450
"""Resemblance below which two names have nothing in common."""

Kind = Literal["letters", "words", "part"]
KINDS: Final[tuple[Kind, ...]] = ("letters", "words", "part")
"""The ways in which a text fits a name, best first."""


class Match(NamedTuple):
    """Every model that a text fits in the best way in which it fits any."""

    kind: Kind
    models: tuple[Model, ...]
    """Newest first."""


class Typed(NamedTuple):
    """A text as it is compared with names."""

    letters: str
    words: frozenset[str]
    longest_word: str
    """A name that lacks it need not be taken to pieces."""
    pairs: frozenset[str]

    def kind_of_match(self, spelling: Spelling) -> Kind | None:
        """The best way in which the text fits a model; None where it is part of no name."""
        if self.letters in spelling.names:
            return "letters"
        if self.longest_word in spelling.text and self.words <= spelling.words:
            return "words"
        return "part" if self.letters in spelling.id_letters else None

    def resemblance(self, spelling: Spelling) -> int:
        """How much the text is like the nearest of a model's names, in thousandths."""
        return max(_common(self.pairs, pairs_of(name)) for name in spelling.names)

    @property
    def fewest_shared(self) -> int:
        """How many of its pairs a name must have to resemble the text at all.

        Of n pairs that are shared the name has at least n, so that the resemblance is 2000 n / (pairs + n) at most.
        """
        return max(1, -(-SUGGESTED_FROM * len(self.pairs) // (2 * MOST_ALIKE - SUGGESTED_FROM)))


def typed(text: str) -> Typed:
    """A text, read once for all names."""
    letters, words = letters_of(text), tokens_of(text)
    return Typed(letters, words, max(words, key=lambda word: (len(word), word), default=""), pairs_of(letters))


def find(catalog: Catalog, text: str) -> Match | None:
    """The models that a text may stand for; None where it is part of no name."""
    asked = typed(text)
    if not asked.letters:
        return None
    found: dict[Kind, list[Model]] = {kind: [] for kind in KINDS}
    for model, spelling in _visible(catalog, asked.words):
        kind = asked.kind_of_match(spelling)
        if kind is not None:
            found[kind].append(model)
    return next((Match(kind, newest_first(models)) for kind, models in found.items() if models), None)


def suggest(catalog: Catalog, text: str, *, at_most: int) -> tuple[Model, ...]:
    """Whom the text means if it is misspelt, and behind them whom it resembles most; never one that is called so."""
    meant = meant_if_misspelt(catalog, text)
    near = {model.id: model for model in (*meant, *resembling(catalog, text))}
    return tuple(near.values())[:at_most]


def meant_if_misspelt(catalog: Catalog, text: str) -> tuple[Model, ...]:
    """The models that the text finds once its misspelt words are put right, those of the shortlist first."""
    corrected = catalog.vocabulary.corrected(text)
    match = find(catalog, corrected) if corrected is not None else None
    return () if match is None else tuple(sorted(match.models, key=lambda model: catalog.place(model.id)))


def resembling(catalog: Catalog, text: str) -> tuple[Model, ...]:
    """The models whose names resemble a text, the most alike first; never one that is called so."""
    asked, lowered = typed(text), text.lower()
    shared, fewest = catalog.shared_pairs.counted(asked.pairs), asked.fewest_shared
    worth_counting = (catalog.spelled[place] for place, count in shared.items() if count >= fewest)
    scored = [
        (asked.resemblance(spelling), model)
        for model, spelling in worth_counting
        if spelling.may_be_meant(asked.words) and model.is_active and model.id.lower() != lowered
    ]
    near = [(score, model) for score, model in scored if score >= SUGGESTED_FROM]
    near.sort(key=lambda each: (-each[0], catalog.place(each[1].id), each[1].id))
    return tuple(model for _, model in near)


def resemblance(letters: str, model: Model) -> int:
    """How much a text is like the nearest of a model's names, in thousandths."""
    return typed(letters).resemblance(spelling_of(model.record))


def newest_first(models: list[Model]) -> tuple[Model, ...]:
    """By the day on which the source listed them, undated ones last, and by their ids."""
    in_order = sorted(models, key=lambda model: model.id)
    return tuple(sorted(in_order, key=lambda model: model.record["createdAt"] or "", reverse=True))


def _visible(catalog: Catalog, words: frozenset[str]) -> list[tuple[Model, Spelling]]:
    """Active models that a text of these words may mean."""
    return [each for each in catalog.spelled if each[1].may_be_meant(words) and each[0].is_active]


def _common(pairs: frozenset[str], others: frozenset[str]) -> int:
    total = len(pairs) + len(others)
    return 2 * MOST_ALIKE * len(pairs & others) // total if total else 0
