"""Lines of a file of metrics as arrays: bytes in, numbers out."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from jupyter_labbook.runtime.metric_files import FIRST, LONG

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]

# Stands for an empty cell in the bulk parser, which knows none. Should it be in a
# file by itself, that block is parsed line by line.
_EMPTY: Final = b"-8.0990116543210987e+307"

_LONG_START: Final = rb"(\d+),(\d+\.\d+),([^,\"\n]*),"
_LONG_LINE: Final = re.compile(
    _LONG_START + rb'(?:"((?:[^"]|"")*)"|([^",\r\n]+)),([^,\"\n]*)\n'
)
_LONG_UNFINISHED: Final = re.compile(
    _LONG_START + rb'"(?:[^"]|"")*(?:"(?:,[^,\"\n]*)?)?'
)
_LONGEST_LINE: Final = 1 << 16


@dataclass(slots=True)
class Block:
    """Some lines of one file, as arrays of equal length."""

    rows: Floats = field(default_factory=lambda: np.empty(0))
    times: Floats = field(default_factory=lambda: np.empty(0))
    steps: Floats = field(default_factory=lambda: np.empty(0))
    """NaN where no step was logged."""
    cells: dict[str, tuple[Places, Floats]] = field(default_factory=dict)
    """Metric to the places (from 0) that have a value, and the values."""
    skipped: int = 0
    """Lines that hold something else and were passed over."""

    def __len__(self) -> int:
        return len(self.rows)


def header_end(data: bytes) -> int:
    """Find where the header ends, newlines in names passed over; 0 if it does not."""
    start, quotes = 0, 0
    while (stop := data.find(b"\n", start) + 1) > 0:
        quotes += data.count(b'"', start, stop)
        if quotes % 2 == 0:
            return stop
        start = stop
    return 0


def parse_header(data: bytes) -> list[str] | None:
    """Split a header into the names of its columns; None if it is not one."""
    try:
        text = data.decode("utf-8", "surrogatepass")
        names = next(csv.reader(io.StringIO(text, newline=""), strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        return None
    fits = tuple(names[:2]) == FIRST and len(names) > len(FIRST)
    return names if fits and len(set(names)) == len(names) else None


def parse(header: list[str], data: bytes) -> tuple[int, Block]:
    """Turn lines into arrays.

    Parameters
    ----------
    header
        Names of the columns.
    data
        Lines; the last one may be incomplete.

    Returns
    -------
    taken
        How many bytes were used up; the rest is the beginning of a line.
    block
        What they hold.
    """
    if tuple(header) == LONG:
        return _parse_long(data)
    taken = data.rfind(b"\n") + 1
    return taken, _parse_wide(header, data[:taken])


def _parse_wide(header: list[str], data: bytes) -> Block:
    lines = data.count(b"\n")
    table = _in_bulk(data, lines, len(header))
    if table is None:
        table = _line_by_line(data, len(header))
    values, empty = table
    rows, times = values[:, 0], values[:, 1]
    sound = (rows >= 0) & (rows == np.floor(rows)) & np.isfinite(times) & (times >= 0)
    if not sound.all():
        values, empty = values[sound], empty if empty is None else empty[sound]
        rows, times = values[:, 0], values[:, 1]
    block = Block(rows, times, np.full(len(rows), np.nan), skipped=lines - len(rows))
    everywhere = np.arange(len(rows))
    for column, name in enumerate(header[len(FIRST) :], len(FIRST)):
        places, cells = everywhere, values[:, column]
        if empty is not None and empty[:, column].any():
            places = np.flatnonzero(~empty[:, column])
            cells = cells[places]
        if name == "step":
            block.steps[places] = cells
        elif len(places):
            block.cells[name] = (places, cells)
    return block


def _in_bulk(
    data: bytes, lines: int, width: int
) -> tuple[Floats, NDArray[np.bool_] | None] | None:
    """Parse lines all at once; None if one of them is not as it should be."""
    if not data.strip() or _EMPTY in data:
        return None
    holes = b",," in data or b",\n" in data
    if holes:
        # Twice, since neighbouring holes share a comma.
        for _ in range(2):
            data = data.replace(b",,", b"," + _EMPTY + b",")
        data = data.replace(b",\n", b"," + _EMPTY + b"\n")
    try:
        text = io.StringIO(data.decode("ascii"), newline="\n")
        values = np.loadtxt(text, delimiter=",", comments=None, ndmin=2)
    except ValueError:
        return None
    if values.shape != (lines, width):
        return None
    return values, values == float(_EMPTY) if holes else None


def _line_by_line(data: bytes, width: int) -> tuple[Floats, NDArray[np.bool_]]:
    numbers: list[list[float]] = []
    holes: list[list[bool]] = []
    for line in data.split(b"\n")[:-1]:
        cells = line.split(b",")
        if len(cells) != width or b"_" in line:
            continue
        try:
            values = [float(cell or b"nan") for cell in cells]
        except ValueError:
            continue
        numbers.append(values)
        holes.append([not cell for cell in cells])
    shape = (len(numbers), width)
    return (
        np.array(numbers, dtype=np.float64).reshape(shape),
        np.array(holes, dtype=np.bool_).reshape(shape),
    )


def _parse_long(data: bytes) -> tuple[int, Block]:
    numbers: list[tuple[float, float, float]] = []
    cells: dict[str, tuple[list[int], list[float]]] = {}
    at = skipped = 0
    while (stop := data.find(b"\n", at) + 1) > 0:
        match = _LONG_LINE.match(data, at, at + _LONGEST_LINE)
        if match is None:
            if len(data) - at < _LONGEST_LINE and _LONG_UNFINISHED.fullmatch(data, at):
                break
            at, skipped = stop, skipped + 1
            continue
        at = match.end()
        row, time, step, inner, bare, value = match.groups()
        try:
            name = (bare or inner.replace(b'""', b'"')).decode("utf-8", "surrogatepass")
            head = (float(row), float(time), float(step or b"nan"))
            number = float(value)
        except ValueError:
            skipped += 1
            continue
        places, values = cells.setdefault(name, ([], []))
        places.append(len(numbers))
        values.append(number)
        numbers.append(head)
    table = np.array(numbers, dtype=np.float64).reshape(len(numbers), 3)
    block = Block(table[:, 0], table[:, 1], table[:, 2], skipped=skipped)
    for name, (places, values) in cells.items():
        block.cells[name] = (np.array(places), np.array(values, dtype=np.float64))
    return at, block
