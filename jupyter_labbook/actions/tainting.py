"""Marking runs as tainted, taking that back, and checking what was marked."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions.concluding import record_verdict
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.errors import InvalidInputError, LabbookError, NotFoundError
from jupyter_labbook.model.run import RunRecord
from jupyter_labbook.runtime.exits import timestamp
from jupyter_labbook.storage import records
from jupyter_labbook.storage.history import EventKind, History
from jupyter_labbook.storage.history_check import Problem, Severity
from jupyter_labbook.storage.labbook import ExperimentFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_labbook.actions.concerned import Concerned
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.history import Event
    from jupyter_labbook.storage.labbook import LabbookFolder

_MARKS = (EventKind.TAINTED, EventKind.CLEARED)


def mark(
    labbook: LabbookFolder, concerned: Iterable[Concerned], reason: str
) -> list[RunFolder]:
    """Mark runs as tainted; what was recorded of them before is kept.

    Verdicts that rest on them are worked out anew from what is left, also those of
    other experiments, and recorded beside the earlier ones. Doing it again marks
    nothing twice, and completes what was broken off.

    Returns
    -------
    list of RunFolder
        Those that were not marked yet.

    Raises
    ------
    InvalidInputError
        There is no reason.
    StorageError
        Not all could be stored.
    """
    require_reason(reason)
    by_experiment: dict[ExperimentFolder, list[Concerned]] = {}
    folders: dict[Any, ExperimentFolder] = {}
    for one in concerned:
        path = one.run.experiment
        folder = folders.setdefault(path, ExperimentFolder(path))
        by_experiment.setdefault(folder, []).append(one)
    marked: list[RunFolder] = []
    with labbook.lock():
        for experiment, runs in by_experiment.items():
            known = Declared.of(experiment).taints
            new = [one for one in runs if one.run.label not in known]
            if new:
                data = {
                    "runs": {one.run.label: _id(one.run) for one in new},
                    "reason": reason.strip(),
                    "found": {one.run.label: one.found for one in new if one.found},
                }
                History(experiment.path).append(EventKind.TAINTED, data, timestamp())
                marked += [one.run for one in new]
    judge_anew(labbook, by_experiment)
    return marked


def require_reason(reason: str) -> None:
    """See to it, before anything is asked or stored, that later readers are told why.

    Raises
    ------
    InvalidInputError
        There is no reason.
    """
    if not reason.strip():
        raise InvalidInputError(
            'Say why, for those who look later: --reason "off by one in split_data"'
        )


def clear(labbook: LabbookFolder, references: Iterable[str]) -> list[RunFolder]:
    """Let runs count again that were marked.

    Parameters
    ----------
    labbook
        Where they are.
    references
        ``NAME/RUN`` each, or ``NAME`` for every marked run of it.

    Raises
    ------
    NotFoundError
        One of them is not there, or is not marked; nothing was changed.
    """
    wanted: dict[Any, tuple[ExperimentFolder, set[str]]] = {}
    with labbook.lock():
        for reference in references:
            name, _, label = reference.partition("/")
            experiment = labbook.experiment(name)
            taints = Declared.of(experiment).taints
            labels = {experiment.run(label).label} if label else set(taints)
            if not labels or labels - taints.keys():
                raise NotFoundError(f"{reference} is not tainted; nothing was changed.")
            known = wanted.setdefault(experiment.path, (experiment, set()))
            known[1].update(labels)
        for experiment, labels in wanted.values():
            runs = {one: _id(experiment.run(one)) for one in sorted(labels)}
            History(experiment.path).append(
                EventKind.CLEARED, {"runs": runs}, timestamp()
            )
    judge_anew(labbook, [experiment for experiment, _ in wanted.values()])
    return [
        experiment.run(label)
        for experiment, labels in wanted.values()
        for label in sorted(labels)
    ]


def judge_anew(labbook: LabbookFolder, changed: Iterable[ExperimentFolder]) -> None:
    """Record what the data say now, of experiments and of those that name them."""
    paths = {experiment.path for experiment in changed}
    names = {ExperimentFolder(path).name for path in paths}
    for experiment in labbook.experiments():
        if experiment.path in paths or _names_any(experiment, names):
            # Who looks at it next tries again, as after any end.
            with suppress(LabbookError, OSError):
                record_verdict(labbook, experiment)


def _names_any(experiment: ExperimentFolder, names: set[str]) -> bool:
    """Whether a prediction of an experiment speaks of another one."""
    predictions = " ".join(Declared.as_far_as_readable(experiment).predictions)
    return any(
        re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", predictions)
        for name in names
    )


def misplaced_marks(labbook: LabbookFolder) -> list[Problem]:
    """Find marks of a whole labbook that name no run, or another than there is."""
    return [
        Problem(Severity.FINDING, History(experiment.path).place(name), said)
        for experiment in labbook.experiments()
        # Events that cannot be read are found by the check of the history.
        for event in Declared.as_far_as_readable(experiment).events
        if event.kind in _MARKS
        for name in [f"{event.seq:04d}-{event.kind}.json"]
        for said in _misplaced(experiment, event)
    ]


def _misplaced(experiment: ExperimentFolder, event: Event) -> Iterator[str]:
    runs = event.data.get("runs")
    if not isinstance(runs, dict) or not runs:
        yield "This mark names no runs, so it says nothing."
        return
    there = {run.label: run for run in experiment.runs()}
    for label, identifier in runs.items():
        if label not in there:
            yield f"The run {label}, which was {event.kind} here, is gone."
        elif identifier and _id(there[label]) not in ("", identifier):
            yield f"The run {label} is not the one that was {event.kind} here."


def _id(run: RunFolder) -> str:
    """Id of a run; empty if its record is damaged."""
    try:
        record = records.read(run.record, RunRecord)
    except LabbookError:
        return ""
    return record.id if record else ""
