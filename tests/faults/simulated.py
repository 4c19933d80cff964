"""A machine made of numbers, on which the dispatcher's own loop is executed.

What is modelled is what the loop cannot be handed for real: processes that take hours,
nights that pass, clocks that are set, reboots. What is decided, in which order, and
what follows a run that was broken off is the package's own code.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jupyter_labbook.execution.deciding import Decision, Machine, Waiting
from jupyter_labbook.execution.rounds import LONGEST_WAIT, Began, Outlook, Rounds
from jupyter_labbook.execution.sequel import (
    BY_QUEUE,
    BY_WINDOW,
    Sequel,
    may_go_on,
    sequel,
)
from jupyter_labbook.model.run import AtEnd, RunState, Ticket
from jupyter_labbook.storage import windows
from tests.faults.actors import Person, Run, SimulatedClock, Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_labbook.model.night import NightEvent

START_SECONDS = 30.0
_MOST_PROPOSED = 10
"""Runs of one acceptance."""
MOST_LOOKS = 1000
"""In a time in which nobody but the dispatcher does anything."""


class KilledError(BaseException):
    """The dispatcher was killed in the middle of what it did."""


class SimulatedWorld:
    """Implements `execution.rounds.World`, and what happens without the dispatcher."""

    def __init__(self, clock: SimulatedClock, person: Person) -> None:
        self.clock = clock
        self.person = person
        self.runs: dict[str, Run] = {}
        self.supervisors: list[Supervisor] = []
        self.events: list[NightEvent] = []
        self.rounds: Rounds | None = None
        self.idle = False
        self.full = False
        self.full_is_seen = True
        self.fault = ""
        """Where the next start meets a kill, or takes too long."""
        self.follow_up_fault = ""
        self.looks = 0
        """Since somebody else last did anything."""
        self.started_at: list[tuple[Run, datetime]] = []
        self.search: Ticket | None = None
        """What the runs of an accepted search ask for."""
        self.proposed_at: list[datetime] = []
        self.proposed = 0
        self.decided_at: list[tuple[Ticket, datetime]] = []

    # What the loop asks for.

    def waiting(self) -> list[Waiting]:
        return [
            Waiting(run.place, run.ticket, run.since)
            for run in self.runs.values()
            if run.waits
        ]

    def machine(self, moment: datetime, waiting: Sequence[Waiting]) -> Machine:
        settings = self.person.settings
        focus = windows.focus(settings)
        hours = focus.stretch(moment, moment) if focus else None
        in_focus = hours is not None and hours.holds(moment)
        slots = (
            min(settings.slots, settings.focus.slots) if in_focus else settings.slots
        )
        return Machine(
            moment=moment,
            window=lambda when: windows.window(settings, when),
            zone=windows.zone(settings),
            idle=self.idle,
            slots=slots,
            slots_free=max(0, slots - self.slots_held),
            gpus=self.person.gpus,
            gpus_free=self.person.gpus - len(self.gpus_held),
            cores=self.person.cores,
            cores_free=self.person.cores - self.held("cores"),
            memory=self.person.memory,
            memory_free=self.person.memory - self.held("memory"),
            paused=self.person.paused,
            focus=in_focus,
            focus_ends=hours.end if hours and in_focus else None,
            disk_full=self.full and self.full_is_seen,
            ends=self._ends(waiting),
        )

    def start(self, decision: Decision) -> Began:
        run = self.runs[decision.place]
        fault, self.fault = self.fault, ""
        if fault:
            run.troubled = self.clock.beat
        claim = self._claim(run)
        if claim is None:
            return Began.NO_ROOM
        if fault == "dispatcher.claimed":
            raise KilledError
        begun = Supervisor(run, run.ticket, claim, decision.opens, decision.closes)
        self.decided_at.append((run.ticket, self.clock.moment))
        self.supervisors.append(begun)
        if fault == "dispatcher.launched":
            raise KilledError
        if fault == "slow":
            self.pass_by(START_SECONDS)
            return Began.REFUSED
        self.begin(begun, fault)
        return Began.STARTED if run.owner is begun else Began.REFUSED

    def executing(self) -> list[tuple[str, Ticket]]:
        return [
            (run.place, run.ticket)
            for run in self.runs.values()
            if run.executes and run.ticket.backfill
        ]

    def give_way(self, place: str) -> None:
        run = self.runs[place]
        run.wish = run.wish or BY_QUEUE

    def make_room(self, *, wanted: bool) -> None:
        """Do nothing: there is no other labbook."""

    def go_on(self, beat: float) -> bool:
        del beat
        for run in list(self.runs.values()):
            if self.wanted(run) is not None:
                self.follow_up(run)
        return any(
            may_go_on(run.ticket) and (run.executes or self.wanted(run) is not None)
            for run in self.runs.values()
        )

    def searches(self) -> list[Waiting]:
        if self.search is None:
            return []
        since = self.clock.moment
        return [Waiting("search", replace(self.search, rank=1e12), since)]

    def propose(self, place: str, beat: float) -> None:
        """Publish the next run of the search, which takes half an hour."""
        del place, beat
        assert self.search is not None
        known = [run for run in self.runs.values() if run.ticket is self.search]
        if self.full or len(known) >= _MOST_PROPOSED or any(r.waits for r in known):
            return
        self.proposed += 1
        self.proposed_at.append(self.clock.moment)
        place = f"experiments/0002-search/runs/{self.proposed:03d}"
        run = Run(place, self.search, self.clock.moment, 1800.0)
        self.runs[place] = run
        self.use()

    def note(self, events: Sequence[NightEvent]) -> None:
        self.events += events

    def noted(self) -> NightEvent | None:
        return self.events[-1] if self.events else None

    # What is held.

    @property
    def live(self) -> Iterator[Supervisor]:
        return (each for each in self.supervisors if each.holds)

    @property
    def slots_held(self) -> int:
        return sum(self.slots_of(each.run) for each in self.live)

    def slots_of(self, run: Run) -> int:
        return min(run.ticket.slots, self.person.settings.slots)

    @property
    def gpus_held(self) -> list[int]:
        return [gpu for each in self.live for gpu in each.gpus]

    def held(self, what: str) -> int:
        return sum(getattr(each.run.ticket, what) for each in self.live)

    def _claim(self, run: Run) -> frozenset[int] | None:
        free = sorted(set(range(self.person.gpus)) - set(self.gpus_held))
        ticket = run.ticket
        room = (
            self.slots_of(run) <= self.person.settings.slots - self.slots_held
            and ticket.cores <= self.person.cores - self.held("cores")
            and ticket.memory <= self.person.memory - self.held("memory")
            and ticket.gpus <= len(free)
        )
        return frozenset(free[: ticket.gpus]) if room else None

    # What a supervisor does.

    def begin(self, each: Supervisor, fault: str = "") -> None:
        """Let a supervisor go on from its first line to the opened gate."""
        run, now = each.run, self.clock.moment
        locked = run.owner is not None
        late = (each.closes is not None and now >= each.closes) or (
            each.opens is not None and now < each.opens
        )
        wished = run.ended or run.wish or run.ticket is not each.ticket
        if fault == "supervisor.begun" or locked or wished or late:
            each.alive = False
        elif self.full or run.started:
            # What decides who may execute the run could not be written.
            each.alive = False
            run.troubled = self.clock.beat if self.full else run.troubled
        else:
            run.started = True
            run.owner = each
            if fault == "supervisor.started-written":
                self._let_go(each)
                return
            run.executed += 1
            self.started_at.append((run, now))
            each.main = True
            each.begun = self.clock.beat
            if fault == "supervisor.gate-opened":
                each.alive = False

    def pass_by(self, seconds: float, *, asleep: bool = False) -> None:
        """Let time go by; while the machine sleeps, nothing else happens."""
        if asleep:
            self.clock.moment += timedelta(seconds=seconds)
            return
        self.clock.pass_by(seconds)
        for each in list(self.live):
            if each.main:
                self._go_on_executing(each)
            else:
                self.begin(each)

    def _go_on_executing(self, each: Supervisor) -> None:
        run = each.run
        done = self.clock.beat - each.begun
        stops = run.ticket.at_end is AtEnd.STOP and each.closes is not None
        if stops and each.alive and self.clock.moment >= each.closes:
            run.wish = run.wish or BY_WINDOW
        if self.full:
            # An end that cannot be written down is not one yet.
            return
        if run.wish and each.alive:
            self._end(each, RunState.STOPPED, done)
        elif done >= run.seconds:
            self._end(each, RunState.FINISHED, run.seconds)

    def _end(self, each: Supervisor, state: RunState, done: float) -> None:
        run = each.run
        run.ended = state
        run.seconds -= done if run.ticket.resumable else 0.0
        witnessed = each.alive
        self._let_go(each)
        if witnessed and self.wanted(run) is not None:
            self.follow_up(run)

    def _let_go(self, each: Supervisor) -> None:
        each.alive = each.main = False
        if each.run.owner is each:
            each.run.owner = None

    def next_end(self) -> float:
        """Seconds until a run ends, or is to; where neither can be, a long time."""
        left = [START_SECONDS * 1000]
        for each in self.live:
            ending = each.run.wish and each.alive and not self.full
            if not each.main or ending:
                left.append(1.0)
            elif not self.full:
                left.append(each.run.seconds - (self.clock.beat - each.begun))
                stops = each.run.ticket.at_end is AtEnd.STOP and each.alive
                if stops and each.closes is not None:
                    left.append((each.closes - self.clock.moment).total_seconds())
        return max(0.5, min(left))

    # What follows.

    def wanted(self, run: Run) -> Sequel | None:
        if not run.state.ended or (run.next is not None and run.next.has_ticket):
            return None
        return sequel(
            run.state,
            run.ticket,
            by=run.wish,
            killed=run.killed,
            losses=self._losses(run),
        )

    def _losses(self, run: Run) -> int:
        count = 0
        found: Run | None = run
        while found is not None and (found.state is RunState.LOST or found.killed):
            count += 1
            found = found.continues
        return count

    def follow_up(self, run: Run) -> None:
        """Queue what goes on with a run; it may be killed half way, or lack room."""
        fault, self.follow_up_fault = self.follow_up_fault, ""
        how = self.wanted(run)
        if how is None or self.full or fault == "going-on.begun":
            return
        if run.next is None:
            place = f"{run.place}+"
            run.next = self.runs[place] = Run(
                place, run.ticket, run.since, run.seconds, has_ticket=False
            )
            run.next.continues = run if run.ticket.resumable else None
        if fault == "going-on.published":
            return
        retries = run.ticket.retries - (how is Sequel.RETRY)
        run.next.ticket = replace(run.ticket, retries=retries, after=[])
        run.next.has_ticket = True
        self.use()

    def _ends(self, waiting: Sequence[Waiting]) -> dict[str, RunState]:
        ends = {}
        for one in waiting:
            for before in one.ticket.after:
                if before.run not in self.runs:
                    continue
                last = self.last(self.runs[before.run])
                wanted = self.wanted(last) is not None
                ends[before.run] = RunState.WAITING if wanted else last.state
        return ends

    def last(self, run: Run) -> Run:
        while run.next is not None:
            run = run.next
        return run

    # What happens to processes.

    def use(self) -> None:
        """Somebody uses the labbook: a dispatcher is there afterwards."""
        if self.rounds is None:
            self.rounds = Rounds(self, self.clock)

    def look(self) -> Outlook:
        """Let the dispatcher look until it has nothing left to start."""
        while self.rounds is not None:
            self.looks += 1
            assert self.looks < MOST_LOOKS, f"it is busy for nothing: {[*self.live]}"
            try:
                outlook = self.rounds.look()
            except KilledError:
                self.rounds = None
                break
            if not outlook.needed:
                self.rounds = None
            elif not outlook.progress:
                return outlook
        return Outlook(needed=False, patience=LONGEST_WAIT)

    def serve(self, seconds: float, pace: float) -> Iterator[None]:
        """Let time go by with a dispatcher that looks, and yield after each look.

        Looks that would find the same as the last one are left out, up to a pace.
        """
        until = self.clock.beat + seconds
        self.looks = 0
        while self.clock.beat < until:
            outlook = self.look()
            yield
            pause = min(max(outlook.patience, pace), self.next_end())
            if outlook.opens is not None:
                opens = (outlook.opens - self.clock.moment).total_seconds()
                pause = min(pause, max(opens, outlook.patience))
            self.pass_by(max(0.5, min(pause, until - self.clock.beat)))

    def kill(self, each: Supervisor, what: str) -> None:
        """Kill a supervisor, a run's main process, or both."""
        run = each.run
        if what in ("supervisor", "both"):
            each.alive = False
        if what in ("main", "both") and each.main:
            each.main = False
            if each.alive:
                run.killed = True
                self._end(each, RunState.FAILED, 0.0)
        if not each.holds:
            self._let_go(each)

    def reboot(self, seconds: float) -> None:
        """Switch the machine off and on again."""
        self.rounds = None
        for each in list(self.live):
            self._let_go(each)
        self.clock.moment += timedelta(seconds=seconds)
        self.clock.beat = 0.0
        for run in self.runs.values():
            run.troubled = -1e9


def local(moment: datetime, world: SimulatedWorld) -> datetime:
    return moment.astimezone(windows.zone(world.person.settings))


def near_a_change(moment: datetime, world: SimulatedWorld) -> bool:
    """Whether clocks are moved within some hours, when walls tell less than windows."""
    zone = windows.zone(world.person.settings)
    offsets = {
        (moment + timedelta(hours=hours)).astimezone(zone).utcoffset()
        for hours in (-5, 0, 5)
    }
    return len(offsets) > 1
