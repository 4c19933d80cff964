"""The planning checklist below a running experiment, and what is left of it after."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from jupyter_labbook.notebook.outputs import Output
from jupyter_labbook.rendering.plan import plan_bundle
from jupyter_labbook.storage.plan import PlanFile

if TYPE_CHECKING:
    from pathlib import Path

    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_labbook.notebook.plan_widget import PlanWidget

_QUIET_SECONDS = 60.0
"""How long nobody must have worked on the list before it is put to rest."""


class _Idleness:
    """How long a shell has executed nothing, and so has heard what the page says."""

    def __init__(self) -> None:
        self._since: float | None = None

    def attach(self, shell: InteractiveShell) -> None:
        """Let a shell tell of its cells, once."""
        events = shell.events
        if self._begin not in events.callbacks["pre_run_cell"]:
            events.register("pre_run_cell", self._begin)
            events.register("post_run_cell", self._end)

    def seconds(self) -> float:
        """Time since the last cell ended; 0 while one is executed."""
        return 0.0 if self._since is None else time.monotonic() - self._since

    def _begin(self, *_: object) -> None:
        self._since = None

    def _end(self, *_: object) -> None:
        self._since = time.monotonic()


_idleness = _Idleness()


class PlanOutput:
    """A checklist that becomes a static list once nobody needs it any more.

    A widget that is saved in a notebook cannot be shown by the next kernel; the list
    as it was can.

    Parameters
    ----------
    shell
        Whose cell displays it.
    labbook
        The labbook's folder.
    """

    _newest: PlanOutput | None = None

    def __init__(self, shell: InteractiveShell, labbook: Path) -> None:
        _idleness.attach(shell)
        self._labbook = labbook
        self._output = Output()
        self._widget: PlanWidget | None = None

    def show(self) -> None:
        """Display the checklist; the one of an earlier experiment is put to rest."""
        # A tenth of a second at its first use, when the run is shown already.
        from jupyter_labbook.notebook.plan_widget import show_plan

        earlier, PlanOutput._newest = PlanOutput._newest, self
        if earlier is not None:
            earlier.rest()
        self._widget = show_plan(self._labbook)
        self._output.show(self._widget)

    def show_static(self) -> None:
        """Display the list as it is now, where there is no page to work on it."""
        if PlanFile(self._labbook).read().items:
            self._output.show(self._still(), raw=True)

    def settle(self) -> None:
        """Put the checklist to rest as soon as nobody works on it."""
        widget = self._widget
        if widget is None:
            return
        # While a cell is executed, nobody here knows what is typed in the page.
        quiet = min(widget.quiet_seconds(), _idleness.seconds())
        if quiet >= _QUIET_SECONDS:
            self.rest()
            return
        timer = threading.Timer(_QUIET_SECONDS - quiet, self.settle)
        timer.daemon = True
        timer.start()

    def rest(self) -> None:
        """Replace the widget by the list as it is now."""
        if self._widget is not None:
            self._widget = None
            self._output.replace(self._still())

    def _still(self) -> dict[str, object]:
        plan = PlanFile(self._labbook).read()
        return plan_bundle(plan, self._labbook, resting=True)
