"""A line of any length, kept to as many points as can be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jupyter_labbook.storage.metric_lines import Floats

_X: Final = 0
_TIME: Final = 1
_Y: Final = 2
_COUNT: Final = 3
"""Rows of a table of stretches; the last is of means alone."""
_FIRST_STRETCHES: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of a line as arrays of equal length."""

    x: Floats
    time: Floats
    """Unix time in seconds."""
    y: Floats
    """NaN at a gap."""

    @classmethod
    def none(cls) -> Points:
        """A line without points."""
        return cls(np.empty(0), np.empty(0), np.empty(0))

    @classmethod
    def joined(cls, parts: list[Points]) -> Points:
        """Several lines as one, in the order of ``x``."""
        if len(parts) == 1 and not (np.diff(parts[0].x) < 0).any():
            return parts[0]
        x, time, y = (
            np.concatenate([np.empty(0), *sides])
            for sides in (
                [part.x for part in parts],
                [part.time for part in parts],
                [part.y for part in parts],
            )
        )
        return cls(x, time, y).chosen(np.argsort(x, kind="stable"))

    def chosen(self, which: NDArray[Any] | slice) -> Points:
        """Some of the points, by their places or a mask."""
        return Points(self.x[which], self.time[which], self.y[which])

    def __len__(self) -> int:
        return len(self.x)


class ThinLine:
    """Keeps the lowest and the highest point of each stretch of a line.

    All stretches have the same number of points. When there are too many of them,
    neighbours are joined and stretches are twice as long from then on: adding a
    point costs the same however many there were before, and no peak is ever lost.
    The mean of each stretch is kept beside them.

    Parameters
    ----------
    points
        How many points to keep at most; at least 4.
    """

    def __init__(self, points: int) -> None:
        self._capacity = max(2, points // 4 * 2)
        self._width = 1
        self._count = 0
        # A sweep has thousands of lines, and most of them are short.
        first = min(self._capacity, _FIRST_STRETCHES)
        self._low = np.empty((3, first))
        self._high = np.empty((3, first))
        self._mean = np.empty((4, first))

    @property
    def thinned(self) -> bool:
        """Whether a stretch has more than one point by now."""
        return self._width > 1

    def add(self, points: Points) -> None:
        """Add points; a stretch without a finite ``y`` becomes a gap."""
        table = np.stack([points.x, points.time, points.y])
        size = table.shape[1]
        at = 0
        while at < size:
            room = self._capacity * self._width - self._count
            if not room:
                self._join_neighbours()
                continue
            # First the stretch that is not full, then full ones, then the rest.
            begun = self._count % self._width
            if begun or size - at < self._width:
                taken = min(self._width - begun, size - at)
                stretches = 1
            else:
                stretches = min(room, size - at) // self._width
                taken = stretches * self._width
            part = table[:, at : at + taken].reshape(3, stretches, -1)
            self._put(*_reduced(part))
            self._count += taken
            at += taken

    def points(self) -> Points:
        """Give what is to be drawn, in the order in which it was added.

        Returns
        -------
        Points
            At most `points` of them; ``y`` is NaN at a gap.
        """
        used = slice(0, self._stretches())
        low, high = self._low[:, used], self._high[:, used]
        turned = low[_X] > high[_X]
        first, second = np.where(turned, high, low), np.where(turned, low, high)
        gap = low[_Y] > high[_Y]
        first[_Y, gap] = np.nan
        same = (low[_X] == high[_X]) & (low[_Y] == high[_Y])
        kept = np.stack([np.ones_like(gap), ~(gap | same)], axis=1)
        return Points(*np.stack([first, second], axis=2)[:, kept])

    def means(self) -> Floats:
        """Give the mean x, time and y of each stretch, and of how many points.

        Returns
        -------
        array of shape (4, stretches)
        """
        return self._mean[:, : self._stretches()]

    def _stretches(self) -> int:
        return -(-self._count // self._width)

    def _put(self, low: Floats, high: Floats, mean: Floats) -> None:
        """Store stretches, the first of which may add to one that was begun."""
        first = self._count // self._width
        if self._count % self._width:
            if low[_Y, 0] < self._low[_Y, first]:
                self._low[:, first] = low[:, 0]
            if high[_Y, 0] > self._high[_Y, first]:
                self._high[:, first] = high[:, 0]
            both = np.stack([self._mean[:, first], mean[:, 0]], axis=1)
            self._mean[:, first] = _weighted(both[:, np.newaxis])[:, 0]
            return
        end = first + low.shape[1]
        if end > self._low.shape[1]:
            self._grow(end)
        self._low[:, first:end] = low
        self._high[:, first:end] = high
        self._mean[:, first:end] = mean

    def _grow(self, stretches: int) -> None:
        size = self._low.shape[1]
        while size < stretches:
            size = min(2 * size, self._capacity)
        self._low, self._high, self._mean = (
            np.concatenate([table, np.empty((len(table), size - table.shape[1]))], 1)
            for table in (self._low, self._high, self._mean)
        )

    def _join_neighbours(self) -> None:
        half = self._capacity // 2
        pairs = np.arange(half)
        for table, pick in ((self._low, np.argmin), (self._high, np.argmax)):
            chosen = 2 * pairs + pick(table[_Y].reshape(half, 2), axis=1)
            table[:, :half] = table[:, chosen]
        self._mean[:, :half] = _weighted(self._mean.reshape(4, half, 2))
        self._width *= 2


def thin(points: Points, most: int) -> Points:
    """Keep lowest and highest points where there are too many."""
    if len(points) <= most:
        return points
    line = ThinLine(most)
    line.add(points)
    return line.points()


def joined_means(lines: list[ThinLine], most: int) -> Points:
    """Means of the stretches of several lines as one, in the order of ``x``."""
    table = np.concatenate([line.means() for line in lines], axis=1)
    if len(lines) > 1 or (np.diff(table[_X]) < 0).any():
        table = table[:, np.argsort(table[_X], kind="stable")]
    excess = -(-table.shape[1] // most)
    if excess > 1:
        missing = -table.shape[1] % excess
        padded = np.concatenate([table, np.zeros((4, missing))], axis=1)
        table = _weighted(padded.reshape(4, -1, excess))
    y = np.where(table[_COUNT] > 0, table[_Y], np.nan)
    return Points(table[_X].copy(), table[_TIME].copy(), y)


def _reduced(table: Floats) -> tuple[Floats, Floats, Floats]:
    """Find lowest and highest point and mean of each row; infinities stand for none.

    Parameters
    ----------
    table
        x, time and y, each as stretches by points.
    """
    y = table[_Y]
    finite = np.isfinite(y)
    if table.shape[2] == 1:
        # As it is where nothing is thinned yet: every point is its own stretch.
        low = table[:, :, 0].copy()
        high, mean = low.copy(), np.concatenate([low, finite.T])
        low[_Y, ~finite[:, 0]] = np.inf
        high[_Y, ~finite[:, 0]] = -np.inf
        return low, high, mean
    stretches = np.arange(len(y))
    low_y, high_y = np.where(finite, y, np.inf), np.where(finite, y, -np.inf)
    lowest, highest = low_y.argmin(axis=1), high_y.argmax(axis=1)
    low, high = table[:, stretches, lowest], table[:, stretches, highest]
    low[_Y], high[_Y] = low_y[stretches, lowest], high_y[stretches, highest]
    mean = _weighted(np.concatenate([table, finite[np.newaxis]]))
    return low, high, mean


def _weighted(table: Floats) -> Floats:
    """Mean of each row by weight; where all weigh nothing, its first point.

    Parameters
    ----------
    table
        x, time, y and weight, each as stretches by points.
    """
    weight, values = table[_COUNT], table[:_COUNT]
    count = weight.sum(axis=1)
    # Divided before they are added up: a sum can be infinite where no value is.
    share = weight / np.maximum(count, 1)[:, np.newaxis]
    if weight.all():
        mean = np.einsum("ijk,jk->ij", values, share)
    else:
        mean = np.einsum("ijk,jk->ij", np.where(weight > 0, values, 0), share)
        empty = count == 0
        mean[:, empty] = values[:, empty, 0]
    return np.concatenate([mean, count[np.newaxis]])
