"""What of this machine runs may have: slots, GPUs, cores, memory."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Final

from jupyter_labbook.execution.slots import Holder, SlotPool

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from jupyter_labbook.model.run import Ticket
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.settings import UserSettings

_SECONDS: Final = 10.0
"""How long ``nvidia-smi`` may take; it hangs when a driver does."""
_LIST: Final = ("nvidia-smi", "--query-gpu=uuid", "--format=csv,noheader")
_USE: Final = (
    "nvidia-smi",
    "--query-gpu=utilization.gpu",
    "--format=csv,noheader,nounits",
)


def pool(
    state: Path, settings: UserSettings, *, focus: bool = False, devices: bool = True
) -> SlotPool:
    """Find what runs may have.

    Parameters
    ----------
    state
        The user's state folder, in which all labbooks meet.
    settings
        Of the user.
    focus
        Whether these are the owner's hours, which have a limit of their own.
    devices
        Whether GPUs are asked for: to find them takes the driver up to a second.
    """
    slots = min(settings.slots, settings.focus.slots) if focus else settings.slots
    return SlotPool(
        state,
        slots,
        gpus=gpus(settings) if devices else (),
        cores=settings.cores or _cores(),
        memory=settings.memory or _memory(),
    )


def holder(run: RunFolder, ticket: Ticket, moment: datetime) -> Holder:
    """Say of a run what those who wait beside it may want to know."""
    takes = ticket.expected.middle if ticket.expected else ticket.launch.timeout
    return Holder(
        run=str(run.path.resolve()),
        fills=ticket.backfill,
        ends=None if takes is None else moment.timestamp() + takes,
    )


def gpus(settings: UserSettings) -> tuple[str, ...]:
    """Name the GPUs that runs may have: as the settings list them, else all."""
    return _found() if settings.gpus is None else tuple(dict.fromkeys(settings.gpus))


def gpu_use() -> float:
    """Ask how busy the busiest GPU is, from 0 to 1; 0 without any."""
    parts = [line for line in _ask(_USE) if line.isdecimal()]
    return max((int(part) / 100 for part in parts), default=0.0)


def refresh() -> None:
    """Look anew for GPUs: drivers come late, and go."""
    _found.cache_clear()


@cache
def _found() -> tuple[str, ...]:
    # By their own names: numbers mean one order to the driver, another to CUDA.
    return tuple(_ask(_LIST))


def _ask(command: tuple[str, ...]) -> list[str]:
    try:
        told = subprocess.run(  # noqa: S603  # a fixed command
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return []
    if told.returncode:
        return []
    return [line.strip() for line in told.stdout.splitlines() if line.strip()]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
