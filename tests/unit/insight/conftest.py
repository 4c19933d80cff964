"""Evidence, made by hand."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.insight.evidence import Evidence, RunEvidence
from jupyter_labbook.model.metrics import Summary
from jupyter_labbook.model.run import RunState

if TYPE_CHECKING:
    from collections.abc import Callable


def summary(value: float, **others: float) -> Summary:
    known = {"last": value, "min": value, "max": value, "mean": value, "count": 1}
    return Summary(**{**known, **others})


@pytest.fixture
def run() -> Callable[..., RunEvidence]:
    """Build a run: ``run({"a": 1}, seed, accuracy=0.9)``."""
    labels = itertools.count(1)

    def build(parameters=None, seed=0, state=RunState.FINISHED, **metrics):
        return RunEvidence(
            label=f"{next(labels):03}",
            parameters=parameters or {},
            seed=seed,
            state=state,
            summaries={
                name: value if isinstance(value, Summary) else summary(value)
                for name, value in metrics.items()
            },
        )

    return build


@pytest.fixture
def seeds(run) -> Callable[..., Evidence]:
    """Build an experiment of one setting: ``seeds("name", accuracy=[...])``."""

    def build(name="this", first=0, **metrics):
        count = len(next(iter(metrics.values())))
        return Evidence(
            name=name,
            runs=tuple(
                run(
                    seed=first + index,
                    **{metric: values[index] for metric, values in metrics.items()},
                )
                for index in range(count)
            ),
        )

    return build


@pytest.fixture
def sweep(run) -> Callable[..., Evidence]:
    """Build a sweep over trees: ``sweep({30: [...], 100: [...]})`` of accuracy."""

    def build(values, name="this"):
        return Evidence(
            name=name,
            runs=tuple(
                run({"trees": trees}, seed, accuracy=value)
                for trees, row in values.items()
                for seed, value in enumerate(row)
            ),
        )

    return build
