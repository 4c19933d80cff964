"""Verdicts where something is missing: runs, metrics, seeds."""

from __future__ import annotations

import pytest

from jupyter_labbook.insight.evidence import Evidence
from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import Outcome
from tests.unit.insight.judging import TIGHT, verdict


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
