"""What text and page say of an experiment in the same words."""

from __future__ import annotations

import math
import shlex
from collections import Counter
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import Outcome
from jupyter_labbook.rendering.formats import (
    counted,
    format_alike,
    format_duration,
    format_left,
    format_number,
    format_value,
)
from jupyter_labbook.rendering.grouping import final_value, grouped, metric_names
from jupyter_labbook.rendering.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_labbook.model.experiment import Value
    from jupyter_labbook.model.view import ExperimentView, RunView, Verdict
    from jupyter_labbook.rendering.grouping import Group

OUTCOME_SIGNS = {
    Outcome.SUPPORTED: "✓",
    Outcome.REFUTED: "✗",
    Outcome.INCONCLUSIVE: "?",
    Outcome.WITHDRAWN: "⊘",
    Outcome.PENDING: "…",
}
"""A sign beside the word, so that neither needs its colour."""

_STATE_ORDER = (
    RunState.RUNNING,
    RunState.WAITING,
    RunState.HELD,
    RunState.FAILED,
    RunState.LOST,
    RunState.UNKNOWN,
    RunState.STOPPED,
    RunState.CANCELLED,
    RunState.REGISTERED,
    RunState.FINISHED,
)
"""What a reader should see first when not every run is shown."""

_FAILURES = (RunState.FAILED, RunState.LOST)
_MOST_METRICS = 4
_MOST_VARIED = 6


def title(view: ExperimentView) -> str:
    """Say what the experiment asks, or why it is run."""
    return view.question or view.why or view.name


def kind(view: ExperimentView) -> str:
    """Say which experiment this is, and whether it explores."""
    exploring = "" if view.question else ", exploring"
    return f"experiment {view.number}{exploring}"


def state_words(view: ExperimentView) -> str:
    """Say where the runs stand, in one line: ``2 running, 13 waiting``."""
    words = _standing_words(view)
    tainted = sum(bool(run.taint) for run in view.runs)
    if not tainted:
        return words
    every = "tainted" if tainted == len(view.runs) else f"{tainted} tainted"
    return f"{words}, {every}"


def _standing_words(view: ExperimentView) -> str:
    counts = Counter(run.state for run in view.runs)
    if not counts:
        return "no runs yet"
    if len(view.runs) == 1:
        return str(view.runs[0].state.value)
    if len(counts) == 1:
        return f"{counted(len(view.runs), 'run')} {view.runs[0].state.value}"
    words = [
        f"{counts[state]} {state.value}" for state in _STATE_ORDER if counts[state]
    ]
    return ", ".join(words)


def time_words(view: ExperimentView) -> str:
    """Say how long is left, or how long it took; empty when neither is known."""
    if any(run.state.live for run in view.runs):
        left = time_left(view.runs)
        return "" if left is None else f"{format_left(left)} left"
    spent = [run.seconds for run in view.runs if run.seconds is not None]
    if not spent:
        return ""
    total = format_duration(sum(spent))
    return total if len(view.runs) == 1 else f"{total} in all"


def waiting_words(view: ExperimentView, most: int = 3) -> list[str]:
    """Say why runs wait, each reason once; nothing of those that just wait."""
    reasons = Counter(
        run.reason for run in view.runs if run.state is RunState.WAITING and run.reason
    )
    told = [
        f"{counted(count, 'run')}: {reason}" if len(view.runs) > 1 else reason
        for reason, count in list(reasons.items())[:most]
    ]
    more = len(reasons) - len(told)
    return [*told, f"and {more} more: labbook queue"] if more else told


def time_left(runs: Sequence[RunView]) -> float | None:
    """Estimate the seconds until the last run ends, None where nothing tells.

    Waiting runs are taken to last as long as those that finished, and to run as
    many side by side as run now.
    """
    running = [run for run in runs if run.state is RunState.RUNNING]
    waiting = sum(run.state is RunState.WAITING for run in runs)
    known = [
        run.progress.remaining
        for run in running
        if run.progress and run.progress.remaining is not None
    ]
    left = max(known, default=0.0)
    if len(known) < len(running):
        return None
    if waiting:
        past = [
            run.seconds
            for run in runs
            if run.state is RunState.FINISHED and run.seconds is not None
        ]
        if not past or not running:
            return None
        left += math.ceil(waiting / len(running)) * fmean(past)
    return left if math.isfinite(left) else None


def progress_share(run: RunView) -> float | None:
    """Tell how much of a run is done, from 0 to 1; None where it has no end."""
    progress = run.progress
    if progress is None or not progress.total or not progress.total > 0:
        return None
    share = progress.done / progress.total
    return min(1.0, max(0.0, share)) if math.isfinite(share) else None


def probability_words(verdict: Verdict) -> str:
    """Say what the author gave a prediction; empty if nothing."""
    if verdict.probability is None:
        return ""
    return f"you gave it {format_number(100 * verdict.probability, 3)} %"


def shared_parameters(view: ExperimentView) -> dict[str, Value]:
    """Collect the parameters that all runs have in common."""
    if not view.runs:
        return {}
    first = view.runs[0].parameters
    return {name: value for name, value in first.items() if name not in view.varied}


def next_steps(view: ExperimentView) -> list[tuple[str, str]]:
    """Say what to do now: pairs of a sentence and the command for it."""
    name = shlex.quote(view.name)
    states = {run.state for run in view.runs}
    steps = []
    if RunState.HELD in states:
        steps.append(
            ("It waits under a ticket that you did not sign:", f"labbook rerun {name}")
        )
    failures = [run for run in view.runs if run.state in _FAILURES]
    if failures:
        place = f"{name}/{failures[0].label}" if len(view.runs) > 1 else name
        steps.append(("See how it failed:", f"labbook tail {place}"))
    if RunState.RUNNING in states:
        steps.append(("Follow the output:", f"labbook tail {name} -f"))
    elif (
        view.runs
        and view.ended
        and not view.conclusion
        and len(failures) < len(view.runs)
    ):
        steps.append(("What did you learn?", f'labbook conclude {name} "..."'))
    return steps


def run_state_words(run: RunView) -> str:
    """Say where a run stands, and whether what it logged counts."""
    return f"{run.state.value}, tainted" if run.taint else run.state.value


def runs_table(view: ExperimentView, most: int = 12) -> tuple[Table, str]:
    """Put the runs into a table, seeds of one setting together.

    Returns
    -------
    Table, str
        The rows, and a note that says what they leave out; it may be empty.
    """
    groups = grouped(view, view.varied)
    varied = view.varied[:_MOST_VARIED]
    metrics = metric_names(view)
    metrics = [m for m in metrics if any(m in run.final for run in view.runs)]
    unseen = len(metrics) - _MOST_METRICS
    metrics = metrics[:_MOST_METRICS]
    if _seeds_only(groups):
        table, notes = _groups_table(view, varied, groups[:most], metrics), []
        notes.append("mean ± standard deviation of the seeds")
        left_out = len(groups) - most
        noun = "setting"
    else:
        runs = sorted(view.runs, key=lambda run: _STATE_ORDER.index(run.state))
        runs = view.runs if len(runs) <= most else runs[:most]
        table, notes = _singles_table(view, varied, runs, metrics), []
        left_out = len(view.runs) - most
        noun = "run"
    if left_out > 0:
        notes.append(f"{counted(left_out, f'more {noun}')} not listed")
    if len(view.varied) > len(varied):
        unlisted = len(view.varied) - len(varied)
        notes.append(f"{counted(unlisted, 'more parameter')} varied")
    if unseen > 0:
        notes.append(f"{counted(unseen, 'more metric')} logged")
    return table, "; ".join(notes)


def _seeds_only(groups: list[Group]) -> bool:
    """Whether settings were repeated, each time with another seed."""
    return any(len(group.runs) > 1 for group in groups) and all(
        len({run.seed for run in group.runs}) == len(group.runs) for group in groups
    )


def _groups_table(
    view: ExperimentView, varied: list[str], groups: list[Group], metrics: list[str]
) -> Table:
    columns = [Column(name, _numeric(view, name)) for name in varied]
    columns += [Column("seeds"), *(Column(name, numeric=True) for name in metrics)]
    columns.append(Column("time", numeric=True))
    cells = [[_mean_words(group, name) for group in groups] for name in metrics]
    rows = []
    for index, group in enumerate(groups):
        parameters = group.runs[0].parameters
        seconds = [run.seconds for run in group.runs if run.seconds is not None]
        rows.append(
            (
                *(format_value(parameters.get(name)) for name in varied),
                _seed_words(group),
                *(cell[index] for cell in cells),
                format_duration(sum(seconds)) if seconds else "",
            )
        )
    return Table(tuple(columns), tuple(rows))


def _seed_words(group: Group) -> str:
    words = _seeds_ended(group)
    return f"{words}, tainted" if group.tainted else words


def _seeds_ended(group: Group) -> str:
    total = len(group.runs)
    finished = sum(run.state is RunState.FINISHED for run in group.runs)
    if finished == total:
        return str(total)
    others = Counter(run.state for run in group.runs)
    del others[RunState.FINISHED]
    words = [f"{count} {state.value}" for state, count in others.items()]
    return ", ".join([f"{finished} of {total}", *words])


def _mean_words(group: Group, metric: str) -> str:
    values = [final_value(run, metric) for run in group.runs]
    values = [value for value in values if not math.isnan(value)]
    if not values:
        return "–"  # noqa: RUF001  # a dash marks a cell that has no value
    if len(values) == 1:
        return format_number(values[0])
    mean, deviation = fmean(values), stdev(values)
    if deviation == 0 or abs(mean) / deviation > 1e6:
        return format_number(mean)
    # Two digits of the deviation say how many of the mean there are.
    decimals = max(0, 1 - int(f"{deviation:.1e}".partition("e")[2]))
    if decimals > 6:
        return f"{format_number(mean)} ± {format_number(deviation, 2)}"
    return f"{mean:.{decimals}f} ± {deviation:.{decimals}f}"


def _singles_table(
    view: ExperimentView, varied: list[str], runs: list[RunView], metrics: list[str]
) -> Table:
    several_seeds = len({run.seed for run in view.runs}) > 1
    columns = [Column("run")]
    columns += [Column(name, _numeric(view, name)) for name in varied]
    columns += [Column("seed", numeric=True)] if several_seeds else []
    columns += [Column("state"), *(Column(name, numeric=True) for name in metrics)]
    columns.append(Column("time", numeric=True))
    cells = [_metric_cells(runs, name) for name in metrics]
    rows = [
        (
            run.label,
            *(format_value(run.parameters.get(name)) for name in varied),
            *([str(run.seed)] if several_seeds else []),
            run_state_words(run),
            *(cell[index] for cell in cells),
            "" if run.seconds is None else format_duration(run.seconds),
        )
        for index, run in enumerate(runs)
    ]
    return Table(tuple(columns), tuple(rows))


def _metric_cells(runs: list[RunView], metric: str) -> list[str]:
    known = [run.final[metric] for run in runs if metric in run.final]
    texts = iter(format_alike(known))
    return [next(texts) if metric in run.final else "–" for run in runs]  # noqa: RUF001


def _numeric(view: ExperimentView, name: str) -> bool:
    values = [run.parameters.get(name) for run in view.runs]
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
