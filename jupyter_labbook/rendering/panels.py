"""What a plot of an experiment shows, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from jupyter_labbook.rendering.axes import drawable

if TYPE_CHECKING:
    from jupyter_labbook.model.view import Threshold
    from jupyter_labbook.rendering.axes import Axis
    from jupyter_labbook.rendering.palette import Pen
    from jupyter_labbook.rendering.seeds import Points


class Kind(StrEnum):
    """How a metric is drawn."""

    CURVES = "curves"
    """Against the step."""
    POINTS = "points"
    """Final values against a parameter."""
    ROWS = "rows"
    """Final values, a row for each setting."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: Points
    pen: Pen | None = None
    """None: the colour of the text, for a line that belongs to no group."""
    label: str = ""
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """The area between two lines."""

    x: list[float]
    low: list[float]
    high: list[float]
    pen: Pen


@dataclass(frozen=True, slots=True)
class Dots:
    """Points that no line joins."""

    points: Points
    pen: Pen
    small: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Final values of one setting."""

    label: str
    values: list[float]
    mean: float
    pen: Pen


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One metric, ready to be drawn."""

    metric: str
    kind: Kind
    value_axis: Axis
    base_axis: Axis | None = None
    """Steps or the parameter; None for rows."""
    base_name: str = ""
    bands: list[Band] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    dots: list[Dots] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    bars: bool = False
    """Whether rows are drawn as bars from zero."""
    thresholds: list[Threshold] = field(default_factory=list)
    latest: float | None = None
    """Where a single line has come to."""


def drawn_places(panel: Panel, most: int = 500) -> list[tuple[float, float]]:
    """Sample where lines and dots lie, as shares of the panel's axes."""
    if panel.base_axis is None:
        return []
    drawn = [stroke.points for stroke in panel.strokes]
    drawn += [dots.points for dots in panel.dots]
    pairs = [pair for line in drawn for pair in zip(line.x, line.y, strict=True)]
    across, up = panel.base_axis.place, panel.value_axis.place
    some = pairs[:: max(1, len(pairs) // most)]
    return [(across(x), up(y)) for x, y in some if drawable(y)]


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One pen and what it stands for."""

    pen: Pen
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Everything that a picture of an experiment shows."""

    panels: list[Panel]
    legend: list[LegendEntry]
    notes: list[str]
    """Sentences below the picture: what is not shown, what a band means."""
    words: str
    """The picture in words, for those who cannot see it."""
