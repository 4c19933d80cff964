"""What of a line has changed since somebody last saw it."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

import numpy as np

from jupyter_labbook.storage.thin_line import Points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jupyter_labbook.storage.metric_lines import Floats

_REMEMBERED: Final = 256


class ChangingPoints:
    """Points of a line through all of their changes.

    Whoever saw an earlier state needs to know how many of its first points still
    stand. That is found by comparing, so it holds however a line changes: points
    appended, neighbours joined, a file replaced.
    """

    def __init__(self) -> None:
        self.points = Points.none()
        self._revisions: list[int] = []
        self._kept: list[int] = []
        """How many points each change left as they were; rising, since whoever
        missed several changes is concerned only by the smallest of them."""

    def put(self, points: Points, revision: int) -> bool:
        """Take the present state; whether it differs from the one before."""
        kept = _common(self.points, points)
        if kept == len(points) == len(self.points):
            return False
        self.points = points
        while self._kept and self._kept[-1] >= kept:
            self._kept.pop()
            self._revisions.pop()
        self._kept.append(kept)
        self._revisions.append(revision)
        if len(self._kept) > _REMEMBERED:
            # Who is that far behind is told more than is needed, never less.
            del self._kept[1], self._revisions[0]
        return True

    def kept(self, revision: int) -> int:
        """How many points are as they were at a revision."""
        place = bisect_right(self._revisions, revision)
        changed = place < len(self._kept)
        return self._kept[place] if changed else len(self.points)


def _common(before: Points, after: Points) -> int:
    """How many first points two lines have in common."""
    size = min(len(before), len(after))
    differs = np.zeros(size, dtype=np.bool_)
    for old, new in (
        (before.x, after.x),
        (before.time, after.time),
        (before.y, after.y),
    ):
        differs |= _unlike(old[:size], new[:size])
    return int(differs.argmax()) if differs.any() else size


def _unlike(old: Floats, new: Floats) -> NDArray[np.bool_]:
    unlike: NDArray[np.bool_] = (old != new) & ~(np.isnan(old) & np.isnan(new))
    return unlike
