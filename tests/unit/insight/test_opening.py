"""Stretches of time are counted once, and as long as they were."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.insight.opening import length, merged, opening, overlap
from jupyter_labbook.model.window import Idle, Now
from jupyter_labbook.model.window_syntax import parse

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = parse("22:00-07:00", BERLIN, {})
HOUR = 3600
SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda p: tuple(sorted(p))),
    max_size=8,
)


def hours(begin: datetime, days: float) -> float:
    end = begin + timedelta(days=days)
    return length(opening(NIGHT, begin, end)) / HOUR


def test_a_week_has_seven_nights() -> None:
    assert hours(datetime(2026, 6, 1, 12, tzinfo=BERLIN), 7) == 63


@pytest.mark.parametrize(
    ("month", "day", "long"), [(3, 28, 8), (10, 24, 10), (6, 6, 9)]
)
def test_a_night_on_which_clocks_are_moved_is_as_long_as_it_was(
    month: int, day: int, long: int
) -> None:
    assert hours(datetime(2026, month, day, 12, tzinfo=BERLIN), 1) == long


def test_a_night_counts_from_when_one_looks() -> None:
    begin = datetime(2026, 6, 1, 23, tzinfo=BERLIN)
    assert hours(begin, 2 / 24) == 2
    assert hours(begin - timedelta(hours=5), 4 / 24) == 0


def test_what_is_always_open_is_open_all_the_time() -> None:
    begin = datetime(2026, 6, 1, tzinfo=UTC)
    found = opening(Now(), begin, begin + timedelta(hours=5))
    assert length(found) == 5 * HOUR


def test_idle_hours_are_known_to_nobody() -> None:
    begin = datetime(2026, 6, 1, tzinfo=UTC)
    assert opening(Idle(), begin, begin + timedelta(days=1)) == []


@given(SPANS)
def test_joined_intervals_hold_the_same_moments(spans: list[tuple[int, int]]) -> None:
    before = {t for begin, end in spans for t in range(begin, end)}
    found = merged(spans)
    assert {t for begin, end in found for t in range(int(begin), int(end))} == before
    assert length(found) == len(before)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(found))


@given(SPANS, SPANS)
def test_what_lies_in_both_is_counted_once(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    both = {t for a, b in first for t in range(a, b)} & {
        t for a, b in second for t in range(a, b)
    }
    assert overlap(first, second) == len(both) == overlap(second, first)
