"""Numbers, durations and moments as a person reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from jupyter_labbook.rendering.formats import (
    counted,
    format_alike,
    format_duration,
    format_left,
    format_number,
    format_share,
    format_value,
    format_when,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (999_999, "999999"),
        (1_234_567, "1.235e6"),
        (1e7, "1e7"),
        (0.97125, "0.9712"),
        (0.5, "0.5"),
        (-12.3456, "-12.35"),
        (1234.56, "1235"),
        (9999.96, "10000"),
        (0.00012345, "0.0001234"),
        (1e-5, "1e-5"),
        (-3.21e-7, "-3.21e-7"),
        (float("nan"), "NaN"),
        (float("inf"), "inf"),
        (float("-inf"), "-inf"),
        (5e-324, "4.941e-324"),
    ],
)
def test_numbers_have_four_digits_and_no_more_than_they_need(
    value: float, text: str
) -> None:
    assert format_number(value) == text


def test_numbers_below_each_other_have_the_same_decimals() -> None:
    assert format_alike([0.97, 0.965, 0.9812]) == ["0.9700", "0.9650", "0.9812"]
    assert format_alike([4.3, 11.9]) == ["4.3", "11.9"]
    assert format_alike([1, 2]) == ["1", "2"]


def test_numbers_of_far_sizes_are_written_each_by_itself() -> None:
    assert format_alike([0.001234, 5000.5]) == ["0.001234", "5000"]
    assert format_alike([1e-9, 0.5]) == ["1e-9", "0.5"]


def test_nan_keeps_its_name_in_a_column() -> None:
    assert format_alike([0.5, float("nan"), 0.25]) == ["0.50", "NaN", "0.25"]
    assert format_alike([float("nan"), 0.0]) == ["NaN", "0"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (12.4, "12 s"),
        (200, "3 min 20 s"),
        (3599.7, "1 h 00 min"),
        (7500, "2 h 05 min"),
        (90_000, "1 d 1 h"),
        (-1, "unknown"),
        (float("inf"), "unknown"),
        (float("nan"), "unknown"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (5, "less than a minute"),
        (130, "about 3 min"),
        (4000, "about 1 h 10 min"),
        (90_000, "about 1 d 1 h"),
        (float("nan"), "an unknown time"),
        (float("inf"), "an unknown time"),
    ],
)
def test_time_left_is_no_more_exact_than_it_can_be(seconds: float, text: str) -> None:
    assert format_left(seconds) == text


def test_moments_are_told_as_seen_from_now() -> None:
    now = datetime(2026, 3, 12, 23, 30, tzinfo=timezone(timedelta(hours=1)))
    assert format_when(now - timedelta(hours=3), now) == "today 20:30"
    assert format_when(now + timedelta(hours=1), now) == "tomorrow 00:30"
    assert format_when(now - timedelta(days=1), now) == "yesterday 23:30"
    assert format_when(now - timedelta(days=9), now) == "3 Mar 23:30"
    assert format_when(now - timedelta(days=400), now) == "5 Feb 2025"


def test_moments_of_another_zone_are_told_in_the_readers() -> None:
    now = datetime(2026, 3, 12, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    moment = datetime(2026, 3, 11, 23, 45, tzinfo=UTC)
    assert format_when(moment, now) == "today 00:45"


def test_values_are_written_as_a_header_spells_them() -> None:
    value = {"a": [1, 1e-5, True, None, 0.5, 2.0], "b": "two\nlines"}
    assert format_value(value) == "{a: [1, 1e-5, true, null, 0.5, 2], b: two lines}"


def test_one_is_no_plural() -> None:
    assert [counted(n, "run") for n in (0, 1, 2)] == ["0 runs", "1 run", "2 runs"]


@pytest.mark.parametrize(
    ("used", "there", "said"),
    [
        (0, 32400, "0 of 9 hours"),
        (11520, 32400, "3.2 of 9 hours"),
        (170, 32400, "under 0.1 of 9 hours"),
        (180, 32400, "0.1 of 9 hours"),
        (36000, 223200, "10 of 62 hours"),
        (0, 600, "0 of 10 minutes"),
        (20, 600, "under 1 of 10 minutes"),
        (245, 600, "4 of 10 minutes"),
    ],
)
def test_a_share_is_told_in_hours_or_minutes(
    used: float, there: float, said: str
) -> None:
    assert format_share(used, there) == said
