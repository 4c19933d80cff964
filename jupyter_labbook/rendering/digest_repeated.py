"""What every form of the digest says of results that were withdrawn and repeated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyter_labbook.rendering.formats import format_alike, format_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_labbook.model.withdrawal import (
        OldAgainstNew,
        RepeatedMetric,
        RepeatedRun,
        VerdictChange,
    )

_MOST_VERDICTS: Final = 3
_MOST_RUNS: Final = 3
_MOST_METRICS: Final = 2
_MOST_GIVEN: Final = 3


def in_words(found: OldAgainstNew) -> dict[str, object]:
    """Put together all that is said of an experiment, for who draws it elsewhere."""
    return {
        "experiment": found.experiment,
        "why": why(found),
        "changes": changes(found),
        "pairs": pairs(found),
        "more": more(found),
        "verb": rest(found),
    }


def why(found: OldAgainstNew) -> str:
    """Say which experiment, and why its old runs do not count."""
    return f"{found.name} was run again: {found.reason}"


def changes(found: OldAgainstNew) -> list[tuple[str, str]]:
    """Name predictions, each with its verdict before and now."""
    return [
        (change.prediction, _change(change))
        for change in found.verdicts[:_MOST_VERDICTS]
    ]


def pairs(found: OldAgainstNew) -> list[str]:
    """Write what some runs logged before and now, a line each."""
    metrics = _metrics(found)
    return [_pair(run, metrics) for run in _repeated(found)[:_MOST_RUNS]]


def rest(found: OldAgainstNew) -> str:
    """Write the command that shows all of it."""
    return f"labbook compare {found.name}"


def more(found: OldAgainstNew) -> str:
    """Say how much is not shown; empty if nothing is left out."""
    runs = len(_repeated(found)) - _MOST_RUNS
    verdicts = len(found.verdicts) - _MOST_VERDICTS
    parts = [
        f"{number} more {word}"
        for number, word in ((verdicts, "verdicts"), (runs, "runs"))
        if number > 0
    ]
    return f"and {' and '.join(parts)}" if parts else ""


def _change(change: VerdictChange) -> str:
    old = change.old.value if change.old else "no verdict"
    old += f" ({change.old_observed})" if change.old_observed else ""
    new = change.new.value
    new += f" ({change.new_observed})" if change.new_observed else ""
    return f"was {old}, is {new}"


def _repeated(found: OldAgainstNew) -> list[RepeatedRun]:
    return [run for run in found.runs if run.new]


def _metrics(found: OldAgainstNew) -> list[str]:
    """Choose what is told of: what was predicted of, else what was logged first."""
    names = list(
        dict.fromkeys(metric.metric for run in found.runs for metric in run.metrics)
    )
    words = {
        word
        for change in found.verdicts
        for word in re.findall(r"[^\s()<>=+*/-]+", change.prediction)
    }
    predicted = [name for name in names if name in words]
    return (predicted or names)[:_MOST_METRICS]


def _pair(run: RepeatedRun, metrics: Sequence[str]) -> str:
    given = [f"{name}={format_value(value)}" for name, value in run.parameters.items()]
    given = [*given[:_MOST_GIVEN], f"seed={run.seed}"]
    values = [
        f"{metric.metric} {_values(metric)}"
        for metric in run.metrics
        if metric.metric in metrics
    ]
    ended = "" if run.state is None else run.state.value
    told = ", ".join(values) or ended
    return f"{run.old} → {run.new} ({', '.join(given)}): {told}"


def _values(metric: RepeatedMetric) -> str:
    known = [one for one in (metric.old, metric.new) if one is not None]
    texts = iter(format_alike(known))
    old, new = (
        "not logged" if one is None else next(texts) for one in (metric.old, metric.new)
    )
    return f"{old} → {new}"
