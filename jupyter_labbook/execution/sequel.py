"""Whether a run that was broken off is gone on with, and how."""

from __future__ import annotations

import json
import signal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.model.run import RunRecord, RunState, Ticket
from jupyter_labbook.storage import records, run_state, trust

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_labbook.runtime.layout import RunFolder

BY_WINDOW: Final = "window"
"""Who asked a run to stop whose window closed; the supervisor writes it."""
BY_QUEUE: Final = "queue"
"""Who asked a run to stop that gives way to another one."""
_LOSSES: Final = 10
"""How often in a row a run is gone on with that ended without a word."""


class Sequel(StrEnum):
    """How a run is gone on with: always by a run of its own."""

    CONTINUE = "continue"
    """From its checkpoint."""
    RETRY = "retry"
    """Once more, one try fewer being left."""
    AGAIN = "again"
    """Once more from its beginning: it only gave way."""


def sequel(
    state: RunState, ticket: Ticket, *, by: str = "", killed: bool = False, losses: int
) -> Sequel | None:
    """Say whether a run that has ended is gone on with.

    Parameters
    ----------
    state
        Where it stands.
    ticket
        What it asked for.
    by
        Who asked it to stop, if anybody did.
    killed
        Whether it was killed from outside.
    losses
        How many runs in a row, this one included, ended without a word.
    """
    if state is RunState.STOPPED:
        if ticket.resumable:
            return Sequel.CONTINUE if by in (BY_WINDOW, BY_QUEUE) else None
        # What its window was too short for would be so again in the next.
        return Sequel.AGAIN if by == BY_QUEUE and ticket.backfill else None
    vanished = state is RunState.LOST or (state is RunState.FAILED and killed)
    if vanished and ticket.resumable and losses <= _LOSSES:
        return Sequel.CONTINUE
    if state in (RunState.FAILED, RunState.LOST) and ticket.retries > 0:
        return Sequel.RETRY
    return None


def may_go_on(ticket: Ticket) -> bool:
    """Whether a run may have to be gone on with if it does not finish."""
    return ticket.resumable or ticket.retries > 0 or ticket.backfill


class Sequels:
    """The runs of one experiment, and which of them goes on with which.

    Parameters
    ----------
    runs
        All of them.
    """

    def __init__(self, runs: Iterable[RunFolder]) -> None:
        self._runs: dict[str, RunFolder] = {}
        self._records: dict[RunFolder, RunRecord] = {}
        self._next: dict[str, RunFolder] = {}
        for run in runs:
            record = _record(run)
            if record is None:
                continue
            self._records[run] = record
            self._runs[record.id] = run
            for earlier in (record.continues, record.reruns):
                if earlier:
                    self._next[earlier] = run

    def next(self, run: RunFolder) -> RunFolder | None:
        """Find the run that goes on with one; the newest, if there are several."""
        record = self._records.get(run)
        return self._next.get(record.id) if record else None

    def last(self, run: RunFolder) -> RunFolder:
        """Find the run in which another one has come to its end, or will."""
        seen = {run}
        while (after := self.next(run)) is not None and after not in seen:
            seen.add(after)
            run = after
        return run

    def wanted(self, run: RunFolder) -> Sequel | None:
        """Say how a run has to be gone on with; None if nothing is left to do.

        Whoever was killed while doing so has left a run without a ticket.
        """
        if run not in self._records:
            # Nobody can tell what a damaged run was.
            return None
        after = self.next(run)
        if after is not None and (after.ticket.exists() or after.started.exists()):
            return None
        try:
            ticket = run_state.read_ticket(run)
            if ticket is None or not may_go_on(ticket):
                return None
            state = run_state.derive(run)
            if not state.ended or not trust.trusted(run, ticket):
                return None
            return sequel(
                state,
                ticket,
                by=stopped_by(run),
                killed=_killed(run),
                losses=self._losses(run),
            )
        except LabbookError:
            # Nobody can tell what a damaged run wants.
            return None

    def _losses(self, run: RunFolder) -> int:
        """Count the runs up to this one that ended without a word."""
        count = 0
        found: RunFolder | None = run
        while found is not None and count <= _LOSSES:
            if run_state.derive(found) is not RunState.LOST and not _killed(found):
                break
            count += 1
            record = self._records.get(found)
            found = self._runs.get(record.continues) if record else None
        return count


def stopped_by(run: RunFolder) -> str:
    """Who asked a run to stop; empty if nobody did, or nobody can tell."""
    try:
        return str(json.loads(run.stop.read_bytes())["by"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _killed(run: RunFolder) -> bool:
    ended = run_state.read_exit(run)
    return ended is not None and ended.signal == signal.SIGKILL


def _record(run: RunFolder) -> RunRecord | None:
    try:
        return records.read(run.record, RunRecord)
    except LabbookError:
        return None
