"""The intervals are those of scipy.stats, and hold as often as they say."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jupyter_labbook.insight.statistics import (
    Estimate,
    Spread,
    interval,
    mean_interval,
    mean_of,
    simultaneous,
    spread_of,
)

samples = st.lists(
    st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=2, max_size=12
).filter(lambda values: max(values) - min(values) > 1e-2)


def _close(found: Estimate, low: float, high: float) -> bool:
    width = high - low
    return found.low == pytest.approx(low, abs=1e-6 * width) and found.high == (
        pytest.approx(high, abs=1e-6 * width)
    )


@given(samples)
def test_one_sample_has_the_interval_of_a_t_test(values):
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert _close(mean_interval(values), expected.low, expected.high)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=3, max_size=9))
def test_pairs_have_the_interval_of_a_paired_t_test(pairs):
    first, second = zip(*pairs, strict=True)
    differences = [a - b for a, b in pairs]
    if max(differences) - min(differences) < 1e-3:
        return
    expected = stats.ttest_rel(first, second).confidence_interval(0.95)
    assert _close(mean_interval(differences), expected.low, expected.high)


@given(samples, samples)
def test_two_samples_have_the_interval_of_welch(first, second):
    expected = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    found = interval(
        mean_of(first) - mean_of(second), [spread_of(first), spread_of(second)]
    )
    assert _close(found, expected.low, expected.high)


def test_another_confidence_gives_another_interval():
    values = [1.0, 2.0, 4.0]
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.99)
    assert _close(mean_interval(values, confidence=0.99), expected.low, expected.high)


def test_a_single_value_has_no_interval():
    assert mean_interval([0.9]) == Estimate(0.9)
    assert Estimate(0.9).margin is None


def test_equal_values_have_an_interval_of_no_width():
    assert mean_interval([0.1] * 3) == Estimate(mean_of([0.1] * 3), 0.1, 0.1)
    assert spread_of([0.1] * 3) == Spread(0.0, 3)


@pytest.mark.parametrize("scale", [1e-300, 1e-170, 1e160, 1e300])
def test_tiny_and_huge_values_neither_vanish_nor_overflow(scale):
    found = mean_interval([1.0 * scale, 2.0 * scale, 3.0 * scale])
    assert found.low / scale == pytest.approx(2 - 2.484, abs=1e-3)


def test_the_mean_of_huge_values_is_finite_and_of_infinities_infinite():
    assert mean_of([1.7e308, 1.7e308]) == 1.7e308
    assert mean_of([math.inf, 1.0]) == math.inf
    assert math.isnan(mean_of([math.inf, -math.inf]))


@pytest.mark.parametrize("count", [2, 5, 20])
def test_an_interval_misses_the_truth_one_time_in_twenty(count):
    source = random.Random(count)
    rounds = 4000
    missed = 0
    for _ in range(rounds):
        found = mean_interval([source.gauss(3, 2) for _ in range(count)])
        missed += not found.low <= 3 <= found.high
    # 0.05 with a standard error of 0.0034.
    assert 0.038 < missed / rounds < 0.062


def test_welch_holds_with_other_variances_and_sizes():
    source = random.Random(7)
    rounds = 4000
    missed = 0
    for _ in range(rounds):
        first = [source.gauss(0, 1) for _ in range(3)]
        second = [source.gauss(0, 4) for _ in range(8)]
        found = interval(
            mean_of(first) - mean_of(second), [spread_of(first), spread_of(second)]
        )
        missed += not found.low <= 0 <= found.high
    assert 0.038 < missed / rounds < 0.065


def test_several_intervals_hold_together_when_each_is_wide_enough():
    assert simultaneous(1) == pytest.approx(0.95)
    assert simultaneous(10) == pytest.approx(0.995)


def test_a_sum_beyond_the_largest_number_still_has_a_mean():
    assert mean_of([1.7e308, 1.6e308]) == pytest.approx(1.65e308)
