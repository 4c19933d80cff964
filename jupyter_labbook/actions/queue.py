"""Changing what waits: held, released, started now, moved, put in order, paused."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions import publishing, why_waiting
from jupyter_labbook.actions.wishes import refuse_never
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.runtime import files, processes
from jupyter_labbook.runtime.exits import timestamp
from jupyter_labbook.runtime.layout import QUEUE_LOCK
from jupyter_labbook.storage import records, run_state, trust
from jupyter_labbook.storage.labbook import ExperimentFolder, writing_failed
from jupyter_labbook.storage.queue_state import read_queue, write_queue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jupyter_labbook.model.run import Ticket
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder


def hold(labbook: LabbookFolder, runs: Iterable[RunFolder]) -> None:
    """Let runs wait until they are released, whatever their hours.

    Raises
    ------
    InvalidInputError
        One of them waits no longer, or under a ticket of somebody else; those before
        it are held.
    StorageError
        A ticket could not be stored; what it said before still holds.
    """
    _change(labbook, runs, lambda ticket: replace(ticket, held=True))


def release(labbook: LabbookFolder, runs: Iterable[RunFolder]) -> None:
    """Let runs that were held start in their hours again; raises as `hold`."""
    _change(labbook, runs, lambda ticket: replace(ticket, held=False))


def start_now(labbook: LabbookFolder, runs: Iterable[RunFolder]) -> None:
    """Let runs start as soon as there is room, after all; raises as `hold`.

    They wait neither for a window nor for other runs, and are held no longer.
    """
    moment = timestamp()
    _change(
        labbook,
        runs,
        lambda ticket: replace(
            ticket, when="now", since=moment, after=[], held=False, backfill=False
        ),
    )


def move(labbook: LabbookFolder, runs: Iterable[RunFolder], when: str) -> None:
    """Let runs wait for another window; raises as `hold`.

    Raises
    ------
    InvalidInputError
        There is no such window, or a run could never start in it.
    """
    moment = timestamp()

    def moved(ticket: Ticket) -> Ticket:
        changed = replace(ticket, when=when, since=moment)
        refuse_never(changed)
        return changed

    _change(labbook, runs, moved)


def prioritize(
    labbook: LabbookFolder, runs: Iterable[RunFolder], priority: int
) -> None:
    """Let runs start before all of lower priority; raises as `hold`."""
    _change(labbook, runs, lambda ticket: replace(ticket, priority=priority))


def reorder(
    labbook: LabbookFolder,
    runs: Sequence[RunFolder],
    waiting: Sequence[RunFolder],
    before: RunFolder | None = None,
) -> None:
    """Put runs in order by hand; raises as `hold`.

    They take the priority of the one that they are put before.

    Parameters
    ----------
    runs
        In the order in which they are to start.
    waiting
        Everything that waits, in its order now.
    before
        The run before which they are put; None puts them first.
    """
    moved = set(runs)
    others = [run for run in waiting if run not in moved]
    if not others:
        _change_each(labbook, [(run, {"rank": float(i)}) for i, run in enumerate(runs)])
        return
    before = before or others[0]
    if before not in others:
        name = _name(before)
        raise InvalidInputError(f"{name} does not wait, so nothing is put before it.")
    tickets = {run: _asked(run) for run in others}
    behind = tickets[before]
    ahead = [
        run
        for run in others[: others.index(before)]
        if tickets[run].priority == behind.priority
    ]
    changes: list[tuple[RunFolder, dict[str, Any]]] = []
    rank = behind.rank
    floor = tickets[ahead[-1]].rank if ahead else rank - len(runs) - 1
    step = (rank - floor) / (len(runs) + 1)
    if rank - step in (rank, floor):
        # No number is between them: those ahead are moved on, as far as they must.
        step = 1.0
    for run in reversed(runs):
        rank -= step
        changes.append((run, {"rank": rank, "priority": behind.priority}))
    for run in reversed(ahead):
        if tickets[run].rank < rank:
            break
        rank -= 1.0
        changes.append((run, {"rank": rank}))
    # Those ahead first, so that nothing overtakes when this is cut short.
    _change_each(labbook, changes[::-1])


def pause(labbook: LabbookFolder, why: str = "by hand") -> None:
    """Let nothing start any more; what executes goes on.

    When this returns, whatever has not started by then does not start.

    Raises
    ------
    StorageError
        It could not be stored.
    """
    told = " ".join(why.split()) or "by hand"
    told = told if told.endswith((".", "!", "?")) else f"{told}."
    _pause(labbook, told)


def resume(labbook: LabbookFolder) -> None:
    """Let runs start again; raises as `pause`."""
    _pause(labbook, "")


def _pause(labbook: LabbookFolder, why: str) -> None:
    with labbook.lock(), labbook.starts_lock():
        write_queue(labbook.path, replace(read_queue(labbook.path), paused=why))
    _tell(labbook)


def _change(
    labbook: LabbookFolder,
    runs: Iterable[RunFolder],
    change: Callable[[Ticket], Ticket],
) -> None:
    try:
        with labbook.lock():
            for run in runs:
                _replace(run, change)
    finally:
        _tell(labbook)


def _change_each(
    labbook: LabbookFolder, changes: Sequence[tuple[RunFolder, dict[str, Any]]]
) -> None:
    try:
        with labbook.lock():
            for run, fields in changes:
                _replace(run, partial(replace, **fields))
    finally:
        _tell(labbook)


def _replace(run: RunFolder, change: Callable[[Ticket], Ticket]) -> None:
    """Replace a ticket that is this user's by another one, signed anew."""
    # A supervisor begins by taking this lock: what executes cannot be changed, and it
    # does not begin under another ticket than the one that was decided upon.
    held = processes.lock(run.lock)
    if held is None:
        raise InvalidInputError(f"{_name(run)} executes already: nothing was changed.")
    try:
        ticket = _asked(run)
        changed = trust.sign(replace(change(ticket), signature=""))
        if changed != ticket:
            files.replace(run.ticket, records.encode(changed))
    except OSError as error:
        raise writing_failed(run.path, error) from error
    finally:
        os.close(held)


def _asked(run: RunFolder) -> Ticket:
    """Read the ticket of a run that waits."""
    if run.exit.exists() or run.started.exists():
        raise InvalidInputError(
            f"{_name(run)} waits no longer: nothing of it can be changed."
        )
    ticket = run_state.read_ticket(run)
    if ticket is None:
        raise InvalidInputError(
            f"{_name(run)} does not wait: run its cell again to submit it."
        )
    reason = trust.distrust(run, ticket)
    if reason:
        raise InvalidInputError(
            f"{_name(run)} is not yours to change: {reason}. Rerun it under your own "
            "name."
        )
    return ticket


def _name(run: RunFolder) -> str:
    return f"{ExperimentFolder(run.experiment).name}/{run.label}"


def _tell(labbook: LabbookFolder) -> None:
    # For pages that look at it; who cannot write has changed nothing.
    with suppress(OSError):
        (labbook.path / QUEUE_LOCK).touch(0o600)
    why_waiting.forget(labbook)
    publishing.revive(labbook)
