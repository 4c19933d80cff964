"""Years of a queue under a clock that is handed in, with everything that goes wrong.

What is executed is the dispatcher's own loop and its decisions; `simulated` stands for
files, processes and time. What must hold is told here once more, in other words.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

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
from tests.faults.actors import Person, Run, SimulatedClock, Supervisor
from tests.faults.promises import HOUR, Promises
from tests.faults.simulated import SimulatedWorld

STEPS = int(os.environ.get("LABBOOK_SOAK", "10000"))
"""Of all examples together; `make soak` asks for a million."""
STEPS_EACH = 50
TOLD_EACH = 20_000
"""Steps after which is said how far it has come."""
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


class Year(Promises):
    """A labbook's queue, its owner, and what may befall them."""

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


@pytest.mark.timeout(max(900, STEPS // 20))
def test_a_simulated_year_holds_what_is_promised(
    capsys: pytest.CaptureFixture[str],
) -> None:
    counted = Promises.counted
    counted.clear()
    told, begun = 0, time.process_time()
    while (steps := counted["steps"]) < STEPS:
        if steps - told >= TOLD_EACH:
            told, seconds = steps, time.process_time() - begun
            with capsys.disabled():
                print(f"{steps} steps, {counted['executed']} runs, {seconds:.0f} s")  # noqa: T201
        run_state_machine_as_test(Year, settings=YEARS)
    assert counted["executed"] > STEPS // 50
    assert counted["proposed"] > STEPS // 500


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
