"""How windows are written: ``22:00-07:00``, ``sat 10:00-18:00``, ``after 23:30``."""

from __future__ import annotations

import difflib
import re
from datetime import time, timedelta
from typing import TYPE_CHECKING, Final

from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.window import DAYS, After, Hours, Idle, Now, Weekly, Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

_CLOCK: Final = r"(\d{1,2}):(\d\d)"
_DAY: Final = r"([a-z]{2,9})"
_ACROSS: Final = re.compile(rf"{_DAY} +{_CLOCK} *- *{_DAY} +{_CLOCK}")
"""``fri 20:00-mon 07:00``."""
_DAILY: Final = re.compile(rf"(?:{_DAY}(?: *- *{_DAY})? +)?{_CLOCK} *- *{_CLOCK}")
"""``22:00-07:00``, ``sat 10:00-18:00``, ``mon-fri 12:00-13:00``."""
_AFTER: Final = re.compile(rf"after +{_CLOCK}")
_MINUTES: Final = 7 * 24 * 60

FORMS: Final = (
    "`now`, `idle`, `22:00-07:00`, `sat 10:00-18:00`, `fri 20:00-mon 07:00`, "
    "`after 23:30`"
)


def parse(text: str, zone: ZoneInfo, named: Mapping[str, str] | None = None) -> Window:
    """Read what stands behind ``when``.

    Parameters
    ----------
    text
        Hours as in `FORMS`, several of them separated by commas, or a name.
    zone
        Whose clock is meant.
    named
        Hours by name, as the user's settings have them.

    Raises
    ------
    InvalidInputError
        It is none of these, never opens, or overlaps itself.
    """
    words = " ".join(text.lower().split())
    named = named or {}
    if words in named:
        return weekly(words, _parts(named[words]), zone)
    if words == "now":
        return Now()
    if words == "idle":
        return Idle()
    if found := _AFTER.fullmatch(words):
        return After(words, _clock(text, *found.groups()), zone)
    if not re.search(r"\d", words):
        raise InvalidInputError(_unknown(text, named))
    return weekly(words, _parts(words), zone)


def weekly(label: str, parts: Sequence[str], zone: ZoneInfo) -> Weekly:
    """Read the hours of a window that comes again each week.

    Raises
    ------
    InvalidInputError
        A part is not written as hours, or overlaps another one.
    """
    hours = [each for part in parts for each in _hours(part)]
    if not hours:
        raise InvalidInputError(
            f"The window {label!r} never opens: give it hours, such as 22:00-07:00."
        )
    _refuse_overlap(label, hours)
    return Weekly(label, tuple(hours), zone)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _hours(part: str) -> list[Hours]:
    words = " ".join(part.lower().split())
    if found := _ACROSS.fullmatch(words):
        first, h1, m1, last, h2, m2 = found.groups()
        day, until = _day(part, first), _day(part, last)
        begin, end = _clock(part, h1, m1), _clock(part, h2, m2)
        days = (until - day) % 7
        if days == 0 and end <= begin:
            days = 7
        return [Hours(day, begin, days, end)]
    if found := _DAILY.fullmatch(words):
        first, last, h1, m1, h2, m2 = found.groups()
        begin, end = _clock(part, h1, m1), _clock(part, h2, m2)
        if (h1, m1) == (h2, m2):
            raise InvalidInputError(
                f"{part!r} never opens, since it ends when it begins; for a whole day "
                "write 00:00-24:00."
            )
        # 24:00 is read as the midnight that ends the day.
        days = int(end <= begin)
        return [Hours(day, begin, days, end) for day in _days(part, first, last)]
    raise InvalidInputError(f"{part!r} is no window; write {FORMS}.")


def _days(part: str, first: str | None, last: str | None) -> list[int]:
    if first is None:
        return list(range(7))
    begin = _day(part, first)
    length = (_day(part, last) - begin) % 7 if last else 0
    return [(begin + offset) % 7 for offset in range(length + 1)]


def _day(part: str, word: str) -> int:
    for number, name in enumerate(DAYS):
        if word.startswith(name):
            return number
    raise InvalidInputError(
        f"{word!r} in {part!r} is no day; the days are {', '.join(DAYS)}."
    )


def _clock(part: str, hour: str, minute: str) -> time:
    if (int(hour), int(minute)) == (24, 0):
        return time(0)
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise InvalidInputError(
            f"{hour}:{minute} in {part!r} is no time of the day; write it as 00:00 to "
            "24:00."
        ) from None


def _refuse_overlap(label: str, hours: list[Hours]) -> None:
    spans = sorted((_minute(one.day, one.begin), _length(one)) for one in hours)
    first = spans[0][0] + _MINUTES
    for (begin, length), after in zip(
        spans, [*(begin for begin, _ in spans[1:]), first], strict=True
    ):
        if begin + length > after:
            raise InvalidInputError(
                f"The window {label!r} overlaps itself on "
                f"{DAYS[after % _MINUTES // (24 * 60)]}: let its parts end where the "
                "next one begins, or make one of them."
            )


def _minute(day: int, at: time) -> int:
    return (day * 24 + at.hour) * 60 + at.minute


def _length(hours: Hours) -> int:
    begin, end = _minute(0, hours.begin), _minute(hours.days, hours.end)
    return end - begin


def _unknown(text: str, named: Mapping[str, str]) -> str:
    names = list(named)
    near = difflib.get_close_matches(
        text.lower(), [*names, "now", "idle"], n=1, cutoff=0.5
    )
    hint = f"did you mean `{near[0]}`? " if near else ""
    return (
        f"There is no window {text!r}: {hint}there are {', '.join(names)}, and hours "
        f"such as {FORMS}; name your own under [windows] in your settings."
    )


def length(hours: Hours) -> timedelta:
    """How long hours last when no clock is moved meanwhile."""
    return timedelta(minutes=_length(hours))
