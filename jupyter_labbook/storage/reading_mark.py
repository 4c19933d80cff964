"""``read.json``: what the owner of a labbook has been shown, and when.

It belongs to one person on one machine, so git ignores it. That it was changed last
when a digest was read is relied on by `jupyter_labbook.notebook.greeting`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_labbook.errors import StorageError
from jupyter_labbook.runtime import files
from jupyter_labbook.storage import records

if TYPE_CHECKING:
    from pathlib import Path

FILE = "read.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingMark:
    """The last digest that was read; both in ISO 8601."""

    since: str
    """From when on it told."""
    read: str
    """Until when."""

    @property
    def since_moment(self) -> datetime:
        """`since` as a moment."""
        return datetime.fromisoformat(self.since)

    @property
    def read_moment(self) -> datetime:
        """`read` as a moment."""
        return datetime.fromisoformat(self.read)


def read_mark(labbook: Path) -> ReadingMark | None:
    """Look up what was read last; None if nothing was, or nobody can tell."""
    with suppress(StorageError, ValueError):
        mark = records.read(labbook / FILE, ReadingMark)
        # Both are read, so that a damaged moment counts as none.
        if mark and mark.since_moment.tzinfo and mark.read_moment.tzinfo:
            return mark
    return None


def write_mark(labbook: Path, mark: ReadingMark) -> None:
    """Store what was read, if that can be done: who reads must not fail for it."""
    with suppress(OSError):
        files.replace(labbook / FILE, records.encode(mark))
