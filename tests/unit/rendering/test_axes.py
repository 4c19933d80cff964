"""Axes and their ticks."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.rendering.axes import (
    bar_axis,
    linear_axis,
    parameter_axis,
    step_axis,
    tick_label,
    value_axis,
)

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def labels(axis: object) -> list[str]:
    return [tick.label for tick in axis.ticks]  # type: ignore[attr-defined]


def test_ticks_are_round_and_alike() -> None:
    assert labels(linear_axis(0, 1)) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    assert labels(linear_axis(-3, 7)) == ["-2", "0", "2", "4", "6"]
    assert labels(linear_axis(0, 40_000, 4)) == ["0", "10k", "20k", "30k", "40k"]
    assert labels(linear_axis(0.9512, 0.9537)) == [
        "0.9515",
        "0.9520",
        "0.9525",
        "0.9530",
        "0.9535",
    ]


def test_the_middle_of_zero_is_not_minus_zero() -> None:
    assert "0.0" in labels(linear_axis(-0.5, 0.5))
    assert "-0.0" not in labels(linear_axis(-0.5, 0.5))


def test_values_over_more_than_three_decades_get_a_logarithmic_axis() -> None:
    assert value_axis([1e-4, 1.0]).log
    assert not value_axis([1e-2, 1.0]).log
    assert not value_axis([0.0, 1e6]).log
    assert not value_axis([-1.0, 1e6]).log
    assert labels(value_axis([1e-4, 1.0]))[0] == "0.0001"


def test_a_near_mark_is_on_the_axis_and_a_far_one_is_not() -> None:
    near = value_axis([0.9, 0.95], [0.97])
    assert 0 < near.place(0.97) < 1
    far = value_axis([0.9, 0.95], [20.0])
    assert far.place(20.0) > 1
    far_log = value_axis([1e-4, 1.0], [1e12])
    assert far_log.place(1e12) > 1


def test_values_all_alike_lie_in_the_middle() -> None:
    axis = value_axis([0.5, 0.5])
    assert axis.place(0.5) == pytest.approx(0.5)
    assert value_axis([0.0]).place(0.0) == pytest.approx(0.5)


def test_a_mark_without_values_gives_the_axis() -> None:
    assert 0 < value_axis([], [0.97]).place(0.97) < 1
    assert value_axis([math.nan]).place(0.5) == pytest.approx(0.5)


def test_zero_lies_under_a_logarithmic_axis() -> None:
    assert value_axis([1e-5, 1.0]).place(0.0) < 0


def test_parameters_varied_by_factors_get_a_logarithmic_axis_with_their_values() -> (
    None
):
    axis = parameter_axis([30, 100, 300])
    assert axis.log
    assert labels(axis) == ["30", "100", "300"]
    assert labels(parameter_axis([1e-5, 1e-3, 0.1])) == ["1e-5", "0.001", "0.1"]
    assert parameter_axis([1, 1000]).log


def test_parameters_varied_by_steps_get_a_linear_axis() -> None:
    axis = parameter_axis([1, 2, 3, 4])
    assert not axis.log
    assert labels(axis) == ["1", "2", "3", "4"]
    assert not parameter_axis([0, 1, 100]).log
    assert not parameter_axis([5]).log


def test_many_parameter_values_get_round_ticks() -> None:
    axis = parameter_axis([n / 7 for n in range(1, 50)])
    assert len(axis.ticks) <= 8


def test_steps_run_from_edge_to_edge() -> None:
    axis = step_axis([0, 5, 100])
    assert (axis.low, axis.high) == (0, 100)
    assert step_axis([]).place(0.5) == pytest.approx(0.5)


def test_bars_start_at_zero() -> None:
    axis = bar_axis([3.0, 7.0], [9.0, math.inf])
    assert axis.low == 0
    assert axis.place(9.0) < 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1e-5, "1e-5"),
        (0.0001, "0.0001"),
        (2.5e-7, "2.5e-7"),
        (9999, "9999"),
        (1e4, "10k"),
        (2_500_000, "2.5M"),
        (3e9, "3G"),
        (1e12, "1e12"),
    ],
)
def test_lone_tick_labels_are_short(value: float, text: str) -> None:
    assert tick_label(value) == text


@given(st.lists(FINITE, max_size=6), st.lists(FINITE, max_size=2))
def test_any_values_have_an_axis_they_lie_on(
    values: list[float], marks: list[float]
) -> None:
    axis = value_axis(values, marks)
    assert len(axis.ticks) <= 16
    assert all(-0.01 <= axis.place(tick.value) <= 1.01 for tick in axis.ticks)
    for value in values:
        if abs(value) < 1e100:
            assert 0 <= axis.place(value) <= 1


@given(st.lists(FINITE.filter(lambda v: abs(v) < 1e100), min_size=1, max_size=6))
def test_any_parameters_and_steps_have_an_axis(values: list[float]) -> None:
    for axis in (parameter_axis(values), step_axis(values)):
        assert all(-0.01 <= axis.place(value) <= 1.01 for value in values)
