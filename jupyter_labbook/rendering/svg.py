"""A plot of an experiment as a small SVG, for every page it may be put into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.rendering.composition import compose
from jupyter_labbook.rendering.escaping import escape
from jupyter_labbook.rendering.panels import Kind
from jupyter_labbook.rendering.svg_marks import CHAR_WIDTH, Box, px, text
from jupyter_labbook.rendering.svg_panels import TITLE_HEIGHT, panel_svg
from jupyter_labbook.rendering.svg_rows import rows_height
from jupyter_labbook.rendering.tables import shorten, text_width

if TYPE_CHECKING:
    from jupyter_labbook.model.view import ExperimentView
    from jupyter_labbook.rendering.panels import LegendEntry, Plot

_PANEL_HEIGHT = {1: 236, 2: 190, 3: 162}
"""Pixels, by the number of columns."""

_GAP = 22
_LEGEND_LINE = 20
_LEGEND_ENTRY_LONGEST = 48
_NOTE_LINE = 15

# Inline, the text has the colour of the page. As a picture it cannot know the
# page: it then takes a grey with a contrast above 4 on white and on black, since
# the reader's preference for dark says nothing of the page around the picture.
_STYLE = (
    "svg:root{color:#767676}"
    ".lbp{font:10.5px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;"
    "font-variant-numeric:tabular-nums}"
    ".lbp text{fill:currentColor}"
    ".lbp .t{font-size:12px;font-weight:600}"
    ".lbp .m{opacity:.72}"
    "svg:root.lbp .m{opacity:1}"
    ".lbp .w{font-weight:600}"
    ".lbp .g,.lbp .a,.lbp .p{stroke:currentColor;fill:none}"
    ".lbp .g{opacity:.13}"
    ".lbp .a{opacity:.45}"
    ".lbp .p{stroke-width:1.4;stroke-dasharray:5 4}"
    ".lbp .b{opacity:.17}"
    ".lbp .l{fill:none;stroke-width:18;stroke-linecap:round;stroke-linejoin:round}"
    ".lbp .f{opacity:.45;stroke-width:10}"
)


def plot_svg(
    view: ExperimentView, *, width: int = 640, height: int | None = None
) -> str:
    """Draw an experiment: a panel for each metric, a line for each setting.

    Parameters
    ----------
    view
        The experiment.
    width, height
        Pixels; without a height it follows from the number of panels.

    Returns
    -------
    str
        An ``<svg>`` element that is also a document of its own: it may stand
        inside HTML or be the source of an ``<img>``. Empty if the experiment has
        nothing to draw.
    """
    plot = compose(view)
    if not plot.panels:
        return ""
    legend, top = _legend(plot.legend, width)
    columns = _columns(len(plot.panels))
    rows = -(-len(plot.panels) // columns)
    notes = _note_lines(plot, width)
    below = len(notes) * _NOTE_LINE + (6 if notes else 0)
    if height is None:
        height = top + rows * _panel_height(plot, columns) + below
        height += (rows - 1) * _GAP // 2
    area = Box(2, top, width - 2, height - below)
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lbp" role="img" {size}',
        f' aria-label="{escape(plot.words)}"><style>{_STYLE}</style>',
        *legend,
    ]
    for panel, box in zip(plot.panels, _boxes(area, columns, rows), strict=False):
        parts += panel_svg(panel, box)
    first = height - below + 6 + _NOTE_LINE - 4
    for index, note in enumerate(notes):
        parts.append(text((2, first + index * _NOTE_LINE), note, "m"))
    return "".join([*parts, "</svg>"])


def _columns(panels: int) -> int:
    if panels == 1:
        return 1
    return 2 if panels in (2, 4) else 3


def _panel_height(plot: Plot, columns: int) -> int:
    if all(panel.kind is Kind.ROWS for panel in plot.panels):
        rows = max(len(panel.rows) for panel in plot.panels)
        return min(_PANEL_HEIGHT[columns], TITLE_HEIGHT + rows_height(rows))
    return _PANEL_HEIGHT[columns]


def _boxes(area: Box, columns: int, rows: int) -> list[Box]:
    width = (area.width - (columns - 1) * _GAP) / columns
    height = (area.bottom - area.top - (rows - 1) * _GAP / 2) / rows
    return [
        Box(left, top, left + width, top + height)
        for top in (area.top + row * (height + _GAP / 2) for row in range(rows))
        for left in (area.left + column * (width + _GAP) for column in range(columns))
    ]


def _legend(entries: list[LegendEntry], width: int) -> tuple[list[str], int]:
    """Write the legend in as many lines as it needs, and say how high it is."""
    parts: list[str] = []
    if not entries:
        return parts, 2
    x, y = 2.0, 10.0
    for entry in entries:
        label = shorten(entry.label, _LEGEND_ENTRY_LONGEST)
        needed = 24 + text_width(label) * CHAR_WIDTH
        if x + needed > width and x > 2:  # the left edge
            x, y = 2.0, y + _LEGEND_LINE
        parts.append(
            f'<path d="M{px(x)} {px(y)}h16" stroke="{entry.pen.colour}" '
            f'stroke-width="3" stroke-linecap="round"/>'
        )
        parts.append(text((x + 22, y + 3.7), label, "v"))
        x += needed + 14
    return parts, int(y + _LEGEND_LINE)


def _note_lines(plot: Plot, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(" ".join(plot.notes), int(width / CHAR_WIDTH), max_lines=2)
