"""Which runs are drawn alike, and what their values are."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.axes import all_drawable, drawable
from jupyter_labbook.rendering.formats import format_value
from jupyter_labbook.rendering.palette import MOST_NAMED, Pen, pens
from jupyter_labbook.rendering.seeds import Points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_labbook.model.view import ExperimentView, RunView

TAINTED = "tainted"
"""Said beside everything that does not count any more."""

CUT_SHORT = frozenset({RunState.FAILED, RunState.STOPPED, RunState.LOST})
"""States of runs whose lines end early for reasons of their own."""


@dataclass(frozen=True, slots=True)
class Group:
    """Runs with the same values of the parameters that were varied."""

    label: str
    pen: Pen
    runs: list[RunView] = field(default_factory=list)

    @property
    def tainted(self) -> bool:
        """Whether its runs do not count any more; all of them or none."""
        return bool(self.runs) and bool(self.runs[0].taint)


def grouped(view: ExperimentView, names: Sequence[str]) -> list[Group]:
    """Put runs that agree in the named parameters together and give them pens.

    Those that do not count any more are kept apart, so that no mean mixes them in.
    """
    together: dict[tuple[str, ...], list[RunView]] = {}
    for run in view.runs:
        values = [format_value(run.parameters.get(name)) for name in names]
        key = (*values, TAINTED if run.taint else "")
        together.setdefault(key, []).append(run)
    ordered = len(names) == 1 and is_numeric(view, names[0])
    keys = list(together)
    if ordered:
        keys.sort(key=lambda key: _number(together[key][0], names[0]))
    return [
        Group(_label(names, key), pen, together[key])
        for key, pen in zip(keys, pens(len(keys), ordered=ordered), strict=True)
    ]


def is_numeric(view: ExperimentView, name: str) -> bool:
    """Whether every run has a finite number as this parameter."""
    values = [run.parameters.get(name) for run in view.runs]
    return all(
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and drawable(value)
        for value in values
    )


def swept_number(view: ExperimentView) -> str | None:
    """Name the numeric parameter with the most values, which makes the best axis."""
    counts = {
        name: len({_number(run, name) for run in view.runs})
        for name in view.varied
        if is_numeric(view, name)
    }
    best = max(counts, key=counts.__getitem__, default=None)
    return best if best is not None and counts[best] > 1 else None


def legend_groups(groups: list[Group]) -> list[Group]:
    """Choose the groups that a legend names; of a ramp, its ends and its middle."""
    if len(groups) < 2:
        return []
    if len(groups) <= MOST_NAMED:
        return groups
    if len({group.pen for group in groups}) == 1:
        return []
    return [groups[0], groups[len(groups) // 2], groups[-1]]


def metric_names(view: ExperimentView) -> list[str]:
    """Name the metrics, those of predictions first, then as they came.

    A metric that a prediction waits for is named before it is logged.
    """
    logged: dict[str, None] = {}
    for run in view.runs:
        logged |= dict.fromkeys(series.metric for series in run.series)
        logged |= dict.fromkeys(run.final)
    predicted = dict.fromkeys(threshold.metric for threshold in view.thresholds)
    words = " ".join(verdict.prediction for verdict in view.verdicts)
    for name in logged:
        if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", words):
            predicted[name] = None
    return list(predicted | logged)


def points_of(run: RunView, metric: str) -> Points:
    """Take a run's line of a metric; the last value alone if it has none."""
    for series in run.series:
        if series.metric == metric:
            if all_drawable(series.y):
                return Points(series.x, series.y)
            y = [value if drawable(value) else math.nan for value in series.y]
            return Points(series.x, y)
    value = run.final.get(metric, math.nan)
    return Points([0.0], [value]) if drawable(value) else Points([], [])


def final_value(run: RunView, metric: str) -> float:
    """Take the last value of a metric; NaN where there is none that has a place."""
    value = run.final.get(metric)
    if value is None:
        points = points_of(run, metric)
        value = points.y[-1] if points.y else math.nan
    return value if drawable(value) else math.nan


def parameter_number(run: RunView, name: str) -> float:
    """Take a parameter that is known to be a number."""
    return _number(run, name)


def _number(run: RunView, name: str) -> float:
    value = run.parameters.get(name)
    return float(value) if isinstance(value, int | float) else math.nan


def _label(names: Sequence[str], key: Sequence[str]) -> str:
    *values, tainted = key
    parts = [f"{name} = {value}" for name, value in zip(names, values, strict=True)]
    return ", ".join(filter(None, [*parts, tainted]))
