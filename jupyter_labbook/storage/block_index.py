"""Where in a file of metrics each block lies, and what it spans."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jupyter_labbook.storage.metric_lines import Floats

_SPAN_BYTES: Final = 1 << 20


class Axis(StrEnum):
    """What a part of a plot is chosen by."""

    STEP = "step"
    """Steps, or row numbers where none were logged."""
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Part:
    """What lies between two values, both included."""

    by: Axis
    low: float
    high: float


@dataclass(slots=True)
class Span:
    """Some neighbouring lines of a file."""

    start: int
    end: int
    """In bytes."""
    low: dict[Axis, float]
    high: dict[Axis, float]

    def overlaps(self, part: Part) -> bool:
        """Whether a point of a part can be in it."""
        return self.low[part.by] <= part.high and self.high[part.by] >= part.low

    def meets(self, other: Span, by: Axis) -> bool:
        """Whether neither lies wholly beyond the other."""
        return self.overlaps(Part(by, other.low[by], other.high[by]))


class BlockIndex:
    """Spans of one file, of about a megabyte each, in the order of the file.

    Values need not rise along a file: steps go back, and so do clocks.
    """

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def add(self, start: int, end: int, x: Floats, times: Floats) -> None:
        """Take the lines between two offsets, of which there is at least one."""
        low = {Axis.STEP: float(x.min()), Axis.TIME: float(times.min())}
        high = {Axis.STEP: float(x.max()), Axis.TIME: float(times.max())}
        last = self.spans[-1] if self.spans else None
        # What is added to a live run comes in small pieces.
        if last and last.end == start and end - last.start <= _SPAN_BYTES:
            last.end = end
            last.low = {by: min(last.low[by], low[by]) for by in Axis}
            last.high = {by: max(last.high[by], high[by]) for by in Axis}
        else:
            self.spans.append(Span(start, end, low, high))
