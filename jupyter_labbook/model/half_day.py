"""When a person is told of the night: once in the morning, once in the evening.

Like a window it is a level, not an event: whoever looks in the hours after such a time
finds that it is time, also after the machine has slept through the moment itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

_LONGEST: Final = timedelta(hours=12)
_DAY: Final = timedelta(days=1)


class Half(StrEnum):
    """What it is time for."""

    MORNING = "morning"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class HalfDay:
    """A morning, or an evening.

    Attributes
    ----------
    day
        On which it began, ISO 8601.
    """

    half: Half
    day: str


def half_day(local: datetime, times: dict[Half, str]) -> HalfDay | None:
    """Tell which half of a day it is; None if neither.

    A half begins at its time, and lasts until the other one begins, or for twelve
    hours.

    Parameters
    ----------
    local
        The moment, by the clock on the wall.
    times
        When each begins, such as ``08:00``; empty: never.
    """
    wall = local.replace(tzinfo=None)
    begun = [
        (begin, half)
        for half, text in times.items()
        if text
        for day in (wall.date(), wall.date() - _DAY)
        if (begin := datetime.combine(day, read_time(text))) <= wall
    ]
    if not begun:
        return None
    begin, half = max(begun)
    if wall - begin >= _LONGEST:
        return None
    return HalfDay(half, begin.date().isoformat())


def read_time(text: str) -> time:
    """Read a time of the day, such as ``08:00``.

    Raises
    ------
    ValueError
        It is none.
    """
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip(), re.ASCII)
    if found is None:
        raise ValueError(f"{text!r} is no time of the day: write it as 08:00")
    return time(int(found[1]), int(found[2]))
