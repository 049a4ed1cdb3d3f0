"""From a person's word to one model: an id, an alias, an alias of former times, alive or gone.

The word must be exact. A word that names nobody is an error with the nearest names in it; nothing is ever guessed.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from modelsync.catalog.documents import AliasChange, Redirect, Tombstone
from modelsync.catalog.lifecycle import LISTED, LifecycleState
from modelsync.catalog.model_info import ModelInfo
from modelsync.catalog.published_set import PublishedSet
from modelsync.errors import NotFoundError

SUGGESTIONS: Final = 5
LIKENESS: Final = 0.5
"""Share of letters in common from which a name is worth suggesting."""


@dataclass(frozen=True, slots=True)
class Known:
    """One model, with all that is published of it.

    `model` is its record, the last known one where it is gone; `tombstone` is there if it ever was gone.
    """

    model: ModelInfo
    state: LifecycleState
    matched: str
    """What the word was: `id`, `alias` or `former alias`."""
    tombstone: Tombstone | None
    redirect: Redirect | None
    former_aliases: tuple[AliasChange, ...]

    @property
    def id(self) -> str:
        """The model's id."""
        return self.model.id

    @property
    def is_listed(self) -> bool:
        """Whether `current.json` holds it."""
        return self.state in LISTED


def find_model(published: PublishedSet, word: str) -> Known:
    """The model that a word names; raises NotFoundError with suggestions. An id goes before an alias."""
    for matched, names in _directory(published):
        if word in names:
            return _known(published, names[word], matched)
    redirect = next((each for each in _redirects(published) if each.from_id == word), None)
    if redirect is not None:
        raise NotFoundError(f"{word[:80]!a} was never listed; people send its users to {redirect.to}")
    near = suggestions(published, word)
    advice = f"the nearest are {', '.join(near)}" if near else "nothing is near; look it up in current.json"
    raise NotFoundError(f"no model has the id or alias {word[:80]!a}; {advice}")


def suggestions(published: PublishedSet, word: str) -> tuple[str, ...]:
    """Names that look like a word, best first, one for each model."""
    names: dict[str, tuple[str, str]] = {}
    for _, directory in _directory(published):
        for name, model_id in directory.items():
            names.setdefault(name.lower(), (name, model_id))
            names.setdefault(name.rpartition("/")[2].lower(), (name, model_id))
    near = difflib.get_close_matches(word[:80].lower(), names, n=4 * SUGGESTIONS, cutoff=LIKENESS)
    chosen: dict[str, str] = {}
    for name, model_id in (names[each] for each in near):
        chosen.setdefault(model_id, name)
    return tuple(chosen.values())[:SUGGESTIONS]


def _directory(published: PublishedSet) -> Iterator[tuple[str, dict[str, str]]]:
    """The names of all models, kind by kind, with the ids that they stand for."""
    models = published.models()
    stones = {stone.id: stone for stone in _tombstones(published)}
    yield "id", {model_id: model_id for model_id in (*models, *stones)}
    gone = {stone.last_known.alias: i for i, stone in stones.items() if i not in models}
    yield "alias", gone | {model.alias: i for i, model in models.items()}
    yield "former alias", {change.old_alias: change.model_id for change in _alias_history(published)}


def _known(published: PublishedSet, model_id: str, matched: str) -> Known:
    stone = next((each for each in _tombstones(published) if each.id == model_id), None)
    model = published.models().get(model_id) or (stone.last_known if stone is not None else None)
    if model is None:
        raise NotFoundError(f"{model_id!a} has neither a record nor a tombstone; run `syncmodels verify`")
    return Known(
        model=model,
        state=published.states()[model_id],
        matched=matched,
        tombstone=stone,
        redirect=next((each for each in _redirects(published) if each.from_id == model_id), None),
        former_aliases=tuple(each for each in _alias_history(published) if each.model_id == model_id),
    )


def _tombstones(published: PublishedSet) -> tuple[Tombstone, ...]:
    return published.deprecations.tombstones if published.deprecations else ()


def _redirects(published: PublishedSet) -> tuple[Redirect, ...]:
    return published.deprecations.redirects if published.deprecations else ()


def _alias_history(published: PublishedSet) -> tuple[AliasChange, ...]:
    return published.deprecations.alias_history if published.deprecations else ()
