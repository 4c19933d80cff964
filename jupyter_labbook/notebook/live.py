"""Experiments drawn in the notebook while they run, by one thread a kernel."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_labbook.actions import following, publishing
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.model.run import RunState
from jupyter_labbook.notebook.outputs import Output
from jupyter_labbook.rendering.mimebundle import experiment_bundle

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_labbook.model.view import ExperimentView
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

_SECONDS = 0.5
_FOLLOWED_SECONDS = 5.0
"""Between drawings for a page that follows the folder without them."""
_PATIENCE = 4
"""Looks at a run that waits alone before its dispatcher is asked after."""


class LiveView:
    """One output that follows an experiment until its last run has ended.

    Parameters
    ----------
    labbook, experiment
        What is shown.
    on_end
        Called once, from the thread that noticed the end.
    """

    def __init__(
        self,
        labbook: LabbookFolder,
        experiment: ExperimentFolder,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._labbook = labbook
        self._watch = ExperimentWatch(labbook, experiment)
        self._output = Output()
        self._on_end = on_end
        self._shown: ExperimentView | None = None
        self._waited = 0
        self._changed = False
        self._drawn = 0.0
        self._lock = threading.Lock()
        self.ended = False

    def show(self) -> None:
        """Draw for the first time."""
        self._watch.poll()
        self._output.show(self._bundle(), raw=True)

    def look(self) -> None:
        """Draw again if anything has changed."""
        with self._lock:
            if self.ended:
                return
            if not self._watch.experiment.path.is_dir():
                self._say_gone()
                return
            self._changed |= self._watch.poll()
            self._revive_if_stuck()
            over = all(
                not run.state.live and run.state is not RunState.REGISTERED
                for run in self._watch.runs()
            )
            if over or (self._changed and self._wanted()):
                self._output.replace(self._bundle(final=over))
            self.ended = over
        if over:
            self._on_end()

    def _bundle(self, *, final: bool = False) -> dict[str, object]:
        self._changed = False
        self._drawn = time.monotonic()
        self._shown = self._watch.view()
        return experiment_bundle(self._shown, final=final)

    def _wanted(self) -> bool:
        """Whether a page may wait for a drawing; the last is never held back."""
        if time.monotonic() - self._drawn >= _FOLLOWED_SECONDS:
            return True
        return not following.is_followed(self._labbook.path)

    def _say_gone(self) -> None:
        """Leave the last picture, with a word on why it is the last."""
        self.ended = True
        gone = f"{self._watch.experiment.path} is gone: this is how it stood last."
        view = replace(self._shown or self._watch.view(), note=gone)
        self._output.replace(experiment_bundle(view, final=True))

    def _revive_if_stuck(self) -> None:
        """A supervisor that was killed before it began leaves a ticket to serve."""
        states = [run.state for run in self._watch.runs()]
        if RunState.WAITING not in states or RunState.RUNNING in states:
            self._waited = 0
            return
        self._waited += 1
        if self._waited % _PATIENCE == 0:
            publishing.revive(self._labbook)

    def ending(self) -> bool:
        """Whether every run has ended and the last drawing is still to come."""
        runs = self._watch.runs()
        return not self.ended and all(run.run.exit.exists() for run in runs)


class _Watcher:
    """Looks at all live views of the kernel, twice a second."""

    def __init__(self) -> None:
        self._views: list[LiveView] = []
        self._lock = threading.Lock()
        self._running = False

    def add(self, view: LiveView) -> None:
        """Keep a view alive; the thread ends with the last one."""
        with self._lock:
            self._views.append(view)
            if not self._running:
                self._running = True
                threading.Thread(
                    target=self._run, name="labbook-live", daemon=True
                ).start()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            views = list(self._views)
            for view in views:
                # Spread, so that what a cell waits for is one drawing at most.
                pause.wait(_SECONDS / len(views))
                self._look(view)
            with self._lock:
                self._views = [view for view in self._views if not view.ended]
                if not self._views:
                    self._running = False
                    return

    def after_cell(self, *_: object) -> None:
        """Look at what ended during a cell, before the cell counts as done.

        A notebook that is executed from end to end, such as by ``nbconvert``, hears
        of nothing that comes after its last cell.
        """
        for view in list(self._views):
            if view.ending():
                self._look(view)

    @staticmethod
    def _look(view: LiveView) -> None:
        try:
            view.look()
        except Exception as error:  # noqa: BLE001  # one view must not end the others
            view.ended = True
            import logging

            logging.getLogger(__name__).warning("A live view ended: %s", error)


_watcher = _Watcher()


def attach(shell: InteractiveShell) -> None:
    """Let a shell tell of the end of its cells, once."""
    events = shell.events
    if _watcher.after_cell not in events.callbacks["post_run_cell"]:
        events.register("post_run_cell", _watcher.after_cell)


def follow(view: LiveView) -> None:
    """Show a view and keep it up to date without holding up the kernel."""
    view.show()
    if not view.ended:
        _watcher.add(view)
