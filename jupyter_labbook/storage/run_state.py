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


def can_be_seen(started: Started) -> bool:
    """Whether this process can see those that a run was started with.

    The boot's own name tells, because a laptop's host name changes with its network;
    where there is none, the host's.
    """
    boot = processes.boot_id()
    same_boot = started.boot == boot if boot else started.host == socket.gethostname()
    return same_boot and started.namespace == processes.pid_namespace()


def _of_started(run: RunFolder, started: Started) -> RunState:
    if can_be_seen(started):
        # The lock misses a run whose supervisor is gone on NFS, where flock does
        # not pass to children; there the process itself tells.
        alive = processes.locked(run.lock) or any(
            processes.alive(process.pid, process.ticks)
            for process in (started.supervisor, started.main)
        )
    elif started.boot == processes.boot_id() or started.host != socket.gethostname():
        # In another container of this machine, or on another machine.
        return RunState.UNKNOWN
    else:
        # This machine has been started anew since.
        alive = False
    if alive:
        return RunState.RUNNING
    # It may have ended between the first look and this one.
    ended = read_exit(run)
    return ended.state if ended is not None else RunState.LOST
