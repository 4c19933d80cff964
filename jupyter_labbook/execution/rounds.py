"""The dispatcher's work, look by look, whatever the world is made of.

The process that serves a labbook and the simulated years of the tests execute this
same code: they differ in the `World` and the `Clock` that they hand to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, Protocol

from jupyter_labbook.execution.deciding import Reason, decide, giving_way, plain
from jupyter_labbook.model.night import NightEvent, NightKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from jupyter_labbook.execution.clock import Clock
    from jupyter_labbook.execution.deciding import Decision, Machine, Waiting
    from jupyter_labbook.model.run import Ticket

LONGEST_WAIT: Final = 30.0
"""Seconds between two looks at most: sleeps stop while a laptop does."""
_TICK_NOTED: Final = 600.0
_DRIFT: Final = 60.0
"""Seconds by which the clock on the wall may differ from the one that nobody sets."""
_ABSENCE: Final = 300.0
"""Seconds without a look that are told of."""
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_SOON: Final = {Reason.SLOT, Reason.GPU, Reason.CORES, Reason.MEMORY, Reason.AFTER}
"""What changes without a clock that could be asked when."""


class Began(Enum):
    """What came of the attempt to start a run."""

    STARTED = auto()
    NO_ROOM = auto()
    """Somebody else has taken what it was to have."""
    REFUSED = auto()
    """Its supervisor could not begin, or found that it must not."""


class World(Protocol):
    """What waits and executes, and what can be done about it."""

    def waiting(self) -> list[Waiting]:
        """Find the runs that wait under a ticket which may be executed."""

    def machine(self, moment: datetime, waiting: Sequence[Waiting]) -> Machine:
        """Say how things stand."""

    def start(self, decision: Decision) -> Began:
        """Start a run."""

    def executing(self) -> list[tuple[str, Ticket]]:
        """Find runs that execute and only fill up, the newest last."""

    def give_way(self, place: str) -> None:
        """Ask a run to end since others wait; asking again changes nothing."""

    def make_room(self, *, wanted: bool) -> None:
        """Have nothing fill up the room that is freed, in any labbook, while wanted."""

    def go_on(self, beat: float) -> bool:
        """See to it that runs which were broken off are gone on with.

        Returns
        -------
        bool
            Whether there are runs that may have to be.
        """

    def searches(self) -> list[Waiting]:
        """Find the accepted searches, each as if its next run were waiting."""

    def propose(self, place: str, beat: float) -> None:
        """Have the next run of a search queued; asking again soon changes nothing."""

    def note(self, events: Sequence[NightEvent]) -> None:
        """Write down what happened."""

    def noted(self) -> NightEvent | None:
        """Find what was written down last."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a look has found, and when to look again.

    Attributes
    ----------
    needed
        Whether anything waits, may have to be gone on with, or is searched.
    progress
        Whether a run was started: what is left may start too.
    patience
        Seconds until the next look, unless somebody wakes.
    opens
        When the first window opens that something waits for, as far as that is known.
    """

    needed: bool
    progress: bool = False
    patience: float = 0.0
    opens: datetime | None = None


class Rounds:
    """Looks at a queue again and again, and starts what may start.

    Parameters
    ----------
    world, clock
        What it looks at.
    tick
        Seconds between two looks while a run waits for room.
    """

    def __init__(self, world: World, clock: Clock, tick: float = 2.0) -> None:
        self._world = world
        self._clock = clock
        self._tick = tick
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._diary = _Diary(world)

    def look(self) -> Outlook:
        """Look once, and start what may start."""
        moment, beat = self._clock.now(), self._clock.monotonic()
        broken_off = self._world.go_on(beat)
        found, searches = self._world.waiting(), self._world.searches()
        self._forget(found)
        if not found:
            self._diary.nothing_waits(moment)
            self._world.make_room(wanted=False)
        if not (found or searches):
            return Outlook(needed=broken_off, patience=self._tick)
        machine = self._world.machine(moment, [*found, *searches])
        ready = [one for one in found if self._not_before.get(one.place, 0.0) <= beat]
        decided = decide([*ready, *searches], machine)
        names = {one.place for one in searches}
        decisions = [one for one in decided if one.place not in names]
        if found:
            self._diary.look(moment, beat, found, decisions)
        leaving = giving_way(ready, machine, self._world.executing())
        filling = {one.place for one in ready if one.ticket.backfill}
        wanted = bool(leaving) or any(
            one.reason is Reason.SLOT for one in decisions if one.place not in filling
        )
        if wanted:
            self._world.make_room(wanted=True)
        for place in leaving:
            self._world.give_way(place)
        # Nothing fills up the room that is being made.
        fill = filling if leaving else set()
        starting = [one for one in decisions if one.start and one.place not in fill]
        progress = self._start(starting)
        if not wanted:
            self._world.make_room(wanted=False)
        if not (progress or leaving):
            for one in decided:
                if one.start and one.place in names:
                    self._world.propose(one.place, beat)
        opens = [one.opens for one in decided if not one.start and one.opens]
        # Nobody wakes us when a supervisor is killed, hence the tick.
        soon = broken_off or len(ready) < len(found) or _soon(decisions)
        return Outlook(
            needed=True,
            progress=progress,
            patience=_patience(self._tick if soon else LONGEST_WAIT, moment, opens),
            opens=min(opens, default=None),
        )

    def end(self) -> None:
        """Say that nobody is needed any more."""
        self._diary.nothing_waits(self._clock.now())

    def _start(self, decisions: list[Decision]) -> bool:
        progress = False
        for decision in decisions:
            # Starting takes time, in which a window may close.
            moment = self._clock.now()
            if decision.closes is not None and moment >= decision.closes:
                continue
            began = self._world.start(decision)
            if began is Began.NO_ROOM:
                break
            if began is Began.STARTED:
                progress = True
                self._diary.started(moment, decision)
            else:
                self._rest(decision.place)
        return progress

    def _rest(self, place: str) -> None:
        """Try again at once after a kill; not over and over what cannot begin."""
        failures = self._failures[place] = self._failures.get(place, 0) + 1
        if failures > 1:
            pause = min(_FIRST_PAUSE / 2 * 2.0 ** (failures - 2), _LONGEST_PAUSE)
            self._not_before[place] = self._clock.monotonic() + pause

    def _forget(self, found: list[Waiting]) -> None:
        places = {one.place for one in found}
        for known in (self._failures, self._not_before):
            for place in known.keys() - places:
                del known[place]


def _soon(decisions: list[Decision]) -> bool:
    return any(one.start or one.reason in _SOON for one in decisions)


def _patience(longest: float, moment: datetime, opens: list[datetime]) -> float:
    seconds = [(each - moment).total_seconds() for each in opens]
    return max(0.0, min([longest, *seconds]))


class _Diary:
    """What is worth being written down of many looks.

    Nothing is while all that waits asks for nothing but a slot: what the day brings
    is seen in the runs themselves.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._writing = False
        self._told: dict[str, tuple[Reason, datetime | None]] = {}
        self._last: tuple[datetime, float] | None = None
        self._noted = 0.0

    def look(
        self,
        moment: datetime,
        beat: float,
        found: list[Waiting],
        decisions: list[Decision],
    ) -> None:
        """Write down what is new."""
        events: list[NightEvent] = []
        if not self._writing and _worth_telling(found, decisions):
            self._writing = True
            self._noted = beat
            events += self._begin(moment)
        if self._writing:
            events += self._absence(moment, beat)
            if beat - self._noted >= _TICK_NOTED:
                self._noted = beat
                events.append(NightEvent(moment, NightKind.TICK))
            events += self._blocked(moment, found, decisions)
        self._last = moment, beat
        if events:
            self._world.note(events)

    def started(self, moment: datetime, decision: Decision) -> None:
        """Write down that a run has started."""
        self._told.pop(decision.place, None)
        if self._writing:
            event = NightEvent(
                moment, NightKind.STARTED, decision.place, decision.sentence
            )
            self._world.note([event])

    def nothing_waits(self, moment: datetime) -> None:
        """Write down that the queue is empty."""
        if self._writing:
            self._world.note([NightEvent(moment, NightKind.END)])
        self._writing = False
        self._told.clear()
        self._last = None

    def _begin(self, moment: datetime) -> list[NightEvent]:
        events = [NightEvent(moment, NightKind.BEGIN)]
        last = self._world.noted()
        if last is not None and last.kind is not NightKind.END:
            # Who served before has not come to an end: it was killed, or all was off.
            events.insert(0, _gap(moment, last.time))
        return events

    def _absence(self, moment: datetime, beat: float) -> list[NightEvent]:
        if self._last is None:
            return []
        before, beat_before = self._last
        passed = beat - beat_before
        drift = (moment - before).total_seconds() - passed
        if abs(drift) <= _DRIFT and passed <= _ABSENCE:
            return []
        return [_gap(moment, before)]

    def _blocked(
        self, moment: datetime, found: list[Waiting], decisions: list[Decision]
    ) -> list[NightEvent]:
        events = []
        for one in decisions:
            told = one.reason, one.opens
            if not one.start and self._told.get(one.place) != told:
                self._told[one.place] = told
                events.append(
                    NightEvent(
                        moment,
                        NightKind.BLOCKED,
                        one.place,
                        one.sentence,
                        str(one.reason),
                    )
                )
        for place in self._told.keys() - {one.place for one in found}:
            del self._told[place]
        return events


def _worth_telling(found: list[Waiting], decisions: list[Decision]) -> bool:
    return not all(plain(one.ticket) for one in found) or any(
        one.reason not in (Reason.READY, Reason.SLOT) for one in decisions
    )


def _gap(moment: datetime, begin: datetime) -> NightEvent:
    return NightEvent(moment, NightKind.GAP, detail=begin.isoformat())
