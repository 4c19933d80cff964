"""A run's metrics as bytes: part of one file, or everything joined."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import numpy as np

from jupyter_labbook.runtime.metric_files import encoded, parse_name, quoted
from jupyter_labbook.storage import metrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.metrics import Metrics

_BLOCK_BYTES: Final = 1 << 20
_BLOCK_ROWS: Final = 5000


def read_bytes(path: Path, offset: int, limit: int) -> tuple[bytes, int]:
    """Read a part of a file.

    Returns
    -------
    tuple of bytes and int
        The part, and the size of the whole.
    """
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(min(offset, size))
        return file.read(min(limit, max(0, size - offset))), size


def joined_csv(run: RunFolder) -> Iterator[bytes]:
    """Write everything that a run logged as one CSV file, block by block.

    A single file is given as it is, up to its last complete line and to the size it
    had at first. Several are joined in memory.
    """
    files = [path for path in run.metric_files() if parse_name(path.name) is not None]
    if len(files) == 1 and parse_name(files[0].name) != ("", "long"):
        return _as_it_is(files[0])
    return _joined(metrics.read(run))


def _as_it_is(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        left = file.seek(0, io.SEEK_END)
        file.seek(0)
        kept = b""
        while left and (block := file.read(min(_BLOCK_BYTES, left))):
            left -= len(block)
            lines, end, kept_next = (kept + block).rpartition(b"\n")
            yield lines + end
            kept = kept_next


def _joined(table: Metrics) -> Iterator[bytes]:
    stepped = not np.isnan(table.steps).all()
    names = ["_row", "_time", *(["step"] if stepped else []), *table.names]
    yield encoded(",".join(map(quoted, names)) + "\n")
    for start in range(0, len(table), _BLOCK_ROWS):
        stop = min(start + _BLOCK_ROWS, len(table))
        columns = [
            [str(int(row)) for row in table.rows[start:stop].tolist()],
            [f"{time:.6f}" for time in table.times[start:stop].tolist()],
        ]
        if stepped:
            columns.append([_field(s) for s in table.steps[start:stop].tolist()])
        columns += [_column(table, name, start, stop) for name in table.names]
        rows = (",".join(row) + "\n" for row in zip(*columns, strict=True))
        yield encoded("".join(rows))


def _column(table: Metrics, name: str, start: int, stop: int) -> list[str]:
    places, values = table.cells[name]
    first, last = np.searchsorted(places, (start, stop))
    column = [""] * (stop - start)
    for place, value in zip(
        places[first:last].tolist(), values[first:last].tolist(), strict=True
    ):
        column[place - start] = repr(value)
    return column


def _field(step: float) -> str:
    if step != step:  # noqa: PLR0124  # NaN: no step
        return ""
    return str(int(step)) if step.is_integer() else repr(step)
