"""Days in a row on which an experiment was begun."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jupyter_labbook.insight.streak import RECENT, streak
from jupyter_labbook.model.digest import Streak

TODAY = date(2026, 3, 2)


def back(*days: int) -> list[date]:
    return [TODAY - timedelta(days=day) for day in days]


def test_no_experiment_is_no_streak() -> None:
    assert streak([], TODAY) == Streak(0, 0, today=False, recent=[0] * RECENT)


@pytest.mark.parametrize(
    ("days", "unbroken", "longest"),
    [
        ([0], 1, 1),
        ([0, 1, 2], 3, 3),
        ([1, 2], 2, 2),
        ([2, 3, 4], 0, 3),
        ([0, 2, 3, 4], 1, 3),
        ([0, 0, 0], 1, 1),
        ([400, 401, 0], 1, 2),
    ],
)
def test_a_streak_ends_with_the_first_day_without(
    days: list[int], unbroken: int, longest: int
) -> None:
    found = streak(back(*days), TODAY)
    assert (found.days, found.longest) == (unbroken, longest)
    assert found.today == (0 in days)


def test_the_last_two_weeks_are_told_day_by_day() -> None:
    found = streak(back(0, 0, 1, 13, 14), TODAY)
    assert found.recent == [1, *[0] * 11, 1, 2]


def test_what_is_dated_in_the_future_does_not_count() -> None:
    assert streak(back(-1, -2), TODAY) == streak([], TODAY)


def test_the_end_of_february_is_no_gap() -> None:
    assert streak(back(0, 1, 2), TODAY).days == 3
