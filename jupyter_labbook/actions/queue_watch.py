"""The queue of a labbook as it stands, and what is to be expected of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import publishing
from jupyter_labbook.actions.queue_entries import (
    executes,
    foreign,
    queue_view,
    waits,
)
from jupyter_labbook.actions.queued_runs import Queued, QueuedRuns
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.execution.deciding import decide
from jupyter_labbook.execution.local_world import LocalWorld
from jupyter_labbook.insight.remembered_windows import RememberedWindows
from jupyter_labbook.insight.timeline import Executing, Foreseen, foresee
from jupyter_labbook.model.run import AtEnd, Launch, RunState, Ticket
from jupyter_labbook.storage import run_state, trust, windows
from jupyter_labbook.storage.progress import read_progress
from jupyter_labbook.storage.settings import user_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyter_labbook.execution.asking import Machine, Waiting
    from jupyter_labbook.execution.clock import Clock
    from jupyter_labbook.execution.slots import Holder
    from jupyter_labbook.model.queue import QueueEntry, QueueView
    from jupyter_labbook.model.window import Stretch
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder

_TONIGHT: Final = "tonight"
_EVER: Final = float("inf")
_FIRST: Final = 10**9
"""A priority before all others."""


class QueueWatch:
    """The queue of a labbook, looked at again and again; for one thread.

    Parameters
    ----------
    labbook
        The labbook.
    clock
        Whose moments count; the machine's own by default.
    """

    def __init__(self, labbook: LabbookFolder, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._labbook = labbook
        self._runs = QueuedRuns(labbook)
        self._world = LocalWorld(labbook, publishing.surroundings(), self._clock)

    def look(self, seconds: float = _EVER, most: float = _EVER) -> QueueView | None:
        """See what waits and executes, and work out when it will begin and end.

        Parameters
        ----------
        seconds
            How long the search for runs may take.
        most
            How many may wait.

        Returns
        -------
        QueueView or None
            None if there is not enough time, or there are too many.

        Raises
        ------
        StorageError
            The labbook, or a folder of the user's, cannot be read.
        """
        queued = self._runs.look(seconds)
        if queued is None or len(queued) > most:
            return None
        scene = self._scene(queued)
        waiting, machine, running = scene.waiting, scene.machine, scene.running
        foreseen = scene.foresee(waiting)
        by_place = {one.place: one for one in queued}
        entries = [
            executes(one, _end(one, machine), machine) for one in running if one.began
        ]
        entries += [
            waits(by_place[one.decision.place], one, machine) for one in foreseen
        ]
        entries += [foreign(one) for one in queued if one.state is RunState.HELD]
        return queue_view(machine, entries, waiting, self._runs.problems)

    def foresee_also(self, extra: Sequence[Waiting]) -> list[Foreseen]:
        """Say when runs would begin that nobody has submitted, behind all that waits.

        Parameters
        ----------
        extra
            What they would ask for; their places are names of their own.

        Raises
        ------
        StorageError
            The labbook, or a folder of the user's, cannot be read.
        """
        scene = self._scene(self._runs.look(_EVER) or [], extra)
        return _of(extra, scene.foresee([*scene.waiting, *extra]))

    def has_room(self, extra: Waiting) -> bool:
        """Whether a run could begin now without any that waits beginning later.

        Of one that can be gone on with it is enough that it could begin: it gives way
        and loses nothing. Raises as `foresee_also`.
        """
        scene = self._scene(self._runs.look(_EVER) or [], [extra])
        ahead = replace(extra.ticket, backfill=False, priority=_FIRST)
        first = replace(extra, ticket=ahead)
        behind = scene.foresee([*scene.waiting, extra])
        if not any(one.decision.start for one in _of([extra], behind)):
            return False
        if extra.ticket.resumable:
            return True
        with_it = _begins(scene.foresee([*scene.waiting, first]))
        without = _begins(scene.foresee(scene.waiting))
        return not any(
            _later(begins, with_it[place]) for place, begins in without.items()
        )

    def _scene(self, queued: list[Queued], extra: Sequence[Waiting] = ()) -> _Scene:
        """See how things stand; the machine counts what extra runs ask for too."""
        moment = self._clock.now()
        waiting = [one.waiting for one in queued if one.state is RunState.WAITING]
        machine = self._world.machine(moment, [*waiting, *extra])
        machine = self._spare(machine, queued)
        machine = replace(machine, window=RememberedWindows(machine.window))
        running = sorted(
            (one for one in queued if one.began), key=lambda one: (one.began, one.place)
        )
        executing = [
            Executing(one.place, one.ticket, _end(one, machine)) for one in running
        ]
        here = {one.place for one in queued}
        # Two smoke runs of an experiment go by one name.
        executing += [
            _other(f"{number} {place}", holder)
            for number, (place, holder) in enumerate(self._holders())
            if place not in here
        ]
        return _Scene(waiting, machine, running, executing)

    def _holders(self) -> list[tuple[str, Holder]]:
        """Name who holds slots by their places, if they are of this labbook."""
        folder = f"{self._labbook.path.resolve()}/"
        return [(one.run.removeprefix(folder), one) for one in self._world.holders]

    def _spare(self, machine: Machine, queued: Sequence[Queued]) -> Machine:
        """Count as free what runs hold that are just about to start with it."""
        held = dict(self._holders())
        starting = [
            held[one.place].share
            for one in queued
            if one.state is RunState.WAITING and one.place in held
        ]
        return replace(
            machine,
            slots_free=machine.slots_free + sum(one.slots for one in starting),
            gpus_free=machine.gpus_free + sum(one.gpus for one in starting),
            cores_free=machine.cores_free + sum(one.cores for one in starting),
            memory_free=machine.memory_free + sum(one.memory for one in starting),
        )

    def alone(self, run: RunFolder) -> QueueEntry | None:
        """Say why a run waits without a look at the others; None if it does not."""
        if run.exit.exists() or run.started.exists():
            return None
        ticket = run_state.read_ticket(run)
        if ticket is None or not trust.trusted(run, ticket):
            return None
        one = Queued.of(run, ticket, RunState.WAITING)
        machine = self._world.machine(self._clock.now(), [one.waiting])
        machine = self._spare(machine, [one])
        [decision] = decide([one.waiting], machine)
        return waits(one, Foreseen(decision), machine)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What waits and executes at a moment."""

    waiting: list[Waiting]
    machine: Machine
    running: list[Queued]
    executing: list[Executing]

    def foresee(self, waiting: Sequence[Waiting]) -> list[Foreseen]:
        """Say when each of some runs will probably begin and end."""
        stands = _stands(self.machine)
        return foresee(waiting, self.executing, stands, self.machine.moment)


def _other(place: str, holder: Holder) -> Executing:
    """See what holds a part of the machine, and is no run of this queue."""
    share, ends = holder.share, holder.ends
    ticket = Ticket(
        run="",
        submitted="",
        launch=Launch(argv=[], cwd=""),
        slots=share.slots,
        gpus=share.gpus,
        cores=share.cores,
        memory=share.memory,
    )
    ended = None if ends is None else datetime.fromtimestamp(ends, UTC)
    return Executing(place, ticket, ended)


def _of(extra: Sequence[Waiting], foreseen: Sequence[Foreseen]) -> list[Foreseen]:
    places = {one.place for one in extra}
    return [one for one in foreseen if one.decision.place in places]


def _later(before: datetime | None, after: datetime | None) -> bool:
    return before is not None and (after is None or after > before)


def _begins(foreseen: Sequence[Foreseen]) -> dict[str, datetime | None]:
    return {one.decision.place: one.begins for one in foreseen}


def _stands(now: Machine) -> Callable[[datetime], Machine]:
    """Tell how a machine would stand at another moment."""
    settings = user_settings()
    try:
        focus = windows.focus(settings)
    except InvalidInputError:
        # Why nothing starts then is told already.
        focus = None

    def at(moment: datetime) -> Machine:
        hours = focus.stretch(moment, moment) if focus else None
        mine = hours is not None and hours.holds(moment)
        if moment == now.moment:
            return now
        return replace(
            now,
            moment=moment,
            focus=mine,
            focus_ends=hours.end if hours and mine else None,
            slots=min(settings.slots, settings.focus.slots) if mine else settings.slots,
        )

    return at


def _end(one: Queued, machine: Machine) -> datetime | None:
    """Say when a run that executes will probably end."""
    assert one.began is not None
    ticket, found = one.ticket, []
    progress = read_progress(one.run)
    if progress is not None and progress.remaining is not None:
        found.append(machine.moment + timedelta(seconds=progress.remaining))
    elif ticket.expected is not None:
        found.append(one.began + timedelta(seconds=ticket.expected.middle))
    if found and ticket.launch.timeout is not None:
        found.append(one.began + timedelta(seconds=ticket.launch.timeout))
    if ticket.at_end is AtEnd.STOP:
        stretch = _stretch(machine, ticket.when, one.began)
        if stretch is not None and stretch.end is not None:
            found.append(stretch.end)
    return max(machine.moment, min(found)) if found else None


def _stretch(machine: Machine, when: str, moment: datetime) -> Stretch | None:
    try:
        return machine.window(when).stretch(moment, moment)
    except InvalidInputError:
        return None
