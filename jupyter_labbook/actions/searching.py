"""Going on with an accepted search: queueing its next run, or saying why there is none.

Everything is found in the files: a search has no memory beside its runs.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_labbook.actions import publishing, submit, varying
from jupyter_labbook.actions.queue_watch import QueueWatch
from jupyter_labbook.actions.search_standing import DO_INSTEAD, Standing
from jupyter_labbook.errors import InvalidInputError, NotFoundError
from jupyter_labbook.execution import launch
from jupyter_labbook.execution.asking import Waiting
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.model.backfill import TAG
from jupyter_labbook.model.experiment import Header
from jupyter_labbook.runtime import processes
from jupyter_labbook.storage.searches import read_searches, write_searches

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_labbook.execution.clock import Clock
    from jupyter_labbook.model.backfill import Search
    from jupyter_labbook.model.experiment import Variant
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder


def propose_next(
    labbook: LabbookFolder, name: str, clock: Clock | None = None
) -> RunFolder | None:
    """Queue the next run of a search, if it is accepted and there is room for it.

    Parameters
    ----------
    labbook, name
        Where, and the name of the search.
    clock
        Whose moments count.

    Returns
    -------
    RunFolder or None
        The run; None if none was queued, which its owner is told if it matters.
    """
    around = publishing.surroundings()
    around.dispatchers.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = processes.lock(launch.dispatcher_file(labbook.path, around, ".proposing"))
    if held is None:
        # Whoever proposes now may choose this very run.
        return None
    try:
        return _propose(labbook, name, (clock or SystemClock()))
    finally:
        os.close(held)


def _propose(labbook: LabbookFolder, name: str, clock: Clock) -> RunFolder | None:
    search = find(labbook, name)
    if search is None or search.ended:
        return None
    moment = clock.now()
    run = None
    try:
        standing = Standing.of(labbook, search)
        if why := standing.over():
            _end(labbook, search, why, moment)
        elif until := standing.enough(moment):
            amend(labbook, replace(search, rests=until.isoformat()))
        elif standing.ready and _has_room(labbook, search, clock):
            run = _next(labbook, standing, moment)
    except (InvalidInputError, NotFoundError) as error:
        _end(labbook, search, f"It cannot go on: {error}", moment)
    if run is not None:
        publishing.revive(labbook)
    return run


def _next(
    labbook: LabbookFolder, standing: Standing, moment: datetime
) -> RunFolder | None:
    variant = standing.next_run()
    if variant is not None:
        return _publish(labbook, standing, variant)
    told = "It is done: every setting between those of the sweep has been tried."
    _end(labbook, standing.search, told, moment)
    return None


def _end(labbook: LabbookFolder, search: Search, why: str, moment: datetime) -> None:
    amend(labbook, replace(search, ended=why, ended_at=moment.isoformat()))


def find(labbook: LabbookFolder, name: str) -> Search | None:
    """Find an accepted search by its name."""
    for one in read_searches(labbook.path):
        if one.name == name:
            return one
    return None


def amend(labbook: LabbookFolder, search: Search) -> None:
    """Replace what is known of an accepted search; one that was stopped stays so."""
    with labbook.lock():
        known = read_searches(labbook.path)
        if any(one.name == search.name for one in known):
            changed = [search if one.name == search.name else one for one in known]
            write_searches(labbook.path, changed)


def _has_room(labbook: LabbookFolder, search: Search, clock: Clock) -> bool:
    """Whether a run could begin now, and none that waits would begin later for it."""
    extra = Waiting(search.name, search.asks, clock.now())
    return QueueWatch(labbook, clock).has_room(extra)


def _publish(labbook: LabbookFolder, standing: Standing, variant: Variant) -> RunFolder:
    search, model = standing.search, standing.model
    plan = varying.plan_like(model.run, model.record, variant, DO_INSTEAD)
    wanted = "max" if search.higher else "min"
    header = Header(
        name=search.name,
        why=f"backfill of {standing.origin.experiment.name}: {wanted} {search.metric}",
        tags=(TAG,),
    )
    experiment, version, _ = submit.register(labbook, header, standing.work)
    origin = varying.origin_like(model.record, search.asks)
    [run] = publishing.publish(
        labbook, experiment, [plan], replace(origin, version=version)
    )
    return run
