"""Tables and lines for a terminal of some width: aligned by what a letter takes up, cut where it must be.

A column leaves before a cell is cut, the least important first; of the last column as much is cut as does not fit. Ids
stay whole, however narrow the terminal, because they are what people copy. Texts are made harmless here.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from modelsync.client.safe_text import one_safe_line
from modelsync.reader.answer import Column, Facts, Heading, Part, Raw, Table

_GAP: Final = "  "
_WIDE: Final = frozenset("WF")
_LEAST_CELL: Final = 8
"""Columns of a last cell below which its column leaves as a whole."""


def lines_of(parts: Iterable[Part], *, width: int) -> list[tuple[str, bool]]:
    """Every line of an answer, and whether it stands out."""
    found: list[tuple[str, bool]] = []
    for part in parts:
        if isinstance(part, Heading):
            found.append((one_safe_line(part.text), True))
        elif isinstance(part, Table):
            head, *rows = table_lines(part, width=width)
            found += [(head, True), *((row, False) for row in rows)]
        elif isinstance(part, Facts):
            found += [(line, False) for line in _fact_lines(part)]
        elif isinstance(part, Raw):
            found += [(line, False) for line in part.text.split("\n")]
        else:
            found.append((f" {line}" if (line := one_safe_line(part)) else "", False))
    return found


def table_lines(table: Table, *, width: int) -> list[str]:
    """The names of the columns, then the rows."""
    rows = [[one_safe_line(cell) for cell in row] for row in table.rows]
    kept = _columns_that_fit(table.columns, rows, width=width - table.indent)
    widths = {place: _widest(table.columns[place], place, rows) for place in kept}
    every = [[column.name for column in table.columns], *rows]
    return [_line(row, table.columns, widths, indent=table.indent, width=width) for row in every]


def display_width(text: str) -> int:
    """Columns that a text takes up: two for a wide letter, none for one that combines.

    >>> display_width("abc"), display_width("模型"), display_width("e\u0301")
    (3, 4, 1)
    """
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in _WIDE else 1
        for letter in text
    )


def cut(text: str, width: int) -> str:
    """As much of a text as fits, with a sign that there was more.

    >>> cut("a long sentence", 8), cut("short", 8)
    ('a long …', 'short')
    """
    if display_width(text) <= width:
        return text
    kept = ""
    for letter in text:
        if display_width(kept + letter) > width - 1:
            break
        kept += letter
    return f"{kept}…" if width > 0 else ""


def _columns_that_fit(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, width: int) -> list[int]:
    kept = list(range(len(columns)))
    while len(kept) > 1:
        needs = [_widest(columns[place], place, rows) for place in kept]
        last = min(needs[-1], _LEAST_CELL)
        if sum(needs[:-1]) + last + len(_GAP) * (len(kept) - 1) <= width:
            break
        leaves = max((place for place in kept if columns[place].leaves), key=lambda p: columns[p].leaves, default=None)
        if leaves is None:
            break
        kept.remove(leaves)
    return kept


def _widest(column: Column, place: int, rows: Sequence[Sequence[str]]) -> int:
    return max([display_width(column.name), *(display_width(row[place]) for row in rows)])


def _line(row: Sequence[str], columns: Sequence[Column], widths: dict[int, int], *, indent: int, width: int) -> str:
    line = " " * indent
    last = max(widths)
    for place, wide in widths.items():
        text = row[place]
        if place == last > 0 and not columns[place].is_number:
            text = cut(text, max(width - display_width(line), 0))
        space = " " * (wide - display_width(text))
        line += (space + text if columns[place].is_number else text + space) + _GAP
    return line.rstrip(" ")


def _fact_lines(facts: Facts) -> list[str]:
    width = max((display_width(label) for label, _ in facts.rows), default=0)
    return [
        f" {one_safe_line(label)}{' ' * (width - display_width(label))}{_GAP}{one_safe_line(value)}".rstrip()
        for label, value in facts.rows
    ]
