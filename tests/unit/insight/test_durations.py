"""How long a run will take."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.insight.durations import (
    Past,
    Trial,
    calibration,
    expect,
    expect_from_trial,
)
from jupyter_labbook.model.run import Expected


def past(seconds: float, data: int = 0, **parameters) -> Past:
    return Past(parameters=parameters, seconds=seconds, data=data)


def test_nothing_is_expected_without_history() -> None:
    assert expect([], {"trees": 30}) is None


def test_one_earlier_run_gives_a_wide_interval_around_it() -> None:
    found = expect([past(100)], {})
    assert found is not None
    assert found.middle == pytest.approx(100)
    assert 50 < found.low < 80
    assert 120 < found.high < 200
    assert found.basis == "1 earlier run like it"


def test_more_equal_runs_make_the_interval_narrower() -> None:
    one = expect([past(100)], {})
    many = expect([past(100) for _ in range(20)], {})
    assert one is not None
    assert many is not None
    assert many.high < one.high
    assert many.basis == "20 earlier runs like it"


def test_runs_that_scatter_make_the_interval_wider() -> None:
    calm = expect([past(100) for _ in range(6)], {})
    wild = expect([past(seconds) for seconds in (20, 400, 60, 300, 30, 200)], {})
    assert calm is not None
    assert wild is not None
    assert wild.high / wild.low > 3 * calm.high / calm.low


def test_time_that_is_proportional_to_a_count_is_extended() -> None:
    history = [past(trees / 3, trees=trees) for trees in (30, 60, 100, 200)]
    found = expect(history, {"trees": 600})
    assert found is not None
    assert found.middle == pytest.approx(200, rel=0.1)
    assert found.low < 200 < found.high
    assert found.basis == "4 earlier runs with other trees"


def test_the_further_away_the_less_is_known() -> None:
    history = [past(10, trees=30), past(33, trees=100)]
    near, far = expect(history, {"trees": 120}), expect(history, {"trees": 3000})
    assert near is not None
    assert far is not None
    assert far.high / far.low > near.high / near.low
    assert far.middle > near.middle


def test_a_rate_is_not_taken_for_work() -> None:
    found = expect([past(10, lr=1e-4), past(10, lr=1e-3)], {"lr": 1e-1})
    assert found is not None
    assert found.middle == pytest.approx(10, rel=0.2)


def test_words_and_switches_have_levels_of_their_own() -> None:
    history = [past(10, model="small"), past(11, model="small")]
    history += [past(90, model="large"), past(100, model="large"), past(95, on=True)]
    small, large = (
        expect(history, {"model": "small"}),
        expect(history, {"model": "large"}),
    )
    assert small is not None
    assert large is not None
    assert small.high < 30
    assert large.middle > 60
    assert small.basis == "2 like it and 3 earlier runs with other model, on"


def test_larger_data_take_longer() -> None:
    history = [past(size / 100, data=size) for size in (1000, 2000, 4000)]
    found = expect(history, {}, data=16000)
    assert found is not None
    assert found.middle > 90
    assert found.basis == "3 earlier runs with other data"


def test_nine_of_ten_runs_take_no_longer_than_the_high_end() -> None:
    chance = random.Random(7)
    held = 0
    for _ in range(400):
        history = [
            past(trees * math.exp(chance.gauss(0, 0.3)), trees=trees)
            for trees in (20, 50, 100, 200, 400)
        ]
        found = expect(history, {"trees": 150})
        assert found is not None
        held += 150 * math.exp(chance.gauss(0, 0.3)) <= found.high
    assert 340 <= held <= 385


values = st.one_of(
    st.booleans(),
    st.none(),
    st.integers(-5, 10**6),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=3),
    st.lists(st.integers(0, 3), max_size=2),
)
parameters = st.dictionaries(st.sampled_from("abc"), values, max_size=3)


@given(
    history=st.lists(
        st.builds(
            Past,
            parameters=parameters,
            seconds=st.floats(0, 1e7),
            data=st.integers(0, 10**12),
        ),
        min_size=1,
        max_size=8,
    ),
    new=parameters,
)
def test_whatever_has_been_an_interval_comes_out(history, new) -> None:
    found = expect(history, new)
    assert found is not None
    assert 0 <= found.low <= found.middle <= found.high
    assert not math.isnan(found.high)
    assert found == expect(history, new)


def test_the_furthest_extension_is_still_a_number() -> None:
    found = expect([past(1, a=1e-300), past(1e7, a=1e-299)], {"a": 1e300})
    assert found is not None
    assert math.isfinite(found.high)


def test_a_smoke_run_that_finished_on_all_data_is_taken_at_its_word() -> None:
    found = expect_from_trial(Trial(seconds=3, share=1.0))
    assert found == Expected(low=3, middle=3, high=12, basis="its smoke run: 3.0 s")


def test_a_smoke_run_is_scaled_up_by_its_share_and_its_sample() -> None:
    found = expect_from_trial(Trial(seconds=2, whole=50, share=0.1))
    assert found is not None
    assert (found.low, found.middle, found.high) == (250, 1000, 4000)
    assert found.basis == "its smoke run: 2.0 s for 10 % of its work on 2 % of the data"


def test_a_smoke_run_without_progress_tells_nothing() -> None:
    assert expect_from_trial(Trial(seconds=2)) is None


def test_expectations_are_compared_with_what_happened() -> None:
    ten = Expected(low=5, middle=10, high=20)
    found = calibration([(ten, 10), (ten, 4), (ten, 20), (ten, 30)])
    assert found is not None
    assert (found.count, found.held, found.within) == (4, 3, 2)
    assert found.ratio == 1.5
    assert calibration([]) is None
