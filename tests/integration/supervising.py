"""Looking at the processes of a run, and ending them."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import psutil

from jupyter_labbook.runtime import exits, processes
from jupyter_labbook.storage import run_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.model.run import Started
    from jupyter_labbook.runtime.layout import RunFolder

    Until = Callable[..., None]


def stop(run: RunFolder) -> None:
    exits.request_stop(run, "the test wants it", "test")
    started = run_state.read_started(run)
    assert started is not None
    processes.send(started.supervisor.pid, started.supervisor.ticks, signal.SIGTERM)


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def started_of(run: RunFolder) -> Started:
    started = run_state.read_started(run)
    assert started is not None
    return started


def kill_supervisor(run: RunFolder, until: Until) -> None:
    pid = started_of(run).supervisor.pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: not lives(pid))
