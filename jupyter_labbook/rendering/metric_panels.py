"""One panel for a metric, in each of the three ways."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

from jupyter_labbook.rendering.axes import (
    bar_axis,
    parameter_axis,
    step_axis,
    value_axis,
)
from jupyter_labbook.rendering.escaping import one_line
from jupyter_labbook.rendering.grouping import (
    CUT_SHORT,
    final_value,
    grouped,
    parameter_number,
    points_of,
)
from jupyter_labbook.rendering.palette import MOST_NAMED
from jupyter_labbook.rendering.panels import Band, Dots, Kind, Panel, Row, Stroke
from jupyter_labbook.rendering.seeds import Points, after, ascending, spread, thinned

if TYPE_CHECKING:
    from jupyter_labbook.model.view import ExperimentView, RunView, Threshold
    from jupyter_labbook.rendering.grouping import Group

MOST_ROWS = 8

_BARS_FROM = 0.25
"""Bars start at zero, so they show only differences of this part of the largest."""


def curves_panel(
    view: ExperimentView, metric: str, groups: list[Group], buckets: int
) -> Panel:
    """Draw a metric against the step, each line thinned to so many buckets."""
    bands: list[Band] = []
    strokes: list[Stroke] = []
    base_name = "step"
    for group in groups:
        lines = [(run, points_of(run, metric)) for run in group.runs]
        lines = [(run, points) for run, points in lines if points.x]
        for series in (s for run in group.runs for s in run.series):
            if series.metric == metric:
                base_name = series.x_name
        strokes += _strokes(lines, group, bands)
    strokes = [
        replace(stroke, points=thinned(stroke.points, buckets)) for stroke in strokes
    ]
    every_x = [x for stroke in strokes for x in stroke.points.x]
    values = [y for stroke in strokes for y in stroke.points.y]
    values += [y for band in bands for y in (*band.low, *band.high)]
    lone = len(view.runs) == 1 and bool(strokes)
    return Panel(
        metric=metric,
        kind=Kind.CURVES,
        value_axis=value_axis(values, _levels(view, metric)),
        base_axis=step_axis(every_x),
        base_name=base_name,
        bands=bands,
        strokes=strokes,
        thresholds=_thresholds(view, metric),
        latest=strokes[0].points.y[-1] if lone else None,
    )


def _strokes(
    lines: list[tuple[RunView, Points]], group: Group, bands: list[Band]
) -> list[Stroke]:
    """Draw a group's seeds as a mean in a band, and alone where they part."""
    whole = [points for run, points in lines if run.state not in CUT_SHORT]
    if len(whole) < 2 or len({run.seed for run, _ in lines}) < len(lines):
        return [
            Stroke(points, group.pen, group.label, faint=group.pen.faint)
            for _, points in lines
        ]
    whole = [ascending(points) for points in whole]
    middle = spread(whole)
    if not middle.x:
        return [Stroke(points, group.pen, group.label) for points in whole]
    bands.append(Band(middle.x, middle.low, middle.high, group.pen))
    mean = Points(middle.x, middle.mean)
    ahead = [after(points, middle.x[-1]) for points in whole]
    alone = [points for points in ahead if len(points) > 1]
    alone += [points for run, points in lines if run.state in CUT_SHORT]
    return [
        *(Stroke(points, group.pen, faint=True) for points in alone),
        Stroke(mean, group.pen, group.label, faint=group.pen.faint),
    ]


def points_panel(
    view: ExperimentView,
    metric: str,
    number: str,
    others: list[str],
    groups: list[Group],
) -> Panel:
    """Draw final values against a number that was swept, and join their means.

    Parameters
    ----------
    view, metric
        What to draw.
    number
        The parameter to draw against.
    others
        The other parameters that were varied: one line for each combination.
    groups
        The colours that the other panels use.
    """
    pen_of = {run.id: group.pen for group in groups for run in group.runs}
    families = grouped(view, others)
    coloured = len(groups) == len(families)
    dots: list[Dots] = []
    strokes: list[Stroke] = []
    for family in families:
        at: dict[float, list[float]] = {}
        for run in family.runs:
            value = final_value(run, metric)
            if not math.isnan(value):
                x = parameter_number(run, number)
                at.setdefault(x, []).append(value)
                dots.append(Dots(Points([x], [value]), pen_of[run.id], small=True))
        if len(families) <= MOST_NAMED and at:
            places = sorted(at)
            means = Points(places, [fmean(at[place]) for place in places])
            pen = family.pen if coloured else None
            strokes.append(Stroke(means, pen, family.label))
            if pen is not None:
                dots.append(Dots(means, pen))
    runs_x = [parameter_number(run, number) for run in view.runs]
    values = [y for dot in dots for y in dot.points.y]
    return Panel(
        metric=metric,
        kind=Kind.POINTS,
        value_axis=value_axis(values, _levels(view, metric)),
        base_axis=parameter_axis(runs_x),
        base_name=number,
        strokes=strokes,
        dots=_merged(dots),
        thresholds=_thresholds(view, metric),
    )


def _merged(dots: list[Dots]) -> list[Dots]:
    """Join the dots of one look, so that a hundred runs are not a hundred objects."""
    looks: dict[tuple[object, bool], Dots] = {}
    for dot in dots:
        known = looks.setdefault(
            (dot.pen, dot.small), Dots(Points([], []), dot.pen, dot.small)
        )
        known.points.x.extend(dot.points.x)
        known.points.y.extend(dot.points.y)
    # Means last: they lie on top.
    return sorted(looks.values(), key=lambda dot: not dot.small)


def rows_panel(view: ExperimentView, metric: str, groups: list[Group]) -> Panel:
    """Draw final values in a row for each setting."""
    rows = []
    for group in groups:
        values = [final_value(run, metric) for run in group.runs]
        values = [value for value in values if not math.isnan(value)]
        if values:
            label = group.label.partition(" = ")[2] if len(view.varied) == 1 else ""
            label = label or _row_words(view, group)
            rows.append(Row(one_line(label), values, fmean(values), group.pen))
    rows = rows[:MOST_ROWS]
    values = [value for row in rows for value in row.values]
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    bars = len(rows) > 1 and low >= 0 and high - low >= _BARS_FROM * high > 0
    levels = _levels(view, metric)
    axis = bar_axis(values, levels) if bars else value_axis(values, levels)
    return Panel(
        metric=metric,
        kind=Kind.ROWS,
        value_axis=axis,
        base_name=view.varied[0] if len(view.varied) == 1 else "",
        rows=rows,
        bars=bars,
        thresholds=_thresholds(view, metric),
    )


def _row_words(view: ExperimentView, group: Group) -> str:
    if view.varied and group.label:
        return group.label
    return ", ".join(filter(None, [_run_words(group.runs), group.label]))


def _run_words(runs: list[RunView]) -> str:
    return f"run {runs[0].label}" if len(runs) == 1 else f"{len(runs)} seeds"


def _thresholds(view: ExperimentView, metric: str) -> list[Threshold]:
    return [mark for mark in view.thresholds if mark.metric == metric]


def _levels(view: ExperimentView, metric: str) -> list[float]:
    return [mark.value for mark in _thresholds(view, metric)]
