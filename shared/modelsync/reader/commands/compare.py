"""`models compare`: two to four models side by side, what differs first among equals marked as best."""

from collections.abc import Sequence
from typing import Any, Final

from modelsync.client.browsing.compare import Cell, Row, compare
from modelsync.client.wording import size
from modelsync.reader.answer import Answer, Column, Table
from modelsync.reader.meaning import looked_at
from modelsync.reader.rows import DEARER, item
from modelsync.reader.session import Session

_PRICES: Final = frozenset({"priceIn", "priceOut", "blended"})
"""Rows of listed prices, on which there may be conditions."""
_SIZES: Final = frozenset({"context", "maxOutput"})
_WORDS: Final = {
    "priceIn": "in per M",
    "priceOut": "out per M",
    "blended": "blended per M",
    "example": "8K in, 1K out",
    "maxOutput": "longest answer",
    "structuredOutput": "schema",
    "jsonMode": "JSON mode",
    "imageGen": "images",
    "expiresAt": "ends",
    "listedSince": "listed",
    "knowledgeCutoff": "knows up to",
}
"""Labels for people, where they differ from those of JSON."""
_MAY_BE_ABSENT: Final = frozenset({"variant", "expiresAt", "backends"})
_DAYS: Final = frozenset({"listedSince", "expiresAt"})
_DAY: Final = len("2026-08-08")


def answer(session: Session) -> Answer:
    """The models in the order in which they were named."""
    models = [looked_at(session, text) for text in session.words.models]
    found = compare(models)
    columns = (Column(""), *(Column(model_id) for model_id in found.columns))
    is_conditional = [bool(model.record["pricing"]["overrides"]) for model in models]
    lines = tuple((_WORDS.get(row.label, row.label), *_cells(row, is_conditional)) for row in found.rows)
    rows = [_item(row) for row in found.rows]
    legend = ["* best of those that are known", *([DEARER] if any(is_conditional) else [])]
    return Answer((Table(columns, lines), *legend), items=[item(model) for model in models], extra={"rows": rows})


def _cells(row: Row, is_conditional: Sequence[bool]) -> tuple[str, ...]:
    signs = ["+" if has and row.label in _PRICES else "" for has in is_conditional]
    return tuple(
        f"{_text(row, cell)}{signs[place] if cell.value is not None else ''}{' *' if place in row.best else ''}"
        for place, cell in enumerate(row.cells)
    )


def _text(row: Row, cell: Cell) -> str:
    value = cell.value
    if not value and row.label in _MAY_BE_ABSENT:
        return "-"
    if value is None:
        return cell.note if cell.note in {"varies", "not by the token"} else "?"
    if isinstance(value, bool):
        return f"{'yes' if value else 'no'}{'?' if cell.note == 'heuristic' else ''}"
    if isinstance(value, int):
        return size(value) if row.label in _SIZES else f"{value:,}"
    if isinstance(value, tuple):
        return ", ".join(value)
    return value[:_DAY] if row.label in _DAYS else value


def _item(row: Row) -> dict[str, Any]:
    return {
        "label": row.label,
        "cells": [{"value": cell.value, "note": cell.note} for cell in row.cells],
        "best": list(row.best),
        "differs": row.differs,
    }
