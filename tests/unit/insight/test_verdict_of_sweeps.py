"""Verdicts about the settings of a sweep."""

from __future__ import annotations

import pytest

from jupyter_labbook.model.view import Outcome
from tests.unit.insight.judging import TIGHT, verdict

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
