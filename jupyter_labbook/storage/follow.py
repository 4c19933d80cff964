"""Metrics while they are being logged, at the same cost however long the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from jupyter_labbook.model.view import Means, Series
from jupyter_labbook.storage.block_index import BlockIndex
from jupyter_labbook.storage.metric_reader import (
    FileChangedError,
    MetricReader,
    open_readers,
)
from jupyter_labbook.storage.metric_summary import SummaryBuilder
from jupyter_labbook.storage.thin_line import (
    Points,
    ThinLine,
    joined_means,
    thin,
)

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.model.metrics import Summary
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.metric_lines import Block, Floats

_MOST_BYTES: Final = 4 << 20
"""Read in one go: keeps the first look at a long run from holding up the viewer."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One metric of a run as it is to be drawn."""

    x_name: str
    points: Points
    means: Points | None
    """None where every value is in ``points``."""


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
        self._revision = 0
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
    def extent(self) -> tuple[int, int]:
        """Bytes that were read so far, and that there are."""
        readers = self._readers.values()
        return sum(one.offset for one in readers), sum(one.end for one in readers)

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each file that could not be read in full."""
        readers = self._readers.values()
        return tuple(reader.problem for reader in readers if reader.problem)

    def series(self) -> list[Series]:
        """Lines to draw, one a metric, over its steps or else its row numbers."""
        return [_series(name, self.drawn(name)) for name in self.revisions]

    @property
    def revisions(self) -> dict[str, int]:
        """Every metric there is, and a number that rises when its line changes."""
        return self._changed

    @property
    def files(self) -> list[tuple[MetricReader, BlockIndex]]:
        """What was read so far, and where in it to look for a part of a line."""
        return [(reader, self._indexes[path]) for path, reader in self._readers.items()]

    def drawn(self, name: str) -> Drawn:
        """Draw one metric, in the order of its steps or row numbers."""
        revision = self._changed[name]
        known = self._drawn.get(name)
        if known is None or known[0] != revision:
            known = self._drawn[name] = revision, self._draw(name)
        return known[1]

    def _draw(self, name: str) -> Drawn:
        lines = [line for key, line in self._lines.items() if key[0] == name]
        points = thin(Points.joined([line.points() for line in lines]), self._points)
        thinned = any(line.thinned for line in lines)
        return Drawn(
            "step" if name in self._stepped else "row",
            points,
            joined_means(lines, self._points) if thinned else None,
        )

    def last(self) -> dict[str, float]:
        """Latest value of each metric."""
        return self._summary.last()

    def summaries(self) -> dict[str, Summary]:
        """Say what is known of each metric by now."""
        return self._summary.build()

    def _forget(self) -> None:
        self._readers: dict[Path, MetricReader] = {}
        self._lines: dict[tuple[str, Path], ThinLine] = {}
        self._indexes: dict[Path, BlockIndex] = {}
        self._changed: dict[str, int] = {}
        self._drawn: dict[str, tuple[int, Drawn]] = {}
        self._stepped: set[str] = set()
        self._summary = SummaryBuilder()
        self._behind = False

    def _look(self, *, patient: bool = False) -> None:
        """See which files there are, and how long."""
        for reader in open_readers(self._run):
            self._readers.setdefault(reader.path, reader)
            self._indexes.setdefault(reader.path, BlockIndex())
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
                if len(block):
                    self._add(reader, block, before)
        self._behind = left <= 0
        return changed

    def _add(self, reader: MetricReader, block: Block, start: int) -> None:
        self._summary.add(reader.process, block)
        self._revision += 1
        x = axis(block)
        self._indexes[reader.path].add(start, reader.offset, x, block.times)
        for name, (places, values) in block.cells.items():
            key = (name, reader.path)
            line = self._lines.get(key)
            if line is None:
                line = self._lines[key] = ThinLine(self._points)
            line.add(Points(x[places], block.times[places], values))
            self._changed[name] = self._revision
            if name not in self._stepped and np.isfinite(block.steps[places]).any():
                self._stepped.add(name)


def axis(block: Block) -> Floats:
    """Over what lines are drawn: steps, or row numbers where there are none."""
    return np.where(np.isfinite(block.steps), block.steps, block.rows)


def _series(name: str, drawn: Drawn) -> Series:
    points, means = drawn.points, drawn.means
    return Series(
        metric=name,
        x=points.x.tolist(),
        time=points.time.tolist(),
        y=points.y.tolist(),
        x_name=drawn.x_name,
        mean=None
        if means is None
        else Means(x=means.x.tolist(), time=means.time.tolist(), y=means.y.tolist()),
    )
