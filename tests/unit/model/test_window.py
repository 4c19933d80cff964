from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.window import After, Idle, Now, Stretch, Weekly
from jupyter_labbook.model.window_syntax import parse

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
KOLKATA = ZoneInfo("Asia/Kolkata")
ZONES = st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, KOLKATA])
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
MOVED = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
)
"""When clocks are moved, in one of the zones."""
MOMENTS = st.builds(
    lambda begin, seconds: begin + timedelta(seconds=seconds),
    st.sampled_from(MOVED),
    st.integers(-36 * 3600, 36 * 3600),
) | st.integers(0, 5 * 365 * 86400).map(lambda s: BEGIN + timedelta(seconds=s))
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMED = (
    "22:00-07:00",
    "mon-fri 12:00-13:00",
    "fri 22:00-mon 07:00",
    "02:15-02:45",
    "02:00-03:00",
    "02:00-02:30, 02:45-03:15",
)


@st.composite
def windows(draw: st.DrawFn, zone: ZoneInfo) -> Weekly:
    """Any hours that may be written down."""
    first, last = draw(CLOCKS), draw(CLOCKS)
    days = draw(st.sampled_from(["", *DAYS, "mon-fri ", "sat-sun "]))
    text = f"{days} {first:%H:%M}-{last:%H:%M}".strip()
    try:
        window = parse(draw(st.sampled_from([text, *NAMED])), zone)
    except InvalidInputError:
        assume(False)
        raise
    assert isinstance(window, Weekly)
    return window


def at(zone: ZoneInfo, text: str, fold: int = 0) -> datetime:
    """A moment by the clock on the wall."""
    wall = datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)
    return wall.astimezone(UTC)


def stretch(text: str, zone: ZoneInfo, moment: datetime) -> Stretch:
    found = parse(text, zone).stretch(moment, moment)
    assert found is not None
    return found


def lasts(text: str, zone: ZoneInfo, moment: datetime) -> float:
    """Hours from the opening to the closing."""
    found = stretch(text, zone, moment)
    assert found.end is not None
    return (found.end - found.begin).total_seconds() / 3600


@given(st.data(), ZONES, MOMENTS)
def test_a_stretch_holds_the_moment_or_begins_after_it_and_is_never_empty(
    data, zone, moment
) -> None:
    window = data.draw(windows(zone))
    found = window.stretch(moment, moment)
    assert found is not None
    assert found.end is not None
    assert found.holds(moment) or found.begin > moment
    assert found.begin < found.end


@given(st.data(), ZONES, MOMENTS)
def test_no_moment_inside_of_the_hours_is_outside_of_the_stretch(
    data, zone, moment
) -> None:
    window = data.draw(windows(zone))
    wall = moment.astimezone(zone).replace(tzinfo=None)
    inside = any(
        datetime.combine(day, hours.begin)
        <= wall
        < datetime.combine(day + timedelta(days=hours.days), hours.end)
        for hours in window.hours
        for day in (wall.date() - timedelta(days=days) for days in range(9))
        if day.weekday() == hours.day
    )
    found = window.stretch(moment, moment)
    assert found is not None
    if inside:
        assert found.holds(moment)


@given(st.data(), ZONES, MOMENTS)
def test_outside_of_the_hours_it_is_closed_but_for_a_night_of_moved_clocks(
    data, zone, moment
) -> None:
    window = data.draw(windows(zone))
    local = moment.astimezone(zone)
    offsets = {
        (moment + timedelta(hours=hours)).astimezone(zone).utcoffset()
        for hours in range(-26, 27, 13)
    }
    assume(len(offsets) == 1)
    wall = local.replace(tzinfo=None)
    inside = any(
        datetime.combine(day, hours.begin)
        <= wall
        < datetime.combine(day + timedelta(days=hours.days), hours.end)
        for hours in window.hours
        for day in (wall.date() - timedelta(days=days) for days in range(9))
        if day.weekday() == hours.day
    )
    found = window.stretch(moment, moment)
    assert found is not None
    assert found.holds(moment) is inside


@given(st.data(), ZONES, MOMENTS, st.integers(0, 10**6))
def test_every_moment_of_a_stretch_finds_the_same_end(
    data, zone, moment, seconds
) -> None:
    window = data.draw(windows(zone))
    found = window.stretch(moment, moment)
    assert found is not None
    assert found.end is not None
    length = int((found.end - found.begin).total_seconds())
    inside = found.begin + timedelta(seconds=seconds % length)
    again = window.stretch(inside, inside)
    assert again is not None
    assert again.holds(inside)
    # One that is open all week is told of as far as is looked.
    if length < 6 * 86400:
        assert again == found


@given(st.data(), ZONES, MOMENTS)
def test_between_two_stretches_it_is_closed(data, zone, moment) -> None:
    window = data.draw(windows(zone))
    found = window.stretch(moment, moment)
    assert found is not None
    assert found.end is not None
    after = window.stretch(found.end, found.end)
    assert after is not None
    assert after.begin > found.end


@pytest.mark.parametrize(
    ("zone", "evening", "hours"),
    [
        (BERLIN, "2026-03-28", 8),
        (BERLIN, "2026-10-24", 10),
        (NEW_YORK, "2026-03-07", 8),
        (NEW_YORK, "2026-10-31", 10),
        (LORD_HOWE, "2026-10-03", 8.5),
        (LORD_HOWE, "2026-04-04", 9.5),
        (KOLKATA, "2026-03-28", 9),
        (BERLIN, "2026-06-01", 9),
    ],
)
def test_a_night_is_as_long_as_the_clock_on_the_wall_makes_it(
    zone, evening, hours
) -> None:
    moment = at(zone, f"{evening} 23:00")
    assert lasts("22:00-07:00", zone, moment) == hours


def test_hours_that_begin_in_a_gap_begin_when_clocks_have_moved() -> None:
    found = stretch("02:15-04:00", BERLIN, at(BERLIN, "2026-03-29 00:00"))
    assert found.begin == at(BERLIN, "2026-03-29 03:00")
    assert found.end == at(BERLIN, "2026-03-29 04:00")


def test_hours_that_lie_in_a_gap_are_as_long_as_ever() -> None:
    found = stretch("02:15-02:45", BERLIN, at(BERLIN, "2026-03-29 00:00"))
    assert found.begin == at(BERLIN, "2026-03-29 03:00")
    assert found.end == at(BERLIN, "2026-03-29 03:45")


@pytest.mark.parametrize(
    ("zone", "text", "night", "begin"),
    [
        (BERLIN, "02:00-03:00", "2026-03-29", "2026-03-30 02:00"),
        (LORD_HOWE, "02:00-02:30", "2026-10-04", "2026-10-05 02:00"),
    ],
)
def test_hours_that_are_skipped_as_a_whole_come_on_the_next_day(
    zone, text, night, begin
) -> None:
    found = stretch(text, zone, at(zone, f"{night} 00:00"))
    assert found.begin == at(zone, begin)


def test_hours_that_come_twice_are_open_from_the_first_to_the_last() -> None:
    moment = at(BERLIN, "2026-10-25 00:00")
    found = stretch("02:15-02:45", BERLIN, moment)
    assert found.begin == at(BERLIN, "2026-10-25 02:15", fold=0)
    assert found.end == at(BERLIN, "2026-10-25 02:45", fold=1)
    assert lasts("02:15-02:45", BERLIN, moment) == 1.5


def test_half_an_hour_is_enough_of_a_gap() -> None:
    found = stretch("02:10-03:00", LORD_HOWE, at(LORD_HOWE, "2026-10-04 01:00"))
    assert found.begin == at(LORD_HOWE, "2026-10-04 02:30")
    assert found.end == at(LORD_HOWE, "2026-10-04 03:00")


def test_hours_that_touch_are_one_stretch() -> None:
    moment = at(KOLKATA, "2026-05-06 10:00")
    found = stretch("22:00-24:00, 00:00-07:00", KOLKATA, moment)
    assert found == stretch("22:00-07:00", KOLKATA, moment)


def test_a_whole_day_after_the_other_never_closes_for_long() -> None:
    moment = at(KOLKATA, "2026-05-06 10:00")
    assert lasts("00:00-24:00", KOLKATA, moment) > 14 * 24


def test_a_weekend_reaches_over_three_midnights() -> None:
    sunday = at(BERLIN, "2026-05-10 12:00")
    assert stretch("fri 22:00-mon 07:00", BERLIN, sunday) == Stretch(
        at(BERLIN, "2026-05-08 22:00"), at(BERLIN, "2026-05-11 07:00")
    )


@given(MOMENTS, st.integers(0, 10**6))
def test_now_is_always_open(since, seconds) -> None:
    moment = since + timedelta(seconds=seconds)
    assert Now().stretch(moment, since) == Stretch(since, None)
    # The clock was set back since it was asked for.
    assert Now().stretch(since, moment).holds(since)


@given(ZONES, CLOCKS, MOMENTS, st.integers(0, 10**6))
def test_after_a_time_it_opens_once_and_stays_open(zone, clock, since, seconds) -> None:
    window = After("after", clock, zone)
    found = window.stretch(since + timedelta(seconds=seconds), since)
    assert found.end is None
    assert timedelta(0) <= found.begin - since <= timedelta(hours=25)


@given(ZONES, MOMENTS)
def test_after_a_time_that_is_skipped_it_opens_when_clocks_have_moved(zone, since):
    window = After("after 02:15", time(2, 15), zone)
    begin = window.stretch(since, since).begin.astimezone(zone)
    assert (begin.minute, begin.hour) in {(15, 2), (0, 3), (30, 2)}


def test_idle_cannot_be_told_by_a_clock() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert Idle().stretch(moment, moment) is None


def test_a_window_without_hours_has_no_stretch() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert Weekly("never", (), BERLIN).stretch(moment, moment) is None


def test_a_stretch_holds_its_begin_and_not_its_end() -> None:
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    assert Stretch(begin, end).holds(begin)
    assert not Stretch(begin, end).holds(end)
    assert not Stretch(begin, None).holds(begin - timedelta(seconds=1))
