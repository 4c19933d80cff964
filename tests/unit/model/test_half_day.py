"""Which half of a day it is: a level, whatever happened to the moment itself."""

from __future__ import annotations

from datetime import datetime

import pytest

from jupyter_labbook.model.half_day import Half, HalfDay, half_day, read_time

TIMES = {Half.MORNING: "08:00", Half.EVENING: "17:30"}


def at(moment: str, times: dict[Half, str] | None = None) -> HalfDay | None:
    return half_day(datetime.fromisoformat(moment), times or TIMES)


MORNING = HalfDay(Half.MORNING, "2026-03-29")
EVENING = HalfDay(Half.EVENING, "2026-03-28")


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-03-28T17:30", EVENING),
        ("2026-03-28T23:59", EVENING),
        ("2026-03-29T05:29", EVENING),
        ("2026-03-29T05:30", None),
        ("2026-03-29T07:59", None),
        ("2026-03-29T08:00", MORNING),
        ("2026-03-29T17:29:59+02:00", MORNING),
    ],
)
def test_a_half_lasts_until_the_other_or_for_twelve_hours(moment, found) -> None:
    assert at(moment) == found


def test_whoever_works_by_night_has_their_morning_in_the_evening() -> None:
    times = {Half.MORNING: "20:00", Half.EVENING: "7:00"}
    assert at("2026-03-28T21:00", times) == HalfDay(Half.MORNING, "2026-03-28")
    assert at("2026-03-29T06:59", times) == HalfDay(Half.MORNING, "2026-03-28")
    assert at("2026-03-29T07:00", times) == HalfDay(Half.EVENING, "2026-03-29")


def test_a_time_that_is_left_empty_never_comes() -> None:
    nothing = {Half.MORNING: "", Half.EVENING: ""}
    assert at("2026-03-28T21:00", nothing) is None
    alone = {Half.MORNING: "08:00", Half.EVENING: ""}
    assert at("2026-03-28T19:59", alone) == HalfDay(Half.MORNING, "2026-03-28")
    assert at("2026-03-28T20:00", alone) is None


@pytest.mark.parametrize("text", ["8", "8:0", "24:00", "08:60", "8 am", "-1:00"])
def test_what_is_no_time_is_said(text) -> None:
    with pytest.raises(ValueError, match="no time of the day"):
        read_time(text)
