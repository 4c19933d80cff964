"""What is asked of a queue, and what is answered: runs, the machine, decisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from jupyter_labbook.model.run import RunState, Ticket
    from jupyter_labbook.model.window import Window


class Reason(StrEnum):
    """Why a run does not start, in one word."""

    READY = "ready"
    """It does."""
    HELD = "held"
    PAUSED = "paused"
    AFTER = "after"
    AFTER_FAILED = "after-failed"
    WINDOW = "window"
    FOCUS = "focus"
    DOES_NOT_FIT = "does-not-fit"
    NEVER_FITS = "never-fits"
    DISK_FULL = "disk-full"
    SLOT = "slot"
    GPU = "gpu"
    CORES = "cores"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that waits under a ticket which may be executed.

    Attributes
    ----------
    place
        Its folder below the labbook: ``experiments/0007-x/runs/003``.
    since
        When it was asked to be waited for.
    """

    place: str
    ticket: Ticket
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """How things stand when it is decided.

    Attributes
    ----------
    moment
        In UTC.
    window
        Tells what stands behind ``when``; raises `InvalidInputError` if nothing does.
    zone
        In which moments are told to a person.
    idle
        Whether the machine has had little to do for a while.
    slots, gpus, cores, memory
        What there is for runs; memory in bytes.
    slots_free, gpus_free, cores_free, memory_free
        What of it no run holds.
    paused
        Why nothing starts, as a sentence; empty if runs may start.
    focus, focus_ends
        Whether these hours are the owner's, and until when.
    wanted
        Whether room is made for a run of another labbook: nothing fills up meanwhile.
    ends
        Where the runs stand that others wait for; those that are gone are not there.
    """

    moment: datetime
    window: Callable[[str], Window]
    zone: ZoneInfo
    idle: bool = False
    slots: int = 1
    slots_free: int = 1
    gpus: int = 0
    gpus_free: int = 0
    cores: int = 0
    cores_free: int = 0
    memory: int = 0
    memory_free: int = 0
    paused: str = ""
    focus: bool = False
    focus_ends: datetime | None = None
    disk_full: bool = False
    wanted: bool = False
    ends: Mapping[str, RunState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a run starts, and why not.

    Attributes
    ----------
    place
        The run, as in `Waiting`.
    sentence
        For a person; empty if there is nothing to say.
    opens
        When its window opens next, or its next stretch that is long enough begins; of
        a run that starts, when it opened. None if time alone does not tell.
    closes
        When the window that it starts in closes; None if it never does.
    """

    place: str
    start: bool
    reason: Reason
    sentence: str = ""
    opens: datetime | None = None
    closes: datetime | None = None
