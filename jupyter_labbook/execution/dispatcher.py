"""The process that starts a labbook's waiting runs when a slot is free.

Disposable: it may be killed at any point, and the next one reads the same files. It
knows tickets and slots, not experiments.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.execution import launch
from jupyter_labbook.execution.slots import SlotPool
from jupyter_labbook.runtime import processes, wake
from jupyter_labbook.runtime.failpoints import reach
from jupyter_labbook.storage import run_state, trust
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.settings import user_settings

if TYPE_CHECKING:
    from jupyter_labbook.model.run import Ticket
    from jupyter_labbook.runtime.layout import RunFolder

_TICK_SECONDS = 2.0
"""Longest time between two looks; a wake-up makes it shorter."""
_START_SECONDS = 30.0
"""How long a supervisor may take to say that its run has started."""


def main() -> None:
    """Serve the labbook that standard input names until nothing waits there."""
    spec = json.loads(sys.stdin.buffer.read())
    surroundings = launch.Surroundings(
        spec["surroundings"]["state"], tuple(spec["surroundings"]["on_end"])
    )
    labbook = LabbookFolder(Path(spec["labbook"]))
    lock = launch.dispatcher_file(labbook.path, surroundings, ".lock")
    dispatcher = Dispatcher(labbook, surroundings)
    # What was submitted between the last look and letting go would wait for nobody.
    while dispatcher.waiting():
        held = processes.lock(lock)
        if held is None:
            return
        dispatcher.serve()
        reach("dispatcher.before-exit")
        os.close(held)


class Dispatcher:
    """Starts waiting runs of one labbook, as slots become free."""

    def __init__(
        self, labbook: LabbookFolder, surroundings: launch.Surroundings
    ) -> None:
        self._labbook = labbook
        self._surroundings = surroundings
        self._over: set[RunFolder] = set()
        """Runs that will never wait again; not looked at twice."""
        self._seen: dict[Path, int] = {}
        """Folders of runs that hold nothing new, by their time of change."""
        self._tickets: dict[RunFolder, tuple[int, Ticket]] = {}
        """Tickets that were found to be this user's, by their time of change."""
        self._failures: dict[RunFolder, int] = {}
        self._not_before: dict[RunFolder, float] = {}

    def serve(self) -> None:
        """Start runs until none waits."""
        pipe = launch.dispatcher_file(
            self._labbook.path, self._surroundings, wake.SUFFIX
        )
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe, 0o600)
        # For writing too, so that it never reads as closed.
        listening = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        try:
            while waiting := self.waiting():
                if not self.start(waiting):
                    select.select([listening], (), (), _TICK_SECONDS)
                    _drain(listening)
        finally:
            os.close(listening)

    def waiting(self) -> list[tuple[RunFolder, Ticket]]:
        """Runs that wait under a ticket which may be executed, first come first."""
        found = [
            (run, ticket)
            for run in self._candidates()
            if (ticket := self._ticket(run)) is not None
        ]
        found.sort(
            key=lambda pair: (-pair[1].priority, pair[1].submitted, pair[0].path)
        )
        return found

    def start(self, waiting: list[tuple[RunFolder, Ticket]]) -> bool:
        """Start as many runs as there are slots for; whether any was started."""
        pool = SlotPool(Path(self._surroundings.state), user_settings().slots)
        progress = False
        for run, ticket in waiting:
            if time.monotonic() < self._not_before.get(run, 0.0):
                continue
            if not trust.trusted(run, ticket):
                self._over.add(run)
                continue
            claim = pool.claim(min(ticket.slots, pool.count))
            if claim is None:
                break
            reach("dispatcher.claimed")
            starting = launch.start_run(run, ticket.launch, claim, self._surroundings)
            reach("dispatcher.launched")
            if starting.wait(_START_SECONDS):
                progress = True
            else:
                # A supervisor that was killed is replaced at the next look; one that
                # cannot begin is not tried over and over.
                failures = self._failures[run] = self._failures.get(run, 0) + 1
                pause = min(2.0 ** (failures - 3), 60.0) if failures > 1 else 0.0
                self._not_before[run] = time.monotonic() + pause
            starting.close()
        return progress

    def _candidates(self) -> list[RunFolder]:
        candidates = []
        for experiment in self._labbook.experiments():
            runs = experiment.path / "runs"
            try:
                changed = runs.stat().st_mtime_ns
            except FileNotFoundError:
                continue
            if self._seen.get(runs) == changed:
                continue
            fresh = [run for run in experiment.runs() if run not in self._over]
            candidates += fresh
            # A folder changed just now may change again within one clock tick.
            if not fresh and time.time_ns() - changed > 10**9:
                self._seen[runs] = changed
        return candidates

    def _ticket(self, run: RunFolder) -> Ticket | None:
        """Ticket of a run that may start; None if it may not, or is damaged."""
        if run.exit.exists() or run.started.exists() or run.stop.exists():
            self._over.add(run)
            return None
        try:
            changed = run.ticket.stat().st_mtime_ns
            if run in self._tickets and self._tickets[run][0] == changed:
                return self._tickets[run][1]
            ticket = run_state.read_ticket(run)
        except (LabbookError, FileNotFoundError):
            ticket = None
        if ticket is None or not trust.trusted(run, ticket):
            self._over.add(run)
            return None
        self._tickets[run] = (changed, ticket)
        return ticket


def _drain(descriptor: int) -> None:
    try:
        while os.read(descriptor, 4096):
            pass
    except BlockingIOError:
        pass
