"""Everything that a run logged, joined from its files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_labbook.storage.follow import Follower
from jupyter_labbook.storage.metric_reader import FileChangedError, open_readers
from jupyter_labbook.storage.metric_summary import SummaryBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from jupyter_labbook.model.metrics import Summary
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.metric_lines import Block, Floats, Places

__all__ = ["Follower", "Metrics", "read", "summaries"]


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    """A table of all rows of a run, in the order in which they were logged.

    Numbers are 64-bit floats: an integer beyond 2**53 is exact in the file alone.
    """

    rows: Floats = field(repr=False)
    """Number of the row within its process."""
    times: Floats = field(repr=False)
    """Unix time in seconds."""
    steps: Floats = field(repr=False)
    """NaN where no step was logged."""
    cells: dict[str, tuple[Places, Floats]] = field(repr=False)
    """Metric to the places (from 0) where it was logged, and its values there."""
    problems: tuple[str, ...] = ()
    """One sentence for each file that could not be read in full."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics that were logged."""
        return tuple(self.cells)

    def values(self, name: str) -> list[float]:
        """All values of one metric, without the rows that have none."""
        values: list[float] = self.cells[name][1].tolist()
        return values

    def columns(self) -> dict[str, list[Any]]:
        """Spread into columns of equal length; None where a row has no value.

        ``_row`` and ``_time`` come first, then ``step`` if there is one.
        """
        columns: dict[str, list[Any]] = {
            "_row": self.rows.astype(np.int64).tolist(),
            "_time": self.times.tolist(),
        }
        if not np.isnan(self.steps).all():
            columns["step"] = [_whole(step) for step in self.steps.tolist()]
        for name, (places, values) in self.cells.items():
            column = np.full(len(self), None, dtype=object)
            column[places] = values
            columns[name] = column.tolist()
        return columns

    def frame(self) -> pd.DataFrame:
        """Spread into a pandas frame, with NaN where a row has no value."""
        import pandas as pd

        columns: dict[str, Any] = {
            "_row": self.rows.astype(np.int64),
            "_time": self.times,
        }
        if not np.isnan(self.steps).all():
            whole = (self.steps == np.floor(self.steps)).all()
            columns["step"] = self.steps.astype(np.int64) if whole else self.steps
        for name, (places, values) in self.cells.items():
            column = np.full(len(self), np.nan)
            column[places] = values
            columns[name] = column
        return pd.DataFrame(columns)


def read(run: RunFolder) -> Metrics:
    """Read everything that a run has logged so far.

    Rows are in the order of their numbers within a process, and of their times
    across processes. What is added meanwhile is left for the next time; a torn last
    line is passed over.
    """
    gathered = _Gathered()
    for process, block in _blocks(run, gathered.problems):
        gathered.add(process, block)
    return gathered.join()


def summaries(run: RunFolder) -> dict[str, Summary]:
    """Reduce every metric of a run in one pass that keeps none of the rows."""
    builder = SummaryBuilder()
    for process, block in _blocks(run, []):
        builder.add(process, block)
    return builder.build()


def _blocks(run: RunFolder, problems: list[str]) -> Iterator[tuple[str, Block]]:
    readers = open_readers(run)
    for reader in list(readers):
        try:
            reader.look()
        except FileChangedError:
            readers.remove(reader)
    for reader in readers:
        while (block := reader.read()) is not None:
            yield reader.process, block
        if reader.problem:
            problems.append(reader.problem)


class _Gathered:
    """Lines of all files, on their way to become rows."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._processes: dict[str, int] = {}
        self._blocks: list[Block] = []
        self._owners: list[Places] = []
        self._lines = 0
        self._cells: dict[str, list[tuple[Places, Floats]]] = defaultdict(list)

    def add(self, process: str, block: Block) -> None:
        """Take the lines of one block."""
        owner = self._processes.setdefault(process, len(self._processes))
        self._owners.append(np.full(len(block), owner))
        self._blocks.append(block)
        for name, (places, values) in block.cells.items():
            self._cells[name].append((places + self._lines, values))
        self._lines += len(block)

    def join(self) -> Metrics:
        """Put lines of the same row together and the rows in order."""
        owners = np.concatenate([np.empty(0, dtype=np.intp), *self._owners])
        rows, times, steps = (
            np.concatenate([np.empty(0), *(getattr(b, part) for b in self._blocks)])
            for part in ("rows", "times", "steps")
        )
        order = np.lexsort((rows, owners))
        rows, times, steps, owners = (
            part[order] for part in (rows, times, steps, owners)
        )
        first = np.ones(len(rows), dtype=np.bool_)
        first[1:] = (np.diff(rows) != 0) | (np.diff(owners) != 0)
        row_of_line = np.empty(len(rows), dtype=np.intp)
        row_of_line[order] = np.cumsum(first) - 1
        rows, times, steps, owners = (
            part[first] for part in (rows, times, steps, owners)
        )
        ranked = np.lexsort((owners, _never_back(times, owners)))
        place = np.empty(len(rows), dtype=np.intp)
        place[ranked] = np.arange(len(rows))
        return Metrics(
            rows[ranked],
            times[ranked],
            steps[ranked],
            {
                name: _in_order(parts, place[row_of_line])
                for name, parts in self._cells.items()
            },
            tuple(self.problems),
        )


def _never_back(times: Floats, owners: Places) -> Floats:
    """Raise times that lie before an earlier row of the same process.

    A clock that was set back must not change the order of a process's own rows.
    """
    ahead = times.copy()
    for owner in np.unique(owners):
        own = owners == owner
        ahead[own] = np.maximum.accumulate(times[own])
    return ahead


def _in_order(
    parts: list[tuple[Places, Floats]], place: Places
) -> tuple[Places, Floats]:
    places = place[np.concatenate([places for places, _ in parts])]
    values = np.concatenate([values for _, values in parts])
    order = np.argsort(places, kind="stable")
    return places[order], values[order]


def _whole(step: float) -> float | int | None:
    if step != step:  # noqa: PLR0124  # NaN: no step
        return None
    return int(step) if step.is_integer() else step
