"""Verdicts: what runs say of a prediction."""

from __future__ import annotations

import math
import random

import pytest
from scipy import stats

from jupyter_labbook.insight.evidence import Evidence
from jupyter_labbook.insight.verdict import thresholds
from jupyter_labbook.model.metrics import Summary
from jupyter_labbook.model.prediction import parse
from jupyter_labbook.model.view import Outcome, Threshold
from tests.unit.insight.judging import TIGHT, verdict

WIDE = [0.95, 0.99, 0.97, 0.93, 0.98]


# One run


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("accuracy > 0.9", Outcome.REFUTED),
        ("accuracy >= 0.9", Outcome.SUPPORTED),
        ("accuracy < 0.9", Outcome.REFUTED),
        ("accuracy <= 0.9", Outcome.SUPPORTED),
        ("accuracy == 0.9", Outcome.SUPPORTED),
        ("accuracy == 0.91", Outcome.REFUTED),
        ("accuracy > 0.89", Outcome.SUPPORTED),
        ("0.91 > accuracy", Outcome.SUPPORTED),
        ("max(accuracy) > 0.94", Outcome.SUPPORTED),
        ("min(accuracy) > 0.94", Outcome.REFUTED),
        ("mean(accuracy) == 0.85", Outcome.SUPPORTED),
        ("-accuracy * 2 + 1.8 == 0", Outcome.SUPPORTED),
        ("accuracy / (1 - 0.1) == 1", Outcome.SUPPORTED),
    ],
)
def test_one_run_is_compared_as_it_is(run, text, outcome):
    value = Summary(last=0.9, min=0.1, max=0.95, mean=0.85, count=9)
    found = verdict(text, Evidence(name="this", runs=(run(accuracy=value),)))
    assert found.outcome is outcome
    assert found.reason == "One run, no interval."
    assert found.low is found.high is None


def test_binary_rounding_decides_nothing(run):
    evidence = Evidence(name="this", runs=(run(accuracy=0.8, other=0.7),))
    assert 0.8 - 0.7 != 0.1
    for text in ("accuracy >= other + 0.1", "accuracy == other + 0.1"):
        assert verdict(text, evidence).outcome is Outcome.SUPPORTED
    assert verdict("accuracy > other + 0.1", evidence).outcome is Outcome.REFUTED
    assert verdict("accuracy > other + 0.09999", evidence).outcome is Outcome.SUPPORTED


def test_what_was_observed_is_told_apart_from_the_threshold(run):
    evidence = Evidence(name="this", runs=(run(accuracy=0.899996),))
    assert verdict("accuracy > 0.9", evidence).observed == "0.899996"
    assert verdict("accuracy > 0.5", evidence).observed == "0.9"


def test_the_verdict_carries_the_statement_and_its_probability(run):
    evidence = Evidence(name="this", runs=(run(accuracy=0.9),))
    found = verdict("accuracy>0.5 (80%)", evidence)
    assert (found.prediction, found.probability) == ("accuracy > 0.5", 0.8)
    assert found.value == pytest.approx(0.4)


# Several seeds


@pytest.mark.parametrize(
    ("text", "values", "outcome"),
    [
        ("accuracy > 0.965", TIGHT, Outcome.SUPPORTED),
        ("accuracy > 0.975", TIGHT, Outcome.REFUTED),
        ("accuracy > 0.971", TIGHT, Outcome.INCONCLUSIVE),
        ("accuracy < 0.975", TIGHT, Outcome.SUPPORTED),
        ("accuracy < 0.965", TIGHT, Outcome.REFUTED),
        ("accuracy == 0.5", TIGHT, Outcome.REFUTED),
        ("accuracy == 0.971", TIGHT, Outcome.INCONCLUSIVE),
        ("accuracy > 0.965", WIDE, Outcome.INCONCLUSIVE),
    ],
)
def test_over_seeds_the_whole_interval_decides(seeds, text, values, outcome):
    found = verdict(text, seeds(accuracy=values))
    expected = stats.ttest_1samp(values, float(text.split()[-1]))
    limits = expected.confidence_interval(0.95)
    assert found.outcome is outcome
    if outcome is Outcome.INCONCLUSIVE:
        assert "95 % interval" in found.reason
    shift = float(text.split()[-1])
    assert found.low == pytest.approx(limits.low - shift)
    assert found.high == pytest.approx(limits.high - shift)


def test_the_observed_mean_has_its_margin_and_its_seeds(seeds):
    found = verdict("accuracy > 0.965", seeds(accuracy=TIGHT))
    assert found.observed == "0.9708 ± 0.0010 (5 seeds)"
    found = verdict("0.965 < accuracy", seeds(accuracy=TIGHT))
    assert found.observed == "0.9708 ± 0.0010 (5 seeds)"
    assert found.outcome is Outcome.SUPPORTED


def test_an_inconclusive_verdict_says_what_the_interval_includes(seeds):
    found = verdict("accuracy > 0.965", seeds(accuracy=WIDE))
    assert found.reason == "The 95 % interval, 0.9341 to 0.9939, includes 0.965."
    found = verdict("0.965 < accuracy", seeds(accuracy=WIDE))
    assert found.reason == "The 95 % interval, 0.9341 to 0.9939, includes 0.965."
    found = verdict("accuracy == 0.965", seeds(accuracy=WIDE))
    assert "predict a range" in found.reason


def test_terms_are_paired_by_seed(seeds):
    first, second = [0.90, 0.80, 0.70, 0.60], [0.89, 0.78, 0.69, 0.58]
    found = verdict("a > b", seeds(a=first, b=second))
    limits = stats.ttest_rel(first, second).confidence_interval(0.95)
    assert found.outcome is Outcome.SUPPORTED
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high))
    assert found.observed == "0.75 against 0.735, difference 0.015 ± 0.009 (4 seeds)"


def test_other_experiments_with_the_same_seeds_are_paired_in_any_order(seeds):
    mine = seeds(accuracy=[0.90, 0.80, 0.70])
    other = seeds("baseline", accuracy=[0.89, 0.79, 0.6899])
    shuffled = Evidence(name="baseline", runs=other.runs[::-1])
    for evidence in (other, shuffled):
        found = verdict("accuracy > baseline + 0.005", mine, evidence)
        assert found.outcome is Outcome.SUPPORTED


def test_other_seeds_are_independent_samples(seeds):
    first, second = [0.97, 0.98, 0.96, 0.975], [0.95, 0.94, 0.955]
    mine, other = seeds(accuracy=first), seeds("baseline", first=50, accuracy=second)
    found = verdict("accuracy > baseline + 0.005", mine, other)
    expected = stats.ttest_ind(first, second, equal_var=False)
    limits = expected.confidence_interval(0.95)
    assert found.low == pytest.approx(limits.low - 0.005)
    assert found.high == pytest.approx(limits.high - 0.005)
    assert found.observed.endswith("(4 and 3 seeds)")


def test_a_ratio_of_independent_samples_is_linear_around_the_means(seeds):
    first, second = [2.0, 2.2, 1.8, 2.1], [1.0, 1.05, 0.98]
    mine, other = seeds(loss=first), seeds("baseline", first=9, loss=second)
    found = verdict("loss / baseline < 3", mine, other)
    one, two = sum(first) / 4, sum(second) / 3
    error = math.hypot(stats.sem(first) / two, stats.sem(second) * one / two**2)
    shares = ((stats.sem(first) / two / error) ** 4 / 3) + (
        (stats.sem(second) * one / two**2 / error) ** 4 / 2
    )
    margin = stats.t.ppf(0.975, 1 / shares) * error
    assert found.value == pytest.approx(one / two - 3)
    assert found.high - found.value == pytest.approx(margin)
    assert found.outcome is Outcome.SUPPORTED


def test_terms_of_one_run_stay_together_in_a_comparison_of_samples(seeds):
    mine = seeds(a=[1.0, 2.0, 3.0], b=[0.9, 1.9, 2.9])
    other = seeds("baseline", first=9, a=[0.5, 0.5001])
    found = verdict("a - b < a@baseline", mine, other)
    assert found.outcome is Outcome.SUPPORTED
    assert found.high - found.low < 0.01


def test_one_run_against_many_cannot_be_judged(seeds):
    found = verdict("a > a@one", seeds(a=[1.0, 1.1]), seeds("one", first=9, a=[0.1]))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "a@one is not known from one run of one" in found.reason


def test_one_run_against_one_is_compared_although_the_seeds_differ(seeds):
    found = verdict("a > a@one", seeds(a=[1.0]), seeds("one", first=9, a=[0.1]))
    assert found.outcome is Outcome.SUPPORTED
    assert found.reason == "One run, no interval."


def test_equal_values_are_decided_and_pointed_out(seeds):
    evidence = seeds(accuracy=[0.9, 0.9, 0.9])
    assert verdict("accuracy >= 0.9", evidence).outcome is Outcome.SUPPORTED
    found = verdict("accuracy > 0.9", evidence)
    assert found.outcome is Outcome.REFUTED
    assert found.reason == "Every seed gave the same value."
    assert found.observed == "0.9 ± 0 (3 seeds)"


# Noise


def _judged(rounds, text, experiments):
    counts = dict.fromkeys(Outcome, 0)
    for index in range(rounds):
        mine, *others = experiments(random.Random(index))
        counts[verdict(text, mine, *others).outcome] += 1
    return counts


def test_noise_around_a_threshold_is_inconclusive_as_often_as_it_should(seeds):
    def experiments(source):
        return [seeds(a=[source.gauss(0.9, 0.01) for _ in range(5)])]

    counts = _judged(1500, "a > 0.9", experiments)
    # 0.05 with a standard error of 0.0056, in equal parts on either side.
    assert 0.933 < counts[Outcome.INCONCLUSIVE] / 1500 < 0.967
    assert abs(counts[Outcome.SUPPORTED] - counts[Outcome.REFUTED]) < 35


def test_noise_between_experiments_is_inconclusive_as_often_as_it_should(seeds):
    def experiments(source):
        return [
            seeds(a=[source.gauss(0.9, 0.01) for _ in range(6)]),
            seeds("other", first=9, a=[source.gauss(0.9, 0.03) for _ in range(4)]),
        ]

    counts = _judged(1500, "a > other", experiments)
    assert 0.933 < counts[Outcome.INCONCLUSIVE] / 1500 < 0.975


@pytest.mark.parametrize("quantifier", ["best", "any"])
def test_the_best_of_many_settings_does_not_win_by_luck(sweep, quantifier):
    def experiments(source):
        rows = {t: [source.gauss(0.9, 0.01) for _ in range(4)] for t in range(8)}
        return [sweep(rows)]

    counts = _judged(400, f"{quantifier} accuracy > 0.9", experiments)
    # Without widening, one in six would be supported.
    assert counts[Outcome.SUPPORTED] / 400 < 0.05


# Numbers that are none


def test_nan_is_inconclusive_and_named(run, seeds):
    found = verdict("loss < 1", seeds(loss=[math.nan]))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert found.reason == "loss is not a number (NaN)."
    found = verdict("loss < 1", seeds(loss=[0.1, math.nan, 0.2]))
    assert found.reason == "loss is not a number (NaN) in 1 of 3 seeds."
    value = Summary(last=math.nan, min=0.1, max=0.2, mean=0.15, count=3, nans=1)
    evidence = Evidence(name="this", runs=(run(loss=value),))
    assert verdict("min(loss) < 1", evidence).outcome is Outcome.SUPPORTED


def test_an_infinity_decides_where_all_agree(seeds):
    assert verdict("loss < 1", seeds(loss=[math.inf])).outcome is Outcome.REFUTED
    assert verdict("loss > 1", seeds(loss=[math.inf] * 3)).outcome is Outcome.SUPPORTED
    found = verdict("loss < 1", seeds(loss=[0.1, math.inf, 0.2]))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "infinite in 1 of 3 seeds" in found.reason


def test_infinities_on_both_sides_are_no_number(seeds):
    found = verdict("a > b", seeds(a=[math.inf], b=[math.inf]))
    assert "The difference of the two sides is not a number" in found.reason
    found = verdict("a > b", seeds(a=[math.inf, 1.0], b=[1.0, -math.inf]))
    assert found.outcome is Outcome.SUPPORTED


def test_infinite_samples_have_no_mean_to_compare(seeds):
    mine, other = seeds(a=[math.inf, 1.0]), seeds("other", first=9, a=[1.0, 2.0])
    found = verdict("a > other", mine, other)
    assert found.outcome is Outcome.INCONCLUSIVE
    found = verdict("a / (a@other * 0) > 1", seeds(a=[1.0, 2.0]), other)
    assert found.outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("a / 0 > 1", Outcome.SUPPORTED),
        ("-a / 0 > 1", Outcome.REFUTED),
        ("(a - a) / 0 > 1", Outcome.INCONCLUSIVE),
    ],
)
def test_division_by_zero_is_infinite_or_no_number(seeds, text, outcome):
    assert verdict(text, seeds(a=[2.0])).outcome is outcome


def test_several_metrics_leave_open_which_another_experiment_means(seeds):
    other = seeds("baseline", a=[1.0])
    found = verdict("a + b > baseline", seeds(a=[1.0], b=[1.0]), other)
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "METRIC@baseline" in found.reason


def test_a_metric_comes_before_an_experiment_of_that_name(seeds):
    mine = seeds(accuracy=[0.9], baseline=[0.95])
    found = verdict("accuracy > baseline", mine, seeds("baseline", accuracy=[0.1]))
    assert found.outcome is Outcome.REFUTED


# Thresholds


def test_a_metric_compared_with_a_constant_is_a_line_in_its_plot(seeds):
    texts = [
        "accuracy > 0.9 (80%)",
        "0.5 * 2 > max(loss)",
        "accuracy >= 0.9",
        "best accuracy[trees=3] > -0.1",
        "accuracy > baseline + 0.1",
        "accuracy@baseline > 0.3",
        "accuracy - loss > 0.2",
        "never > 1",
    ]
    found = thresholds(map(parse, texts), seeds(accuracy=[0.9], loss=[1.0]))
    assert found == [
        Threshold(metric="accuracy", value=0.9, label="accuracy > 0.9"),
        Threshold(metric="loss", value=1.0, label="0.5 * 2 > max(loss)"),
        Threshold(metric="accuracy", value=-0.1, label="best accuracy[trees=3] > -0.1"),
    ]


def test_before_anything_is_logged_every_threshold_is_drawn():
    nothing = Evidence(name="this", runs=())
    assert thresholds([parse("accuracy > 0.9")], nothing)[0].value == 0.9
