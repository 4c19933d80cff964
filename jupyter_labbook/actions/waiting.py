"""Waiting for runs to end, without missing one and without hurry."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyter_labbook.storage import run_state, trust

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_labbook.runtime.layout import RunFolder

_SHORTEST, _LONGEST = 0.01, 0.5


def wait(
    runs: Iterable[RunFolder],
    timeout: float | None = None,
    on_look: Callable[[], None] = lambda: None,
) -> bool:
    """Wait until every run has ended or will never start.

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
    while True:
        open_runs = [
            run for run in open_runs if run_state.derive(run, trust.trusted).live
        ]
        on_look()
        if not open_runs:
            return True
        if deadline is not None and time.monotonic() >= deadline:
            return False
        time.sleep(pause)
        pause = min(_LONGEST, pause * 1.2)
