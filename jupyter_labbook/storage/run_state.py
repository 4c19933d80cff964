"""Deriving where a run stands from its files."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from jupyter_labbook.model.run import Exit, RunState, Started, Ticket
from jupyter_labbook.runtime import processes
from jupyter_labbook.storage import records

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.runtime.layout import RunFolder


def derive(
    run: RunFolder, trusted: Callable[[RunFolder, Ticket], bool] | None = None
) -> RunState:
    """Say where a run stands; nothing is stored, so nothing can be outdated.

    Parameters
    ----------
    run
        The run.
    trusted
        Tells whether a ticket may be executed here; without it every ticket counts
        as waiting.

    Raises
    ------
    CorruptFileError
        One of the files that decide does not hold a record.
    """
    ended = read_exit(run)
    if ended is not None:
        return ended.state
    started = read_started(run)
    if started is not None:
        return _of_started(run, started)
    ticket = read_ticket(run)
    if ticket is None:
        return RunState.REGISTERED
    if trusted is not None and not trusted(run, ticket):
        return RunState.HELD
    return RunState.WAITING


def read_exit(run: RunFolder) -> Exit | None:
    """How the run ended, if it has."""
    return records.read(run.exit, Exit)


def read_started(run: RunFolder) -> Started | None:
    """Who executes or executed the run, if anybody."""
    return records.read(run.started, Started)


def read_ticket(run: RunFolder) -> Ticket | None:
    """What the run asks for, if it was queued."""
    return records.read(run.ticket, Ticket)


def is_here(started: Started) -> bool:
    """Whether a run was started on this machine."""
    return started.host == socket.gethostname()


def _of_started(run: RunFolder, started: Started) -> RunState:
    if is_here(started) and started.boot != processes.boot_id():
        alive = False
    elif not is_here(started) or started.namespace != processes.pid_namespace():
        return RunState.UNKNOWN
    else:
        # The lock misses a run whose supervisor is gone on NFS, where flock does
        # not pass to children; there the process itself tells.
        alive = processes.locked(run.lock) or any(
            processes.alive(process.pid, process.ticks)
            for process in (started.supervisor, started.main)
        )
    if alive:
        return RunState.RUNNING
    # It may have ended between the first look and this one.
    ended = read_exit(run)
    return ended.state if ended is not None else RunState.LOST
