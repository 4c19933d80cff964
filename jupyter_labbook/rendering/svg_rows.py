"""Final values in a row for each setting, as SVG elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.rendering.axes import drawable
from jupyter_labbook.rendering.escaping import one_line
from jupyter_labbook.rendering.formats import format_alike
from jupyter_labbook.rendering.svg_marks import (
    CHAR_WIDTH,
    Box,
    dot,
    line,
    path,
    px,
    text,
)
from jupyter_labbook.rendering.tables import shorten, text_width

if TYPE_CHECKING:
    from jupyter_labbook.rendering.axes import Axis
    from jupyter_labbook.rendering.panels import Panel, Row

_LONGEST_LABEL = 110
_VALUE_WIDTH = 46
_TICK_HEIGHT = 17
_TALLEST_ROW = 34


def rows_height(rows: int) -> int:
    """Pixels that so many rows need, with their ticks."""
    return max(1, rows) * _TALLEST_ROW + 14 + _TICK_HEIGHT


def rows_svg(panel: Panel, box: Box) -> list[str]:
    """Draw a panel of rows, from the largest label on the left to the values."""
    widest = max((text_width(row.label) for row in panel.rows), default=0)
    left = box.left + min(widest * CHAR_WIDTH, _LONGEST_LABEL) + 10
    bottom = box.bottom - _TICK_HEIGHT
    height = min(_TALLEST_ROW, (bottom - box.top) / max(1, len(panel.rows)))
    bottom = min(bottom, box.top + height * len(panel.rows) + 14)
    plot = Box(left, box.top, box.right - _VALUE_WIDTH, bottom)
    parts = _ticks(panel.value_axis, plot)
    means = format_alike([row.mean for row in panel.rows])
    for index, (row, mean) in enumerate(zip(panel.rows, means, strict=True)):
        y = plot.top + height * (index + 0.5)
        parts += _row(panel, row, plot, y, height)
        parts.append(text((plot.right + 6, y + 3.5), mean, "v"))
    return [*parts, *_thresholds(panel, plot)]


def _ticks(axis: Axis, plot: Box) -> list[str]:
    parts = []
    for tick in axis.ticks:
        x = plot.x(axis.place(tick.value))
        parts.append(line((x, plot.top), (x, plot.bottom), "g"))
        parts.append(text((x, plot.bottom + 13), tick.label, "m", "middle"))
    return parts


def _row(panel: Panel, row: Row, plot: Box, y: float, height: float) -> list[str]:
    axis, colour = panel.value_axis, row.pen.colour
    x = plot.x(axis.place(row.mean))
    label = shorten(row.label, int(_LONGEST_LABEL / CHAR_WIDTH))
    parts = [text((plot.left - 8, y + 3.5), label, "v", "end")]
    if panel.bars:
        parts.append(
            f'<rect x="{px(plot.left)}" y="{px(y - height * 0.28)}" rx="2" '
            f'width="{px(x - plot.left)}" height="{px(height * 0.56)}" '
            f'fill="{colour}" opacity=".8"/>'
        )
    if len(row.values) > 1:
        places = [(plot.x(axis.place(value)), y) for value in row.values]
        ink = "currentColor" if panel.bars else colour
        parts.append(
            f'<g class="l" transform="scale(.1)"><path stroke="{ink}" '
            f'stroke-width="46" opacity=".6" d="{"".join(path([p]) for p in places)}"/>'
            "</g>"
        )
    if not panel.bars:
        parts.append(dot((x, y), 4.5, colour))
    return parts


def _thresholds(panel: Panel, plot: Box) -> list[str]:
    parts = []
    for mark in panel.thresholds:
        label = shorten(one_line(mark.label), int(plot.width / CHAR_WIDTH) - 2)
        place = panel.value_axis.place(mark.value) if drawable(mark.value) else 2.0
        y = plot.bottom - 4
        if place > 1:
            parts.append(text((plot.right, y), f"{label} →", "w", "end"))
        elif place < 0:
            parts.append(text((plot.left, y), f"← {label}", "w"))
        else:
            x = plot.x(place)
            parts.append(line((x, plot.top), (x, plot.bottom), "p"))
            fits = x + text_width(label) * CHAR_WIDTH + 6 < plot.right
            at, anchor = (x + 5, "start") if fits else (x - 5, "end")
            parts.append(text((at, y), label, "w", anchor))
    return parts
