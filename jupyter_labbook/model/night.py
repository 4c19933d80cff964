"""What happened to a labbook's queue while its owner was away."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class NightKind(StrEnum):
    """What a line of ``nights.csv`` says."""

    BEGIN = "begin"
    """Somebody began to serve the queue."""
    TICK = "tick"
    """Somebody still serves it; told now and then."""
    BLOCKED = "blocked"
    """Why a run waits has changed."""
    STARTED = "started"
    GAP = "gap"
    """Nobody served it meanwhile: the machine slept, was off, or changed its clock."""
    END = "end"
    """Nothing waits any more."""


@dataclass(frozen=True, slots=True)
class NightEvent:
    """One line of ``nights.csv``."""

    time: datetime
    """UTC."""
    kind: NightKind
    run: str = ""
    """The run's folder below the labbook; empty where all are meant."""
    detail: str = ""
    """A sentence for a person; for a gap, the moment at which it began."""
    reason: str = ""
    """Of a run that is blocked: a word of `execution.deciding.Reason`."""
