"""Tables and lines for a terminal of some width: aligned by what a letter takes up, cut where it must be.

A column leaves before a cell is cut, the least important first; of the last column as much is cut as does not fit, and
prose goes on below itself. Columns that may not leave and have no room stand in a block of their own further down.
Tables of one answer that have the same columns are aligned alike, and named once. Ids stay whole, however narrow the
terminal, because they are what people copy. Texts are made harmless here.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from modelsync.client.safe_text import one_safe_line
from modelsync.reader.answer import Column, Facts, Heading, Part, Raw, Table

_GAP: Final = "  "
_WIDE: Final = frozenset("WF")
_LEAST_CELL: Final = 8
"""Columns of a last cell below which its column leaves as a whole."""
_LEAST_PROSE: Final = 24
"""Columns below which prose is no longer read with pleasure."""

Rows = Sequence[Sequence[str]]


def lines_of(parts: Iterable[Part], *, width: int) -> list[tuple[str, bool]]:
    """Every line of an answer, and whether it stands out."""
    parts = tuple(parts)
    found: list[tuple[str, bool]] = []
    named: set[tuple[Column, ...]] = set()
    for part in parts:
        if isinstance(part, Heading):
            found += [(line, True) for line in wrapped(one_safe_line(part.text), width)]
        elif isinstance(part, Table) and not part.rows:
            continue  # its names alone tell people nothing
        elif isinstance(part, Table):
            alike = [each for each in parts if isinstance(each, Table) and each.columns == part.columns]
            found += _table_lines(part, alike, width=width, is_named=part.columns in named)
            named.add(part.columns)
        elif isinstance(part, Facts):
            found += [(line, False) for line in _fact_lines(part, width=width)]
        elif isinstance(part, Raw):
            found += [(line, False) for line in part.text.split("\n")]
        else:
            found += [(f" {line}".rstrip(), False) for line in wrapped(one_safe_line(part), width - 1)]
    return found


def table_lines(table: Table, *, width: int) -> list[str]:
    """The names of the columns, then the rows."""
    return [line for line, _ in _table_lines(table, [table], width=width)]


def display_width(text: str) -> int:
    """Columns that a text takes up: two for a wide letter, none for one that combines.

    >>> display_width("abc"), display_width("模型"), display_width("e\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
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
    return f"{_beginning(text, width - 1)}…" if width > 0 else ""


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines, broken between words; a word that is too long stays whole, but for wide letters.

    >>> wrapped("two words and more", 9), wrapped("模型模型", 4), wrapped("", 9)
    (['two words', 'and more'], ['模型', '模型'], [''])
    """
    lines = [""]
    for word in _breakable(text, width):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and display_width(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _breakable(text: str, width: int) -> Iterator[str]:
    """The words of a text; of wide letters no more together than fit."""
    for word in text.split(" "):
        rest = word
        while width > 1 and not rest.isascii() and display_width(rest) > width:
            begin = _beginning(rest, width)
            yield begin
            rest = rest[len(begin) :]
        yield rest


def _beginning(text: str, width: int) -> str:
    """As many letters as fit."""
    kept = ""
    for letter in text:
        if display_width(kept + letter) > width:
            break
        kept += letter
    return kept


def _table_lines(table: Table, alike: Sequence[Table], *, width: int, is_named: bool = False) -> list[tuple[str, bool]]:
    """The lines of a table that is aligned with others; the names of its columns stand out, or stood above."""
    columns, rows = table.columns, _safe_rows(table, width=width)
    every = [row for each in alike for row in _safe_rows(each, width=width)]
    needs = [_widest(column, place, every) for place, column in enumerate(columns)]
    kept = _columns_that_fit(columns, needs, width=width - table.indent)
    blocks = _blocks(columns, needs, kept, width=width - table.indent)
    names = [column.name for column in columns]
    found: list[tuple[str, bool]] = []
    for block in blocks:
        if not is_named or len(blocks) > 1:
            found += [(line, True) for line in _lines(names, columns, needs, block, table.indent, width)]
        for row in rows:
            found += [(line, False) for line in _lines(row, columns, needs, block, table.indent, width)]
    return found


def _safe_rows(table: Table, *, width: int) -> list[list[str]]:
    """The cells, of which no single one that may be cut takes more than half of a line."""
    return [
        [
            text if column.is_id or column.is_prose else cut(text, width // 2)
            for column, text in zip(table.columns, map(one_safe_line, row), strict=True)
        ]
        for row in table.rows
    ]


def _columns_that_fit(columns: Sequence[Column], needs: Sequence[int], *, width: int) -> list[int]:
    kept = list(range(len(columns)))
    while len(kept) > 1 and not _fits(columns, needs, kept, width=width):
        leaves = max((place for place in kept if columns[place].leaves), key=lambda p: columns[p].leaves, default=None)
        if leaves is None:
            break
        kept.remove(leaves)
    return kept


def _fits(columns: Sequence[Column], needs: Sequence[int], kept: Sequence[int], *, width: int) -> bool:
    """Whether columns stand side by side, where the last may be cut or go on below."""
    *first, last = kept
    return sum(needs[place] + len(_GAP) for place in first) + _least(columns[last], needs[last]) <= width


def _least(column: Column, need: int) -> int:
    """How little room is enough for a last column."""
    if column.is_number or column.is_id:
        return need
    return min(need, _LEAST_PROSE if column.is_prose else _LEAST_CELL)


def _blocks(columns: Sequence[Column], needs: Sequence[int], kept: Sequence[int], *, width: int) -> list[list[int]]:
    """Columns that stand side by side; what has no room there stands below, behind the first column again."""
    if _fits(columns, needs, kept, width=width):
        return [list(kept)]
    first, *others = kept
    blocks: list[list[int]] = []
    room = 0
    for place in others:
        if not blocks or room < needs[place] + len(_GAP):
            blocks.append([first])
            room = width - needs[first]
        blocks[-1].append(place)
        room -= needs[place] + len(_GAP)
    return blocks or [[first]]


def _widest(column: Column, place: int, rows: Rows) -> int:
    return max([display_width(column.name), *(display_width(row[place]) for row in rows)])


def _lines(  # noqa: PLR0917  one row, and all that its place on the line is decided by
    row: Sequence[str], columns: Sequence[Column], needs: Sequence[int], block: Sequence[int], indent: int, width: int
) -> Iterator[str]:
    """One row: a line, and where prose goes on further ones."""
    line = " " * indent
    for place in block[:-1]:
        space = " " * (needs[place] - display_width(row[place]))
        line += (space + row[place] if columns[place].is_number else row[place] + space) + _GAP
    last, room = block[-1], width - display_width(line)
    if columns[last].is_prose:
        first, *more = wrapped(row[last], max(room, _LEAST_PROSE))
        yield (line + first).rstrip(" ")
        yield from (" " * display_width(line) + each for each in more)
    elif columns[last].is_number:
        yield line + " " * (needs[last] - display_width(row[last])) + row[last]
    else:
        is_whole = len(block) == 1 or columns[last].is_id
        yield (line + (row[last] if is_whole else cut(row[last], max(room, 0)))).rstrip(" ")


def _fact_lines(facts: Facts, *, width: int) -> Iterator[str]:
    labels = max((display_width(label) for label, _ in facts.rows), default=0)
    room = max(width - labels - len(_GAP) - 1, _LEAST_PROSE)
    for label, value in facts.rows:
        first, *more = wrapped(one_safe_line(value), room)
        yield f" {one_safe_line(label)}{' ' * (labels - display_width(label))}{_GAP}{first}".rstrip()
        yield from (" " * (1 + labels + len(_GAP)) + each for each in more)
