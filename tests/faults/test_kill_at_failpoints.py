"""``kill -9`` at every named place, then what a labbook's next use finds."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.execution import launch
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime import failpoints
from jupyter_labbook.storage import run_state
from tests import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_labbook.storage.labbook import LabbookFolder

BODY = """
    import os
    from jupyter_labbook import run_dir
    # The side effect that counts how often this body was executed.
    os.close(os.open(run_dir() / f"executed-{os.getpid()}", os.O_CREAT))
"""

# A kill here leaves the run without anybody who could know how it went.
LOSES_THE_RUN = {"supervisor.started-written", "runner.begun"}


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in failpoints.NAMES
        if not name.startswith(("submit.", "going-on."))
    ],
)
def test_nothing_runs_twice_and_everything_that_waits_still_starts(
    name: str,
    labbook: LabbookFolder,
    tmp_path: Path,
    until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = tmp_path / "token"
    monkeypatch.setenv(failpoints.VARIABLE, f"{name}={token}")
    target = running.experiment(labbook)
    runs = [
        running.queue(labbook, target, textwrap.dedent(BODY), grace=1.0)
        for _ in range(4)
    ]

    def settled() -> bool:
        launch.ensure_dispatcher(labbook.path, running.surroundings())
        return token.exists() and all(run_state.derive(run).ended for run in runs)

    until(settled)
    states = [run_state.derive(run) for run in runs]
    executed = [len(list(run.path.glob("executed-*"))) for run in runs]
    assert max(executed) == 1
    for run, state, times in zip(runs, states, executed, strict=True):
        assert run.started.exists()
        if state is RunState.FINISHED:
            assert run.exit.exists()
            assert times == 1
        else:
            assert state in (RunState.LOST, RunState.FAILED)
    unfinished = sum(state is not RunState.FINISHED for state in states)
    assert unfinished <= 1
    if name in LOSES_THE_RUN:
        assert unfinished == 1
        assert sum(executed) == len(runs) - 1


def test_every_failpoint_is_reached_in_the_code_by_that_name() -> None:
    import pathlib
    import re

    import jupyter_labbook

    package = pathlib.Path(jupyter_labbook.__file__).parent
    reached = {
        name
        for path in package.rglob("*.py")
        for name in re.findall(r'reach\("([^"]+)"\)', path.read_text())
    }
    assert reached == set(failpoints.NAMES)
