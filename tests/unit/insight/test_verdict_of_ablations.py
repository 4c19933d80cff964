"""Predictions beside runs that ablations have added."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_labbook.model.view import Outcome
from tests.unit.insight.judging import verdict

OFF = {"trees": 30}


@pytest.fixture
def ablated(sweep):
    """A hundred trees as declared; thirty where the factor was taken away."""
    rows = {30: [0.90, 0.901, 0.899], 100: [0.95, 0.951, 0.949]}
    return replace(sweep(rows), taken_away=OFF)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("accuracy > 0.94", Outcome.SUPPORTED),
        ("all accuracy > 0.94", Outcome.SUPPORTED),
        ("best accuracy < 0.94", Outcome.REFUTED),
        ("accuracy[trees=30] > 0.94", Outcome.REFUTED),
        ("accuracy[trees=100] - accuracy[trees=30] > 0.04", Outcome.SUPPORTED),
    ],
)
def test_they_answer_only_what_names_the_factor(ablated, text, outcome):
    assert verdict(text, ablated).outcome is outcome


def test_another_experiment_is_compared_as_it_was_declared(ablated, seeds):
    mine = seeds(accuracy=[0.96, 0.961, 0.959])
    other = replace(ablated, name="other")
    assert verdict("accuracy > other + 0.005", mine, other).outcome is Outcome.SUPPORTED
    named = verdict("accuracy > accuracy[trees=30]@other + 0.05", mine, other)
    assert named.outcome is Outcome.SUPPORTED


def test_where_only_they_are_left_they_answer(sweep):
    evidence = replace(sweep({30: [0.90, 0.901, 0.899]}), taken_away=OFF)
    assert verdict("accuracy > 0.8", evidence).outcome is Outcome.SUPPORTED
