"""What was added to a run's files of metrics since one last looked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from jupyter_labbook.runtime.metric_files import parse_name
from jupyter_labbook.storage.metric_lines import (
    Block,
    header_end,
    parse,
    parse_header,
)

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder

BLOCK_BYTES: Final = 1 << 20
"""What is read at a time: bounds time and memory, whatever the size of the file."""
_GUARD_BYTES: Final = 64


class FileChangedError(Exception):
    """The file no longer begins with what was read of it."""


class MetricReader:
    """Reads one file of metrics from where it last stopped.

    Parameters
    ----------
    path
        The file, whose name tells which process wrote it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.process, _ = parse_name(path.name) or ("", "")
        self.end = 0
        """Size of the file when it was last looked at: nothing is read beyond it."""
        self.offset = 0
        """How far it was read."""
        self.skipped = 0
        """Lines that held something else."""
        self._header: list[str] | None = None
        self._fault = ""
        self._identity = (0, 0)
        self._guard = b""
        self._amid_garbage = False

    @property
    def problem(self) -> str:
        """One sentence on what could not be read; empty if all could."""
        if self._fault:
            return f"{self.path.name} is left out from there on: {self._fault}."
        # What goes on without an end is a line too, though nobody has counted it.
        skipped = self.skipped + self._amid_garbage
        if not skipped:
            return ""
        lines = "1 line" if skipped == 1 else f"{skipped} lines"
        return f"{self.path.name}: {lines} passed over, not what the header announces."

    def look(self) -> None:
        """See how far the file reaches now.

        Raises
        ------
        FileChangedError
            It was replaced, cut below what was read already, or is gone.
        """
        try:
            with self.path.open("rb") as stream:
                seen = os.fstat(stream.fileno())
                stream.seek(self.offset - len(self._guard))
                guard = stream.read(len(self._guard))
        except FileNotFoundError as error:
            raise FileChangedError from error
        except OSError as error:
            self._fault = f"it cannot be read ({error.strerror})"
            return
        identity = (seen.st_ino, seen.st_dev)
        if self.offset and (identity != self._identity or guard != self._guard):
            raise FileChangedError
        self._identity = identity
        self.end = seen.st_size

    def read(self) -> Block | None:
        """Parse the next complete lines, about `BLOCK_BYTES` of them.

        Returns
        -------
        Block or None
            None when nothing complete is left before `end`. A block can be empty.
        """
        data = b"" if self._fault else self._next_bytes()
        if not data:
            return None
        if self._header is None:
            return self._read_header(data)
        if self._amid_garbage:
            return self._pass_over_garbage(data)
        taken, block = parse(self._header, data)
        if not taken:
            if len(data) < BLOCK_BYTES:
                return None
            self._amid_garbage, taken = True, len(data)
        self._advance(data[:taken])
        self.skipped += block.skipped
        return block

    def again(self, start: int, end: int) -> Block:
        """Parse lines once more that were read before.

        Parameters
        ----------
        start, end
            Offsets at which `read` began and ended.

        Raises
        ------
        FileChangedError
            The file was replaced, or is gone.
        """
        assert self._header is not None
        try:
            with self.path.open("rb") as stream:
                seen = os.fstat(stream.fileno())
                stream.seek(start)
                data = stream.read(end - start)
        except OSError as error:
            raise FileChangedError from error
        if (seen.st_ino, seen.st_dev) != self._identity or len(data) < end - start:
            raise FileChangedError
        return parse(self._header, data)[1]

    def _read_header(self, data: bytes) -> Block | None:
        stop = header_end(data)
        if not stop and len(data) < BLOCK_BYTES:
            return None
        self._header = parse_header(data[:stop])
        if self._header is None:
            self._fault = "it does not begin with a header of metrics"
            return None
        self._advance(data[:stop])
        return Block()

    def _pass_over_garbage(self, data: bytes) -> Block:
        """Go to the end of a line that is longer than any line of metrics."""
        stop = data.find(b"\n") + 1
        self._amid_garbage = not stop
        self._advance(data[: stop or len(data)])
        self.skipped += bool(stop)
        return Block()

    def _next_bytes(self) -> bytes:
        size = min(BLOCK_BYTES, self.end - self.offset)
        if size <= 0:
            return b""
        try:
            with self.path.open("rb") as stream:
                stream.seek(self.offset)
                return stream.read(size)
        except OSError as error:
            self._fault = f"it cannot be read ({error.strerror})"
            return b""

    def _advance(self, data: bytes) -> None:
        self.offset += len(data)
        self._guard = (self._guard + data[-_GUARD_BYTES:])[-_GUARD_BYTES:]


def open_readers(run: RunFolder) -> list[MetricReader]:
    """Find every file of metrics in a run's folder, as it stands now."""
    return [
        MetricReader(path)
        for path in run.metric_files()
        if parse_name(path.name) is not None
    ]
