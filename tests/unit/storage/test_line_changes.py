"""Whoever saw a line at any time can be told what of it still stands."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.storage import line_changes
from jupyter_labbook.storage.line_changes import ChangingPoints
from jupyter_labbook.storage.thin_line import Points

STATES = st.lists(st.lists(st.sampled_from([0.0, 1.0, math.nan]), max_size=6))


def line(values: list[float]) -> Points:
    y = np.array(values, dtype=float)
    return Points(np.arange(len(y), dtype=float), np.arange(len(y)) + 1e9, y)


def alike(first: list[float], second: list[float]) -> bool:
    return bool(np.array_equal(first, second, equal_nan=True))


@given(STATES)
def test_what_is_kept_is_what_still_stands(states: list[list[float]]) -> None:
    changing = ChangingPoints()
    for revision, state in enumerate(states, 1):
        before = changing.points.y.tolist()
        assert changing.put(line(state), revision) is not alike(before, state)
    last = states[-1] if states else []
    for revision, seen in enumerate([[], *states]):
        kept = changing.kept(revision)
        assert kept <= len(seen)
        assert alike(seen[:kept], last[:kept])


def test_a_line_that_only_grows_is_kept_whole() -> None:
    changing = ChangingPoints()
    for size in range(1, 20):
        changing.put(line([1.0] * size), size)
    assert [changing.kept(size) for size in range(1, 20)] == [*range(1, 20)]


def test_however_many_changes_there_were_little_is_remembered() -> None:
    changing = ChangingPoints()
    most = line_changes._REMEMBERED
    for size in range(1, 3 * most):
        changing.put(line([1.0] * size), size)
    assert len(changing._kept) == most
    assert changing.kept(3 * most - 2) == 3 * most - 2
    # Who is far behind is told more than would be needed, and never too little.
    assert changing.kept(5) <= 5


def test_another_time_or_x_is_a_change() -> None:
    changing = ChangingPoints()
    changing.put(line([1.0, 1.0]), 1)
    later = line([1.0, 1.0])
    later.time[1] += 1
    assert changing.put(later, 2)
    assert changing.kept(1) == 1
