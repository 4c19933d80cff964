"""What a run may ask about itself."""

from __future__ import annotations

import os
import time
from pathlib import Path

from jupyter_labbook.runtime.layout import RUN_VARIABLE, RunFolder

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

smoke: bool = os.environ.get("LABBOOK_SMOKE", "") not in ("", "0")
"""Whether this is a trial of the first minute, on a small part of the data."""

_STOP_CHECK_SECONDS = 0.05


def current_run() -> RunFolder | None:
    """Find the folder of the run that this process belongs to; None outside one."""
    path = os.environ.get(RUN_VARIABLE)
    return RunFolder(path) if path else None


def run_dir() -> Path:
    """Folder for what the run writes; the working folder outside a run."""
    run = current_run()
    return run.path if run else Path.cwd()


class _StopWatch:
    """Looks for the wish to stop, at most twenty times a second."""

    def __init__(self) -> None:
        self._asked = False
        self._next_look = 0.0
        self._announced = False

    def __call__(self) -> bool:
        """Whether the run was asked to end; see `should_stop`."""
        now = time.monotonic()
        if self._asked or now < self._next_look:
            return self._asked
        self._next_look = now + _STOP_CHECK_SECONDS
        run = current_run()
        if run is None:
            return False
        if not self._announced:
            run.cooperates.touch()
            self._announced = True
        self._asked = run.stop.exists()
        return self._asked


_watch = _StopWatch()


def should_stop() -> bool:
    """Whether this run was asked to end, by a person or by the end of its window.

    A run that calls this is given time to save and return before it is
    interrupted. Cheap enough for every training step. Always False outside a run.
    """
    return _watch()


def sample(data: T, size: int = 200) -> T:
    """Pass data through, or, in a smoke run, only a small part of them.

    The part is spread evenly, so that inputs and labels which are sampled alike still
    belong together, and sorted labels keep all their classes.

    Parameters
    ----------
    data
        Anything with a length whose parts can be taken: array, frame, sparse matrix,
        list, dataset. Of what can only be gone through, the beginning is given; of a
        dict, tuple of such things, each is sampled.
    size
        How many items a smoke run gets at most.
    """
    if not smoke:
        return data
    from jupyter_labbook.runtime.sampling import part_of

    part: T = part_of(data, size, current_run())
    return part
