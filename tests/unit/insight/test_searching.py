from __future__ import annotations

import math

import pytest

from jupyter_labbook.insight.ablations import Aim
from jupyter_labbook.insight.evidence import Evidence, RunEvidence
from jupyter_labbook.insight.searching import MOST_SEEDS, next_run
from jupyter_labbook.insight.tried import around, best_of, signal, trials, tried
from jupyter_labbook.model.metrics import Summary
from jupyter_labbook.model.run import RunState
from jupyter_labbook.tuning.space import space_of

SPACE = space_of({"depth": [1, 5, 9]})
AIM = Aim("accuracy", higher=True)


def run(depth: int, value: float | None = None, seed: int = 0, **more) -> RunEvidence:
    state = more.pop("state", RunState.FINISHED)
    summaries = {}
    if value is not None:
        summaries["accuracy"] = Summary(
            last=value, min=value, max=value, mean=value, count=1
        )
    return RunEvidence(
        label="001",
        parameters={"depth": depth, **more},
        seed=seed,
        state=state,
        summaries=summaries,
    )


def evidence(*runs: RunEvidence) -> Evidence:
    return Evidence(name="x", runs=runs)


SWEPT = evidence(run(1, 0.1), run(5, 0.9), run(9, 0.2))


def go_on(*begun: RunEvidence, origin: Evidence = SWEPT, space=SPACE):
    return next_run(origin, evidence(*begun), space, AIM, seed="x")


def test_a_combination_is_one_trial_whose_value_is_the_mean_over_its_seeds() -> None:
    found = tried(
        evidence(
            run(1, 0.2), run(1, 0.4, seed=1), run(5, state=RunState.FAILED), run(9)
        ),
        "accuracy",
    )
    assert [one.mean for one in found] == [pytest.approx(0.3), None, None]
    assert [one.broken for one in found] == [set(), {0}, {0}]
    assert [one.value for one in trials(found, SPACE)][1:] == [None, None]


def test_a_trial_is_pending_while_a_run_of_it_is_and_failed_once_one_failed() -> None:
    waits, failed = RunState.WAITING, RunState.FAILED
    found = tried(
        evidence(
            *(run(1, 0.2), run(1, seed=1, state=waits)),
            *(run(5, 0.2), run(5, seed=1, state=failed)),
        ),
        "accuracy",
    )
    assert [(one.value, one.pending) for one in trials(found, SPACE)] == [
        (0.2, True),
        (None, False),
    ]


def test_a_value_that_is_no_number_is_none() -> None:
    [one] = tried(evidence(run(1, math.nan)), "accuracy")
    assert one.mean is None
    assert one.broken == {0}


def test_the_best_has_the_best_mean_and_of_equals_is_the_first() -> None:
    found = tried(evidence(run(1, 0.5), run(5, 0.9), run(9, 0.9)), "accuracy")
    assert best_of(found, higher=True).parameters == {"depth": 5}
    assert best_of(found, higher=False).parameters == {"depth": 1}
    assert best_of([], higher=True) is None


def test_only_what_differs_in_the_searched_parameters_alone_is_around_the_best():
    found = tried(
        evidence(run(1, 0.1, trees=10), run(5, 0.9, trees=30), run(50, 0.1, trees=30)),
        "accuracy",
    )
    best = best_of(found, higher=True)
    assert [one.parameters["depth"] for one in around(found, SPACE, best)] == [5]


def test_the_signal_tells_whether_settings_differ_by_more_than_seeds() -> None:
    def of(*values: tuple[float, float]) -> float | None:
        runs = [
            run(depth, value, seed=seed)
            for depth, pair in enumerate(values)
            for seed, value in enumerate(pair)
        ]
        return signal(tried(evidence(*runs), "accuracy"))

    assert of((0.1, 0.11), (0.5, 0.51), (0.9, 0.91)) > 10
    assert of((0.1, 0.9), (0.15, 0.85), (0.2, 0.8)) < 0.1
    assert of((0.5, 0.5), (0.7, 0.7)) == math.inf
    assert of((0.5, 0.5), (0.5, 0.5)) == 0.0
    assert of((0.5, 0.6)) is None
    assert signal(tried(SWEPT, "accuracy")) is None


def test_the_next_run_has_settings_that_were_not_tried_and_the_rest_of_the_best():
    origin = evidence(run(1, 0.1, trees=10), run(9, 0.9, trees=30))
    found = go_on(origin=origin)
    assert found.parameters["trees"] == 30
    assert 1 < found.parameters["depth"] < 9


def test_what_was_begun_is_completed_with_the_seeds_of_the_best_first() -> None:
    origin = evidence(*(run(5, 0.9, seed=seed) for seed in (3, 1, 2, 4)))
    first = go_on(origin=origin)
    depth = first.parameters["depth"]
    assert first.seed == 1
    second = go_on(run(depth, 0.5, seed=1), origin=origin)
    assert (second.parameters, second.seed) == ({"depth": depth}, 2)
    running = run(depth, seed=2, state=RunState.RUNNING)
    third = go_on(run(depth, 0.5, seed=1), running, origin=origin)
    assert third.seed == 3
    begun = [run(depth, 0.5, seed=seed) for seed in range(1, 1 + MOST_SEEDS)]
    assert go_on(*begun, origin=origin).parameters["depth"] != depth


def test_settings_of_which_a_run_failed_are_left_alone() -> None:
    origin = evidence(run(5, 0.9), run(5, 0.8, seed=1))
    found = go_on(run(3, state=RunState.FAILED), origin=origin)
    assert found.parameters["depth"] not in (3, 5)
    assert found.seed == 0


def test_results_of_the_sweep_and_of_the_search_are_both_learned_from() -> None:
    small = space_of({"depth": [1, 3]})
    swept = evidence(run(1, 0.1), run(3, 0.2))
    assert go_on(origin=swept, space=small).parameters == {"depth": 2}
    assert go_on(run(2, 0.3), origin=swept, space=small) is None


def test_without_a_result_there_is_nothing_to_search_around() -> None:
    assert go_on(origin=evidence(run(5, state=RunState.WAITING))) is None
    assert go_on(origin=evidence(run(50, 0.9))) is None
