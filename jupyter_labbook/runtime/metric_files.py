"""The files that one process of a run appends its metrics to.

``metrics[.PROCESS][.PART].csv``: the run's first process has no ``PROCESS``, the
others are ``p<pid>``; the first file has no ``PART``, then ``2``, ``3`` ... and
``long``.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Final

FIRST: Final = ("_row", "_time")
"""Columns that every file begins with."""
LONG: Final = (*FIRST, "step", "name", "value")
"""Columns of the file with one line a value."""
# Not compiled here: `log` needs neither, and pays for its import.
_NAME: Final = r"metrics(?:\.(p\d+(?:-\d+)?))?(?:\.(\d+|long))?\.csv"
_ROW: Final = rb"(?m)^(\d+),\d+\.\d{6},"
_TAIL_BYTES: Final = 1 << 20


def file_name(process: str, part: str) -> str:
    """Spell the name of a file; either part may be empty."""
    return ".".join(word for word in ("metrics", process, part, "csv") if word)


def parse_name(name: str) -> tuple[str, str] | None:
    """Split a file's name into process and part; None if it holds no metrics."""
    match = re.fullmatch(_NAME, name)
    return (match[1] or "", match[2] or "") if match else None


def quoted(name: str) -> str:
    """Write a name as a field of CSV (RFC 4180)."""
    if any(sign in name for sign in ',"\r\n'):
        return '"' + name.replace('"', '""') + '"'
    return name or '""'


def encoded(line: str) -> bytes:
    """Encode a line with names in it; lone surrogates survive."""
    return line.encode("utf-8", "surrogatepass")


class MetricFile:
    """One open file of metrics; a row is in it whole or not at all.

    Parameters
    ----------
    path
        Where it lies.
    columns
        What follows ``_row`` and ``_time`` in a row.
    descriptor
        Open for appending; owned by this object from now on.
    """

    __slots__ = ("_cut_to", "_descriptor", "_identity", "columns", "path")

    def __init__(self, path: Path, columns: Sequence[str], descriptor: int) -> None:
        self.path = path
        self.columns = tuple(columns)
        self._descriptor = descriptor
        seen = os.fstat(descriptor)
        self._identity = (seen.st_ino, seen.st_dev)
        self._cut_to: int | None = None

    @classmethod
    def create(cls, path: Path, columns: Sequence[str]) -> MetricFile:
        """Make a new file with its header.

        Raises
        ------
        FileExistsError
            The name is taken.
        OSError
            The header could not be written; no file is left.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        descriptor = os.open(path, flags, 0o600)
        file = cls(path, columns, descriptor)
        try:
            file.append(encoded(",".join(map(quoted, (*FIRST, *columns))) + "\n"))
        except OSError:
            os.close(descriptor)
            with suppress(OSError):
                path.unlink()
            raise
        return file

    @classmethod
    def resume(cls, path: Path) -> tuple[MetricFile, int]:
        """Open a file that this process wrote before, without its torn last line.

        Returns
        -------
        file
            The file.
        row
            The highest row number near its end; -1 if it holds none.
        """
        import csv

        with path.open("rb+") as stream:
            size = stream.seek(0, os.SEEK_END)
            start = stream.seek(max(0, size - _TAIL_BYTES))
            tail = stream.read()
            whole = tail.rfind(b"\n") + 1
            stream.truncate(start + whole)
        with path.open(encoding="utf-8", errors="surrogatepass", newline="") as lines:
            header = next(csv.reader(lines), [])
        rows = [int(row) for row in re.findall(_ROW, tail[:whole])]
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        return cls(path, header[len(FIRST) :], descriptor), max(rows, default=-1)

    def append(self, data: bytes) -> None:
        """Add whole lines with one write.

        Raises
        ------
        OSError
            The disk is full, or the file is gone. The file is as it was before.
        """
        try:
            before = os.fstat(self._descriptor)
        except OSError:
            before = self._reopen()
        if (before.st_ino, before.st_dev) != self._identity or not before.st_nlink:
            before = self._reopen()
        size = before.st_size
        if self._cut_to is not None:
            os.ftruncate(self._descriptor, self._cut_to)
            size, self._cut_to = self._cut_to, None
        written = 0
        try:
            written = os.write(self._descriptor, data)
            while written < len(data):
                # Disk full. Asking for the rest brings the reason as an error.
                written += os.write(self._descriptor, data[written:])
        except OSError:
            if written:
                self._cut(size)
            raise

    def close(self) -> None:
        """Let go of the descriptor, unless it is someone else's by now."""
        with suppress(OSError):
            seen = os.fstat(self._descriptor)
            if (seen.st_ino, seen.st_dev) == self._identity:
                os.close(self._descriptor)

    def _cut(self, size: int) -> None:
        try:
            os.ftruncate(self._descriptor, size)
        except OSError:
            self._cut_to = size

    def _reopen(self) -> os.stat_result:
        """Open the same file again.

        Code that closes descriptors it does not own (as daemons do) can leave the
        number closed or, worse, pointing at a file of the user's.
        """
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        seen = os.fstat(descriptor)
        if (seen.st_ino, seen.st_dev) != self._identity:
            os.close(descriptor)
            raise FileNotFoundError(2, "replaced by another file", str(self.path))
        self._descriptor = descriptor
        return seen
