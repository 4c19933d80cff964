"""From the words of a header to what its runs ask for while they wait."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions.shown import ShownRuns
from jupyter_labbook.errors import InvalidInputError, LabbookError, NotFoundError
from jupyter_labbook.execution import capacity
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.execution.deciding import Machine, Reason, Waiting, decide
from jupyter_labbook.execution.queue_folder import QueueFolder
from jupyter_labbook.model.experiment import ASKED
from jupyter_labbook.model.queue import Wishes
from jupyter_labbook.model.run import AtEnd, Launch, Predecessor, RunState, Ticket
from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.storage import run_state, windows
from jupyter_labbook.storage.settings import state_folder, user_settings

if TYPE_CHECKING:
    from jupyter_labbook.model.experiment import Header
    from jupyter_labbook.model.run import Expected
    from jupyter_labbook.storage.labbook import LabbookFolder
    from jupyter_labbook.storage.settings import UserSettings

_AFTER: Final = re.compile(r"([^\s()]+)\s*(\(\s*any\s+end\s*\))?")
"""``baseline``, ``baseline/003``, ``baseline (any end)``."""


def wishes(
    header: Header, labbook: LabbookFolder | None, expected: Expected | None = None
) -> Wishes:
    """Read what the runs of an experiment ask for, and see that they could ever start.

    Parameters
    ----------
    header
        What was declared.
    labbook
        Where the experiments are that come first; None if there is no labbook yet.
    expected
        How long the longest of the runs will probably take, if anybody can tell.

    Raises
    ------
    InvalidInputError
        There is no such window; it asks for more than this machine has, for what
        comes first to end before itself, or for what failed to finish; or it takes
        longer than its window ever lasts, and would be stopped.
    NotFoundError
        There is no experiment, or no run of it, that is to come first.
    """
    named = {name: getattr(header, name) for name in ASKED}
    named["at_end"] = AtEnd(header.at_end)
    named["after"] = _predecessors(header, labbook)
    found = Wishes(**named)
    refuse_never(_ticket(found, header, expected))
    return found


def overrun(asked: Wishes, header: Header, expected: Expected | None) -> str:
    """Say that the longest of the runs will still run when its window has closed.

    Returns
    -------
    str
        Empty if some opening of the window is long enough, if nobody can tell, or if
        that is the very reason for which it waits, which is told anyway.
    """
    if expected is None:
        return ""
    machine = _free_machine(user_settings())
    ticket = _timed_alone(_ticket(asked, header, expected))
    [decision] = decide([Waiting("", ticket, machine.moment)], machine)
    if decision.reason is Reason.WINDOW and decision.opens:
        # Of a window that is closed only its opening is told.
        machine = replace(machine, moment=decision.opens)
        [decision] = decide([Waiting("", ticket, machine.moment)], machine)
    return decision.sentence if decision.start else ""


def _predecessors(
    header: Header, labbook: LabbookFolder | None
) -> tuple[Predecessor, ...]:
    found: dict[Predecessor, None] = {}
    for text in header.after:
        for part in text.strip("[] ").split(","):
            matched = _AFTER.fullmatch(part.strip())
            if matched is None:
                raise InvalidInputError(
                    f"`after: {part.strip()}` names no experiment: write "
                    "`after: baseline`, or `after: baseline (any end)`."
                )
            name, any_end = matched.groups()
            runs = _runs(name, header, labbook)
            found |= dict.fromkeys(
                Predecessor(run=_place(run), success=any_end is None) for run in runs
            )
    if found and labbook is not None:
        _refuse_circle(list(found), header, labbook)
        _refuse_failed(list(found), labbook)
    return tuple(found)


def _runs(
    reference: str, header: Header, labbook: LabbookFolder | None
) -> list[RunFolder]:
    name, _, label = reference.partition("/")
    if name == header.name and not label:
        raise InvalidInputError(
            f"`after: {name}` lets {name} wait for itself: name another experiment."
        )
    if labbook is None:
        raise NotFoundError(
            f"`after: {reference}` cannot be waited for: there is no labbook yet."
        )
    try:
        experiment = labbook.experiment(name)
        runs = [experiment.run(label)] if label else ShownRuns(experiment).look()
    except NotFoundError as error:
        raise NotFoundError(
            f"`after: {reference}` cannot be waited for. {error}"
        ) from error
    if not runs:
        raise NotFoundError(
            f"`after: {reference}` cannot be waited for: {name} has no run yet; submit "
            "it first."
        )
    return runs


def _place(run: RunFolder) -> str:
    return run.path.relative_to(run.labbook).as_posix()


def _refuse_circle(
    after: list[Predecessor], header: Header, labbook: LabbookFolder
) -> None:
    """Refuse to wait for what itself waits for this experiment.

    The runs that wait would come to their turn all the same, since each waits for
    what was there before it; but nobody who writes a circle means that.
    """
    seen: set[str] = set()
    left = [(one.run, one.run) for one in after]
    while left:
        place, first = left.pop()
        if place in seen:
            continue
        seen.add(place)
        for before in _waits_for(RunFolder(labbook.path / place)):
            if _name(before.run) == header.name:
                name = _name(first)
                raise InvalidInputError(
                    f"`after: {name}` closes a circle: {name} waits for {header.name} "
                    "already; leave one of the two out, or cancel what waits."
                )
            left.append((before.run, first))


def _waits_for(run: RunFolder) -> list[Predecessor]:
    try:
        if run.exit.exists() or run.started.exists():
            return []
        ticket = run_state.read_ticket(run)
    except LabbookError:
        return []
    return ticket.after if ticket else []


def _name(place: str) -> str:
    return place.split("/")[1].partition("-")[2]


def _refuse_failed(after: list[Predecessor], labbook: LabbookFolder) -> None:
    clock = SystemClock()
    ticket = Ticket(
        run="", submitted="", launch=Launch(argv=[], cwd=""), after=list(after)
    )
    waiting = Waiting("", ticket, clock.now())
    ends = QueueFolder(labbook, clock).ends([waiting])
    for one in after:
        state = ends.get(one.run)
        over = state is not None and state.ended
        if one.success and over and state is not RunState.FINISHED:
            name = f"{_name(one.run)}/{one.run.rpartition('/')[2]}"
            raise InvalidInputError(
                f"`after: {_name(one.run)}` would wait for ever, since {name} is "
                f"{state}: rerun that one first, or write "
                f"`after: {_name(one.run)} (any end)`."
            )


def refuse_never(ticket: Ticket) -> None:
    """Refuse what could not start even on a machine that is free, at any time.

    Raises
    ------
    InvalidInputError
        Says why.
    """
    settings = user_settings()
    windows.window(settings, ticket.when)
    machine = _free_machine(settings)
    if ticket.gpus or ticket.cores or ticket.memory:
        pool = capacity.pool(state_folder(), settings)
        gpus = len(pool.gpus)
        machine = replace(machine, gpus=gpus, cores=pool.cores, memory=pool.memory)
        machine = replace(
            machine, gpus_free=gpus, cores_free=pool.cores, memory_free=pool.memory
        )
    # A window that is closed now tells nothing of GPUs that are not there.
    for asked in (
        _timed_alone(ticket),
        replace(ticket, after=[], held=False, when="now"),
    ):
        [decision] = decide([Waiting("", asked, machine.moment)], machine)
        if decision.reason is Reason.NEVER_FITS and not (
            decision.start or decision.opens
        ):
            raise InvalidInputError(decision.sentence)


def _free_machine(settings: UserSettings) -> Machine:
    """A machine on which nothing executes, now."""
    return Machine(
        moment=SystemClock().now(),
        window=lambda when: windows.window(settings, when),
        zone=windows.zone(settings),
        idle=True,
    )


def _timed_alone(ticket: Ticket) -> Ticket:
    """The same run, if it asked for nothing but its hours."""
    return replace(ticket, after=[], held=False, gpus=0, cores=0, memory=0)


def _ticket(asked: Wishes, header: Header, expected: Expected | None = None) -> Ticket:
    """Put what is asked for into the ticket of a run that nobody submits."""
    return Ticket(
        run="",
        submitted="",
        launch=Launch(argv=[], cwd="", timeout=header.timeout),
        when=asked.when,
        at_end=asked.at_end,
        gpus=asked.gpus,
        cores=asked.cores,
        memory=asked.memory,
        resumable=header.resumable,
        expected=expected,
    )
