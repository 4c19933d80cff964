"""A line of any length, kept to as many points as can be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jupyter_labbook.storage.metric_lines import Floats

    Corners = tuple[Floats, Floats, Floats, Floats]


class ThinLine:
    """Keeps the lowest and the highest point of each stretch of a line.

    All stretches have the same number of points. When there are too many of them,
    neighbours are joined and stretches are twice as long from then on: adding a
    point costs the same however many there were before, and no peak is ever lost.

    Parameters
    ----------
    points
        How many points to keep at most; at least 4.
    """

    def __init__(self, points: int) -> None:
        self._capacity = max(2, points // 4 * 2)
        self._width = 1
        self._count = 0
        self._low_x, self._low_y = np.empty((2, self._capacity))
        self._high_x, self._high_y = np.empty((2, self._capacity))

    def add(self, x: Floats, y: Floats) -> None:
        """Add points; a stretch without a finite ``y`` becomes a gap."""
        at = 0
        while at < len(x):
            room = self._capacity * self._width - self._count
            if not room:
                self._join_neighbours()
                continue
            # First the stretch that is not full, then full ones, then the rest.
            begun = self._count % self._width
            if begun or len(x) - at < self._width:
                size = min(self._width - begun, len(x) - at)
                stretches = 1
            else:
                stretches = min(room, len(x) - at) // self._width
                size = stretches * self._width
            shape = (stretches, size // stretches)
            part = slice(at, at + size)
            self._put(_corners(x[part].reshape(shape), y[part].reshape(shape)))
            self._count += size
            at += size

    def points(self) -> tuple[Floats, Floats]:
        """Give what is to be drawn, in the order in which it was added.

        Returns
        -------
        x, y
            Of equal length, at most `points`; ``y`` is NaN at a gap.
        """
        used = slice(0, -(-self._count // self._width))
        x = np.stack([self._low_x[used], self._high_x[used]], axis=1)
        y = np.stack([self._low_y[used], self._high_y[used]], axis=1)
        gap = y[:, 0] > y[:, 1]
        y[gap] = np.nan
        turned = x[:, 0] > x[:, 1]
        x[turned], y[turned] = x[turned, ::-1], y[turned, ::-1]
        single = gap | ((x[:, 0] == x[:, 1]) & (y[:, 0] == y[:, 1]))
        kept = np.stack([np.ones_like(single), ~single], axis=1)
        return x[kept], y[kept]

    def _put(self, corners: Corners) -> None:
        """Store stretches, the first of which may add to one that was begun."""
        low_x, low_y, high_x, high_y = corners
        first = self._count // self._width
        if self._count % self._width:
            if low_y[0] < self._low_y[first]:
                self._low_x[first], self._low_y[first] = low_x[0], low_y[0]
            if high_y[0] > self._high_y[first]:
                self._high_x[first], self._high_y[first] = high_x[0], high_y[0]
            return
        into = slice(first, first + len(low_x))
        self._low_x[into], self._low_y[into] = low_x, low_y
        self._high_x[into], self._high_y[into] = high_x, high_y

    def _join_neighbours(self) -> None:
        half = self._capacity // 2
        pairs = np.arange(half)
        for x, y, pick in (
            (self._low_x, self._low_y, np.argmin),
            (self._high_x, self._high_y, np.argmax),
        ):
            chosen = 2 * pairs + pick(y.reshape(half, 2), axis=1)
            x[:half], y[:half] = x[chosen], y[chosen]
        self._width *= 2


def _corners(x: Floats, y: Floats) -> Corners:
    """Find lowest and highest point of each row; infinities stand for none."""
    finite = np.isfinite(y)
    stretches = np.arange(len(y))
    low = np.where(finite, y, np.inf)
    high = np.where(finite, y, -np.inf)
    lowest, highest = low.argmin(axis=1), high.argmax(axis=1)
    return (
        x[stretches, lowest],
        low[stretches, lowest],
        x[stretches, highest],
        high[stretches, highest],
    )
