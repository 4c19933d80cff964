"""The printed transfer set: what comes along, how large, what stays and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.snapshot.items import ItemKind

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000
_WIDTH = 88
_OURS = "jupyter_labbook."
_TITLES = {
    ItemKind.VALUE: "data",
    ItemKind.LITERAL: "values",
    ItemKind.SOURCE: "code",
    ItemKind.MODULE: "frozen",
    ItemKind.IMPORT: "imports",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that comes along."""

    name: str
    kind: ItemKind
    size: int = 0
    """Bytes; 0 where it has none of its own."""
    note: str = ""
    shown: str = ""
    """How it is printed, where that is not the name."""


@dataclass(frozen=True, slots=True)
class TransferReport:
    """What comes along with a cell, and what stays behind."""

    rows: tuple[Row, ...] = ()
    held: tuple[tuple[str, str], ...] = ()
    """Name and reason."""
    warnings: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all values that are stored."""
        return sum(row.size for row in self.rows if row.kind is ItemKind.VALUE)

    def text(self) -> str:
        """Spell it for a person who reads it at every run: a line for each kind."""
        lines: list[str] = []
        for kind, title in _TITLES.items():
            shown = [_shown(row) for row in self.rows if row.kind is kind]
            # Every run has our own names; to list them would say nothing.
            shown = [text for text in shown if not text.startswith(_OURS)]
            if shown:
                lines += _wrapped(f"{title:<8}", shown)
        lines += [f"{'held':<8}{name}: {reason}" for name, reason in self.held]
        lines += [f"{'note':<8}{warning}" for warning in self.warnings]
        return "\n".join(lines)


def size_text(size: float) -> str:
    """Spell a number of bytes with two or three digits."""
    unit = 0
    while size >= _STEP - 0.5 and unit < len(_UNITS) - 1:
        size /= _STEP
        unit += 1
    digits = 1 if unit and size < _STEP / 100 else 0
    return f"{size:.{digits}f} {_UNITS[unit]}"


def _shown(row: Row) -> str:
    text = row.shown or row.name
    if row.kind in (ItemKind.VALUE, ItemKind.MODULE):
        text += f" {size_text(row.size)}"
    return f"{text} ({row.note})" if row.note else text


def _wrapped(title: str, words: Iterable[str]) -> list[str]:
    lines = [title]
    for word in words:
        if len(lines[-1]) + len(word) > _WIDTH and lines[-1].strip() != title.strip():
            lines.append(" " * len(title))
        comma = "" if lines[-1].endswith(" ") else ", "
        lines[-1] += comma + word
    return lines
