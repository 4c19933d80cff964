"""From an experiment to the plot that says most about it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_labbook.rendering.axes import all_drawable
from jupyter_labbook.rendering.escaping import one_line
from jupyter_labbook.rendering.formats import counted, format_number
from jupyter_labbook.rendering.grouping import (
    final_value,
    grouped,
    legend_groups,
    metric_names,
    points_of,
    swept_number,
)
from jupyter_labbook.rendering.metric_panels import (
    MOST_ROWS,
    curves_panel,
    points_panel,
    rows_panel,
)
from jupyter_labbook.rendering.panels import Kind, LegendEntry, Panel, Plot
from jupyter_labbook.rendering.tables import shorten

if TYPE_CHECKING:
    from jupyter_labbook.model.view import ExperimentView, RunView
    from jupyter_labbook.rendering.grouping import Group

MOST_PANELS = 6
_MOST_PANELS_OF_MANY = 3
_MANY_RUNS = 40

_POINT_BUDGET = 5000
"""Points in the whole plot: what a page of 60 kB has room for."""

_WORDS = 600
"""Characters of the picture in words; a screen reader reads all of them."""


def compose(view: ExperimentView, most: int = MOST_PANELS) -> Plot:
    """Choose panels, axes, colours and words for an experiment.

    Parameters
    ----------
    view
        The experiment; its series may be of any length.
    most
        Metrics that get a panel; predicted ones come first.
    """
    names = metric_names(view)
    if len(view.runs) > _MANY_RUNS:
        most = min(most, _MOST_PANELS_OF_MANY)
    kinds = {name: _kind(view, name) for name in names[:most]}
    groups = _groups(view, kinds)
    panels = [_panel(view, name, kinds, groups) for name in kinds]
    return Plot(
        panels=panels,
        legend=_legend(panels, groups),
        notes=_notes(view, panels, groups, names[most:]),
        words=_words(panels),
    )


def _kind(view: ExperimentView, metric: str) -> Kind:
    logged = False
    for run in view.runs:
        x = points_of(run, metric).x
        if x and min(x) < max(x):
            return Kind.CURVES
        logged = logged or bool(x)
    if not logged:
        # Most metrics become curves.
        return Kind.CURVES
    return Kind.ROWS if swept_number(view) is None else Kind.POINTS


def _groups(view: ExperimentView, kinds: dict[str, Kind]) -> list[Group]:
    if Kind.CURVES in kinds.values():
        return grouped(view, view.varied)
    if Kind.POINTS in kinds.values():
        return grouped(view, _beside(view, swept_number(view)))
    # Every row has its label; colours would only repeat it.
    groups = grouped(view, view.varied)
    return [replace(group, pen=replace(groups[0].pen, faint=False)) for group in groups]


def _panel(
    view: ExperimentView, metric: str, kinds: dict[str, Kind], groups: list[Group]
) -> Panel:
    number = swept_number(view)
    if kinds[metric] is Kind.CURVES:
        per_line = _POINT_BUDGET // max(1, len(kinds) * len(view.runs))
        buckets = max(6, min(240 // min(len(kinds), 3), per_line // 2))
        return curves_panel(view, metric, groups, buckets)
    if kinds[metric] is Kind.POINTS and number is not None:
        return points_panel(view, metric, number, _beside(view, number), groups)
    return rows_panel(view, metric, groups)


def _beside(view: ExperimentView, number: str | None) -> list[str]:
    return [name for name in view.varied if name != number]


def _legend(panels: list[Panel], groups: list[Group]) -> list[LegendEntry]:
    if all(panel.kind is Kind.ROWS for panel in panels):
        return []
    return [LegendEntry(g.pen, one_line(g.label)) for g in legend_groups(groups)]


def _notes(
    view: ExperimentView, panels: list[Panel], groups: list[Group], hidden: list[str]
) -> list[str]:
    notes = []
    seeds = len({run.seed for run in view.runs})
    if groups and groups[0].pen.faint:
        notes.append(f"One line for each of {counted(len(groups), 'setting')}.")
    elif any(panel.bands for panel in panels):
        notes.append("Line: mean of the seeds; band: lowest to highest.")
    elif seeds > 1 and any(panel.kind is not Kind.CURVES for panel in panels):
        notes.append("Small dots: single runs; large: mean of the seeds.")
    tainted = sum(bool(run.taint) for run in view.runs)
    if tainted:
        verb = "does" if tainted == 1 else "do"
        notes.append(f"{counted(tainted, 'tainted run')} {verb} not count any more.")
    for panel in panels:
        gaps = sum(_has_gaps(run, panel.metric) for run in view.runs)
        if gaps:
            name = shorten(one_line(panel.metric), 30)
            notes.append(f"{name} was NaN or infinite in {counted(gaps, 'run')}.")
    if any(panel.rows for panel in panels) and len(groups) > MOST_ROWS:
        notes.append(f"{counted(len(groups) - MOST_ROWS, 'more setting')} not drawn.")
    if hidden:
        some = ", ".join(shorten(one_line(name), 20) for name in hidden[:4])
        rest = f" and {len(hidden) - 4} more" if len(hidden) > 4 else ""
        notes.append(f"Not drawn: {some}{rest}.")
    return notes


def _has_gaps(run: RunView, metric: str) -> bool:
    if not all_drawable(points_of(run, metric).y):
        return True
    return metric in run.final and math.isnan(final_value(run, metric))


def _words(panels: list[Panel]) -> str:
    if not panels:
        return "Nothing was logged yet."
    return shorten(" ".join(_panel_words(panel) for panel in panels), _WORDS)


def _panel_words(panel: Panel) -> str:
    name = one_line(panel.metric)
    if panel.kind is Kind.CURVES:
        ends = [
            (stroke.label, stroke.points.y[-1])
            for stroke in panel.strokes
            if not stroke.faint
        ]
        parts = [f"{label or 'it'} is at {format_number(y)}" for label, y in ends[:8]]
        parts = parts or ["many lines" if panel.strokes else "nothing yet"]
    elif panel.kind is Kind.POINTS:
        parts = [
            f"{stroke.label + ' ' if stroke.label else ''}{format_number(y)} at "
            f"{format_number(x)}"
            for stroke in panel.strokes
            for x, y in zip(stroke.points.x, stroke.points.y, strict=True)
        ]
        parts = parts or ["many points"]
    else:
        parts = [f"{row.label} {format_number(row.mean)}" for row in panel.rows]
    against = f" by {one_line(panel.base_name)}" if panel.base_name else ""
    marks = [f"predicted {one_line(mark.label)}" for mark in panel.thresholds]
    return f"{name}{against}: {'; '.join([*map(one_line, parts), *marks])}."
