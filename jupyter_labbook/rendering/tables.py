"""Aligned plain-text tables for the terminal."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.rendering.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = "  "
_NARROWEST = 4
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Column:
    """What stands above a column, and how its cells are set."""

    title: str
    numeric: bool = False
    """Set against the right edge."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under columns; every row has one cell a column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


def text_width(text: str) -> int:
    """Columns that a terminal needs for the text."""
    return sum(map(_char_width, text))


def shorten(text: str, width: int) -> str:
    """Cut text to a width in terminal columns, with … in place of what is gone."""
    if text_width(text) <= width:
        return text
    taken: list[str] = []
    left = width - 1
    for char in text:
        left -= _char_width(char)
        if left < 0:
            break
        taken.append(char)
    return "".join(taken).rstrip() + _ELLIPSIS if width > 0 else ""


def table_text(table: Table, width: int = 80) -> str:
    """Lay a table out in a width, the widest text columns giving way first.

    A table that cannot be made narrow enough keeps all its columns and grows past
    the width: a terminal wraps it, and nothing is lost.
    """
    cells = [[one_line(column.title) for column in table.columns]]
    cells += [[one_line(cell) for cell in row] for row in table.rows]
    widths = [
        max(text_width(row[index]) for row in cells)
        for index in range(len(table.columns))
    ]
    widths = _fit(table.columns, widths, width)
    lines = [_line(table.columns, row, widths) for row in cells]
    lines.insert(1, _GAP.join("─" * size for size in widths))
    return "\n".join(lines)


def _fit(columns: Sequence[Column], widths: list[int], width: int) -> list[int]:
    widths = list(widths)
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width
    # Numbers are never cut: half a number is another number.
    soft = [index for index, column in enumerate(columns) if not column.numeric]
    while excess > 0 and soft:
        widest = max(soft, key=widths.__getitem__)
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
        excess -= 1
    return widths


def _line(columns: Sequence[Column], row: Sequence[str], widths: list[int]) -> str:
    cells = []
    for column, text, width in zip(columns, row, widths, strict=True):
        short = shorten(text, width)
        blank = " " * (width - text_width(short))
        cells.append(blank + short if column.numeric else short + blank)
    return _GAP.join(cells).rstrip()


def _char_width(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
