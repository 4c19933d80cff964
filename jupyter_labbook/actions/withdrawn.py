"""Reading what tainted runs said beside what came out the second time."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.errors import LabbookError
from jupyter_labbook.model.view import Outcome
from jupyter_labbook.model.withdrawal import (
    OldAgainstNew,
    RepeatedMetric,
    RepeatedRun,
    VerdictChange,
)
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.history import EventKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_labbook.actions.observing import RunWatch
    from jupyter_labbook.storage.history import Event
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


def old_against_new(
    labbook: LabbookFolder, experiment: ExperimentFolder
) -> OldAgainstNew | None:
    """Compare the tainted runs of an experiment with those that repeat them.

    Returns
    -------
    OldAgainstNew or None
        None if no run of it is tainted.
    """
    watch = ExperimentWatch(labbook, experiment)
    watch.poll()
    taints = watch.taints
    if not taints:
        return None
    header = watch.declared.header
    reasons = dict.fromkeys(taint.reason for taint in taints.values())
    return OldAgainstNew(
        experiment=experiment.path.name,
        name=experiment.name,
        number=experiment.number,
        question=header.get("question") or header.get("why", ""),
        reason="; ".join(reasons),
        conclusion=watch.declared.conclusion,
        verdicts=tuple(_verdicts(watch)),
        runs=tuple(_runs(watch)),
    )


def repeated_since(
    labbook: LabbookFolder, experiment: ExperimentFolder, begin: datetime
) -> OldAgainstNew | None:
    """Compare as `old_against_new`, if a repetition has come to its end since.

    Returns
    -------
    OldAgainstNew or None
        None if nothing is tainted, not all repetitions have ended, or all had before.
    """
    # Metrics are read only where there is something to compare.
    if not Declared.as_far_as_readable(experiment).taints:
        return None
    found = old_against_new(labbook, experiment)
    if found is None or not found.ready:
        return None
    ends = [_ended(experiment, run.new) for run in found.runs if run.new]
    return found if any(end and end > begin for end in ends) else None


def _ended(experiment: ExperimentFolder, label: str) -> datetime | None:
    with suppress(LabbookError, ValueError):
        ended = run_state.read_exit(experiment.run(label))
        return datetime.fromisoformat(ended.time) if ended else None
    return None


def _verdicts(watch: ExperimentWatch) -> list[VerdictChange]:
    before = _before(watch)
    changes = []
    for verdict in watch.verdicts():
        known = before.get(verdict.prediction, {})
        changes.append(
            VerdictChange(
                prediction=verdict.prediction,
                old=_outcome(known.get("outcome")),
                old_observed=str(known.get("observed", "")),
                new=verdict.outcome,
                new_observed=verdict.observed,
            )
        )
    return changes


def _before(watch: ExperimentWatch) -> dict[str, dict[str, Any]]:
    """Verdicts by prediction, as last recorded before the first run was marked."""
    recorded: dict[str, dict[str, Any]] = {}
    marks = {taint.time for taint in watch.taints.values()}
    for event in watch.declared.events:
        if event.kind is EventKind.TAINTED and event.time in marks:
            break
        if event.kind is EventKind.VERDICT:
            recorded |= _by_prediction(event)
    return recorded


def _by_prediction(event: Event) -> dict[str, dict[str, Any]]:
    verdicts = event.data.get("verdicts")
    return {
        str(one.get("prediction", "")): one
        for one in (verdicts if isinstance(verdicts, list) else [])
        if isinstance(one, dict)
    }


def _outcome(word: object) -> Outcome | None:
    return next((outcome for outcome in Outcome if outcome == word), None)


def _runs(watch: ExperimentWatch) -> list[RepeatedRun]:
    every = [run for run in watch.all_runs() if run.record is not None]
    follows: dict[str, RunWatch] = {}
    for run in every:
        assert run.record is not None
        # Of several the last; what goes on with a repetition is part of it.
        for original in filter(None, (run.record.reruns, run.record.continues)):
            follows[original] = run
    found = []
    for run in every:
        taint = watch.taints.get(run.run.label)
        new = _end_of(run, follows)
        # One that is tainted as well stands in this one's place.
        if taint is not None and (new is None or new.run.label not in watch.taints):
            found.append(_pair(run, new, taint.reason))
    return found


def _end_of(run: RunWatch, follows: Mapping[str, RunWatch]) -> RunWatch | None:
    """Find the last of the runs that repeat one, or go on with its repetition."""
    chain: list[RunWatch] = []
    following = follows.get(run.record.id) if run.record else None
    while following is not None and following not in chain:
        chain.append(following)
        following = follows.get(following.record.id) if following.record else None
    return chain[-1] if chain else None


def _pair(old: RunWatch, new: RunWatch | None, reason: str) -> RepeatedRun:
    before, after = old.summaries, new.summaries if new else {}
    assert old.record is not None
    return RepeatedRun(
        old=old.run.label,
        new=new.run.label if new else "",
        state=new.state if new else None,
        reason=reason,
        parameters=dict(old.record.parameters),
        seed=old.record.seed,
        metrics=tuple(
            RepeatedMetric(
                metric=name,
                old=before[name].last if name in before else None,
                new=after[name].last if name in after else None,
            )
            for name in dict.fromkeys((*before, *after))
        ),
    )
