"""Windows by the clock on the wall, told in another way than the package does."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

WORKDAYS = range(5)
FRIDAY, SATURDAY, SUNDAY, MONDAY = 4, 5, 6, 0


def _tonight(wall: datetime) -> bool:
    return wall.time() >= time(22) or wall.time() < time(7)


def _lunch(wall: datetime) -> bool:
    return wall.weekday() in WORKDAYS and time(12) <= wall.time() < time(13)


def _weekend(wall: datetime) -> bool:
    return (
        (wall.weekday() == FRIDAY and wall.time() >= time(22))
        or wall.weekday() in (SATURDAY, SUNDAY)
        or (wall.weekday() == MONDAY and wall.time() < time(7))
    )


def _saturday(wall: datetime) -> bool:
    return wall.weekday() == SATURDAY and time(10) <= wall.time() < time(18)


def _early(wall: datetime) -> bool:
    return time(1, 30) <= wall.time() < time(2, 45)


def _focus(wall: datetime) -> bool:
    return wall.weekday() in WORKDAYS and time(9) <= wall.time() < time(17)


HOURS: dict[str, Callable[[datetime], bool]] = {
    "tonight": _tonight,
    "lunch": _lunch,
    "weekend": _weekend,
    "sat 10:00-18:00": _saturday,
    "01:30-02:45": _early,
}
LONGEST = {
    "tonight": 9.0,
    "lunch": 1.0,
    "weekend": 57.0,
    "sat 10:00-18:00": 8.0,
    "01:30-02:45": 1.25,
}
"""Hours, but for the nights in which clocks are moved."""
FOCUS = "mon-fri 09:00-17:00"
focus = _focus
