"""The runs of a labbook that wait or execute, found again and again at little cost."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import LabbookError, StorageError
from jupyter_labbook.execution.asking import Waiting
from jupyter_labbook.execution.queue_folder import since
from jupyter_labbook.model.queue import QueueEntry
from jupyter_labbook.model.run import RunState, Ticket
from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.storage import run_state, trust
from jupyter_labbook.storage.labbook import ExperimentFolder

if TYPE_CHECKING:
    from jupyter_labbook.storage.labbook import LabbookFolder

_TICK: Final = 10**9
"""Nanoseconds in which a folder can change again under the same time."""
_EVER: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Queued:
    """A run that waits or executes.

    Attributes
    ----------
    place
        Its folder below the labbook: ``experiments/0007-x/runs/003``.
    state
        Waiting, held (its ticket is not this user's) or running.
    entry
        What is told of it whatever the others do.
    waiting
        It, as it is decided upon.
    began
        When it was started; None while it waits.
    """

    place: str
    run: RunFolder
    ticket: Ticket
    state: RunState
    entry: QueueEntry
    waiting: Waiting
    began: datetime | None = None

    @classmethod
    def of(
        cls,
        run: RunFolder,
        ticket: Ticket,
        state: RunState,
        began: datetime | None = None,
    ) -> Queued:
        """Put together what is known of a run."""
        place = run.path.relative_to(run.labbook).as_posix()
        experiment = ExperimentFolder(run.experiment)
        entry = QueueEntry(
            place=place,
            experiment=experiment.path.name,
            run=run.label,
            name=f"{experiment.name}/{run.label}",
            state=state,
            when=ticket.when,
            priority=ticket.priority,
            batch=ticket.batch,
            expected=ticket.expected,
            held=ticket.held,
            gpus=ticket.gpus,
            cores=ticket.cores,
            memory=ticket.memory,
        )
        waiting = Waiting(place, ticket, since(ticket))
        return cls(place, run, ticket, state, entry, waiting, began)


class QueuedRuns:
    """Looks at the runs of a labbook; not safe in several threads at once.

    What has ended is not looked at twice, and of what waits only whether it was
    touched.

    Parameters
    ----------
    labbook
        The labbook.
    """

    def __init__(self, labbook: LabbookFolder) -> None:
        self._labbook = labbook
        self._experiments: dict[str, _Experiment] = {}
        self.problems: list[str] = []
        """A sentence for each run whose files are damaged, as of the last look."""

    def look(self, seconds: float = _EVER) -> list[Queued] | None:
        """Find them as they are now.

        Parameters
        ----------
        seconds
            How long this may take; what was found by then is not looked for again.

        Returns
        -------
        list of Queued or None
            In the order of their folders; None if the time was over first.

        Raises
        ------
        StorageError
            The labbook cannot be read.
        """
        until = time.monotonic() + seconds
        folder = f"{self._labbook.path}/experiments"
        names = _names(folder)
        for gone in self._experiments.keys() - names:
            del self._experiments[gone]
        found: list[Queued] = []
        self.problems = []
        for name in sorted(names):
            known = self._experiments.get(name)
            if known is None:
                known = self._experiments[name] = _Experiment(f"{folder}/{name}/runs")
            known.list()
            for label, seen in list(known.live.items()):
                if time.monotonic() > until:
                    return None
                seen.look()
                if seen.over:
                    known.over.add(label)
                    del known.live[label]
                elif seen.queued is not None:
                    found.append(seen.queued)
                elif seen.problem:
                    self.problems.append(seen.problem)
        return found


@dataclass(slots=True)
class _Experiment:
    """The runs of one experiment."""

    path: str
    over: set[str] = field(default_factory=set)
    live: dict[str, _Run] = field(default_factory=dict)
    stamp: int = -1

    def list(self) -> None:
        """See which runs there are, if that may have changed."""
        changed = _changed(self.path)
        if changed == self.stamp:
            return
        # Marked as seen only where a later change would give another mark.
        self.stamp = changed if changed < time.time_ns() - _TICK else -1
        labels = _names(self.path)
        self.over &= labels
        self.live = {
            label: self.live.get(label) or _Run(f"{self.path}/{label}")
            for label in sorted(labels - self.over)
        }


@dataclass(slots=True)
class _Run:
    """One run, as of the last look."""

    path: str
    queued: Queued | None = None
    over: bool = False
    problem: str = ""
    stamps: tuple[int, int] = (-1, -1)

    def look(self) -> None:
        """Look again, if anything that decides was touched."""
        stamps = _changed(self.path), _changed(f"{self.path}/script.py")
        executes = self.queued is not None and self.queued.began is not None
        if stamps == self.stamps and not executes:
            return
        self.stamps = stamps if max(stamps) < time.time_ns() - _TICK else (-1, -1)
        self.queued, self.problem = None, ""
        try:
            self._read(RunFolder(self.path))
        except LabbookError as error:
            self.problem = str(error)

    def _read(self, run: RunFolder) -> None:
        if run.exit.exists():
            self.over = True
            return
        ticket = run_state.read_ticket(run)
        if ticket is None:
            return
        began = None
        if run.started.exists():
            state = run_state.derive(run, trust.trusted)
            self.over = state.ended
            if state is not RunState.RUNNING:
                return
            began = _began(run)
        elif run.stop.exists():
            # Cancelled as soon as somebody looks at it.
            return
        else:
            trusted = trust.trusted(run, ticket)
            state = RunState.WAITING if trusted else RunState.HELD
        self.queued = Queued.of(run, ticket, state, began)


def _began(run: RunFolder) -> datetime:
    try:
        started = run_state.read_started(run)
        assert started is not None
        return datetime.fromisoformat(started.time).astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)


def _names(folder: str) -> set[str]:
    try:
        return {name for name in os.listdir(folder) if name[:1].isdigit()}
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except OSError as error:
        raise StorageError(f"{folder} cannot be read: {error.strerror}.") from error


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116  # Path objects cost
    except OSError:
        return 0
