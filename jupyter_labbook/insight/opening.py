"""Stretches of time: when a window was open, and how much of it was made use of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_labbook.model.window import Window

Interval = tuple[float, float]
"""Begin and end in Unix time."""

_MOST: Final = 4000
"""Stretches that are looked at: ten years of nights."""
_STEP: Final = timedelta(seconds=1)


def opening(window: Window, begin: datetime, end: datetime) -> list[Interval]:
    """List when a window was open between two moments; empty if no clock tells."""
    found: list[Interval] = []
    moment = begin
    for _ in range(_MOST):
        stretch = window.stretch(moment, begin)
        if stretch is None or stretch.begin >= end:
            break
        closes = min(stretch.end or end, end)
        found.append((max(stretch.begin, begin).timestamp(), closes.timestamp()))
        if closes >= end:
            break
        moment = closes + _STEP
    return found


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Join intervals that touch or overlap, in order."""
    joined: list[Interval] = []
    for begin, end in sorted(one for one in intervals if one[0] < one[1]):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return joined


def overlap(first: Iterable[Interval], second: Iterable[Interval]) -> float:
    """Count the seconds that lie in both."""
    total = 0.0
    others = merged(second)
    for begin, end in merged(first):
        total += sum(max(0.0, min(end, e) - max(begin, b)) for b, e in others)
    return total


def length(intervals: Iterable[Interval]) -> float:
    """Count the seconds of intervals that do not overlap."""
    return sum(end - begin for begin, end in intervals)
