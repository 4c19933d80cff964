"""Regression over a handful of rows, against NumPy and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from jupyter_labbook.insight.regression import (
    Prior,
    predict_at_origin,
    solve,
    student_quantile,
)

numbers = st.floats(-100, 100)


@pytest.mark.parametrize("degrees", [3, 3.5, 4, 7, 20, 1000])
def test_the_quantile_is_that_of_scipy(degrees) -> None:
    assert student_quantile(degrees) == pytest.approx(stdtrit(degrees, 0.9), rel=1e-3)


@given(st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=1, max_size=6))
def test_equations_are_solved_as_numpy_does(rows) -> None:
    x = np.array(rows)
    matrix = x.T @ x + np.eye(3)
    sides = [[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]]
    expected = np.linalg.solve(matrix, np.array(sides).T).T
    assert np.allclose(solve(matrix.tolist(), sides), expected, rtol=1e-6, atol=1e-9)


def test_with_a_faint_prior_it_is_ordinary_least_squares() -> None:
    x = np.column_stack([np.ones(6), np.arange(6.0)])
    y = np.array([1.0, 3.1, 4.9, 7.2, 8.8, 11.0])
    prior = Prior(means=[0, 0], precisions=[0, 1e-12], scatter=1e-9, weight=1e-9)
    found = predict_at_origin(x.tolist(), y.tolist(), prior)
    (level, slope), [residual], *_ = np.linalg.lstsq(x, y)
    assert found.middle == pytest.approx(level)
    leverage = np.linalg.inv(x.T @ x)[0, 0]
    # The slope has its prior, so it takes none of the degrees of freedom.
    assert found.scale**2 == pytest.approx(residual / 5 * (1 + leverage))
    assert found.degrees == pytest.approx(5)
    assert slope == pytest.approx(2, rel=0.02)


def test_a_strong_prior_holds_its_coefficient() -> None:
    prior = Prior(means=[0, 3], precisions=[0, 1e12], scatter=1, weight=1)
    found = predict_at_origin([[1, 2], [1, 4]], [6, 12], prior)
    assert found.middle == pytest.approx(0, abs=1e-6)
