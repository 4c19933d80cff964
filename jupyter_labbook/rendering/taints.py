"""What is said of runs that do not count any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.rendering.escaping import one_line
from jupyter_labbook.rendering.formats import counted, format_alike, format_value
from jupyter_labbook.rendering.tables import Column, Table, table_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_labbook.model.view import RunView
    from jupyter_labbook.model.withdrawal import OldAgainstNew, RepeatedRun

_MOST_LABELS = 6


def tainted_note(runs: Sequence[RunView], *, concluded: bool) -> str:
    """Say which runs do not count any more, and why; empty if all do."""
    tainted = [run for run in runs if run.taint]
    if not tainted:
        return ""
    labels = ", ".join(run.label for run in tainted[:_MOST_LABELS])
    more = len(tainted) - _MOST_LABELS
    labels += f" and {more} more" if more > 0 else ""
    why = "; ".join(dict.fromkeys(run.taint for run in tainted))
    verb = "is tainted and does" if len(tainted) == 1 else "are tainted and do"
    before = " The conclusion was drawn before that." if concluded else ""
    return (
        f"{len(tainted)} of {counted(len(runs), 'run')} {verb} not count any more: "
        f"{labels} ({why}).{before}"
    )


def old_against_new_text(found: OldAgainstNew, width: int = 100) -> str:
    """Write what tainted runs said beside what came out the second time."""
    head = (
        f"{one_line(found.name)} · experiment {found.number}",
        one_line(found.question),
        f"Its old runs are tainted: {one_line(found.reason)}.",
    )
    parts = ["\n".join(head)]
    if found.verdicts:
        parts.append("\n".join(_changes(found)))
    if found.runs:
        parts.append(table_text(_pairs(found), width))
    if found.conclusion:
        parts.append(f"Concluded from the old runs: {one_line(found.conclusion)}")
    return "\n\n".join(parts) + "\n"


def _changes(found: OldAgainstNew) -> list[str]:
    lines = []
    for change in found.verdicts:
        old = "no verdict" if change.old is None else change.old.value
        old += f" ({change.old_observed})" if change.old_observed else ""
        new = change.new.value
        new += f" ({change.new_observed})" if change.new_observed else ""
        lines.append(f"{one_line(change.prediction)}\n  was {old}, is {new}")
    return lines


def _pairs(found: OldAgainstNew) -> Table:
    names = list(
        dict.fromkeys(metric.metric for run in found.runs for metric in run.metrics)
    )
    columns = [Column("old"), Column("new"), Column("state"), Column("given")]
    for name in names:
        columns += [Column(name, numeric=True), Column("now", numeric=True)]
    rows = [
        (
            run.old,
            run.new or "–",  # noqa: RUF001  # a dash marks a cell that has no value
            run.state.value if run.state else "not run again",
            _given(run),
            *(cell for name in names for cell in _values(run, name)),
        )
        for run in found.runs
    ]
    return Table(tuple(columns), tuple(rows))


def _given(run: RepeatedRun) -> str:
    given = [f"{name}={format_value(value)}" for name, value in run.parameters.items()]
    return ", ".join([*given, f"seed={run.seed}"])


def _values(run: RepeatedRun, name: str) -> list[str]:
    for metric in run.metrics:
        if metric.metric == name:
            values = (metric.old, metric.new)
            texts = iter(format_alike([one for one in values if one is not None]))
            return ["–" if one is None else next(texts) for one in values]  # noqa: RUF001
    return ["–", "–"]  # noqa: RUF001
