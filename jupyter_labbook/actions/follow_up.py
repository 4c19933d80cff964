"""Started by the supervisor of an experiment's last run: ``-m`` with its folder."""

from __future__ import annotations

import sys
from pathlib import Path

from jupyter_labbook.actions.concluding import record_verdict
from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


def main() -> None:
    """Record the verdict of the experiment whose folder is the first argument."""
    experiment = ExperimentFolder(Path(sys.argv[1]))
    record_verdict(LabbookFolder(experiment.labbook), experiment)


if __name__ == "__main__":
    main()
