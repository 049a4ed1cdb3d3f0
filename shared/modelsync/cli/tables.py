"""How values look: safe text, figures, moments and ages, and the few shapes that every command uses.

Everything that may come from outside passes through `text`; there is no other way into a table.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from modelsync.client.safe_text import one_safe_line, safe_paragraphs

LABEL_WIDTH: Final = 11
LONGEST_NAME: Final = 40
"""Columns of a name that leaves half a line for what is said of it."""

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

Cell = str | Text


def text(value: object, style: str = "") -> Text:
    """Any text on one line, made harmless."""
    return Text(one_safe_line(value), style=style)


def paragraphs(value: str) -> Text:
    """Any text of several lines, made harmless."""
    return Text(safe_paragraphs(value))


def heading(value: str) -> Text:
    """The first line of an answer."""
    return text(value, "bold")


def section(value: str, style: str = "") -> Text:
    """The line above a part of an answer, and an empty one above that; `style` only adds to its words."""
    return Text("\n").append(text(value, f"bold {style}".rstrip()))


def facts(rows: Iterable[tuple[str, Cell]]) -> Table:
    """Labels and what is to be said of them, one below the other."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(min_width=LABEL_WIDTH, no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for label, value in rows:
        grid.add_row(text(label), _cell(value))
    return grid


def listing(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, indent: int = 0) -> RenderableType:
    """A table without lines: the names of its columns, if they have any, and its rows; the first is never folded."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=any(columns), header_style="dim")
    for place, name in enumerate(columns):
        table.add_column(name, no_wrap=place == 0, overflow="fold" if place else "ellipsis")
    for row in rows:
        table.add_row(*map(_cell, row))
    return Padding.indent(table, indent) if indent else table


def named(rows: Iterable[tuple[str, Cell]]) -> RenderableType:
    """Names and what is to be said of them; a long name gets a line of its own, so that none is ever folded."""
    every = [(text(name), value) for name, value in rows]
    width = max((len(name) for name, _ in every if len(name) <= LONGEST_NAME), default=0)
    lines: list[RenderableType] = []
    for name, value in every:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=width, no_wrap=True)
        grid.add_column(overflow="fold")
        if len(name) > width:
            lines.append(Padding.indent(name, 2))
        grid.add_row(Text() if len(name) > width else name, _cell(value))
        lines += [Padding.indent(grid, 2)] if len(_cell(value)) or len(name) <= width else []
    return Group(*lines)


def bullets(lines: Iterable[str], *, at_most: int, style: str = "") -> RenderableType:
    """Sentences below each other, the first `at_most` of them."""
    every = tuple(lines)
    grid = Table.grid(padding=(0, 1, 0, 0))
    for line in every[:at_most]:
        grid.add_row("  -", text(line, style))
    if len(every) > at_most:
        grid.add_row("", text(f"… {len(every) - at_most} more; --json has them all", "dim"))
    return grid


def moment(at: datetime | None) -> str:
    """A time in UTC, to the minute; `-` where there is none."""
    return "-" if at is None else f"{at:%Y-%m-%d %H:%MZ}"


def ago(at: datetime, now: datetime) -> str:
    """How long something is ago, or in how long it will be."""
    return f"{span(now - at)} ago" if at <= now else f"in {span(at - now)}"


def span(duration: timedelta) -> str:
    """A duration in its two largest units.

    >>> span(timedelta(days=3, hours=4)), span(timedelta(minutes=62)), span(timedelta(hours=6))
    ('3 d 4 h', '1 h 2 min', '6 h')
    """
    days, rest = duration.days, timedelta(seconds=duration.seconds)
    hours, minutes = rest // HOUR, rest % HOUR // MINUTE
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"


def figure(number: int | None) -> str:
    """A count for people: `1,000,000`; `?` where it is not known."""
    return "?" if number is None else f"{number:,}"


def _cell(value: Cell) -> Text:
    return value if isinstance(value, Text) else text(value)
