"""Noticing that it is time to tell of the night; telling is a process of its own.

Whoever lives asks at each look. What is executed comes from the user's own
installation, never from a labbook.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.execution import launch
from jupyter_labbook.model.half_day import Half, HalfDay, half_day
from jupyter_labbook.storage import told_mark, windows
from jupyter_labbook.storage.settings import user_settings

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from jupyter_labbook.execution.clock import Clock
    from jupyter_labbook.storage.settings import UserSettings

_SECONDS: Final = 30.0
"""Between two looks at settings and mark."""


class Reminder:
    """Starts what tells of the night, once for each half of a day.

    Parameters
    ----------
    labbook
        Of which is told.
    surroundings
        Whose ``daily`` is started.
    clock
        Whose moments count.
    """

    def __init__(
        self, labbook: Path, surroundings: launch.Surroundings, clock: Clock
    ) -> None:
        self._labbook = labbook
        self._surroundings = surroundings
        self._clock = clock
        self._looked = float("-inf")
        self._begun: HalfDay | None = None

    def look(self) -> None:
        """See whether it is time."""
        beat = self._clock.monotonic()
        if not self._surroundings.daily or beat - self._looked < _SECONDS:
            return
        self._looked = beat
        # Settings that cannot be read are told to whoever uses them at a terminal.
        with suppress(LabbookError):
            now = this_half(user_settings(), self._clock.now())
            # Started once by us, also where it cannot be noted that it was told.
            if now is None or now == self._begun:
                return
            self._begun = now
            if told_mark.is_due(self._labbook, now):
                launch.remind(self._labbook, self._surroundings)


def this_half(settings: UserSettings, moment: datetime) -> HalfDay | None:
    """Tell which half of the user's day it is; None if neither.

    Raises
    ------
    InvalidInputError
        The zone is unknown.
    """
    digest = settings.digest
    times = {Half.MORNING: digest.morning, Half.EVENING: digest.evening}
    return half_day(moment.astimezone(windows.zone(settings)), times)
