"""Nights of real processes: hours around now, dispatchers, and what they tell."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from jupyter_labbook.execution import launch
from jupyter_labbook.model.night import NightKind
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.night_log import read_nights
from tests import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_labbook.model.run import RunState
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
FOLLOW_UP = (sys.executable, "-m", "jupyter_labbook.actions.follow_up")
COUNTS = """
import os, time
from jupyter_labbook import run_dir, should_stop
saved = run_dir() / "checkpoint" / "count"
saved.parent.mkdir(exist_ok=True)
count = int(saved.read_text()) if saved.exists() else 0
os.close(os.open(run_dir() / f"executed-{os.getpid()}", os.O_CREAT))
while count < 20 and not should_stop():
    count += 1
    saved.write_text(str(count))
    time.sleep(0.1)
print(count)
"""


class SetClock:
    """A clock that the test sets; its seconds pass by as they do."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self.beat = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        self.beat += 0.001
        return self.beat


def hours(begin: float, end: float) -> str:
    """Hours around now, as the wall in UTC says it."""
    now = datetime.now(UTC)
    first, last = now + timedelta(hours=begin), now + timedelta(hours=end)
    return f"{first:%H:%M}-{last:%H:%M}"


def surroundings() -> launch.Surroundings:
    around = running.surroundings(*FOLLOW_UP)
    around.dispatchers.mkdir(parents=True, exist_ok=True)
    return around


def dispatch(labbook: LabbookFolder) -> None:
    launch.ensure_dispatcher(labbook.path, surroundings())


def told(labbook: LabbookFolder, run: RunFolder) -> list[tuple[NightKind, str]]:
    place = run.path.relative_to(labbook.path).as_posix()
    return [
        (event.kind, event.reason)
        for event in read_nights(labbook.path, EPOCH)
        if event.run == place
    ]


def place(labbook: LabbookFolder, run: RunFolder) -> str:
    return run.path.relative_to(labbook.path).as_posix()


def ended(run: RunFolder) -> RunState:
    record = run_state.read_exit(run)
    assert record is not None
    return record.state


def blocked(labbook: LabbookFolder, run: RunFolder, reason: str) -> Callable[[], bool]:
    return lambda: (NightKind.BLOCKED, reason) in told(labbook, run)


def lock_of(labbook: LabbookFolder) -> Path:
    """Where the lock of a labbook's dispatcher is."""
    return launch.dispatcher_file(labbook.path, surroundings(), ".lock")
