"""A part of a run's lines in full, without reading the rest of their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from jupyter_labbook.storage.block_index import Axis, Part, Span
from jupyter_labbook.storage.follow import axis
from jupyter_labbook.storage.thin_line import Points, thin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_labbook.storage.block_index import BlockIndex
    from jupyter_labbook.storage.metric_lines import Floats
    from jupyter_labbook.storage.metric_reader import MetricReader

    Files = list[tuple[MetricReader, BlockIndex]]

_MOST_BESIDE: Final = 8
"""Spans of a file that are read on each side to find a neighbour."""


def along(points: Points, by: Axis) -> Floats:
    """What the points are chosen and ordered by."""
    return points.time if by is Axis.TIME else points.x


def bytes_between(files: Files, part: Part) -> int:
    """How much has to be read for all points between two values."""
    return sum(
        span.end - span.start
        for _, index in files
        for span in index.spans
        if span.overlaps(part)
    )


def read_between(files: Files, names: Iterable[str], part: Part) -> dict[str, Points]:
    """Read all points of some metrics between two values.

    Returns
    -------
    dict
        Those of each metric that has any, in order, with the nearest point beside
        them on each side: a line goes on to the edge of the plot.

    Raises
    ------
    FileChangedError
        A file was replaced since it was last looked at.
    """
    wanted = set(names)
    found: dict[str, list[Points]] = {}
    for reader, index in files:
        inside = [span for span in index.spans if span.overlaps(part)]
        for span in inside:
            _take(reader, span, wanted, found)
        for beside in _sides(index, part):
            _take_neighbours(reader, beside, part.by, wanted, found)
    cut = {}
    for name in names:
        if name in found:
            points = between(_ordered(found[name], part.by), part)
            if len(points):
                cut[name] = points
    return cut


def between(points: Points, part: Part) -> Points:
    """Cut ordered points to those between two values, and one more on each side."""
    values = along(points, part.by)
    start = int(np.searchsorted(values, part.low, side="left"))
    stop = int(np.searchsorted(values, part.high, side="right"))
    return points.chosen(slice(max(0, start - 1), stop + 1))


def thin_between(points: Points, part: Part, most: int) -> Points:
    """Thin what lies between two values; the points beside it stay as they are."""
    values = along(points, part.by)
    inside = (values >= part.low) & (values <= part.high)
    if len(points) <= most or not inside.any():
        return points
    core = points.chosen(inside)
    if part.by is Axis.TIME:
        turned = thin(Points(core.time, core.x, core.y), most - 2)
        core = Points(turned.time, turned.x, turned.y)
    else:
        core = thin(core, most - 2)
    left, right = values < part.low, values > part.high
    return _concatenated([points.chosen(left), core, points.chosen(right)])


def _sides(index: BlockIndex, part: Part) -> tuple[list[Span], list[Span]]:
    """Spans on either side, the nearest first."""
    by = part.by
    left = [span for span in index.spans if span.high[by] < part.low]
    right = [span for span in index.spans if span.low[by] > part.high]
    left.sort(key=lambda span: -span.high[by])
    right.sort(key=lambda span: span.low[by])
    return left[:_MOST_BESIDE], right[:_MOST_BESIDE]


def _take(
    reader: MetricReader,
    span: Span,
    wanted: set[str],
    found: dict[str, list[Points]],
) -> set[str]:
    """Read a span; which of the metrics were in it."""
    block = reader.again(span.start, span.end)
    x = axis(block)
    for name, (places, values) in block.cells.items():
        if name in wanted:
            points = Points(x[places], block.times[places], values)
            found.setdefault(name, []).append(points)
    return wanted & block.cells.keys()


def _take_neighbours(
    reader: MetricReader,
    spans: list[Span],
    by: Axis,
    wanted: set[str],
    found: dict[str, list[Points]],
) -> None:
    """Read outwards until every metric was met, and no span can bring it nearer."""
    missing, read = set(wanted), list[Span]()
    for span in spans:
        # Spans can overlap each other where steps went back.
        if not missing and not any(span.meets(one, by) for one in read):
            return
        missing -= _take(reader, span, wanted, found)
        read.append(span)


def _ordered(parts: list[Points], by: Axis) -> Points:
    points = _concatenated(parts)
    return points.chosen(np.argsort(along(points, by), kind="stable"))


def _concatenated(parts: list[Points]) -> Points:
    return Points(
        np.concatenate([part.x for part in parts]),
        np.concatenate([part.time for part in parts]),
        np.concatenate([part.y for part in parts]),
    )
