"""One panel of a plot as SVG elements in a box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.rendering.axes import drawable
from jupyter_labbook.rendering.escaping import escape, one_line
from jupyter_labbook.rendering.formats import format_number
from jupyter_labbook.rendering.label_spots import clear_spot
from jupyter_labbook.rendering.panels import Kind, drawn_places
from jupyter_labbook.rendering.svg_marks import (
    CHAR_WIDTH,
    TITLE_CHAR_WIDTH,
    Box,
    Frame,
    Pixel,
    dot,
    line,
    path,
    px,
    text,
)
from jupyter_labbook.rendering.svg_rows import rows_svg
from jupyter_labbook.rendering.tables import shorten, text_width

if TYPE_CHECKING:
    from jupyter_labbook.rendering.axes import Axis
    from jupyter_labbook.rendering.palette import Pen
    from jupyter_labbook.rendering.panels import Panel

TITLE_HEIGHT = 24
_TICK_HEIGHT = 17
_NAME_HEIGHT = 13
_FAINT_LAYERS = 12


def panel_svg(panel: Panel, box: Box) -> list[str]:
    """Draw a panel in a box.

    Classes used here and styled by `svg`: ``t`` title, ``m`` muted text, ``v``
    values, ``w`` threshold words, ``g`` grid, ``a`` axis, ``p`` predicted level,
    ``b`` band, ``l`` line, ``f`` faint.
    """
    below = Box(box.left, box.top + TITLE_HEIGHT, box.right, box.bottom)
    if panel.kind is Kind.ROWS or panel.base_axis is None:
        return [*_title(panel, box), *rows_svg(panel, below)]
    plot = _inside(panel, below)
    frame = Frame(plot, panel.base_axis, panel.value_axis)
    parts = [*_title(panel, box), *_value_ticks(panel.value_axis, plot)]
    parts += _base_ticks(panel.base_axis, panel.base_name, plot)
    if not (panel.strokes or panel.dots):
        middle = (plot.x(0.5), plot.y(0.5))
        parts.append(text(middle, "nothing logged yet", "m", "middle"))
    parts += [*_bands(panel, frame), *_strokes(panel, frame), *_dots(panel, frame)]
    return [*parts, *_thresholds(panel, frame)]


def _inside(panel: Panel, box: Box) -> Box:
    """Leave room for the labels around the data."""
    widest = max((text_width(tick.label) for tick in panel.value_axis.ticks), default=1)
    below = _TICK_HEIGHT + (_NAME_HEIGHT if panel.base_name else 0)
    left = box.left + widest * CHAR_WIDTH + 8
    return Box(left, box.top, box.right - 6, box.bottom - below)


def _title(panel: Panel, box: Box) -> list[str]:
    latest = "" if panel.latest is None else format_number(panel.latest)
    room = box.width - len(latest) * TITLE_CHAR_WIDTH - 12
    full = one_line(panel.metric)
    name = shorten(full, max(4, int(room / TITLE_CHAR_WIDTH)))
    hint = f"<title>{escape(full)}</title>" if name != full else ""
    at = f'x="{px(box.left)}" y="{px(box.top + 12)}"'
    parts = [f'<text class="t" {at}>{hint}{escape(name)}</text>']
    if latest:
        parts.append(text((box.right - 6, box.top + 12), latest, "t", "end"))
    return parts


def _value_ticks(axis: Axis, plot: Box) -> list[str]:
    parts = []
    for tick in axis.ticks:
        y = plot.y(axis.place(tick.value))
        parts.append(line((plot.left, y), (plot.right, y), "g"))
        parts.append(text((plot.left - 6, y + 3.5), tick.label, "m", "end"))
    return parts


def _base_ticks(axis: Axis, name: str, plot: Box) -> list[str]:
    parts = [line((plot.left, plot.bottom), (plot.right, plot.bottom), "a")]
    free_from = plot.left - 10
    for tick in axis.ticks:
        x = plot.x(axis.place(tick.value))
        half = text_width(tick.label) * CHAR_WIDTH / 2
        if x - half < free_from:
            continue
        free_from = x + half + 6
        # A label at the edge leans inwards, so that it stays inside the picture.
        anchor = "end" if x + half > plot.right + 6 else "middle"
        parts.append(line((x, plot.bottom), (x, plot.bottom + 3), "a"))
        parts.append(text((x, plot.bottom + 14), tick.label, "m", anchor))
    if name:
        label = shorten(one_line(name), 30)
        parts.append(text((plot.right, plot.bottom + 27), label, "m", "end"))
    return parts


def _bands(panel: Panel, frame: Frame) -> list[str]:
    parts = []
    for band in panel.bands:
        for stretch in _stretches(band.x, band.low, band.high):
            low, high = zip(*(stretch), strict=True)
            edge = [*frame.pixels(*zip(*high, strict=True))]
            edge += reversed(frame.pixels(*zip(*low, strict=True)))
            parts.append(
                f'<path class="b" transform="scale(.1)" fill="{band.pen.colour}" '
                f'd="{path(edge)}z"/>'
            )
    return parts


def _stretches(
    x: list[float], low: list[float], high: list[float]
) -> list[list[tuple[Pixel, Pixel]]]:
    """Split a band at its gaps into lists of its lower and upper points."""
    found: list[list[tuple[Pixel, Pixel]]] = [[]]
    for at, bottom, top in zip(x, low, high, strict=True):
        if drawable(bottom):
            found[-1].append(((at, bottom), (at, top)))
        elif found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]


def _strokes(panel: Panel, frame: Frame) -> list[str]:
    """Draw lines; those of one look without a name share a path."""
    paths: dict[tuple[str, str, int], list[str]] = {}
    dots = []
    for number, stroke in enumerate(panel.strokes):
        parts = frame.parts(stroke.points.x, stroke.points.y)
        look = _look(stroke.pen, faint=stroke.faint)
        label = "" if stroke.faint else one_line(stroke.label)
        # Within a path nothing shines through; several show where most lines lie.
        layer = number % _FAINT_LAYERS if stroke.faint else 0
        paths.setdefault((look, label, layer), []).extend(map(path, parts))
        colour = stroke.pen.colour if stroke.pen else "currentColor"
        dots += [dot(part[0], 2, colour) for part in parts if len(part) == 1]
        if panel.kind is Kind.CURVES and parts and not stroke.faint:
            dots.append(dot(parts[-1][-1], 2.6, colour))
    elements = ['<g class="l" transform="scale(.1)">']
    for (look, label, _), found in paths.items():
        hint = f"<title>{escape(label)}</title>" if label else ""
        elements.append(f'<path {look} d="{"".join(found)}">{hint}</path>')
    return [*elements, "</g>", *dots]


def _look(pen: Pen | None, *, faint: bool) -> str:
    if pen is None:
        return 'stroke="currentColor" opacity=".4"'
    return f'stroke="{pen.colour}"' + (' class="f"' if faint else "")


def _dots(panel: Panel, frame: Frame) -> list[str]:
    parts = []
    for dots in panel.dots:
        pixels = frame.pixels(dots.points.x, dots.points.y)
        # Lines of no length with round ends: a dot in a few bytes.
        marks = "".join(path([pixel]) for pixel in pixels)
        size = 'stroke-width="46" opacity=".6"' if dots.small else 'stroke-width="76"'
        parts.append(
            f'<g class="l" transform="scale(.1)"><path {size} '
            f'stroke="{dots.pen.colour}" d="{marks}"/></g>'
        )
    return parts


def _thresholds(panel: Panel, frame: Frame) -> list[str]:
    parts = []
    plot, axis = frame.box, panel.value_axis
    ink = drawn_places(panel) if panel.thresholds else []
    for mark in panel.thresholds:
        label = shorten(one_line(mark.label), int(plot.width / CHAR_WIDTH) - 2)
        place = axis.place(mark.value) if drawable(mark.value) else 2.0
        if 0 <= place <= 1:
            y = plot.y(place)
            parts.append(line((plot.left, y), (plot.right, y), "p"))
            parts.append(_in_the_clear(label, y, plot, ink))
        else:
            arrow, y = ("↑", plot.top + 9) if place > 1 else ("↓", plot.bottom - 5)
            parts.append(text((plot.right - 4, y), f"{arrow} {label}", "w", "end"))
    return parts


def _in_the_clear(label: str, y: float, plot: Box, ink: list[Pixel]) -> str:
    width = (text_width(label) * CHAR_WIDTH + 8) / plot.width
    height = 16 / (plot.bottom - plot.top)
    spot = clear_spot((plot.bottom - y) / (plot.bottom - plot.top), width, height, ink)
    at = (
        plot.right - 4 if spot.right else plot.left + 4,
        y + (-5 if spot.above else 13),
    )
    return text(at, label, "w", "end" if spot.right else "start")
