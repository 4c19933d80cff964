"""The runs of one labbook as the dispatcher sees them: what waits, what executes."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.execution.deciding import Waiting
from jupyter_labbook.execution.sequel import Sequels
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
        self._over: set[RunFolder] = set()
        """Runs that will never wait again; not looked at twice."""
        self._seen: dict[Path, int] = {}
        """Folders of runs that hold nothing new, by their time of change."""
        self._folders: dict[Path, int] = {}
        """Folders of runs, by what the disk calls them."""
        self._tickets: dict[RunFolder, tuple[int, Ticket | None]] = {}
        """Tickets by their time of change; None if one may not be executed."""
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
        return [
            Waiting(self.place(run), ticket, since(ticket))
            for run in self._candidates()
            if (ticket := self.ticket(run)) is not None
        ]

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
        if run.exit.exists() or run.started.exists() or run.stop.exists():
            self._over.add(run)
            self._remember(run)
            return None
        try:
            changed = run.ticket.stat().st_mtime_ns
        except OSError:
            return None
        known = self._tickets.get(run)
        if known is None or known[0] != changed:
            known = self._tickets[run] = (changed, _trusted(run))
        return known[1]

    def _remember(self, run: RunFolder) -> None:
        """Keep in mind that a run which began may have to be gone on with."""
        _, ticket = self._tickets.pop(run, (0, None))
        try:
            now = self._clock.now().timestamp()
            if ticket is None and now - run.path.stat().st_mtime < _RECENT:
                ticket = run_state.read_ticket(run)
        except (LabbookError, OSError):
            return
        if ticket and (ticket.resumable or ticket.retries or ticket.backfill):
            self._broken_off[run] = replace(ticket, launch=_NOTHING)

    def _candidates(self) -> list[RunFolder]:
        candidates = []
        for experiment in self._labbook.experiments():
            runs = experiment.path / "runs"
            try:
                status = runs.stat()
            except OSError:
                continue
            if self._folders.setdefault(runs, status.st_ino) != status.st_ino:
                # Deleted, and another one made that took its number.
                self._folders[runs] = status.st_ino
                self._over = {run for run in self._over if run.path.parent != runs}
            changed = status.st_mtime_ns
            if self._seen.get(runs) == changed:
                continue
            fresh = [run for run in experiment.runs() if run not in self._over]
            candidates += fresh
            if not fresh and time.time_ns() - changed > _SETTLED_NS:
                self._seen[runs] = changed
        return candidates


_NOTHING: Final = Launch(argv=[], cwd="")


def _trusted(run: RunFolder) -> Ticket | None:
    try:
        ticket = run_state.read_ticket(run)
    except LabbookError:
        return None
    return ticket if ticket is not None and trust.trusted(run, ticket) else None


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
