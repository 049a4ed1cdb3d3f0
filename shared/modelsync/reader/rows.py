"""Models as rows of a table and as items of JSON: one shape for every command that lists some."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from modelsync.client.browsing.seen import Seen
from modelsync.client.catalog import Model
from modelsync.client.wording import ability, price, remarks, size
from modelsync.reader.answer import Column, Table
from modelsync.reader.session import Session

PRICE, ABILITIES = (2,), (4, 5, 6)
"""Places of the columns below in which signs stand."""
DEARER: Final = "+: dearer under conditions, which `models show MODEL` tells"
_SIGNS: Final = {
    "+": (PRICE, DEARER),
    "?": (ABILITIES, "yes? and no?: guessed by the name; ? alone: nobody knows"),
}
"""What the signs in the cells of some columns mean."""

COLUMNS: Final = (
    Column("alias", is_id=True, leaves=4),
    Column("model", is_id=True),
    Column("in / out per M", is_number=True),
    Column("context", is_number=True, leaves=1),
    Column("tools", leaves=2),
    Column("vision", leaves=3),
    Column("reasoning", leaves=5),
    Column("notes", leaves=6),
)


def model_table(session: Session, models: Iterable[Seen]) -> Table:
    """Models below each other."""
    return Table(COLUMNS, tuple(_row(session, seen) for seen in models))


def signs(table: Table) -> tuple[str, ...]:
    """What the signs in a table mean, as far as there are any."""
    return tuple(
        meaning
        for sign, (places, meaning) in _SIGNS.items()
        if any(row[place].endswith(sign) for row in table.rows for place in places)
    )


def item(model: Model | Seen) -> Mapping[str, Any]:
    """A model for scripts: its record as published, with the user's word on it."""
    return model.model.record if isinstance(model, Seen) else model.record


def _row(session: Session, seen: Seen) -> tuple[str, ...]:
    model, record = seen.model, seen.model.record
    return (
        model.alias,
        model.id,
        price(record),
        size(model.context),
        ability(record, "supportsTools"),
        ability(record, "supportsVision"),
        ability(record, "reasoning"),
        ", ".join((*_yours(session, seen), *remarks(model, now=session.now))),
    )


def _yours(session: Session, seen: Seen) -> tuple[str, ...]:
    binding = session.state.bindings.get(session.words.scope)
    said = {
        "your model": binding is not None and seen.id in {binding.desired, binding.effective},
        "favourite": seen.is_favourite,
        "your own": seen.own is not None,
    }
    return tuple(word for word, applies in said.items() if applies)
