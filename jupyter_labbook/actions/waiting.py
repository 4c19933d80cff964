"""Waiting for runs to end, without missing one and without hurry."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyter_labbook.actions import publishing
from jupyter_labbook.storage import run_state, trust
from jupyter_labbook.storage.labbook import LabbookFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_labbook.runtime.layout import RunFolder

_SHORTEST, _LONGEST = 0.01, 0.5
_REVIVE = 2.0
"""Seconds after which the dispatcher of runs that wait is asked after, each time."""


def wait(
    runs: Iterable[RunFolder],
    timeout: float | None = None,
    on_look: Callable[[], None] = lambda: None,
) -> bool:
    """Wait until every run has ended or will never start.

    Whoever waits also sees to it that somebody serves what waits for a slot: a
    supervisor may have been killed, or have found the disk full, before it began.

    Parameters
    ----------
    runs
        The runs.
    timeout
        Seconds; None waits for ever.
    on_look
        Called at every look, at most a hundred times a second.

    Returns
    -------
    bool
        False if the time was over first.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    open_runs = list(runs)
    pause = _SHORTEST
    served = time.monotonic()
    while True:
        open_runs = [
            run for run in open_runs if run_state.derive(run, trust.trusted).live
        ]
        on_look()
        if not open_runs:
            return True
        if time.monotonic() - served > _REVIVE:
            served = time.monotonic()
            _revive(open_runs)
        if deadline is not None and time.monotonic() >= deadline:
            return False
        time.sleep(pause)
        pause = min(_LONGEST, pause * 1.2)


def _revive(runs: list[RunFolder]) -> None:
    labbooks = {run.labbook for run in runs if not run.started.exists()}
    for labbook in labbooks:
        publishing.revive(LabbookFolder(labbook))
