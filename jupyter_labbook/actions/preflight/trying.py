"""A smoke run: the real script with ``smoke`` set, up to its first logged number.

It is a run of its own in ``smoke/`` beside the experiment's runs, which no view and
no verdict looks at; its deadlines are the supervisor's, so it ends also if whoever
began it does not live to see that.
"""

from __future__ import annotations

import json
import shutil
import time
import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import ending, publishing
from jupyter_labbook.errors import RunError
from jupyter_labbook.execution import capacity, launch
from jupyter_labbook.execution.slots import Holder
from jupyter_labbook.insight.durations import Trial
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.storage import run_state
from jupyter_labbook.storage.labbook import ExperimentFolder
from jupyter_labbook.storage.progress import read_progress
from jupyter_labbook.storage.settings import state_folder, user_settings

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.execution.slots import Claim
    from jupyter_labbook.model.run import Exit, Ticket
    from jupyter_labbook.storage.labbook import LabbookFolder

MINUTE: Final = 60.0
_GRACE: Final = 2.0
_LOWEST: Final = 19
_LOOK_SECONDS: Final = 0.05
_START_SECONDS: Final = 30.0
_FIRST_BYTES: Final = 65_536
_ENOUGH: Final = "it has logged, which is all that was to be seen"


class Outcome(StrEnum):
    """How a smoke run came out."""

    LOGGED = "logged"
    FINISHED = "finished"
    """It came to its end, with or without a logged number."""
    SILENT = "silent"
    """It logged nothing in its time, and did not crash."""
    FAILED = "failed"
    NO_ROOM = "no-room"
    """It was not tried: no slot, or no GPU, was free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A smoke run that is over.

    Attributes
    ----------
    run
        Its folder; None if it was not begun.
    error
        What ended it, in one sentence; empty if nothing did.
    """

    outcome: Outcome
    seconds: float = 0.0
    run: RunFolder | None = None
    error: str = ""
    whole: float = 1.0
    share: float | None = None

    @property
    def trial(self) -> Trial | None:
        """What it tells of how long a run takes; None if nothing."""
        if self.outcome is Outcome.FINISHED:
            return Trial(seconds=self.seconds, whole=self.whole, share=1.0)
        if self.outcome is Outcome.LOGGED:
            return Trial(seconds=self.seconds, whole=self.whole, share=self.share)
        return None


def try_out(
    labbook: LabbookFolder,
    run: RunFolder,
    ticket: Ticket,
    *,
    seconds: float = MINUTE,
    patience: float = 20.0,
) -> Tried:
    """Execute the beginning of a run that waits, on a small part of its data.

    Parameters
    ----------
    labbook, run
        The run, which goes on waiting.
    ticket
        Its own, which is known to be this user's.
    seconds
        After which it is stopped if it has logged nothing.
    patience
        How long a free slot is waited for.
    """
    claim = _claim(run, ticket, seconds, patience)
    if claim is None:
        return Tried(outcome=Outcome.NO_ROOM)
    try:
        smoke = _prepare(labbook, run)
    except BaseException:
        claim.release()
        raise
    around = replace(publishing.surroundings(), on_end=())
    how = replace(
        ticket.launch,
        env={**ticket.launch.env, "LABBOOK_SMOKE": "1"},
        timeout=seconds,
        grace=min(ticket.launch.grace, _GRACE),
        niceness=_LOWEST,
    )
    around.dispatchers.mkdir(mode=0o700, parents=True, exist_ok=True)
    starting = launch.start_run(smoke, how, claim, around)
    try:
        begun = starting.wait(_START_SECONDS)
    finally:
        starting.close()
    if not begun:
        raise RunError(
            f"The smoke run of {run.path} was not started: {smoke.output} may say why."
        )
    return _watched(smoke, around, seconds)


def _claim(
    run: RunFolder, ticket: Ticket, seconds: float, patience: float
) -> Claim | None:
    pool = capacity.pool(state_folder(), user_settings())
    give_up = time.monotonic() + patience
    smoke = str(ExperimentFolder(run.experiment).smoke)
    while True:
        brief = Holder(run=smoke, ends=time.time() + seconds)
        gpus = min(ticket.gpus, len(pool.gpus))
        claim = pool.claim(1, gpus=gpus, holder=brief)
        if claim is not None or time.monotonic() >= give_up:
            return claim
        time.sleep(_LOOK_SECONDS)


def _prepare(labbook: LabbookFolder, run: RunFolder) -> RunFolder:
    """Copy what is to be executed into a folder that is no result."""
    home = ExperimentFolder(run.experiment).smoke
    home.mkdir(mode=0o700, exist_ok=True)
    _forget(home, run.label)
    place = home / f"{run.label}-{uuid.uuid4().hex[:8]}"
    with labbook.aside() as aside:
        for path in (run.record, run.script):
            if path.exists():
                shutil.copyfile(path, aside / path.name)
        aside.rename(place)
    return RunFolder(place)


def _forget(home: Path, label: str) -> None:
    """Delete earlier smoke runs of the same run; only the last one tells anything."""
    for path in home.glob(f"{label}-*"):
        if RunFolder(path).exit.exists():
            shutil.rmtree(path, ignore_errors=True)


def _watched(smoke: RunFolder, around: launch.Surroundings, seconds: float) -> Tried:
    """Wait for a first row or the end; the supervisor sees to it that there is one."""
    begun = time.monotonic()
    logged: float | None = None
    share: float | None = None
    # Where the supervisor was killed, nobody else sees to it that the run ends.
    give_up = begun + seconds + 10 * _GRACE
    running = RunState.RUNNING
    while run_state.derive(smoke) is running and time.monotonic() < give_up:
        if logged is None and _has_row(smoke):
            logged = time.monotonic() - begun
            share = _share(smoke)
            ending.stop(smoke, _ENOUGH, "preflight", around)
        time.sleep(_LOOK_SECONDS)
    ended = run_state.read_exit(smoke)
    took = logged if logged is not None else (ended.seconds if ended else None) or 0.0
    return Tried(
        outcome=_outcome(ended, logged),
        seconds=took,
        run=smoke,
        error=_error(ended),
        whole=_whole(smoke),
        share=share,
    )


def _outcome(ended: Exit | None, logged: float | None) -> Outcome:
    if ended is None:
        return Outcome.FAILED
    if ended.state is RunState.FINISHED:
        return Outcome.FINISHED
    if ended.state is RunState.STOPPED:
        return Outcome.SILENT if logged is None else Outcome.LOGGED
    return Outcome.FAILED


def _error(ended: Exit | None) -> str:
    if ended is None:
        return "it vanished without an exit record"
    if ended.state is not RunState.FAILED:
        return ""
    return ended.error or ended.reason


def _has_row(run: RunFolder) -> bool:
    """Whether a row stands below the header of a file of metrics."""
    for path in run.metric_files():
        try:
            with path.open("rb") as file:
                if file.read(_FIRST_BYTES).count(b"\n") > 1:
                    return True
        except OSError:
            continue
    return False


def _share(run: RunFolder) -> float | None:
    progress = read_progress(run)
    if progress is None or not progress.total or progress.done <= 0:
        return None
    return min(1.0, progress.done / progress.total)


def _whole(run: RunFolder) -> float:
    try:
        return max(1.0, float(json.loads(run.sampled.read_bytes())["whole"]))
    except (OSError, ValueError, KeyError, TypeError):
        return 1.0
