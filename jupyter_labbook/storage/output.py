"""What a run printed, in parts."""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST: Final = 4
"""Bytes of a character in UTF-8."""
_CONTINUED: Final = bytes(range(0x80, 0xC0))
"""Bytes that go on with a character; none begins with one."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a file, by offsets in bytes."""

    start: int
    end: int
    size: int
    """Bytes that there are in all."""
    text: str


def read_part(path: Path, start: int | None, limit: int) -> Part:
    r"""Read a part of a file that grows, whatever bytes it holds.

    No character is cut: one that the part would begin or end amid is left to the
    part before or after. Bytes that are no text become ``\\xNN``; so does the
    beginning of a character when nothing else is left, lest a reader wait for ever.

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
        whole = data[: _LONGEST - 1].lstrip(_CONTINUED) + data[_LONGEST - 1 :]
        begin += len(data) - len(whole)
        data = whole
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    text = decoder.decode(data)
    torn = len(decoder.getstate()[0])
    if torn == len(data):
        text, torn = decoder.decode(b"", final=True), 0
    return Part(begin, begin + len(data) - torn, size, text)
