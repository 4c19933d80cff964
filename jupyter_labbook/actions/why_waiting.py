"""Why a run waits, in one sentence, for everybody in this process who asks."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions.queue_watch import QueueWatch
from jupyter_labbook.errors import LabbookError
from jupyter_labbook.execution.asking import Reason
from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyter_labbook.model.queue import QueueEntry
    from jupyter_labbook.runtime.layout import RunFolder

_SECONDS: Final = 0.15
_MOST: Final = 1000
_FRESH: Final = 2.0


class _Shared:
    """What everybody in this process is told of one labbook's queue."""

    def __init__(self, labbook: LabbookFolder) -> None:
        self._lock = threading.Lock()
        self._watch = QueueWatch(labbook)
        self._told: dict[str, str] = {}
        self._until = 0.0
        self._crowded = False

    def sentence(self, run: RunFolder) -> str:
        place = run.path.relative_to(run.labbook).as_posix()
        with self._lock:
            begin = time.monotonic()
            missing = place not in self._told and not self._crowded
            if begin >= self._until or missing:
                view = self._watch.look(_SECONDS, _MOST)
                # Whoever submits must not pay for a queue of thousands each time.
                self._crowded = view is None
                entries = view.entries if view else []
                self._told = {one.place: _worth(one) for one in entries}
                spent = time.monotonic() - begin
                self._until = begin + max(_FRESH, 20 * spent)
            if place in self._told:
                return self._told[place]
            entry = self._watch.alone(run)
            return _worth(entry) if entry else ""

    def forget(self) -> None:
        self._until = 0.0


_shared: dict[Path, _Shared] = {}
_shared_lock = threading.Lock()


def why(run: RunFolder) -> str:
    """Say why a run waits, and when it will probably begin.

    In a queue of very many runs that is said without a look at the others. What is
    told may be two seconds old.

    Returns
    -------
    str
        Empty if nobody can tell, or there is nothing to say: a run that asks for
        nothing but a slot, and will get one.
    """
    try:
        return _of(run.labbook).sentence(run)
    except (LabbookError, OSError):
        # Who looks at a labbook need not be able to write the user's folders.
        return ""


def forget(labbook: LabbookFolder) -> None:
    """Look anew the next time that somebody asks why."""
    _of(labbook.path).forget()


def _of(labbook: Path) -> _Shared:
    with _shared_lock:
        if labbook not in _shared:
            _shared[labbook] = _Shared(LabbookFolder(labbook))
        return _shared[labbook]


def told(runs: Sequence[RunFolder]) -> str:
    """Say in a line why runs that were submitted just now wait.

    Returns
    -------
    str
        Empty if none of them does for long, as far as anybody can tell.
    """
    for run in runs:
        reason = why(run)
        if reason:
            name = f"{ExperimentFolder(run.experiment).name}/{run.label}"
            first = f"{len(runs)} runs wait; {name}" if len(runs) > 1 else name
            return f"{first}: {reason}"
    return ""


def _worth(entry: QueueEntry) -> str:
    soon = entry.reason == Reason.SLOT and not entry.begins
    return "" if soon or entry.reason in ("", Reason.READY) else entry.sentence
