"""Which one-factor-off runs are missing."""

from __future__ import annotations

import pytest

from jupyter_labbook.insight.ablations import Aim, aim_of, missing
from jupyter_labbook.insight.evidence import Evidence, RunEvidence
from jupyter_labbook.model import prediction
from jupyter_labbook.model.metrics import Summary
from jupyter_labbook.model.run import RunState

OFF = {"augment": False}


def summary(value: float) -> Summary:
    return Summary(last=value, min=value, max=value, mean=value, count=1)


def run(
    seed: int = 0, state: RunState = RunState.WAITING, accuracy=None, **parameters
) -> RunEvidence:
    if accuracy is not None:
        state = RunState.FINISHED
    return RunEvidence(
        label="001",
        parameters=parameters,
        seed=seed,
        state=state,
        summaries={} if accuracy is None else {"accuracy": summary(accuracy)},
    )


def look(*runs: RunEvidence, off=OFF, aim: Aim | None = None):
    return missing(Evidence(name="x", runs=runs), off, aim)


def test_a_factor_that_is_never_off_is_missing_with_all_seeds() -> None:
    [found] = look(run(0, augment=True, depth=3), run(1, augment=True, depth=3))
    assert found.parameters == {"augment": False, "depth": 3}
    assert found.seeds == (0, 1)
    assert not found.best


def test_a_run_that_waits_without_the_factor_covers_it() -> None:
    assert look(run(augment=True), run(augment=False)) == []


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.LOST, RunState.CANCELLED])
def test_a_run_that_has_no_result_covers_nothing(state) -> None:
    [found] = look(run(augment=True), run(augment=False, state=state))
    assert found.seeds == (0,)


def test_only_seeds_that_are_missing_are_asked_for() -> None:
    [found] = look(
        *(run(seed, augment=True) for seed in (0, 1, 2)), run(1, augment=False)
    )
    assert found.seeds == (0, 2)


def test_each_factor_is_taken_away_alone() -> None:
    found = look(run(a=1, b=1), off={"a": 0, "b": 0})
    assert [one.parameters for one in found] == [{"a": 0, "b": 1}, {"a": 1, "b": 0}]


def test_all_factors_off_at_once_covers_none() -> None:
    found = look(run(a=1, b=1), run(a=0, b=0), off={"a": 0, "b": 0})
    assert [one.factor for one in found] == ["a", "b"]


def test_one_setting_of_a_sweep_without_the_factor_is_enough_as_long_as_none_is_best():
    runs = [run(augment=True, depth=depth) for depth in (1, 2, 3)]
    assert len(look(*runs)) == 1
    assert look(*runs, run(augment=False, depth=2)) == []


def test_of_a_sweep_the_setting_is_completed_that_was_begun_with() -> None:
    runs = [run(s, augment=True, depth=d) for d in (1, 2) for s in (0, 1)]
    [found] = look(*runs, run(0, augment=False, depth=2))
    assert found.base["depth"] == 2
    assert found.seeds == (1,)


def test_once_there_are_results_the_best_setting_counts() -> None:
    runs = [
        run(augment=True, depth=1, accuracy=0.7),
        run(augment=True, depth=2, accuracy=0.9),
        run(augment=False, depth=1, accuracy=0.6),
    ]
    [found] = look(*runs, aim=Aim("accuracy", higher=True))
    assert (found.base["depth"], found.best, found.metric) == (2, True, "accuracy")
    assert look(*runs, aim=Aim("accuracy", higher=False)) == []


def test_the_best_is_not_known_before_every_setting_has_its_results() -> None:
    runs = [
        run(augment=True, depth=1, accuracy=0.7),
        run(augment=True, depth=2),
        run(augment=False, depth=1),
    ]
    assert look(*runs, aim=Aim("accuracy", higher=True)) == []


def test_a_setting_that_ended_in_nan_is_not_the_best() -> None:
    runs = [
        run(augment=True, depth=1, accuracy=float("nan")),
        run(augment=True, depth=2, accuracy=0.1),
    ]
    [found] = look(*runs, aim=Aim("accuracy", higher=True))
    assert found.base["depth"] == 2


def test_without_a_configuration_nothing_can_be_taken_away() -> None:
    assert look(run(augment=False)) == []
    assert look() == []


@pytest.mark.parametrize(
    ("text", "aim"),
    [
        ("accuracy > 0.9", Aim("accuracy", higher=True)),
        ("loss <= 0.1", Aim("loss", higher=False)),
        ("best max(accuracy) >= 0.9", Aim("accuracy", higher=True)),
        ("accuracy > accuracy@baseline + 0.1", Aim("accuracy", higher=True)),
        ("accuracy[a=1] - accuracy[a=2] < 0.1", None),
        ("accuracy[a=1] > accuracy[a=2]", None),
        ("accuracy == 1", None),
        ("0.9 < accuracy", None),
    ],
)
def test_the_aim_is_read_off_the_prediction(text, aim) -> None:
    assert aim_of([prediction.parse(text)]) == aim
