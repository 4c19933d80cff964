"""Verdicts of an experiment that has ended: recorded, looked up, or worked out."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_labbook.actions.concluding import record_verdict
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.known import recorded_verdicts
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.actions.shown import ShownRuns
from jupyter_labbook.errors import LabbookError

if TYPE_CHECKING:
    from jupyter_labbook.model.view import Outcome
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


def judge(labbook: LabbookFolder, experiment: ExperimentFolder) -> list[Outcome]:
    """Record what the data say of an ended experiment if that can be done; give it.

    Raises
    ------
    StorageError
        Its files cannot be read.
    """
    # Who only reads must not fail for want of a place to write.
    with suppress(LabbookError, OSError):
        record_verdict(labbook, experiment)
    declared = Declared.as_far_as_readable(experiment)
    labels = [run.label for run in ShownRuns(experiment).look()]
    recorded = recorded_verdicts(declared, labels)
    return work_out(labbook, experiment) if recorded is None else recorded


def work_out(labbook: LabbookFolder, experiment: ExperimentFolder) -> list[Outcome]:
    """Read the metrics and judge each prediction; nothing is recorded."""
    watch = ExperimentWatch(labbook, experiment)
    watch.poll()
    return [verdict.outcome for verdict in watch.verdicts()]
