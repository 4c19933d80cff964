"""What a queue promises, told once more in other words than the package's own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from jupyter_labbook.execution.deciding import decide
from jupyter_labbook.model.night import NightKind
from jupyter_labbook.model.run import AtEnd, Predecessor, RunState
from tests.faults import walls
from tests.faults.simulated import SimulatedWorld, local, near_a_change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.faults.actors import Person, Run, SimulatedClock

HOUR = 3600.0
MOST_FILLERS = 3
"""Slots at most: so many runs may have to give way, one after the other."""
LATEST_START = 2
"""Looks after which a run with free room must have begun."""
REST = 120.0
"""Seconds after trouble at a start in which it may be left alone."""
MOST_LOSSES = 10


class Promises(RuleBasedStateMachine):
    """Looks at a simulated year after every step, and at its end."""

    counted: ClassVar[Counter[str]] = Counter()
    """Steps, executed and proposed runs of all years together."""

    clock: SimulatedClock
    person: Person
    world: SimulatedWorld
    acknowledged: list[str]
    """Places of the runs that were submitted."""

    # What must hold, whatever happens.

    @invariant()
    def every_acknowledged_run_exists(self) -> None:
        self.counted["steps"] += 1
        for place in self.acknowledged:
            run = self.world.runs[place]
            assert run.has_ticket
            assert run.waits or run.started or run.ended

    @invariant()
    def no_body_is_executed_twice(self) -> None:
        assert all(run.executed <= 1 for run in self.world.runs.values())

    @invariant()
    def a_run_is_gone_on_with_by_one_other(self) -> None:
        after = [run.next for run in self.world.runs.values() if run.next is not None]
        assert len(after) == len(set(map(id, after)))

    @invariant()
    def room_is_respected(self) -> None:
        self.check_room()

    def check_room(self) -> None:
        world, person = self.world, self.person
        assert world.slots_held <= person.settings.slots
        assert len(world.gpus_held) == len(set(world.gpus_held))
        assert world.held("memory") <= person.memory

    @invariant()
    def nothing_starts_outside_its_window(self) -> None:
        for run, moment in self.world.started_at:
            hours = walls.HOURS.get(run.ticket.when)
            if hours and not near_a_change(moment, self.world):
                assert hours(local(moment, self.world)), (run.ticket.when, moment)
            if run.ticket.when == "after 23:30":
                assert moment >= run.since
            assert not run.ticket.held
        for ticket, moment in self.world.decided_at:
            if self.person.settings.focus.hours and ticket.when != "now":
                wall = local(moment, self.world)
                assert near_a_change(moment, self.world) or not walls.focus(wall)
        self.world.decided_at.clear()
        self.world.started_at.clear()

    @invariant()
    def nothing_is_proposed_outside_its_hours_nor_in_the_owners(self) -> None:
        asks = self.world.search
        for moment in self.world.proposed_at if asks else ():
            if not near_a_change(moment, self.world):
                wall = local(moment, self.world)
                assert walls.HOURS[asks.when](wall), (asks.when, moment)
                protected = self.person.settings.focus.hours
                assert not (protected and walls.focus(wall)), moment
        self.world.proposed_at.clear()

    def look(self) -> None:
        self.world.look()
        self.check_readiness()

    def check_readiness(self) -> None:
        """Every eligible run starts within two ticks of a free slot."""
        self.check_room()
        for run in self.world.runs.values():
            if not run.waits:
                continue
            calm = self.clock.beat - run.troubled > REST
            ready = self.world.rounds is not None and calm and self.may_start(run)
            fillers = [each for each in self.world.live if each.run.ticket.backfill]
            if ready and fillers:
                run.held_up += 1
                assert run.held_up <= LATEST_START + MOST_FILLERS, run
                continue
            run.ready_for = run.ready_for + 1 if ready else 0
            run.held_up = run.held_up if ready else 0
            assert run.ready_for <= LATEST_START, run

    def may_start(self, run: Run) -> bool:
        ticket = run.ticket
        if self.person.paused or self.world.full or ticket.held or ticket.backfill:
            return False
        # What is told here of windows knows no skipped hours, and no others' ends.
        if ticket.after or near_a_change(self.clock.moment, self.world):
            return False
        wall = local(self.clock.moment, self.world)
        focus = bool(self.person.settings.focus.hours) and walls.focus(wall)
        hours = {"now": True, "idle": self.world.idle and not focus}
        if ticket.when in walls.HOURS:
            hours[ticket.when] = not focus and self.in_hours(run, wall)
        return hours.get(ticket.when, False) and self.has_room(run, focus=focus)

    def in_hours(self, run: Run, wall: datetime) -> bool:
        """Whether its window is open, and will be until the run has ended."""
        high = run.ticket.expected.high if run.ticket.expected else 0.0
        if run.ticket.resumable and run.ticket.at_end is AtEnd.STOP:
            high = 0.0
        hours = walls.HOURS[run.ticket.when]
        until = wall + timedelta(seconds=high)
        steps = [wall + timedelta(minutes=m) for m in range(0, int(high // 60), 10)]
        return all(hours(moment) for moment in [*steps, until])

    def has_room(self, run: Run, *, focus: bool) -> bool:
        """Whether it would find room even if all that waits before it took theirs."""
        world, person = self.world, self.person
        slots = 1 if focus else person.settings.slots
        # Who executes without a supervisor may not hear that it is to give way.
        fillers = [each for each in world.live if each.run.ticket.backfill]
        heard = all(each.alive and each.main for each in fillers)
        slots += sum(world.slots_of(each.run) for each in fillers if heard)
        wall = local(self.clock.moment, world)
        others = [each for each in self.waiting() if each is not run]
        asked = [run, *(each for each in others if self.might(each, wall, focus=focus))]

        def left(what: str, there: int, held: int) -> bool:
            needed = getattr(run.ticket, what)
            everybody = sum(getattr(each.ticket, what) for each in asked)
            return not needed or everybody <= there - held

        return (
            left("slots", slots, world.slots_held)
            and left("gpus", person.gpus, len(world.gpus_held))
            and left("memory", person.memory, world.held("memory"))
        )

    def might(self, run: Run, wall: datetime, *, focus: bool) -> bool:
        """Whether a run might take the room of another one at this moment."""
        when = run.ticket.when
        if run.ticket.held or (focus and when != "now"):
            return False
        if when == "idle":
            return self.world.idle
        return when not in walls.HOURS or walls.HOURS[when](wall)

    def waiting(self) -> Iterable[Run]:
        return (run for run in self.world.runs.values() if run.waits)

    def executing(self) -> Iterable[Run]:
        return (run for run in self.world.runs.values() if run.executes)

    # How it ends.

    def teardown(self) -> None:
        """Once all is well, everything that can start has, and is gone on with."""
        if not hasattr(self, "world"):
            return
        self.make_all_well()
        for _ in range(40):
            if not any(self.unsettled()):
                break
            for _ in self.world.serve(86400.0, 4 * HOUR):
                pass
            self.world.use()
        for run in list(self.world.runs.values()):
            assert run.executed <= 1
            settled = not run.waits or self.cannot_start(run)
            assert settled, (run, *self.world.runs.values(), self.told(run))
            if self.was_broken_off(run):
                assert run.next is not None, run
        self.counted["proposed"] += self.world.proposed
        executed = sum(run.executed for run in self.world.runs.values())
        self.counted["executed"] += executed
        self.check_what_was_told()

    def was_broken_off(self, run: Run) -> bool:
        """Whether its owner expects a run to be gone on with without being asked."""
        vanished = run.state is RunState.LOST or run.killed
        if run.wish in ("window", "queue"):
            again = run.wish == "queue" and run.ticket.backfill
            goes_on = run.ticket.resumable or again
            return goes_on and run.state is RunState.STOPPED
        if run.ticket.resumable and vanished and run.place.count("+") < MOST_LOSSES:
            return True
        return vanished and run.ticket.retries > 0

    def unsettled(self) -> Iterable[Run]:
        for run in self.world.runs.values():
            ready = run.waits and not self.cannot_start(run)
            if ready or run.executes or self.world.wanted(run) is not None:
                yield run

    def told(self, run: Run) -> str:
        """Why it waits, as its owner is told."""
        waiting = self.world.waiting()
        machine = self.world.machine(self.clock.moment, waiting)
        [one] = [d for d in decide(waiting, machine) if d.place == run.place]
        return f"{self.clock.moment} {one}"

    def make_all_well(self) -> None:
        world = self.world
        world.full, world.idle, self.person.paused = False, True, ""
        world.search = None
        world.fault = world.follow_up_fault = ""
        for run in world.runs.values():
            run.ticket = replace(run.ticket, held=False)
        world.use()

    def cannot_start(self, run: Run) -> bool:
        """Whether it waits for what will never be."""
        ticket = run.ticket
        if ticket.gpus > self.person.gpus:
            return True
        if ticket.when == "lunch" and self.person.settings.focus.hours:
            # All of it lies in the owner's hours.
            return True
        stopped = ticket.at_end is AtEnd.STOP and not ticket.resumable
        if ticket.expected and stopped and ticket.when in walls.HOURS:
            longest = walls.LONGEST[ticket.when] * HOUR
            if ticket.expected.high > longest:
                return True
        return any(self.has_not_ended_well(before) for before in ticket.after)

    def has_not_ended_well(self, before: Predecessor) -> bool:
        last = self.world.last(self.world.runs[before.run])
        if last.waits:
            return self.cannot_start(last)
        return before.success and last.state is not RunState.FINISHED

    def check_what_was_told(self) -> None:
        """Whoever reads what happened at night is told of every start that it saw."""
        begun = 0
        for event in self.world.events:
            if event.kind is NightKind.BEGIN:
                begun += 1
            assert begun or event.kind is NightKind.GAP
