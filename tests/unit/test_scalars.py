from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from jupyter_labbook.errors import LabbookError, MetricError
from jupyter_labbook.runtime.scalars import check_names, joined, number, text


class Tensor:
    """Behaves as a tensor of PyTorch does, or as an array of JAX."""

    def __init__(self, value: object, shape: tuple[int, ...] = ()) -> None:
        self.value = value
        self.shape = shape

    def item(self) -> object:
        if math.prod(self.shape) != 1:
            raise RuntimeError("a Tensor with 2 elements cannot be converted to Scalar")
        return self.value


class Traced:
    shape = ()

    def item(self) -> float:
        raise TypeError("abstract tracer value encountered")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.1, "0.1"),
        (3, "3"),
        (True, "1"),
        (False, "0"),
        (2**70, str(2**70)),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
        (-0.0, "-0.0"),
        (5e-324, "5e-324"),
        (Fraction(1, 4), "0.25"),
        (Decimal("0.5"), "0.5"),
        (np.float64(0.1), "0.1"),
        (np.float32(0.5), "0.5"),
        (np.float16(0.5), "0.5"),
        (np.longdouble(0.5), "0.5"),
        (np.int8(-3), "-3"),
        (np.uint64(2**64 - 1), str(2**64 - 1)),
        (np.bool_(True), "1"),  # NumPy's own truth value
        (np.array(0.5), "0.5"),
        (np.array([0.5]), "0.5"),
        (np.array([[7]]), "7"),
        (Tensor(0.25), "0.25"),
        (Tensor(True, (1, 1)), "1"),
        (Tensor(Decimal("0.5"), (1,)), "0.5"),
    ],
)
def test_one_number_of_any_library_is_written_in_full(
    value: object, written: str
) -> None:
    assert text("loss", value) == written


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("0.5", "a str"),
        (b"0.5", "a bytes"),
        (None, "leave it out of the calls where it has no value"),
        (1 + 2j, "a complex"),
        (np.complex128(1), "a complex128"),
        (np.str_("1"), "a str_"),
        (np.datetime64("2026-01-01"), "a datetime64"),
        ([0.5], r"a list of 1"),
        ({"a": 1.0}, r"a dict of 1"),
        (np.arange(6.0).reshape(2, 3), r"a ndarray of shape \(2, 3\).*\.mean\(\)"),
        (np.array([]), r"shape \(0,\)"),
        (Tensor(0, (2,)), r"a Tensor of shape \(2,\).*\.mean\(\)"),
        (Traced(), "a Traced"),
        (Decimal("sNaN"), "a Decimal"),
        (Fraction(10**400), "a Fraction"),
        (object(), "a object"),
    ],
)
def test_anything_else_is_a_type_error_that_names_the_metric_and_the_cure(
    value: object, told: str
) -> None:
    with pytest.raises(TypeError, match=told) as caught:
        number("val/loss", value)
    assert "'val/loss'" in str(caught.value)
    assert isinstance(caught.value, LabbookError)


def test_an_integer_too_long_to_write_is_an_error_too() -> None:
    with pytest.raises(MetricError, match="'n' has more digits"):
        text("n", 10**5000)


def test_what_a_library_says_is_kept_as_the_cause() -> None:
    with pytest.raises(MetricError) as caught:
        number("loss", Traced())
    assert "abstract tracer" in str(caught.value.__cause__)


@pytest.mark.parametrize("name", ["_row", "_time", "step"])
def test_names_of_our_own_columns_are_refused(name: str) -> None:
    with pytest.raises(MetricError, match=f"'{name}' cannot name a metric"):
        check_names(["loss", name])


def test_a_step_in_the_mapping_is_told_where_it_belongs() -> None:
    with pytest.raises(MetricError, match=r"pass log\(\.\.\., step=\.\.\.\)"):
        check_names(["step"])


@pytest.mark.parametrize("name", [1, None, ("a",)])
def test_names_that_are_not_text_are_refused(name: object) -> None:
    with pytest.raises(MetricError, match=r"use str\(\) of it"):
        check_names([name])


def test_a_name_longer_than_a_page_is_refused_in_a_short_message() -> None:
    with pytest.raises(MetricError, match="longer than 4096") as caught:
        check_names(["x" * 5000])
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "name", ["", " ", "a,b", 'a"b', "a\nb", "損失", "_rows", "nan"]
)
def test_any_other_text_is_a_name(name: str) -> None:
    check_names([name])


def test_mapping_and_keywords_are_put_together_in_order() -> None:
    assert list(joined({"b": 1, "a": 2}, {"c": 3})) == ["b", "a", "c"]


def test_a_name_given_in_both_ways_is_an_error() -> None:
    with pytest.raises(MetricError, match="'a' is given twice"):
        joined({"a": 1}, {"a": 2})


@pytest.mark.parametrize("values", [0.5, [("a", 1)], "loss"])
def test_what_is_no_mapping_is_an_error_with_the_right_form(
    values: dict[str, Any],
) -> None:
    with pytest.raises(MetricError, match=r"write log\(loss=\.\.\.\)"):
        joined(values, {})
