"""Ending a run step by step: let it end itself, interrupt, terminate, kill."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

from jupyter_labbook.runtime import exits, processes

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder

_OWN_SHARE = 0.7
"""Part of the grace that a run which asks `should_stop` has to itself."""
_LAST_SECONDS = 1.0
"""From termination to the kill."""


class Stopping:
    """The steps from the wish that a run end to its certain end.

    Parameters
    ----------
    run
        The run; its ``stop.json`` is the wish.
    grace
        Seconds from the wish until every process of the run is terminated; a
        second later they are killed.
    """

    def __init__(self, run: RunFolder, grace: float) -> None:
        self._run = run
        self._grace = grace
        self._steps: list[tuple[float, int]] | None = None
        self.reason: str | None = None
        """Why the run is to end; None while nobody asked."""

    @property
    def asked(self) -> bool:
        """Whether the end was wished for."""
        return self._steps is not None

    @property
    def next_step(self) -> float:
        """When (monotonic seconds) the next step is due."""
        return self._steps[0][0] if self._steps else float("inf")

    def ask(self, reason: str, by: str) -> None:
        """Wish for the end; it comes even if the wish cannot be written down."""
        if self._steps is None:
            with suppress(OSError):
                exits.request_stop(self._run, reason, by)
            self.reason = reason
            self._steps = self._plan(time.monotonic())

    def advance(self, main: int) -> None:
        """Look for the wish, and take the step that is due."""
        if self._steps is None:
            self.reason = exits.stop_reason(self._run)
            if self.reason is None:
                return
            self._steps = self._plan(time.monotonic())
        while self._steps and time.monotonic() >= self._steps[0][0]:
            _, number = self._steps.pop(0)
            _signal_all(main, number)
            if number == signal.SIGKILL:
                # Until the last one is gone, also those forked meanwhile.
                self._steps.append((time.monotonic() + 0.1, number))

    def _plan(self, now: float) -> list[tuple[float, int]]:
        own = self._grace * _OWN_SHARE if self._run.cooperates.exists() else 0.0
        return [
            (now + own, signal.SIGINT),
            (now + self._grace, signal.SIGTERM),
            (now + self._grace + _LAST_SECONDS, signal.SIGKILL),
        ]


def _signal_all(main: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(main, number)
    if number == signal.SIGINT:
        return
    for pid in processes.descendants(os.getpid()):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
