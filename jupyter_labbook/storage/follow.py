"""Metrics while they are being logged, at the same cost however long the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from jupyter_labbook.model.view import Series
from jupyter_labbook.storage.metric_reader import (
    FileChangedError,
    MetricReader,
    open_readers,
)
from jupyter_labbook.storage.metric_summary import SummaryBuilder
from jupyter_labbook.storage.thin_line import ThinLine

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.model.metrics import Summary
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.metric_lines import Block

_MOST_BYTES: Final = 4 << 20
"""Read in one go: keeps the first look at a long run from holding up the viewer."""


class Follower:
    """Keeps a drawing of a run's metrics up to date.

    Parameters
    ----------
    run
        The run's folder.
    points
        How many points to keep of each metric at most.
    """

    def __init__(self, run: RunFolder, points: int = 1000) -> None:
        self._run = run
        self._points = points
        self._forget()

    def poll(self) -> bool:
        """Take in what was logged since the last time, up to a few megabytes.

        A file that was cut or replaced makes it start over.

        Returns
        -------
        bool
            Whether anything changed. If `behind`, call again soon.
        """
        try:
            self._look()
        except FileChangedError:
            self._forget()
            self._look(patient=True)
            self._read()
            return True
        return self._read()

    @property
    def behind(self) -> bool:
        """Whether the last `poll` left something for the next."""
        return self._behind

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each file that could not be read in full."""
        readers = self._readers.values()
        return tuple(reader.problem for reader in readers if reader.problem)

    def series(self) -> list[Series]:
        """Lines to draw, one a metric, over its steps or else its row numbers."""
        names = dict.fromkeys(name for name, _ in self._lines)
        return [self._series(name) for name in names]

    def last(self) -> dict[str, float]:
        """Latest value of each metric."""
        return self._summary.last()

    def summaries(self) -> dict[str, Summary]:
        """Say what is known of each metric by now."""
        return self._summary.build()

    def _forget(self) -> None:
        self._readers: dict[Path, MetricReader] = {}
        self._lines: dict[tuple[str, Path], ThinLine] = {}
        self._stepped: set[str] = set()
        self._summary = SummaryBuilder()
        self._behind = False

    def _look(self, *, patient: bool = False) -> None:
        """See which files there are, and how long."""
        for reader in open_readers(self._run):
            self._readers.setdefault(reader.path, reader)
        for path, reader in list(self._readers.items()):
            try:
                reader.look()
            except FileChangedError:
                if not patient:
                    raise
                del self._readers[path]

    def _read(self) -> bool:
        changed = False
        left = _MOST_BYTES
        for reader in self._readers.values():
            while left > 0:
                before = reader.offset
                block = reader.read()
                if block is None:
                    break
                left -= reader.offset - before
                changed = changed or len(block) > 0
                self._add(reader, block)
        self._behind = left <= 0
        return changed

    def _add(self, reader: MetricReader, block: Block) -> None:
        self._summary.add(reader.process, block)
        stepless = np.isnan(block.steps)
        x = np.where(stepless, block.rows, block.steps)
        for name, (places, values) in block.cells.items():
            key = (name, reader.path)
            line = self._lines.get(key)
            if line is None:
                line = self._lines[key] = ThinLine(self._points)
            line.add(x[places], values)
            if name not in self._stepped and not stepless[places].all():
                self._stepped.add(name)

    def _series(self, name: str) -> Series:
        parts = [line.points() for key, line in self._lines.items() if key[0] == name]
        x, y = (np.concatenate(sides) for sides in zip(*parts, strict=True))
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
        if len(x) > self._points:
            line = ThinLine(self._points)
            line.add(x, y)
            x, y = line.points()
        x_name = "step" if name in self._stepped else "row"
        return Series(metric=name, x=x.tolist(), y=y.tolist(), x_name=x_name)
