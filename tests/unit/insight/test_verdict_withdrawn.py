"""Verdicts where some of the runs do not count any more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_labbook.insight.evidence import Evidence
from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import Outcome
from tests.unit.insight.judging import verdict

OFF = {"001": "off by one", "002": "off by one"}


def test_nothing_left_to_rest_on_withdraws_a_verdict(run):
    found = verdict("accuracy > 0.5", Evidence(name="this", runs=(), tainted=OFF))
    assert found.outcome is Outcome.WITHDRAWN
    assert found.reason == "All 2 runs are tainted (off by one)."
    one = Evidence(name="this", runs=(), tainted={"001": ""})
    assert verdict("accuracy > 0.5", one).reason == "Its only run is tainted."


def test_what_is_left_decides_and_says_what_was_left_out(run):
    evidence = Evidence(name="this", runs=(run(accuracy=0.9),), tainted=OFF)
    found = verdict("accuracy > 0.5", evidence)
    assert found.outcome is Outcome.SUPPORTED
    assert found.reason.endswith("2 tainted runs are left out (off by one).")


def test_a_setting_of_which_all_is_tainted_withdraws_it(run):
    left = replace(run(accuracy=0.9), parameters={"trees": 100})
    evidence = Evidence(name="this", runs=(left,), tainted=OFF)
    found = verdict("accuracy[trees=300] > accuracy[trees=100]", evidence)
    assert found.outcome is Outcome.WITHDRAWN
    assert "No run has trees=300." in found.reason


def test_a_repetition_that_has_not_ended_makes_it_pending(run):
    waiting = replace(run(accuracy=0.9), state=RunState.WAITING)
    evidence = Evidence(name="this", runs=(waiting,), tainted=OFF)
    assert verdict("accuracy > 0.5", evidence).outcome is Outcome.PENDING


@pytest.mark.parametrize(
    ("tainted", "outcome"), [(OFF, Outcome.WITHDRAWN), ({}, Outcome.INCONCLUSIVE)]
)
def test_another_experiment_can_be_tainted_too(run, tainted, outcome):
    other = Evidence(name="rival", runs=(), tainted=tainted)
    evidence = Evidence(name="this", runs=(run(accuracy=0.9),))
    found = verdict("accuracy > rival", evidence, other)
    assert found.outcome is outcome
    assert ("rival: All 2 runs are tainted" in found.reason) is bool(tainted)
