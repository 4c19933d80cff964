"""Years of a queue under a clock that is handed in, with everything that goes wrong.

What is executed is the dispatcher's own loop and its decisions; `simulated` stands for
files, processes and time. What must hold is told here once more, in other words.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jupyter_labbook.execution.deciding import decide
from jupyter_labbook.model.night import NightKind
from jupyter_labbook.model.run import (
    AtEnd,
    Expected,
    Launch,
    Predecessor,
    RunState,
    Ticket,
)
from jupyter_labbook.storage.settings import FocusSettings, UserSettings
from tests.faults import walls
from tests.faults.simulated import (
    Person,
    Run,
    SimulatedClock,
    SimulatedWorld,
    Supervisor,
    local,
    near_a_change,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

STEPS = int(os.environ.get("LABBOOK_SOAK", "10000"))
"""Of all examples together; `make soak` asks for a million."""
STEPS_EACH = 50
MOST_FILLERS = 3
"""Slots at most: so many runs may have to give way, one after the other."""
TOLD_EACH = 20_000
"""Steps after which is said how far it has come."""
LATEST_START = 2
"""Looks after which a run with free room must have begun."""
REST = 120.0
"""Seconds after trouble at a start in which it may be left alone."""
MOST_LOSSES = 10
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
BEGINS = (
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 7, tzinfo=UTC),  # New York springs forward on the 8th,
    datetime(2026, 3, 28, tzinfo=UTC),  # Berlin on the 29th,
    datetime(2026, 4, 3, tzinfo=UTC),  # Lord Howe falls back half an hour on the 5th,
    datetime(2026, 10, 2, tzinfo=UTC),  # and springs forward on the 4th,
    datetime(2026, 10, 24, tzinfo=UTC),  # Berlin falls back on the 25th,
    datetime(2026, 10, 31, tzinfo=UTC),  # New York on 1 November.
)
TIMED = tuple(walls.HOURS)
WHENS = ("now", "now", "idle", "after 23:30", *TIMED)
HOUR = 3600.0
MOST_WAITING = 12
ASKED = st.fixed_dictionaries(
    {
        "when": st.sampled_from(WHENS),
        "seconds": st.sampled_from([1.0, 60.0, HOUR, 5 * HOUR]),
        "expected": st.sampled_from([None, 60.0, HOUR, 5 * HOUR, 20 * HOUR]),
        "at_end": st.sampled_from(AtEnd),
        "resumable": st.booleans(),
        "retries": st.integers(0, 2),
        "priority": st.integers(0, 1),
        "slots": st.sampled_from([1, 1, 1, 2]),
        "gpus": st.sampled_from([0, 0, 0, 1, 2]),
        "memory": st.sampled_from([0, 0, 5]),
        "backfill": st.sampled_from([False, False, False, True]),
        "after": st.none() | st.none() | st.tuples(st.integers(0, 30), st.booleans()),
    }
)
"""What a run asks for."""
BATCHES = st.lists(ASKED, min_size=1, max_size=6)
MINUTES = st.sampled_from([1, 20, 60, 300, 600, 1440, 4 * 1440])
PACES = st.sampled_from([0.0, 600.0, 3600.0, 7200.0])
TROUBLE_AT_START = (
    "dispatcher.claimed",
    "dispatcher.launched",
    "slow",
    "supervisor.begun",
    "supervisor.started-written",
    "supervisor.gate-opened",
)
TROUBLE_AT_END = ("going-on.begun", "going-on.published")


class Year(RuleBasedStateMachine):
    """A labbook's queue, its owner, and what may befall them."""

    steps = 0
    """Of all years together."""
    executed = 0
    proposed = 0

    @initialize(
        zone=st.sampled_from(ZONES),
        begin=st.sampled_from(BEGINS),
        hours=st.integers(0, 48),
        slots=st.integers(1, 3),
        gpus=st.integers(0, 2),
        focus=st.sampled_from([True, True, False]),
    )
    def begin(
        self,
        zone: str,
        begin: datetime,
        hours: int,
        slots: int,
        gpus: int,
        focus: bool,  # noqa: FBT001  # drawn
    ) -> None:
        self.clock = SimulatedClock(begin + timedelta(hours=hours))
        protected = FocusSettings(hours=walls.FOCUS if focus else "", slots=1)
        user = UserSettings(slots=slots, zone=zone, focus=protected)
        self.person = Person(user, gpus=gpus)
        self.world = SimulatedWorld(self.clock, self.person)
        self.acknowledged: list[str] = []

    # What the owner does.

    @rule(batch=BATCHES)
    def submit(self, batch: list[dict[str, Any]]) -> None:
        for asked in batch:
            if not self.world.full and len(list(self.waiting())) <= MOST_WAITING:
                self.submit_one(**asked)
        self.world.use()

    def submit_one(
        self,
        seconds: float,
        expected: float | None,
        after: tuple[int, bool] | None,
        **asked: Any,
    ) -> None:
        place = f"experiments/0001-x/runs/{len(self.acknowledged) + 1:03d}"
        before = []
        if after and self.acknowledged:
            earlier = self.acknowledged[after[0] % len(self.acknowledged)]
            before = [Predecessor(run=earlier, success=after[1])]
        ticket = Ticket(
            run=place,
            submitted=self.clock.moment.isoformat(),
            launch=Launch(argv=[], cwd=""),
            after=before,
            expected=expected and Expected(low=1, middle=expected, high=expected),
            **asked,
        )
        self.world.runs[place] = Run(place, ticket, self.clock.moment, seconds)
        self.acknowledged.append(place)

    @precondition(lambda self: self.acknowledged)
    @rule(which=st.integers(0, 99), to=st.sampled_from(WHENS), data=st.data())
    def change(self, which: int, to: str, data: st.DataObject) -> None:
        run = self.world.runs[self.acknowledged[which % len(self.acknowledged)]]
        if not run.waits:
            return
        ticket = run.ticket
        what = data.draw(st.sampled_from(["cancel", "hold", "release", "move", "now"]))
        if what == "cancel":
            run.wish = "person"
            run.ended = RunState.CANCELLED
        elif what in ("hold", "release"):
            run.ticket = replace(ticket, held=what == "hold")
        elif what == "move":
            run.ticket, run.since = replace(ticket, when=to), self.clock.moment
        else:
            run.ticket = replace(ticket, when="now", after=[])
        self.world.use()

    @precondition(lambda self: any(self.executing()))
    @rule(which=st.integers(0, 9))
    def stop(self, which: int) -> None:
        runs = list(self.executing())
        run = runs[which % len(runs)]
        run.wish = run.wish or "person"

    @rule(paused=st.sampled_from([False, False, True]))
    def pause(self, paused: bool) -> None:  # noqa: FBT001  # drawn
        self.person.paused = "the cat sleeps on it" if paused else ""

    @rule(slots=st.integers(1, 3))
    def set_slots(self, slots: int) -> None:
        if not list(self.world.live):
            self.person.settings = replace(self.person.settings, slots=slots)

    @rule(
        accepted=st.booleans(),
        when=st.sampled_from(TIMED),
        resumable=st.booleans(),
    )
    def search(self, accepted: bool, when: str, resumable: bool) -> None:  # noqa: FBT001  # drawn
        asks = Ticket(
            run="search",
            submitted=self.clock.moment.isoformat(),
            launch=Launch(argv=[], cwd=""),
            when=when,
            at_end=AtEnd.STOP,
            resumable=resumable,
            backfill=True,
            expected=Expected(low=1, middle=1800, high=3600),
        )
        self.world.search = asks if accepted else None
        self.world.use()

    # What time does.

    @rule(looks=st.integers(1, 5), used=st.booleans())
    def tick(self, looks: int, used: bool) -> None:  # noqa: FBT001  # drawn
        self.world.looks = 0
        if used:
            self.world.use()
        for _ in range(looks):
            self.look()
            self.world.pass_by(2.0)

    @rule(minutes=MINUTES, pace=PACES, used=st.booleans())
    def pass_by(self, minutes: int, pace: float, used: bool) -> None:  # noqa: FBT001  # drawn
        if used:
            self.world.use()
        self.let_pass(minutes, pace)

    @rule(days=st.lists(st.tuples(BATCHES, MINUTES, PACES), min_size=1, max_size=4))
    def go_about_it(self, days: list[tuple[list[dict[str, Any]], int, float]]) -> None:
        for batch, minutes, pace in days:
            self.submit(batch)
            self.let_pass(minutes, pace)

    def let_pass(self, minutes: int, pace: float) -> None:
        seconds = minutes * 60.0
        for _ in self.world.serve(seconds, max(pace, seconds / 100)):
            self.check_readiness()

    @rule(minutes=st.sampled_from([5, 120, 600, 3000]))
    def suspend(self, minutes: int) -> None:
        self.world.pass_by(minutes * 60.0, asleep=True)

    @rule(minutes=st.sampled_from([-600, -60, -30, -2, 2, 30, 60, 600]))
    def set_the_clock(self, minutes: int) -> None:
        self.clock.moment += timedelta(minutes=minutes)

    @rule(idle=st.booleans())
    def be_idle(self, idle: bool) -> None:  # noqa: FBT001  # drawn
        self.world.idle = idle

    # What goes wrong.

    @rule(
        start=st.sampled_from(["", *TROUBLE_AT_START]),
        end=st.sampled_from(["", *TROUBLE_AT_END]),
    )
    def await_trouble(self, start: str, end: str) -> None:
        self.world.fault, self.world.follow_up_fault = start, end

    @rule()
    def kill_the_dispatcher(self) -> None:
        self.world.rounds = None

    @precondition(lambda self: any(self.world.live))
    @rule(which=st.integers(0, 9), what=st.sampled_from(["supervisor", "main", "both"]))
    def kill(self, which: int, what: str) -> None:
        live: list[Supervisor] = list(self.world.live)
        self.world.kill(live[which % len(live)], what)

    @rule(minutes=st.sampled_from([1, 480, 5000]))
    def reboot(self, minutes: int) -> None:
        self.world.reboot(minutes * 60.0)

    @rule(full=st.sampled_from([False, False, True]), seen=st.booleans())
    def fill_the_disk(self, full: bool, seen: bool) -> None:  # noqa: FBT001  # drawn
        self.world.full, self.world.full_is_seen = full, seen

    # What must hold, whatever happens.

    @invariant()
    def every_acknowledged_run_exists(self) -> None:
        Year.steps += 1
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
        Year.proposed += self.world.proposed
        Year.executed += sum(run.executed for run in self.world.runs.values())
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


@pytest.mark.timeout(max(900, STEPS // 20))
def test_a_simulated_year_holds_what_is_promised(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Year.steps = Year.executed = Year.proposed = 0
    told, begun = 0, time.process_time()
    while Year.steps < STEPS:
        run_state_machine_as_test(Year, settings=YEARS)
        if Year.steps - told >= TOLD_EACH:
            told, seconds = Year.steps, time.process_time() - begun
            with capsys.disabled():
                print(f"{told} steps, {Year.executed} runs, {seconds:.0f} s of CPU")  # noqa: T201
    assert Year.executed > STEPS // 50
    assert Year.proposed > STEPS // 500


YEARS = settings(
    deadline=None,
    max_examples=100,
    stateful_step_count=STEPS_EACH,
    phases=(Phase.generate, Phase.shrink),
    database=None,
    print_blob=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
