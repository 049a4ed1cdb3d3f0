"""One record of a vendor's own list: an id, and whatever else it says, read one field at a time.

Such lists are short and their records thin, so that a field which cannot be read is dropped with a finding and costs
no model; only an id must be there. No finding or complaint repeats a value: a vendor that answers with an error in
the shape of a list may repeat a part of the key, and both are published.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from modelsync.catalog.model_ids import IdParts, of_vendor, parse_model_id
from modelsync.sources.facts import ModelFacts
from modelsync.sources.records import Notice
from modelsync.sources.wire import MOST_TOKENS, created, is_word, words

KEYS: Final = frozenset({"id", "object", "created", "owned_by"})
"""Those of a record in OpenAI's shape."""

MOST_LETTERS: Final = 30
"""A key of a record that is longer is not repeated."""


def silent_facts(parts: IdParts, *, name: str = "", description: str = "") -> ModelFacts:
    """The facts of a list that knows an id and nothing else of it."""
    return ModelFacts(
        parts=parts,
        name=name or parts.id,
        description=description,
        canonical_slug=None,
        created_at=None,
        max_context=None,
        max_output=None,
        input_modalities=(),
        output_modalities=(),
        supported_parameters=None,
        prices={},
        raw_prices={},
        conditional_prices=(),
        reasoning=None,
        measurements=None,
        expires_at=None,
        alias_target=None,
    )


def listed_id(value: object, *, vendor_of: Callable[[IdParts], str]) -> IdParts:
    """The id of a record, of the vendor whom its source serves it for; raises ValueError where it is none."""
    try:
        parts = parse_model_id(value) if isinstance(value, str) else None
    except ValueError:
        parts = None
    if parts is None:
        raise ValueError("id: expected a model id of letters, digits and ._+@-/:, found something else")
    return of_vendor(parts, vendor_of(parts))


def created_at(record: Mapping[str, Any]) -> datetime | None:
    """When a record was created; anything but a time is silence."""
    value = record.get("created")
    return created(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def tokens(record: Mapping[str, Any], key: str, *, notice: Notice) -> int | None:
    """A number of tokens, None where there is none or it is zero; what is no such number is dropped and noticed."""
    value = record.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_TOKENS:
        notice(f"{key}: expected a number of tokens, found something else, ignored")
        return None
    return value or None


def switch(record: Mapping[str, Any], key: str, *, notice: Notice) -> bool | None:
    """A yes or no; what is neither is dropped and noticed."""
    value = record.get(key)
    if value is None or isinstance(value, bool):
        return value
    notice(f"{key}: expected true or false, found something else, ignored")
    return None


def word_list(record: Mapping[str, Any], key: str, *, notice: Notice) -> tuple[str, ...] | None:
    """A list of plain words, sorted; what is no such list is dropped and noticed."""
    value = record.get(key)
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(each, str) and is_word(each) for each in value):
        return words(tuple(value))
    notice(f"{key}: expected a list of words, found something else, ignored")
    return None


def notice_unknown_keys(record: Mapping[str, Any], known: frozenset[str], *, notice: Notice) -> None:
    """Say which keys are new; one that is no plain word is not repeated."""
    for key in sorted(record.keys() - known):
        plain = key.isascii() and key.replace("_", "").isalpha() and len(key) <= MOST_LETTERS
        notice(f"unknown key {key if plain else '(no plain word)'}, ignored")
