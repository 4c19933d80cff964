"""Whether what waits fits into its hours, and its output onto the disk."""

from __future__ import annotations

import os
import shutil
from statistics import median
from typing import TYPE_CHECKING

from jupyter_labbook.actions import expecting
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.insight.room import Task, fill
from jupyter_labbook.insight.wording import counted, listed
from jupyter_labbook.model.preflight import Check, Finding, Remedy, Severity
from jupyter_labbook.rendering.formats import format_duration, format_when
from jupyter_labbook.snapshot.report import size_text
from jupyter_labbook.storage import windows
from jupyter_labbook.storage.settings import user_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from jupyter_labbook.actions.preflight.scope import Examined, Known, Scope
    from jupyter_labbook.execution.clock import Clock
    from jupyter_labbook.insight.durations import Calibration
    from jupyter_labbook.insight.room import Filling
    from jupyter_labbook.model.run import Ticket
    from jupyter_labbook.storage.settings import UserSettings

_SPARE = 2**30
"""Bytes that a disk should have left."""


def findings(scope: Scope, clock: Clock | None = None) -> Iterator[Finding]:
    """Say how full each window becomes, and what will not fit.

    Parameters
    ----------
    scope
        What waits.
    clock
        Whose moment counts; the machine's by default.
    """
    moment = (clock or SystemClock()).now()
    settings = user_settings()
    by_window: dict[str, list[tuple[Examined, Known, Ticket]]] = {}
    for one, known in scope.waiting():
        ticket = known.ticket
        if ticket is not None and not ticket.held:
            by_window.setdefault(ticket.when, []).append((one, known, ticket))
    for when, members in by_window.items():
        yield from _of_window(scope, settings, when, members, moment)
    yield from _disk(scope)


def _of_window(
    scope: Scope,
    settings: UserSettings,
    when: str,
    members: list[tuple[Examined, Known, Ticket]],
    moment: datetime,
) -> Iterator[Finding]:
    try:
        window = windows.window(settings, when)
        zone = windows.zone(settings)
    except InvalidInputError as error:
        labels = tuple(one.label(known) for one, known, _ in members)
        yield _finding(
            Severity.PROBLEM, f"{_runs(labels)} will never start. {error}", labels
        )
        return
    stretch = window.stretch(moment, moment)
    if stretch is None or stretch.end is None:
        return
    seconds = (stretch.end - max(stretch.begin, moment)).total_seconds()
    members.sort(key=lambda member: _order(member[2]))
    tasks = [
        Task(
            place=one.label(known),
            expected=ticket.expected or scope.learned.get(known.run),
            slots=max(ticket.slots, ticket.gpus and 1),
        )
        for one, known, ticket in members
    ]
    filled = fill(tasks, slots=settings.slots, seconds=seconds)
    ends = format_when(stretch.end, moment.astimezone(zone))
    yield from _late(filled, when, ends)
    held = expecting.held(one.experiment for one in scope.examined)
    yield _summary(filled, when, ends, settings.slots, held)


def _order(ticket: Ticket) -> tuple[object, ...]:
    """Sort as the dispatcher does."""
    return ticket.backfill, -ticket.priority, ticket.rank, ticket.submitted


def _late(filled: Filling, when: str, ends: str) -> Iterator[Finding]:
    for labels, chance in ((filled.late, "will"), (filled.unsure, "may")):
        if not labels:
            continue
        severity = Severity.WARNING if chance == "will" else Severity.NOTE
        yield _finding(
            severity,
            f"{_runs(labels)} {chance} not start before the window {when} closes "
            f"({ends}): {listed(labels)}.",
            labels,
            Remedy(f"queue now {' '.join(labels)}") if chance == "will" else None,
        )


def _summary(
    filled: Filling, when: str, ends: str, slots: int, held: Calibration | None
) -> Finding:
    low, middle, high = map(format_duration, filled.used)
    room = format_duration(filled.capacity)
    parts = [f"The window {when} has {room} in {counted(slots, 'slot')} until {ends}"]
    if filled.used[1]:
        parts.append(
            f"its runs need about {middle} of it ({low} to {high}), which leaves "
            f"{format_duration(filled.left)}"
        )
    if filled.unknown:
        parts.append(f"nobody knows how long {_runs(filled.unknown)} will take")
    sentence = "; ".join(parts) + "."
    if held is not None:
        sentence += (
            f" Of {counted(held.count, 'earlier expectation')}, {held.held} held."
        )
    return _finding(Severity.NOTE, sentence, filled.unknown)


def _disk(scope: Scope) -> Iterator[Finding]:
    """Compare the disk's free space with what such runs have left behind."""
    expected = 0.0
    for one in scope.examined:
        sizes = [_size(known) for known in one.runs if known.state.ended]
        if sizes and one.waiting:
            expected += median(sizes) * len(one.waiting)
    free = shutil.disk_usage(scope.labbook.path).free
    if free - expected >= _SPARE:
        return
    told = f"{size_text(free)} left, and what waits will write {size_text(expected)}"
    yield _finding(
        Severity.PROBLEM if expected > free else Severity.WARNING,
        f"The disk of {scope.labbook.path} has {told}: make room, or the queue stops "
        "when it is full.",
        (),
    )


def _size(known: Known) -> int:
    total = 0
    for folder, _, names in os.walk(known.run.path):
        for name in names:
            try:
                total += os.lstat(f"{folder}/{name}").st_size
            except OSError:
                continue
    return total


def _runs(labels: tuple[str, ...]) -> str:
    return counted(len(labels), "run")


def _finding(
    severity: Severity,
    sentence: str,
    runs: tuple[str, ...],
    remedy: Remedy | None = None,
) -> Finding:
    return Finding(
        kind=Check.CAPACITY,
        severity=severity,
        sentence=sentence,
        runs=runs,
        remedy=remedy,
    )
