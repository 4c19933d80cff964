"""Pre-flight by itself, in a process of its own: whoever submits does not wait.

What is found lies in the experiment's folder, where views and digest read it. Started
with ``-m`` and the experiment's folder.
"""

from __future__ import annotations

import fcntl
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import preflight, publishing
from jupyter_labbook.errors import StorageError
from jupyter_labbook.execution import launch
from jupyter_labbook.model.preflight import Preflight
from jupyter_labbook.runtime import files
from jupyter_labbook.storage import records
from jupyter_labbook.storage.labbook import (
    ExperimentFolder,
    LabbookFolder,
    writing_failed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOWEST: Final = 19
_COMMAND: Final = (sys.executable, "-m", "jupyter_labbook.actions.preflight.later")


def begin(experiments: Iterable[ExperimentFolder]) -> None:
    """Let experiments be looked into, and return at once.

    What is found is there for `read` when it is done. A machine on which no process
    can be started is no reason to refuse what was submitted.
    """
    around = replace(publishing.surroundings(), on_end=_COMMAND)
    for experiment in experiments:
        launch.follow_up(experiment.path, around)


def read(experiment: ExperimentFolder) -> Preflight | None:
    """Read what was last found about an experiment; None if nobody looked.

    Raises
    ------
    CorruptFileError
        The file does not hold such a record.
    """
    return records.read(experiment.preflight, Preflight)


def look(experiment: ExperimentFolder) -> Preflight:
    """Look into one experiment, and leave what is found in its folder.

    Raises
    ------
    StorageError
        It could not be stored.
    """
    labbook = LabbookFolder(experiment.labbook)
    try:
        # Of two that were begun at once, the later sees what both were begun for.
        with (experiment.path / ".preflight.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = preflight.check(labbook, experiment.path.name)
            files.replace(experiment.preflight, records.encode(found))
    except StorageError:
        raise
    except OSError as error:
        raise writing_failed(experiment.preflight, error) from error
    return found


def main() -> None:
    """Look into the experiment whose folder is the first argument."""
    os.nice(_LOWEST)
    look(ExperimentFolder(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
