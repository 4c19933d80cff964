"""What a run printed, in parts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST: Final = 4
"""Bytes of a character in UTF-8."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a file, by offsets in bytes."""

    start: int
    end: int
    size: int
    """Bytes that there are in all."""
    text: str


def read_part(path: Path, start: int | None, limit: int) -> Part:
    """Read a part of a file that grows, whatever bytes it holds.

    No character is cut: one that the part would begin or end amid is left to the
    part before or after. Bytes that are none become ``\\xNN``.

    Parameters
    ----------
    path
        The file; a missing one is empty.
    start
        Offset of the first byte, such as ``end`` of the part before; beyond the
        file's end, which a cut file may have drawn near, nothing is read. None: the
        last part that there is.
    limit
        Bytes to read at most; at least 4.

    Raises
    ------
    OSError
        The file cannot be read.
    """
    limit = max(limit, _LONGEST)
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            begin = max(0, size - limit) if start is None else min(max(0, start), size)
            file.seek(begin)
            data = file.read(min(limit, size - begin))
    except (FileNotFoundError, NotADirectoryError):
        return Part(0, 0, 0, "")
    if start is None and begin:
        data = data[_foreign_head(data) :]
        begin = size - len(data)
    # At the end of the file, the rest of a character may still come.
    tail = _torn_tail(data)
    if tail < len(data):
        data = data[: len(data) - tail]
    return Part(
        begin, begin + len(data), size, data.decode("utf-8", "backslashreplace")
    )


def _foreign_head(data: bytes) -> int:
    """Count the bytes that belong to a character which began before."""
    for place, byte in enumerate(data[: _LONGEST - 1]):
        if byte & 0xC0 != 0x80:
            return place
    return 0


def _torn_tail(data: bytes) -> int:
    """Count the last bytes that are the beginning of a character, but not all of it."""
    for length in range(1, min(_LONGEST, len(data) + 1)):
        byte = data[-length]
        if byte & 0xC0 == 0x80:
            continue
        wanted = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
        return length if length < wanted and byte < 0xF5 else 0
    return 0
