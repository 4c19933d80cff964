"""Verdicts: what runs say of a prediction."""

from __future__ import annotations

import math
import random

import pytest
from scipy import stats

from jupyter_labbook.insight.evidence import Evidence
from jupyter_labbook.insight.verdict import judge, thresholds
from jupyter_labbook.model.metrics import Summary
from jupyter_labbook.model.prediction import parse
from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import Outcome, Threshold

TIGHT = [0.970, 0.971, 0.972, 0.971, 0.970]
WIDE = [0.95, 0.99, 0.97, 0.93, 0.98]


def verdict(text, evidence, *others):
    return judge(parse(text), evidence, {e.name: e for e in others}.get)


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


# Sweeps


ROWS = {30: [0.90, 0.901, 0.899], 100: [0.95, 0.951, 0.949], 300: [0.96, 0.99, 0.93]}


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("best accuracy > 0.8", Outcome.SUPPORTED),
        ("best accuracy > 0.96", Outcome.INCONCLUSIVE),
        ("best accuracy < 0.93", Outcome.SUPPORTED),
        ("best accuracy < 0.8", Outcome.REFUTED),
        ("best accuracy == 0.95", Outcome.INCONCLUSIVE),
        ("all accuracy > 0.8", Outcome.SUPPORTED),
        # Alone, trees=300 would be above it: its interval begins at 0.885.
        ("all accuracy > 0.85", Outcome.INCONCLUSIVE),
        ("all accuracy[trees=30] > 0.8", Outcome.SUPPORTED),
        ("all accuracy > 0.93", Outcome.REFUTED),
        ("any accuracy > 0.93", Outcome.SUPPORTED),
        ("any accuracy < 0.85", Outcome.INCONCLUSIVE),
        ("any accuracy < 0.8", Outcome.REFUTED),
        ("any accuracy[trees=100] < 0.9", Outcome.REFUTED),
        ("accuracy[trees=100] > accuracy[trees=30]", Outcome.SUPPORTED),
        ("accuracy[trees=100] - accuracy[trees=30] < 0.02", Outcome.REFUTED),
    ],
)
def test_a_sweep_is_judged_by_what_is_said_of_it(sweep, text, outcome):
    assert verdict(text, sweep(ROWS)).outcome is outcome


def test_all_is_supported_only_if_each_is_and_any_refuted_likewise(sweep):
    low = {30: [0.90, 0.901, 0.899], 100: [0.95, 0.951, 0.949]}
    assert verdict("all accuracy > 0.85", sweep(low)).outcome is Outcome.SUPPORTED
    found = verdict("any accuracy > 0.99", sweep(low))
    assert found.outcome is Outcome.REFUTED
    assert found.observed.startswith("in all 2 combinations; trees=100: 0.950")


def test_the_deciding_combination_is_shown(sweep):
    found = verdict("best accuracy > 0.8", sweep(ROWS))
    assert found.observed.endswith("(3 seeds), best of 3: trees=300")
    found = verdict("all accuracy > 0.93", sweep(ROWS))
    assert "trees=30: 0.900 ± 0.004" in found.observed
    found = verdict("any accuracy > 0.93", sweep(ROWS))
    assert "trees=100" in found.observed


def test_single_runs_of_a_sweep_are_compared_as_they_are(sweep):
    found = verdict("best accuracy > 0.95", sweep({30: [0.9], 100: [0.96]}))
    assert found.outcome is Outcome.SUPPORTED
    assert found.observed == "0.96, best of 2: trees=100"
    found = verdict("best accuracy < 0.95", sweep({30: [0.9], 100: [0.96]}))
    assert found.observed == "0.9, best of 2: trees=30"


def test_several_combinations_need_a_word(sweep):
    found = verdict("accuracy > 0.8", sweep(ROWS))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "3 parameter combinations: say best, all or any" in found.reason


def test_a_selector_without_runs_says_so(sweep):
    assert verdict("accuracy[trees=7] > 0", sweep(ROWS)).reason == "No run has trees=7."


def test_a_sweep_is_compared_with_the_same_setting_of_another(sweep):
    shifted = {t: [v - 0.01 for v in row] for t, row in ROWS.items()}
    other = sweep(shifted, name="baseline")
    found = verdict("all accuracy > baseline", sweep(ROWS), other)
    assert found.outcome is Outcome.SUPPORTED
    found = verdict("accuracy[trees=100] > baseline[trees=300]", sweep(ROWS), other)
    assert found.outcome is Outcome.INCONCLUSIVE


def test_another_sweep_that_does_not_correspond_wants_a_selector(sweep, seeds):
    other = sweep(ROWS, name="wide")
    found = verdict("accuracy > wide", seeds(accuracy=TIGHT), other)
    assert "wide has 3 parameter combinations: select one" in found.reason
    assert "accuracy[trees=300]@wide" in found.reason
    found = verdict("accuracy > wide[trees=9]", seeds(accuracy=TIGHT), other)
    assert found.reason == "No run of wide has trees=9."


def test_a_prediction_about_another_experiment_alone_is_judged(sweep, seeds):
    mine, other = seeds(accuracy=TIGHT), sweep(ROWS, name="wide")
    found = verdict("accuracy[trees=100]@wide > 0.9", mine, other)
    assert found.outcome is Outcome.SUPPORTED
    assert verdict("all accuracy@wide > 0.93", mine, other).outcome is Outcome.REFUTED


# What is missing


@pytest.mark.parametrize(
    "state", [RunState.REGISTERED, RunState.WAITING, RunState.RUNNING, RunState.HELD]
)
def test_a_run_that_has_not_ended_keeps_the_verdict_pending(run, state):
    evidence = Evidence(
        name="this", runs=(run(accuracy=0.9), run(seed=1, state=state, accuracy=0.1))
    )
    found = verdict("accuracy > 0.5", evidence)
    assert found.outcome is Outcome.PENDING
    assert found.reason == f"1 of 2 runs not ended (1 {state})."
    assert found.value is None


def test_runs_that_the_prediction_does_not_need_are_not_waited_for(run):
    evidence = Evidence(
        name="this",
        runs=(
            run({"a": 1}, accuracy=0.9),
            run({"a": 2}, state=RunState.RUNNING, accuracy=0.9),
        ),
    )
    assert verdict("accuracy[a=1] > 0.5", evidence).outcome is Outcome.SUPPORTED
    found = verdict("any accuracy > 0.5", evidence)
    assert found.outcome is Outcome.PENDING
    assert "1 of 2 combinations not ended; a=2" in found.reason


def test_nothing_submitted_is_pending():
    found = verdict("accuracy > 0.5", Evidence(name="this", runs=()))
    assert found.outcome is Outcome.PENDING


def test_an_unfinished_experiment_is_waited_for_by_name(run, seeds):
    other = Evidence(name="baseline", runs=(run(state=RunState.WAITING),))
    found = verdict("accuracy > baseline", seeds(accuracy=[0.9]), other)
    assert found.outcome is Outcome.PENDING
    assert "of baseline" in found.reason


def test_a_missing_experiment_is_named(run, seeds):
    found = verdict("accuracy > accuracy@nix", seeds(accuracy=[0.9]))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert found.reason == "There is no experiment nix."
    running = Evidence(name="this", runs=(run(state=RunState.RUNNING),))
    found = verdict("accuracy > accuracy@nix", running)
    assert found.outcome is Outcome.PENDING
    empty = Evidence(name="nix", runs=())
    found = verdict("accuracy > nix", seeds(accuracy=[0.9]), empty)
    assert found.reason == "The experiment nix has no runs."


def test_runs_that_did_not_finish_are_left_out_and_counted(run):
    runs = [run(seed=s, accuracy=v) for s, v in enumerate(TIGHT[:4])]
    runs.append(run(seed=4, state=RunState.FAILED, accuracy=0.1))
    found = verdict("accuracy > 0.965", Evidence(name="this", runs=tuple(runs)))
    assert found.outcome is Outcome.SUPPORTED
    assert found.reason == "4 of 5 runs finished."
    assert found.observed.endswith("(4 seeds)")


@pytest.mark.parametrize(
    "state", [RunState.FAILED, RunState.STOPPED, RunState.CANCELLED, RunState.LOST]
)
def test_without_a_finished_run_nothing_is_concluded(run, state):
    runs = tuple(run(seed=s, state=state, accuracy=0.9) for s in range(2))
    found = verdict("accuracy > 0.5", Evidence(name="this", runs=runs))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert found.reason == f"0 of 2 runs finished ({state})."


def test_a_failed_setting_of_a_sweep_keeps_best_from_being_refuted(run):
    def evidence(value):
        return Evidence(
            name="this",
            runs=(
                run({"a": 1}, accuracy=value),
                run({"a": 2}, state=RunState.FAILED),
            ),
        )

    assert verdict("best accuracy > 0.5", evidence(0.9)).outcome is Outcome.SUPPORTED
    found = verdict("best accuracy > 0.5", evidence(0.1))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "1 of 2 combinations gave no number" in found.reason
    found = verdict("all accuracy > 0.5", evidence(0.9))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert found.reason == "a=2: 0 of 1 run finished (failed)."
    assert verdict("all accuracy > 0.5", evidence(0.1)).outcome is Outcome.REFUTED


@pytest.mark.parametrize("quantifier", ["best", "all", "any"])
def test_a_sweep_that_failed_as_a_whole_concludes_nothing(run, quantifier):
    runs = tuple(run({"a": a}, state=RunState.FAILED) for a in (1, 2))
    found = verdict(f"{quantifier} x > 0", Evidence(name="this", runs=runs))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "None of 2 combinations gave a number; a=1: 0 of 1 run" in found.reason


def test_a_metric_never_logged_names_what_was_nearest_first(run):
    evidence = Evidence(name="this", runs=(run(loss=1.0, zeta=1.0, accuracy=0.9),))
    found = verdict("acuracy > 0.5", evidence)
    assert found.outcome is Outcome.INCONCLUSIVE
    expected = (
        "acuracy was never logged, nor is it an experiment; logged were: accuracy"
    )
    assert found.reason.startswith(expected)
    assert "zeta" in found.reason


def test_a_subtraction_without_spaces_is_explained(run):
    evidence = Evidence(name="this", runs=(run(a=1.0, b=2.0),))
    assert "put spaces around the sign" in verdict("a-b > 0", evidence).reason


def test_a_metric_that_another_experiment_never_logged_names_it(seeds):
    other = seeds("baseline", loss=[0.1])
    found = verdict("accuracy > baseline", seeds(accuracy=[0.9]), other)
    assert found.reason == ("accuracy was never logged by baseline; logged were: loss.")


def test_a_run_that_logged_nothing_says_so(run):
    found = verdict("accuracy > 0", Evidence(name="this", runs=(run(),)))
    assert found.reason == "accuracy was never logged, nor was anything else."


def test_a_metric_that_some_runs_lack_is_counted(run):
    runs = (run(seed=0, a=1.0), run(seed=1, a=1.1), run(seed=2, b=1.0))
    found = verdict("a > 0.1", Evidence(name="this", runs=runs))
    assert found.reason.startswith("A was logged by 2 of 3 runs")


def test_without_a_common_seed_nothing_is_paired(run):
    runs = (run(seed=0, a=1.0), run(seed=1, b=1.1), run(seed=2, a=1.0))
    found = verdict("a > b", Evidence(name="this", runs=runs))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "No seed finished in everything" in found.reason


def test_running_again_is_no_further_sample(run):
    evidence = Evidence(
        name="this",
        runs=(
            run(accuracy=0.1),
            run(accuracy=0.9),
            run(state=RunState.RUNNING, accuracy=0.2),
        ),
    )
    found = verdict("accuracy > 0.5", evidence)
    assert found.outcome is Outcome.SUPPORTED
    assert found.reason == "One run, no interval."


def test_a_rerun_of_a_failed_run_takes_its_place(run):
    evidence = Evidence(
        name="this", runs=(run(state=RunState.FAILED), run(accuracy=0.9))
    )
    assert verdict("accuracy > 0.5", evidence).outcome is Outcome.SUPPORTED


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
