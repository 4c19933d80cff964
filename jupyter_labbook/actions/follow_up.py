"""Started when an experiment's run has ended: ``-m`` with the experiment's folder."""

from __future__ import annotations

import sys
from pathlib import Path

from jupyter_labbook.actions.concluding import record_verdict
from jupyter_labbook.actions.going_on import go_on
from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


def main() -> None:
    """Go on with runs that were broken off; if none has to be, record the verdict.

    The experiment's folder is the first argument.
    """
    experiment = ExperimentFolder(Path(sys.argv[1]))
    labbook = LabbookFolder(experiment.labbook)
    if not go_on(labbook, experiment):
        record_verdict(labbook, experiment)


if __name__ == "__main__":
    main()
