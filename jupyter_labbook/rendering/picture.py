"""The picture that stays when an experiment is over, drawn by matplotlib.

Never by pyplot: its figures are global, and a watcher thread draws here beside the
user's own cell.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from jupyter_labbook.rendering.axes import drawable
from jupyter_labbook.rendering.composition import compose
from jupyter_labbook.rendering.escaping import one_line
from jupyter_labbook.rendering.formats import format_alike
from jupyter_labbook.rendering.label_spots import clear_spot
from jupyter_labbook.rendering.panels import Kind, drawn_places
from jupyter_labbook.rendering.tables import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from jupyter_labbook.model.view import ExperimentView, Threshold
    from jupyter_labbook.rendering.axes import Axis
    from jupyter_labbook.rendering.panels import Panel, Plot

_INK = "#333333"
_MUTED = "#767676"
_DPI = 120
_WIDTH = 6.6
_PANEL_HEIGHT = {1: 2.5, 2: 2.0, 3: 1.75}
_LONGEST_LABEL = 40


def plot_png(view: ExperimentView) -> bytes:
    """Draw an experiment as a PNG on white, laid out as `plot_svg` does.

    Raises
    ------
    ValueError
        If the experiment has no metric to draw.
    """
    plot = compose(view)
    if not plot.panels:
        raise ValueError(f"experiment {view.name!r} has logged nothing to draw yet")
    columns = 1 if len(plot.panels) == 1 else 2 if len(plot.panels) in (2, 4) else 3
    rows = -(-len(plot.panels) // columns)
    height = rows * _PANEL_HEIGHT[columns] + 0.35 * bool(plot.legend) + 0.2
    figure = Figure(figsize=(_WIDTH, height), dpi=_DPI)
    figure.set_layout_engine("constrained", w_pad=0.08, h_pad=0.06)
    FigureCanvasAgg(figure)
    for index, panel in enumerate(plot.panels):
        _panel(figure.add_subplot(rows, columns, index + 1), panel)
    _legend(figure, plot)
    if plot.notes:
        notes = shorten(" ".join(plot.notes), 110)
        figure.supxlabel(_literal(notes), x=0.01, ha="left", size=7, color=_MUTED)
    target = io.BytesIO()
    figure.savefig(target, format="png", metadata={"Software": None})
    return target.getvalue()


def _panel(axes: Axes, panel: Panel) -> None:
    name = shorten(one_line(panel.metric), _LONGEST_LABEL)
    axes.set_title(_literal(name), loc="left", size=9, weight="bold", color=_INK)
    axes.tick_params(labelsize=7.5, colors=_MUTED, length=2.5, width=0.6)
    for side in axes.spines.values():
        side.set_visible(False)
    if panel.kind is Kind.ROWS or panel.base_axis is None:
        _rows(axes, panel)
        return
    axes.spines["bottom"].set_visible(True)
    axes.spines["bottom"].set_color(_MUTED)
    axes.grid(axis="y", color=_MUTED, alpha=0.2, linewidth=0.6)
    _scale(axes, "x", panel.base_axis)
    _scale(axes, "y", panel.value_axis)
    axes.tick_params(axis="y", length=0)
    base = shorten(one_line(panel.base_name), _LONGEST_LABEL)
    axes.set_xlabel(_literal(base), size=7.5, color=_MUTED, loc="right")
    _data(axes, panel)
    for mark in panel.thresholds:
        _threshold(axes, mark, panel)


def _data(axes: Axes, panel: Panel) -> None:
    for band in panel.bands:
        axes.fill_between(
            band.x, band.low, band.high, color=band.pen.colour, alpha=0.18, linewidth=0
        )
    for stroke in panel.strokes:
        axes.plot(
            stroke.points.x,
            stroke.points.y,
            color=stroke.pen.colour if stroke.pen else _MUTED,
            linewidth=0.7 if stroke.faint else 1.4,
            alpha=0.4 if stroke.faint else 1,
            marker="o" if len(stroke.points) == 1 else None,
            markersize=3,
        )
    for dots in panel.dots:
        size, alpha = (8, 0.5) if dots.small else (22, 1)
        axes.scatter(
            dots.points.x,
            dots.points.y,
            s=size,
            alpha=alpha,
            color=dots.pen.colour,
            linewidths=0,
            zorder=3,
        )


def _rows(axes: Axes, panel: Panel) -> None:
    axes.grid(axis="x", color=_MUTED, alpha=0.2, linewidth=0.6)
    _scale(axes, "x", panel.value_axis)
    axes.set_ylim(max(1, len(panel.rows)) - 0.4, -0.6)
    labels = [_literal(shorten(row.label, _LONGEST_LABEL)) for row in panel.rows]
    axes.set_yticks(range(len(panel.rows)), labels)
    axes.tick_params(axis="y", length=0, labelcolor=_INK)
    means = format_alike([row.mean for row in panel.rows])
    for place, (row, mean) in enumerate(zip(panel.rows, means, strict=True)):
        if panel.bars:
            axes.barh(place, row.mean, height=0.56, color=row.pen.colour, alpha=0.8)
        else:
            axes.scatter([row.mean], [place], s=28, color=row.pen.colour, zorder=3)
        if len(row.values) > 1:
            axes.scatter(
                row.values,
                [place] * len(row.values),
                s=8,
                alpha=0.5,
                color=_INK if panel.bars else row.pen.colour,
                linewidths=0,
                zorder=3,
            )
        axes.text(
            1.02,
            place,
            mean,
            transform=axes.get_yaxis_transform(),
            size=7.5,
            color=_INK,
            va="center",
        )
    for mark in panel.thresholds:
        _upright(axes, mark, panel)


def _upright(axes: Axes, mark: Threshold, panel: Panel) -> None:
    if not drawable(mark.value) or not 0 <= panel.value_axis.place(mark.value) <= 1:
        return
    axes.axvline(mark.value, color=_INK, linestyle="--", linewidth=1)
    axes.annotate(
        _literal(shorten(one_line(mark.label), _LONGEST_LABEL)),
        (mark.value, len(panel.rows) - 0.45),
        (3, 0),
        textcoords="offset points",
        size=7.5,
        weight="bold",
        color=_INK,
    )


def _scale(axes: Axes, which: str, axis: Axis) -> None:
    axes.set(**{f"{which}scale": "log" if axis.log else "linear"})
    axes.set(**{f"{which}lim": (axis.low, axis.high)})
    side = axes.xaxis if which == "x" else axes.yaxis
    side.set_major_locator(FixedLocator([tick.value for tick in axis.ticks]))
    side.set_minor_locator(NullLocator())
    side.set_ticklabels([tick.label for tick in axis.ticks])


def _threshold(axes: Axes, mark: Threshold, panel: Panel) -> None:
    label = _literal(shorten(one_line(mark.label), _LONGEST_LABEL))
    place = panel.value_axis.place(mark.value) if drawable(mark.value) else 2.0
    words: dict[str, Any] = {"size": 7.5, "weight": "bold", "color": _INK}
    if 0 <= place <= 1:
        axes.axhline(mark.value, color=_INK, linestyle="--", linewidth=1)
        points = axes.get_window_extent().width * 72 / _DPI
        spot = clear_spot(place, 4.4 * len(label) / points, 0.1, drawn_places(panel))
        axes.annotate(
            label,
            (1.0 if spot.right else 0.0, mark.value),
            (-3 if spot.right else 3, 3 if spot.above else -9),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            ha="right" if spot.right else "left",
            **words,
        )
    else:
        arrow, y, side = ("↑", 0.98, "top") if place > 1 else ("↓", 0.03, "bottom")
        words |= {"transform": axes.transAxes, "ha": "right", "va": side}
        axes.text(0.99, y, f"{arrow} {label}", **words)


def _legend(figure: Figure, plot: Plot) -> None:
    if not plot.legend:
        return
    lines = [
        Line2D(
            [],
            [],
            color=e.pen.colour,
            linewidth=2,
        )
        for e in plot.legend
    ]
    labels = [_literal(shorten(entry.label, _LONGEST_LABEL)) for entry in plot.legend]
    figure.legend(
        lines,
        labels,
        loc="outside upper left",
        ncols=min(4, len(lines)),
        frameon=False,
        fontsize=7.5,
        labelcolor=_INK,
    )


def _literal(text: str) -> str:
    """Keep matplotlib from reading ``$`` as mathematics."""
    return text.replace("$", r"\$")
