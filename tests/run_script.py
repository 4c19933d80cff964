"""Runs a few lines of Python as the script of a run, in a real process."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from jupyter_labbook.runtime.layout import RUN_VARIABLE, RunFolder

ROOT = Path(__file__).parents[1]


def environment(run: RunFolder | None, **more: str) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if "RANK" not in name}
    env.pop(RUN_VARIABLE, None)
    env["PYTHONPATH"] = str(ROOT)
    if run is not None:
        env[RUN_VARIABLE] = str(run.path)
    return {**env, **more}


# Coverage's own lock, held by a thread when another forks, hangs the child.
UNMEASURED = {"COVERAGE_PROCESS_START": "", "COVERAGE_PROCESS_CONFIG": ""}


def execute(
    source: str, run: RunFolder | None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a script to its end, which must be a good one."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)],
        env=environment(run, **more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.returncode}: {done.stderr}"
    return done
