"""Who takes part in a simulated year: a clock, runs, their supervisors, an owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from jupyter_labbook.model.run import Launch, RunState, Ticket

if TYPE_CHECKING:
    from jupyter_labbook.storage.settings import UserSettings


class SimulatedClock:
    """A clock that is set, and one that is not."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self.beat = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.beat

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.beat += seconds


_PLAIN = Ticket(run="", submitted="", launch=Launch(argv=[], cwd=""))


@dataclass(eq=False, repr=False)
class Run:
    """What the files of a run say."""

    place: str
    ticket: Ticket
    since: datetime
    seconds: float
    """What is left to be done."""
    has_ticket: bool = True
    started: bool = False
    ended: RunState | None = None
    killed: bool = False
    wish: str = ""
    """Who wished that it end."""
    executed: int = 0
    continues: Run | None = None
    next: Run | None = None
    owner: Supervisor | None = None
    """Who holds its lock."""
    troubled: float = -1e9
    """When (monotonic) something last went wrong with its start."""
    ready_for: int = 0
    """Looks at which it might have started and did not."""
    held_up: int = 0
    """The same while others had only to give way."""

    def __repr__(self) -> str:
        ticket = self.ticket
        asked = {
            name: getattr(ticket, name)
            for name in Ticket.__dataclass_fields__
            if getattr(ticket, name) != getattr(_PLAIN, name)
        }
        return f"<{self.place} {self.state} since {self.since} {asked}>"

    @property
    def waits(self) -> bool:
        return self.has_ticket and not (self.started or self.ended or self.wish)

    @property
    def executes(self) -> bool:
        return self.started and self.ended is None and self.owner is not None

    @property
    def state(self) -> RunState:
        if self.ended:
            return self.ended
        if self.started:
            return RunState.RUNNING if self.owner else RunState.LOST
        return RunState.WAITING if self.has_ticket else RunState.REGISTERED


@dataclass(eq=False)
class Supervisor:
    """A run's processes: the supervisor, and once it has begun, the main one."""

    run: Run
    ticket: Ticket
    """What was decided upon."""
    gpus: frozenset[int]
    opens: datetime | None
    closes: datetime | None
    alive: bool = True
    main: bool = False
    begun: float = 0.0

    @property
    def holds(self) -> bool:
        return self.alive or self.main


@dataclass
class Person:
    """What the owner has decided and set."""

    settings: UserSettings
    gpus: int = 0
    cores: int = 4
    memory: int = 8
    paused: str = ""
