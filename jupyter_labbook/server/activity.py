"""Keeping a server up for the sake of runs, and not for a forgotten page.

A Jupyter server may be ended when nothing has happened in it for a while: by its own
``shutdown_no_activity_timeout``, or by JupyterHub's idle culler, which takes the runs
of its machine along. Three rules decide what counts here:

* Reading does not: a page polls for ever, whether somebody looks at it or not.
* What a person does (stop, rerun, conclude, the plan) counts as it does elsewhere.
* A run that executes, or waits for its hour, counts once a minute, whether a page is
  open or not. The server knows of the labbooks that were asked for since its start.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tornado.ioloop import PeriodicCallback

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.server.refusals import Refusal

if TYPE_CHECKING:
    from jupyter_labbook.server.open_labbooks import OpenLabbooks

SETTING: Final = "labbook_last_activity"
"""The server takes every setting of such a name into account."""
_SECONDS: Final = 60.0


class Activity:
    """Reports the runs of all open labbooks to the server.

    Parameters
    ----------
    labbooks
        Those that were asked for.
    settings
        Of the web application.
    """

    def __init__(self, labbooks: OpenLabbooks, settings: dict[str, Any]) -> None:
        self._labbooks = labbooks
        self._settings = settings

    def start(self) -> None:
        """Report once a minute, as long as the server's loop runs."""
        PeriodicCallback(self.report, _SECONDS * 1000).start()

    async def report(self) -> None:
        """Report now, if any run lives."""
        for labbook in self._labbooks:
            # Gone, damaged or slow: nothing is known to live there.
            with suppress(Refusal, LabbookError, OSError):
                if await labbook.lane.do(labbook.live):
                    self._settings[SETTING] = datetime.now(UTC)
