"""The planning checklist below a running experiment, and what is left of it after."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.notebook.outputs import Output
from jupyter_labbook.rendering.plan import plan_html, plan_text
from jupyter_labbook.storage.plan import PlanFile

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.notebook.plan_widget import PlanWidget

_QUIET_SECONDS = 60.0
"""How long nobody must have worked on the list before it is put to rest."""


class PlanOutput:
    """A checklist that becomes a static list once nobody needs it any more.

    A widget that is saved in a notebook cannot be shown by the next kernel; the list
    as it was can.

    Parameters
    ----------
    labbook
        The labbook's folder.
    """

    _newest: PlanOutput | None = None

    def __init__(self, labbook: Path) -> None:
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
        try:
            self._widget = show_plan(self._labbook)
        except LabbookError as error:
            print(error)
            return
        self._output.show(self._widget)

    def settle(self) -> None:
        """Put the checklist to rest as soon as nobody works on it."""
        widget = self._widget
        if widget is None:
            return
        quiet = widget.quiet_seconds()
        if quiet >= _QUIET_SECONDS:
            self.rest()
            return
        timer = threading.Timer(_QUIET_SECONDS - quiet, self.settle)
        timer.daemon = True
        timer.start()

    def rest(self) -> None:
        """Replace the widget by the list as it is now."""
        if self._widget is None:
            return
        self._widget = None
        plan = PlanFile(self._labbook).read()
        self._output.replace(
            {"text/html": plan_html(plan), "text/plain": plan_text(plan)}
        )
