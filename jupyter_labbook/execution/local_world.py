"""The machine, as a labbook's dispatcher finds it and acts on it."""

from __future__ import annotations

import os
import shutil
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from jupyter_labbook.errors import InvalidInputError, LabbookError
from jupyter_labbook.execution import capacity, idle, launch
from jupyter_labbook.execution.deciding import Decision, Machine, Waiting
from jupyter_labbook.execution.filling import Filling
from jupyter_labbook.execution.queue_folder import QueueFolder
from jupyter_labbook.execution.rounds import Began
from jupyter_labbook.execution.sequel import BY_QUEUE
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime import exits, processes
from jupyter_labbook.runtime.failpoints import reach
from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.storage import run_state, trust, windows
from jupyter_labbook.storage.night_log import NightLog
from jupyter_labbook.storage.queue_state import read_queue
from jupyter_labbook.storage.settings import UserSettings, user_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_labbook.execution.clock import Clock
    from jupyter_labbook.execution.forkserver import Forkserver
    from jupyter_labbook.execution.slots import Claim, Holder, SlotPool
    from jupyter_labbook.model.night import NightEvent
    from jupyter_labbook.model.run import Ticket
    from jupyter_labbook.storage.labbook import LabbookFolder

_START_SECONDS: Final = 30.0
"""How long a supervisor may take to say that its run has started."""
_ROOM: Final = 16 * 2**20
"""Bytes that must be free on the labbook's disk, unless that is a small one."""
_ROOM_PART: Final = 0.01
_REMEMBERED: Final = timedelta(minutes=10)
_SHORTEST_PAUSE: Final = 2.0
_LONGEST_PAUSE: Final = 60.0


class LocalWorld:
    """The runs of one labbook, and the machine that they share with others.

    Parameters
    ----------
    labbook
        Whose runs wait.
    surroundings
        What all dispatchers of this user share.
    clock
        Whose moments count.
    """

    def __init__(
        self,
        labbook: LabbookFolder,
        surroundings: launch.Surroundings,
        clock: Clock,
    ) -> None:
        self._labbook = labbook
        self._surroundings = surroundings
        self._clock = clock
        self._queue = QueueFolder(labbook, clock)
        self._log = NightLog(labbook.path)
        self._forkserver: Forkserver | None = None
        self._several = False
        self._settings: UserSettings | None = None
        self._idle = idle.IdleWatch()
        self._focus = False
        self._refreshed = datetime.fromtimestamp(0, UTC)
        self._asked: set[str] = set()
        """Runs that were asked to give way."""
        self.holders: list[Holder] = []
        """Who held slots when it was asked how things stand, of all labbooks."""
        self._wish: Claim | None = None
        """That nothing fills up while room is made for a run of ours."""
        self._follow: dict[Path, tuple[float, float]] = {}
        """When the follow-up of an experiment is started again, and the pause then."""
        self._filling = Filling(labbook, surroundings, clock)

    def start_through(self, forkserver: Forkserver) -> None:
        """Have supervisors forked from now on when several runs wait."""
        self._forkserver = forkserver

    def waiting(self) -> list[Waiting]:
        """Find the runs that wait under a ticket which may be executed."""
        return self._queue.waiting()

    def searches(self) -> list[Waiting]:
        """Find the accepted searches, each as if its next run were waiting."""
        return self._filling.searches()

    def propose(self, place: str, beat: float) -> None:
        """Have the next run of a search queued."""
        self._filling.propose(place, beat)

    def machine(self, moment: datetime, waiting: Sequence[Waiting]) -> Machine:
        """Say how things stand."""
        settings = self._settings = self._read_settings()
        self._several = len(waiting) > 1
        if self._forkserver is not None:
            self._forkserver.rest()
        self._refresh(moment)
        paused = self._paused()
        try:
            zone, focus = windows.zone(settings), windows.focus(settings)
        except InvalidInputError as error:
            # Whoever protects their hours with a word that means nothing is told.
            zone, focus, paused = ZoneInfo("UTC"), None, paused or str(error)
        hours = focus.stretch(moment, moment) if focus else None
        self._focus = hours is not None and hours.holds(moment)
        pool = self._pool(settings, devices=any(one.ticket.gpus for one in waiting))
        held, self.holders = pool.look()
        return Machine(
            moment=moment,
            window=lambda when: windows.window(settings, when),
            zone=zone,
            idle=self._is_idle(moment, waiting, settings, held.slots),
            slots=pool.count,
            slots_free=max(0, pool.count - held.slots),
            gpus=len(pool.gpus),
            gpus_free=len(pool.gpus) - held.gpus,
            cores=pool.cores,
            cores_free=pool.cores - held.cores,
            memory=pool.memory,
            memory_free=pool.memory - held.memory,
            paused=paused,
            focus=self._focus,
            focus_ends=hours.end if hours and self._focus else None,
            disk_full=_full(self._labbook.path),
            wanted=self._wish is None and pool.wanted(),
            ends=self._queue.ends(list(waiting)),
        )

    def start(self, decision: Decision) -> Began:
        """Start a run, and wait until it has begun."""
        assert self._settings is not None
        run = self._queue.run(decision.place)
        # Another ticket may have taken its place since it was decided upon.
        ticket = self._queue.ticket(run)
        if ticket is None or ticket.held or not trust.trusted(run, ticket):
            return Began.REFUSED
        pool = self._pool(self._settings, devices=ticket.gpus > 0)
        claim = pool.claim(
            min(ticket.slots, pool.count),
            gpus=ticket.gpus,
            cores=ticket.cores,
            memory=ticket.memory,
            holder=capacity.holder(run, ticket, self._clock.now()),
        )
        if claim is None:
            return Began.NO_ROOM
        reach("dispatcher.claimed")
        starting = launch.start_run(
            run,
            ticket.launch,
            claim,
            self._surroundings,
            terms=launch.Terms.of(
                ticket,
                decision,
                niceness=self._settings.focus.niceness if self._focus else 0,
            ),
            through=self._forkserver,
        )
        reach("dispatcher.launched")
        try:
            began = starting.wait(_START_SECONDS)
        finally:
            starting.close()
        if self._forkserver is not None and self._several:
            # While this one executes.
            self._forkserver.begin()
        if began and ticket.backfill:
            self._filling.came()
        return Began.STARTED if began else Began.REFUSED

    def executing(self) -> list[tuple[str, Ticket]]:
        """Find runs that only fill up: of others, then ours, the newest last."""
        own = self._labbook.path.resolve()
        filling = [Path(one.run) for one in self.holders if one.fills]
        others = [run for run in filling if not run.is_relative_to(own)]
        found = [(str(run), _of_running(RunFolder(run))) for run in others]
        return [
            *((place, ticket) for place, ticket in found if ticket is not None),
            *self._queue.executing(),
        ]

    def give_way(self, place: str) -> None:
        """Ask a run to end since others wait; asking again changes nothing."""
        if place in self._asked:
            return
        self._asked.add(place)
        run = self._queue.run(place)
        try:
            exits.request_stop(run, "it gives way to a run that waits", BY_QUEUE)
            started = run_state.read_started(run)
        except (LabbookError, OSError):
            self._asked.discard(place)
            return
        if started is not None and run_state.can_be_seen(started):
            supervisor = started.supervisor
            processes.send(supervisor.pid, supervisor.ticks, signal.SIGTERM)

    def make_room(self, *, wanted: bool) -> None:
        """Have nothing fill up the room that is freed, in any labbook, while wanted."""
        if wanted and self._wish is None:
            assert self._settings is not None
            self._wish = self._pool(self._settings, devices=False).want()
        elif not wanted and self._wish is not None:
            self._wish.release()
            self._wish = None

    def go_on(self, beat: float) -> bool:
        """Start what goes on with runs that were broken off, until it has."""
        if not self._surroundings.on_end:
            return False
        folders, needed = self._queue.broken_off()
        for folder in self._follow.keys() - folders:
            del self._follow[folder]
        for folder in folders:
            not_before, pause = self._follow.get(folder, (beat, _SHORTEST_PAUSE))
            if beat >= not_before:
                launch.follow_up(folder, self._surroundings)
                longer = min(2 * pause, _LONGEST_PAUSE)
                self._follow[folder] = (beat + pause, longer)
        return needed

    def unfinished(self) -> bool:
        """Whether there are runs that may have to be gone on with."""
        return bool(self._surroundings.on_end) and self._queue.broken_off()[1]

    def note(self, events: Sequence[NightEvent]) -> None:
        """Write down what happened."""
        self._log.append(*events)

    def noted(self) -> NightEvent | None:
        """Find what was written down last."""
        return self._log.last()

    def _read_settings(self) -> UserSettings:
        try:
            return user_settings()
        except LabbookError:
            # Somebody edits them; those that could be read go on to count.
            if self._settings is None:
                raise
            return self._settings

    def _paused(self) -> str:
        try:
            return read_queue(self._labbook.path).paused
        except LabbookError as error:
            return str(error)

    def _pool(self, settings: UserSettings, *, devices: bool) -> SlotPool:
        state = Path(self._surroundings.state)
        return capacity.pool(state, settings, focus=self._focus, devices=devices)

    def _refresh(self, moment: datetime) -> None:
        """Ask anew, now and then, for what is remembered of the machine."""
        if not timedelta(0) <= moment - self._refreshed < _REMEMBERED:
            self._refreshed = moment
            windows.refresh()
            capacity.refresh()

    def _is_idle(
        self,
        moment: datetime,
        waiting: Sequence[Waiting],
        settings: UserSettings,
        runs: int,
    ) -> bool:
        if not any(one.ticket.when.strip().lower() == "idle" for one in waiting):
            return False
        gpu = capacity.gpu_use() if capacity.gpus(settings) else 0.0
        return self._idle.observe(moment, settings.idle, idle.load(runs), gpu)


def _of_running(run: RunFolder) -> Ticket | None:
    """What a run of another labbook asked for; None if it does not execute.

    One that is only about to start would be cancelled for good by a wish that it end.
    """
    try:
        running = run_state.derive(run) is RunState.RUNNING
        return run_state.read_ticket(run) if running else None
    except LabbookError:
        return None


def _full(folder: Path) -> bool:
    """Whether a run that began now would soon find no room to write."""
    try:
        usage = shutil.disk_usage(folder)
        inodes = os.statvfs(folder)
    except OSError:
        return False
    if inodes.f_files and not inodes.f_favail:
        return True
    return usage.free < min(_ROOM, usage.total * _ROOM_PART)
