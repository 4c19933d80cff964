"""Whether the machine has had little to do for a while."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_labbook.storage.settings import IdleSettings

_LOOKS_APART = timedelta(minutes=2)
"""Nobody knows what the machine did in a longer time without a look."""


class IdleWatch:
    """Remembers since when the machine has had little to do."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._looked: datetime | None = None

    def observe(
        self, moment: datetime, settings: IdleSettings, load: float, gpu: float
    ) -> bool:
        """Take note of how busy the machine is; whether that was little for long.

        Parameters
        ----------
        moment
            Now.
        settings
            What counts as little, and as long.
        load
            Average load for each core, without what runs of ours cause.
        gpu
            Part of the time that the busiest GPU is used.
        """
        last, self._looked = self._looked, moment
        if last is None or not timedelta(0) <= moment - last <= _LOOKS_APART:
            self._since = None
        if load > settings.load or gpu > settings.gpu:
            self._since = None
            return False
        if self._since is None:
            self._since = moment
        return moment - self._since >= timedelta(minutes=settings.minutes)


def load(runs: int) -> float:
    """Average load for each core over a minute, less one for each run of ours."""
    return max(0.0, os.getloadavg()[0] - runs) / (os.cpu_count() or 1)
