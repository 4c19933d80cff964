from __future__ import annotations

from contextlib import suppress
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.window import After, Hours, Idle, Now, Weekly
from jupyter_labbook.model.window_syntax import length, parse

ZONE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("sat 10:00-18:00", [Hours(5, time(10), 0, time(18))]),
        ("Saturday  10:00 - 18:00", [Hours(5, time(10), 0, time(18))]),
        ("sun 22:00-07:00", [Hours(6, time(22), 1, time(7))]),
        ("fri 20:00-mon 07:00", [Hours(4, time(20), 3, time(7))]),
        ("mon 20:00-mon 07:00", [Hours(0, time(20), 7, time(7))]),
        ("mon 07:00-mon 20:00", [Hours(0, time(7), 0, time(20))]),
        ("sat-mon 8:00-9:00", [Hours(d, time(8), 0, time(9)) for d in (5, 6, 0)]),
        ("thu 22:00-24:00", [Hours(3, time(22), 1, time(0))]),
        (
            "wed 12:00-13:00, 18:00-19:00",
            [
                Hours(2, time(12), 0, time(13)),
                *(Hours(day, time(18), 0, time(19)) for day in range(7)),
            ],
        ),
    ],
)
def test_hours_are_read_as_they_are_written(text, hours) -> None:
    window = parse(text, ZONE)
    assert isinstance(window, Weekly)
    assert list(window.hours) == hours


def test_words_that_are_no_hours_are_known() -> None:
    assert isinstance(parse("now", ZONE), Now)
    assert isinstance(parse(" Idle ", ZONE), Idle)
    assert parse("after  23:30", ZONE) == After("after 23:30", time(23, 30), ZONE)


def test_names_come_from_who_asks() -> None:
    window = parse("Siesta", ZONE, {"siesta": "13:00-15:00"})
    assert isinstance(window, Weekly)
    assert window.label == "siesta"
    assert len(window.hours) == 7


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("22:00-22:00", "never opens"),
        ("sat 10:00-18:00, sat 17:00-19:00", "overlaps itself on sat"),
        ("22:00-07:00, 06:00-08:00", "overlaps itself on"),
        ("mon 08:00-mon 07:00, sun 10:00-11:00", "overlaps itself"),
        ("25:00-07:00", "25:00 in '25:00-07:00' is no time"),
        ("22:00-07:60", "is no time of the day"),
        ("noday 10:00-11:00", "'noday' in 'noday 10:00-11:00' is no day"),
        ("22-07", "is no window; write"),
        ("after 25:00", "is no time of the day"),
        ("tonite", "There is no window 'tonite': did you mean `tonight`?"),
        ("", "There is no window ''"),
        ("22:00-07:00,", "is no window"),
    ],
)
def test_what_is_no_window_is_refused_with_a_sentence(text, says) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse(text, ZONE, {"tonight": "22:00-07:00"})
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_name_for_nonsense_is_refused_as_the_nonsense_is() -> None:
    with pytest.raises(InvalidInputError, match="'nonsense' is no window"):
        parse("mine", ZONE, {"mine": "nonsense"})


@given(st.text(max_size=30))
def test_any_text_is_a_window_or_refused(text) -> None:
    with suppress(InvalidInputError):
        assert parse(text, ZONE).label == " ".join(text.lower().split())


def test_a_length_is_that_of_a_night_without_moved_clocks() -> None:
    [friday] = parse("fri 20:00-mon 07:00", ZONE).hours
    assert length(friday) == timedelta(hours=59)
