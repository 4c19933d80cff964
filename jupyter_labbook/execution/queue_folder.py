"""The runs of one labbook as the dispatcher sees them: what waits, what executes."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.execution.deciding import Waiting
from jupyter_labbook.execution.sequel import Sequels, may_go_on
from jupyter_labbook.model.run import Launch, RunState, Ticket
from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.storage import run_state, trust
from jupyter_labbook.storage.labbook import ExperimentFolder

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.execution.clock import Clock
    from jupyter_labbook.storage.labbook import LabbookFolder

_SETTLED_NS: Final = 10**9
"""A folder changed just now may change again within one tick of the disk's clock."""
_RECENT: Final = 30 * 24 * 3600
"""Seconds after which a run that was broken off is history."""


class QueueFolder:
    """Looks at the runs of a labbook again and again, at what may have changed.

    Parameters
    ----------
    labbook, clock
        The labbook, and whose moments count.
    """

    def __init__(self, labbook: LabbookFolder, clock: Clock) -> None:
        self._labbook = labbook
        self._clock = clock
        self._over: dict[RunFolder, tuple[int, int]] = {}
        """Runs that will never wait again; not looked at twice."""
        self._listed: dict[Path, _Listed] = {}
        self._known: dict[RunFolder, _Known] = {}
        self._broken_off: dict[RunFolder, Ticket] = {}
        """Runs that began, and may have to be gone on with."""

    def run(self, place: str) -> RunFolder:
        """Find a run by its folder below the labbook."""
        return RunFolder(self._labbook.path / place)

    def place(self, run: RunFolder) -> str:
        """Name a run by its folder below the labbook."""
        return run.path.relative_to(self._labbook.path).as_posix()

    def waiting(self) -> list[Waiting]:
        """Find the runs that wait under a ticket which may be executed."""
        found = (self._look(run) for run in self._candidates())
        return [known.waiting for known in found if known and known.waiting]

    def executing(self) -> list[tuple[str, Ticket]]:
        """Find runs that execute and only fill up, the newest last."""
        return [
            (self.place(run), ticket)
            for run, ticket in self._broken_off.items()
            if ticket.backfill
        ]

    def broken_off(self) -> tuple[set[Path], bool]:
        """Find the experiments in which a run has to be gone on with.

        Returns
        -------
        tuple
            Their folders; and whether a run executes of which that may become true.
        """
        folders: set[Path] = set()
        sequels: dict[Path, Sequels] = {}
        for run in list(self._broken_off):
            state = _state(run)
            if state is RunState.RUNNING:
                continue
            if state is not None and state.ended:
                folder = run.experiment
                if folder not in sequels:
                    sequels[folder] = Sequels(ExperimentFolder(folder).runs())
                if sequels[folder].wanted(run) is not None:
                    folders.add(folder)
                    continue
            del self._broken_off[run]
        return folders, bool(self._broken_off)

    def ends(self, waiting: list[Waiting]) -> dict[str, RunState]:
        """Say where the runs stand that others wait for.

        Of one that was broken off, what counts is the run that goes on with it.
        """
        named = {before.run for one in waiting for before in one.ticket.after}
        found = {}
        for place in named:
            state = self._end(self.run(place))
            if state is not None:
                found[place] = state
        return found

    def _end(self, run: RunFolder) -> RunState | None:
        if not run.path.is_dir():
            return None
        state = _state(run)
        if state is None:
            return RunState.UNKNOWN
        if not state.ended or state is RunState.FINISHED:
            return state
        sequels = Sequels(ExperimentFolder(run.experiment).runs())
        last = sequels.last(run)
        if sequels.wanted(last) is not None:
            return RunState.WAITING
        return _state(last) or RunState.UNKNOWN

    def ticket(self, run: RunFolder) -> Ticket | None:
        """Read the ticket of a run that may start; None if it may not."""
        # Two changes within one tick of the disk's clock look like one.
        self._known.pop(run, None)
        known = self._look(run)
        return known.waiting.ticket if known and known.waiting else None

    def _look(self, run: RunFolder) -> _Known | None:
        """Look at a run that may wait; None if it never will again."""
        known = self._known.get(run)
        if known is None:
            known = self._known[run] = _Known(str(run.path), str(run.ticket))
        try:
            seen = _changed(known.folder), _changed(known.file)
        except OSError:
            # Deleted, or its ticket is still to come.
            known.seen, known.waiting = (0, 0), None
            seen = (0, 0)
        if seen != (0, 0) and seen == known.seen:
            return known
        if run.exit.exists() or run.started.exists() or run.stop.exists():
            del self._known[run]
            self._over[run] = _identity(run)
            self._remember(run, known)
            return None
        if seen[1] != known.seen[1]:
            known.waiting = self._read(run)
        # A record that was written in this moment may not have changed the time.
        settled = time.time_ns() - max(seen) > _SETTLED_NS
        known.seen = seen if settled else (0, seen[1])
        return known

    def _read(self, run: RunFolder) -> Waiting | None:
        try:
            ticket = run_state.read_ticket(run)
        except LabbookError:
            return None
        if ticket is None or not trust.trusted(run, ticket):
            return None
        return Waiting(self.place(run), ticket, since(ticket))

    def _remember(self, run: RunFolder, known: _Known) -> None:
        """Keep in mind that a run which began may have to be gone on with."""
        ticket = known.waiting.ticket if known.waiting else None
        try:
            now = self._clock.now().timestamp()
            if ticket is None and now - run.path.stat().st_mtime < _RECENT:
                ticket = run_state.read_ticket(run)
        except (LabbookError, OSError):
            return
        if ticket and may_go_on(ticket):
            self._broken_off[run] = replace(ticket, launch=_NOTHING)

    def _candidates(self) -> list[RunFolder]:
        candidates: list[RunFolder] = []
        for experiment in self._labbook.experiments():
            runs = experiment.path / "runs"
            try:
                status = runs.stat()
            except OSError:
                continue
            listed = self._listed.setdefault(runs, _Listed())
            if listed.changed != status.st_mtime_ns:
                listed.runs = experiment.runs()
                for run in listed.runs:
                    # Deleted, and another one made that took its number.
                    if run in self._over and self._over[run] != _identity(run):
                        del self._over[run]
                settled = time.time_ns() - status.st_mtime_ns > _SETTLED_NS
                listed.changed = status.st_mtime_ns if settled else 0
            listed.runs = [run for run in listed.runs if run not in self._over]
            candidates += listed.runs
        return candidates


@dataclass(slots=True)
class _Listed:
    """The runs of an experiment that may wait, and when its folder has changed."""

    changed: int = 0
    runs: list[RunFolder] = field(default_factory=list)


@dataclass(slots=True)
class _Known:
    """What was found in a run's folder, and when folder and ticket had changed."""

    folder: str
    file: str
    seen: tuple[int, int] = (0, 0)
    waiting: Waiting | None = None
    """None if it has no ticket that may be executed."""


_NOTHING: Final = Launch(argv=[], cwd="")


def _changed(path: str) -> int:
    # Of every run that waits, at every look: a path of its own costs more than that.
    return os.stat(path).st_mtime_ns  # noqa: PTH116


def _identity(run: RunFolder) -> tuple[int, int]:
    """Tell a run from a later one in its place: its record is written once."""
    try:
        record = run.record.stat()
    except OSError:
        return 0, 0
    return record.st_ino, record.st_mtime_ns


def _state(run: RunFolder) -> RunState | None:
    """Where a run stands; None if its files are damaged."""
    try:
        return run_state.derive(run, trust.trusted)
    except LabbookError:
        return None


def since(ticket: Ticket) -> datetime:
    """Say since when a run waits for its window; the dawn of time if that is lost."""
    try:
        return datetime.fromisoformat(ticket.since or ticket.submitted).astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
