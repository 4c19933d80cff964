"""Numbers in words."""

from __future__ import annotations

import math

import pytest

from jupyter_labbook.insight import wording
from jupyter_labbook.insight.statistics import Estimate


@pytest.mark.parametrize(
    ("value", "margin", "text"),
    [
        (0.97083, 0.0041, "0.971 ± 0.004"),
        (0.97083, 0.0012, "0.9708 ± 0.0012"),
        (123.4, 46.0, "120 ± 50"),
        (123.4, 25.0, "123 ± 25"),
        (1234.5, 356.0, "1200 ± 400"),
        (-0.0004, 0.004, "0.000 ± 0.004"),
        (-0.5, 0.04, "-0.50 ± 0.04"),
        (1e-9, 4e-10, "1e-09 ± 4e-10"),
        (0.5, 0.0, "0.5 ± 0"),
        (2.0, math.nan, "2"),
    ],
)
def test_a_mean_ends_where_its_margin_does(value, margin, text):
    found = Estimate(value, value - margin, value + margin)
    assert wording.estimate(found) == text


def test_a_single_value_has_no_margin():
    assert wording.estimate(Estimate(0.123456)) == "0.1235"


def test_a_number_gets_the_digits_that_tell_it_apart():
    assert wording.number(0.90001) == "0.9"
    assert wording.number(0.90001, apart_from=0.9) == "0.90001"
    assert wording.number(0.9, apart_from=0.9) == "0.9"
    assert wording.number(0.1 + 0.2, apart_from=0.3) == "0.3"


def test_an_interval_is_a_digit_finer_than_a_margin():
    assert wording.between(0.9671, 0.97534) == "0.9671 to 0.9753"
    assert wording.between(1.0, 1.0) == "1 to 1"
    assert wording.between(-math.inf, math.inf) == "-inf to inf"
    assert wording.between(0, 1e-12) == "0 to 1e-12"
    assert wording.between(100.0, 900.0) == "100 to 900"


def test_long_lists_end_in_a_count():
    assert wording.listed(["a", "b"]) == "a, b"
    assert wording.listed("abcde", most=3) == "a, b, c and 2 more"
    assert wording.counted(1, "run") == "1 run"
