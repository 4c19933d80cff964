"""Runs that differ in their seed alone, drawn as one."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from jupyter_labbook.rendering.axes import all_drawable, drawable

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_POINTS = 200
"""Points of a mean line when its seeds were logged at different steps."""


@dataclass(frozen=True, slots=True)
class Points:
    """A line's points: two lists of one length; NaN in ``y`` is a gap."""

    x: list[float]
    y: list[float]

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean of several lines, with the lowest and highest of them."""

    x: list[float]
    mean: list[float]
    low: list[float]
    high: list[float]


def ascending(line: Points) -> Points:
    """Order a line by its steps, as averaging needs; the last of equal steps counts."""
    if all(a < b for a, b in zip(line.x, line.x[1:], strict=False)):
        return line
    last = dict(zip(line.x, line.y, strict=True))
    x = sorted(last)
    return Points(x, [last[at] for at in x])


def spread(lines: Sequence[Points]) -> Spread:
    """Average lines where all of them have begun and none has ended.

    Beyond that the mean would jump as lines drop out, which looks like a result.
    A line that is NaN somewhere is left out of the mean there.
    """
    if all(line.x == lines[0].x for line in lines):
        x, columns = lines[0].x, [line.y for line in lines]
    else:
        x = _shared_steps(lines)
        columns = [_interpolated(line, x) for line in lines]
    mean, low, high = [], [], []
    for values in zip(*columns, strict=True):
        known = [value for value in values if drawable(value)]
        mean.append(fmean(known) if known else math.nan)
        low.append(min(known) if known else math.nan)
        high.append(max(known) if known else math.nan)
    return Spread(x, mean, low, high)


def after(line: Points, x: float) -> Points:
    """Cut off what lies before ``x``, keeping the point that the rest starts from."""
    start = max(0, bisect_right(line.x, x) - 1)
    return Points(line.x[start:], line.y[start:])


def thinned(line: Points, buckets: int) -> Points:
    """Keep the lowest and highest point of each bucket, and the gaps.

    What is drawn stays the same as long as a bucket is narrower than the pen.
    """
    count = len(line)
    if count <= 2 * buckets:
        return line
    x: list[float] = []
    y: list[float] = []
    for bucket in range(buckets):
        start, stop = bucket * count // buckets, (bucket + 1) * count // buckets
        part = line.y[start:stop]
        known = part
        if not all_drawable(part):
            known = [value for value in part if drawable(value)]
        if not known:
            kept = {start}
        else:
            kept = {start + part.index(min(known)), start + part.index(max(known))}
            if len(known) < len(part):
                kept.add(start + next(i for i, v in enumerate(part) if not drawable(v)))
        x += [line.x[index] for index in sorted(kept)]
        y += [line.y[index] for index in sorted(kept)]
    return Points(x, y)


def _shared_steps(lines: Sequence[Points]) -> list[float]:
    start = max(line.x[0] for line in lines)
    end = min(line.x[-1] for line in lines)
    steps = sorted({x for line in lines for x in line.x if start <= x <= end})
    if len(steps) <= _MOST_POINTS:
        return steps
    last = len(steps) - 1
    return [steps[i * last // (_MOST_POINTS - 1)] for i in range(_MOST_POINTS)]


def _interpolated(line: Points, x: list[float]) -> list[float]:
    values = []
    for at in x:
        right = bisect_right(line.x, at)
        if line.x[right - 1] == at or right == len(line):
            values.append(line.y[right - 1])
            continue
        x0, x1 = line.x[right - 1], line.x[right]
        y0, y1 = line.y[right - 1], line.y[right]
        values.append(y0 + (y1 - y0) * (at - x0) / (x1 - x0))
    return values
