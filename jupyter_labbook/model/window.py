"""Windows: the hours in which waiting runs may start.

A window is a level, not an event. Whoever asks gives a moment, and is told of the
stretch of time that it lies in or of the next one; nothing is caught up with, whatever
happened to clock or machine meanwhile. Stretches begin and end by the clock on the
wall, so 22:00-07:00 lasts eight or ten hours on two nights of the year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK: Final = timedelta(days=7)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a window is open; both in UTC."""

    begin: datetime
    end: datetime | None
    """The first moment at which it is closed again; None if it never is."""

    def holds(self, moment: datetime) -> bool:
        """Whether it is open at a moment."""
        return self.begin <= moment and (self.end is None or moment < self.end)


class Window(Protocol):
    """When runs may start."""

    @property
    def label(self) -> str:
        """What a person calls it."""

    def stretch(self, moment: datetime, since: datetime) -> Stretch | None:
        """Find the stretch that holds a moment, else the next one.

        Parameters
        ----------
        moment
            In any zone.
        since
            When it was asked to be waited for.

        Returns
        -------
        Stretch or None
            None if time alone does not tell.
        """


@dataclass(frozen=True, slots=True)
class Now:
    """Always open."""

    label: str = "now"

    def stretch(self, moment: datetime, since: datetime) -> Stretch:
        """Begin when it was asked for, and never end."""
        return Stretch(min(since, moment), None)


@dataclass(frozen=True, slots=True)
class Idle:
    """Open while the machine has little to do, which no clock can tell."""

    label: str = "idle"

    def stretch(self, moment: datetime, since: datetime) -> None:  # noqa: ARG002  # as the protocol has it
        """Tell nothing."""
        return


@dataclass(frozen=True, slots=True)
class After:
    """Open for ever from a time of the day on, the first since it was asked for."""

    label: str
    at: time
    zone: ZoneInfo

    def stretch(self, moment: datetime, since: datetime) -> Stretch:  # noqa: ARG002  # as the protocol has it
        """Begin at that time on the day when it was asked for, or on the next."""
        day = since.astimezone(self.zone).date()
        begin = _opening(day, self.at, self.zone)
        if begin < since:
            begin = _opening(day + timedelta(days=1), self.at, self.zone)
        return Stretch(begin, None)


@dataclass(frozen=True, slots=True)
class Hours:
    """From a time on one day of the week until a time on the same or a later one."""

    day: int
    """Monday is 0."""
    begin: time
    days: int
    """Midnights in between: 1 for 22:00-07:00."""
    end: time


@dataclass(frozen=True, slots=True)
class Weekly:
    """Open in the same hours each week, by the clock on the wall."""

    label: str
    hours: tuple[Hours, ...]
    zone: ZoneInfo

    def stretch(self, moment: datetime, since: datetime) -> Stretch | None:  # noqa: ARG002  # as the protocol has it
        """Find the hours that hold a moment, or the next; adjacent ones are one."""
        today = moment.astimezone(self.zone).date()
        for begin, end in _around(today, self.hours, self.zone):
            if moment < end:
                return Stretch(begin, end)
        return None


@lru_cache(maxsize=64)
def _around(
    today: date, hours: tuple[Hours, ...], zone: ZoneInfo
) -> tuple[tuple[datetime, datetime], ...]:
    """Begin and end of every stretch near a day, in order.

    Whoever looks every few seconds asks for the same day again and again.
    """
    near = []
    for offset in range(-8, 16):
        day = today + timedelta(days=offset)
        for each in hours:
            if day.weekday() != each.day:
                continue
            begin = _opening(day, each.begin, zone)
            end = _closing(day + timedelta(days=each.days), each.end, zone)
            # Hours that are skipped as a whole do not come that day.
            if begin < end:
                near.append((begin, end))
    found: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(near):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return tuple(found)


def _opening(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Moment at which a window opens: the first of two, or the end of a gap."""
    wall = datetime.combine(day, at)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if _wall(moment, zone) == wall:
        return moment
    # That time is skipped: search for the moment at which clocks are moved.
    low, high = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment
    after = high.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)


def _closing(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Moment at which a window closes: the last of two, or as far behind a gap."""
    wall = datetime.combine(day, at)
    late = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if _wall(late, zone) == wall:
        return late
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
