"""Where moments come from: handed in, so that a year can be gone through in seconds."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """Tell the moment, in UTC, as the machine believes it to be."""

    def monotonic(self) -> float:
        """Count seconds that nobody sets; while the machine sleeps, it may stand."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Tell the moment, in UTC, as the machine believes it to be."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Count seconds since some moment in the past."""
        return time.monotonic()
