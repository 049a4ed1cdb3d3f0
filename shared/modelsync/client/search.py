"""Models for what somebody typed: by words, by letters, by resemblance, best first.

A match is the same letters and digits, or all the words that were typed, or a run of its letters. Batch variants,
routers and moving pointers are only found by who names them (`batch`, `free`, `latest`), because nobody means them by
a family's name. Resemblance is the share of common pairs of letters, each counted once, in whole numbers: every
language comes to the same order. Nothing here decides that a model is meant; what resembles a name is only ever
suggested.
"""

import re
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from modelsync.client.catalog import Catalog, Model

SUGGESTED_FROM: Final = 450
"""Resemblance in thousandths below which two names have nothing in common."""

_TOKEN: Final = re.compile(r"[a-z0-9.]+")
_SIGN: Final = re.compile(r"[^a-z0-9]+")

Kind = Literal["letters", "words", "part"]


class Match(NamedTuple):
    """Every model that a text fits in the best way in which it fits any."""

    kind: Kind
    models: tuple[Model, ...]
    """Newest first."""


def find(catalog: Catalog, text: str) -> Match | None:
    """The models that a text may stand for; None where it is part of no name."""
    letters, words = letters_of(text), tokens_of(text)
    if not letters:
        return None
    visible = [model for model in catalog.models() if model.is_active and _is_meant(model, words)]
    by_kind: tuple[tuple[Kind, list[Model]], ...] = (
        ("letters", [model for model in visible if letters in _whole_names(model)]),
        ("words", [model for model in visible if words <= _words_of(model)]),
        ("part", [model for model in visible if letters in letters_of(model.id)]),
    )
    return next((Match(kind, newest_first(models)) for kind, models in by_kind if models), None)


def suggest(catalog: Catalog, text: str, *, at_most: int) -> tuple[Model, ...]:
    """The models whose names resemble a text most; never one that is called so."""
    typed = letters_of(text)
    words = tokens_of(text)
    scored = [
        (resemblance(typed, model), model)
        for model in catalog.models()
        if model.is_active and model.id.lower() != text.lower() and _is_meant(model, words)
    ]
    near = [(score, model) for score, model in scored if score >= SUGGESTED_FROM]
    near.sort(key=lambda each: (-each[0], catalog.place(each[1].id), each[1].id))
    return tuple(model for _, model in near[:at_most])


def resemblance(letters: str, model: Model) -> int:
    """How much a text is like the nearest of a model's names, in thousandths."""
    pairs = _pairs(letters)
    return max(_common(pairs, _pairs(name)) for name in _whole_names(model))


def letters_of(text: str) -> str:
    """A text without its punctuation and case."""
    return _SIGN.sub("", text.lower())


def tokens_of(text: str) -> frozenset[str]:
    """The words of a name; a dot belongs to a version (`4.5`)."""
    return frozenset(token for found in _TOKEN.findall(text.lower()) if (token := found.strip(".")))


def newest_first(models: list[Model]) -> tuple[Model, ...]:
    """By the day on which the source listed them, undated ones last, and by their ids."""
    in_order = sorted(models, key=lambda model: model.id)
    return tuple(sorted(in_order, key=lambda model: model.record["createdAt"] or "", reverse=True))


def _is_meant(model: Model, words: frozenset[str]) -> bool:
    if model.id.startswith("~"):
        return "latest" in words
    if model.record["isRouter"]:
        return "openrouter" in words or "router" in words
    return model.variant is None or model.variant in words


def _whole_names(model: Model) -> frozenset[str]:
    return frozenset(letters_of(name) for name in (model.id, model.id.partition("/")[2] or model.id, model.alias))


def _words_of(model: Model) -> frozenset[str]:
    return tokens_of(model.id) | tokens_of(model.alias)


def _common(pairs: frozenset[str], others: frozenset[str]) -> int:
    total = len(pairs) + len(others)
    return 2000 * len(pairs & others) // total if total else 0


def _pairs(letters: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(letters)))
