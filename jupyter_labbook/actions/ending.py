"""Ending runs: those that wait are cancelled, those that execute are stopped."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from jupyter_labbook.errors import StorageError
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime import exits, processes
from jupyter_labbook.runtime.wake import wake_all
from jupyter_labbook.storage import run_state, trust

if TYPE_CHECKING:
    from jupyter_labbook.execution.launch import Surroundings
    from jupyter_labbook.runtime.layout import RunFolder


def stop(run: RunFolder, reason: str, by: str, surroundings: Surroundings) -> RunState:
    """End a run, whatever it is doing.

    A waiting run is cancelled at once. A running one is asked to end itself, then
    interrupted, then killed; this returns as soon as the wish is stored.

    Returns
    -------
    RunState
        Where the run stood when it was asked; an ended run is left as it is.

    Raises
    ------
    StorageError
        The wish could not be stored.
    """
    state = run_state.derive(run, trust.trusted)
    if state.ended:
        return state
    try:
        exits.request_stop(run, reason, by)
        if _cancelled(run, reason):
            wake_all(surroundings.dispatchers)
            return state
    except OSError as error:
        raise StorageError(
            f"The wish to stop {run.path} could not be stored: {error.strerror}."
        ) from error
    _alert(run)
    return RunState.RUNNING


def _cancelled(run: RunFolder, reason: str) -> bool:
    """Record the end of a run that nobody has begun; False if somebody has."""
    # A supervisor begins by taking this lock, and then looks for the wish.
    held = processes.lock(run.lock)
    if held is None:
        return False
    try:
        if run.started.exists():
            return False
        record = {"state": exits.CANCELLED, "reason": f"cancelled: {reason}"}
        exits.write(run, record, "labbook")
        return True
    finally:
        os.close(held)


def _alert(run: RunFolder) -> None:
    """Make the supervisor look for the wish now; it would do so by itself soon."""
    started = run_state.read_started(run)
    if started is not None and run_state.can_be_seen(started):
        supervisor = started.supervisor
        processes.send(supervisor.pid, supervisor.ticks, signal.SIGTERM)
