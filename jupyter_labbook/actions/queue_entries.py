"""What is told of each run in the queue, and of the hours that it waits for."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.execution import sentences
from jupyter_labbook.execution.asking import Reason
from jupyter_labbook.model.queue import QueueEntry, QueueView
from jupyter_labbook.model.window import After
from jupyter_labbook.storage import trust

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_labbook.actions.queued_runs import Queued
    from jupyter_labbook.execution.asking import Decision, Machine, Waiting
    from jupyter_labbook.insight.timeline import Foreseen
    from jupyter_labbook.model.run import Ticket
    from jupyter_labbook.model.window import Stretch

_TONIGHT: Final = "tonight"


def executes(one: Queued, ends: datetime | None, machine: Machine) -> QueueEntry:
    """Tell of a run that executes."""
    return replace(one.entry, begins=_iso(one.began, machine), ends=_iso(ends, machine))


def waits(one: Queued, foreseen: Foreseen, machine: Machine) -> QueueEntry:
    """Tell of a run that waits."""
    return replace(
        one.entry,
        begins=_iso(foreseen.begins, machine),
        ends=_iso(foreseen.ends, machine),
        reason=str(foreseen.decision.reason),
        sentence=_sentence(one.ticket, foreseen, machine),
    )


def foreign(one: Queued) -> QueueEntry:
    """Tell of a run whose ticket is not this user's."""
    told = f"It never starts: {trust.distrust(one.run, one.ticket)}."
    return replace(one.entry, reason="foreign", sentence=told)


def _sentence(ticket: Ticket, foreseen: Foreseen, machine: Machine) -> str:
    """Say why a run waits, for how long, and when it will probably begin."""
    decision, begins = foreseen.decision, foreseen.begins
    if decision.start:
        return f"It starts now. {decision.sentence}".rstrip()
    told = decision.sentence
    if decision.reason is Reason.WINDOW:
        told = _hours(ticket, decision, machine) or told
    if begins is None:
        return told
    at = sentences.when(begins, machine.moment, machine.zone)
    return f"{told.rstrip('.')}, and is expected to begin {at}."


def _hours(ticket: Ticket, decision: Decision, machine: Machine) -> str:
    """Write a window that opens today with its hours; empty if its label says them."""
    if decision.opens is None:
        return ""
    window = machine.window(ticket.when)
    # Many wait for the same: the machine's windows remember what they were asked.
    stretch = window.stretch(decision.opens, decision.opens)
    if isinstance(window, After) or stretch is None or stretch.end is None:
        return ""
    zone = machine.zone
    begin, end = (each.astimezone(zone) for each in (stretch.begin, stretch.end))
    today = begin.date() == machine.moment.astimezone(zone).date()
    if not today or end - begin >= timedelta(days=1) or window.label[:1].isdigit():
        return ""
    return f"It waits for {window.label}, {begin:%H:%M} to {end:%H:%M}."


def queue_view(
    machine: Machine,
    entries: list[QueueEntry],
    waiting: list[Waiting],
    problems: list[str],
) -> QueueView:
    """Tell of the whole queue, and of the window that most of it waits for."""
    window, stretch = _shown(machine, waiting)
    moment = machine.moment
    there = used = timedelta()
    if stretch is not None and stretch.end is not None:
        begin = max(stretch.begin, moment)
        there = stretch.end - begin
        used = _covered(entries, begin, stretch.end)
    return QueueView(
        moment=_iso(moment, machine),
        zone=machine.zone.key or "",
        window=window,
        opens=_iso(stretch.begin if stretch else None, machine),
        closes=_iso(stretch.end if stretch else None, machine),
        paused=machine.paused,
        entries=entries,
        slots=machine.slots,
        hours_used=used / timedelta(hours=1),
        hours_there=there / timedelta(hours=1),
        problems=list(problems),
    )


def _shown(machine: Machine, waiting: list[Waiting]) -> tuple[str, Stretch | None]:
    """Choose the window that most of what waits is to start in."""
    counted = Counter(one.ticket.when for one in waiting)
    for when in [*(when for when, _ in counted.most_common()), _TONIGHT]:
        with suppress(InvalidInputError):
            window = machine.window(when)
            stretch = window.stretch(machine.moment, machine.moment)
            if stretch is not None and stretch.end is not None:
                return window.label, stretch
    return _TONIGHT, None


def _covered(
    entries: Iterable[QueueEntry], begin: datetime, end: datetime
) -> timedelta:
    """Add up the time in which something executes."""
    spans = sorted(
        (max(begin, _moment(one.begins)), min(end, _moment(one.ends)))
        for one in entries
        if one.begins and one.ends
    )
    total, reached = timedelta(), begin
    for first, last in spans:
        if last > reached:
            total += last - max(first, reached)
            reached = last
    return total


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _iso(moment: datetime | None, machine: Machine) -> str:
    return moment.astimezone(machine.zone).isoformat() if moment else ""
