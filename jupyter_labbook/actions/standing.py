"""Where one run stands, looked at again and again at little cost."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyter_labbook.errors import StorageError
from jupyter_labbook.model.run import Exit, RunRecord, RunState
from jupyter_labbook.storage import records, run_state, trust

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder

_TICK_NANOSECONDS = 10**9
"""What was changed just now may change again under the same time."""


class RunStanding:
    """The state of a run; an ended one costs nothing more, a waiting one little.

    Parameters
    ----------
    run
        Its folder.
    """

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self.problem = ""
        """Which of its files is damaged, and what to do; empty if none is."""
        self.record: RunRecord | None = None
        try:
            self.record = records.read(run.record, RunRecord)
        except StorageError as error:
            self.problem = str(error)
        self._unreadable = self.problem
        self.state = RunState.REGISTERED
        self.exit: Exit | None = None
        self._waited: tuple[object, ...] | None = None

    @property
    def version(self) -> int | None:
        """Version of the experiment that it belongs to; None without a record."""
        return self.record.version if self.record else None

    @property
    def settled(self) -> bool:
        """Whether nothing about it will change any more."""
        return self.state.ended and self.exit is not None

    def poll(self) -> bool:
        """Look again; False if it was known that there is nothing new."""
        if self.settled or self._waits_on():
            return False
        try:
            self.problem = self._unreadable
            self.state = run_state.derive(self.run, trust.trusted)
            self.exit = run_state.read_exit(self.run)
        except StorageError as error:
            self.state, self.problem = RunState.UNKNOWN, str(error)
        return True

    def reason(self) -> str:
        """Say in a sentence why it stands where it does; empty if that is plain."""
        if self.problem:
            return "one of its files is damaged"
        if self.exit is not None:
            return self.exit.reason
        if self.state is RunState.LOST:
            return (
                "it vanished without an exit record: killed together with its "
                "supervisor, or the machine went down"
            )
        if self.state is RunState.HELD:
            ticket = run_state.read_ticket(self.run)
            return trust.distrust(self.run, ticket) if ticket else ""
        return ""

    def started(self) -> datetime | None:
        """When it was started; None if it was not, or nobody can tell."""
        try:
            started = run_state.read_started(self.run)
            return datetime.fromisoformat(started.time) if started else None
        except (StorageError, ValueError):
            return None  # damaged since the last look; the next one will tell

    def seconds(self) -> float | None:
        """Wall time so far, or in all."""
        if self.exit is not None:
            return self.exit.seconds
        begun = self.started() if self.state is RunState.RUNNING else None
        if begun is None:
            return None
        return max(0.0, (datetime.now(UTC) - begun).total_seconds())

    def _waits_on(self) -> bool:
        """Whether nothing that decides about a waiting run was touched meanwhile."""
        decisive = (self.run.path, self.run.ticket, self.run.script)
        stamps = tuple(stamp(path) for path in decisive)
        before = self._waited
        self._waited = stamps if all(map(quiet, stamps)) else None
        return self.state is RunState.WAITING and before == stamps


def stamp(path: Path) -> tuple[int, int] | None:
    """Look at a file without reading it; None if it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def quiet(seen: tuple[int, int] | None) -> bool:
    """Whether another change would give another stamp."""
    return seen is None or seen[0] < time.time_ns() - _TICK_NANOSECONDS
