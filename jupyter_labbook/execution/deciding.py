"""Which waiting runs may start now, and why the others may not.

Nothing here looks at a file or a clock: whoever asks says what waits and how things
stand. The dispatcher asks at each tick; who wants to know what tonight will be like
asks with moments that are yet to come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from jupyter_labbook.execution import sentences
from jupyter_labbook.execution.asking import Decision, Machine, Reason, Waiting
from jupyter_labbook.execution.hours import Hours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jupyter_labbook.model.run import Ticket

__all__ = ["Decision", "Machine", "Reason", "Waiting", "decide", "giving_way", "plain"]


def decide(waiting: Sequence[Waiting], state: Machine) -> list[Decision]:
    """Decide which runs start now.

    Returns
    -------
    list of Decision
        One for each run, in the order in which they are to start: those that only
        fill up last, then by priority, by hand, and first come first.

    Notes
    -----
    What a run lacks is kept for it: none behind it gets the last free GPU while it
    waits for two. What it does not lack is free for others.
    """
    hours = Hours(state)
    judged = [_Judged(one, *hours.judge(one)) for one in waiting]
    judged.sort(key=_order)
    left = _Left(state)
    return [left.grant(one) for one in judged]


def giving_way(
    waiting: Sequence[Waiting],
    state: Machine,
    executing: Sequence[tuple[str, Ticket]],
) -> list[str]:
    """Name the runs that only fill up and have to end, so that real ones can start.

    Parameters
    ----------
    waiting, state
        What was decided upon.
    executing
        Places and tickets of the runs that execute, the newest last.

    Notes
    -----
    None ends in vain: whoever waits for a slot, and for a GPU that a real run holds,
    is not helped by the slot alone. It would be taken up again at once by what had
    just given it back, and so on all night.
    """
    filling = [one for one in executing if one[1].backfill]
    if not filling:
        return []
    real = [one for one in waiting if not one.ticket.backfill]
    starting = {one.place for one in decide(real, state) if one.start}
    left = [one for one in real if one.place not in starting]
    taken = [one.ticket for one in real if one.place in starting]

    def helped_by(chosen: Sequence[tuple[str, Ticket]]) -> set[str]:
        then = _with_room(state, [ticket for _, ticket in chosen], taken)
        return {one.place for one in decide(left, then) if one.start}

    helped = helped_by(filling)
    chosen = filling if helped else []
    # The oldest has the most to lose.
    for spared in filling if helped else ():
        others = [one for one in chosen if one is not spared]
        if helped_by(others) >= helped:
            chosen = others
    return [place for place, _ in reversed(chosen)]


def _with_room(
    state: Machine, freed: Iterable[Ticket], taken: Iterable[Ticket]
) -> Machine:
    """Say how things stand once some runs have ended and others have begun."""
    free = {
        Reason.SLOT: state.slots_free,
        Reason.GPU: state.gpus_free,
        Reason.CORES: state.cores_free,
        Reason.MEMORY: state.memory_free,
    }
    for tickets, sign in ((freed, 1), (taken, -1)):
        for ticket in tickets:
            for reason, number in _asked(ticket, state).items():
                free[reason] += sign * number
    return replace(
        state,
        slots_free=free[Reason.SLOT],
        gpus_free=free[Reason.GPU],
        cores_free=free[Reason.CORES],
        memory_free=free[Reason.MEMORY],
    )


def _asked(ticket: Ticket, state: Machine) -> dict[Reason, int]:
    asked = {reason: number(ticket) for reason, number in _RESOURCES.items()}
    # More slots than there are means all of them.
    asked[Reason.SLOT] = min(asked[Reason.SLOT], state.slots)
    return asked


_RESOURCES: Final[dict[Reason, Callable[[Ticket], int]]] = {
    Reason.SLOT: lambda ticket: ticket.slots,
    Reason.GPU: lambda ticket: ticket.gpus,
    Reason.CORES: lambda ticket: ticket.cores,
    Reason.MEMORY: lambda ticket: ticket.memory,
}


@dataclass(frozen=True, slots=True)
class _Judged:
    one: Waiting
    decision: Decision
    longest: bool
    """Whether it takes longer than any stretch of its window: it comes first there."""


def _order(judged: _Judged) -> tuple[object, ...]:
    ticket = judged.one.ticket
    return (
        ticket.backfill,
        -ticket.priority,
        ticket.rank,
        not judged.longest,
        ticket.submitted,
        judged.one.place,
    )


def plain(ticket: Ticket) -> bool:
    """Whether a run asks for nothing but a slot: nobody has to decide about it."""
    return (
        ticket.when == "now"
        and not (ticket.held or ticket.after or ticket.backfill)
        and not (ticket.gpus or ticket.cores or ticket.memory)
    )


class _Left:
    """What is free once those ahead have taken theirs."""

    def __init__(self, state: Machine) -> None:
        self._state = state
        self._free = {
            Reason.SLOT: state.slots_free,
            Reason.GPU: state.gpus_free,
            Reason.CORES: state.cores_free,
            Reason.MEMORY: state.memory_free,
        }
        self._there = {
            Reason.SLOT: state.slots,
            Reason.GPU: state.gpus,
            Reason.CORES: state.cores,
            Reason.MEMORY: state.memory,
        }

    def grant(self, judged: _Judged) -> Decision:
        """Let a run start if there is room for it; keep what it lacks if not."""
        decision, ticket = judged.decision, judged.one.ticket
        if not decision.start:
            return decision
        if ticket.backfill and self._state.wanted:
            return _refused(decision, Reason.SLOT, sentences.WANTED)
        asked = _asked(ticket, self._state)
        for reason, number in asked.items():
            if number > self._there[reason]:
                told = sentences.more_than_there_is(reason, number, self._there[reason])
                return _refused(decision, Reason.NEVER_FITS, told)
        lacking = [one for one, number in asked.items() if number > self._free[one]]
        if lacking:
            for reason in lacking:
                self._free[reason] = 0
            told = sentences.lacks(lacking[0], asked[lacking[0]])
            return _refused(decision, lacking[0], told)
        for reason, number in asked.items():
            self._free[reason] -= number
        return decision


def _refused(decision: Decision, reason: Reason, sentence: str) -> Decision:
    return replace(
        decision, start=False, reason=reason, sentence=sentence, opens=None, closes=None
    )
