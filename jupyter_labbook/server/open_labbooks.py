"""What the server remembers of the labbooks that are being looked at.

What reads files is imported by the first thread that needs it: a server that shows
no labbook starts as fast as before.
"""

from __future__ import annotations

import math
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from jupyter_labbook.server.lanes import DISK_IS_SLOW, Lane, Recent
from jupyter_labbook.server.places import Contained, plain
from jupyter_labbook.server.refusals import slow
from jupyter_labbook.server.watching import Watching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_labbook.actions.overview import Overview
    from jupyter_labbook.actions.queue_watch import QueueWatch
    from jupyter_labbook.actions.series import SeriesReader
    from jupyter_labbook.model.view import RunView
    from jupyter_labbook.server.places import Places
    from jupyter_labbook.server.plans import OpenPlan
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

_LABBOOKS: Final = 32
_EXPERIMENTS: Final = 64
_TURN_SECONDS: Final = 5.0
_KEPT_SECONDS: Final = 30.0
_READING_SECONDS: Final = 1.0
"""For what ended runs have logged; the page asks on while there is more."""


class OpenExperiment:
    """An experiment that is looked at, and how far its files were read.

    Parameters
    ----------
    labbook, experiment
        Where it is.
    """

    def __init__(self, labbook: LabbookFolder, experiment: ExperimentFolder) -> None:
        self._labbook = labbook
        self.folder = experiment
        self._turn = threading.Lock()
        self._drawing = threading.Lock()
        self._checking = threading.Lock()
        self._contained = Contained(experiment)
        self._known: dict[str, int] = {}
        self._forget()

    def _forget(self) -> None:
        from jupyter_labbook.actions.observing import ExperimentWatch
        from jupyter_labbook.actions.series import SeriesReader

        self.watch = ExperimentWatch(self._labbook, self.folder)
        self.series = SeriesReader(self._labbook, self.folder)
        self._shown: dict[str, Any] | None = None
        self._shown_until = 0.0

    def checked(self) -> OpenExperiment:
        """Find the same files as before, or start over.

        Raises
        ------
        Refusal
            A link leads out of the experiment.
        """
        with self._checking:
            self._contained.require()
            here = {run.label: run.path.stat().st_ino for run in self.folder.runs()}
            here[""] = self.folder.path.stat().st_ino
            # A run was deleted, or another one has its place.
            if not self._known.items() <= here.items():
                self._forget()
            self._known = here
        return self

    @contextmanager
    def turn(self) -> Iterator[OpenExperiment]:
        """Be the only one who watches it.

        Raises
        ------
        Refusal
            A link leads out of the experiment, or another request takes too long.
        """
        with _alone(self._turn):
            yield self.checked()

    @contextmanager
    def lines(self) -> Iterator[SeriesReader]:
        """Be the only one who reads its lines.

        Raises
        ------
        Refusal
            A link leads out of the experiment, or another request takes too long.
        """
        with _alone(self._drawing):
            yield self.checked().series

    def shown(self) -> dict[str, Any]:
        """Draw the experiment without its lines and outputs; in `turn`."""
        from jupyter_labbook.rendering.summary import next_steps

        changed = self.watch.poll(_READING_SECONDS)
        if changed or self._shown is None or time.monotonic() > self._shown_until:
            view = self.watch.view()
            runs = [replace(run, series=[], tail="") for run in view.runs]
            self._shown = {
                "version": 1,
                "view": replace(view, runs=runs),
                "next": [(why, f"%{verb}") for why, verb in next_steps(view)],
                "behind": self.watch.behind,
            }
            # Nothing of it grows any more, but a verdict may rest on another one.
            self._shown_until = time.monotonic() + (_KEPT_SECONDS if view.ended else 0)
        return self._shown

    def run(self, label: str) -> RunView:
        """Draw one of its runs, of whatever version; in `turn`."""
        self.watch.poll(_READING_SECONDS)
        for run in self.watch.all_runs():
            if run.run.label == label:
                return replace(self.watch.view_of(run), series=[], tail="")
        raise FileNotFoundError(label)


class OpenLabbook:
    """One labbook: its threads, what was read of it, and who watches it.

    Parameters
    ----------
    places
        What may be reached.
    name
        Its path below the server's root.
    """

    def __init__(self, places: Places, name: str) -> None:
        self.name = name
        self.lane = Lane()
        self.watching = Watching(lambda: _Changes(self), self.counts)
        self._places = places
        self._turn = threading.Lock()
        self._queueing = threading.Lock()
        self._digesting = threading.Lock()
        self._remembering = threading.Lock()
        self._identity = (0, 0)

    def folder(self) -> LabbookFolder:
        """Find it anew, so that one that vanished is missed."""
        from jupyter_labbook.actions.overview import Overview
        from jupyter_labbook.actions.queue_watch import QueueWatch
        from jupyter_labbook.server.plans import OpenPlan

        folder = self._places.labbook(self.name)
        seen = folder.path.stat()
        with self._remembering:
            if self._identity != (seen.st_dev, seen.st_ino):
                self._identity = (seen.st_dev, seen.st_ino)
                self._experiments: Recent[OpenExperiment] = Recent(_EXPERIMENTS)
                self._overview = Overview(folder)
                self._plan = OpenPlan(folder.path, self.name)
                self._queue = QueueWatch(folder)
        return folder

    @contextmanager
    def overview(self) -> Iterator[Overview]:
        """Be the only one who looks at all experiments."""
        self.folder()
        with _alone(self._turn):
            yield self._overview

    @contextmanager
    def queue(self) -> Iterator[QueueWatch]:
        """Be the only one who looks at the queue."""
        self.folder()
        with _alone(self._queueing):
            yield self._queue

    @contextmanager
    def digesting(self) -> Iterator[LabbookFolder]:
        """Be the only one who looks at all that happened."""
        with _alone(self._digesting):
            yield self.folder()

    def counts(self) -> dict[str, int]:
        """Count the runs in each state."""
        with self.overview() as overview:
            return dict(overview.counts())

    def live(self) -> bool:
        """Whether a run executes or waits for its hour."""
        counts = self.counts()
        return bool(counts.get("running") or counts.get("waiting"))

    def experiment(self, name: str) -> OpenExperiment:
        """Find an experiment, with what was read of it before."""
        labbook = self.folder()
        found = self._places.experiment(labbook, name)
        with self._remembering:
            return self._experiments.take(name, lambda: OpenExperiment(labbook, found))

    def plan(self) -> OpenPlan:
        """Open the plan."""
        self.folder()
        return self._plan


@contextmanager
def _alone(turn: threading.Lock) -> Iterator[None]:
    if not turn.acquire(timeout=_TURN_SECONDS):
        raise slow(DISK_IS_SLOW)
    try:
        yield
    finally:
        turn.release()


class _Changes:
    """What changed in a labbook that may vanish and come back."""

    def __init__(self, labbook: OpenLabbook) -> None:
        from jupyter_labbook.actions.changes import Changes
        from jupyter_labbook.actions.index import LabbookIndex

        self._labbook = labbook
        self._changes = Changes(LabbookIndex(labbook.folder()))
        self._marked = -math.inf

    def look(self) -> list[dict[str, Any]]:
        """Tell what changed since the last look."""
        self._mark(self._labbook.folder())
        told = self._changes.look()
        for event in told:
            if "plan" in event["data"]:
                # The page compares it with the version that it shows.
                event["data"]["plan"] = self._labbook.plan().version()
        return told

    def _mark(self, folder: LabbookFolder) -> None:
        """Spare kernels what a page draws by itself."""
        from jupyter_labbook.actions.following import GOOD_FOR_SECONDS, mark_followed

        now = time.monotonic()
        if now - self._marked > GOOD_FOR_SECONDS / 3:
            self._marked = now
            mark_followed(folder.path)


class OpenLabbooks:
    """All labbooks that were asked for lately; used on the server's loop alone."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._open: Recent[OpenLabbook] = Recent(_LABBOOKS)

    def __iter__(self) -> Iterator[OpenLabbook]:
        return iter(list(self._open.values()))

    def take(self, name: str) -> OpenLabbook:
        """Open a labbook; whether it is there is for its own threads to find out."""
        name = plain(name)
        return self._open.take(name, lambda: OpenLabbook(self.places, name))
