"""What the hours to come will be like: when each run that waits begins and ends.

Found by going through them with the very rules by which the dispatcher decides.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from jupyter_labbook.execution.asking import Reason
from jupyter_labbook.execution.deciding import decide
from jupyter_labbook.model.run import AtEnd, RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from jupyter_labbook.execution.asking import Decision, Machine, Waiting
    from jupyter_labbook.model.run import Ticket

_MOST: Final = 400
"""Runs whose begin is told; what is behind them may turn out otherwise anyway."""
_HORIZON: Final = timedelta(days=9)
_FRONT: Final = 16
"""So many are asked about beyond the slots that are free."""
_ROOM: Final = (Reason.SLOT, Reason.GPU, Reason.CORES, Reason.MEMORY)


@dataclass(frozen=True, slots=True)
class Executing:
    """A run that executes, and when it is expected to end; None: nobody can tell."""

    place: str
    ticket: Ticket
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What is to be expected of a run that waits.

    Attributes
    ----------
    decision
        Whether it starts now, and why not.
    begins, ends
        None if nobody can tell.
    """

    decision: Decision
    begins: datetime | None = None
    ends: datetime | None = None


def foresee(
    waiting: Sequence[Waiting],
    executing: Sequence[Executing],
    stands: Callable[[datetime], Machine],
    moment: datetime,
    most: int = _MOST,
) -> list[Foreseen]:
    """Say when each run that waits will probably begin and end.

    Parameters
    ----------
    waiting, executing
        The runs of one labbook.
    stands
        Tells how the machine would stand at a moment if everything that holds a part
        of it now held it then too. Its windows are asked very often; see
        `RememberedWindows`.
    moment
        Now.
    most
        Of how many runs the begin is looked for.

    Returns
    -------
    list of Foreseen
        In the order in which they are to start.

    Notes
    -----
    A run of which nobody knows how long it takes is not expected to end, so nothing
    is said of those that wait for its place. Expected ends are those in the middle of
    their intervals; that of a run that its window stops is no later than that.
    """
    course = _Course(waiting, executing, stands, moment)
    while course.begun < most and course.go_on(moment + _HORIZON):
        pass
    return course.foreseen()


@dataclass(slots=True)
class _Room:
    """Parts of the machine; never more is taken than there is."""

    slots: int = 0
    gpus: int = 0
    cores: int = 0
    memory: int = 0

    def take(self, ticket: Ticket, sign: int = 1) -> None:
        """Add what a run holds, or take it away."""
        self.slots += sign * ticket.slots
        self.gpus += sign * ticket.gpus
        self.cores += sign * ticket.cores
        self.memory += sign * ticket.memory

    def leave(self, machine: Machine) -> Machine:
        """Say what this leaves free of a machine."""
        return replace(
            machine,
            slots_free=max(0, machine.slots - self.slots),
            gpus_free=max(0, machine.gpus - self.gpus),
            cores_free=max(0, machine.cores - self.cores),
            memory_free=max(0, machine.memory - self.memory),
        )


@dataclass(order=True, slots=True)
class _Turn:
    """A moment at which something changes."""

    at: datetime
    ended: str = field(default="", compare=False)
    """Run that ends then."""
    opened: int = field(default=-1, compare=False)
    """Kind of runs whose hours come then."""


class _Course:
    """The hours to come, from turn to turn.

    Runs that the rules cannot tell apart are of one kind: what is decided about the
    first of them that does not start holds for all behind it.
    """

    def __init__(
        self,
        waiting: Sequence[Waiting],
        executing: Sequence[Executing],
        stands: Callable[[datetime], Machine],
        moment: datetime,
    ) -> None:
        self.begun = 0
        self._stands = stands
        now = stands(moment)
        self._first = decide(waiting, now)
        by_place = {one.place: one for one in waiting}
        self._order = [by_place[one.place] for one in self._first]
        self._ranks = {one.place: rank for rank, one in enumerate(self._order)}
        self._kinds = _kinds(self._order)
        self._ends: dict[str, RunState] = dict(now.ends)
        self._held = _by_others(now, executing)
        self._tickets = {one.place: one.ticket for one in executing}
        self._turns: list[_Turn] = []
        self._ready: dict[int, deque[int]] = {}
        """Ranks of those whose hours have come, by kind."""
        self._later: dict[int, deque[int]] = {}
        """Those whose hours have not."""
        self._after: set[int] = set()
        """Kinds among them that wait for others to end."""
        self._begins: dict[str, tuple[datetime, datetime | None]] = {}
        for one in executing:
            self._held.take(one.ticket)
            if one.ends is not None:
                self._turn(max(one.ends, moment), ended=one.place)
        for rank, kind in enumerate(self._kinds):
            self._ready.setdefault(kind, deque()).append(rank)
        for decision in self._first:
            self._sort(decision)
        self._start(moment)

    def go_on(self, until: datetime) -> bool:
        """Go to the next turn; False if there is none by then."""
        if not self._turns or self._turns[0].at > until:
            return False
        at = self._turns[0].at
        while self._turns and self._turns[0].at <= at:
            turn = heapq.heappop(self._turns)
            if turn.ended:
                self._end(turn.ended)
            elif turn.opened in self._later:
                self._ready[turn.opened] = self._later.pop(turn.opened)
        self._start(at)
        return True

    def foreseen(self) -> list[Foreseen]:
        """Say what was found, in the order in which runs are to start."""
        nobody = (None, None)
        return [
            Foreseen(one, *self._begins.get(one.place, nobody)) for one in self._first
        ]

    def _turn(self, at: datetime, *, ended: str = "", opened: int = -1) -> None:
        heapq.heappush(self._turns, _Turn(at, ended, opened))

    def _sort(self, decision: Decision) -> None:
        """Put a kind where it is found again when the decision may be another."""
        kind = self._kinds[self._ranks[decision.place]]
        if decision.start or decision.reason in _ROOM or kind not in self._ready:
            return
        self._later[kind] = self._ready.pop(kind)
        if decision.reason is Reason.AFTER:
            self._after.add(kind)
        elif decision.opens is not None:
            self._turn(decision.opens, opened=kind)

    def _end(self, place: str) -> None:
        self._held.take(self._tickets.pop(place), -1)
        self._ends[place] = RunState.FINISHED
        # Those that waited for others may start, or find that it was not the last.
        for kind in self._after:
            self._ready[kind] = self._later.pop(kind)
        self._after.clear()

    def _start(self, at: datetime) -> None:
        """Start what may start at a moment."""
        machine = replace(self._stands(at), ends=self._ends)
        if machine.focus and machine.focus_ends:
            # Then there may be more slots.
            self._turn(machine.focus_ends)
        free = self._held.leave(machine)
        if not free.slots_free:
            return
        ranks = sorted(
            rank
            for ready in self._ready.values()
            for rank in islice(ready, free.slots_free + 1)
        )
        size = free.slots_free + _FRONT
        while True:
            # Those behind have no part in what is decided about those ahead.
            decisions = decide([self._order[rank] for rank in ranks[:size]], free)
            if size >= len(ranks) or self._is_full(decisions, free):
                self._take(at, decisions)
                return
            size *= 2

    def _is_full(self, decisions: Sequence[Decision], free: Machine) -> bool:
        """Whether no slot is left for those that were not asked about."""
        started = [self._ranks[one.place] for one in decisions if one.start]
        taken = sum(self._order[rank].ticket.slots for rank in started)
        return taken >= free.slots_free or any(
            one.reason is Reason.SLOT for one in decisions
        )

    def _take(self, at: datetime, decisions: Sequence[Decision]) -> None:
        """Do what was decided."""
        for decision in decisions:
            if not decision.start:
                self._sort(decision)
                continue
            rank = self._ranks[decision.place]
            ticket, kind = self._order[rank].ticket, self._kinds[rank]
            self._ready[kind].remove(rank)
            if not self._ready[kind]:
                del self._ready[kind]
            self.begun += 1
            ends = _end(at, ticket, decision)
            self._begins[decision.place] = at, ends
            self._tickets[decision.place] = ticket
            self._held.take(ticket)
            if ends is not None:
                self._turn(ends, ended=decision.place)


def _kinds(order: Sequence[Waiting]) -> list[int]:
    """Number what each run is, as far as the rules look at it."""
    known: dict[tuple[object, ...], int] = {}
    return [known.setdefault(_kind(one), len(known)) for one in order]


def _kind(one: Waiting) -> tuple[object, ...]:
    ticket = one.ticket
    # Only `after 23:30` asks when somebody began to wait.
    since = one.since if "after" in ticket.when.lower() else None
    return (
        *(ticket.when, since, ticket.held, tuple(ticket.after)),
        *(ticket.at_end, ticket.resumable, ticket.expected, ticket.launch.timeout),
        *(ticket.slots, ticket.gpus, ticket.cores, ticket.memory),
    )


def _by_others(now: Machine, executing: Sequence[Executing]) -> _Room:
    """Find what the runs of other labbooks hold, which is theirs for good."""
    held = _Room(
        now.slots - now.slots_free,
        now.gpus - now.gpus_free,
        now.cores - now.cores_free,
        now.memory - now.memory_free,
    )
    for one in executing:
        held.take(one.ticket, -1)
    parts = (held.slots, held.gpus, held.cores, held.memory)
    return _Room(*(max(0, part) for part in parts))


def _end(at: datetime, ticket: Ticket, decision: Decision) -> datetime | None:
    """Say when a run ends that begins now."""
    found = []
    if ticket.expected is not None:
        found.append(at + timedelta(seconds=ticket.expected.middle))
        if ticket.launch.timeout is not None:
            found.append(at + timedelta(seconds=ticket.launch.timeout))
    if ticket.at_end is AtEnd.STOP and decision.closes is not None:
        found.append(decision.closes)
    return min(found, default=None)
