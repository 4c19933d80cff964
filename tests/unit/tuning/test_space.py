from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.model.space import Choice, Float, Integer, Space
from jupyter_labbook.tuning.space import space_of


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([30, 100, 300], Integer(30, 300, log=True)),
        ([1, 5, 10], Integer(1, 10)),
        ([2, 4, 8], Integer(2, 8)),
        ([1, 10], Integer(1, 10, log=True)),
        ([0, 1, 10, 100], Integer(0, 100)),
        ([1e-4, 1e-3, 1e-2], Float(1e-4, 1e-2, log=True)),
        ([1e-2, 1e-4, 1e-3], Float(1e-4, 1e-2, log=True)),
        ([0.0, 0.5, 0.9], Float(0.0, 0.9)),
        ([-1.0, 10.0], Float(-1.0, 10.0)),
        ([1, 2.5], Float(1.0, 2.5)),
        (["relu", "tanh"], Choice(("relu", "tanh"))),
        ([True, False], Choice((True, False))),
        ([1, True], Choice((1, True))),
        ([1, None, 2], Choice((1, None, 2))),
        ([1, "auto"], Choice((1, "auto"))),
        ([1.0, math.inf], Choice((1.0, math.inf))),
        ([[8, 8], [16]], Choice(([8, 8], [16]))),
        ([3, 1, 3, 1], Integer(1, 3)),
    ],
)
def test_a_sweep_declares_what_lies_between_its_values(values, expected) -> None:
    assert space_of({"x": values}).dimensions == {"x": expected}


def test_what_has_one_value_is_no_part_of_the_space() -> None:
    assert space_of({"x": [1], "y": ["a", "a"], "z": []}).dimensions == {}
    assert space_of({}).size == 1


def test_a_space_holds_what_was_declared_and_what_lies_between() -> None:
    space = space_of({"depth": [2, 8], "rate": [0.1, 0.5], "kind": ["a", True]})
    assert space.holds({"depth": 5, "rate": 0.3, "kind": True, "other": 0})
    for wrong in (
        {"depth": 9},
        {"depth": 5.5},
        {"depth": True},
        {"rate": 0.6},
        {"rate": math.nan},
        {"rate": "0.3"},
        {"kind": 1},
    ):
        assert not space.holds({"depth": 5, "rate": 0.3, "kind": "a", **wrong})
    assert not space.holds({"depth": 5, "rate": 0.3})


def test_only_what_can_be_counted_has_a_size() -> None:
    assert space_of({"depth": [2, 8], "kind": ["a", "b"]}).size == 14
    assert space_of({"depth": [2, 8], "rate": [0.1, 0.5]}).size is None


def test_settings_are_what_is_searched_of_the_parameters_of_a_run() -> None:
    space = Space({"depth": Integer(1, 3)})
    assert space.settings({"trees": 9, "depth": 2}) == {"depth": 2}


VALUES = st.one_of(
    st.lists(st.integers(-1000, 1000), min_size=2),
    st.lists(st.floats(-1e6, 1e6), min_size=2),
    st.lists(st.booleans() | st.text(max_size=3) | st.none(), min_size=2),
)


@given(values=VALUES)
def test_every_value_of_a_sweep_lies_in_its_space(values) -> None:
    space = space_of({"x": values})
    assert all(space.holds({"x": value}) for value in values) or not space.dimensions
    if isinstance(one := space.dimensions.get("x"), Float | Integer) and one.log:
        assert one.low > 0
        assert one.high >= 10 * one.low
