"""The process that starts a labbook's waiting runs when hours and slots are theirs.

Disposable: it may be killed at any point, and the next one reads the same files. It
knows tickets and slots, not experiments.
"""

from __future__ import annotations

import json
import os
import select
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.execution import launch
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.execution.forkserver import Forkserver
from jupyter_labbook.execution.local_world import LocalWorld
from jupyter_labbook.execution.reminding import Reminder
from jupyter_labbook.execution.rounds import Rounds
from jupyter_labbook.runtime import processes, wake
from jupyter_labbook.runtime.failpoints import reach
from jupyter_labbook.storage.labbook import LabbookFolder

if TYPE_CHECKING:
    from jupyter_labbook.execution.clock import Clock

_TICK_SECONDS = 2.0
"""Between two looks while a run waits for room; a wake-up makes it shorter."""


def main() -> None:
    """Serve the labbook that standard input names until nothing waits there."""
    spec = json.loads(sys.stdin.buffer.read())
    around = spec["surroundings"]
    surroundings = launch.Surroundings(
        around["state"],
        *map(tuple, (around["on_end"], around["daily"], around["propose"])),
    )
    labbook = LabbookFolder(Path(spec["labbook"]))
    lock = launch.dispatcher_file(labbook.path, surroundings, ".lock")
    dispatcher = Dispatcher(labbook, surroundings)
    # Whoever finds it held relies on a look that is still to come.
    os.close(spec["beginning"])
    # What was submitted between the last look and letting go would wait for nobody.
    while dispatcher.needed():
        held = processes.lock(lock)
        if held is None:
            return
        dispatcher.serve()
        reach("dispatcher.before-exit")
        os.close(held)


class Dispatcher:
    """Serves one labbook: looks, starts what may start, waits or is woken.

    Parameters
    ----------
    labbook
        Whose runs wait.
    surroundings
        What all dispatchers of this user share.
    clock
        Whose moments count; the machine's own by default.
    """

    def __init__(
        self,
        labbook: LabbookFolder,
        surroundings: launch.Surroundings,
        clock: Clock | None = None,
    ) -> None:
        self._labbook = labbook
        self._surroundings = surroundings
        clock = clock or SystemClock()
        self._world = LocalWorld(labbook, surroundings, clock)
        self.rounds = Rounds(self._world, clock, _TICK_SECONDS)
        self._reminder = Reminder(labbook.path, surroundings, clock)

    def needed(self) -> bool:
        """Whether anything waits, may have to be gone on with, or is searched."""
        world = self._world
        return bool(world.waiting()) or world.unfinished() or bool(world.searches())

    def serve(self) -> None:
        """Start runs until nobody is needed."""
        pipe = launch.dispatcher_file(
            self._labbook.path, self._surroundings, wake.SUFFIX
        )
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe, 0o600)
        # For writing too, so that it never reads as closed.
        listening = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        try:
            self._look_again(listening)
        finally:
            os.close(listening)

    def _look_again(self, listening: int) -> None:
        with Forkserver() as forkserver:
            self._world.start_through(forkserver)
            while (outlook := self.rounds.look()).needed:
                self._reminder.look()
                if not outlook.progress:
                    select.select([listening], (), (), outlook.patience)
                    _drain(listening)


def _drain(descriptor: int) -> None:
    try:
        while os.read(descriptor, 4096):
            pass
    except BlockingIOError:
        pass
