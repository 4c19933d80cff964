"""Which runs of an experiment are shown: those of its newest version."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.standing import quiet, stamp
from jupyter_labbook.errors import StorageError
from jupyter_labbook.model.run import RunRecord
from jupyter_labbook.storage import records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder

Run = TypeVar("Run")


def of_version(runs: Mapping[Run, int | None], version: int) -> list[Run]:
    """Choose the runs of a version, or all where none is of it.

    Parameters
    ----------
    runs
        Each with the version that it belongs to. None: its record is damaged, and it
        belongs to all of them.
    version
        The newest.
    """
    if version not in runs.values():
        return list(runs)
    return [run for run, own in runs.items() if own is None or own == version]


class ShownRuns:
    """The runs of an experiment's newest version, asked for again and again."""

    def __init__(self, experiment: ExperimentFolder) -> None:
        self._experiment = experiment
        self._versions: dict[RunFolder, int | None] = {}
        self._declared: int = 0
        self._stamp: object = self

    def look(self) -> list[RunFolder]:
        """List them as they are now.

        Raises
        ------
        StorageError
            The folder cannot be read.
        """
        seen = stamp(self._experiment.history)
        if seen != self._stamp or not quiet(seen):
            self._stamp = seen
            self._declared = Declared.as_far_as_readable(self._experiment).version
        runs = self._experiment.runs()
        self._versions = {
            run: self._versions[run] if run in self._versions else _version(run)
            for run in runs
        }
        return of_version(self._versions, self._declared)


def _version(run: RunFolder) -> int | None:
    try:
        record = records.read(run.record, RunRecord)
    except StorageError:
        return None
    return record.version if record else None
