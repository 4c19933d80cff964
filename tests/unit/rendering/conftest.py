"""Views to be rendered: samples, hostile ones, and those that a test makes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import (
    ExperimentView,
    Outcome,
    RunView,
    Series,
    Threshold,
    Verdict,
)
from tests.unit.rendering.samples import HOSTILE, SAMPLES, hostile

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> ExperimentView:
    """Each of the sample experiments in turn."""
    return SAMPLES[request.param]()


@pytest.fixture
def samples() -> dict[str, ExperimentView]:
    """All sample experiments by name."""
    return {name: make() for name, make in SAMPLES.items()}


@pytest.fixture(params=HOSTILE, ids=range(len(HOSTILE)))
def hostile_view(request: pytest.FixtureRequest) -> ExperimentView:
    """An experiment full of text that would rather be markup."""
    return hostile(request.param)


@pytest.fixture
def worst_case() -> ExperimentView:
    """As much of everything as a view may hold."""
    noise = random.Random(8)
    metrics = [f"metric {n} with a long name" for n in range(9)]
    runs = [
        RunView(
            id=f"r{index}",
            label=f"{index:03d}",
            state=RunState.FAILED,
            parameters={f"parameter {n}": noise.random() for n in range(12)},
            seed=index,
            series=[
                Series(
                    metric=metric,
                    x=[float(step) for step in range(500)],
                    y=[noise.gauss(0, 1) for _ in range(500)],
                )
                for metric in metrics
            ],
            final=dict.fromkeys(metrics, 0.123456789),
            reason='"reason" ' * 500,
            tail="\n".join('"<&>"' * 100 for _ in range(100)),
            figures=[f"figures/{n:03d}.png" for n in range(200)],
            seconds=100.0,
        )
        for index in range(40)
    ]
    return ExperimentView(
        name="worst",
        number=1,
        path="/nowhere",
        question="<why> " * 1000,
        hypothesis="&" * 5000,
        impact='"' * 5000,
        verdicts=[
            Verdict(
                prediction='"' * 3000,
                outcome=Outcome.REFUTED,
                observed="'" * 3000,
                reason="<" * 3000,
            )
        ]
        * 30,
        thresholds=[Threshold(metric=metrics[0], value=0.5, label="'" * 500)] * 10,
        runs=runs,
        varied=[f"parameter {n}" for n in range(12)],
        conclusion="<" * 5000,
        note=">" * 5000,
    )


@pytest.fixture
def make_run() -> Callable[..., RunView]:
    """Build a run from a few words."""

    def make(number: int = 1, **given: object) -> RunView:
        fields: dict[str, object] = {
            "id": f"r{number}",
            "label": f"{number:03d}",
            "state": RunState.FINISHED,
        }
        return RunView(**(fields | given))  # type: ignore[arg-type]

    return make


@pytest.fixture
def make_view() -> Callable[..., ExperimentView]:
    """Build an experiment from its runs."""

    def make(*runs: RunView, **given: object) -> ExperimentView:
        fields: dict[str, object] = {
            "name": "some-name",
            "number": 1,
            "path": "/nowhere",
            "question": "Why?",
            "runs": list(runs),
        }
        return ExperimentView(**(fields | given))  # type: ignore[arg-type]

    return make
