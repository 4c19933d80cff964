"""Which factors nothing shows to matter: runs without each that are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_labbook.insight.statistics import mean_of
from jupyter_labbook.model.expression import Comparator, Term, key_of, terms_of
from jupyter_labbook.model.prediction import distinct
from jupyter_labbook.model.run import RunState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyter_labbook.insight.evidence import Evidence, RunEvidence
    from jupyter_labbook.model.experiment import Value
    from jupyter_labbook.model.expression import Prediction

_COVERS = (RunState.WAITING, RunState.RUNNING, RunState.FINISHED, RunState.UNKNOWN)
"""States of runs that have an answer, or will have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """A factor that is never taken away from a configuration.

    Attributes
    ----------
    factor, off
        The parameter, and its value when it is off.
    base, parameters
        The configuration, and the same without the factor.
    seeds
        Those of the configuration that nothing was run with.
    best
        Whether the configuration is the best so far; else it is the proposed one.
    metric
        By which it is the best.
    """

    factor: str
    off: Value
    base: Mapping[str, Value]
    parameters: Mapping[str, Value]
    seeds: tuple[int, ...]
    best: bool = False
    metric: str = ""


@dataclass(frozen=True, slots=True)
class Aim:
    """Which way a metric should go."""

    metric: str
    higher: bool


def missing(
    evidence: Evidence, off: Mapping[str, Value], aim: Aim | None = None
) -> list[Ablation]:
    """Find the one-factor-off variants that no run covers.

    Parameters
    ----------
    evidence
        The runs of one experiment, those that wait too.
    off
        Factor to its off value.
    aim
        What tells the best configuration; None if nothing does.

    Returns
    -------
    list of Ablation
        One for each factor whose absence no run shows, or not with all seeds. Where
        no result tells the best configuration, a factor counts as covered if any of
        the proposed ones is also run without it.
    """
    runs = [run for run in evidence.runs if run.state in _COVERS]
    covered = _seeds(runs)
    bases = [
        base
        for base in distinct(run.parameters for run in runs)
        if all(key_of(base.get(name)) != key_of(value) for name, value in off.items())
    ]
    if not bases:
        return []
    best = _best(runs, bases, aim) if aim else None
    told = best is not None and aim is not None
    found = []
    for factor, value in off.items():
        lacking = []
        for base in [best] if best is not None else bases:
            without = {**base, factor: value}
            seeds = covered[_key(base)] - covered.get(_key(without), set())
            if not seeds:
                break
            lacking.append((len(seeds), base, without, seeds))
        else:
            # The one that lacks least is the one that was begun with.
            _, base, without, seeds = min(lacking, key=lambda one: one[0])
            found.append(
                Ablation(
                    factor=factor,
                    off=value,
                    base=base,
                    parameters=without,
                    seeds=tuple(sorted(seeds)),
                    best=told,
                    metric=aim.metric if told and aim else "",
                )
            )
    return found


def aim_of(predictions: Iterable[Prediction]) -> Aim | None:
    """Read off the predictions which metric should go which way; None if none says."""
    for prediction in predictions:
        higher = {
            Comparator.GREATER: True,
            Comparator.AT_LEAST: True,
            Comparator.LESS: False,
            Comparator.AT_MOST: False,
        }.get(prediction.comparator)
        left = prediction.left
        # Of a difference nobody knows which of its sides is wanted.
        if higher is not None and isinstance(left, Term) and not left.experiment:
            own = [term for term in terms_of(prediction.right) if not term.experiment]
            if not own:
                return Aim(left.metric, higher)
    return None


def _best(
    runs: Sequence[RunEvidence], bases: Sequence[Mapping[str, Value]], aim: Aim
) -> Mapping[str, Value] | None:
    """Choose the configuration with the best mean; None before all have a result."""
    means = []
    for base in bases:
        of_it = [run for run in runs if _key(run.parameters) == _key(base)]
        values = [
            run.summaries[aim.metric].last
            for run in of_it
            if run.finished and aim.metric in run.summaries
        ]
        if not values or len(values) < len({run.seed for run in of_it}):
            return None
        mean = mean_of(values)
        if mean == mean:  # noqa: PLR0124  # one that is not a number is no best
            means.append((mean, base))
    if not means:
        return None
    choose = max if aim.higher else min
    return choose(means, key=lambda one: one[0])[1]


def _seeds(runs: Iterable[RunEvidence]) -> dict[object, set[int]]:
    found: dict[object, set[int]] = {}
    for run in runs:
        found.setdefault(_key(run.parameters), set()).add(run.seed)
    return found


def _key(parameters: Mapping[str, Value]) -> object:
    return key_of({**parameters})
