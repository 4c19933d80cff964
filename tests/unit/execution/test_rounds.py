"""What the dispatcher's loop makes of what was decided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from jupyter_labbook.execution.rounds import Rounds
from jupyter_labbook.model.run import Launch, Ticket
from jupyter_labbook.storage.settings import UserSettings
from tests.faults.actors import Person, Run, SimulatedClock
from tests.faults.simulated import SimulatedWorld

HOUR = 3600.0


class Ground:
    """A machine with three slots and a GPU."""

    def __init__(self) -> None:
        clock = SimulatedClock(datetime(2026, 6, 3, 21, tzinfo=UTC))
        settings = UserSettings(slots=3, zone="UTC")
        self.world = SimulatedWorld(clock, Person(settings, gpus=1))
        self.rounds = Rounds(self.world, clock)

    def submit(self, name: str, **asked: Any) -> Run:
        moment = self.world.clock.moment
        launch = Launch(argv=[], cwd="")
        ticket = Ticket(run=name, submitted=moment.isoformat(), launch=launch, **asked)
        run = self.world.runs[name] = Run(name, ticket, moment, HOUR)
        return run

    def look(self) -> None:
        self.rounds.look()
        self.world.pass_by(2.0)


def test_nothing_fills_up_the_room_that_is_being_made() -> None:
    ground = Ground()
    holder = ground.submit("holder", gpus=1, backfill=True)
    ground.look()
    real = ground.submit("real", slots=2, gpus=1)
    other = ground.submit("other", slots=2, backfill=True)
    ground.rounds.look()
    # Its room is there, and that of the GPU's holder is not yet.
    assert holder.wish == "queue"
    assert not other.started
    ground.world.pass_by(2.0)
    ground.look()
    assert real.executes
    assert not other.started


def test_what_fills_up_goes_on_while_its_end_would_help_nobody() -> None:
    ground = Ground()
    ground.submit("busy", slots=2, gpus=1)
    filler = ground.submit("filler", backfill=True, resumable=True)
    ground.look()
    waits = ground.submit("waits", gpus=1)
    for _ in range(20):
        ground.look()
    assert filler.executes
    assert not filler.wish
    assert waits.waits
    assert set(ground.world.runs) == {"busy", "filler", "waits"}
