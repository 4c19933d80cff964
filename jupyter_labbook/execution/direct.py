"""Starting a run at once, where nobody has to decide anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.execution import capacity, launch
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.execution.deciding import plain
from jupyter_labbook.storage import run_state, windows
from jupyter_labbook.storage.queue_state import read_queue
from jupyter_labbook.storage.settings import user_settings

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder
    from jupyter_labbook.storage.settings import UserSettings


def start(
    labbook: LabbookFolder, run: RunFolder, surroundings: launch.Surroundings
) -> bool:
    """Start a run that was submitted just now, if all it asks for is a free slot.

    Parameters
    ----------
    labbook, run
        The run, under a ticket that is known to be this user's.
    surroundings
        What its supervisor shares with others.

    Returns
    -------
    bool
        False if a dispatcher has to see to it: it waits for hours, room or other
        runs, the queue is paused, or somebody has to be there in case that it is
        broken off.
    """
    settings = user_settings()
    ticket = run_state.read_ticket(run)
    if ticket is None or not plain(ticket) or ticket.resumable or ticket.retries:
        return False
    if not _at_once(labbook, settings):
        return False
    pool = capacity.pool(Path(surroundings.state), settings, devices=False)
    holder = capacity.holder(run, ticket, SystemClock().now())
    claim = pool.claim(min(ticket.slots, settings.slots), holder=holder)
    if claim is None:
        return False
    surroundings.dispatchers.mkdir(mode=0o700, parents=True, exist_ok=True)
    terms = launch.Terms(ticket=ticket.signature)
    launch.start_run(run, ticket.launch, claim, surroundings, terms=terms).close()
    return True


def _at_once(labbook: LabbookFolder, settings: UserSettings) -> bool:
    """Whether nothing is said that holds for all runs."""
    moment = SystemClock().now()
    try:
        focus = windows.focus(settings)
        hours = focus.stretch(moment, moment) if focus else None
        return not read_queue(labbook.path).paused and not (
            hours is not None and hours.holds(moment)
        )
    except LabbookError:
        # The dispatcher says what is wrong.
        return False
